"""The check that every compiled model passes: it must agree with the model's own ``predict``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..engine.conditions import cut_of
from ..engine.errors import SelfCheckError
from ..engine.models import CompiledTree
from ..engine.space import Space
from ..engine.trees import outcomes_of_rows

_CHUNK = 20_000


def compiled_outcomes(model: CompiledTree, space: Space, rows: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the class index of each row by the compiled form."""
    tree = model.tree
    return outcomes_of_rows(rows, *space.codes, tree.literal, tree.left, tree.right, tree.outcome)


def self_check(model: CompiledTree, space: Space, background: NDArray[np.float64] | None = None) -> int:
    """Compare the compiled form with the model's own ``predict``; return the number of rows compared.

    Rows: the background, and random rows at, just below and just above every threshold of the model.

    Raises
    ------
    SelfCheckError
        It names the first row on which they differ.
    """
    rows = border_rows(model, space)
    if background is not None and len(background):
        rows = np.vstack([background, rows])
    for begin in range(0, len(rows), _CHUNK):
        part = rows[begin : begin + _CHUNK]
        mine = compiled_outcomes(model, space, part)
        own = model.predict(part)
        labels = np.array(model.classes, dtype=object)[mine]
        differs = np.nonzero(np.array([a != b for a, b in zip(labels, own.tolist(), strict=True)], dtype=bool))[0]
        if len(differs):
            row = part[differs[0]]
            raise SelfCheckError(
                f"the compiled form says {labels[differs[0]]!r} but predict says {own[differs[0]]!r} for the row "
                f"{row.tolist()}: this model is not encoded faithfully; please report it with the model"
            )
    return len(rows)


def border_rows(model: CompiledTree, space: Space, seed: int = 0) -> NDArray[np.float64]:
    """Return random rows of the domain with one feature at, just below and just above each threshold."""
    generator = np.random.default_rng(seed)
    vocabulary = model.vocabulary
    reading = vocabulary.reading
    candidates: list[list[float]] = [[0.0] for _ in vocabulary.names]
    tested: list[tuple[int, float]] = []
    for condition in vocabulary.conditions:
        column = condition.feature
        codes = vocabulary.labels.get(column)
        values: list[float] = []
        for border in cut_of(condition, reading):
            if np.isfinite(border):  # else a test for missing values alone
                values += [border, reading.above(border), reading.below(border)]
        if codes is not None:
            values = [float(code) for code in range(len(codes))]
        elif abs(condition.threshold) <= reading.largest:
            values.append(float(reading.cast(np.array([condition.threshold]))[0]))
        kept = [v for v in dict.fromkeys(values) if np.isfinite(v)]
        candidates[column] += kept
        tested += [(column, v) for v in kept]
    tested = list(dict.fromkeys(tested))
    for column in model.missing:
        candidates[column].append(np.nan)
        tested.append((column, np.nan))
    rows = np.empty((len(tested) + 50, len(vocabulary.names)))
    for column, found in enumerate(candidates):
        pool = found
        if column in vocabulary.labels:
            codes_of = range(len(vocabulary.labels[column]))
            pool = [float(code) for code in codes_of] + [v for v in found if np.isnan(v)]
        rows[:, column] = generator.choice(np.array(pool), size=len(rows))
    for row, (column, value) in enumerate(tested):
        rows[row, column] = value
    return rows
