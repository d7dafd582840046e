"""Reasons of a large sparse matrix, part by part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.models import CompiledModel
from ..session.sparse import parts_of
from .reasons import BatchReasons


def explained_in_parts(compiled: CompiledModel, rows: Any, explain_rows: Callable[[F64], BatchReasons]) -> BatchReasons:
    """Return the reasons of a large sparse matrix, as far as time goes."""
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
