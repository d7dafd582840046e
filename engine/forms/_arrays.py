"""Helpers by which every form keeps its arrays flat, typed and read-only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..errors import BadInputError

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]


def frozen(values: ArrayLike | Iterable[Any], dtype: DTypeLike, what: str) -> NDArray[Any]:
    """Return `values` as a read-only one-dimensional array of exactly `dtype`.

    An array that is already so and owns its memory is kept; anything else is copied, so that nobody
    else holds a writable view. Conversions that would change a value are refused.

    Raises
    ------
    BadInputError
        Not one-dimensional, or a value does not survive the conversion.
    """
    given = values if isinstance(values, np.ndarray) else np.asarray(list(values))  # type: ignore[arg-type]
    if given.ndim != 1:
        raise BadInputError(f"{what}: expected a one-dimensional array, got shape {given.shape}")
    if given.dtype == np.dtype(dtype) and not given.flags.writeable and given.base is None:
        return given
    result = _converted(given, np.dtype(dtype), what)
    result.flags.writeable = False
    return result


def _converted(given: NDArray[Any], dtype: np.dtype[Any], what: str) -> NDArray[Any]:
    if given.size == 0:
        return np.zeros(0, dtype=dtype)
    if given.dtype == object or given.dtype.kind not in "biuf":
        raise BadInputError(f"{what}: expected numbers that fit {dtype}, got {given.dtype} such as {given[0]!r}")
    if dtype.kind == "i" and given.dtype.kind == "f" and not np.isfinite(given).all():
        raise BadInputError(f"{what}: expected integers, got a value that is not finite")
    with np.errstate(invalid="ignore", over="ignore"):
        result = given.astype(dtype)
    back = result.astype(given.dtype) if given.dtype.kind in "iu" else result  # int64 to float64 may round
    both_nan = np.isnan(back) & np.isnan(given) if given.dtype.kind == "f" and dtype.kind == "f" else False
    same = ((back == given) & ((result < 0) == (given < 0))) | both_nan  # unsigned numbers may wrap around
    if not same.all():
        bad = given[int(np.argmin(same))]
        raise BadInputError(f"{what}: the value {bad!r} does not fit {dtype}")
    return result


def check_offsets(offsets: Ints, size: int, what: str) -> None:
    """Check that `offsets` cuts an array of length `size` into consecutive slices.

    Raises
    ------
    BadInputError
        Not starting at 0, not ending at `size`, or decreasing somewhere.
    """
    if len(offsets) == 0 or offsets[0] != 0:
        raise BadInputError(f"{what}: expected a first offset of 0, got {offsets[:1].tolist()}")
    if offsets[-1] != size:
        raise BadInputError(f"{what}: expected a last offset of {size}, got {int(offsets[-1])}")
    steps = np.diff(offsets)
    if steps.size and steps.min() < 0:
        raise BadInputError(f"{what}: offsets decrease after position {int(np.argmin(steps))}")


def same_arrays(left: Iterable[NDArray[Any]], right: Iterable[NDArray[Any]]) -> bool:
    """Tell whether two rows of arrays are equal element by element."""
    return all(np.array_equal(a, b) for a, b in zip(left, right, strict=True))
