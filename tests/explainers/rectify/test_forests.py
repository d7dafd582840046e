"""Rectified forests: inside the conditions the label, outside the same scores to the last bit, over all cells."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, UnsupportedModelError
from suffice.encoders.registry import compile_model
from suffice.engine.domain.conditions import Condition
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory, parse_features_type
from suffice.engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from suffice.explainers.rectify.forests import rectified_forest
from suffice.explainers.words.words import Words

from tests.brute.amounts import few

ROWS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [1 / 3, 1 / 3, 1 / 3], [0.1, 0.2, 0.7], [0.5, 0.5, 0.0], [0.7, 0.1, 0.2]]


def conditions_of(model, items):
    """Read literals, statements and tuples as conditions."""
    return Words(build_space(model.vocabulary, model.features, Theory(model.features))).asking.conditions(items)


class Rectified:
    """A compiled forest before and after a rule, and the conditions of both under common numbers."""

    def __init__(self, model, features, theory_on, conditions, label):
        self.old, self.features = model, features
        self.theory = Theory(features, (), model.missing) if theory_on else None
        self.forest = rectified_forest(model, features, self.theory, conditions, label)
        self.new = compile_model(self.forest, feature_names=model.vocabulary.names)
        self.label, self.index = label, model.class_index(label)
        self.rule = conditions_of(model, conditions)
        builder = VocabularyBuilder(model.vocabulary.reading, model.missing)
        known = (*model.vocabulary.conditions, *self.rule, *self.new.vocabulary.conditions)
        self.literal = {condition: builder.literal(condition) for condition in known}
        names, reading, labels = model.vocabulary.names, model.vocabulary.reading, model.vocabulary.labels
        self.vocabulary = Vocabulary(tuple(builder.conditions), names, reading, labels)

    def truth(self, conditions: tuple[Condition, ...], of_all: np.ndarray) -> np.ndarray:
        numbers = np.array([self.literal[condition] for condition in conditions], dtype=int)
        return of_all[abs(numbers) - 1] == (numbers > 0)

    def check(self):
        assert self.new.voting == self.old.voting == self.forest.voting
        assert self.new.classes == self.old.classes
        assert self.new.missing == self.old.missing
        assert self.new.vocabulary.reading is self.old.vocabulary.reading
        one_hot = np.zeros(len(self.old.classes))
        one_hot[self.index] = 1.0 if self.old.voting == "soft" else float(self.old.trees.n_trees)
        if self.theory is None:
            for bits in product((False, True), repeat=len(self.vocabulary)):
                truth = np.array(bits, dtype=bool)
                self.compare(
                    self.truth(tuple(self.rule), truth).all(),
                    self.old.trees.scores_at(self.truth(self.old.vocabulary.conditions, truth)),
                    self.new.trees.scores_at(self.truth(self.new.vocabulary.conditions, truth)),
                    one_hot,
                )
            return
        rows = self.rows()
        inside = np.all([c.true_at(rows[:, c.feature]) for c in self.rule], axis=0)
        for compiled in (self.old, self.new):
            space = build_space(compiled.vocabulary, self.features, self.theory)
            assert np.array_equal(compiled.trees.scores_of_rows(rows, space.codes).argmax(1), self.said(compiled, rows))
        before, after = (
            m.trees.scores_of_rows(rows, build_space(m.vocabulary, self.features, self.theory).codes)
            for m in (self.old, self.new)
        )
        for one in zip(inside, before, after, strict=True):
            self.compare(*one, one_hot)
        shares = self.forest.sums(rows, self.forest.voting) / self.old.trees.divisor
        assert np.array_equal(shares, after)

    def said(self, compiled, rows):
        return [compiled.class_index(label) for label in compiled.predict(rows)]

    def compare(self, inside, before, after, one_hot):
        assert np.array_equal(after, one_hot if inside else before)

    def rows(self) -> np.ndarray:
        """A row of every combination of cells of the common vocabulary."""
        space = build_space(self.vocabulary, self.features, self.theory)
        start = np.zeros(len(self.vocabulary.names))
        for feature in self.features:
            if len(feature.columns) > 1:
                start[feature.columns[0]] = 1.0
        rows = []
        for cells in product(*(range(a.n_cells) for a in space.attributes)):
            row = start.copy()
            for attribute, cell in zip(space.attributes, cells, strict=True):
                for column, value in attribute.nearest(cell, row).items():
                    row[column] = value
            rows.append(row)
        return np.array(rows)


def features_of(model, types=None):
    return model.features if types is None else parse_features_type(types, model.vocabulary.names)


@st.composite
def fitted(draw):
    """A small ensemble of scikit-learn; half of them with missing values."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    X = rng.integers(0, 4, size=(30, 4)).astype(np.float32)
    y = rng.choice(["a", "b", "c"][: draw(st.integers(1, 3))], size=30)
    kind = draw(st.sampled_from(["forest", "extra", "bagging"]))
    holes = draw(st.booleans()) and kind == "forest"
    X[:, 3] = 0.0  # a column that no tree tests
    if holes:
        X[:, :3][rng.random((30, 3)) < 0.2] = np.nan
    trees, leaves = draw(st.sampled_from([(1, 6), (2, 4), (3, 3), (4, 2)]))
    limits = {"max_leaf_nodes": leaves}
    if kind == "bagging":
        model = BaggingClassifier(
            DecisionTreeClassifier(**limits), n_estimators=trees, random_state=0, max_features=0.7
        )
    else:
        forest = RandomForestClassifier if kind == "forest" else ExtraTreesClassifier
        model = forest(trees, random_state=0, **limits)
    missing = frozenset(range(4)) if holes else frozenset()
    voting = draw(st.sampled_from(["soft", "hard"]))
    return compile_model(model.fit(X, y), missing=missing, voting=voting)


