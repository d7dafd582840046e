"""Forests: the compiled form says what brute force says, to the last bit of the scores."""

from __future__ import annotations

import numpy as np

from tests.brute.forest_cases import ForestCase
from tests.brute.forest_strategies import each_forest
from tests.brute.forests import paths, scores_of_assignments


def compiled(case: ForestCase):
    """The compiled form, with the columns that may be missing."""
    from suffice.encoders.registry import compile_model

    missing = frozenset(case.declared.missing)
    return compile_model(case.model(), missing=missing, voting="hard" if case.tree.voting == "hard" else "soft")


@each_forest(20)
def test_conditions_and_scores(case):
    model = compiled(case)
    domain = case.domain
    found = [(c.feature, str(c.operator), c.threshold) for c in model.vocabulary.conditions]
    assert found == [(c.column, c.operator, c.threshold) for c in domain.conditions]
    if domain.n == 0:
        return
    rng = np.random.default_rng(case.seed)
    masks = np.unique(rng.integers(0, 1 << domain.n, size=60))
    expected = scores_of_assignments(case.tree, masks, domain.literal)
    for mask, scores in zip(masks, expected, strict=True):
        truth = np.array([mask >> i & 1 for i in range(domain.n)], dtype=bool)
        found = model.trees.scores_at(truth)
        if case.tree.voting != "hard":
            assert np.array_equal(found, scores)
        if case.regression:
            assert model.value_at(truth) == scores[0]
        else:
            assert model.outcome_at(truth) == scores.argmax()


@each_forest(15)
def test_the_reading_of_rows(case):
    model = compiled(case)
    rows = case.domain.rows(case.domain.cells()[:300], np.random.default_rng(case.seed))
    read = model.read(rows)
    masks = [case.domain.truth_mask(row) for row in rows]
    for row, mask in zip(read, masks, strict=True):
        truth = [bool(c.true_at(row[c.feature : c.feature + 1])[0]) for c in model.vocabulary.conditions]
        assert truth == [bool(mask >> i & 1) for i in range(case.domain.n)]
    said = model.predict(read)
    if case.regression:
        assert np.array_equal(said, case.predictions(rows))
    else:
        assert [case.classes.index(label) for label in said.tolist()] == case.labels(rows)


@each_forest(15)
def test_the_literals_on_the_paths(case):
    model = compiled(case)
    mask = case.domain.truth_mask(case.x)
    truth = np.array([mask >> i & 1 for i in range(case.domain.n)], dtype=bool)
    met = {abs(case.domain.literal[c]) for c in paths(case.tree, case.reference().row[0])}
    assert {abs(literal) for literal in model.trees.path_literals(truth)} == met
    assert all((literal > 0) == bool(mask >> (abs(literal) - 1) & 1) for literal in model.trees.path_literals(truth))
