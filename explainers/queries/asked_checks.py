"""Checks of what users ask about: literals go to the families as they are, regions part by part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, SelfCheckError, shown
from ...engine.reasons import Check, Reason
from ..session.witness import Outside
from ..words.arguments import over_what
from ..words.asked import Asked, holds_at
from ..words.values import NumberScale, OptionScale, Scale, Values

if TYPE_CHECKING:
    from ..session.session import Session

_NO_VALUE = Check(True, "no input of the domain satisfies it")
Exactly = Callable[[list[Any], bool, Any, Deadline], Check]


@dataclass(frozen=True, slots=True)
class Given:
    """A reason that was asked about.

    Attributes
    ----------
    items : list
        Literals, or names of features.
    per_feature : bool
        Whether it is made of features.
    region : Asked or None
        Where statements were given: what they mean.
    """

    items: list[Any]
    per_feature: bool
    region: Asked | None = None

    @property
    def exact(self) -> bool:
        """Whether the items say what was asked about."""
        return self.region is None or self.region.exact


class AskedChecks:
    """How explainers take what they are asked about.

    Parameters
    ----------
    answers : Answers
        Those of a family.
    """

    __slots__ = ("answers", "session")

    def __init__(self, answers: Any) -> None:
        self.answers = answers
        self.session: Session[Any] = answers.session

    def given(self, reason: Any, over: str = "literals") -> Given:
        """Return what a user passed as a reason."""
        made_of = reason.proof.over if isinstance(reason, Reason) else over
        if over_what(over) == "features" or made_of == "features":
            if isinstance(reason, Reason) and not reason.speaks_of(self.session.words):
                raise BadInputError(
                    f"the reason {shown(tuple(reason))} is of another model: ask that model's explainer"
                )
            return Given([reason] if isinstance(reason, str) else list(reason), True)
        region = self.session.words.asking.region(reason)
        return Given(list(region.literals), False, region if region.worded else None)

    def given_change(self, reason: Any, over: str) -> Given:
        """Return what a user passed as a change: literals of the instance, or statements of what becomes true."""
        given: Given = self.given(reason, over)
        if given.region is None:
            return given
        if self.session.space.theory is None:
            truth = self.session.here.truth
            own = [v if truth[abs(v) - 1] == (v > 0) else -v for v in given.items]
            return Given(own, False, given.region)
        region, asking = given.region, self.session.words.asking
        items: list[int] = []
        weaker: list[str] = []
        for feature, values in region.sets.items():
            scale = asking.reader.scale(feature)
            inside = holds_at(scale, values, self.session.here.row)
            told, whole = asking.fallen(feature, values, self.session.here.truth, inside)
            items += told
            if not whole:
                weaker.append(" and ".join(self.session.words.features(told if inside else [-v for v in told])))
        exact = not weaker and bool(items)
        return Given(items, False, Asked(tuple(items), (), exact, tuple(filter(None, weaker)), worded=True))

    def why_not(self, given: Given, *, excluded: bool) -> str:
        """Return why what was asked about can be no reason of the instance, if so."""
        if given.region is None or given.exact:
            check = self.answers.unfit if excluded else self.answers.not_here
            found: str = check(given.items, given.per_feature)
            return found
        said = self.session.words.asking.outside(given.region, self.session.here.row)
        if said:
            return f"{said} is not true at the instance"
        return "it uses an excluded feature" if excluded and self.session.excluded & set(given.region.sets) else ""

    def check_of(
        self, given: Given, time_limit: Any, exactly: Exactly, wanted: Any, *, excluded: bool = True,
        minimal: bool = True,
    ) -> Check:  # fmt: skip
        """Check what was asked about: literals exactly, a region by its parts."""
        why = self.why_not(given, excluded=excluded)
        if why:
            return Check(False, why)
        if given.exact or given.region is None:
            return self.session.checked(time_limit, partial(exactly, given.items, given.per_feature, wanted))
        if not minimal:
            return self.session.checked(time_limit, partial(self.all_forced, given.region, wanted))
        return self.session.checked(time_limit, partial(self.not_weakest, given.region, wanted))

    def all_forced(self, region: Asked, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether all parts of a region force an outcome in O."""
        check = _NO_VALUE
        for part in region.parts:
            check = self.answers.forced(part, wanted, deadline)
            if not check.value:
                return self.inside(region, check, self.answers.outside(wanted))
        return check

    def not_weakest(self, region: Asked, wanted: Any, deadline: Deadline) -> Check:
        """Tell that a region that the model's own conditions do not say is no smallest reason, and why."""
        check = self.all_forced(region, wanted, deadline)
        if not check.value:
            return check
        if len(region.parts) == 1 or self.answers.forced(region.literals, wanted, deadline).value:
            return Check(False, f"it forces the outcome, but so does less: {' and '.join(region.weaker)}")
        return Check(False, "it forces the outcome, but no conditions of the model say it together")

    def inside(self, region: Asked, check: Check, outside: Outside) -> Check:
        """Return a check whose counterexample lies in the region itself (not only in its cells)."""
        row = check.witness
        if row is None or not region.sets:
            return check
        read = self.session.compiled.read(row.row)[0].copy()
        moved = False
        for feature, values in region.sets.items():
            scale = self.session.words.asking.reader.scale(feature)
            if not holds_at(scale, values, read):
                moved = True
                self.move(scale, values, read)
        if not moved:
            return check
        teller = self.session.teller
        told = teller.told(read, self.session.placed_row)
        if not outside(teller.predictions([told]))[0]:
            raise SelfCheckError(f"the row {told!r} is predicted as the instance is: please report this with the model")
        return Check(check.value, check.why, told, check.stop)

    def move(self, scale: Scale, values: Values, read: F64) -> None:
        """Put a value of a set into a row that answers all tests of the model as before."""
        columns = list(scale.feature.columns)
        conditions = [c for c in self.session.compiled.vocabulary.conditions if c.feature in columns]
        for condition in conditions:
            if not bool(condition.true_at(read[[condition.feature]])[0]):
                condition = condition._replace(operator=condition.operator.negated, missing=not condition.missing)  # noqa: PLW2901
            values = scale.meet(values, scale.where(condition))
        read[columns] = nearest(scale, values, read[columns])


def nearest(scale: Scale, values: Values, old: F64) -> F64 | list[float]:
    """Return a value of a set (for each column of its feature), for numbers the nearest one to an old value."""
    if isinstance(scale, OptionScale):
        places = [i for i, chosen in enumerate(values.chosen) if chosen]
        return scale.options[places[0]] if places else [np.nan] * len(old)
    assert isinstance(scale, NumberScale)
    if not values.runs:
        return [np.nan]
    start = 0.0 if np.isnan(old[0]) else float(old[0])
    best: list[float] = []
    for low, high in values.runs:
        above = np.floor(low) + 1 if scale.whole else scale.reading.above(low)
        least = scale.ends[0] if low < scale.ends[0] else float(above)
        best.append(min(max(start, least), high, scale.ends[1]))
    return [min(best, key=lambda number: abs(number - start))]
