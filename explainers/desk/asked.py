"""What the page asks, read strictly: every entry has its type, and nothing else is taken."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...engine.errors import BadInputError, shown

LONGEST = 300.0  # seconds that a question may ask for
USUAL = 10.0
_NAME = 64  # letters of a page's name


@dataclass(frozen=True, slots=True)
class Asked:
    """A question.

    Attributes
    ----------
    client : str
        The page that asks: its newest question wins.
    row : int
        Which row.
    values : mapping
        Values that were moved, by feature, as their controls have them.
    immutable : tuple of str
        Features that changes leave alone.
    ranges : mapping
        Numbers that are possible, by feature: pairs, of which None is an open end.
    wanted : int, pair or None
        The class (its place in the list) or the interval that a change shall lead to.
    tolerance : float or None
        Of a regressor: how far the number may be from what it is.
    seconds : float
        The limit.
    """

    client: str
    row: int
    values: Mapping[str, Any]
    immutable: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[float | None, float | None]] | None = None
    wanted: int | tuple[float, float] | None = None
    tolerance: float | None = None
    seconds: float = USUAL


def read_json(body: bytes) -> dict[str, Any]:
    """Return an object of JSON, without what JSON does not have.

    Raises
    ------
    BadInputError
        If it is none.
    """
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):  # wrong UTF-8 is a ValueError too
        raise BadInputError("the request is no JSON that this page would send") from None
    if not isinstance(found, dict):
        raise BadInputError("the request is no JSON object")
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def asked_of(form: Mapping[str, Any]) -> Asked:
    """Return a question from JSON.

    Raises
    ------
    BadInputError
        If an entry is unknown, missing or of another type.
    """
    known = {"client", "row", "values", "immutable", "ranges", "wanted", "tolerance", "seconds"}
    extra = sorted(set(form) - known)
    if extra:
        raise BadInputError(f"the question has an unknown entry {shown(extra[0])}")
    return Asked(
        client_of(form), row_of(form.get("row")), values_of(form.get("values", {})),
        _names(form.get("immutable", [])), _ranges(form.get("ranges", {})), _wanted(form.get("wanted")),
        None if form.get("tolerance") is None else _number(form["tolerance"], "tolerance", 0.0, math.inf),
        _number(form.get("seconds", USUAL), "seconds", 0.001, LONGEST),
    )  # fmt: skip


def client_of(form: Mapping[str, Any]) -> str:
    """Return the name of the page that asks."""
    client = form.get("client")
    if not isinstance(client, str) or not 1 <= len(client) <= _NAME:
        raise BadInputError(f"client={shown(client)}: expected a text of up to {_NAME} letters")
    return client


def row_of(row: Any) -> int:
    """Return the number of a row."""
    if type(row) is not int or row < 0:
        raise BadInputError(f"row={shown(row)}: expected the number of a row, from 0")
    return row


def values_of(values: Any) -> Mapping[str, Any]:
    """Return moved values."""
    if not isinstance(values, dict):
        raise BadInputError(f"values={shown(values)}: expected an object of features and values")
    for value in values.values():
        if value is not None and type(value) not in (bool, int, float, str):
            raise BadInputError(f"the value {shown(value)} is neither a number, a text, true, false nor null")
    return values


def _names(names: Any) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInputError(f"immutable={shown(names)}: expected a list of features")
    return tuple(names)


def _ranges(ranges: Any) -> dict[str, tuple[float | None, float | None]]:
    if not isinstance(ranges, dict):
        raise BadInputError(f"ranges={shown(ranges)}: expected an object of features and pairs of numbers")
    return {name: _pair(pair, f"the range of {name}") for name, pair in sorted(ranges.items())}


def _wanted(wanted: Any) -> int | tuple[float, float] | None:
    if wanted is None:
        return None
    if type(wanted) is int and wanted >= 0:
        return wanted
    if isinstance(wanted, list):
        low, high = _pair(wanted, "wanted")
        return (-math.inf if low is None else low), (math.inf if high is None else high)
    raise BadInputError(f"wanted={shown(wanted)}: expected the place of a class, or an interval")


def _pair(pair: Any, name: str) -> tuple[float | None, float | None]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise BadInputError(f"{name} is {shown(pair)}: expected a least and a greatest number, or null for an open end")
    low, high = (None if end is None else _number(end, name, -math.inf, math.inf) for end in pair)
    if low is not None and high is not None and low > high:
        raise BadInputError(f"{name} is {shown(pair)}: expected the least number first")
    return low, high


def _number(value: Any, name: str, low: float, high: float) -> float:
    if type(value) not in (int, float) or abs(value) > 1e300 or not low <= value <= high:
        raise BadInputError(f"{name}={shown(value)}: expected a number" + (f" from {low:g}" if low > -math.inf else ""))
    return float(value)
