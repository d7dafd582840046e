"""Support vector machines with a linear kernel: reasons over ranges, and what is refused."""

import numpy as np
import pytest
from sklearn.svm import SVC, NuSVC
from suffice import Explainer, NotFittedModelError, UndecidedError, UnsupportedModelError, explain

from tests.encoders.sklearn.test_listed_numbers import by_corners, data


@pytest.mark.parametrize("seed", range(6))
def test_over_features_the_ends_decide(seed):
    rng, X, y = data(seed)
    labels = np.array([["no", "yes"], [-1, 3]][seed % 2])[y]
    model = (SVC(kernel="linear", C=0.5 + seed) if seed % 3 else NuSVC(kernel="linear")).fit(X, labels)
    explainer = Explainer.initialize(model, background=X)
    for x in (X[1], rng.normal(size=4)):
        explainer.set_instance(x)
        assert explainer.target_prediction == model.predict(x[None])[0]
        sufficient, contrastive = by_corners(model, X, x)
        asked = (explainer.sufficient_reason, explainer.contrastive_reason)
        found = [{frozenset(int(name[1:]) - 1 for name in r) for r in ask(n=None, over="features")} for ask in asked]
        assert found == [sufficient, contrastive]
    assert [one.prediction for one in explain(model, X)] == model.predict(X).tolist()


def test_a_tie_is_not_decided():
    X = np.array([[-1.0, 0.0], [1.0, 0.0], [-2.0, 1.0], [2.0, 1.0]])
    model = SVC(kernel="linear").fit(X, [0, 1, 0, 1])
    explainer = Explainer.initialize(model, [0.0, 0.5], background=X)
    with pytest.raises(UndecidedError, match="nearer to a tie"):
        explainer.sufficient_reason()


def test_what_is_refused():
    _, X, y = data(3, classes=3)
    with pytest.raises(UnsupportedModelError, match="3 classes lets models of two classes vote"):
        Explainer.initialize(SVC(kernel="linear").fit(X, y), X[0], background=X)
    with pytest.raises(UnsupportedModelError, match="SVC of sklearn is not taken"):
        Explainer.initialize(SVC().fit(X, y > 0), X[0], background=X)
    with pytest.raises(NotFittedModelError):
        Explainer.initialize(SVC(kernel="linear"), X[0])
