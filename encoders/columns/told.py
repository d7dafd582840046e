"""The row that comes back: a value for each column, of the user's own types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole
from ...engine.reasons.plain import plain
from .containers import container_of
from .row_kind import RowKind

_FEW = 12  # columns that a text shows
_NUMBER = (bool, int, float, np.number, np.bool_)


class Row(Sequence[Any]):
    """One row in the user's own columns and types.

    It is indexed by position or by name, iterates over its values, and is an array where arrays are wanted
    (``np.asarray(row)``; comparisons are made value by value, as arrays make them).

    Attributes
    ----------
    names : tuple of str
        The model's columns.
    values : tuple
        The value of each column: an untouched column holds the user's own value.
    changed : tuple of str
        Columns that differ from the instance's.
    row_kind : RowKind
        The container and the dtypes that it belongs to.
    note : str
        What has to be known of how it was read; empty if nothing.
    """

    __hash__ = None  # type: ignore[assignment]  # comparisons are made value by value

    def __init__(
        self,
        names: tuple[str, ...],
        values: tuple[Any, ...],
        row_kind: RowKind,
        changed: tuple[str, ...] = (),
        note: str = "",
    ) -> None:
        self.names, self.values, self.row_kind, self.changed, self.note = names, values, row_kind, changed, note

    @property
    def row(self) -> Any:
        """The row as the model's ``predict`` takes it: one row of a frame, of an array or of a sparse matrix."""
        return container_of([self.values], self.row_kind)

    def together(self, rows: Sequence[Row]) -> Any:
        """Return several rows in the container and dtypes of this one."""
        return container_of([row.values for row in rows], self.row_kind)

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.values)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, str):
            return self.values[self._place(index)]
        if is_whole(index):
            return self.values[index]
        if isinstance(index, (list, tuple)) and index and all(isinstance(one, str) for one in index):
            index = [self._place(one) for one in index]
        try:
            return np.asarray(self)[index]
        except IndexError as error:
            raise BadInputError(f"row[{shown(index)}]: expected positions or names of columns ({error})") from None

    def _place(self, name: str) -> int:
        for known in (self.names, self.row_kind.labels):
            if name in known:
                return known.index(name)
        raise BadInputError(f"the row has no column {name!r}: its columns are {shown(list(self.names), 200)}")

    def __setitem__(self, index: Any, value: Any) -> None:
        raise BadInputError("a told row does not change: change a copy, np.array(row) or row.row")

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        if dtype is None and not all(isinstance(value, _NUMBER) for value in self.values):
            dtype = object
        if dtype is not None and np.dtype(dtype) == object:
            array = np.empty(len(self.values), dtype=object)
            array[:] = self.values
            return array
        return np.array(self.values, dtype=dtype)

    def __eq__(self, other: object) -> Any:
        mine = np.asarray(self)
        return mine == np.asarray(other, dtype=object if mine.dtype == object else None)

    def __ne__(self, other: object) -> Any:
        mine = np.asarray(self)
        return mine != np.asarray(other, dtype=object if mine.dtype == object else None)

    @property
    def shape(self) -> tuple[int]:
        """The shape of the array that it stands for."""
        return (len(self.values),)

    def tolist(self) -> list[Any]:
        """Return the values as Python's own."""
        return [_plain(value) for value in self.values]

    def to_dict(self) -> dict[str, Any]:
        """Return name -> value, as Python's own."""
        return dict(zip(self.names, self.tolist(), strict=True))

    def to_form(self) -> dict[str, Any]:
        """Return everything as JSON has it.

        Dtypes that have no form there are left out: the values of such a column keep their own types.
        """
        from .plain_rows import kind_form

        return {
            "names": list(self.names),
            "values": [plain(value) for value in self.values],
            "changed": list(self.changed),
            "note": self.note,
            "kind": kind_form(self.row_kind),
        }

    def reshape(self, *shape: Any) -> NDArray[Any]:
        """Return the values as an array of another shape."""
        return np.asarray(self).reshape(*shape)

    def astype(self, dtype: Any) -> NDArray[Any]:
        """Return the values as an array of a dtype."""
        return np.asarray(self, dtype=object).astype(dtype)

    def copy(self) -> Row:
        """Return the row itself: it does not change."""
        return self

    def __repr__(self) -> str:
        said = [f"{name}={_said(value)}" for name, value in self._first()]
        more = f", … ({len(self)} columns)" if len(self) > len(said) else ""
        return f"Row({', '.join(said)}{more})"

    def _first(self) -> list[tuple[str, Any]]:
        """Return the columns that are shown: the changed ones first, where there are many."""
        pairs = list(zip(self.names, self.values, strict=True))
        if len(pairs) > _FEW:
            pairs.sort(key=lambda pair: pair[0] not in self.changed)
        return pairs[:_FEW]

    def _repr_html_(self) -> str:
        cells = self._first()
        head = "".join(f"<th>{escape(name)}</th>" for name, _ in cells)
        body = "".join(
            f"<td><b>{escape(_said(v))}</b></td>" if name in self.changed else f"<td>{escape(_said(v))}</td>"
            for name, v in cells
        )
        more = f"<p>… {len(self)} columns</p>" if len(self) > len(cells) else ""
        return f"<table><tr>{head}</tr><tr>{body}</tr></table>{more}"


def together(rows: Sequence[Row]) -> Any:
    """Return several rows of one kind as the model's ``predict`` takes them."""
    return rows[0].together(rows)


def _said(value: Any) -> str:
    """Return a value as a text, a number in the fewest digits that its own type needs."""
    return str(value) if isinstance(value, np.floating) else repr(_plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic) and value.dtype.kind not in "mM":
        return value.item()
    return value


__all__ = ["Row", "together"]
