"""Linear members over numbers of a range: what happens between the listed numbers."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer

ENDS = np.array([[0.0], [100.0]] * 20)
Y = np.array([0, 1] * 20)


def line(slope, start):
    model = LogisticRegression().fit(ENDS, Y)
    model.coef_, model.intercept_ = np.array([[slope]]), np.array([start])
    return FrozenEstimator(model)


def hill():
    """A tree that says yes between 30 and 60."""
    X = np.arange(0.0, 101.0).reshape(-1, 1)
    return FrozenEstimator(DecisionTreeClassifier(random_state=0).fit(X, (X[:, 0] >= 30) & (X[:, 0] <= 60)))


def voting(*members, **more):
    return VotingClassifier([(f"m{i}", m) for i, m in enumerate(members)], voting="soft", **more).fit(ENDS, Y)


OPPOSITE = voting(line(1.0, -40.0), line(-1.0, 60.0), line(1e-6, -5.0), weights=[1.0, 1.0, 0.1])
BETWEEN = voting(line(1e-3, -0.1), hill())


@pytest.mark.parametrize("model", [OPPOSITE, BETWEEN], ids=["opposite", "a tree"])
@pytest.mark.parametrize("how", [{"ranges": {"f1": (0, 100)}}, {"background": ENDS}], ids=["ranges", "background"])
def test_what_turns_back_between_the_ends_is_refused(model, how):
    assert model.predict([[0.0], [50.0], [100.0]]).tolist() == [0, 1, 0]
    with pytest.raises(BadInputError, match=r"'f1' grows.*say which values"):
        Explainer.initialize(model, [0.0], **how)


@pytest.mark.parametrize("model", [OPPOSITE, BETWEEN], ids=["opposite", "a tree"])
def test_declared_values_and_all_whole_numbers_are_taken(model):
    for types in ({"categorical": {"f1": [0, 50, 100]}}, {"f1": {"integer": (0, 100)}}):
        explainer = Explainer.initialize(model, [0.0], types)
        assert explainer.sufficient_reason(over="features") == ("f1",)
    explainer = Explainer.initialize(model, [0.0], {"categorical": {"f1": [0, 100]}})
    assert explainer.sufficient_reason(over="features") == ()


RNG = np.random.default_rng(4)
X = RNG.uniform(-3, 3, (200, 3)) * [1, 20, 0.1]
TWO = (X @ [1.0, -0.05, 12.0] + RNG.normal(0, 0.4, 200) > 0).astype(int)
SCALED = make_pipeline(StandardScaler(), LogisticRegression())
SAME_WAY = {
    "sigmoid": CalibratedClassifierCV(LogisticRegression(), cv=3),
    "isotonic": CalibratedClassifierCV(LogisticRegression(), cv=3, method="isotonic"),
    "scaled": CalibratedClassifierCV(SCALED, cv=3),
    "votes": VotingClassifier([("a", LogisticRegression()), ("b", LogisticRegression(C=0.1))], voting="soft"),
    "stack": StackingClassifier([("a", LogisticRegression()), ("b", LogisticRegression(C=1e-3))], cv=2),
}


@pytest.mark.parametrize("name", [*SAME_WAY])
def test_sets_of_features_are_those_of_all_numbers(name):
    model = SAME_WAY[name].fit(X, TWO)
    try:
        explainer = Explainer.initialize(model, background=X)
    except BadInputError:
        assert name == "stack"  # its last step may turn a member round
        return
    low, high = X.min(axis=0), X.max(axis=0)
    for row in X[:4]:
        explainer.set_instance(row)
        said = model.predict([row])[0]
        kept = [int(feature[1:]) - 1 for feature in explainer.sufficient_reason(over="features")]
        others = RNG.uniform(low, high, (500, 3))
        others[:, kept] = row[kept]
        assert (model.predict(others) == said).all()
        change = explainer.minimal_contrastive_reason(over="features")
        assert model.predict([np.asarray(change.witness, float)])[0] != said
