"""What readers of linear programs find, in plain parts, and who makes a form of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias, TypeVar

from numpy.typing import ArrayLike

Form = TypeVar("Form")
Row: TypeAlias = tuple[Mapping[int, float], float, float]  # coefficient by variable index, lower and upper bound
Builder: TypeAlias = Callable[
    [ArrayLike, Sequence[Row], ArrayLike, ArrayLike, ArrayLike, float, Sequence[str]], Form
]  # costs, rows, lower, upper, integer, offset, names -> a form
