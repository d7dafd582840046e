"""Values of what users declare and what models hold, as JSON has them: those of ``reasons.plain``, and containers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any

import numpy as np

from ...engine.domain.conditions import Reading
from ...engine.domain.theory import DEFAULT, Kind
from ...engine.errors import FormatError, shown
from ...engine.reasons.plain import plain, value_of

_DEEP = 40  # containers within containers, at most
_LONG = 1 << 20  # numbers of a range, at most


def told(value: Any) -> Any:
    """Return a value as JSON has it.

    Raises
    ------
    BadInputError
        If its type has no form there.
    """
    write = next((write for fits, write in _WRITERS if fits(value)), plain)
    return write(value)


_WRITERS: Sequence[tuple[Callable[[Any], bool], Callable[[Any], Any]]] = (
    (lambda value: type(value) in (tuple, list), lambda value: {type(value).__name__: [told(one) for one in value]}),
    (
        lambda value: isinstance(value, Mapping),
        lambda value: {"map": [[told(key), told(one)] for key, one in value.items()]},
    ),
    (
        lambda value: isinstance(value, (set, frozenset)),
        lambda value: {"set": sorted((told(one) for one in value), key=repr)},
    ),
    (
        lambda value: isinstance(value, (Reading, Kind)),
        lambda value: {type(value).__name__.lower(): value.value},
    ),
    (lambda value: isinstance(value, Enum), lambda value: told(value.value)),
    (lambda value: value is DEFAULT, lambda value: {"default": True}),
    (lambda value: value is ..., lambda value: {"ellipsis": True}),
    (lambda value: type(value) is bytes, lambda value: {"bytes": value.hex()}),
    (lambda value: type(value) is range, lambda value: {"range": [value.start, value.stop, value.step]}),
    (
        lambda value: isinstance(value, np.ndarray) or (hasattr(value, "to_numpy") and hasattr(value, "tolist")),
        lambda value: {"list": [told(one) for one in value.tolist()]},
    ),
)


def untold(form: Any, deep: int = 0) -> Any:
    """Return the value that ``told`` wrote.

    Raises
    ------
    FormatError
        If it is nothing that it writes.
    """
    if deep > _DEEP:
        raise FormatError(f"values lie more than {_DEEP} deep in each other: the file is damaged")
    if not isinstance(form, Mapping):
        return value_of(form)
    tag = next(iter(form), None)
    read = _READERS.get(tag) if isinstance(tag, str) and len(form) == 1 else None
    if read is None:
        return value_of(form)
    try:
        return read(form[tag], deep + 1)
    except (TypeError, ValueError, KeyError) as error:
        raise FormatError(f"{shown(dict(form))}: no value of the type {tag!r} ({error})") from None


def _range(ends: Any, deep: int) -> range:
    found = range(*map(int, ends))
    if len(found) > _LONG:
        raise ValueError("too long")
    return found


_READERS: Mapping[str, Callable[[Any, int], Any]] = {
    "tuple": lambda form, deep: tuple(untold(one, deep) for one in form),
    "list": lambda form, deep: [untold(one, deep) for one in form],
    "map": lambda form, deep: {untold(key, deep): untold(one, deep) for key, one in form},
    "set": lambda form, deep: frozenset(untold(one, deep) for one in form),
    "reading": lambda form, deep: Reading(form),
    "kind": lambda form, deep: Kind(form),
    "default": lambda form, deep: DEFAULT,
    "ellipsis": lambda form, deep: ...,
    "bytes": lambda form, deep: bytes.fromhex(form),
    "range": _range,
}
