"""Explainers are of their model's family, where the model says which; else of any."""

from typing import Any, assert_type

from suffice import (
    BoostedExplainer,
    Builder,
    ComposedExplainer,
    Explainer,
    ForestExplainer,
    MultiLabelExplainer,
    TreeExplainer,
)

Every = TreeExplainer | ForestExplainer | BoostedExplainer | ComposedExplainer | MultiLabelExplainer

tree = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=1))
forest = Builder.RandomForest([tree, tree, tree])
boosted = Builder.BoostedTrees([tree])
numbers = Builder.BoostedTreesRegression([tree])
several = Builder.MultiLabel([tree, tree])
some: object = tree
untyped: Any = tree

assert_type(Explainer(tree), TreeExplainer)
assert_type(Explainer(forest, (1, 0), theory=None), ForestExplainer)
assert_type(Explainer(boosted), BoostedExplainer)
assert_type(Explainer(numbers, features_type={"binary": ["f1"]}), BoostedExplainer)
assert_type(Explainer(several), MultiLabelExplainer)
assert_type(Explainer(some), Every)

assert_type(Explainer.initialize(tree), TreeExplainer)
assert_type(Explainer.initialize(forest, (1, 0)), ForestExplainer)
assert_type(Explainer.initialize(boosted), BoostedExplainer)
assert_type(Explainer.initialize(numbers), BoostedExplainer)
assert_type(Explainer.initialize(several, setup_limit=3), MultiLabelExplainer)
assert_type(Explainer.initialize(some), Every)

mine: ForestExplainer = Explainer(untyped)  # of a library without types: say which family it is

Explainer(tree, thoery=None)  # type: ignore[call-overload]  # no such argument
Explainer.initialize(tree, voting=3)  # type: ignore[call-overload]  # no such value
Explainer()  # type: ignore[call-overload]  # no model
assert_type(Explainer.ALL, None)
