"""Many sparse rows, explained part by part: never are all of them dense at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...encoders.columns.sparse import is_sparse
from ...engine.arrays import F64
from ...engine.models import CompiledModel

_CELLS = 1 << 23  # numbers of a part that is made dense, at most (unless one row has more)


def is_large(rows: Any) -> bool:
    """Tell whether rows are a sparse matrix that is not to be made dense as a whole."""
    return is_sparse(rows) and getattr(rows, "ndim", 2) == 2 and rows.shape[0] * rows.shape[1] > _CELLS


def parts_of(rows: Any) -> Iterator[Any]:
    """Yield the rows of a matrix in parts of bounded size; all at once if it is not large."""
    if not is_large(rows):
        yield rows
        return
    listed = rows.tocsr()
    step = max(1, _CELLS // listed.shape[1])
    for begin in range(0, listed.shape[0], step):
        yield listed[begin : begin + step]


class ReadRows:
    """Rows of a sparse matrix that are read when they are looked at."""

    def __init__(self, compiled: CompiledModel, rows: Any) -> None:
        self._compiled, self._rows = compiled, rows.tocsr()

    def __len__(self) -> int:
        return int(self._rows.shape[0])

    def __getitem__(self, index: int) -> F64:
        read: F64 = self._compiled.read(self._rows[[index]])[0]
        return read
