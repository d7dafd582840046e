"""Rows explained together over features: the same reasons as query by query."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, explain
from suffice.engine.errors import BadInputError

rng = np.random.default_rng(3)
X = rng.integers(0, 4, size=(60, 5)).astype(float)
Y = (X[:, 0] + X[:, 1] > X[:, 2] + rng.integers(0, 2, 60)).astype(int)
MODELS = {
    "tree": DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, Y),
    "forest": RandomForestClassifier(7, max_depth=3, random_state=0).fit(X, Y),
    "labels": DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, np.stack([Y, X[:, 3] > 1], axis=1)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("excluded", [(), ("f0",)])
def test_rows_over_features_are_answered_as_one_by_one(name: str, excluded: tuple[str, ...]) -> None:
    names = [f"f{i}" for i in range(5)]
    many = explain(MODELS[name], X[:12], over="features", excluded=excluded, feature_names=names)
    explainer = Explainer.initialize(MODELS[name], feature_names=names, background=X[:12])
    explainer.set_excluded_features(list(excluded))
    seen = 0
    for i, row in enumerate(X[:12]):
        explainer.set_instance(row)
        alone = explainer.sufficient_reason(over="features")
        found = many.reason(i)
        assert (found is None) == (alone is None)
        if found is not None:
            seen += 1
            assert tuple(found) == tuple(alone)
            assert found.proof.over == "features"
            assert explainer.is_sufficient_reason(found, over="features")
    assert seen
    assert repr(many)
    assert list(many.to_frame().columns) == ["prediction", "reason", "size", "status", "seconds"]


def test_what_reasons_are_made_of_is_checked() -> None:
    with pytest.raises(BadInputError, match="over='columns'"):
        explain(MODELS["tree"], X[:2], over="columns")
