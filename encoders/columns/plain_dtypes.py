"""Dtypes of numpy, pandas and polars as JSON has them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...engine.errors import FormatError, shown
from ...engine.reasons.plain import plain, value_of

_SIMPLE = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64", "Float32", "Float64", "Boolean",
           "String", "Date", "Time", "Categorical")  # fmt: skip


def plain_dtype(dtype: Any) -> Any:
    """Return a dtype as JSON has it; ``None`` where it declares nothing, or has no form there."""
    if isinstance(dtype, np.dtype):
        return None if dtype.kind == "O" else {"numpy": dtype.str}
    library = type(dtype).__module__.partition(".")[0]
    if library == "pandas":
        return _of_pandas(dtype)
    if library == "polars" or getattr(dtype, "__module__", "").startswith("polars"):
        return _of_polars(dtype)
    return None


def _of_pandas(dtype: Any) -> Any:
    if type(dtype).__name__ == "CategoricalDtype":
        known = None if dtype.categories is None else [plain(value) for value in dtype.categories.tolist()]
        kind = None if dtype.categories is None else plain_dtype(dtype.categories.dtype)
        return {"category": known, "of": kind, "ordered": bool(dtype.ordered)}
    import pandas

    name = str(dtype)
    try:
        fits = pandas.api.types.pandas_dtype(name) == dtype
    except (TypeError, NotImplementedError):
        fits = False
    return {"pandas": name} if fits else None


def _of_polars(dtype: Any) -> Any:
    name = str(dtype).partition("(")[0]
    if name in _SIMPLE:
        return {"polars": name}
    if name in ("Datetime", "Duration"):
        return {"polars": name, "unit": dtype.time_unit, "zone": getattr(dtype, "time_zone", None)}
    return {"polars": name, "categories": dtype.categories.to_list()} if name == "Enum" else None


def dtype_of(told: Any) -> Any:
    """Return the dtype that ``plain_dtype`` wrote.

    Raises
    ------
    FormatError
        If it is nothing that it writes.
    """
    if told is None:
        return None
    tag = next((known for known in _READERS if isinstance(told, Mapping) and known in told), None)
    if tag is None:
        raise FormatError(f"{shown(told)}: expected a dtype with one of the tags {', '.join(_READERS)}")
    try:
        return _READERS[tag](told)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise FormatError(f"{shown(told)}: no dtype of {tag} ({error})") from None


def _category(told: Mapping[str, Any]) -> Any:
    import pandas

    if told["category"] is None:
        return pandas.CategoricalDtype(ordered=bool(told["ordered"]))
    listed = [value_of(value) for value in told["category"]]
    return pandas.CategoricalDtype(pandas.Index(listed, dtype=dtype_of(told["of"])), ordered=bool(told["ordered"]))


def _pandas(told: Mapping[str, Any]) -> Any:
    import pandas

    return pandas.api.types.pandas_dtype(told["pandas"])


def _polars(told: Mapping[str, Any]) -> Any:
    import polars

    name = told["polars"]
    if name == "Enum":
        return polars.Enum(told["categories"])
    if name == "Datetime":
        return polars.Datetime(told["unit"], told["zone"])
    if name == "Duration":
        return polars.Duration(told["unit"])
    if name not in _SIMPLE:
        raise ValueError(f"{name!r} is unknown")
    kind = getattr(polars, name)
    return kind() if isinstance(kind, type) else kind


_READERS = {"numpy": lambda told: np.dtype(told["numpy"]), "category": _category, "pandas": _pandas, "polars": _polars}
