"""What belongs to models, not to rows: made once, and remembered for the last ones."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

Made = TypeVar("Made")


class Remembered(Generic[Made]):
    """Remembers what was made of some objects, for the last few of them.

    Parameters
    ----------
    most : int
        How many are remembered.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, tuple[tuple[Any, ...], Made]] = OrderedDict()

    def of(self, objects: tuple[Any, ...], more: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of objects (told apart by identity, and held meanwhile) and of further values."""
        key = (tuple(map(id, objects)), more)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = objects, make()
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return known[1]
