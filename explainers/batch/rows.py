"""The rows of a batch: how each is placed in an explainer, and how it is told."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...encoders.columns.told import Row
from ...engine.arrays import F64
from ...engine.errors import SufficeError
from ...engine.models.around import around_of
from ..session.gate import twin_of
from ..session.sparse import ReadRows, is_large, parts_of


class Matrix:
    """Rows of one kind, which are read together.

    Parameters
    ----------
    explainer : explainer
        A twin that belongs to the batch: it goes over to the form and the domain of these rows.
    given : matrix, data frame or list of rows
        The rows.

    Raises
    ------
    BadInputError
        If they are no rows of the model.
    SelfCheckError
        If the model's own ``predict`` decides about one otherwise than its compiled form.
    """

    def __init__(self, explainer: Any, given: Any) -> None:
        self._explainer, self._given = explainer, copy.copy(given)
        self._kind = explainer.session.instances.kind_of(self._given)
        if is_large(given):
            self.read: F64 | ReadRows = ReadRows(explainer.session.compiled, given)
        else:
            self.read = explainer.session.read(given)
        explainer.session.fit_columns(explainer.session.instances.whole(self._kind))
        if explainer.session.guard is not None:
            for part in parts_of(given):
                explainer.session.guard.check_rows(
                    explainer.session.compiled, explainer.session.space, part, explainer.session.compiled.read(part)
                )

    def __len__(self) -> int:
        return len(self.read)

    def place(self, twin: Any, i: int) -> None:
        """Make a row the instance of a twin."""
        twin.session.place_read(self.read[i], self._teller(i))

    def row(self, i: int) -> Row:
        """Return a row as it was given."""
        return self._teller(i).instance(self.read[i])  # type: ignore[no-any-return]  # a teller tells rows

    def alone(self, i: int) -> Any:
        """Return a row as it can be sent elsewhere."""
        return self.row(i).row

    def _teller(self, i: int) -> Any:
        own = self._explainer
        return own.session.instances.teller(own.session.compiled, self._given, i, self.read[i], self._kind, self._kind)


class Listed:
    """Rows that are read one by one, as ``set_instance`` does: each may be of a kind of its own.

    Parameters
    ----------
    explainer : explainer
        A twin that belongs to the batch.
    items : list
        The rows.
    """

    def __init__(self, explainer: Any, items: list[Any]) -> None:
        self._explainer, self._items = explainer, [copy.copy(item) for item in items]

    def __len__(self) -> int:
        return len(self._items)

    def place(self, twin: Any, i: int) -> None:
        """Make a row the instance of a twin."""
        twin.set_instance(self._items[i])

    def row(self, i: int) -> Any:
        """Return a row as it was given; if the model does not take it, just as it is."""
        twin = twin_of(self._explainer)
        try:
            twin.set_instance(self._items[i])
        except SufficeError:
            return self._items[i]
        return twin.instance

    def alone(self, i: int) -> Any:
        """Return a row as it can be sent elsewhere."""
        return self._items[i]


AnyRows = Matrix | Listed


def rows_of(explainer: Any, given: Any) -> AnyRows:
    """Return rows as users give them: one, or many (see ``Matrix``)."""
    given = plain_rows(given)
    if (around := around_of(explainer.session.compiled)) is not None:
        return Listed(explainer, list(around.texts(given)))
    items = items_of_rows(given, one_by_one=explainer.session.instances.typed)
    return Matrix(explainer, given) if items is None else Listed(explainer, items)


def items_of_rows(given: Any, *, one_by_one: bool) -> list[Any] | None:
    """Return rows one by one, or None if they are a matrix of one kind.

    Parameters
    ----------
    given : rows
        One or many, as users give them.
    one_by_one : bool
        Whether rows without dtypes are no matrix either (with dtypes from a background, each is read in these).
    """
    if isinstance(given, (Row, Mapping)) or _is_series(given):
        return [given]
    if isinstance(given, (list, tuple)):
        if given and not any(_is_row(item) for item in given):
            return [given]
        plain = all(isinstance(item, (list, tuple)) for item in given)
        return None if given and plain and not one_by_one else list(given)
    if isinstance(given, np.ndarray):
        if given.ndim == 1:
            return [given]
        if given.ndim == 2 and given.dtype == object and one_by_one:
            return [given[i : i + 1] for i in range(len(given))]
    return None


def _is_series(rows: Any) -> bool:
    return hasattr(rows, "to_numpy") and not hasattr(rows, "columns")


def _is_row(item: Any) -> bool:
    if isinstance(item, np.ndarray):
        return item.ndim > 0
    return isinstance(item, (list, tuple, Mapping, Row)) or hasattr(item, "to_numpy")


class Told(Sequence[Any]):
    """Rows of a batch as they were given, told when they are looked at."""

    def __init__(self, n: int, tell: Callable[[int], Any]) -> None:
        self._n, self._tell = n, tell

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, index: int) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: int | slice) -> Any:
        if isinstance(index, slice):
            return [self._tell(i) for i in range(self._n)[index]]
        return self._tell(range(self._n)[index])

    def __repr__(self) -> str:
        return f"<{self._n} rows>"

    def __reduce__(self) -> Any:
        return list, (list(self),)
