"""Weights that make distances which no float holds are an error; so are numbers that no float holds."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.errors import BadInputError

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
MODEL = DecisionTreeClassifier().fit(X, [0, 0, 1, 1])


@pytest.mark.parametrize("weights", [[1e300, 1.0], [1.7e308, 1.7e308]])
@pytest.mark.parametrize("norm", ["linf", "l1"])
def test_distances_greater_than_any_float(norm, weights):
    explainer = Explainer.initialize(MODEL, np.array([-3e38, 0.0]))
    with pytest.raises(BadInputError, match="greater than any float"):
        explainer.reach([], norm, weights=weights, over="features")
    assert np.isfinite(explainer.reach([], norm, over="features").upper)


def test_numbers_that_no_float_holds():
    explainer, huge = Explainer.initialize(MODEL, np.array([0.0, 0.0])), 10**400
    for said in (
        {"margin": huge}, {"leaf_change": huge}, {"prices": {"f1": huge}}, {"fixed": huge}, {"slack": {"f1": huge}},
        {"missing": {"f1": huge}}, {"steps": {"f1": huge}}, {"steps": {"f1": (1, huge)}},
        {"linear": [({"f1": huge}, (0, 1))]},
    ):  # fmt: skip
        with pytest.raises(BadInputError, match="expected"):
            explainer.recourse(**said)
    with pytest.raises(BadInputError, match="expected a number"):
        explainer.precision([], distribution={"f1": {huge: 1}})
    assert explainer.recourse(at_most=huge).status == "optimal"
