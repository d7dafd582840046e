"""What is explained is what ``predict`` says of the rows as they were given, in their own container and dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import Explainer, SelfCheckError, explain

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3)).round(2)
Y = (X[:, 0] + X[:, 1] > 0).astype(int)


class Moody(DecisionTreeClassifier):
    """Decides otherwise about rows of one kind, and counts how often it is asked."""

    kind: Any = None
    calls = 0

    def predict(self, X: Any, check_input: bool = True) -> Any:  # scikit-learn's name
        """Return the labels, turned round for some rows."""
        type(self).calls += 1
        said = super().predict(X, check_input)
        turned = self.kind is not None and self.kind(X)
        return 1 - said if turned else said


def fitted(kind: Any = None) -> Moody:
    """Return a model that is moody about rows for which `kind` is true."""
    model = Moody(max_depth=3, random_state=0).fit(X, Y)
    model.kind = kind
    return model


def whole(rows: Any) -> bool:
    """Tell whether rows are whole numbers."""
    return getattr(getattr(rows, "dtype", None), "kind", "") == "i"


def test_a_dtype_that_the_model_treats_otherwise_is_an_error() -> None:
    explainer = Explainer.initialize(fitted(whole), X[0])
    with pytest.raises(SelfCheckError, match=r"\[1\.0, 0\.0, 1\.0\]"):
        explainer.set_instance(np.array([1, 0, 1]))
    assert explainer.instance.tolist() == X[0].tolist()  # it is what it was
    with pytest.raises(SelfCheckError):
        Explainer.initialize(fitted(whole), X[0], background=(X * 10).astype(int))
    with pytest.raises(SelfCheckError):
        explain(fitted(whole), (X * 10).astype(int)[:5])


def test_a_container_that_the_model_treats_otherwise_is_an_error() -> None:
    frame = pd.DataFrame(X, columns=["f1", "f2", "f3"])
    model = fitted(lambda rows: hasattr(rows, "columns"))
    explainer = Explainer.initialize(model, X[0])
    with pytest.raises(SelfCheckError, match="says"):
        explainer.set_instance(frame.iloc[[0]])
    with pytest.raises(SelfCheckError):
        explain(model, frame.iloc[:3])


def test_one_row_among_many_is_named() -> None:
    odd = X.copy()
    odd[7] = [3.25, -1.5, 0.125]
    plain = fitted()
    said = plain.predict(odd)

    class Spiteful(Moody):
        """Decides otherwise about one row of a batch."""

        def predict(self, X: Any, check_input: bool = True) -> Any:  # scikit-learn's name
            """Return the labels."""
            found = super().predict(X, check_input)
            return np.where((np.asarray(X) == odd[7]).all(axis=1), 1 - said[7], found)

    model = Spiteful(max_depth=3, random_state=0).fit(X, Y)
    with pytest.raises(SelfCheckError, match=r"3\.25, -1\.5, 0\.125"):
        explain(model, odd)
    assert explain(model, odd, check=False).predictions[7] == said[7]


def test_regressors_are_compared_by_their_numbers() -> None:
    class Rounding(DecisionTreeRegressor):
        """Rounds what it says of whole numbers."""

        def predict(self, X: Any, check_input: bool = True) -> Any:  # scikit-learn's name
            """Return the numbers."""
            found = super().predict(X, check_input)
            return np.round(found, 1) if whole(X) else found

    model = Rounding(max_depth=3, random_state=0).fit(X, X[:, 0] * 1.2345)
    assert Explainer.initialize(model, X[0]).target_prediction == model.predict(X[:1])[0]
    with pytest.raises(SelfCheckError):
        Explainer.initialize(model, np.array([1, 0, 1]))


def test_a_kind_is_asked_about_once() -> None:
    model = fitted()
    explainer = Explainer.initialize(model, X[0])
    before = Moody.calls
    for row in X[:20]:
        explainer.set_instance(row)
        explainer.set_instance(row.tolist())
    assert Moody.calls == before  # arrays of float64 are what the self-check compares
    explainer.set_instance(X[0].astype(np.float32))
    first = Moody.calls
    assert first > before
    for row in X[:20]:
        explainer.set_instance(row.astype(np.float32))
    assert Moody.calls == first


def test_witnesses_are_confirmed_once_and_together() -> None:
    model = fitted()
    explainer = Explainer.initialize(model, X[0])
    before = Moody.calls
    reasons = explainer.contrastive_reason(n=None)
    assert len(reasons) > 1 and Moody.calls == before  # nobody has looked at one yet
    rows = reasons.witnesses
    assert Moody.calls == before + 1
    assert all(reason.witness is row for reason, row in zip(reasons, rows, strict=True))
    assert {str(reason.status) for reason in reasons} == {"proved"}
    assert Moody.calls == before + 1
    assert (model.predict(np.array(rows, dtype=float)) != explainer.target_prediction).all()


def test_a_witness_that_predict_denies_is_not_told() -> None:
    model = fitted()
    explainer = Explainer.initialize(model, X[0])
    reason = explainer.contrastive_reason()
    own = int(explainer.target_prediction)
    model.kind = lambda rows: DecisionTreeClassifier.predict(model, rows)[0] != own
    with pytest.raises(SelfCheckError, match="no change"):
        _ = reason.status
    with pytest.raises(SelfCheckError, match="no change"):
        _ = reason.witness
