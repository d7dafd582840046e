"""United changes are made as they are told: numbers both ways, sets of categories, chains."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer


def truths(explainer, rows):
    return np.array([explainer.session.space.truth(row) for row in explainer.answers.form.read(rows)])


def least(sets):
    return {one for one in sets if not any(other < one for other in sets)}


def united(explainer, grid, target):
    """The conditions that each union inverts, by all rows of a grid that has every cell."""
    here = explainer.session.here.truth
    changed = [frozenset(np.nonzero(t != here)[0].tolist()) for t in truths(explainer, grid)]
    labels = np.asarray(explainer.get_model().predict(grid)).astype(int)
    own = np.asarray(explainer.target_prediction).astype(int)
    apart = [
        least({c for c, row in zip(changed, labels, strict=True) if row[i] == target[i]})
        for i in range(len(target))
        if own[i] != target[i]
    ]
    good = {c for c, row in zip(changed, labels, strict=True) if (row == target).all()}
    return {frozenset().union(*chosen) for chosen in itertools.product(*apart)} & good


def told(explainer, target):
    here, found = explainer.session.here.truth, explainer.contrastive_reason(target=target, n=None, mode="joined")
    assert found.complete
    out = []
    for reason in found:
        row = np.asarray(reason.witness, float).reshape(1, -1)
        assert np.asarray(explainer.get_model().predict(row)).astype(int)[0].tolist() == list(target)
        moved = np.nonzero(truths(explainer, row)[0] != here)[0]
        assert {abs(v) - 1 for v in reason} <= set(moved.tolist())
        out.append(frozenset(moved.tolist()))
    assert len(set(out)) == len(out)
    return set(out)


def table(rng, n_codes):
    X = np.column_stack([rng.integers(0, n_codes, 300), rng.integers(0, 6, 300), rng.integers(0, 2, 300)]).astype(float)
    lift = rng.normal(size=(n_codes, 3))
    Y = (lift[X[:, 0].astype(int)] + (X[:, 1:2] - 2.5) * rng.normal(size=3) + X[:, 2:] * rng.normal(size=3) > 0) * 1
    Y[:2] = [[0] * 3, [1] * 3]
    return X, Y


def models(seed):
    tree = DecisionTreeClassifier(max_depth=4, random_state=seed)
    sets = HistGradientBoostingClassifier(
        max_iter=4, max_depth=3, categorical_features=[0], min_samples_leaf=5, early_stopping=False
    )
    return {
        "numbers": MultiOutputClassifier(tree),
        "sets": MultiOutputClassifier(sets),
        "chain": ClassifierChain(tree, chain_method="predict"),
    }


@pytest.mark.parametrize("kind", ["numbers", "sets", "chain"])
@pytest.mark.parametrize("seed", range(6))
def test_all_targets_against_every_row(kind, seed):
    rng = np.random.default_rng(seed)
    X, Y = table(rng, 6)
    model = models(seed)[kind].fit(X, Y)
    explainer = Explainer.initialize(model, X[rng.integers(len(X))], background=X)
    grid = np.array(list(itertools.product(range(6), range(6), range(2))), float)
    labels = {tuple(row) for row in np.asarray(model.predict(X)).astype(int).tolist()}
    compared = 0
    for target in sorted(labels - {tuple(np.asarray(explainer.target_prediction).astype(int).tolist())}):
        expected = united(explainer, grid, target)
        found = told(explainer, target)
        assert found == expected
        compared += len(found)
    assert compared
