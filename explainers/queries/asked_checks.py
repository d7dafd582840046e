"""Checks of what users ask about: literals go to the families as they are, regions part by part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, SelfCheckError, shown
from ...engine.reasons import Check, Reason
from ..session.witness import Outside
from ..words.arguments import over_what
from ..words.asked import Asked, holds_at
from ..words.values import NumberScale, OptionScale, Scale, Values

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
    """How explainers take what they are asked about; mixed into those that check."""

    def _given(self: Any, reason: Any, over: str = "literals") -> Given:
        """Return what a user passed as a reason."""
        made_of = reason.proof.over if isinstance(reason, Reason) else over
        if over_what(over) == "features" or made_of == "features":
            if isinstance(reason, Reason) and not reason.speaks_of(self._words):
                raise BadInputError(
                    f"the reason {shown(tuple(reason))} is of another model: ask that model's explainer"
                )
            return Given([reason] if isinstance(reason, str) else list(reason), True)
        region = self._words.asking.region(reason)
        return Given(list(region.literals), False, region if region.worded else None)

    def _given_change(self: Any, reason: Any, over: str) -> Given:
        """Return what a user passed as a change: literals of the instance, or statements of what becomes true."""
        given: Given = self._given(reason, over)
        if given.region is None:
            return given
        if self._space.theory is None:
            truth = self._here.truth
            own = [v if truth[abs(v) - 1] == (v > 0) else -v for v in given.items]
            return Given(own, False, given.region)
        region, asking = given.region, self._words.asking
        items: list[int] = []
        weaker: list[str] = []
        for feature, values in region.sets.items():
            scale = asking.reader.scale(feature)
            inside = holds_at(scale, values, self._here.row)
            told, whole = asking.fallen(feature, values, self._here.truth, inside)
            items += told
            if not whole:
                weaker.append(" and ".join(self._words.features(told if inside else [-v for v in told])))
        exact = not weaker and bool(items)
        return Given(items, False, Asked(tuple(items), (), exact, tuple(filter(None, weaker)), worded=True))

    def _why_not(self: Any, given: Given, *, excluded: bool) -> str:
        """Return why what was asked about can be no reason of the instance, if so."""
        if given.region is None or given.exact:
            check = self._unfit if excluded else self._not_here
            found: str = check(given.items, given.per_feature)
            return found
        said = self._words.asking.outside(given.region, self._here.row)
        if said:
            return f"{said} is not true at the instance"
        return "it uses an excluded feature" if excluded and self._excluded & set(given.region.sets) else ""

    def _check_of(
        self: Any, given: Given, time_limit: Any, exactly: Exactly, wanted: Any, *, excluded: bool = True,
        minimal: bool = True,
    ) -> Check:  # fmt: skip
        """Check what was asked about: literals exactly, a region by its parts."""
        why = self._why_not(given, excluded=excluded)
        if why:
            return Check(False, why)
        if given.exact:
            return self._checked(time_limit, partial(exactly, given.items, given.per_feature, wanted))  # type: ignore[no-any-return]
        if not minimal:
            return self._checked(time_limit, partial(self._all_forced, given.region, wanted))  # type: ignore[no-any-return]
        return self._checked(time_limit, partial(self._not_weakest, given.region, wanted))  # type: ignore[no-any-return]

    def _all_forced(self: Any, region: Asked, wanted: Any, deadline: Deadline) -> Check:
        """Tell whether all parts of a region force an outcome in O."""
        check = _NO_VALUE
        for part in region.parts:
            check = self._forced(part, wanted, deadline)
            if not check.value:
                return self._inside(region, check, self._outside(wanted))  # type: ignore[no-any-return]
        return check

    def _not_weakest(self: Any, region: Asked, wanted: Any, deadline: Deadline) -> Check:
        """Tell that a region that the model's own conditions do not say is no smallest reason, and why."""
        check = self._all_forced(region, wanted, deadline)
        if not check.value:
            return check  # type: ignore[no-any-return]
        if len(region.parts) == 1 or self._forced(region.literals, wanted, deadline).value:
            return Check(False, f"it forces the outcome, but so does less: {' and '.join(region.weaker)}")
        return Check(False, "it forces the outcome, but no conditions of the model say it together")

    def _inside(self: Any, region: Asked, check: Check, outside: Outside) -> Check:
        """Return a check whose counterexample lies in the region itself (not only in its cells)."""
        row = check.witness
        if row is None or not region.sets:
            return check
        read = self._compiled.read(row.row)[0].copy()
        moved = False
        for feature, values in region.sets.items():
            scale = self._words.asking.reader.scale(feature)
            if not holds_at(scale, values, read):
                moved = True
                self._move(scale, values, read)
        if not moved:
            return check
        teller = self._teller
        told = teller.told(read, self._instance)
        if not outside(teller.predictions([told]))[0]:
            raise SelfCheckError(f"the row {told!r} is predicted as the instance is: please report this with the model")
        return Check(check.value, check.why, told, check.stop)

    def _move(self: Any, scale: Scale, values: Values, read: F64) -> None:
        """Put a value of a set into a row that answers all tests of the model as before."""
        columns = list(scale.feature.columns)
        conditions = [c for c in self._compiled.vocabulary.conditions if c.feature in columns]
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