@st.composite
def by_hand(draw):
    """A forest of hand-built trees with all operators; leaves are labels or rows of probabilities."""
    numbers, operators = st.sampled_from([0.0, 0.5, 1.0, 1.5]), st.sampled_from(["<=", "<", ">", ">=", "==", "!="])
    leaves = st.sampled_from([0, 1, 2, *ROWS])

    def grow(room):
        if room == 0:
            return Builder.LeafNode(draw(leaves))
        left = draw(st.integers(0, room - 1))
        return Builder.DecisionNode(
            draw(st.integers(1, 3)), threshold=draw(numbers), operator=draw(operators), left=grow(left),
            right=grow(room - 1 - left),
        )  # fmt: skip

    trees = [Builder.DecisionTree(4, grow(room)) for room in draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))]
    classes = draw(st.sampled_from([None, ("x", "y", "z")]))
    forest = Builder.RandomForest(
        trees, n_classes=3, class_names=classes, voting=draw(st.sampled_from(["soft", "hard"]))
    )
    return compile_model(forest)


@st.composite
def rules(draw, model):
    """Literals of the model, new thresholds, columns that no tree tests."""
    n = len(model.vocabulary)
    bounds = st.tuples(
        st.integers(1, 4),
        st.sampled_from([">", "<=", "<", ">=", "==", "!="]),
        st.sampled_from([0.25, 0.5, 1.0, 1.25, 2.0]),
    )
    literals = st.integers(1, n).flatmap(lambda v: st.sampled_from([v, -v])) if n else bounds
    return draw(st.lists(st.one_of(bounds, literals), min_size=1, max_size=3))


@settings(max_examples=few(120), deadline=None)
@given(st.data())
def test_all_cells_of_random_forests(data):
    model = data.draw(st.one_of(fitted(), by_hand()))
    theory_on = data.draw(st.booleans())
    types = data.draw(st.sampled_from([None, {"integer": ["f1", "f2"]}, {"binary": ["f1"]}]))
    for turn in range(data.draw(st.integers(1, 2))):
        conditions, label = data.draw(rules(model)), data.draw(st.sampled_from(model.classes))
        try:
            rectified = Rectified(model, features_of(model, types), theory_on, conditions, label)
        except BadInputError as error:
            if "contradict" not in str(error):  # a value that a binary feature cannot have is told by itself
                assert types == {"binary": ["f1"]} and "'f1' has no value" in str(error)
            continue
        if theory_on or len(rectified.vocabulary) <= 12:
            rectified.check()
        assert rectified.new.vocabulary.names == model.vocabulary.names, turn
        model = rectified.new


@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_one_hot_groups_and_categories(voting):
    rng = np.random.default_rng(5)
    X = np.zeros((60, 5))
    X[np.arange(60), rng.integers(0, 3, 60)] = 1.0
    X[:, 3] = rng.integers(0, 4, 60)
    X[:, 4] = rng.normal(size=60)
    forest = RandomForestClassifier(5, max_leaf_nodes=5, random_state=0).fit(X, rng.integers(0, 3, 60))
    model = compile_model(forest, feature_names=["c_a", "c_b", "c_c", "kind", "x"], voting=voting)
    features = features_of(model, {"categorical": {"c_*": ["a", "b", "c"], "kind": [0, 1, 2, 3]}})
    for conditions in (
        ["c_a == 1"],
        ["c_a == 0", "kind == 2"],
        ["kind != 1", "x > 0.1", "x <= 0.2"],
        ["c_b < 0.5", -1],
    ):
        Rectified(model, features, True, conditions, 1).check()
    with pytest.raises(BadInputError, match="contradict"):
        rectified_forest(model, features, Theory(features), ["c_a == 1", "c_b == 1"], 1)
    rectified_forest(model, features, None, ["c_a == 1", "c_b == 1"], 1)  # free Booleans


