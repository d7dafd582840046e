"""Attributes: the factors of a domain. Each has finitely many cells that the conditions tell apart.

Guaranteed form
---------------
* An attribute has ``n_cells >= 1`` cells; two cells differ in the truth of at least one of its conditions.
* ``interval``: every condition is true exactly on the cells above a cut, or exactly below it, or everywhere or
  nowhere; ``cut[i] = p`` separates cells ``0 … p`` from ``p + 1 …``, ``-1`` marks a constant condition.
* Otherwise ``truth`` (n_conditions, n_cells) tells where each condition is true.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import TheoryError
from .conditions import Condition, Reading, cut_of, shortest
from .masks import masks_of_rows
from .ranges import read_ends
from .theory import Feature, Kind

# nearest(cell, row) -> {column: value}: the values of the attribute's columns in the cell that are nearest to a row
Nearest = Callable[[int, NDArray[np.float64]], dict[int, float]]
# ranges(cell): the least and the greatest number of each stretch of numbers that a cell of one column consists of
Ranges = Callable[[int], list[tuple[float, float]]]


@dataclass(frozen=True, eq=False)
class Attribute:
    """One factor of a domain: see the module's text for the guarantees.

    Attributes
    ----------
    feature : int
        Index of the feature (in the theory's order) that the attribute belongs to.
    variables : ndarray of int32, shape (m,)
        The conditions on it, as 0-based indices into the vocabulary.
    n_cells : int
        Number of cells.
    interval : bool
        Whether cuts describe all conditions.
    cut, rising : ndarray of int32 / bool, shape (m,)
        For interval attributes: the cut of each condition (-1: constant), and whether it is true above it
        (for a constant: whether it is true).
    truth : ndarray of bool, shape (m, n_cells)
        For other attributes: truth of each condition in each cell.
    nearest : callable
        Concrete values of a cell.
    ranges : callable or None
        The numbers of a cell, for an attribute that is one column of numbers.
    """

    feature: int
    variables: NDArray[np.int32]
    n_cells: int
    interval: bool
    cut: NDArray[np.int32]
    rising: NDArray[np.bool_]
    truth: NDArray[np.bool_]
    nearest: Nearest = field(repr=False)
    ranges: Ranges | None = field(default=None, repr=False)

    def truth_table(self) -> NDArray[np.bool_]:
        """Return the truth of each condition in each cell, shape (m, n_cells)."""
        if not self.interval:
            return self.truth
        above = np.arange(self.n_cells)[None, :] > self.cut[:, None]
        constant = (self.cut < 0)[:, None]
        return np.where(constant, self.rising[:, None], above == self.rising[:, None])

    @cached_property
    def column_masks(self) -> tuple[int, ...]:
        """For each cell the conditions that are true in it, as a bit mask; no two are equal.

        All that an instance needs follows from them: the literals of cell c that exclude cell d are
        ``column_masks[c] ^ column_masks[d]``. They are computed once a model.
        """
        return tuple(masks_of_rows(self.truth_table().T))

    @cached_property
    def cell_of(self) -> dict[int, int]:
        """The cell in which exactly the conditions of a bit mask are true."""
        return {mask: cell for cell, mask in enumerate(self.column_masks)}


_NO_TRUTH = np.zeros((0, 0), dtype=np.bool_)


def _from_truth(
    feature: int,
    variables: NDArray[np.int32],
    truth: NDArray[np.bool_],
    nearest_option: Callable[[list[int], NDArray[np.float64]], dict[int, float]],
    range_of: Callable[[int], tuple[float, float] | None] | None = None,
) -> Attribute:
    """Merge options with equal truth into cells, and find out whether cuts describe them."""
    cells: dict[bytes, list[int]] = {}
    for option in range(truth.shape[1]):
        cells.setdefault(truth[:, option].tobytes(), []).append(option)
    members = list(cells.values())
    table = truth[:, [options[0] for options in members]]
    changes = (table[:, 1:] != table[:, :-1]).sum(axis=1)
    interval = bool((changes <= 1).all())
    cut = np.full(len(variables), -1, dtype=np.int32)
    rising = table[:, 0].copy()
    if interval:
        rows, places = np.nonzero(table[:, 1:] != table[:, :-1])
        cut[rows] = places
        rising[rows] = ~table[rows, 0]

    def nearest(cell: int, row: NDArray[np.float64]) -> dict[int, float]:
        return nearest_option(members[cell], row)

    def ranges(cell: int) -> list[tuple[float, float]]:
        assert range_of is not None
        return [found for option in members[cell] if (found := range_of(option)) is not None]

    return Attribute(
        feature, variables, len(members), interval, cut, rising, _NO_TRUTH if interval else table, nearest,
        None if range_of is None else ranges,
    )  # fmt: skip


def boolean_attribute(feature: int, variable: int) -> Attribute:
    """Return a free Boolean: cell 1 where the condition is true (theory off)."""

    def nearest(cell: int, row: NDArray[np.float64]) -> dict[int, float]:
        return {}

    one = np.array([variable], dtype=np.int32)
    return Attribute(feature, one, 2, True, np.zeros(1, np.int32), np.ones(1, np.bool_), _NO_TRUTH, nearest)


def finite_attribute(
    index: int,
    feature: Feature,
    variables: NDArray[np.int32],
    conditions: tuple[Condition, ...],
    missing: bool,
) -> Attribute:
    """Return the attribute of a binary, categorical or one-hot feature."""
    options = options_of(feature)
    if missing:
        options = np.vstack([options, np.full((1, options.shape[1]), np.nan)])
    place = {column: i for i, column in enumerate(feature.columns)}
    truth = np.array(
        [conditions[v].true_at(options[:, place[conditions[v].feature]]) for v in variables], dtype=np.bool_
    )

    def nearest_option(members: list[int], row: NDArray[np.float64]) -> dict[int, float]:
        old = row[list(feature.columns)]
        best = min(members, key=lambda m: _distance(options[m], old))
        return dict(zip(feature.columns, options[best].tolist(), strict=True))

    return _from_truth(index, variables, truth.reshape(len(variables), len(options)), nearest_option)


def _distance(new: NDArray[np.float64], old: NDArray[np.float64]) -> float:
    same = (new == old) | (np.isnan(new) & np.isnan(old))
    gap = np.where(same, 0.0, np.abs(new - old))
    return float(np.where(np.isnan(gap), math.inf, gap).sum())


def options_of(feature: Feature) -> NDArray[np.float64]:
    """Return the possible values of a finite feature, one row an option."""
    if feature.kind is Kind.BINARY:
        return np.array([[0.0], [1.0]])
    if feature.kind is Kind.CATEGORICAL:
        return np.asarray(feature.values, dtype=np.float64).reshape(-1, 1)
    options = np.eye(len(feature.columns))
    return np.vstack([options, np.zeros((1, len(feature.columns)))]) if feature.optional else options


def numeric_attribute(
    index: int,
    feature: Feature,
    variables: NDArray[np.int32],
    conditions: tuple[Condition, ...],
    reading: Reading,
    missing: bool,
) -> Attribute:
    """Return the attribute of a numerical or integer feature."""
    whole = feature.kind is Kind.INTEGER
    cuts = [
        [math.floor(b) if whole and math.isfinite(b) else b for b in cut_of(conditions[v], reading)] for v in variables
    ]
    least, most = read_ends(feature.low, feature.high, reading)
    borders = sorted({b for pair in cuts for b in pair if least <= b < most})
    axis = _Axis(feature, np.array(borders, dtype=np.float64), reading, (least, most))
    simple = all(len(pair) == 1 for pair in cuts)
    rising = np.array([conditions[v].operator.upward for v in variables], dtype=np.bool_)
    low_missing = np.array([conditions[v].missing for v in variables]) != rising
    place = {border: i for i, border in enumerate(borders)}
    cut = np.array([place.get(pair[0], -1) if pair else -1 for pair in cuts], dtype=np.int32)
    constant = cut < 0  # a border at the end of the numbers: one side has no number
    # Missing values share the lowest or the highest cell if all conditions send them the same way.
    one_way = not constant.any() and bool(low_missing.all() or not low_missing.any())
    if simple and (not missing or one_way):
        truth = np.array([(pair[0] < least) == up for pair, up in zip(cuts, rising, strict=True)])
        nan_cell = -1 if not missing else (0 if low_missing.all() else len(borders))
        nearest = axis.nearest_with(nan_cell)
        return Attribute(
            index, variables, len(borders) + 1, True, cut, np.where(constant, truth, rising), _NO_TRUTH, nearest,
            lambda cell: [axis.inside(cell)],
        )  # fmt: skip
    samples = axis.samples(missing)
    truth = np.array([conditions[v].true_at(samples) for v in variables], dtype=np.bool_)
    truth = truth.reshape(len(variables), len(samples))
    return _from_truth(index, variables, truth, axis.nearest_option, axis.range_of)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The line of one numerical column, cut at borders; `ends` are its least and greatest number."""

    feature: Feature
    borders: NDArray[np.float64]
    reading: Reading
    ends: tuple[float, float]

    @property
    def column(self) -> int:
        """The column."""
        return self.feature.columns[0]

    def bounds(self, cell: int) -> tuple[float, float]:
        """Return the least and the greatest value of a raw cell."""
        low, high = self.ends
        if cell > 0:
            border = float(self.borders[cell - 1])
            low = self.reading.above(border)
            if self.feature.kind is Kind.INTEGER:
                low = float(math.ceil(low))  # beyond 2^53 (2^24) the next number is a whole one anyway
        if cell < len(self.borders):
            high = float(self.borders[cell])
        return low, high

    def range_of(self, cell: int) -> tuple[float, float] | None:
        """Return the numbers of a raw cell; None for the missing value behind them."""
        return self.inside(cell) if cell <= len(self.borders) else None

    def inside(self, cell: int) -> tuple[float, float]:
        """Return the bounds of a raw cell, within the range as the user gave it."""
        low, high = self.bounds(cell)
        return max(low, self.feature.low), min(high, self.feature.high)

    def samples(self, missing: bool) -> NDArray[np.float64]:
        """Return one value of each raw cell; NaN at the end if it is in the domain."""
        values = [self._clamp(cell, 0.0) for cell in range(len(self.borders) + 1)]
        return self.reading.cast(np.array(values + [math.nan] * missing, dtype=np.float64))

    def _clamp(self, cell: int, value: float) -> float:
        low, high = self.bounds(cell)
        if math.isnan(value):
            value = 0.0
        value = min(max(value, low), high)
        # an end that the precision rounds is told as the user gave it: it is read as the number in the cell
        return min(max(value, self.feature.low), self.feature.high)

    def nearest_option(self, members: list[int], row: NDArray[np.float64]) -> dict[int, float]:
        old = float(row[self.column])
        real = [m for m in members if m <= len(self.borders)]
        if not real or (math.isnan(old) and len(real) < len(members)):
            return {self.column: math.nan}
        values = [self._clamp(m, old) for m in real]
        return {self.column: min(values, key=lambda v: abs(v - (0.0 if math.isnan(old) else old)))}

    def nearest_with(self, nan_cell: int) -> Nearest:
        def nearest(cell: int, row: NDArray[np.float64]) -> dict[int, float]:
            old = float(row[self.column])
            if math.isnan(old) and cell == nan_cell:
                return {self.column: math.nan}
            return {self.column: self._clamp(cell, old)}

        return nearest


_BITS = (0.0, 1.0)


def _plain(value: float) -> str:
    """Return a number as text, one that float32 holds in the fewest digits that tell it apart there."""
    single = abs(value) <= Reading.FLOAT32.largest and float(np.float32(value)) == value
    return shortest(value, Reading.FLOAT32 if single else Reading.FLOAT64)


def check_values(
    feature: Feature, row: NDArray[np.float64], names: tuple[str, ...], missing: frozenset[int], reading: Reading
) -> None:
    """Raise if the values of a feature in a row are outside its kind or range.

    Raises
    ------
    TheoryError
        It names the feature, the value and what was expected.
    """
    if feature.kind is Kind.BINARY and row[feature.columns[0]] in _BITS:
        return  # what most columns are, and right: no text is made
    values = row[list(feature.columns)]
    if np.isnan(values).all() and all(column in missing for column in feature.columns):
        return
    hint = "change the instance, or the feature's type"
    said = _plain(float(values[0]))
    if feature.kind is Kind.INTEGER and values[0] != math.floor(values[0]):
        raise TheoryError(
            f"feature {feature.name!r} is {said} but was declared integer, by features_type or its dtype: change the "
            f"instance, or say features_type={{'numerical': [{feature.name!r}]}}"
        )
    if feature.bounded:
        least, most = read_ends(feature.low, feature.high, reading)
        if not least <= values[0] <= most:
            raise TheoryError(
                f"feature {feature.name!r} is {said}, outside its range {_range(feature)}: change the instance, or the "
                "range"
            )
    if feature.kind is Kind.BINARY and values[0] not in (0.0, 1.0):
        raise TheoryError(
            f"feature {feature.name!r} is {said} but was declared binary (0 or 1), by features_type or its dtype: "
            f"{hint}"
        )
    if feature.listed and values[0] not in feature.values:
        ends = f"[{_plain(feature.values[0])}, {_plain(feature.values[-1])}]"
        if feature.values[0] <= values[0] <= feature.values[-1]:
            raise TheoryError(
                f"feature {feature.name!r} is {said}: within its range {ends}, but none of its {len(feature.values)} "
                "numbers at which bounds are told; hand the row to set_instance, batch or suffice.explain, which add it"
            )
        raise TheoryError(
            f"feature {feature.name!r} is {said}, outside its range {ends}: change the instance, or the range"
        )
    if feature.kind is Kind.CATEGORICAL and values[0] not in feature.values:
        known = ", ".join(map(_plain, feature.values))
        if len(feature.values) == 2:  # what reads like a range
            hint += f" (a range of numbers is said by ranges={{{feature.name!r}: (…, …)}})"
        raise TheoryError(f"feature {feature.name!r} is {said}, not one of its values [{known}]: {hint}")
    if feature.kind is Kind.ONE_HOT:
        fits = set(values.tolist()) <= {0.0, 1.0} and (values.sum() == 1 or (feature.optional and values.sum() == 0))
        if not fits:
            shown = {names[c]: float(v) for c, v in zip(feature.columns, values, strict=True)}
            wanted = "at most one 1" if feature.optional else "exactly one 1"
            raise TheoryError(f"one-hot group {feature.name!r} needs {wanted}, got {shown}: {hint}")


def _range(feature: Feature) -> str:
    low = "(-inf" if feature.low == -math.inf else f"[{_plain(feature.low)}"
    high = "inf)" if feature.high == math.inf else f"{_plain(feature.high)}]"
    return f"{low}, {high}"
