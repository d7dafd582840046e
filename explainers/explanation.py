"""Why a model decided as it did for a row, or for many: what ``suffice.explain`` returns."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, overload

from numpy.typing import NDArray

from ..encoders.columns.told import Row
from ..engine.arrays import F64
from ..engine.models import CompiledTree, label_array
from ..engine.reasons import Reason, Reasons
from ..engine.reasons.spelling import joined
from ..engine.status import Status, Stop
from .batch.flat import FlatReasons
from .batch.intervals import Interval, Numbers
from .session.gate import room_of
from .session.sparse import ReadRows
from .session.witness import Teller
from .words.cards import explanation_html, explanation_text, many_html

if TYPE_CHECKING:
    from ..engine.reasons.told_row import ToldRow
    from .batch.reasons import BatchReasons
    from .facade import AnyExplainer
    from .session.session import Session

_SECONDS = 10.0  # for what is computed when it is looked at, of a forest


class Explanation:
    """Why a model decided as it did for one row, and what would change it.

    Attributes
    ----------
    instance : Row
        The row, as it was given.
    prediction : label
        The model's label (a regressor's number).
    interval : tuple of float or None
        Of a regressor: the interval that is explained; what leaves it is a change.
    sufficient : Reason or None
        One sufficient reason: what alone forces the prediction (None: excluded features leave none).
    contrastive : Reasons
        Contrastive reasons, smallest first: what would change the prediction; of a forest the smallest one that ten
        seconds find. Computed when it is asked for.
    """

    remade: ClassVar[Callable[[Mapping[str, Any]], Explanation]]  # what is made of a pickled one, without its model

    def __init__(
        self, explainer: AnyExplainer, row: F64, teller: Teller, prediction: Any, sufficient: Reason | None,
        interval: Interval | None = None, changes: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._explainer = explainer
        self._changes = dict(changes or {})
        self.interval = interval
        self._row = row
        self._teller = teller
        self.prediction = prediction
        self.sufficient = sufficient

    @property
    def instance(self) -> Row:
        """The row, as it was given."""
        return self._teller.instance(self._row)

    @cached_property
    def contrastive(self) -> Reasons:
        """All contrastive reasons of a tree, smallest first; of a forest the smallest one that ten seconds find."""
        if isinstance(self._explainer.session.compiled, CompiledTree):
            reasons: Reasons = self.ask("contrastive_reason", n=None, **self._changes)
            return reasons
        found = self.ask("minimal_contrastive_reason", time_limit=_SECONDS, **self._changes)
        if isinstance(found, Reasons):
            return found
        seconds = self._explainer.elapsed_time if found is None else found.seconds
        stop = Stop.NONE if found is None else found.stop
        return Reasons([] if found is None else [found], Status.PROVED if found else Status.COMPLETE, stop, seconds)

    @cached_property
    def minimal(self) -> Reason | None:
        """A sufficient reason with the fewest literals (of a forest, as far as ten seconds prove it: see `status`)."""
        limit = None if isinstance(self._explainer.session.compiled, CompiledTree) else _SECONDS
        reason: Reason | None = self.ask("minimal_sufficient_reason", time_limit=limit)
        return reason

    def ask(self, query: str, *what: Any, **how: Any) -> Any:
        """Ask any query of its explainer about this row, such as ``ask("n_sufficient_reasons")``.

        Raises
        ------
        MissingQueryError
            If the explainer has no such query, or the explanation was kept without its model.
        """
        room = room_of(self._explainer)
        with room.session.gate.alone():
            room.session.place_read(self._row, self._teller)
            if self.interval is not None and room.session.interval != self.interval:
                room.session.interval = self.interval
                room.session.instance_changed()
            return getattr(room, query)(*what, **how)

    @property
    def has_model(self) -> bool:
        """Whether its model is there, and can be asked."""
        return True

    def predicted_of(self, row: ToldRow | None) -> Any:
        """Return the model's own prediction of a row that a reason or a check shows (None: of none)."""
        return None if row is None else self._explainer.predict(row.row)

    def grouped(self, reason: Reason) -> list[tuple[Any, ...]]:
        """Return the literals (features) behind each statement of a reason; nothing where they are told one by one."""
        if reason.proof.over == "features":
            return [(item,) for item in reason]
        groups = [tuple(group) for group in self._explainer.session.words.by_column(reason).values()]
        return groups if len(groups) == len(reason.features) else []

    @property
    def predicted(self) -> str:
        """The prediction in words; of a number with the interval that is explained."""
        within = "" if self.interval is None else f", explained within [{self.interval[0]!r}, {self.interval[1]!r}]"
        return f"{self.prediction}{within}"

    def change(self) -> tuple[ToldRow, Any] | None:
        """Return the nearest changed instance of the first contrastive reason, and its prediction."""
        if not self.contrastive or self.contrastive[0].witness is None:
            return None
        witness = self.contrastive[0].witness
        return witness, self.predicted_of(witness)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "instance": self.instance.tolist(),
            "prediction": self.prediction,
            **({} if self.interval is None else {"interval": list(self.interval)}),
            "sufficient": None if self.sufficient is None else self.sufficient.to_dict(),
            "contrastive": self.contrastive.to_dict(),
        }

    def known_changes(self) -> Reasons | None:
        """Return what would change the prediction, where it is known or can be asked."""
        return self.contrastive

    @property
    def none_because(self) -> str:
        """Why there is no sufficient reason, where there is none."""
        return _none_because(self._explainer)

    def to_form(self, *, changes: bool = True) -> dict[str, Any]:
        """Return everything as JSON has it: see ``to_json``."""
        from .keeping.written import explanation_form

        return explanation_form(self, self._explainer.session.compiled, changes=changes)

    def to_json(self) -> str:
        """Return everything as JSON, with what would change the prediction, and which model it was.

        ``suffice.from_json`` makes the explanation again, without its model: it says what was found.

        Raises
        ------
        BadInputError
            If the row holds a value of a type that has no form there.
        """
        return json.dumps(self.to_form())

    @property
    def audit(self) -> dict[str, Any]:
        """Which model was explained (its class, a hash of its compiled form), by which versions, when."""
        from .keeping.audit import audit_of

        return audit_of(self._explainer.session.compiled)

    def to_html(
        self, path: Any = None, *, data: Any = None, title: str | None = None, time_limit: float = 5.0,
    ) -> str:  # fmt: skip
        """Return a page that needs nothing else: the decision, why, and what would change it (needs jinja2).

        Each condition of the reason can be opened: it shows a row that is decided otherwise once the condition is free.

        Parameters
        ----------
        path : str or path, optional
            Where to write it; whole, or not at all.
        data : array-like or data frame, optional
            Other rows: their distribution is drawn behind each feature.
        title : str, optional
            What stands above the decision.
        time_limit : float
            Seconds for what is asked for the page alone: other reasons, and what each condition is needed for.

        Raises
        ------
        BadInputError
            If jinja2 is missing, or the path cannot be written.
        """
        from .pages.one import explanation_page

        return explanation_page(self, path, data=data, title=title, time_limit=time_limit)

    def __reduce__(self) -> tuple[Any, ...]:
        return Explanation.remade, (self.to_form(),)

    def __repr__(self) -> str:
        return explanation_text(self)

    def _repr_html_(self) -> str:
        return explanation_html(self)


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
    ) -> None:  # fmt: skip
        self._explainer = explainer
        self._changes = changes
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
            self._changes,
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

    def to_json(self, *, changes: bool = False) -> str:
        """Return all explanations as JSON, and which model it was; ``suffice.from_json`` makes them again.

        Parameters
        ----------
        changes : bool
            Whether to ask what would change each prediction (of a forest up to ten seconds a row), and to write it.
        """
        return json.dumps(self.to_form(changes=changes))

    @property
    def audit(self) -> dict[str, Any]:
        """Which model was explained, as of ``Explanation``."""
        from .keeping.audit import audit_of

        return audit_of(self._explainer.session.compiled)

    def to_html(self, path: Any = None, *, changes: bool = False, values: bool = True, title: str | None = None) -> str:
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

        Raises
        ------
        BadInputError
            If jinja2 is missing, or the path cannot be written.
        """
        from .pages.many import explanations_page

        return explanations_page(self, path, changes=changes, values=values, title=title)

    def __reduce__(self) -> tuple[Any, ...]:
        return Explanations.remade, (self.to_form(),)

    def to_frame(self, *, changes: bool = False) -> Any:
        """Return a frame of the kind that the rows came in (polars, else pandas, with the index of the rows).

        Parameters
        ----------
        changes : bool
            Whether to ask what would change each prediction.

        Returns
        -------
        DataFrame
            ``prediction``, ``reason`` (a list of statements; none where there is no reason), ``size`` (their number of
            literals or features), ``status``, ``seconds``; with `changes` also ``change`` (a list of statements) and
            ``changed values`` (a mapping from names to new values).
        """
        from .keeping.frames import frame_of

        return frame_of(self, changes=changes)

    def __repr__(self) -> str:
        rate = f"{self.seconds / max(1, len(self)) * 1e6:.0f} µs a row"
        head = f"{len(self)} of {self.n_rows} rows explained in {self.seconds:.3f} s ({rate}), {self.status}"
        shown = [f"{i}: {self.predictions[i]} because {self._because(i)}" for i in range(min(5, len(self)))]
        return "\n".join([head, *shown, *(["…"] if len(self) > 5 else [])])

    def _because(self, i: int) -> str:
        reason = self.reason(i)
        if reason is None:
            return self.none_because
        return joined(reason.features) if reason.features else "always"

    @property
    def none_because(self) -> str:
        """Why a row has no sufficient reason, where it has none."""
        return _none_because(self._explainer)

    def _repr_html_(self) -> str:
        return many_html(self)


def _none_because(explainer: AnyExplainer) -> str:
    return "no reason without the excluded features" if explainer.session.excluded else "of a tie within rounding"
