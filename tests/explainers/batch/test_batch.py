"""Many rows at once: the same answers as one by one."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, Status, explain


@pytest.fixture(scope="module")
def case():
    X, y = load_breast_cancer(return_X_y=True)
    return DecisionTreeClassifier(random_state=1).fit(X[::2], y[::2]), X[1::2]


@pytest.mark.parametrize("theory", ["auto", None])
@pytest.mark.parametrize("excluded", [(), ("f24", "f28")])
def test_same_as_row_by_row(case, theory, excluded):
    tree, X = case
    many = explain(tree, X, theory=theory, excluded=excluded)
    explainer = Explainer.initialize(tree, theory=theory)
    explainer.set_excluded_features(excluded)
    assert len(many) == len(X)
    assert many.status is Status.COMPLETE
    for row, explanation in zip(X, many, strict=True):
        explainer.set_instance(row)
        assert explanation.sufficient == explainer.sufficient_reason()
        assert explanation.prediction == explainer.target_prediction


def test_threads_do_not_matter(case):
    tree, X = case
    one, two = explain(tree, X, n_jobs=1), explain(tree, X, n_jobs=2)
    assert list(one.reasons()) == list(two.reasons())


def test_a_time_limit_keeps_what_was_found():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 10))
    tree = DecisionTreeClassifier(random_state=0).fit(X, rng.integers(0, 2, 3000))  # noise: some thousand leaves
    explain(tree, X[:5])  # what is made once
    many = explain(tree, np.repeat(X, 30, axis=0), time_limit=0.5, n_jobs=1, check=False)
    assert len(many) < many.n_rows
    assert many.status is Status.BEST_SO_FAR
    assert str(many.stop) == "time_limit"
    assert many.reason(0) == explain(tree, X[0]).sufficient


def test_rows_with_clauses_go_one_by_one(case):
    tree, X = case
    literal = Explainer.initialize(tree, X[0]).binary_representation[0]
    rows = [x for x in X if (Explainer.initialize(tree, x, check=False).binary_representation[0] == literal)][:20]
    many = explain(tree, np.array(rows), theory=[(literal,)])
    assert len(many) == len(rows)
    for i, row in enumerate(rows):
        assert Explainer.initialize(tree, row, theory=[(literal,)], check=False).is_sufficient_reason(many.reason(i))


def test_one_row_reads_well(case):
    tree, X = case
    explanation = explain(tree, X[0])
    text = repr(explanation)
    assert text.startswith("prediction")
    assert all(part in text for part in explanation.sufficient.features)
    assert explanation.contrastive[0].features[0] in text
    assert "<script" not in explanation._repr_html_()
    changed, label = explanation.change()
    assert label != explanation.prediction
    assert tree.predict([changed])[0] == label


def test_bad_arguments(case):
    tree, X = case
    with pytest.raises(BadInputError, match="n_jobs"):
        explain(tree, X, n_jobs=0)
    with pytest.raises(BadInputError, match="time_limit"):
        explain(tree, X, time_limit=-1)
    with pytest.raises(BadInputError, match="a row has 3 values"):
        explain(tree, X[:, :3])
