"""Random calls of what makes explainers, models, tables and forms, with all kinds of arguments: only our own errors."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import (
    BadInputError,
    Binarizer,
    Builder,
    Explainer,
    Learning,
    SurrogateExplainer,
    audit_recourse,
    backends,
    explain,
    verify,
)
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.solvers import registry

from tests.misuse.odd_values import CALLS, Faults, look_at, odd, random_call, told, watched


def data():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=80), rng.integers(0, 2, 80), rng.integers(0, 5, 80)])
    return X, (X[:, 0] + X[:, 1] > 0.3).astype(int)


X, Y = data()
TREE = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, Y)
FOREST = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y)
TABLE = pd.DataFrame(X, columns=["f1", "f2", "f3"]).assign(label=Y)


def node(rng):
    """Return a hand-built tree of usual and odd parts."""

    def leaf():
        return rng.integers(2).item() if rng.random() < 0.8 else odd(rng)

    low = Builder.DecisionNode(1, threshold=0.5, left=leaf(), right=leaf())
    return Builder.DecisionNode(2, operator=Builder.GT, threshold=1.5, left=low, right=leaf())


def usual_of(rng):
    """Return what makes usual values of arguments, by their names."""

    def pick(*values):
        return lambda: values[rng.integers(len(values))]

    def tree():
        with suppress(BadInputError):
            return Builder.DecisionTree(3, node(rng))
        return Builder.DecisionTree(3, 0)

    return {
        "model": pick(TREE, FOREST), "instance": lambda: X[0], "X": lambda: X[: rng.integers(1, 4)],
        "background": lambda: X[:5], "features_type": pick({"binary": ["f2"]}, None), "theory": pick("auto", None, []),
        "missing": pick("auto", True, False), "feature_names": pick(["a", "b", "c"], None), "check": pick(True, False),
        "voting": pick("soft", "hard"), "ranges": pick({"f1": (-9, 9)}, None), "excluded": pick([], ["f1"]),
        "over": pick("literals", "features"), "time_limit": pick(0.5, 1e-9), "n_jobs": pick(1, 2, None),
        "progress": pick(True, False), "predict": pick(lambda rows: (rows[:, 0] > 0).astype(int)),
        "data": lambda: X, "kind": pick("forest", "tree", "linear", "auto"), "radius": pick(None, 3.0),
        "n_neighbors": pick(50, 80), "n_samples": pick(100), "source": pick("rows", "perturbed", "both"),
        "minimum_held_out": pick(5), "method": pick("quantiles", "trees"), "n_thresholds": pick(1, 4),
        "categorical": pick((), ["f3"]), "rows": lambda: X[:9], "targets": lambda: Y[:9], "dataset": lambda: TABLE,
        "id_feature": pick(1, 2), "threshold": pick(0.5), "operator": pick(Builder.GT, "<="), "left": lambda: node(rng),
        "right": pick(0, 1), "value": pick(0, 1), "n_features": pick(3), "root": lambda: node(rng),
        "forest": lambda: [tree(), tree()], "trees": lambda: [tree(), tree()], "n_classes": pick(2),
        "labels": lambda: [tree(), TREE], "models": lambda: [TREE, FOREST], "clauses": pick([(1, -2), (2, 3)], []),
        "n_vars": pick(3, None), "weights": pick([[[1, -1, 1]], [[1], [-1]]]), "biases": pick([[0], [0, 0]]),
        "name": pick("rc2", "glucose4"), "needs": pick(()), "soft": pick([(1,)]), "hard": pick([(1, 2)]),
        "given": pick("f1 > 0.5", {"f1": (0, 1), "f2": 1}, ("f3", "<=", 2), None), "margin": pick(0.0, 0.2),
        "then": pick(0, 1, "not 1", "P(1) > 0.9"), "where": pick("f2 = 1", None),
        "label": pick(0, 1), "features": pick("f2", ["f1", "f3"]), "feature": pick("f1", "f2"), "of": pick("decision"),
        "direction": pick("increasing", "decreasing"), "order": pick([0, 1], [1, 0], None),
        "near": lambda: X[:4], "k": pick(1, 2), "allowed": pick("f1 < 1", None),
        "groups": pick("f2", None, [0] * 9), "budget": pick(1.0, None), "row_limit": pick(0.5, None),
        "conditions": pick(1, 2), "share": pick(0.5, 1.0), "n": pick(1, 3), "least": pick(1, 3),
        "columns": pick(["f1"], None),
        "measure": pick("mean", "plan"), "candidates": pick([{"f1": ("by", 1)}, {"f3": ("at least", 2)}], None),
        "changes": pick(1, 2), "n_candidates": pick(20), "each": pick(3),
        "objective": pick([1.0, 2.0]), "text": pick("p cnf 2 1\n1 -2 0\n"), "comments": pick(["x"], ()),
    }  # fmt: skip


MAKERS = {
    "Explainer.initialize": Explainer.initialize, "explain": explain, "SurrogateExplainer": SurrogateExplainer,
    "Binarizer": Binarizer,
    "Learning.Scikitlearn": Learning.Scikitlearn, "DecisionNode": Builder.DecisionNode, "LeafNode": Builder.LeafNode,
    "DecisionTree": Builder.DecisionTree, "RandomForest": Builder.RandomForest, "BoostedTrees": Builder.BoostedTrees,
    "BoostedTreesRegression": Builder.BoostedTreesRegression, "BinarizedNetwork": Builder.BinarizedNetwork,
    "LabelCNF": Builder.LabelCNF, "MultiLabel": Builder.MultiLabel, "backends": backends, "get": registry.get,
    "register": registry.register, "is_available": registry.is_available, "Cnf.from_clauses": Cnf.from_clauses,
    "Wcnf.from_clauses": Wcnf.from_clauses, "Linear.build": Linear.build,
    "audit_recourse": audit_recourse,
    "verify": verify.verify, "never": verify.never, "reachable": verify.reachable, "range": verify.range,
    "discriminates": verify.discriminates, "affected": verify.affected, "monotone": verify.monotone,
}  # fmt: skip


@pytest.mark.parametrize("name", MAKERS)
def test_makers(name):
    rng, faults = np.random.default_rng(sorted(MAKERS).index(name)), Faults()
    usual, make = usual_of(rng), MAKERS[name]
    for _ in range(CALLS):
        arguments, named = random_call(rng, make, usual)
        with watched(told(name, arguments, named), faults):
            look_at(make(*arguments, **named))
    assert not faults, str(faults)


def test_hand_built_models_are_explained_or_refused():
    rng, faults = np.random.default_rng(0), Faults()
    for _ in range(CALLS):
        names = ["a", "b", odd(rng) if rng.random() < 0.3 else "c"]
        with watched(told("DecisionTree", [3, "…"], {"feature_names": names}), faults):
            tree = Builder.DecisionTree(3, node(rng), feature_names=names if rng.random() < 0.5 else None)
            explainer = Explainer.initialize(tree, X[0])
            look_at(explainer.sufficient_reason(n=2))
            look_at(explainer.contrastive_reason(n=2))
            repr(explainer)
    assert not faults, str(faults)


def audit():
    return audit_recourse(FOREST, TABLE[["f1", "f2", "f3"]].iloc[:9], target=1, groups="f2")


METHODS = {
    "RecourseAudit.burden": audit, "RecourseAudit.differences": audit, "RecourseAudit.subgroups": audit,
    "RecourseAudit.common_actions": audit,
    "Binarizer.fit": Binarizer, "Binarizer.transform": lambda: Binarizer().fit(X),
    "Binarizer.words": lambda: Binarizer().fit(X), "Binarizer.fit_transform": lambda: Binarizer("trees"),
    "Learning.evaluate": lambda: Learning.Scikitlearn(TABLE),
    "Learning.get_instances": lambda: Learning.Scikitlearn(TABLE),
    "DecisionTree.predict": lambda: Builder.DecisionTree(2, Builder.DecisionNode(1, threshold=0.5, left=0, right=1)),
    "Cnf.extended": lambda: Cnf.from_clauses([(1, -2)], 3), "Cnf.satisfied_by": lambda: Cnf.from_clauses([(1, -2)], 3),
    "Cnf.falsified": lambda: Cnf.from_clauses([(1, -2)], 3), "Wcnf.cost": lambda: Wcnf.from_clauses([], [(1,)], [2], 1),
    "Linear.cost": lambda: Linear.build([1.0, 2.0], []), "Linear.violation": lambda: Linear.build([1.0, 2.0], []),
    "Linear.activities": lambda: Linear.build([1.0, 2.0], []), "Linear.row": lambda: Linear.build([1.0], []),
    "Linear.name": lambda: Linear.build([1.0], []),
}  # fmt: skip


@pytest.mark.parametrize("name", METHODS)
def test_methods(name):
    rng, faults = np.random.default_rng(sorted(METHODS).index(name)), Faults()
    usual = usual_of(rng) | {"method": lambda: Learning.HOLD_OUT, "output": lambda: Learning.DT, "n": lambda: 2}
    for _ in range(CALLS):
        method = getattr(METHODS[name](), name.split(".")[1])
        arguments, named = random_call(rng, method, usual)
        with watched(told(name, arguments, named), faults):
            look_at(method(*arguments, **named))
    assert not faults, str(faults)
