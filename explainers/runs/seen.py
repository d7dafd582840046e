"""Rows that were answered before: equal rows have equal answers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from ...engine.status import Stop
from ..batch.batch import FAILED

MOST = 50_000  # rows that are remembered: some 100 MB
Told = dict[str, Any]


class Seen:
    """Answers by the values of their rows; the oldest ones are forgotten. Threads share it.

    Parameters
    ----------
    most : int
        How many are remembered.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: OrderedDict[tuple[Any, ...], Told] = OrderedDict()
        self._lock = threading.Lock()

    def look(self, keys: Sequence[tuple[Any, ...]]) -> dict[tuple[Any, ...], Told]:
        """Return what is known of rows."""
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
            for key in found:
                self._known.move_to_end(key)
        return found

    def note(self, keys: Sequence[tuple[Any, ...]], told: Sequence[Told]) -> None:
        """Remember answers; those that failed, or that time or Ctrl-C stopped, are asked again."""
        with self._lock:
            for key, one in zip(keys, told, strict=True):
                if one["status"] != FAILED and one["stop"] in (str(Stop.NONE), str(Stop.NODE_LIMIT)):
                    self._known[key] = one
            while len(self._known) > self._most:
                self._known.popitem(last=False)


def keys_of(frame: Any) -> list[tuple[Any, ...]] | None:
    """Return the values of each row, with their signs and types; None if rows cannot be told apart by them."""
    keys = list(zip(*(_told_apart(frame.iloc[:, place]) for place in range(frame.shape[1])), strict=True))
    try:
        for key in keys:
            hash(key)
    except TypeError:  # a list in a row, or the like
        return None
    return keys


def _told_apart(column: Any) -> list[Any]:
    """Return the values of a column so that equal ones mean the same: 0.0 and -0.0, 1 and True do not."""
    kind = column.dtype.kind
    if kind == "f":
        bits = {2: "u2", 4: "u4", 8: "u8"}.get(column.dtype.itemsize)
        if bits is not None:
            found: list[Any] = column.to_numpy().view(bits).tolist()
            return found
    if kind in "biu":
        whole: list[Any] = column.to_numpy().tolist()
        return whole
    return [(type(value), value) for value in column.tolist()]
