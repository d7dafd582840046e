"""Data that is the same for many rows: what models make of it is made once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any

_MOST = 256  # of what is made: some instances have a model of their own


class Kept:
    """Rows of data that stay as they are while a batch is asked.

    Parameters
    ----------
    rows : object
        The data as it was given.
    """

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self._known: dict[Hashable, tuple[Any, Any]] = {}

    def __reduce__(self) -> tuple[type[Kept], tuple[Any]]:
        return Kept, (self.rows,)  # elsewhere models are other objects

    def of(self, model: Any, what: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is made of the data for a model (told apart by identity, and held meanwhile)."""
        key = id(model), what
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _MOST:
                self._known.clear()
            known = self._known[key] = model, make()
        return known[1]


def keeping(options: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """Return the arguments of a query about many rows; those of some names are data that is read once."""
    return {
        name: Kept(value) if name in names and value is not None and not isinstance(value, Kept) else value
        for name, value in options.items()
    }
