"""Why a model decided as it did for many rows: what ``suffice.explain`` returns of a matrix or frame."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, overload

from numpy.typing import NDArray

from ..encoders.columns.told import Row
from ..engine.arrays import F64
from ..engine.given import names_of
from ..engine.models import label_array
from ..engine.reasons import Reason
from ..engine.reasons.spelling import joined
from ..engine.status import Status
from .batch.flat import FlatReasons
from .batch.intervals import Numbers
from .explanation import Explanation, groups_of, none_because
from .session.sparse import ReadRows
from .session.witness import Teller
from .words.cards import many_html

if TYPE_CHECKING:
    from .batch.reasons import BatchReasons
    from .facade import AnyExplainer
    from .keeping.counting import Counts, Summary
    from .session.session import Session


class Explanations(Sequence[Explanation]):
    """Explanations of many rows; reasons lie in flat arrays until they are looked at.

    Attributes
    ----------
    predictions : ndarray, shape (m,)
        Labels of the rows that were reached in time.
    status : Status
        ``COMPLETE``, or ``BEST_SO_FAR`` if time ran out before the last row (`stop` tells why).
    """

    remade: ClassVar[Callable[[Mapping[str, Any]], Explanations]]  # as of ``Explanation``

    def __init__(
        self, explainer: AnyExplainer, given: Any, rows: F64 | ReadRows, batch: BatchReasons, n_rows: int,
        seconds: float, numbers: Numbers | None = None, changes: Mapping[str, Any] | None = None,
        asked: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._explainer = explainer
        self._changes, self._asked = changes, dict(asked or {})
        self._intervals = None if numbers is None else numbers.intervals
        self._given = copy.copy(given)
        self._kind = explainer.session.instances.kind_of(self._given)
        self._rows = rows
        self.batch = batch
        self.n_rows = n_rows
        self.seconds = seconds
        self.stop = batch.stop
        self.status = Status.COMPLETE if len(batch) == n_rows else Status.BEST_SO_FAR
        self._reasons = FlatReasons(explainer.session, batch, seconds, self._instance)
        classes = getattr(
            explainer, "row_labels", explainer.session.compiled.classes
        )  # vectors of labels, or single ones
        done = len(batch)
        self.predictions: NDArray[Any] = (
            label_array(classes)[batch.outcome] if numbers is None else numbers.predictions[:done]
        )

    def __len__(self) -> int:
        return len(self.batch)

    @overload
    def __getitem__(self, index: int) -> Explanation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Explanation]: ...
    def __getitem__(self, index: int | slice) -> Explanation | list[Explanation]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._at(range(len(self))[index])

    def _at(self, place: int) -> Explanation:
        prediction, interval = self.predictions[place], None
        if self._intervals is not None:
            low, high = self._intervals[place].tolist()
            prediction, interval = float(prediction), (low, high)
        return Explanation(
            self._explainer, self._rows[place], self._teller_of(place), prediction, self.reason(place), interval,
            self._changes, self._asked,
        )  # fmt: skip

    def reason(self, i: int) -> Reason | None:
        """Return the sufficient reason of row i (None: excluded features leave none)."""
        return self._reasons[i]

    @property
    def container(self) -> str:
        """In which container the rows came, see ``RowKind``."""
        return str(self._kind.container)

    @property
    def row_index(self) -> list[Any]:
        """The labels of the rows that were reached: those of a frame's index, else their numbers."""
        own = getattr(self._given, "index", None) if self.container == "pandas" else None
        return list(range(len(self))) if own is None else list(own[: len(self)])

    @property
    def index_names(self) -> list[Any]:
        """What the labels of the rows are called: the names of a frame's index."""
        own = getattr(self._given, "index", None) if self.container == "pandas" else None
        return [None] if own is None else list(own.names)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows."""
        return self[0].columns if len(self) else tuple(map(str, self._explainer.session.compiled.vocabulary.names))

    def groups(self) -> list[tuple[str, ...]]:
        """Return each feature of the model with the columns that it is made of."""
        return groups_of(self._explainer)

    def _instance(self, i: int) -> Row:
        """Return a row as it was given."""
        return self._teller_of(i).instance(self._rows[i])

    def _teller_of(self, i: int) -> Teller:
        session: Session[Any] = self._explainer.session
        return session.instances.teller(session.compiled, self._given, i, self._rows[i], self._kind, self._kind)

    def reasons(self) -> Iterator[Reason | None]:
        """Yield the sufficient reason of each row."""
        return map(self.reason, range(len(self)))

    def to_form(self, *, changes: bool = False) -> dict[str, Any]:
        """Return everything as JSON has it: see ``to_json``."""
        from .keeping.written import explanations_form

        return explanations_form(self, self._explainer.session.compiled, changes=changes)

    def redacted(self, columns: Iterable[str], *, changes: bool = False) -> Explanations:
        """Return the explanations without their model and without the values of some columns, see ``Explanation``."""
        from .keeping.redacting import withheld_explanations, withheld_names

        names = withheld_names(self, columns)
        return Explanations.remade(withheld_explanations(self.to_form(changes=changes), names))

    @property
    def withheld(self) -> tuple[str, ...]:
        """The columns whose values were withheld."""
        return ()

    def feature_counts(self) -> Counts:
        """Return in how many reasons each feature is, the most frequent first."""
        from .keeping.counting import feature_counts

        return feature_counts(self)

    def necessary_counts(self, *, time_limit: float | None = None) -> Counts:
        """Return in how many rows each feature is necessary: in every sufficient reason over features.

        Parameters
        ----------
        time_limit : float, optional
            Seconds for all rows together; the rows that were counted by then are told (``n_rows``, ``status``).

        Raises
        ------
        MissingQueryError
            If the explanations were kept without their model.
        """
        from .keeping.counting import necessary_counts

        return necessary_counts(self, time_limit)

    def summary(self) -> Summary:
        """Return all rows in a few numbers: predictions, features, sizes, statuses, time."""
        from .keeping.counting import summary_of

        return summary_of(self)

    def to_json(self, *, changes: bool = False, redact: Iterable[str] = ()) -> str:
        """Return all explanations as JSON, and which model it was; ``suffice.from_json`` makes them again.

        Parameters
        ----------
        changes : bool
            Whether to ask what would change each prediction (of a forest up to ten seconds a row), and to write it.
        redact : iterable of str
            Columns whose values are withheld, see ``Explanation.redacted``.
        """
        redact = names_of(redact, "redact")
        return json.dumps((self.redacted(redact, changes=changes) if redact else self).to_form(changes=changes))

    @property
    def audit(self) -> dict[str, Any]:
        """Which model was explained, as of ``Explanation``."""
        from .keeping.audit import asked_line, audit_of

        session: Session[Any] = self._explainer.session
        asked = asked_line(session, self._asked, self._changes, str(self.status), self.seconds)
        return audit_of(session.compiled) | asked

    def to_html(
        self, path: Any = None, *, changes: bool = False, values: bool = True, title: str | None = None,
        redact: Iterable[str] = (),
    ) -> str:  # fmt: skip
        """Return a page that needs nothing else: a summary, and the rows as a table to sort and search (needs jinja2).

        Parameters
        ----------
        path : str or path, optional
            Where to write it; whole, or not at all.
        changes : bool
            Whether to ask what would change each prediction (of a forest up to ten seconds a row).
        values : bool
            Whether to write the values of the rows.
        title : str, optional
            What stands on top.
        redact : iterable of str
            Columns whose values are withheld, see ``Explanation.redacted``.

        Raises
        ------
        BadInputError
            If jinja2 is missing, or the path cannot be written.
        """
        from .pages.many import explanations_page

        redact = names_of(redact, "redact")
        many = self.redacted(redact, changes=changes) if redact else self
        return explanations_page(many, path, changes=changes, values=values, title=title)

    def __reduce__(self) -> tuple[Any, ...]:
        return Explanations.remade, (self.to_form(),)

    def to_frame(self, *, changes: bool = False, redact: Iterable[str] = ()) -> Any:
        """Return a frame of the kind that the rows came in (polars, else pandas, with the index of the rows).

        Parameters
        ----------
        changes : bool
            Whether to ask what would change each prediction.
        redact : iterable of str
            Columns whose values are withheld, see ``Explanation.redacted``.

        Returns
        -------
        DataFrame
            ``prediction``, ``reason`` (a list of statements; none where there is no reason), ``size`` (their number of
            literals or features), ``status``, ``seconds``; with `changes` also ``change`` (a list of statements) and
            ``changed values`` (a mapping from names to new values).
        """
        from .keeping.frames import frame_of

        redact = names_of(redact, "redact")
        return frame_of(self.redacted(redact, changes=changes) if redact else self, changes=changes)

    def __repr__(self) -> str:
        rate = f"{self.seconds / max(1, len(self)) * 1e6:.0f} µs a row"
        head = f"{len(self)} of {self.n_rows} rows explained in {self.seconds:.3f} s ({rate}), {self.status}"
        shown = [f"{i}: {self.predictions[i]} because {self._because(i)}" for i in range(min(5, len(self)))]
        return "\n".join([head, *shown, *(["…"] if len(self) > 5 else [])])

    def _because(self, i: int) -> str:
        reason = self.reason(i)
        if reason is None:
            return self[i].none_because
        return joined(reason.features) if reason.features else "always"

    @property
    def none_because(self) -> str:
        """Why a row has no sufficient reason, where it has none."""
        return none_because(self._explainer)

    def _repr_html_(self) -> str:
        return many_html(self)
