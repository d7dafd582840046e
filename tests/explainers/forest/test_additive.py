"""The fewest items of models that add a number a column: the prefix of the sorted losses against the search."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from suffice import Explainer
from suffice.engine.ensembles.additive import Margins, fewest_changed, fewest_kept
from suffice.explainers.forest import contrastive, sufficient
from suffice.explainers.forest.additive import METHOD, Prefix

from tests.brute.strategies import budget
from tests.encoders.direct_cases import bayes_model, columns_of, grid, linear_model, types_of

SEEDS = st.integers(0, 10**6)
SEARCH = "implicit hitting sets"


def stumps(rng, kind, X, y):
    """A model of trees with one test each."""
    if kind == "xgboost":
        return pytest.importorskip("xgboost").XGBClassifier(n_estimators=12, max_depth=1).fit(X, y)
    if kind == "histogram":
        return HistGradientBoostingClassifier(max_iter=9, max_leaf_nodes=2, min_samples_leaf=2).fit(X, y)
    if kind == "forest":
        return RandomForestClassifier(11, max_depth=1, random_state=int(rng.integers(99))).fit(X, y)
    return GradientBoostingClassifier(n_estimators=12, max_depth=1).fit(X, y)


def both_ways(explainer, query, **how):
    """The answer, and what the search alone finds."""
    found = getattr(explainer, query)(**how)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sufficient, "shortest_prefix", lambda *_: Prefix())
        patch.setattr(contrastive, "shortest_change", lambda *_: None)
        return found, getattr(explainer, query)(**how)


def same(explainer, query, **how):
    """Compare both ways; return the method that was used, None where there is no reason."""
    found, other = both_ways(explainer, query, **how)
    assert (found is None) == (other is None)
    if found is None:
        return None
    assert (len(found), found.status, found.proof.lower) == (len(other), other.status, other.proof.lower)
    assert found.status == "optimal"
    every = getattr(explainer, query)(**how | {"n": None})
    assert frozenset(found) in set(map(frozenset, every))
    return found.proof.method


def one_of_all(explainer, query, **how):
    """One minimal reason is among all that there are, which the walks list."""
    found, every = getattr(explainer, query)(**how), getattr(explainer, query)(**how | {"n": None})
    assert found is not None or not every
    if found is not None:
        assert found.status == "proved"
        assert frozenset(found) in set(map(frozenset, every))


def compare(explainer, **limits):
    """The fewest features and literals of reasons and of changes, by both ways; returns the methods over features."""
    for over in ("literals", "features"):
        one_of_all(explainer, "sufficient_reason", over=over)
        one_of_all(explainer, "contrastive_reason", over=over, **limits)
        methods = [same(explainer, "minimal_sufficient_reason", over=over)]
        methods.append(same(explainer, "minimal_contrastive_reason", over=over, **limits))
    return methods


@budget(24)
@given(SEEDS, st.sampled_from(["xgboost", "histogram", "forest", "gradient"]), st.sampled_from([2, 3]))
def test_stumps(seed, kind, classes):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 5, (60, 5)).astype(float)
    y = np.argsort(np.argsort(X @ rng.normal(size=5) + rng.normal(size=60))) * classes // 60
    explainer = Explainer.initialize(stumps(rng, kind, X, y), X[0])
    methods = compare(explainer, immutable=["f1"], monotone={"f2": "increasing"})
    assert classes > 2 or methods[0] == METHOD
    explainer.set_excluded_features(["f3"])
    compare(explainer)
    with_target = [label for label in range(classes) if label != explainer.target_prediction]
    for target in with_target:
        same(explainer, "minimal_contrastive_reason", over="features", target=target)
    explainer.deactivate_theory()
    same(explainer, "minimal_sufficient_reason", over="features")


@budget(24)
@given(SEEDS, st.lists(st.sampled_from([0, 1, 2, "hot"]), min_size=2, max_size=5), st.sampled_from([2, 3]))
def test_linear_models_and_naive_bayes(seed, kinds, classes):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    rows = grid(columns)
    if rng.random() < 0.6:
        model = linear_model(rng, columns, range(classes), int(rng.integers(5)))
    else:
        model = bayes_model(rng, columns, range(classes), "counts") if (rows >= 0).all() else None
    if model is None:
        return
    explainer = Explainer.initialize(model, features_type=types_of(columns), background=rows[:1])
    compiled = explainer.session.compiled
    doubts = compiled.doubtful(compiled.trees.scores_of_rows(rows, explainer.session.space.codes))
    for place in rng.integers(len(rows), size=3):
        if not doubts[place]:
            explainer.set_instance(rows[place])
            compare(explainer)


@budget(16)
@given(SEEDS)
def test_both_sides_of_an_interval(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 6, (60, 5)).astype(float)
    model = GradientBoostingRegressor(n_estimators=15, max_depth=1).fit(X, X @ rng.normal(size=5))
    explainer = Explainer.initialize(model, X[0])
    said = explainer.target_prediction
    for low, high in ((said - 1, said + 1), (said - 0.5, said + 3), (said - 2, np.inf), (-np.inf, said), (said, said)):
        explainer.set_interval(low, high)
        compare(explainer)


def test_trees_of_two_columns_take_the_search():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 5, (80, 4)).astype(float)
    model = GradientBoostingClassifier(n_estimators=5, max_depth=2).fit(X, X[:, 0] * X[:, 1] > 4)
    explainer = Explainer.initialize(model, X[0])
    assert explainer.minimal_sufficient_reason(over="features").proof.method == SEARCH


def test_clauses_tie_columns_so_that_the_search_answers():
    X = np.array(list(itertools.product((0.0, 1.0), repeat=4)))
    model = GradientBoostingClassifier(n_estimators=9, max_depth=1).fit(X, X.sum(axis=1) > 2)
    explainer = Explainer.initialize(model, [1.0, 1.0, 1.0, 1.0])
    free = explainer.minimal_sufficient_reason(over="features")
    assert free.proof.method == METHOD
    columns = [condition.feature for condition in explainer.vocabulary.conditions]
    first, second = columns.index(0) + 1, columns.index(1) + 1
    explainer = Explainer.initialize(model, [1.0, 1.0, 1.0, 1.0], theory=[[-first, second]])
    tied = explainer.minimal_sufficient_reason(over="features")
    assert tied.proof.method == SEARCH
    assert len(tied) <= len(free)


def test_weights_take_the_search_unless_they_are_alike():
    rng = np.random.default_rng(1)
    X = rng.integers(0, 5, (80, 4)).astype(float)
    model = GradientBoostingClassifier(n_estimators=15, max_depth=1).fit(X, X.sum(axis=1) > 8)
    explainer = Explainer.initialize(model, X[0])

    def preferred(*weights):
        return explainer.preferred_sufficient_reason(method="weights", weights=weights, over="features")

    alike, other = preferred(2.5, 2.5, 2.5, 2.5), preferred(1, 2, 3, 4)
    assert (alike.proof.method, other.proof.method) == (METHOD, SEARCH)
    assert alike.proof.cost == alike.proof.lower == 2.5 * len(explainer.minimal_sufficient_reason(over="features"))


@budget(60)
@given(SEEDS, st.integers(0, 6), st.integers(0, 3), st.integers(0, 2))
def test_prefixes_are_the_fewest(seed, items, columns, error):
    """Against all subsets, with losses, margins and a band of doubt at random."""
    rng = np.random.default_rng(seed)
    loss = rng.integers(0, 5, (items, columns))
    room = rng.integers(0, 9, columns)
    margins = Margins(loss, room, room + error)
    banned = rng.random(items) < 0.2
    subsets = [np.array(s, np.intp) for k in range(items + 1) for s in itertools.combinations(range(items), k)]

    def freed(kept, limit):
        free = np.ones(items, np.bool_)
        free[kept] = False
        return bool((loss[free].sum(axis=0) <= limit).all())

    allowed = [s for s in subsets if not banned[s].any()]
    possible = [len(s) for s in allowed if freed(s, room + error)]
    found = fewest_kept(margins, banned)
    if found is None:
        assert not possible
    elif possible:
        assert found.lower <= min(possible)
        assert columns > 1 or found.lower == min(possible)
        assert all(len(np.nonzero(one)[0]) == found.lower and not one[banned].any() for one in found.sets)
        if found.proved:
            assert freed(np.nonzero(found.sets[0])[0], room)
    reach = [len(s) for s in subsets if (loss[s].sum(axis=0) > room).any()]
    changed = fewest_changed(margins)
    assert (changed is None) == (not reach)
    if changed is not None:
        assert changed.lower == min(reach)
        assert all((loss[s, k].sum() > room[k]) and len(s) == changed.lower for k, s in changed.sets)
