"""Sets of values of one feature: what a literal allows, what several allow together, and in which cells they lie.

A number's values are runs between borders, each from above its lower border to its upper one; the values of other
features are listed. A missing value is one more value, where it is in the domain.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.attributes import Attribute, options_of
from ...engine.domain.conditions import Condition, Operator, Reading, cut_of
from ...engine.domain.ranges import read_ends
from ...engine.domain.theory import Feature, Kind

Run = tuple[float, float]  # the numbers above the first border, up to the second one
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Values:
    """A set of values of one feature.

    Attributes
    ----------
    runs : tuple of pairs
        Of a number: the runs, ascending; no two of them touch.
    chosen : tuple of bool
        Of another feature: which of its options are in the set.
    missing : bool
        Whether a missing value is in it.
    """

    runs: tuple[Run, ...] = ()
    chosen: tuple[bool, ...] = ()
    missing: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is no value in it."""
        return not self.runs and not any(self.chosen) and not self.missing


class Scale:
    """The values that a feature can have, and sets of them."""

    def __init__(self, feature: Feature, reading: Reading, missing: bool) -> None:
        self.feature, self.reading, self.missing = feature, reading, missing

    @property
    def every(self) -> Values:
        """All values."""
        raise NotImplementedError

    def where(self, condition: Condition) -> Values:
        """Return the values for which a condition is true."""
        raise NotImplementedError

    def meet(self, one: Values, other: Values) -> Values:
        """Return the values that are in both sets."""
        raise NotImplementedError

    def negated(self, values: Values) -> Values:
        """Return the values that are not in a set."""
        raise NotImplementedError

    def samples(self, values: Values, conditions: Iterable[Condition]) -> tuple[Matrix, NDArray[np.bool_]]:
        """Return values of the feature's columns that answer the conditions in every possible way.

        Returns
        -------
        rows : ndarray, shape (n, n_columns of the feature)
        inside : ndarray of bool, shape (n,)
            Which of them are in the set; every way to answer in the set, and outside, is among them.
        """
        raise NotImplementedError

    def all_of(self, conditions: Iterable[Condition]) -> Values:
        """Return the values for which all conditions are true."""
        found = self.every
        for condition in conditions:
            found = self.meet(found, self.where(condition))
        return found

    def join(self, one: Values, other: Values) -> Values:
        """Return the values that are in one of two sets."""
        return self.negated(self.meet(self.negated(one), self.negated(other)))


class NumberScale(Scale):
    """Numbers, whole ones or not; `ends` are the least and the greatest one of the domain."""

    def __init__(self, feature: Feature, reading: Reading, missing: bool) -> None:
        super().__init__(feature, reading, missing)
        self.whole = feature.kind is Kind.INTEGER or reading is Reading.WHOLE
        self.ends = read_ends(feature.low, feature.high, reading)

    @property
    def every(self) -> Values:
        """All values."""
        return Values(((-math.inf, math.inf),), missing=self.missing)

    def border(self, number: float) -> float:
        """Return a border as sets have it: -inf and inf beyond the numbers."""
        least, most = self.ends
        if number < least:
            return -math.inf
        if number >= most:
            return math.inf
        return float(math.floor(number)) if self.whole else number

    def below(self, point: float) -> float:
        """Return the border below a number."""
        return self.border(point - 1 if self.whole and abs(point) < 2**53 else self.reading.below(point))

    def is_point(self, run: Run) -> bool:
        """Tell whether a run has one number."""
        return math.isfinite(run[1]) and self.below(run[1]) <= run[0]

    def where(self, condition: Condition) -> Values:
        """Return the values for which a condition is true."""
        operator, missing = condition.operator, self.missing and condition.missing
        cuts = [self.border(cut) for cut in cut_of(condition._replace(operator=_plain(operator)), self.reading)]
        if operator in (Operator.GT, Operator.GE):
            return Values(_runs([(cuts[0], math.inf)]), missing=missing)
        if operator in (Operator.LT, Operator.LE):
            return Values(_runs([(-math.inf, cuts[0])]), missing=missing)
        listed = _runs(list(zip(cuts[::2], cuts[1::2], strict=True)))
        if operator in (Operator.EQ, Operator.IN):
            return Values(listed, missing=missing)
        return Values(_gaps(listed), missing=missing)

    def meet(self, one: Values, other: Values) -> Values:
        """Return the values that are in both sets."""
        pairs = [(max(a, c), min(b, d)) for a, b in one.runs for c, d in other.runs]
        return Values(_runs(pairs), missing=one.missing and other.missing)

    def negated(self, values: Values) -> Values:
        """Return the values that are not in a set."""
        return Values(_gaps(values.runs), missing=self.missing and not values.missing)

    def samples(self, values: Values, conditions: Iterable[Condition]) -> tuple[Matrix, NDArray[np.bool_]]:
        """Return values that answer the conditions in every possible way, see ``Scale``."""
        cuts = {self.border(cut) for condition in conditions for cut in cut_of(condition, self.reading)}
        cuts |= {border for run in values.runs for border in run}
        least, most = self.ends
        kept = sorted(cut for cut in cuts if least <= cut < most)
        rows = np.array([*kept, most] + [math.nan] * self.missing)
        inside = [any(low < row <= high for low, high in values.runs) for row in rows]
        inside[len(kept) + 1 :] = [values.missing] * self.missing
        return rows[:, None], np.array(inside, dtype=np.bool_)


