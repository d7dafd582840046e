"""The functions of ``suffice.verify`` say what the explainer's own queries say."""

import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, verify


def test_the_same_as_the_queries():
    data = load_iris(as_frame=True)
    model = DecisionTreeClassifier(random_state=0).fit(data.data, data.target)
    explainer = Explainer.initialize(model, data.data.iloc[60])
    reason = verify.restricted_reason(explainer, 1.0, "l1")
    assert reason == explainer.restricted_reason(1.0, "l1")
    assert verify.reach(explainer, reason, "l1").lower == explainer.reach(reason, "l1").lower
    with pytest.raises(BadInputError, match="distance=None"):
        verify.restricted_reason(explainer, None)
