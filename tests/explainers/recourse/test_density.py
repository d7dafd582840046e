"""Density of trees fitted on data, against the trees themselves and every row of a small domain."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import BadInputError, Explainer, Status

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import check, drawn_question, fitted


def volume(tree, leaf, data):
    """The share of the cells that a leaf of a tree of scikit-learn covers."""
    parent = {}
    for node in range(tree.node_count):
        for child in (tree.children_left[node], tree.children_right[node]):
            if child >= 0:
                parent[child] = node
    ends = {}
    while leaf in parent:
        above = parent[leaf]
        low, high = ends.get(tree.feature[above], (-np.inf, np.inf))
        threshold = tree.threshold[above]
        left = tree.children_left[above] == leaf
        ends[tree.feature[above]] = (low, min(high, threshold)) if left else (max(low, threshold), high)
        leaf = above
    found = 1.0
    for column, (low, high) in ends.items():
        seen = np.unique(data[:, column])
        found *= ((seen > low) & (seen <= high)).mean()
    return found


def log_densities(model, data, rows):
    """The sums of logarithms of densities, rounded to 20 bits as they are defined; -inf in leaves without data."""
    found = np.zeros(len(rows))
    for one in model.estimators_:
        of_data, of_rows = one.apply(data), one.apply(rows)
        told = {}
        for leaf in np.unique(of_rows):
            share = (of_data == leaf).mean()
            size = volume(one.tree_, leaf, data)
            told[leaf] = -math.inf if share == 0 else np.rint((np.log2(share) - np.log2(size)) * 2**20)
        found += np.array([told[leaf] for leaf in of_rows])
    return found


@budget(10)
@given(seed=st.integers(0, 10**6))
def test_the_cheapest_plan(seed):
    rng = np.random.default_rng(seed)
    fit, data = brute.drawn_rows(rng, 60), brute.drawn_rows(rng, 30)
    model = fitted("forest", rng, fit)
    row = brute.drawn_rows(rng, 1)[0]
    said, asked = drawn_question(rng, row)
    for question in (said, asked):
        question["steps"] = {"a": 0.5, "b": 0.5}
        question["ranges"] = {"a": (0.0, 3.0), "b": (0.0, 3.0)}
    share = float(rng.choice([0.0, 0.1, 0.5, 0.9, 1.0]))
    own = np.sort(log_densities(model, data, data))
    need = own[min(int(share * len(own)), len(own) - 1)]
    now = model.predict(row[None])[0]

    def wanted(rows):
        return (model.predict(rows) != now) & (log_densities(model, data, rows) >= need)

    least = brute.cheapest(row, asked, wanted, data)
    explainer = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES)
    check(explainer.recourse(data=data, density=share, **said), least, row, asked, data, wanted)


def test_what_is_no_density():
    rng = np.random.default_rng(0)
    data = brute.drawn_rows(rng, 60)
    explainer = Explainer(fitted("boosted", rng, data), data[0], brute.TYPES, feature_names=brute.NAMES)
    for wrong in (-0.1, 1.1, "x", True):
        with pytest.raises(BadInputError, match="density="):
            explainer.recourse(density=wrong, data=data)
    with pytest.raises(BadInputError, match="give data="):
        explainer.recourse(density=0.1)
    found = explainer.recourse(density=1.0, data=data)
    assert "density" in found.constraints
    assert found.without("density").cost <= found.cost
    assert found.status in (Status.OPTIMAL, Status.INFEASIBLE)
