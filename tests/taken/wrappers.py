"""Wrappers that predict what the model inside them does, moved cuts, transformed targets."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV, TunedThresholdClassifierCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from tests.taken.case import BAND, Case, Refused

RNG = np.random.default_rng(9)
ROWS = RNG.integers(0, 6, (80, 3)).astype(float)
Y = np.where(ROWS[:, 0] + ROWS[:, 1] > 5, "yes", "no").astype(object)
NUMBERS = 1.0 + ROWS[:, 0] * 2.5 + ROWS[:, 1]
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
FOREST = RandomForestClassifier(n_estimators=3, max_depth=3, random_state=0)
BOOSTED = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0)
REGRESSORS = RandomForestRegressor(n_estimators=3, max_depth=3, random_state=0)
STEPS = make_pipeline(StandardScaler(), FOREST)
RANGES = (("features_type", {f"f{i}": range(6) for i in (1, 2, 3)}),)
LOG = {"func": np.log1p, "inverse_func": np.expm1}


def fitted(model: Any, y: Any = Y) -> Any:
    return lambda: (model.fit(ROWS, y), ROWS)


def target(regressor: Any, **how: Any) -> Any:
    return fitted(TransformedTargetRegressor(regressor, **how), NUMBERS)


def fixed(model: Any) -> FixedThresholdClassifier:
    return FixedThresholdClassifier(model, threshold=0.4, pos_label="yes")


def of_texts() -> Any:
    texts = ["good day", "bad day", "fine", "worse"] * 5
    return fixed(make_pipeline(CountVectorizer(), TREE)).fit(texts, ["yes", "no"] * 10), texts


CASES = [
    Case("wrappers", "GridSearchCV, RandomizedSearchCV, halving searches", fitted(GridSearchCV(FOREST, {}, cv=2)),
         note="with refit; those of other libraries by best_estimator_"),
    Case("wrappers", "a search over a pipeline, or at its end",
         fitted(make_pipeline(StandardScaler(), GridSearchCV(FOREST, {}, cv=2)))),
    Case("wrappers", "a pipeline in a pipeline", fitted(make_pipeline(StandardScaler(), STEPS))),
    Case("wrappers", "FrozenEstimator", lambda: (FrozenEstimator(FOREST.fit(ROWS, Y)), ROWS)),
    Case("wrappers", "SelfTrainingClassifier", fitted(SelfTrainingClassifier(FOREST))),
    Case("wrappers", "RFE, RFECV", fitted(RFE(FOREST, n_features_to_select=2))),
    Case("wrappers", "FixedThresholdClassifier", fitted(fixed(FOREST)), note="the cut is the float at which it turns"),
    Case("wrappers", "TunedThresholdClassifierCV over boosting, behind steps",
         fitted(make_pipeline(StandardScaler(), TunedThresholdClassifierCV(BOOSTED, cv=2)), (Y == "yes").astype(int))),
    Case("wrappers", "a threshold over a linear classifier", fitted(fixed(LogisticRegression())), exactness=BAND,
         arguments=RANGES),
    Case("wrappers", "TransformedTargetRegressor", target(REGRESSORS, **LOG),
         note="inverses of numpy, scalers, PowerTransformer; they must not turn back"),
    Case("wrappers", "TransformedTargetRegressor of a single tree, any inverse",
         target(DecisionTreeRegressor(max_depth=3), func=np.cos, inverse_func=np.arccos, check_inverse=False)),
]  # fmt: skip
REFUSED = [
    Refused("wrappers", "a search with refit=False", fitted(GridSearchCV(FOREST, {}, cv=2, refit=False)),
            match="refit=False", why="it keeps no model"),
    Refused("wrappers", "TransformedTargetRegressor with a function of one's own, over several trees",
            target(REGRESSORS, func=lambda y: y * 2, inverse_func=lambda z: z / 2), match="of which is not known",
            why="whether it always rises is not known of sums that are not listed"),
    Refused("wrappers", "TransformedTargetRegressor with an inverse that turns back, as it is rounded",
            target(REGRESSORS, transformer=QuantileTransformer(n_quantiles=20, output_distribution="normal")),
            match="rises and falls", why="ranges of numbers are then no ranges of sums"),
    Refused("wrappers", "thresholds, votes and calibrators over pipelines that read texts", of_texts,
            match="reads texts", why="each text has a form of its own; searches over such pipelines are taken"),
]  # fmt: skip
