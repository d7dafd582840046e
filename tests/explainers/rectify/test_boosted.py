"""Rectified sums of trees: where conditions hold the label is given, elsewhere nothing changes, on every row."""

import itertools

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import FixedThresholdClassifier
from suffice import Builder, Explainer, UnsupportedModelError

ROWS = np.array(list(itertools.product(range(4), repeat=3)), dtype=float)
TYPES = {"integer": dict.fromkeys(("f1", "f2", "f3"), (0, 3))}


def drawn_tree(rng, depth, target):
    """A tree of quarters; the sums of a few are exact, so ties occur."""

    def node(depth):
        if depth == 0:
            return Builder.LeafNode(float(rng.choice([-0.5, -0.25, 0.0, 0.25, 0.5])))
        told = {"operator": rng.choice([">=", "<", "=="]), "threshold": int(rng.integers(1, 4))}
        return Builder.DecisionNode(int(rng.integers(1, 4)), **told, left=node(depth - 1), right=node(depth - 1))

    return Builder.DecisionTree(3, node(depth), target_class=target)


def one_sum(seed):
    rng = np.random.default_rng(seed)
    return Builder.BoostedTrees([drawn_tree(rng, 2, None) for _ in range(3)], base=0.25)


def a_sum_each(seed, classes):
    rng = np.random.default_rng(seed)
    trees = [drawn_tree(rng, 2, int(rng.integers(classes))) for _ in range(4)]
    return Builder.BoostedTrees(trees, classes, base=[0.25] * classes)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["one sum", "two sums", "three sums"])
def test_conditions_imply_the_label_and_nothing_else_changes(kind, seed):
    model = one_sum(seed) if kind == "one sum" else a_sum_each(seed, 2 if kind == "two sums" else 3)
    rng = np.random.default_rng(seed)
    expected = model.predict(ROWS)
    explainer = Explainer.initialize(model, ROWS[0], TYPES)
    for _ in range(2):  # a rectified model is rectified again
        column, border = int(rng.integers(3)), int(rng.integers(1, 4))
        label = int(rng.integers(len(model.classes)))
        changed = explainer.rectify(conditions=[f"f{column + 1} >= {border}"], label=label)
        expected = np.where(ROWS[:, column] >= border, label, expected)
        assert changed.predict(ROWS).tolist() == expected.tolist()
        for row, said in zip(ROWS[::7], expected[::7], strict=True):
            explainer.set_instance(row)
            assert explainer.target_prediction == said
            kept = [int(name[1]) - 1 for name in explainer.minimal_sufficient_reason(over="features")]
            assert (expected[(ROWS[:, kept] == row[kept]).all(axis=1)] == said).all()


def test_two_classes_with_a_sum_each():
    """The first greatest sum wins, so that a tie is of class 0; one number in `base` is for one sum, as ever."""
    halves = [Builder.DecisionTree(1, Builder.LeafNode(0.5), target_class=k) for k in (0, 1)]
    assert Builder.BoostedTrees(halves, base=[0.0, 0.0]).predict([[0]]).tolist() == [0]
    assert Builder.BoostedTrees(halves, base=[0.0, 0.25]).predict([[0]]).tolist() == [1]
    assert Builder.BoostedTrees(halves, base=0.0).predict([[0]]).tolist() == [1]
    assert Builder.BoostedTrees(halves, base=[-2.0, -1.0], class_names=["no", "yes"]).predict([[0]]).tolist() == ["yes"]


@pytest.mark.parametrize("name", ["GreedyRuleListClassifier", "OneRClassifier"])
def test_rule_lists(name):
    """Those of imodels have a sum for each of two classes."""
    imodels = pytest.importorskip("imodels")
    y = (ROWS[:, 0] > 1).astype(int) | (ROWS[:, 1] > 2)
    model = getattr(imodels, name)(max_depth=3).fit(ROWS, y, feature_names=["f1", "f2", "f3"])
    explainer = Explainer.initialize(model, ROWS[0], TYPES)
    condition = explainer.vocabulary.conditions[0]
    met = condition.true_at(ROWS[:, condition.feature])
    for label in (0, 1):
        again = Explainer.initialize(model, ROWS[0], TYPES)
        expected = np.where(met, label, model.predict(ROWS))
        assert again.rectify(conditions=[1], label=label).predict(ROWS).astype(int).tolist() == expected.tolist()


def test_a_class_that_no_sum_reaches_is_refused():
    """A threshold may be beyond all sums: no tree could then give the label."""
    y = (ROWS[:, 0] > 1).astype(int)
    forest = RandomForestClassifier(1, max_depth=2, bootstrap=False, random_state=0)
    never = FixedThresholdClassifier(forest, threshold=1.5, response_method="predict_proba").fit(ROWS, y)
    explainer = Explainer.initialize(never, ROWS[0], TYPES)
    with pytest.raises(UnsupportedModelError, match="never says 1"):
        explainer.rectify(conditions=["f1 >= 2"], label=1)
    assert set(explainer.rectify(conditions=["f1 >= 2"], label=0).predict(ROWS).tolist()) == {0}
