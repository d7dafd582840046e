"""Decision trees of some dozens of leaves against multiplying out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from ..brute.berge import Berge
from ..brute.compare import conditions, plain
from ..brute.reference import by_size
from ..brute.strategies import budget
from ..brute.trees import of_sklearn


def fitted(seed: int, n_columns: int, leaves: int, values: int) -> tuple[DecisionTreeClassifier, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = rng.integers(0, values, size=(500, n_columns)).astype(float) if values else rng.normal(size=(500, n_columns))
    y = (X[:, :3].sum(axis=1) > np.median(X[:, :3].sum(axis=1))) ^ (rng.random(500) < 0.2)
    model = DecisionTreeClassifier(random_state=seed % 1000, max_leaf_nodes=leaves).fit(X, y.astype(int))
    return model, X[rng.integers(len(X))]


@pytest.mark.parametrize("theory", [True, False])
@budget(25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 15), st.integers(12, 150), st.sampled_from([0, 2, 4]))
def test_larger_trees(theory, seed, n_columns, leaves, values):
    from suffice import Explainer

    model, x = fitted(seed, n_columns, leaves, values)
    berge = Berge(of_sklearn(model), n_columns, x, theory=theory)
    closed = berge.sufficient()
    assume(closed is not None)
    sufficient = by_size(map(berge.written, closed))
    explainer = Explainer.initialize(model, x, theory="auto" if theory else None, missing=False)
    assert conditions(explainer) == [(c.column, c.operator, c.threshold) for c in berge.domain.conditions]
    assert explainer.n_sufficient_reasons() == len(sufficient)
    assert dict(explainer.n_sufficient_reasons_per_literal()) == berge.per_literal(sufficient)
    assert plain(explainer.sufficient_reason(n=Explainer.ALL)) == sufficient
    fewest = tuple(reason for reason in sufficient if len(reason) == len(sufficient[0]))
    assert plain(explainer.minimal_sufficient_reason(n=Explainer.ALL)) == fewest
    assert tuple(explainer.sufficient_reason()) in sufficient
    contrastive = by_size(map(berge.written_contrastive, berge.contrastive))
    assert plain(explainer.contrastive_reason(n=Explainer.ALL)) == contrastive
    weights = (np.arange(n_columns) * 7 % 5 + 1).tolist()
    costs = [sum(weights[berge.domain.conditions[abs(v) - 1].column] for v in reason) for reason in sufficient]
    best = tuple(reason for cost, reason in zip(costs, sufficient, strict=True) if cost == min(costs))
    found = explainer.prefered_sufficient_reason(method=Explainer.WEIGHTS, weights=weights, n=Explainer.ALL)
    assert plain(found) == best
