"""Ways of reading rows as functions of plain arguments (made with ``partial``), so that they can be written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError
from .dtypes import OtherDtypesError
from .rows import as_matrix, read_numbers

Seen = Callable[[Any], Any]
Read = Callable[[Any], NDArray[np.float64]]


def read_plain(
    seen: Seen | None, names: tuple[str, ...], reading: Reading, missing: frozenset[int], remedy: str,
    own: Sequence[str] | None, absent: float | None, rows: Any,
) -> NDArray[np.float64]:  # fmt: skip
    """Read rows of numbers, see ``read_numbers``; `seen` tells what a library makes of them beforehand."""
    return read_numbers(rows if seen is None else seen(rows), names, reading, missing, remedy, own, absent)


def read_renamed(read: Read, names: tuple[str, ...], own: tuple[str, ...], rows: Any) -> NDArray[np.float64]:
    """Read rows whose columns have other names than those that `read` knows."""
    return read(as_matrix(rows, names, numeric=False, own=own))


def read_together(
    typed: tuple[Read, ...], single: bool, seen: Seen | None, names: tuple[str, ...], reading: Reading,
    missing: frozenset[int], remedy: str, own: Sequence[str] | None, absent: float | None, rows: Any,
) -> NDArray[np.float64]:  # fmt: skip
    """Read rows of numbers for several models.

    Parameters
    ----------
    typed : tuple of callable
        How the models read that take rows of their own dtypes only.
    single : bool
        Whether some of them round to float32.
    seen, names, reading, missing, remedy, own, absent
        As in ``read_plain``.

    Raises
    ------
    BadInputError
        For rows that one of them would refuse.
    """
    for read in typed:  # a pipeline refuses rows of other dtypes than those that it was asked about
        try:
            read(rows)
        except OtherDtypesError:
            raise BadInputError(
                "some labels are predicted by pipelines, which calculate in the dtype of their rows, and are "
                "explained for float64: convert the rows (.astype('float64')), and predict from these"
            ) from None
    matrix = read_plain(seen, names, reading, missing, remedy, own, absent, rows)
    if single and np.isinf(Reading.FLOAT32.cast(matrix)).any():
        row, column = np.argwhere(np.isinf(Reading.FLOAT32.cast(matrix)))[0]
        raise BadInputError(
            f"feature {names[column]!r} is {matrix[row, column]!r} in row {row}, beyond float32, as "
            "some labels' models read it: expected a smaller number"
        )
    return matrix
