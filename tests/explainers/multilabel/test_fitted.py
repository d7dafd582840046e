"""Fitted models of several labels against their own ``predict`` on all cells of small domains."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Builder

from tests.brute.domain import Declared
from tests.explainers.multilabel.cases import (
    compare_changes,
    compare_relations,
    compare_sufficient,
    few_values,
    fitted,
    some_labels,
)

TREE = DecisionTreeClassifier(max_depth=2, random_state=0)
FOREST = RandomForestClassifier(3, max_depth=2, random_state=0)
BASES = [
    TREE,
    FOREST,
    ExtraTreesClassifier(2, max_depth=1, random_state=0),
    BaggingClassifier(TREE, n_estimators=2, random_state=0),
    GradientBoostingClassifier(n_estimators=2, max_depth=1, random_state=0),
    HistGradientBoostingClassifier(max_iter=2, max_leaf_nodes=3, min_samples_leaf=3),
]
WRAPS = [MultiOutputClassifier, OneVsRestClassifier, ClassifierChain]


def check(model, seed, *, single=True, **arguments):
    rng = np.random.default_rng(seed)
    X, Y = few_values(rng, 3)
    case = fitted(model(X, Y), X, X[seed % len(X)], single=single, **arguments)
    assert case.domain.n <= 12
    explainer = case.explainer()
    assert explainer.target_prediction == explainer.predict(case.x)
    compare_sufficient(explainer, case, some_labels(rng, 3))
    compare_changes(explainer, case, rng)
    compare_relations(explainer, case, rng)


@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("wrap", WRAPS)
@pytest.mark.parametrize("base", BASES, ids=lambda base: type(base).__name__)
def test_wrapped_models(base, wrap, seed):
    check(
        lambda X, Y: wrap(base).fit(X, Y),
        seed + 10 * WRAPS.index(wrap),
        single=base is not BASES[-1],
    )


@pytest.mark.parametrize("seed", range(4))
def test_chains_in_any_order(seed):
    order = np.random.default_rng(seed).permutation(3).tolist()
    base = [TREE, FOREST][seed % 2]
    check(lambda X, Y: ClassifierChain(base, order=order).fit(X, Y), 100 + seed)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_several_outputs(seed, voting):
    check(lambda X, Y: RandomForestClassifier(3, max_depth=2, random_state=seed).fit(X, Y), 200 + seed, voting=voting)
    if voting == "soft":
        check(lambda X, Y: DecisionTreeClassifier(max_depth=3, random_state=seed).fit(X, Y), 300 + seed)


@pytest.mark.parametrize("seed", range(2))
def test_outputs_of_more_than_two_classes(seed):
    check(lambda X, Y: RandomForestClassifier(2, max_depth=2, random_state=seed).fit(X, Y + (X[:, :3] > 1)), 400 + seed)


@pytest.mark.parametrize("package", ["xgboost", "lightgbm"])
@pytest.mark.parametrize("wrap", WRAPS)
def test_boosted_models(package, wrap):
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    if package == "xgboost":
        from xgboost import XGBClassifier

        base = XGBClassifier(n_estimators=2, max_depth=2)
    else:
        from lightgbm import LGBMClassifier

        base = LGBMClassifier(n_estimators=2, num_leaves=3, min_child_samples=3, verbose=-1)
    check(lambda X, Y: wrap(base).fit(X, Y), 500, single=package == "xgboost")


@pytest.mark.parametrize("seed", range(2))
def test_models_that_read_numbers_in_different_precision(seed):
    def fit(X, Y):
        X = X * 0.1
        models = [TREE.__class__(max_depth=2).fit(X, Y[:, 0]), BASES[-1].__class__(max_iter=2, max_leaf_nodes=3)]
        models[1].set_params(min_samples_leaf=3).fit(X, Y[:, 1])
        return Builder.MultiLabel([*models, FOREST.__class__(2, max_depth=2).fit(X, Y[:, 2])], ["a", "b", "c"])

    check(fit, 600 + seed, single=False)


def test_labels_that_never_change():
    rng = np.random.default_rng(7)
    X, Y = few_values(rng, 3)
    Y[:, 1] = 0
    for wrap in WRAPS[:2]:
        case = fitted(wrap(TREE).fit(X, Y), X, X[3], single=True)
        explainer = case.explainer()
        assert explainer.contrastive_reason(flip=1) is None
        assert explainer.sufficient_reason(labels=1) == ()
        compare_sufficient(explainer, case, [0, 1, 2])
        compare_changes(explainer, case, rng)


@pytest.mark.parametrize("seed", [102, 2, 3, 6])
def test_one_hot_columns_and_bits(seed):
    rng = np.random.default_rng(seed)
    X = np.zeros((40, 4))
    X[np.arange(40), rng.integers(0, 3, 40)] = 1
    X[:, 3] = rng.integers(0, 2, 40)
    Y = (X @ rng.normal(size=(4, 3)) + 0.3 * rng.normal(size=(40, 3)) > 0).astype(int)
    Y[:2] = [[0] * 3, [1] * 3]
    model = MultiOutputClassifier([TREE, FOREST][seed % 2]).fit(X, Y)
    types = {"categorical": {"{f1,f2,f3}": ["a", "b", "c"]}, "binary": ["f4"]}
    declared = Declared(groups=(("{f1,f2,f3}", (0, 1, 2)),), binary=frozenset([3]))
    case = fitted(model, X, X[seed % 40], single=True, declared=declared, features_type=types)
    explainer = case.explainer(bool(seed // 2 % 2))
    compare_sufficient(explainer, case, some_labels(rng, 3))
    compare_changes(explainer, case, rng)


@pytest.mark.parametrize("wrap", [MultiOutputClassifier, OneVsRestClassifier])
def test_missing_values(wrap):
    rng = np.random.default_rng(5)
    X, Y = few_values(rng, 3)
    X[rng.random(X.shape) < 0.2] = np.nan
    declared = Declared(missing=frozenset(range(3)))
    case = fitted(wrap(TREE).fit(X, Y), X, X[3], single=True, declared=declared, missing=True)
    compare_sufficient(case.explainer(), case, [0, 1, 2])
    compare_changes(case.explainer(), case, rng)
