"""The check that every compiled model passes: it must agree with the model's own ``predict``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.domain.conditions import Condition, cut_of
from ..engine.domain.listed_numbers import on_list
from ..engine.domain.space import Space
from ..engine.errors import SelfCheckError
from ..engine.models import CompiledEnsemble, CompiledModel, label_tuple, same_label
from ..engine.models.multilabel import CompiledMultiLabel
from ..engine.setup_limit import setup_step
from .columns.probe_rows import listed_values

_CHUNK = 20_000  # rows that are predicted at once, at most
_CELLS = 1 << 21  # numbers in a chunk of rows, at most (unless one row has more)
_RANDOM = 50  # rows beside those at the borders
_WALKS = 600_000  # rows at the borders times trees, at most


def compiled_outcomes(model: CompiledModel, space: Space, rows: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the class index of each row by the compiled form."""
    return model.outcomes(space, rows)


def self_check(model: CompiledModel, space: Space, background: NDArray[np.float64] | None = None) -> int:
    """Compare the compiled form with the model's own ``predict``; return the number of rows compared.

    Rows: the background, and random rows at, just below and just above every threshold of the model. Numbers that a
    regressor predicts must be equal, not only close.

    Raises
    ------
    SelfCheckError
        It names the first row on which they differ.

    Notes
    -----
    An ensemble with so many trees and thresholds that this would take long (more than 600 000 walks down a tree) is
    checked at some of its thresholds, drawn with a fixed seed. Each row holds border values of all features, so every
    feature is tested in every row.
    """
    compared = 0
    for begin in range(0, 0 if background is None else len(background), _CHUNK):
        assert background is not None
        setup_step()
        compared += _compare(model, space, background[begin : begin + _CHUNK])
    for rows in border_chunks(model):
        setup_step()
        compared += _compare(model, space, rows)
    return compared


def _compare(model: CompiledModel, space: Space, rows: NDArray[np.float64]) -> int:
    return compare(model, space, rows, model.predict(rows)) if len(rows) else 0


def compare(model: CompiledModel, space: Space, rows: NDArray[np.float64], predicted: NDArray[Any]) -> int:
    """Compare the compiled form with what ``predict`` says of rows; return the number of rows compared.

    Parameters
    ----------
    rows : ndarray of float64, shape (m, n_columns)
        As the model reads them.
    predicted : ndarray, shape (m,)
        What the model's own ``predict`` says of them, in whatever form it took them; of several labels (m, n_labels).

    Raises
    ------
    SelfCheckError
        It names the first row on which they differ.
    """
    if isinstance(model, CompiledMultiLabel):
        return _compare_labels(model, space, rows, predicted)
    if any(feature.listed for feature in model.features):  # between listed numbers the form holds for reasons only
        kept = on_list(model.features, rows)
        rows, predicted = rows[kept], predicted[kept]
    said: list[Any] | tuple[Any, ...]
    mine: list[Any]
    if isinstance(model, CompiledEnsemble) and model.regression:
        values = model.values(space, rows)
        if model.slack:  # the library adds in an order of its own
            scores = model.trees.scores_of_rows(rows, space.codes)[:, 0]
            low, high = scores - model.slack, scores + model.slack
            if model.transform is not None:
                low, high = model.transform(low), model.transform(high)
            predicted = np.where((predicted >= low) & (predicted <= high), values, predicted)
        mine, said = values.tolist(), predicted.tolist()
    else:
        if isinstance(model, CompiledEnsemble) and model.slack:  # predict itself goes by chance there
            sure = ~model.doubtful(model.trees.scores_of_rows(rows, space.codes))
            rows, predicted = rows[sure], predicted[sure]
            if not len(rows):
                return 0
        mine = [model.classes[index] for index in compiled_outcomes(model, space, rows).tolist()]
        said = label_tuple(predicted)
    for row, ours, own in zip(rows, mine, said, strict=True):
        if not same_label(ours, own):
            raise SelfCheckError(
                f"the compiled form says {ours!r} but predict says {own!r} for the row "
                f"{row.tolist()}: this model is not encoded faithfully; please report it with the model"
            )
    return len(rows)


def _compare_labels(model: CompiledMultiLabel, space: Space, rows: NDArray[np.float64], said: NDArray[Any]) -> int:
    """Do the same for each label of a multi-label model."""
    for label in model.labels:
        if label.model.slack and not label.tests:  # predict itself goes by chance there
            sure = ~label.model.doubtful(label.model.trees.scores_of_rows(rows, space.codes))
            rows, said = rows[sure], said[sure]
    if not len(rows):
        return 0
    mine = model.vectors(space, rows)
    for i, label in enumerate(model.labels):
        column = [label.classes[k] for k in mine[:, i].tolist()]
        for row, ours, own in zip(rows, column, said[:, i].tolist(), strict=True):
            if not same_label(ours, own):
                raise SelfCheckError(
                    f"the compiled form says {ours!r} but predict says {own!r} for label {label.name!r} of the row "
                    f"{row.tolist()}: this model is not encoded faithfully; please report it with the model"
                )
    return len(rows)


