"""Explanations without their model: what was found when they were written, and nothing that has to be asked.

They are pickled (and copied) as what ``to_form`` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...encoders.columns.told import Row
from ...engine.errors import MissingQueryError
from ...engine.models import label_array
from ...engine.reasons import Reason, Reasons
from ...engine.reasons.plain import value_of
from ...engine.status import Status, Stop
from ..explanation import TIED, Explanation
from ..explanations import Explanations
from .reasons import list_in, reason_of, reasons_of, text_in
from .rows import row_of

if TYPE_CHECKING:
    from ..batch.intervals import Interval

Form = Mapping[str, Any]


class KeptExplanation(Explanation):
    """An explanation that was written as JSON, or pickled: it says what was found then.

    Attributes
    ----------
    audit : dict
        Which model was explained, by which versions, when; see ``audit_of``.
    """

    def __init__(self, form: Form) -> None:
        self._form = form
        self.prediction = value_of(form["prediction"])
        self.interval = _interval(form["interval"])
        self.sufficient = None if form["sufficient"] is None else reason_of(form["sufficient"])
        self._changes_found = None if form["contrastive"] is None else reasons_of(form["contrastive"])
        self._instance = row_of(form["instance"])
        self._said = value_of(form["changed_prediction"])
        self._none = text_in(form, "none_because")
        self._audit: dict[str, Any] = dict(form["audit"])

    @property
    def withheld(self) -> tuple[str, ...]:
        """The columns whose values were withheld."""
        return tuple(map(str, self._form.get("withheld", ())))

    @property
    def audit(self) -> dict[str, Any]:
        """Which model was explained, as of ``Explanation``."""
        return dict(self._audit)

    @property
    def instance(self) -> Row:
        """The row, as it was given."""
        return self._instance

    @property
    def contrastive(self) -> Reasons:  # found, not asked for
        """What would change the prediction, as found then.

        Raises
        ------
        MissingQueryError
            If it was not asked for before the explanation was written.
        """
        if self._changes_found is None:
            raise MissingQueryError(
                "what would change the prediction was not asked for before this explanation was written: write it with "
                "changes=True, or explain the row again"
            )
        return self._changes_found

    @property
    def rounding(self) -> bool:
        """Whether rounding may decide inputs near ties, as of ``Explanation``."""
        return bool(self._form.get("rounding", False))

    @property
    def tied(self) -> bool:
        """Whether rounding decided about the row itself."""
        return self.rounding and self.sufficient is None and self._none == TIED

    def groups(self) -> list[tuple[str, ...]]:
        """Return the features that reasons speak of, each with the columns that it is made of."""
        told = [tuple(map(str, group)) for group in self._form.get("groups", ())]
        reasons = [self.sufficient, *(self._changes_found or ())]
        spoken = {part.feature for reason in reasons if reason is not None for part in reason.parts}
        rest = sorted(spoken - {group[0] for group in told})
        return told + [(name,) if name in self.columns else (name, *self.columns) for name in rest]  # maybe any of them

    @property
    def has_model(self) -> bool:
        """Whether its model is there: never."""
        return False

    def ask(self, query: str, *what: Any, **how: Any) -> Any:
        """Say that there is no model that could be asked."""
        raise MissingQueryError(
            f"this explanation was kept without its model, which {query!r} has to ask: explain the row again"
        )

    @property
    def minimal(self) -> Reason | None:  # there is no model that could be asked
        """What a kept explanation does not have."""
        raise MissingQueryError(
            "this explanation was kept without its model: explain the row again for a reason with the fewest literals"
        )

    def predicted_of(self, row: Any) -> Any:
        """Return how a row is decided, where that was found then."""
        known = None if not self._changes_found else self._changes_found[0].witness
        return self._said if row is not None and row is known else None

    def grouped(self, reason: Reason) -> list[tuple[Any, ...]]:
        """Return the features behind each statement of a reason; nothing for literals, whose model is not known."""
        return [(item,) for item in reason] if reason.proof.over == "features" else []

    def known_changes(self) -> Reasons | None:
        """Return what would change the prediction, None if it was not asked for."""
        return self._changes_found

    def change(self) -> tuple[Any, Any] | None:
        """Return the changed instance of the first contrastive reason, and its prediction, as found then."""
        if not self.contrastive or self.contrastive[0].witness is None:
            return None
        return self.contrastive[0].witness, self._said

    @property
    def none_because(self) -> str:
        """Why there is no sufficient reason, where there is none."""
        return self._none

    def to_form(self, *, changes: bool = True) -> dict[str, Any]:
        """Return it as JSON has it."""
        return dict(self._form)


def _interval(told: Any) -> Interval | None:
    if told is None:
        return None
    low, high = map(value_of, told)
    return float(low), float(high)


class KeptExplanations(Explanations):
    """Explanations of many rows that were written as JSON, or pickled."""

    def __init__(self, form: Form) -> None:
        self._form = form
        self._kept = [
            KeptExplanation({**one, "audit": {**one["audit"], **form["audit"]}}) for one in list_in(form, "rows")
        ]
        self.predictions = label_array([one.prediction for one in self._kept])
        self.n_rows, self.seconds = int(form["n_rows"]), float(value_of(form["seconds"]))
        self.status, self.stop = Status(form["status"]), Stop(form["stop"])
        self._none = text_in(form, "none_because")
        self._container, self._index = text_in(form, "container"), [value_of(label) for label in list_in(form, "index")]
        self._names = list_in(form, "index_names") if "index_names" in form else [None]  # earlier ones had none
        self._audit: dict[str, Any] = dict(form["audit"])

    @property
    def withheld(self) -> tuple[str, ...]:
        """The columns whose values were withheld."""
        return tuple(map(str, self._form.get("withheld", ())))

    @property
    def audit(self) -> dict[str, Any]:
        """Which model was explained, as of ``Explanation``."""
        return dict(self._audit)

    @property
    def container(self) -> str:
        """In which container the rows came."""
        return self._container

    @property
    def row_index(self) -> list[Any]:
        """The labels of the rows."""
        return list(self._index)

    @property
    def index_names(self) -> list[str | None]:
        """What the labels of the rows are called."""
        return list(self._names)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the rows."""
        return self._kept[0].columns if self._kept else ()

    def groups(self) -> list[tuple[str, ...]]:
        """Return each feature that a reason speaks of with the columns that it is made of."""
        return list(dict.fromkeys(group for one in self._kept for group in one.groups()))

    def __len__(self) -> int:
        return len(self._kept)

    def _at(self, place: int) -> Explanation:
        return self._kept[place]

    def reason(self, i: int) -> Reason | None:
        """Return the sufficient reason of row i (None: excluded features leave none)."""
        return self._kept[i].sufficient

    @property
    def none_because(self) -> str:
        """Why a row has no sufficient reason, where it has none."""
        return self._none

    def to_form(self, *, changes: bool = False) -> dict[str, Any]:
        """Return them as JSON has them."""
        return dict(self._form)


Explanation.remade = KeptExplanation
Explanations.remade = KeptExplanations
