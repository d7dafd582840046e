"""Certificates of majoritary reasons: so many trees, each on its own, vote for the outcome."""

import itertools

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from suffice import Builder, Explainer
from suffice.engine.errors import BadInputError
from suffice.explainers.certificates import suffice_check

from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong

X, Y = load_iris(return_X_y=True)


def reasons():
    for seed, voting in itertools.product(range(2), ("soft", "hard")):
        model = RandomForestClassifier(5, max_depth=2, random_state=seed).fit(X[:, 2:], Y)
        explainer = Explainer.initialize(model, X[60 + seed, 2:], voting=voting)
        for found in (
            explainer.majoritary_reason(), explainer.majoritary_reason(k=4), explainer.minimal_majoritary_reason(),
            explainer.minimal_majoritary_reason(over="features"), explainer.majoritary_reason(k=5, over="features"),
        ):  # fmt: skip
            if found is not None:
                yield found


def test_so_many_trees_are_forced():
    count = 0
    for reason in reasons():
        certificate = reason.certificate()
        assert certificate.claims == ("forces",)
        assert certificate.check()[0] == suffice_check.RELATIVE
        assert not what_is_wrong(certificate)
        k = int(reason.kind.split("-")[0].split()[-1]) if "-" in reason.kind else 3
        names = [label["name"] for label in certificate.head["model"]["labels"]]
        assert len({*names}) == 1 + k and all(name.startswith("tree ") for name in names[1:])
        assert [one["label"] for one in certificate.head["claim"]["outcomes"]] == list(range(1, 1 + k))
        count += 1
    assert count > 10


def test_labels_are_the_trees():
    """What a label says of an input is what its tree votes."""
    told = reasons()  # holds the explainer
    certificate = next(told).certificate()
    model = RandomForestClassifier(5, max_depth=2, random_state=0).fit(X[:, 2:], Y)
    arrays, labels = certificate.arrays, certificate.head["model"]["labels"]
    for row in X[::7, 2:].astype(np.float32):
        scores = np.zeros(len(arrays["base"]))
        for root in arrays["tree_root"].tolist():
            node = root
            while literal := int(arrays["tree_literal"][node]):
                v = abs(literal) - 1
                value, t = row[arrays["condition_column"][v]], arrays["condition_threshold"][v]
                true = {">": value > t, "<=": value <= t}[suffice_check.OPERATORS[int(arrays["condition_operator"][v])]]
                node = int(arrays["tree_right" if true == (literal > 0) else "tree_left"][node])
            scores += arrays["leaf_values"][arrays["tree_leaf"][node]]
        for label in labels[1:]:
            tree = model.estimators_[int(label["name"].split()[1]) - 1]
            assert np.array_equal(scores[slice(*label["outputs"])], tree.predict_proba(row[None])[0])


def test_false_mutants_are_rejected():
    rng, false = np.random.default_rng(0), 0
    for reason in itertools.islice(reasons(), 6):
        for what, mutant in mutants(reason.certificate(), rng, 20):
            wrong = what_is_wrong(mutant)
            if wrong:
                false += 1
                assert mutant.check()[0] == suffice_check.REJECTED, (what, wrong)
    assert false > 10


def test_what_has_none():
    leaf = [0.25, 0.75]
    tree = Builder.DecisionTree(1, Builder.DecisionNode(1, operator=Builder.GE, threshold=0.5, left=0, right=1))
    forest = Builder.RandomForest([tree, tree, tree], n_classes=len(leaf))
    explainer = Explainer.initialize(forest, (1.0,))
    found = explainer.majoritary_reason()
    with pytest.raises(BadInputError, match="leave it out"):
        found.certificate(solver="cadical153")
    assert found.certificate().check()[0] == suffice_check.RELATIVE
