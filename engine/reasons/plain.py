"""Values of the types that users have, as JSON has them, and back.

What JSON has a word for stands as it is: ``null``, truth values, whole numbers, finite floats, texts. Everything else
is an object with one tag that names its type: ``{"float": "nan"}``, ``{"numpy": "<f4", "value": 0.5}``,
``{"tuple": [...]}``. A text, a number and a numpy number that look alike stay apart.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from ..errors import BadInputError, FormatError, shown

_COUNTED = "mM"  # numpy's dates and durations: whole numbers of a unit


def plain(value: Any) -> Any:
    """Return a value as JSON has it.

    Raises
    ------
    BadInputError
        If its type has no form there.
    """
    kind = type(value)
    if value is None or kind in (bool, int, str):
        return value
    if isinstance(value, np.generic):
        return {"numpy": value.dtype.str, "value": _of_numpy(value)}
    if kind.__module__.partition(".")[0] == "pandas":
        return _of_pandas(value)
    write = _WRITERS.get(kind)
    if write is None:
        raise BadInputError(
            f"{shown(value)} is a {kind.__name__}, which cannot be written as JSON: expected numbers, texts, truth "
            "values, dates, None, or tuples of them"
        )
    return write(value)


def _iso(value: Any) -> dict[str, str]:
    return {type(value).__name__: value.isoformat()}


def _list(value: Any) -> dict[str, Any]:
    return {type(value).__name__: [plain(one) for one in value]}


_WRITERS: Mapping[type, Callable[[Any], Any]] = {
    float: lambda value: value if math.isfinite(value) else {"float": str(value)},
    tuple: _list,
    list: _list,
    dt.datetime: _iso,
    dt.date: _iso,
    dt.time: _iso,
    dt.timedelta: lambda value: {"timedelta": [value.days, value.seconds, value.microseconds]},
    Decimal: lambda value: {"decimal": str(value)},
}


def _of_numpy(value: np.generic) -> Any:
    if value.dtype.kind in _COUNTED:
        return int(value.view(np.int64))
    if not _fits(value.dtype):
        raise BadInputError(f"{shown(value)} of dtype {value.dtype} cannot be written as JSON: pass it as float64")
    return plain(value.item())


def _fits(dtype: np.dtype[Any]) -> bool:
    """Tell whether values of a dtype are texts, or have their value as one of Python's."""
    return dtype.kind == "U" or (dtype.kind in "biufmM" and dtype.itemsize <= 8)


def _of_pandas(value: Any) -> Any:
    name = type(value).__name__
    if name in ("NAType", "NaTType"):
        return {"pandas": name.removesuffix("Type")}
    if name == "Timestamp":
        return {"timestamp": [int(value.asm8.view("int64")), value.unit, None if value.tz is None else str(value.tz)]}
    if name == "Timedelta":
        return {"duration": [int(value.asm8.view("int64")), value.unit]}
    raise BadInputError(f"{shown(value)}, a {name} of pandas, cannot be written as JSON: pass it as a text or a number")


def value_of(told: Any) -> Any:
    """Return the value that ``plain`` wrote.

    Raises
    ------
    FormatError
        If it is nothing that ``plain`` writes.
    """
    if not isinstance(told, Mapping):
        if isinstance(told, (list, tuple)):
            raise FormatError(f"{shown(told)}: expected a value; several are written as {{'list': [...]}}")
        return told
    tag = next((known for known in _READERS if known in told), None)
    if tag is None or set(told) - {tag, "value"}:
        raise FormatError(f"{shown(dict(told))}: expected a value with one of the tags {', '.join(_READERS)}")
    try:
        return _READERS[tag](told)
    except (ValueError, TypeError, KeyError, OverflowError, ArithmeticError) as error:
        raise FormatError(f"{shown(dict(told))}: no value of the type {tag!r} ({error})") from None


def _numpy(told: Mapping[str, Any]) -> Any:
    dtype = np.dtype(told["numpy"])
    if not _fits(dtype):
        raise ValueError(f"dtype {dtype}")
    if dtype.kind in _COUNTED:
        return np.int64(told["value"]).view(dtype)
    return dtype.type(value_of(told["value"]))


def _pandas(told: Mapping[str, Any]) -> Any:
    import pandas

    return {"NA": pandas.NA, "NaT": pandas.NaT}[told["pandas"]]


def _timestamp(told: Mapping[str, Any]) -> Any:
    import pandas

    count, unit, zone = told["timestamp"]
    naive = pandas.Timestamp(np.datetime64(int(count), unit))
    return naive if zone is None else naive.tz_localize("UTC").tz_convert(zone)


def _duration(told: Mapping[str, Any]) -> Any:
    import pandas

    count, unit = told["duration"]
    return pandas.Timedelta(np.timedelta64(int(count), unit))


def _float(told: Mapping[str, Any]) -> float:
    if told["float"] not in ("nan", "inf", "-inf"):
        raise ValueError("expected nan, inf or -inf")
    return float(told["float"])


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "float": _float,
    "numpy": _numpy,
    "tuple": lambda told: tuple(value_of(one) for one in told["tuple"]),
    "list": lambda told: [value_of(one) for one in told["list"]],
    "pandas": _pandas,
    "timestamp": _timestamp,
    "duration": _duration,
    "datetime": lambda told: dt.datetime.fromisoformat(told["datetime"]),
    "date": lambda told: dt.date.fromisoformat(told["date"]),
    "time": lambda told: dt.time.fromisoformat(told["time"]),
    "timedelta": lambda told: dt.timedelta(*told["timedelta"]),
    "decimal": lambda told: Decimal(told["decimal"]),
}
