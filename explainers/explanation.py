"""Why a model decided as it did for a row: what ``suffice.explain`` returns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from ..encoders.columns.told import Row
from ..engine.arrays import F64
from ..engine.errors import UndecidedError
from ..engine.given import names_of
from ..engine.models import CompiledTree
from ..engine.reasons import Reason, Reasons
from ..engine.status import Status, Stop
from .batch.intervals import Interval
from .session.gate import room_of
from .session.witness import Teller
from .words.cards import explanation_html, explanation_text

if TYPE_CHECKING:
    from ..engine.reasons.told_row import ToldRow
    from .facade import AnyExplainer
    from .session.session import Session

TIED = "of a tie within rounding"
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

    wanted: str = ""  # what changes were to lead to, in words; empty: anything else
    remade: ClassVar[Callable[[Mapping[str, Any]], Explanation]]  # what is made of a pickled one, without its model

    def __init__(
        self, explainer: AnyExplainer, row: F64, teller: Teller, prediction: Any, sufficient: Reason | None,
        interval: Interval | None = None, changes: Mapping[str, Any] | None = None,
        asked: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        self._explainer = explainer
        self._changes, self._asked = dict(changes or {}), dict(asked or {})
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
        try:
            found = self.ask("minimal_contrastive_reason", time_limit=_SECONDS, **self._changes)
        except UndecidedError:
            if not self.tied:
                raise
            return Reasons([], Status.BEST_SO_FAR)
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

    def placed(self) -> Session[Any]:
        """Return the session of its explainer for the running thread, in which the row is set."""
        room = room_of(self._explainer)
        with room.session.gate.alone():
            room.session.place_read(self._row, self._teller)
        return room.session

    @property
    def rounding(self) -> bool:
        """Whether rounding may decide inputs near ties: then that nothing else was found is no proof of it."""
        rounding: bool = self._teller.compiled.rounding
        return rounding

    @property
    def tied(self) -> bool:
        """Whether rounding decides about the row itself, so that nothing can be proved of it."""
        if not self.rounding:
            return False
        session = self.placed()
        tied: bool = session.compiled.tied(session.here.truth, self.interval)
        return tied

    @property
    def change_options(self) -> Mapping[str, Any]:
        """What was said of changes when the row was explained: what may change, and to what."""
        return self._changes

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
        room = room_of(self._explainer)
        with room.session.gate.alone():
            room.session.place_read(self._row, self._teller)  # the literals of a text are its own
            groups = [tuple(group) for group in room.session.words.by_column(reason).values()]
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
        return TIED if self.tied else none_because(self._explainer)

    def to_form(self, *, changes: bool = True) -> dict[str, Any]:
        """Return everything as JSON has it: see ``to_json``."""
        from .keeping.written import explanation_form

        return explanation_form(self, self._explainer.session.compiled, changes=changes)

    def redacted(self, columns: Iterable[str], *, changes: bool = True) -> Explanation:
        """Return the explanation without its model and without the values of some columns.

        Statements about them say that they are withheld: neither the row's own value nor the borders are left. That a
        reason speaks of the column is still told.

        Parameters
        ----------
        columns : iterable of str
            Columns, or features made of several of them.
        changes : bool
            Whether to keep what would change the prediction (it is asked for now, if it was not).

        Raises
        ------
        BadInputError
            If one of them is unknown.
        """
        from .keeping.redacting import withheld_explanation, withheld_names

        names = withheld_names(self, columns)
        return Explanation.remade(withheld_explanation(self.to_form(changes=changes), names))

    @property
    def withheld(self) -> tuple[str, ...]:
        """The columns whose values were withheld."""
        return ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the row."""
        return tuple(map(str, self.instance.names))

    def groups(self) -> list[tuple[str, ...]]:
        """Return each feature of the model with the columns that it is made of."""
        return groups_of(self._explainer)

    def to_json(self, *, redact: Iterable[str] = ()) -> str:
        """Return everything as JSON, with what would change the prediction, and which model it was.

        ``suffice.from_json`` makes the explanation again, without its model: it says what was found.

        Parameters
        ----------
        redact : iterable of str
            Columns whose values are withheld, see ``redacted``.

        Raises
        ------
        BadInputError
            If the row holds a value of a type that has no form there.
        """
        redact = names_of(redact, "redact")
        return json.dumps((self.redacted(redact) if redact else self).to_form())

    @property
    def audit(self) -> dict[str, Any]:
        """Which model was explained (its class, a hash of its compiled form), by which versions, when."""
        from .keeping.audit import asked_line, audit_of

        session, reason = self._explainer.session, self.sufficient
        status, seconds = ("no reason", 0.0) if reason is None else (str(reason.status), reason.seconds)
        return audit_of(session.compiled) | asked_line(session, self._asked, self._changes, status, seconds)

    def to_html(
        self, path: Any = None, *, data: Any = None, title: str | None = None, time_limit: float = 5.0,
        redact: Iterable[str] = (),
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
        redact : iterable of str
            Columns whose values are withheld, see ``redacted``.

        Raises
        ------
        BadInputError
            If jinja2 is missing, or the path cannot be written.
        """
        from .pages.one import explanation_page

        return explanation_page(self, path, data=data, title=title, time_limit=time_limit, redact=redact)

    def __reduce__(self) -> tuple[Any, ...]:
        return Explanation.remade, (self.to_form(),)

    def __repr__(self) -> str:
        return explanation_text(self)

    def _repr_html_(self) -> str:
        return explanation_html(self)


def groups_of(explainer: AnyExplainer) -> list[tuple[str, ...]]:
    """Return each feature of a model with the columns that it is made of."""
    space = explainer.session.space
    names = space.vocabulary.names
    return [(feature.name, *(names[c] for c in feature.columns)) for feature in space.features]


def none_because(explainer: AnyExplainer) -> str:
    """Return why a row of an explainer has no sufficient reason, where it has none."""
    return "no reason without the excluded features" if explainer.session.excluded else TIED
