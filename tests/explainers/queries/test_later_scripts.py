"""Scripts in the form of the later published examples: each runs with its import line changed, and is right."""

from __future__ import annotations

import itertools

import pytest
from suffice import Builder, Explaining, Learning

INCOMES = (5, 15, 25, 35, 45)  # one in each stretch between the thresholds 10, 20, 30, 40
LOANS = tuple(itertools.product(INCOMES, (0, 1), (0, 1)))
BITS = {n: tuple(itertools.product((0, 1), repeat=n)) for n in (3, 4)}


def truth(explainer, row):
    """The literals of a row, by the explainer's own words for each condition."""
    here = explainer.instance
    explainer.set_instance(row)
    found = set(explainer.binary_representation)
    explainer.set_instance(here)
    return found


class Brute:
    """All answers over a listed domain, straight from the definitions."""

    def __init__(self, explainer, model, domain):
        self.rows = [(truth(explainer, row), model.predict_instance(row)) for row in domain]
        self.own = explainer.target_prediction
        self.here = frozenset(explainer.binary_representation)

    def forces(self, kept):
        """Whether every row with these literals is decided as the instance."""
        return all(label == self.own for literals, label in self.rows if set(kept) <= literals)

    def closed(self, kept):
        """The literals of the instance that all rows with these have."""
        return frozenset(self.here.intersection(*[literals for literals, _ in self.rows if set(kept) <= literals]))

    def is_sufficient(self, reason):
        """Whether it forces the outcome, and no smaller closed set does."""
        whole = self.closed(reason)
        smaller = {self.closed(set(part)) for n in range(len(whole)) for part in itertools.combinations(whole, n)}
        return self.forces(whole) and not any(self.forces(part) for part in smaller if part < whole)

    def changes(self, reason):
        """Whether some row that keeps all other literals, and none that these imply, is decided otherwise."""
        return any(label != self.own and not literals & set(reason) for literals, label in self.rows)


def loan_tree():
    """A loan for an income from 30, or from 10 with no debts and a loan paid back."""
    paid = Builder.DecisionNode(3, operator=Builder.EQ, threshold=1, left=0, right=1)
    debts = Builder.DecisionNode(2, operator="EQ", threshold=1, left=0, right=paid)
    low = Builder.DecisionNode(1, operator=Builder.GE, threshold=10, left=0, right=debts)
    return Builder.DecisionNode(1, operator=Builder.GE, threshold=30, left=low, right=1)


@pytest.mark.parametrize("row", LOANS)
def test_trees_with_types(row):
    told = Learning.LearnerInformation(None, problem_type="classification")
    tree = Builder.DecisionTree(3, loan_tree(), learner_information=told)
    explainer = Explaining.initialize(tree, instance=row, features_type={"numerical": ["f1"], "binary": ["f2", "f3"]})
    brute = Brute(explainer, tree, LOANS)
    reasons = explainer.sufficient_reason(n=Explaining.ALL)
    assert reasons
    assert all(brute.is_sufficient(reason) for reason in reasons)
    fewest = explainer.minimal_sufficient_reason()
    assert brute.is_sufficient(fewest)
    assert len(fewest) == min(map(len, reasons))
    for change in explainer.contrastive_reason(n=Explaining.ALL):
        assert explainer.to_features(change, contrastive=True)
        assert brute.changes(change)
    assert len(tree.raw_data_for_CPP()) == 2


@pytest.mark.parametrize("row", LOANS)
def test_forests_with_a_constant_tree(row):
    high = Builder.DecisionNode(1, operator=Builder.GE, threshold=30, left=0, right=1)
    paid = Builder.DecisionNode(3, operator=Builder.EQ, threshold=1, left=0, right=1)
    both = Builder.DecisionNode(2, operator=Builder.EQ, threshold=1, left=0, right=paid)
    trees = [Builder.DecisionTree(3, high), Builder.DecisionTree(3, both), Builder.DecisionTree(3, Builder.LeafNode(1))]
    forest = Builder.RandomForest(trees, n_classes=2)
    assert forest.numerical_features == {}
    explainer = Explaining.initialize(
        forest, instance=row, features_type={"numerical": ["f1"], "binary": Learning.DEFAULT}
    )
    brute = Brute(explainer, forest, LOANS)
    assert brute.is_sufficient(explainer.minimal_sufficient_reason())
    change = explainer.minimal_contrastive_reason(n=1)
    assert brute.changes(change)
    assert explainer.is_contrastive_reason(change)
    majority = explainer.majoritary_reason(n_iterations=3, seed=6)
    assert brute.forces(majority)  # pure leaves: a majority decides
    of_all = explainer.minimal_majoritary_reason(k=len(trees))
    agree = row[0] >= 30 and row[1] == row[2] == 1  # the third tree always says 1
    assert bool(explainer.is_majoritary_reason(of_all, k=len(trees))) == (of_all is not None) == agree


