"""Counting by diagram, by listing and by MARCO gives the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.budget import Deadline
from suffice.engine.diagrams.family import build

from tests.engine.hitting.cases import count_by_listing


@pytest.mark.parametrize("theory", ["auto", None])
@pytest.mark.parametrize("kind", ["bits", "numbers"])
def test_ways_agree(theory, kind):
    rng = np.random.default_rng(3)
    X = (rng.integers(0, 2, (900, 12)) if kind == "bits" else rng.normal(size=(900, 5))).astype(float)
    tree = DecisionTreeClassifier(max_leaf_nodes=60, random_state=0).fit(X, rng.integers(0, 3, 900))
    explainer = Explainer.initialize(tree, theory=theory, check=False)
    for over in ("literals", "features"):
        for row in X[:12]:
            explainer.set_instance(row)
            per_feature = over == "features"
            edges = explainer.answers.reduced(explainer.answers.good(), per_feature, frozenset())
            group = np.array(explainer.answers.owners(edges.all_ids, per_feature), dtype=np.int32)
            listed = count_by_listing(edges, group, len(explainer.features), Deadline())
            family = build(edges, explainer.answers.hint(edges, per_feature), Deadline())
            total, each = family.count_each()
            assert listed.complete
            assert listed.total == total == explainer.n_sufficient_reasons(over=over)
            assert listed.each.tolist() == each
            assert listed.grouped.tolist() == family.count_groups(group, len(explainer.features))
            if total < 200:
                assert explainer.answers.count_by_marco(per_feature, Deadline())[0] == total


def test_a_listing_that_is_cut_short_is_a_lower_bound():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 6))
    tree = DecisionTreeClassifier(max_leaf_nodes=300, random_state=0).fit(X, rng.integers(0, 2, 3000))
    explainer = Explainer.initialize(tree, X[3], theory=None, check=False)
    edges = explainer.answers.reduced(explainer.answers.good(), False, frozenset())
    group = np.zeros(len(edges.ids), dtype=np.int32)
    listed = count_by_listing(edges, group, 1, Deadline(), node_limit=1000)
    assert not listed.complete
    assert 0 < listed.total < explainer.n_sufficient_reasons()
