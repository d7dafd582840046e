"""The dtypes in which a pipeline gets its columns: its steps calculate in them.

A form is compiled for one dtype a column, a name of numpy's or pandas'. Where the steps look at categories only, or the
user's dtype says nothing, the dtype is empty: the values come as they are. Of sparse matrices the dtype has a prefix:
``sparse:`` where what they leave out is 0, ``absent:`` where the last step takes it for missing.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError
from .row_kind import column_type

Dtypes = tuple[str, ...]
USUAL = "float64"
_WIDE = ("int32", "int64", "uint32", "uint64")
SPARSE, ABSENT = "sparse:", "absent:"
_FLOATS = {"float16": Reading.FLOAT16, "float32": Reading.FLOAT32, "float64": Reading.FLOAT64}


class OtherDtypesError(BadInputError):
    """Rows come in other dtypes than those that a form was compiled for."""


def told_dtype(dtype: Any, coded: bool, name: str) -> str:
    """Return the dtype in which a column comes, `coded` if it holds categories; the usual one if nothing is told."""
    usual = "" if coded else USUAL
    if dtype is None:
        return usual
    if hasattr(dtype, "subtype") and "Sparse" in type(dtype).__name__:
        raise BadInputError(
            f"column {name!r} is sparse ({dtype}), and the steps of a pipeline calculate with it: pass dense columns "
            "(frame.sparse.to_dense()), or a sparse matrix of scipy"
        )
    known = column_type(dtype)
    if not known.dtype or (known.kind == "float" and known.dtype not in _FLOATS):
        return usual
    if coded and known.dtype in (USUAL, *_WIDE) and not known.nullable:
        return usual
    # polars and arrow hand over arrays of numpy's dtypes; only pandas' own dtypes change what a step does
    own = str(dtype)
    return own if known.nullable and own.lower() in (known.dtype, "boolean") and own != known.dtype else known.dtype


def leaves_out(dtypes: Dtypes | None) -> bool:
    """Tell whether rows are sparse matrices whose last reader takes what they leave out for missing."""
    return bool(dtypes) and str(dtypes and dtypes[0]).startswith(ABSENT)


def bare(dtype: str) -> str:
    """Return a dtype without the prefix of sparse matrices."""
    return dtype.rpartition(":")[2]


def alike(own: Dtypes, told: Dtypes) -> bool:
    """Tell whether steps calculate with the dtypes `told` as they do with `own`: with wide integers as with float64."""
    return all(a == b or (a == USUAL and b in _WIDE) for a, b in zip(own, told, strict=True))


def reading_of(dtype: str) -> Reading:
    """Return the numbers that a column of this dtype holds."""
    dtype = bare(dtype)
    return _FLOATS.get(dtype.lower(), Reading.WHOLE) if dtype else Reading.FLOAT64


def own_readings(dtypes: Dtypes, codes: Container[int], reading: Reading) -> dict[int, Reading]:
    """Return the columns of numbers (those that are no codes) whose dtype holds fewer of them than `reading`."""
    found = {c: reading_of(dtype) for c, dtype in enumerate(dtypes) if c not in codes}
    return {c: own for c, own in found.items() if own not in (Reading.FLOAT64, reading)}


def limits_of(dtype: str) -> tuple[float, float]:
    """Return the least and the greatest number of a dtype that float64 holds exactly with all before it."""
    reading, dtype = reading_of(dtype), bare(dtype)
    if reading is not Reading.WHOLE:
        return -reading.largest, reading.largest
    if dtype.lower() in ("bool", "boolean"):
        return 0.0, 1.0
    ends = np.iinfo(dtype.lower())
    return max(-reading.largest, float(ends.min)), min(reading.largest, float(ends.max))


def holds_missing(dtype: str) -> bool:
    """Tell whether a column of this dtype can have missing values."""
    return reading_of(dtype) is not Reading.WHOLE or is_nullable(dtype) or dtype.startswith(ABSENT)


def is_nullable(dtype: str) -> bool:
    """Tell whether a dtype is one of pandas' own, with a mark for missing values."""
    return dtype[:1].isupper() or dtype == "boolean"


def as_dtype(values: NDArray[Any], dtype: str) -> Any:
    """Return values in a dtype.

    Raises
    ------
    ValueError
        If the dtype does not hold them.
    """
    if not dtype or (isinstance(values, np.ndarray) and values.dtype == dtype):
        return values
    if is_nullable(dtype):
        import pandas as pd

        floats = np.asarray(values, np.float64)
        empty = np.isnan(floats)
        plain = as_dtype(np.where(empty, 0.0, floats), "bool" if dtype == "boolean" else dtype.lower())
        made = pd.array(plain, dtype=dtype)
        made[empty] = pd.NA
        return made
    numbers = np.asarray(values, np.float64)
    if reading_of(dtype) is Reading.WHOLE:
        low, high = limits_of(dtype)
        if not ((numbers >= low) & (numbers <= high) & (numbers == np.rint(numbers))).all():
            raise ValueError(f"{dtype} does not hold {numbers.tolist()[:3]}")
    with np.errstate(over="ignore"):
        return numbers.astype(dtype)


def spoken(dtype: str) -> str:
    """Return a dtype in words."""
    return f"sparse {bare(dtype)}" if ":" in dtype else dtype or "object"
