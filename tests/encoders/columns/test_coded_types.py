"""What users declare of columns of categories, in codes."""

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, TheoryError

ROWS = np.array([[0.0, 1.0], [1.0, 1.0], [0.0, 0.0], [1.0, 0.0]] * 5)


def fitted(rows, labels):
    steps = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), [0]), remainder="passthrough")
    return make_pipeline(steps, DecisionTreeClassifier(random_state=0)).fit(rows, labels)


def test_declared_numbers_that_the_encoder_never_saw_are_any_other_value():
    model = fitted(ROWS, ROWS[:, 0] * ROWS[:, 1])
    explainer = Explainer.initialize(model, [7.0, 1.0], {"categorical": {"f1": [0.0, 1.0, 7.0]}})
    assert explainer.target_prediction == model.predict([[7.0, 1.0]])[0] == 0
    assert explainer.minimal_contrastive_reason(over="features") == ("f1",)
    assert explainer.sufficient_reason(n=Explainer.ALL, over="features") == (("f1",),)


def test_categories_of_which_no_tree_asks_may_be_declared():
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(n_estimators=2, feature_types=["c", "q"], enable_categorical=True, tree_method="hist")
    model.fit(ROWS, ROWS[:, 1].astype(int))
    explainer = Explainer.initialize(model, ROWS[0], {"categorical": {"f1": [0.0, 1.0]}})
    assert explainer.sufficient_reason(over="features") == ("f2",)


def test_a_name_that_the_encoder_never_saw_is_told_beside_those_that_it_knows():
    rows = ROWS.astype(object)
    rows[:, 0] = np.where(ROWS[:, 0] > 0, "red", "blue")
    with pytest.raises(TheoryError, match="has the value 'rde'"):
        Explainer.initialize(fitted(rows, ROWS[:, 0]), rows[0], {"categorical": {"f1": ["rde", "blue"]}})
