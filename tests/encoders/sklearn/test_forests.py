"""Forests and bagging of scikit-learn: scores equal to the library's, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    ExtraTreesClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor
from suffice.encoders.assembly.growth import grow_many
from suffice.encoders.assembly.members import floors
from suffice.encoders.registry import compile_model, detect_missing
from suffice.encoders.selfcheck import self_check
from suffice.engine.domain.conditions import Condition, Operator, Reading

from tests.brute.strategies import budget
from tests.encoders.forest_cases import (
    all_rows,
    assert_same,
    assert_same_bits,
    classifiers,
    compiled_with_space,
    regressors,
)


@budget(60)
@given(classifiers())
def test_scores_are_those_of_predict_proba(case):
    model, X, holes = case
    compiled = assert_same(model, X, holes)
    assert compiled.trees.n_trees == len(model.estimators_)
    assert compiled.trees.n_leaves == sum(e.get_n_leaves() for e in model.estimators_)


@budget(60)
@given(regressors())
def test_values_are_those_of_predict(case):
    model, X, holes = case
    compiled, space = compiled_with_space(model, holes)
    assert compiled.regression
    assert compiled.voting == "value"
    rows = all_rows(compiled, space, X)
    assert_same_bits(compiled.values(space, rows), model.predict(rows))
    assert_same_bits(compiled.predict(rows), model.predict(rows))
    assert self_check(compiled, space, rows) >= len(rows)


@budget(30)
@given(classifiers())
def test_literals_are_numbered_by_a_walk_over_the_trees(case):
    model, _, holes = case
    compiled = compile_model(model, missing=holes)
    columns = getattr(model, "estimators_features_", None)
    trees = [estimator.tree_ for estimator in model.estimators_]

    def split_of(t, node):
        tree = trees[t]
        if tree.children_left[node] == -1:
            return None
        column = int(tree.feature[node]) if columns is None else int(columns[t][tree.feature[node]])
        right = column in holes and not tree.missing_go_to_left[node]
        test = Condition(column, Operator.GT, float(tree.threshold[node]), right)
        return test, int(tree.children_left[node]), int(tree.children_right[node])

    walked = grow_many([0] * len(trees), split_of, Reading.FLOAT32, missing=holes)
    assert compiled.vocabulary.conditions == walked.conditions

    def told(literal, left, right, start):
        found, stack = [], [start]
        while stack:
            node = stack.pop()
            found.append(int(literal[node]))
            if literal[node]:
                stack += [right[node], left[node]]
        return found

    own = compiled.trees
    for t in range(len(trees)):
        assert told(own.literal, own.left, own.right, own.root[t]) == told(
            walked.literal, walked.left, walked.right, walked.root[t]
        )


def test_floors_are_those_of_one_number():
    numbers = np.array([0.1, -0.1, 1e-50, -1e-50, 0.0, -0.0, 3.5e38, -3.5e38, 16777217.0, 1e-45, np.pi * 1e10])
    assert floors(numbers).astype(float).tolist() == [Reading.FLOAT32.floor(n) for n in numbers.tolist()]


def blobs(rows=120, columns=4, classes=3, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns))
    return X, (X[:, 0] + rng.normal(size=rows) > 0).astype(int) + (X[:, 1] > 0.5) * (classes > 2)


def test_ties_of_hard_votes_go_to_the_first_class():
    X = np.array([[0.0], [1.0]])
    members = [DecisionTreeClassifier().fit(X, y) for y in ([0, 1], [1, 0])]
    model = BaggingClassifier(DecisionTreeClassifier(), n_estimators=2).fit(X, ["b", "a"])
    model.estimators_, model.estimators_features_ = members, [np.array([0])] * 2
    compiled, space = compiled_with_space(model, voting="hard")
    assert compiled.predict(X).tolist() == ["a", "a"]
    assert compiled.trees.scores_of_rows(X, space.codes).tolist() == [[1, 1], [1, 1]]
    assert compiled.trees.divisor == 1


def test_hard_and_soft_votes_differ():
    X, y = blobs()
    model = RandomForestClassifier(7, max_depth=1, random_state=0).fit(X, y)
    soft, hard = compile_model(model), compile_model(model, voting="hard")
    rows = soft.read(X)
    assert (soft.voting, hard.voting) == ("soft", "hard")
    assert soft.predict(rows).tolist() != hard.predict(rows).tolist()
    assert set(hard.trees.values.ravel().tolist()) == {0.0, 1.0}
    assert hard.trees.values.sum() == hard.trees.n_leaves


class Partial(DecisionTreeClassifier):
    """A tree that takes no weights, so that bagging shows it only the rows that were drawn."""

    def fit(self, X, y):
        return super().fit(X, y)


def test_members_that_saw_only_some_classes():
    X, y = blobs(rows=40)
    model = BaggingClassifier(Partial(), n_estimators=12, max_samples=3, random_state=1).fit(
        X, np.array(list("zxy"))[y]
    )
    assert {len(member.classes_) for member in model.estimators_} >= {1, 2}
    assert_same(model, X)


def test_trees_of_one_leaf():
    for model in (RandomForestClassifier(3), ExtraTreesClassifier(2), BaggingClassifier(n_estimators=2)):
        compiled = assert_same(model.fit(np.zeros((5, 2)), [0, 1, 1, 0, 1]), np.zeros((5, 2)))
        assert len(compiled.vocabulary) == 0
    one = assert_same(RandomForestClassifier(3).fit(np.eye(3), ["only"] * 3), np.eye(3))
    assert one.classes == ("only",)


def test_sample_and_class_weights():
    X, y = blobs()
    weight = np.random.default_rng(0).random(len(y)) * 1e-3
    assert_same(RandomForestClassifier(10, class_weight={0: 1e6, 1: 3, 2: 1e-6}, random_state=0).fit(X, y, weight), X)
    assert_same(RandomForestClassifier(10, class_weight="balanced_subsample", random_state=0).fit(X, y), X)


@pytest.mark.parametrize("jobs", [1, 2])
def test_jobs_do_not_matter(jobs):
    X, y = blobs()
    for model in (
        RandomForestClassifier(9, random_state=0, n_jobs=jobs),
        BaggingClassifier(n_estimators=9, random_state=0, n_jobs=jobs),
        RandomForestRegressor(9, random_state=0, n_jobs=jobs),
        BaggingRegressor(n_estimators=9, random_state=0, n_jobs=jobs),
    ):
        compiled, space = compiled_with_space(model.fit(X, y))
        assert self_check(compiled, space) > 0
        assert compiled.source is model
        assert model.n_jobs == jobs
        if compiled.classes:
            hard, space = compiled_with_space(model, voting="hard")
            assert self_check(hard, space) > 0


def test_bagging_goes_by_its_number_of_estimators():
    X, y = blobs()
    model = BaggingClassifier(n_estimators=6, random_state=0).fit(X, y).set_params(n_estimators=4)
    compiled, space = compiled_with_space(model)
    assert compiled.trees.n_trees == 4
    assert_same_bits(
        compiled.trees.scores_of_rows(compiled.read(X), space.codes), model.predict_proba(compiled.read(X))
    )


class Renamed(RandomForestClassifier):
    """A subclass from elsewhere."""


def test_subclasses_and_frames():
    import pandas as pd

    X, y = blobs()
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = Renamed(4, random_state=0).fit(frame, y)
    compiled, space = compiled_with_space(model)
    assert compiled.vocabulary.names == tuple("abcd")
    assert self_check(compiled, space, compiled.read(frame[list("dcba")])) > len(frame)
    assert_same_bits(compiled.read(frame[list("dcba")]), X.astype(np.float32).astype(float))


def test_negative_zero_of_a_regression_tree():
    X = np.array([[0.0], [1.0], [2.0], [3.0]])
    for model in (DecisionTreeRegressor(), ExtraTreeRegressor(random_state=0), RandomForestRegressor(3)):
        compiled, space = compiled_with_space(model.fit(X, [-0.0, -0.0, 1.0, 2.0]))
        assert_same_bits(compiled.values(space, X), model.predict(X))


def test_missing_values_are_found_where_the_trees_take_them():
    X, y = blobs()
    X[::7, 2] = np.nan
    forest = RandomForestClassifier(4, random_state=0).fit(X, y)
    assert detect_missing(forest, "auto", [X], None) == {2}
    assert detect_missing(BaggingClassifier(n_estimators=2).fit(X, y), "auto", [X], None) == {2}
    assert_same(forest, X, frozenset({2}))
    monotone = BaggingClassifier(DecisionTreeClassifier(monotonic_cst=[1, 0, 0, 0]), n_estimators=2)
    assert detect_missing(monotone.fit(blobs()[0], y > 0), "auto", [X], None) == frozenset()
