"""What published scripts ask of hand-built models, and what they tell of how they were learned."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from suffice import BadInputError, Builder, Explaining, Learning

Node = Builder.DecisionNode


def test_nodes_as_numbers_are_those_of_the_explainer():
    low = Node(
        1, operator=Builder.GT, threshold=20, left=0, right=Node(3, operator=Builder.EQ, threshold=1, left=0, right=1)
    )
    high = Node(
        2, operator=Builder.EQ, threshold=1, left=Node(1, operator=Builder.LE, threshold=20, left=1, right=0), right=1
    )
    tree = Builder.DecisionTree(3, Node(1, operator=Builder.GT, threshold=30, left=low, right=high))
    assert tree.raw_data_for_CPP() == (0, (1, (2, 0, (3, 0, 1)), (4, (2, 0, 1), 1)))  # "at most 20" is -2
    assert tree.depth() == 4
    assert tree.n_nodes() == 11
    explainer = Explaining.initialize(tree, (25, 0, 1))
    told = [explainer.get_feature_names_from_literal(v) for v in (1, 2, 3, 4)]
    assert told == ["f1", "f1", "f3", "f2"]


def test_a_rectified_tree_keeps_the_numbers_of_the_model_that_it_was_made_of():
    low = Node(
        1, operator=Builder.GT, threshold=20, left=0, right=Node(3, operator=Builder.EQ, threshold=1, left=0, right=1)
    )
    high = Node(2, operator=Builder.EQ, threshold=1, left=0, right=1)
    tree = Builder.DecisionTree(3, Node(1, operator=Builder.GT, threshold=30, left=low, right=high))
    explainer = Explaining.initialize(tree, features_type={"numerical": ["f1"], "binary": ["f2", "f3"]})
    rectified = explainer.rectify(conditions=(-1,), label=0)
    assert rectified.raw_data_for_CPP() == (0, (1, 0, (4, 0, 1)))


def test_a_leaf_alone_has_no_conditions():
    tree = Builder.DecisionTree(2, Builder.LeafNode(np.int64(1)))
    assert tree.raw_data_for_CPP() == (0, 1)
    assert (tree.depth(), tree.n_nodes()) == (1, 1)


def test_a_tree_that_tests_further_features_has_them_and_says_so():
    with pytest.warns(UserWarning, match="tests feature 5: it is taken to have 5 features, not 3"):
        wide = Builder.DecisionTree(3, Node(5, left=0, right=1))
    narrow = Builder.DecisionTree(3, Node(1, left=0, right=1))
    forest = Builder.RandomForest([narrow, wide, Builder.DecisionTree(3, Builder.LeafNode(1))], n_classes=2)
    assert forest.n_features == 5
    assert narrow.n_features == 3  # the trees themselves stay as they are
    assert forest.predict([[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]).tolist() == [1, 0]
    assert (forest.n_trees, forest.n_nodes(), forest.depth(), len(forest.forest)) == (3, 7, 2, 3)
    with pytest.raises(BadInputError, match="tests feature 5"):
        Builder.DecisionTree(3, Node(5, left=0, right=1), feature_names=["a", "b", "c"])


def test_names_and_a_base_score_come_from_the_learner():
    told = Learning.LearnerInformation(feature_names=["a", "b"], label_names=["no", "yes"], extras={"base_score": 0.5})
    tree = Builder.DecisionTree(2, Node(1, left=-1.0, right=0.25), feature_names=["a", "b"])
    boosted = Builder.BoostedTrees([tree], learner_information=told)
    assert boosted.feature_names == ("a", "b")
    assert boosted.predict([[1, 0], [0, 0]]).tolist() == ["yes", "no"]
    assert boosted.sums(np.array([[1.0, 0.0]]))[0, 0] == 0.75
    assert Builder.BoostedTrees([tree], base=0.0, learner_information=told).sums(np.ones((1, 2)))[0, 0] == 0.25
    assert Builder.BoostedTreesRegression([tree], learner_information=told).predict_instance((1, 0)) == 0.75
    with pytest.raises(BadInputError, match=r"expected a Learning\.LearnerInformation"):
        Builder.DecisionTree(2, 1, learner_information="mine")


def test_extras_are_a_table_of_their_own():
    one, other = Learning.LearnerInformation(), Learning.LearnerInformation(None, problem_type="classification")
    one.extras["base_score"] = 1.0
    assert other.extras == {}
    assert one.accuracy is None


@pytest.mark.parametrize("count", [1, 3])
def test_more_classes_than_announced(count):
    with pytest.raises(BadInputError, match="n_classes"):
        Builder.DecisionTree(
            2, Node(1, left=0, right=Node(2, left="x", right=2)), n_classes=count if count == 1 else -1
        )


def test_linear_models_decide_by_the_greatest_sum():
    model = Builder.LinearModelSimple(2, coefficients=[(1, -2)], intercepts=[0.5])
    three = Builder.LinearModelLogistic(
        2, coefficients=[(1, 0), (0, 1), (-1, -1)], intercepts=[0, 0, 1], class_names=["a", "b", "c"]
    )
    for x in itertools.product((-1.0, 0.0, 0.5, 2.0), repeat=2):
        assert model.predict_instance(x) == int(0.5 + x[0] - 2 * x[1] > 0)
        sums = [x[0], x[1], 1 - x[0] - x[1]]
        assert three.predict_instance(x) == "abc"[sums.index(max(sums))]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"n_features": 3}, "expected n_features=3"),
        ({"coefficients": [("x", 1)]}, "expected finite numbers"),
        ({"n_classes": 3}, "n_classes=3"),
        ({"intercepts": [1, 2, 3]}, "intercept"),
        ({"coefficients": [(1, 0), (0, 1)]}, "expected a weight a column for two classes"),
    ],
)
def test_linear_models_that_do_not_go_together(how, why):
    with pytest.raises(BadInputError, match=why):
        Builder.LinearModelSimple(**{"n_features": 2, "coefficients": [(1, 2)], "intercepts": [0], **how})
