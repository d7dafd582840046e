"""A model that is fitted again, or written into, after it was compiled is noticed; one that only predicts is not."""

from __future__ import annotations

import copy
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from sklearn.compose import make_column_transformer
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Binarizer, Builder, Explainer, SelfCheckError, explain
from suffice.encoders.binarized.models import BinarizedModel
from suffice.encoders.fingerprint import Watch
from suffice.engine.errors import ModelChangedError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4)).round(2)
Y = (X[:, 0] + X[:, 1] > 0).astype(int)
OTHER = (X[:, 2] - X[:, 3] > 0).astype(int)
MODELS: dict[str, Any] = {
    "tree": DecisionTreeClassifier(max_depth=3),
    "forest": RandomForestClassifier(6, max_depth=3),
    "bagging": BaggingClassifier(DecisionTreeClassifier(max_depth=3), 5),
    "boosting": GradientBoostingClassifier(n_estimators=5, max_depth=2),
    "ada": AdaBoostClassifier(DecisionTreeClassifier(max_depth=1), n_estimators=5),
    "hist": HistGradientBoostingClassifier(max_iter=5),
    "xgboost": xgb.XGBClassifier(n_estimators=5, max_depth=3, nthread=1),
    "lightgbm": lgb.LGBMClassifier(n_estimators=5, num_leaves=4, n_jobs=1, verbose=-1),
    "linear": LogisticRegression(),
    "bayes": BernoulliNB(),
    "pipeline": make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=3)),
    "columns": make_pipeline(make_column_transformer((StandardScaler(), [0, 1]), remainder="passthrough"),
                             RandomForestClassifier(4, max_depth=3)),
    "bins": make_pipeline(KBinsDiscretizer(3, quantile_method="averaged_inverted_cdf"), LogisticRegression()),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_second_fit_is_noticed_and_predictions_are_not(name: str) -> None:
    model = copy.deepcopy(MODELS[name]).fit(X, Y)
    watch = Watch(model)
    model.predict(X)
    if hasattr(model, "predict_proba"):
        model.predict_proba(X[:3])
    watch.check_whole()
    model.fit(X, OTHER)
    with pytest.raises(ModelChangedError, match="make a new explainer"):
        watch.check()


@pytest.mark.parametrize("name", ["tree", "forest", "bagging", "boosting", "hist", "linear", "pipeline", "bayes"])
def test_numbers_written_into_a_model_are_noticed(name: str) -> None:
    model = copy.deepcopy(MODELS[name]).fit(X, Y)
    watch = Watch(model)
    last = model[-1] if name == "pipeline" else model
    if name == "hist":
        last._predictors[0][0].nodes["value"][-1] += 1.0
    elif name == "linear":
        last.coef_[0, 1] += 1.0
    elif name == "bayes":
        last.feature_log_prob_[0, 1] += 1.0
    else:
        inner = last.estimators_[-1] if hasattr(last, "estimators_") else last
        inner = inner[0] if isinstance(inner, np.ndarray) else inner
        inner.tree_.threshold[0] += 1.0
    with pytest.raises(ModelChangedError):
        watch.check_whole()


def test_parts_and_boosters_that_grow() -> None:
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=3)).fit(X, Y)
    watch = Watch(model)
    model[0].fit(X * 2)
    with pytest.raises(ModelChangedError):
        watch.check()
    several = MultiOutputClassifier(DecisionTreeClassifier(max_depth=3)).fit(X, np.column_stack([Y, OTHER]))
    watch = Watch(several)
    several.estimators_[1].fit(X, Y)
    with pytest.raises(ModelChangedError):
        watch.check()
    binarizer = Binarizer(n_thresholds=2)
    on_bits = BinarizedModel(binarizer, DecisionTreeClassifier(max_depth=3).fit(binarizer.fit_transform(X), Y))
    for part, of in ((on_bits.model, binarizer.transform(X)), (binarizer, X * 2)):
        watch = Watch(on_bits)
        on_bits.predict(X)
        watch.check_whole()
        part.fit(of, OTHER)
        with pytest.raises(ModelChangedError):
            watch.check()
    booster = xgb.train({"max_depth": 2, "nthread": 1}, xgb.DMatrix(X, Y), 3)
    watch = Watch(booster)
    watch.check_whole()
    booster.update(xgb.DMatrix(X, Y), 3)
    with pytest.raises(ModelChangedError):
        watch.check_whole()


def test_explainers_do_not_explain_what_was() -> None:
    model = DecisionTreeClassifier(max_depth=3).fit(X, Y)
    explainer = Explainer.initialize(model, X[0])
    reason = explainer.contrastive_reason()
    model.set_params(max_depth=7)  # what only the next fit looks at
    assert explainer.sufficient_reason() is not None
    model.fit(X, OTHER)
    for ask in (
        explainer.sufficient_reason, explainer.contrastive_reason, explainer.necessary_literals,
        lambda: explainer.set_instance(X[1]), lambda: explainer.is_reason(()), lambda: reason.witness,
        lambda: reason.status,
    ):  # fmt: skip
        with pytest.raises(SelfCheckError, match="new explainer"):
            ask()
    assert explain(model, X[0]).prediction == model.predict(X[:1])[0]


def test_a_witness_of_a_model_that_was_written_into_is_not_told() -> None:
    model = RandomForestClassifier(6, max_depth=3).fit(X, Y)
    explainer = Explainer.initialize(model, X[0])
    model.estimators_[3].tree_.threshold[0] += 1.0
    with pytest.raises(ModelChangedError):
        _ = explainer.contrastive_reason().witness


def test_rectified_models_and_hand_built_ones() -> None:
    model = DecisionTreeClassifier(max_depth=3).fit(X, Y)
    explainer = Explainer.initialize(model, X[0])
    explainer.rectify(conditions=(explainer.binary_representation[0],), label=int(1 - explainer.target_prediction))
    model.fit(X, OTHER)  # the rectified model is another one
    assert explainer.sufficient_reason() is not None
    node = (
        Builder.DecisionNode(1, operator=Builder.GT, threshold=0.5, left=0, right=1) if hasattr(Builder, "GT") else None
    )
    if node is not None:
        built = Builder.DecisionTree(1, node)
        assert Explainer.initialize(built, [0.0]).contrastive_reason().witness is not None


def test_frames_of_other_columns_do_not_matter() -> None:
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = RandomForestClassifier(6, max_depth=3).fit(frame, Y)
    explainer = Explainer.initialize(model, frame.iloc[[0]], background=frame)
    assert explainer.contrastive_reason().status is not None
