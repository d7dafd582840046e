"""All kinds of reasons of a compiled model over numbers and codes, against what it predicts in every cell."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.brute.compare import check_some, check_some_names
from tests.brute.tables import TableReference, conditions_of


def check_reasons(explainer: Any, x: Any) -> None:
    """Compare the reasons at an instance with the predictions for every combination of cells."""
    compiled = explainer.session.compiled
    places = {label: i for i, label in enumerate(compiled.classes)}

    def predict(matrix: np.ndarray) -> np.ndarray:
        return np.array([places[label] for label in compiled.predict(matrix).tolist()])

    reference = TableReference(columns_of(compiled), conditions_of(explainer), predict, compiled.read(x)[0])
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())
    check_some(lambda n: explainer.minimal_sufficient_reason(n=n), reference.minimal_sufficient())
    check_some_names(lambda n: explainer.sufficient_reason(n=n, over="features"), reference.sufficient_features())
    check_some_names(lambda n: explainer.contrastive_reason(n=n, over="features"), reference.contrastive_features())
    assert explainer.n_sufficient_reasons() == len(reference.sufficient)


def columns_of(compiled: Any) -> list[tuple[str, tuple[int, ...], list[tuple[float, ...]]]]:
    """Return the values of each column that its conditions tell apart: codes, or the first numbers above borders."""
    from suffice.engine.domain.conditions import cut_of

    vocabulary = compiled.vocabulary
    single = np.dtype(vocabulary.reading.value).type
    cuts: dict[int, set[float]] = {}
    for condition in vocabulary.conditions:
        if condition.feature not in vocabulary.labels:
            found = cut_of(condition, vocabulary.reading)
            cuts.setdefault(condition.feature, set()).update(border for border in found if np.isfinite(border))
    columns = []
    for c, name in enumerate(vocabulary.names):
        values: list[tuple[float, ...]] = [(float(code),) for code in range(len(vocabulary.labels.get(c, ())))]
        if not values:
            above = [float(np.nextafter(single(border), single(np.inf))) for border in sorted(cuts.get(c, ()))]
            values = [(number,) for number in (-1e9, *above)]
        columns.append((name, (c,), values + [(float("nan"),)] * (c in compiled.missing)))
    return columns
