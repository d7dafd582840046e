"""Groups of rows, as users say them: columns of the rows, or a value for each row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import Bools
from ...engine.errors import BadInputError, shown
from ...engine.given import items_in

MISSING = "missing"
Column = Callable[[str], list[Any]]


class Grouping:
    """A way to part the rows: each is in one group.

    Parameters
    ----------
    name : str
        What it is called.
    values : sequence
        Of each row the value that names its group.

    Attributes
    ----------
    labels : tuple of str
        The groups, in order.
    of : ndarray of int64
        Of each row its group.
    """

    def __init__(self, name: str, values: Sequence[Any]) -> None:
        self.name = name
        keys = [_key(value) for value in values]
        distinct = sorted(set(keys), key=_order)
        texts = [_text(key) for key in distinct]
        clash = {text for text in texts if texts.count(text) > 1}
        self.labels = tuple(
            f"{text} ({key[0]})" if text in clash else text for text, key in zip(texts, distinct, strict=True)
        )
        place = {key: number for number, key in enumerate(distinct)}
        self.of: NDArray[np.int64] = np.array([place[key] for key in keys], np.int64)

    @classmethod
    def known(cls, name: str, labels: tuple[str, ...], of: Sequence[int]) -> Grouping:
        """Return a grouping as it was written."""
        made = cls(name, ())
        made.labels, made.of = labels, np.array(of, np.int64)
        return made

    def each(self) -> Iterator[tuple[str, Bools]]:
        """Yield each group with its rows."""
        for number, label in enumerate(self.labels):
            yield label, self.of == number


def _key(value: Any) -> tuple[str, Any]:
    """Return what tells values apart: 1, True and "1" are three groups, all that is missing is one."""
    value = value.item() if isinstance(value, np.generic) else value
    if (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and math.isnan(value))
    ):
        return "none", MISSING
    try:
        hash(value)
    except TypeError:
        raise BadInputError(
            f"groups: {shown(value)} names no group: expected a text, a number or a truth value"
        ) from None
    return type(value).__name__, value


def _text(key: tuple[str, Any]) -> str:
    return str(key[1])


def _order(key: tuple[str, Any]) -> tuple[bool, bool, float, str]:
    number = key[1] if isinstance(key[1], (int, float)) else 0.0
    return key[0] == "none", isinstance(key[1], str), float(number), str(key[1])


def groupings_of(said: Any, n_rows: int, column: Column) -> tuple[Grouping, ...]:
    """Return the groupings that a user asks for.

    Parameters
    ----------
    said : None, str, list of str, mapping, or array-like
        Names of columns of the rows; or values, one a row, in a mapping from names of groupings, or alone.
    n_rows : int
        How many rows there are.
    column : callable
        The name of a column -> its value in each row.

    Raises
    ------
    BadInputError
        If there is no such column, or there are not as many values as rows.
    """
    if said is None:
        return ()
    if isinstance(said, str):
        return (Grouping(said, column(said)),)
    if isinstance(said, Mapping):
        return tuple(_of_values(str(name), values, n_rows, column) for name, values in said.items())
    if isinstance(said, (list, tuple)) and all(isinstance(name, str) for name in said):
        return tuple(Grouping(name, column(name)) for name in dict.fromkeys(said))
    name = getattr(said, "name", None)
    return (_of_values("group" if name is None else str(name), said, n_rows, column),)


def _of_values(name: str, values: Any, n_rows: int, column: Column) -> Grouping:
    if isinstance(values, str):
        return Grouping(name, column(values))
    listed = items_in(values)
    if listed is None or len(listed) != n_rows:
        many = "no list of values" if listed is None else f"{len(listed)} values"
        raise BadInputError(f"groups[{name!r}]={shown(values)}: {many}, expected one for each of {n_rows} rows")
    return Grouping(name, listed)
