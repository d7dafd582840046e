"""Rows at a model's borders in a container and dtypes of the user's: what ``predict`` is asked about once a kind."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.conditions import cut_of
from ...engine.domain.theory import Kind
from ...engine.models import CompiledModel
from ...engine.models.multilabel import CompiledMultiLabel
from .containers import container_of
from .missing import is_missing
from .row_kind import RowKind, column_type

_ROWS = 40


def probe_rows(compiled: CompiledModel, kind: RowKind, near: F64, seed: int = 0) -> Any:
    """Return rows of a kind, most of their columns at or next to a border of the model.

    Parameters
    ----------
    compiled : CompiledModel
        The model.
    kind : RowKind
        The container and the dtypes.
    near : ndarray of float64, shape (n_columns,)
        A row as the model reads it: its values are taken where a column is not tested, or the dtype has no other.
    """
    generator = np.random.default_rng(seed)
    pools: dict[int, list[float]] = {}
    vocabulary = compiled.vocabulary
    for place in generator.permutation(len(vocabulary))[:2000].tolist():
        condition = vocabulary.conditions[place]
        reading = vocabulary.reading_of(condition.feature)
        for border in cut_of(condition, reading):
            if abs(border) < reading.largest:
                pools.setdefault(condition.feature, []).extend((border, reading.above(border)))
    pools |= listed_values(compiled)
    pools |= {c: [float(code) for code in range(len(labels))] for c, labels in vocabulary.labels.items() if labels}
    pools |= {f.columns[0]: list(f.values) for f in compiled.features if f.listed}
    rows = np.tile(near, (_ROWS, 1))
    for column, pool in pools.items():
        chosen = generator.choice(np.array(pool), _ROWS)
        rows[:, column] = np.where(generator.random(_ROWS) < 0.2, near[column], chosen)
    told = [column_type(dtype) for dtype in kind.dtypes]
    values = [
        tuple(_held(value, told[c], dtype) for c, (value, dtype) in enumerate(zip(row, kind.dtypes, strict=True)))
        for row in (compiled.to_user_row(row) for row in rows)
    ]
    return container_of(values, kind)


def listed_values(model: CompiledModel | CompiledMultiLabel) -> dict[int, list[float]]:
    """Return the values of the columns that the model itself lists: its form holds for no others."""
    found: dict[int, list[float]] = {}
    for feature in model.features:
        if feature.kind in (Kind.BINARY, Kind.ONE_HOT):
            found |= {column: [0.0, 1.0] for column in feature.columns}
        elif feature.kind is Kind.CATEGORICAL and feature.columns[0] not in model.vocabulary.labels:
            found[feature.columns[0]] = [float(value) for value in feature.values]
    return found


def _held(value: Any, told: Any, dtype: Any) -> Any:
    """Return a value as a column of a dtype can hold it: numbers are rounded to its own."""
    value = value.item() if isinstance(value, np.generic) else value
    if is_missing(value) or isinstance(value, str) or told.kind not in ("bool", "integer", "float"):
        return value
    if told.kind == "bool":
        return value > 0
    low, high = told.limits
    if told.kind == "integer":
        return int(min(max(round(value), low), high))
    with np.errstate(over="ignore"):
        return float(np.dtype(told.dtype).type(min(max(value, low), high)))