@pytest.mark.parametrize("row", BITS[4])
def test_boosted_trees_and_checks_of_none(row):
    def stump(feature, low, high):
        return Builder.DecisionNode(feature, operator=Builder.GT, threshold=0.5, left=low, right=high)

    roots = [
        stump(4, -0.5, stump(2, 0.4, -0.3)),
        stump(2, stump(1, -0.2, 0.5), 0.5),
        stump(3, -0.25, stump(1, 0.1, 0.2)),
    ]
    boosted = Builder.BoostedTrees([Builder.DecisionTree(4, root) for root in roots], n_classes=2)
    explainer = Explaining.initialize(boosted, row)
    brute = Brute(explainer, boosted, BITS[4])
    for reason in explainer.minimal_tree_specific_reasons(n=2):
        assert brute.forces(reason)
        assert explainer.is_tree_specific_reason(reason)
    assert not explainer.is_tree_specific_reason(None)
    assert "answered None" in explainer.is_tree_specific_reason(None).why
    for literal in explainer.binary_representation:
        assert bool(explainer.is_implicant_BT((literal,))) == brute.forces({literal})
    assert brute.changes(explainer.minimal_contrastive_reason())


@pytest.mark.parametrize("row", BITS[3])
def test_regression_and_linear_models(row):
    linear = Builder.LinearModelSimple(3, coefficients=[(5, 2, -3)], intercepts=[-1])
    explainer = Explaining.initialize(linear, instance=row)
    explainer.set_upper_lower_bounds(((0, 0, 0), (1, 1, 1)))
    reason = [int(name[1:]) - 1 for name in explainer.model_specific_reason()]

    def forced(columns):
        alike = [x for x in BITS[3] if all(x[i] == row[i] for i in columns)]
        return len({linear.predict_instance(x) for x in alike}) == 1

    assert forced(reason)
    assert not any(forced([i for i in reason if i != gone]) for gone in reason)

    trees = [Builder.DecisionTree(3, Builder.DecisionNode(i + 1, left=0, right=w)) for i, w in enumerate((100, -30, 7))]
    sums = Builder.BoostedTreesRegression(trees)
    regressor = Explaining.initialize(sums, row)
    assert regressor.predict(row) == sum(w for x, w in zip(row, (100, -30, 7), strict=True) if x)
    regressor.set_interval(regressor.predict(row) - 8, regressor.predict(row) + 8)
    assert regressor.to_features(regressor.tree_specific_reason()) == regressor.to_features(
        tuple(v for v in regressor.binary_representation if abs(v) < 3)
    )
    assert tuple(regressor.extremum_range()) == (-30, 107)


@pytest.mark.parametrize("row", BITS[4])
def test_anchored_reasons_of_a_forest(row):
    roots = [
        Builder.DecisionNode(
            1, operator=Builder.EQ, threshold=1, left=0, right=Builder.DecisionNode(2, left=1, right=0)
        )
    ]
    roots += [Builder.DecisionNode(4, left=0, right=1), Builder.DecisionNode(3, left=1, right=0)]
    trees = [Builder.DecisionTree(4, root, force_features_equal_to_binaries=True) for root in roots]
    forest = Builder.RandomForest(trees, n_classes=2, feature_names=["a", "b", "c", "d"])
    explainer = Explaining.initialize(forest, row, features_type={"binary": ["a", "b", "c", "d"]})
    brute = Brute(explainer, forest, BITS[4])
    known = {label: [x for x in BITS[4][::3] if forest.predict_instance(x) == label] for label in (0, 1)}
    explainer.set_reference_instances(known)
    own = [truth(explainer, x) for x in known[explainer.target_prediction]]
    sets = [
        set(part)
        for n in range(5)
        for part in itertools.combinations(sorted(brute.here), n)
        if brute.forces(part)
    ]  # fmt: skip
    most = max((sum(kept <= literals for literals in own) for kept in sets), default=0)
    found = explainer.most_anchored_reason(check=True)
    assert found is not None
    assert sum(set(found) <= literals for literals in own) == most
    assert explainer.anchored_reason(n_anchors=most + 1, reference_instances=known) is None
