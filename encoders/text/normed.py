"""Linear models and naive Bayes over counts that are divided by a norm: what a text contains, over every norm.

The library scores x = v / |v|, where v are the weighed counts: w · x + b. For a text with |v| > 0 the class is that of
w · v + b |v|, in which both w · v and v · v (for the norm l1: the sum of the sizes of v) are sums over the columns. So
scores and the square of the norm are sums of one-column trees, and a circuit puts them together (``circuits``): that a
text contains a word is proved over all norms that the other words allow. Without any known word v is 0, and the
library scores b: then the norm is taken for the least one of a word.

What the library rounds, in whichever order it adds, is told by ``_error``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.models import CompiledEnsemble, label_tuple
from ...engine.models.circuits import Circuit, CircuitBuilder
from ..assembly.additive import LEAST, Shape, Term, additive_model
from .domain import Column
from .steps import Steps
from .sums import check_images, counts_of, parts_of_sum, tests_of

_ROUNDED = 40  # roundings beside those of the sums


def compile_normed(steps: Steps, columns: Sequence[Column], shape: Shape, model: Any) -> CompiledEnsemble:
    """Return the compiled form of a linear model or naive Bayes over counts that are divided by their norm."""
    start, _, adds, unit = parts_of_sum(steps.final)
    unit = 2.0**-24 if np.dtype(getattr(steps.vectorizer, "dtype", np.float64)) == np.float32 else unit
    after, values = steps.after(), counts_of(columns, type(steps.final).__name__)
    terms, largest, weights, least = [], 0.0, np.zeros(len(start)), np.inf
    for i, (column, listed) in enumerate(zip(columns, values, strict=True)):
        image = steps.images(np.full(len(listed), column.place, np.int64), listed * column.factor)
        check_images(column, image)
        place = int(steps.place[column.place])
        scores = np.zeros((len(listed), len(start)))
        if place >= 0:
            scores = adds(place, image * after[column.place])
            weights += np.abs(adds(place, np.array([after[column.place]]))[0])
        scores = _against(scores)
        sizes = np.abs(image) if steps.norm == "l1" else image * image
        terms.append(Term(tests_of(i, listed), np.column_stack([scores, sizes])))
        largest += float(sizes.max())
        least = min(least, float(np.abs(image[image != 0]).min(initial=np.inf)))
    made = additive_model(
        terms, np.zeros(len(_against(start[None])[0]) + 1), shape, label_tuple(steps.final.classes_), model, slack=1.0
    )
    norm = largest if steps.norm == "l1" else float(np.sqrt(largest))
    error = 2 * norm * _error(len(columns), weights + np.abs(start), unit)
    start, error = _against(start[None])[0], error.sum(keepdims=True) if len(start) == 2 else error
    circuit = _circuit(start, steps.norm == "l1", least if np.isfinite(least) else 1.0, error)
    return replace(made, circuit=circuit, voting="composed", threshold=0.0)


def _against(scores: F64) -> F64:
    """Return how much the second of two scores is above the first one; more scores, or one, as they are."""
    return scores[:, 1:] - scores[:, :1] if scores.shape[1] == 2 else scores


def _error(n: int, sizes: F64, unit: float) -> F64:
    """Return how far the library's scores can be from the true ones, of `n` columns whose sizes add up to `sizes`.

    Norms and products are sums of `n` numbers of sizes up to 1 times a weight, each rounded a few times.
    """
    return (4 * n + _ROUNDED) * unit * sizes


def _circuit(start: F64, plain: bool, least: float, error: F64) -> Circuit:
    """Return what decides over the scores and, behind them, the sum that the norm is made of."""
    made = CircuitBuilder()
    norm = made.raw(len(start)) if plain else made.root(made.raw(len(start)))
    norm = made.clip(norm, least, np.inf)
    ends = [
        made.add(
            made.add(made.raw(k), made.scale(norm, float(b))), made.widen(made.constant(0.0), 0.0, float(error[k]))
        )
        for k, b in enumerate(start.tolist())
    ]
    if len(ends) == 1:
        ends = list(made.at_least(ends[0], LEAST))
    return made.circuit(ends, len(start) + 1)
