"""Rectified trees equal the old ones outside the conditions, and give the label inside: by exhaustion."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer

from tests.brute.amounts import few


def test_published_example():
    third = Builder.DecisionNode(3, left=0, right=1)
    second = Builder.DecisionNode(2, left=1, right=0)
    tree = Builder.DecisionTree(
        3, Builder.DecisionNode(1, left=second, right=third), force_features_equal_to_binaries=True
    )
    explainer = Explainer.initialize(tree, features_type={"binary": ["f1", "f2", "f3"]})
    explainer.rectify(conditions=(1, -3), label=1)
    rectified = explainer.rectify(conditions=["f2 < 0.5"], label=0)
    for row in product((0, 1), repeat=3):
        expected = tree.predict(row)[0]
        if row[0] == 1 and row[2] == 0:
            expected = 1
        if row[1] == 0:
            expected = 0
        assert rectified.predict(row)[0] == expected
    assert explainer.session.compiled.tree.n_nodes == 2  # f1 and f2 decide, as in the literature


@settings(max_examples=few(40), deadline=None)
@given(st.data())
def test_random_trees(data):
    rng = np.random.default_rng(data.draw(st.integers(0, 10**6)))
    X = rng.integers(0, 4, size=(40, 3)).astype(float)
    if data.draw(st.booleans()):
        X[rng.random(X.shape) < 0.15] = np.nan
    y = rng.choice(["a", "b", "c"], size=40)
    tree = DecisionTreeClassifier(max_leaf_nodes=data.draw(st.integers(2, 9)), random_state=0).fit(X, y)
    explainer = Explainer.initialize(
        tree, background=X, theory=data.draw(st.sampled_from(["auto", None])), missing=bool(np.isnan(X).any())
    )
    values = [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5] + [np.nan] * bool(np.isnan(X).any())
    rows = np.array(list(product(values, repeat=3)))
    expected = tree.predict(rows).astype(object)
    for _ in range(data.draw(st.integers(1, 2))):
        column = data.draw(st.integers(1, 3))
        bound = data.draw(st.sampled_from([0.5, 1.5, 2.0]))
        other = data.draw(st.integers(1, 3).filter(lambda c, column=column: c != column))
        label = data.draw(st.sampled_from(sorted(set(y))))
        if label not in tree.classes_:
            continue
        rectified = explainer.rectify(conditions=[f"f{column} > {bound}", (f"f{other}", "<=", 2.5)], label=label)
        inside = (rows[:, column - 1] > bound) & (rows[:, other - 1] <= 2.5)
        expected[inside] = label
        assert (rectified.predict(rows) == expected).all()
        explainer.set_instance(rows[0])
        reason = explainer.sufficient_reason()
        assert explainer.is_sufficient_reason(reason)


def test_misuse():
    tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left="no", right="yes"))
    explainer = Explainer.initialize(tree, (0, 0))
    for conditions, label, message in (
        ([], "yes", "empty"),
        ([1, -1], "yes", "contradict"),
        (["f1 > 2", "f1 < 1"], "yes", "contradict"),
        ([1], "maybe", "unknown"),
        (["f9 > 1"], "yes", "f9"),
        (["f1"], "yes", "expected a statement"),
        ([7], "yes", "literal 7"),
        (["f1 > x"], "yes", "no number"),
    ):
        with pytest.raises(BadInputError, match=message):
            explainer.rectify(conditions=conditions, label=label)
    assert explainer.target_prediction == "no"
