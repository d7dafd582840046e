"""The published examples, to the letter."""

from __future__ import annotations

import pytest
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from tests.house.layout import ROOT

COMPAS = ROOT.parent / "shared" / "data" / "compas.csv"


@pytest.fixture
def tree():
    from suffice import Builder

    x4 = [Builder.DecisionNode(4, left=0, right=1) for _ in range(5)]
    x3_1 = Builder.DecisionNode(3, left=0, right=x4[0])
    x3_2 = Builder.DecisionNode(3, left=x4[1], right=x4[2])
    x3_3 = Builder.DecisionNode(3, left=x4[3], right=x4[4])
    x2_1 = Builder.DecisionNode(2, left=0, right=x3_1)
    x2_2 = Builder.DecisionNode(2, left=x3_2, right=x3_3)
    x1_1 = Builder.DecisionNode(1, left=x2_1, right=x2_2)
    return Builder.DecisionTree(4, x1_1, force_features_equal_to_binaries=True)


def test_hand_built_tree_at_ones(tree):
    from suffice import Explainer

    explainer = Explainer.initialize(tree)
    explainer.set_instance((1, 1, 1, 1))
    reasons = explainer.sufficient_reason(n=Explainer.ALL)
    assert reasons == ((1, 4), (2, 3, 4))
    assert all(explainer.is_sufficient_reason(reason) for reason in reasons)
    assert explainer.minimal_sufficient_reason() == (1, 4)
    assert explainer.to_features((1, 4)) == ("f1 >= 0.5", "f4 >= 0.5")
    assert explainer.to_features(reasons[1]) == ("f2 >= 0.5", "f3 >= 0.5", "f4 >= 0.5")


def test_hand_built_tree_at_zeros(tree):
    from suffice import Explainer

    explainer = Explainer.initialize(tree)
    explainer.set_instance((0, 0, 0, 0))
    reasons = explainer.sufficient_reason(n=Explainer.ALL)
    assert reasons == ((-4,), (-1, -2), (-1, -3))
    assert all(explainer.is_sufficient_reason(reason) for reason in reasons)
    assert explainer.minimal_sufficient_reason(n=1) == (-4,)
    assert [explainer.to_features(reason) for reason in reasons] == [
        ("f4 < 0.5",),
        ("f1 < 0.5", "f2 < 0.5"),
        ("f1 < 0.5", "f3 < 0.5"),
    ]


@pytest.fixture(scope="module")
def compas():
    if not COMPAS.exists():
        pytest.skip("compas.csv is not here")
    pandas = pytest.importorskip("pandas")
    data = pandas.read_csv(COMPAS)
    X, y = data.iloc[:, :-1], data.iloc[:, -1]
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=0)
    model = DecisionTreeClassifier(random_state=0).fit(X_train, y_train)
    return model, 100 * model.score(X_test, y_test)


@pytest.fixture
def explainer(compas):
    from suffice import Explainer

    return Explainer.initialize(compas[0], (0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0), theory=None)


def test_compas_model(compas, explainer):
    model, accuracy = compas
    assert accuracy == pytest.approx(65.33477321814254)
    assert (model.tree_.children_left >= 0).sum() == 539
    assert len(explainer.vocabulary.conditions) == 46


def test_compas_reasons(explainer):
    from suffice import Explainer

    assert explainer.target_prediction == 0
    reason = explainer.sufficient_reason(n=1)
    assert explainer.is_sufficient_reason(reason, n_samples=50)
    assert len(explainer.minimal_sufficient_reason()) == 4
    assert len(explainer.sufficient_reason(n=Explainer.ALL)) == 25
    necessary = explainer.necessary_literals()
    assert set(explainer.to_features(necessary)) == {"score_factor <= 0.5", "Age_Below_TwentyFive <= 0.5"}


def test_compas_counts(explainer):
    assert explainer.n_sufficient_reasons() == 25
    counts = explainer.n_sufficient_reasons_per_literal()
    assert sorted(counts.values(), reverse=True) == [25, 25, 20, 19, 16, 15, 14, 12, 12, 10, 10, 9, 8, 7, 6, 2, 1]
    assert set(counts) == set(explainer.relevant_literals())
