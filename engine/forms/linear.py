"""Linear programs with integer variables.

Grammar that a `Linear` guarantees::

    minimise    costs @ x + offset
    subject to  row_lower <= A x <= row_upper      A sparse by rows: values, columns, starts
                lower <= x <= upper
                x[j] integer where integer[j]

Numbers are float64. Coefficients and costs are finite; bounds may be infinite (never NaN), with
``lower <= upper`` and ``row_lower <= row_upper``, no lower bound of +inf and no upper bound of -inf. Within a
row each column occurs at most once, columns ascend, and no stored coefficient is 0. Names are unique.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import BadInputError, shown
from ..given import is_whole, list_of, numbers_of
from ._arrays import Bools, Floats, Ints, check_offsets, frozen, same_arrays
from .files.rows import Row

_FLOATS = ("costs", "values", "row_lower", "row_upper", "lower", "upper")
_ARRAYS = ("costs", "values", "columns", "starts", "row_lower", "row_upper", "lower", "upper", "integer")


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Linear:
    """A minimisation problem with linear rows and, where wanted, integer variables.

    Equality and hash follow the content, names included.

    Parameters
    ----------
    costs : float64[n_vars]
        Objective, to be minimised.
    values : float64[n_entries]
        Coefficients of all rows end to end.
    columns : int64[n_entries]
        The variable of each coefficient.
    starts : int64[n_rows + 1]
        Where each row starts in `values`, and the end of the last.
    row_lower, row_upper : float64[n_rows]
        Bounds of the rows; infinite where there is none.
    lower, upper : float64[n_vars]
        Bounds of the variables.
    integer : bool[n_vars]
        Which variables take integers only.
    offset : float
        Constant added to the objective.
    names : tuple of str
        Names of the variables; ``()`` when they have none.

    Raises
    ------
    BadInputError
        Shapes that do not fit, or a violation of the grammar of this module.
    """

    costs: Floats
    values: Floats
    columns: Ints
    starts: Ints
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    integer: Bools
    offset: float = 0.0
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in _FLOATS:
            object.__setattr__(self, field, frozen(getattr(self, field), np.float64, field))
        for field in ("columns", "starts"):
            object.__setattr__(self, field, frozen(getattr(self, field), np.int64, field))
        object.__setattr__(self, "integer", frozen(self.integer, np.bool_, "integer"))
        object.__setattr__(self, "offset", float(self.offset))
        object.__setattr__(self, "names", tuple(self.names))
        _check_shapes(self)
        _check_numbers(self)
        _check_columns(self)

    @staticmethod
    def build(
        costs: ArrayLike,
        rows: Iterable[Row] = (),
        lower: ArrayLike | float = 0.0,
        upper: ArrayLike | float = np.inf,
        integer: ArrayLike | bool = False,
        offset: float = 0.0,
        names: Sequence[str] = (),
    ) -> Linear:
        """Build a program from rows written as dictionaries.

        Parameters
        ----------
        costs : array-like of float, [n_vars]
            Objective, to be minimised.
        rows : iterable of (dict, float, float)
            Coefficient by variable index, lower and upper bound of the row.
        lower, upper, integer : array-like [n_vars] or scalar
            Bounds and integrality of the variables; a scalar stands for all of them.
        offset, names
            As in the class.
        """
        objective = numbers_of(costs, "costs")
        values: list[float] = []
        columns: list[int] = []
        starts, lows, highs = [0], [], []
        try:
            for coefficients, low, high in rows:
                entries = sorted((column, value) for column, value in coefficients.items() if value != 0)
                columns.extend(column for column, _ in entries)
                values.extend(value for _, value in entries)
                starts.append(len(values))
                lows.append(low)
                highs.append(high)
            places = np.array(columns, dtype=np.int64)
        except Exception as error:
            raise BadInputError(
                f"row {len(lows)}: expected (coefficient by variable index, lower, upper) ({shown(error)})"
            ) from None
        shape = objective.shape
        return Linear(
            objective,
            numbers_of(values, "coefficients"),
            places,
            np.array(starts, dtype=np.int64),
            numbers_of(lows, "lower bounds of rows"),
            numbers_of(highs, "upper bounds of rows"),
            _spread(lower, shape, np.float64),
            _spread(upper, shape, np.float64),
            _spread(integer, shape, np.bool_),
            offset,
            tuple(names if isinstance(names, str) else list_of(names, "names", "a name for each variable")),
        )

    @property
    def n_vars(self) -> int:
        """Number of variables."""
        return len(self.costs)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.starts) - 1

    @property
    def is_binary(self) -> bool:
        """Whether every variable is 0 or 1."""
        return bool(self.integer.all() and (self.lower >= 0).all() and (self.upper <= 1).all())

    @property
    def is_pure_integer(self) -> bool:
        """Whether every variable is an integer."""
        return bool(self.integer.all())

    def row(self, index: int) -> tuple[Ints, Floats, float, float]:
        """Return columns, coefficients, lower and upper bound of one row."""
        if not is_whole(index) or not -self.n_rows <= index < self.n_rows:
            raise BadInputError(f"row {shown(index)}: expected an index below {self.n_rows}")
        index = int(index) % self.n_rows
        start, end = self.starts[index], self.starts[index + 1]
        return (
            self.columns[start:end],
            self.values[start:end],
            float(self.row_lower[index]),
            float(self.row_upper[index]),
        )

    def name(self, column: int) -> str:
        """Return the name of a variable, ``x<index>`` where it has none."""
        if not is_whole(column) or not 0 <= column < self.n_vars:
            raise BadInputError(f"column {shown(column)}: expected an index from 0 to {self.n_vars - 1}")
        return self.names[column] if self.names else f"x{column}"

    def activities(self, point: ArrayLike) -> Floats:
        """Return A x, float64[n_rows], for a point [n_vars]."""
        x = numbers_of(point, "point", self.costs.shape)
        rows = np.repeat(np.arange(self.n_rows), np.diff(self.starts))
        sums = np.bincount(rows, weights=self.values * x[self.columns], minlength=self.n_rows)
        return np.asarray(sums, dtype=np.float64)  # without entries bincount gives integers

    def cost(self, point: ArrayLike) -> float:
        """Return the objective, offset included, at a point [n_vars]."""
        return float(self.costs @ numbers_of(point, "point", self.costs.shape)) + self.offset

    def violation(self, point: ArrayLike) -> float:
        """Return by how much a point breaks a row, a bound or integrality at worst; 0.0 when feasible."""
        x = numbers_of(point, "point", self.costs.shape)
        rows = self.activities(x)
        gaps: list[NDArray[Any]] = [
            self.row_lower - rows,
            rows - self.row_upper,
            self.lower - x,
            x - self.upper,
            np.abs(x - np.round(x))[self.integer],
        ]
        return max(0.0, *(float(gap.max()) for gap in gaps if gap.size)) if self.n_vars + self.n_rows else 0.0

    def write(self, path: str | Path) -> None:
        """Write to `path` (atomically); the suffix tells the format: ``.lp``, ``.mps`` or ``.opb``."""
        from .files.linear import write_linear

        write_linear(self, path)

    @staticmethod
    def read(path: str | Path) -> Linear:
        """Read a file; the suffix tells the format: ``.lp``, ``.mps`` or ``.opb``."""
        from .files.linear import read_linear

        return read_linear(path, Linear.build)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Linear):
            return NotImplemented
        if self.offset != other.offset or self.names != other.names:
            return False
        return same_arrays((getattr(self, f) for f in _ARRAYS), (getattr(other, f) for f in _ARRAYS))

    def __hash__(self) -> int:
        # -0.0 equals 0.0 but has other bytes: adding 0.0 maps both to 0.0
        parts = (getattr(self, field) for field in _ARRAYS)
        return hash((self.offset, self.names, *((p if p.dtype == bool else p + 0).tobytes() for p in parts)))

    def __reduce__(self) -> tuple[type[Linear], tuple[Any, ...]]:
        return Linear, (*(getattr(self, field) for field in _ARRAYS), self.offset, self.names)

    def __repr__(self) -> str:
        kinds = f"{int(self.integer.sum())} integer"
        return f"Linear({self.n_vars} variables ({kinds}), {self.n_rows} rows, {len(self.values)} coefficients)"


def _spread(value: ArrayLike | float, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    given = numbers_of(value, "lower, upper or integer").astype(dtype)
    return np.full(shape, given[()], dtype=dtype) if given.ndim == 0 else given


def _check_shapes(linear: Linear) -> None:
    for field in ("lower", "upper", "integer"):
        if len(getattr(linear, field)) != linear.n_vars:
            raise BadInputError(f"{field}: expected {linear.n_vars} entries, got {len(getattr(linear, field))}")
    check_offsets(linear.starts, len(linear.values), "starts")
    for field in ("row_lower", "row_upper"):
        if len(getattr(linear, field)) != linear.n_rows:
            raise BadInputError(f"{field}: expected {linear.n_rows} entries, got {len(getattr(linear, field))}")
    if len(linear.columns) != len(linear.values):
        raise BadInputError(f"{len(linear.columns)} columns for {len(linear.values)} values")
    if linear.names and (len(linear.names) != linear.n_vars or len(set(linear.names)) != linear.n_vars):
        raise BadInputError(f"names: expected {linear.n_vars} different names, or none")


def _check_numbers(linear: Linear) -> None:
    finite = (("costs", linear.costs), ("values", linear.values), ("offset", np.array([linear.offset])))
    for field, numbers in finite:
        if not np.isfinite(numbers).all():
            raise BadInputError(
                f"{field}: expected finite numbers, got {numbers[int(np.argmin(np.isfinite(numbers)))]}"
            )
    if not linear.values.all():
        raise BadInputError("values: a stored coefficient is 0; leave it out")
    pairs = (
        ("lower", linear.lower, "upper", linear.upper),
        ("row_lower", linear.row_lower, "row_upper", linear.row_upper),
    )
    for low_name, low, high_name, high in pairs:
        fine = (low <= high) & (low < np.inf) & (high > -np.inf)  # a NaN fails as well
        if not fine.all():
            j = int(np.argmin(fine))
            raise BadInputError(
                f"{low_name}[{j}]={low[j]}, {high_name}[{j}]={high[j]}: expected lower <= upper, finite side"
            )


def _check_columns(linear: Linear) -> None:
    if len(linear.columns) == 0:
        return
    low, high = int(linear.columns.min()), int(linear.columns.max())
    if low < 0 or high >= linear.n_vars:
        raise BadInputError(f"columns: {low if low < 0 else high} is not among the {linear.n_vars} variables")
    ascending = np.diff(linear.columns) > 0
    first = linear.starts[1:-1]  # between two rows the columns may fall
    ascending[first[(first > 0) & (first < len(linear.columns))] - 1] = True
    if not ascending.all():
        raise BadInputError(f"columns: not ascending at entry {int(np.argmin(ascending)) + 1} of its row")