def border_rows(model: CompiledModel, space: Space, seed: int = 0) -> NDArray[np.float64]:
    """Return random rows of the domain with one feature at, just below and just above each threshold that is tested."""
    return np.concatenate(list(border_chunks(model, seed)))


def border_chunks(model: CompiledModel, seed: int = 0) -> Iterator[NDArray[np.float64]]:
    """Yield the rows of ``border_rows`` in parts of bounded size."""
    generator = np.random.default_rng(seed)
    candidates, tested = _border_values(model, _tested_conditions(model, generator))
    limit = _row_limit(model)
    if len(tested) > limit:
        tested = [tested[i] for i in sorted(generator.permutation(len(tested))[:limit].tolist())]
    width = len(model.vocabulary.names)
    usual = np.zeros(width)  # columns with one candidate have the same value in all rows
    free = [column for column, pool in candidates.items() if len(pool) > 1]
    for column, pool in candidates.items():
        usual[column] = pool[0]
    sizes = np.array([len(candidates[column]) for column in free], dtype=np.int64)
    flat = np.array([value for column in free for value in candidates[column]], dtype=np.float64)
    first = np.cumsum(sizes) - sizes
    columns = np.array([column for column, _ in tested], dtype=np.intp)
    values = np.array([value for _, value in tested], dtype=np.float64)
    step = max(1, min(_CHUNK, _CELLS // max(1, width)))
    total = len(tested) + _RANDOM
    for begin in range(0, total, step):
        count = min(step, total - begin)
        rows = np.tile(usual, (count, 1))
        if free:
            rows[:, free] = flat[first + generator.integers(0, sizes, size=(count, len(free)))]
        here = slice(begin, min(begin + count, len(tested)))
        rows[np.arange(len(columns[here])), columns[here]] = values[here]
        yield rows


def _row_limit(model: CompiledModel) -> int:
    """Return the number of rows at borders that a model is asked for, at most."""
    if isinstance(model, CompiledMultiLabel):
        return max(_RANDOM, _WALKS // max(1, sum(label.model.trees.n_trees for label in model.labels)))
    return max(_RANDOM, _WALKS // model.trees.n_trees) if isinstance(model, CompiledEnsemble) else 2**62


def _tested_conditions(model: CompiledModel, generator: np.random.Generator) -> Sequence[Condition]:
    """Return the conditions whose borders are tested: all of them, or some, at least one of each feature."""
    conditions = model.vocabulary.conditions
    wanted = _row_limit(model) // 3
    if len(conditions) <= wanted:
        return conditions
    order = generator.permutation(len(conditions))
    _, first = np.unique([conditions[i].feature for i in order.tolist()], return_index=True)
    chosen = np.union1d(order[first], order[:wanted])
    return [conditions[i] for i in chosen.tolist()]


def _border_values(
    model: CompiledModel, conditions: Sequence[Condition]
) -> tuple[dict[int, list[float]], list[tuple[int, float]]]:
    """Return the values that a random row takes in each column, and the (column, value) pairs that need a row."""
    vocabulary = model.vocabulary
    candidates: dict[int, list[float]] = {
        column: [float(code) for code in range(len(labels))] for column, labels in vocabulary.labels.items() if labels
    }
    tested: list[tuple[int, float]] = []
    listed = listed_values(model)
    for condition in conditions:
        column, reading = condition.feature, vocabulary.reading_of(condition.feature)
        values: list[float] = []
        if column in listed:
            values = listed[column]
        elif column in vocabulary.labels:
            values = [float(code) for code in range(len(vocabulary.labels[column]))]
        else:
            for border in cut_of(condition, reading):
                if np.isfinite(border):  # else a test for missing values alone
                    values += [border, reading.above(border), reading.below(border)]
            if abs(condition.threshold) <= reading.largest:
                values.append(float(reading.cast(np.array([condition.threshold]))[0]))
        kept = [v for v in dict.fromkeys(values) if np.isfinite(v)]
        if column not in vocabulary.labels:
            candidates.setdefault(column, [0.0]).extend(kept)
        tested += [(column, v) for v in kept]
    candidates |= listed  # also for columns that are not tested: the model refuses other values
    tested = list(dict.fromkeys(tested))
    for column in sorted(model.missing):
        candidates.setdefault(column, [0.0]).append(np.nan)
        tested.append((column, np.nan))
    return candidates, tested