class OptionScale(Scale):
    """Features whose values are listed: bits, categories, one-hot groups."""

    def __init__(self, feature: Feature, reading: Reading, missing: bool) -> None:
        super().__init__(feature, reading, missing)
        self.options = options_of(feature)
        self.blank = np.full((1, self.options.shape[1]), math.nan)

    @property
    def every(self) -> Values:
        """All values."""
        return Values(chosen=(True,) * len(self.options), missing=self.missing)

    def where(self, condition: Condition) -> Values:
        """Return the values for which a condition is true."""
        place = self.feature.columns.index(condition.feature)
        chosen = condition.true_at(self.options[:, place]).tolist()
        return Values(chosen=tuple(chosen), missing=self.missing and condition.missing)

    def meet(self, one: Values, other: Values) -> Values:
        """Return the values that are in both sets."""
        both = tuple(a and b for a, b in zip(one.chosen, other.chosen, strict=True))
        return Values(chosen=both, missing=one.missing and other.missing)

    def negated(self, values: Values) -> Values:
        """Return the values that are not in a set."""
        return Values(chosen=tuple(not c for c in values.chosen), missing=self.missing and not values.missing)

    def samples(self, values: Values, conditions: Iterable[Condition]) -> tuple[Matrix, NDArray[np.bool_]]:
        """Return values that answer the conditions in every possible way, see ``Scale``."""
        rows = np.vstack([self.options, self.blank]) if self.missing else self.options
        return rows, np.array([*values.chosen] + [values.missing] * self.missing, dtype=np.bool_)


def scale_of(feature: Feature, reading: Reading, missing: frozenset[int]) -> Scale:
    """Return the scale of a feature; `missing` are the columns that may be missing."""
    make = NumberScale if feature.kind in (Kind.NUMERICAL, Kind.INTEGER) else OptionScale
    return make(feature, reading, bool(missing & set(feature.columns)))


def cells_of(
    scale: Scale, values: Values, attribute: Attribute, conditions: tuple[Condition, ...]
) -> tuple[NDArray[np.bool_], bool]:
    """Return the cells of an attribute in which values of a set lie, and whether they are all values of these cells."""
    own = [conditions[v] for v in attribute.variables.tolist()]
    rows, inside = scale.samples(values, own)
    truth = np.array([c.true_at(rows[:, scale.feature.columns.index(c.feature)]) for c in own], dtype=np.bool_)
    cells = _cells(attribute, truth)
    met = np.zeros((2, attribute.n_cells), np.bool_)
    met[0, cells[inside]] = True
    met[1, cells[~inside]] = True
    return met[0], not (met[0] & met[1]).any()


def _cells(attribute: Attribute, truth: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the cell of each column of truth values."""
    if attribute.interval:
        above = (truth == attribute.rising[:, None]) & (attribute.cut >= 0)[:, None]
        cells: NDArray[np.intp] = np.where(above, attribute.cut[:, None] + 1, 0).max(axis=0).astype(np.intp)
        return cells
    place = {attribute.truth[:, cell].tobytes(): cell for cell in range(attribute.n_cells)}
    return np.array([place[truth[:, i].tobytes()] for i in range(truth.shape[1])], dtype=np.intp)


def _plain(operator: Operator) -> Operator:
    """Return the operator whose borders are those of a condition and of its negation."""
    return {Operator.NEQ: Operator.EQ, Operator.NOT_IN: Operator.IN}.get(operator, operator)


def _runs(pairs: list[Run]) -> tuple[Run, ...]:
    """Return pairs of borders as runs: without empty ones, those that touch united."""
    found: list[Run] = []
    for low, high in sorted(pair for pair in pairs if pair[0] < pair[1]):
        if found and low <= found[-1][1]:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def _gaps(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """Return what lies between runs."""
    ends = [-math.inf, *(border for run in runs for border in run), math.inf]
    return _runs(list(zip(ends[::2], ends[1::2], strict=True)))
