"""Many sparse rows, explained part by part: never are all of them dense at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.sparse import is_sparse
from ...engine.arrays import F64
from ...engine.models import CompiledModel

if TYPE_CHECKING:
    from ..tree.batch import BatchReasons

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


def explained_in_parts(compiled: CompiledModel, rows: Any, explain_rows: Callable[[F64], BatchReasons]) -> BatchReasons:
    """Return the reasons of a large sparse matrix, as far as time goes."""
    from ..tree.batch import BatchReasons

    found: list[BatchReasons] = []
    for part in parts_of(rows):
        found.append(explain_rows(compiled.read(part)))
        if len(found[-1]) < part.shape[0]:
            break
    starts = np.cumsum([0, *(batch.offsets[-1] for batch in found[:-1])])
    offsets = [batch.offsets[1:] + start for batch, start in zip(found, starts, strict=True)]
    return BatchReasons(
        np.concatenate([batch.outcome for batch in found]),
        np.concatenate([[0], *offsets]).astype(np.int64),
        np.concatenate([batch.literals for batch in found]),
        found[-1].stop,
        found[-1].names,
    )