def test_ties_outside_stay_and_there_are_none_inside():
    def stump(low, high):
        return Builder.DecisionTree(2, Builder.DecisionNode(1, left=low, right=high))

    for voting in ("soft", "hard"):
        forest = Builder.RandomForest([stump(0, 1), stump(1, 0), stump(2, 2)], n_classes=4, voting=voting)
        model = compile_model(forest)
        rectified = Rectified(model, model.features, True, ["f2 > 3"], 3)
        rectified.check()
        assert rectified.forest.predict([[0, 0], [1, 0], [0, 4], [1, 4]]).tolist() == [0, 0, 3, 3]
        assert rectified.forest.predict_proba([[1, 4]]).tolist() == [[0, 0, 0, 1]]


@pytest.mark.parametrize("load", [load_breast_cancer, load_iris])
@pytest.mark.parametrize("voting", ["soft", "hard"])
def test_real_rows(load, voting):
    data = load()
    names = [str(name) for name in data.feature_names]
    X = data.data.astype(np.float32)
    forest = RandomForestClassifier(30, max_depth=6, random_state=0).fit(X, data.target)
    model = compile_model(forest, feature_names=names, voting=voting)
    middle = [float(np.quantile(X[:, c], 0.6)) for c in (0, 1)]
    conditions = [(names[0], ">", middle[0]), (names[1], "<=", middle[1])]
    expected = forest.predict(X) if voting == "soft" else model.predict(model.read(X))
    shares = forest.predict_proba(X)
    rectified = model
    for label, sign in ((1, 1), (0, -1)):
        rule = conditions if sign == 1 else [(names[0], "<=", middle[0]), (names[2], ">", float(np.median(X[:, 2])))]
        inside = np.all([c.true_at(X[:, c.feature]) for c in conditions_of(model, rule)], axis=0)
        forest_now = rectified_forest(rectified, model.features, Theory(model.features), rule, label)
        expected = np.where(inside, label, expected)
        shares = np.where(inside[:, None], np.eye(len(model.classes))[label], shares)
        assert 0 < inside.sum() < len(X)
        assert np.array_equal(forest_now.predict(X).astype(int), expected)
        if voting == "soft":
            assert np.array_equal(forest_now.predict_proba(X), shares)
        rectified = compile_model(forest_now, feature_names=names)
        assert rectified.trees.n_leaves < 3 * model.trees.n_leaves + 60
        assert np.array_equal(rectified.predict(rectified.read(X[:50])).astype(int), expected[:50])


def test_rules_that_contradict_paths_prune_them():
    tree = Builder.DecisionNode(1, operator=">", threshold=2, left=0, right=Builder.DecisionNode(2, left=0, right=1))
    model = compile_model(Builder.RandomForest([Builder.DecisionTree(2, tree)] * 3))
    rectified = Rectified(model, model.features, True, ["f1 > 1"], 1)
    rectified.check()
    assert rectified.new.trees.n_leaves == 3 * 2  # f1 > 1 above the trees decides all
    again = Rectified(rectified.new, model.features, True, ["f1 <= 1"], 1)
    assert again.new.trees.n_leaves == 3  # one leaf a tree


def test_a_rule_with_one_condition_costs_no_leaves_but_one_a_tree():
    data = load_breast_cancer()
    forest = RandomForestClassifier(10, max_depth=5, random_state=0).fit(data.data, data.target)
    model = compile_model(forest)
    for condition in ("f1 > 13", 3, -17):
        rectified = rectified_forest(model, model.features, Theory(model.features), [condition], 1)
        assert compile_model(rectified).trees.n_leaves <= model.trees.n_leaves + 10


def test_misuse():
    data = load_iris()
    forest = RandomForestClassifier(2, max_depth=2, random_state=0).fit(data.data, data.target)
    model = compile_model(forest)
    for conditions, label, message in (
        ([], 1, "empty"),
        ("f1 > 1", 1, "list of conditions"),
        ([1, -1], 1, "contradict"),
        (["f1 > 2", "f1 < 1"], 1, "contradict"),
        ([1], 7, "unknown"),
        (["f9 > 1"], 1, "f9"),
        ([99], 1, "literal 99"),
    ):
        with pytest.raises(BadInputError, match=message):
            rectified_forest(model, model.features, Theory(model.features), conditions, label)
    numbers = compile_model(RandomForestRegressor(2, max_depth=2, random_state=0).fit(data.data, data.target))
    with pytest.raises(BadInputError, match="regressor"):
        rectified_forest(numbers, numbers.features, None, [1], 1.0)
    bagging = BaggingClassifier(n_estimators=3, random_state=0).fit(data.data, data.target)
    bagging.n_estimators = 4  # it now divides the sum of three trees by four
    odd = compile_model(bagging)
    with pytest.raises(UnsupportedModelError, match="3 trees by 4"):
        rectified_forest(odd, odd.features, None, [1], 1)
