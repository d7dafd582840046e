"""Fitted models of every family, chosen at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn import ensemble, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tests.brute.choices import Choices
from tests.soak.built import BUILT
from tests.soak.contrasts import CONTRASTS
from tests.soak.imitated import IMITATED
from tests.soak.kinds import Kind
from tests.soak.stored import STORED
from tests.soak.sums import SUMS
from tests.soak.texts import TEXTS
from tests.soak.wrapped import WRAPPED


def _small(choose: Choices, seed: int) -> dict[str, Any]:
    return {"n_estimators": choose.whole(1, 7), "max_depth": choose.whole(1, 4), "random_state": seed}


def _xgboost(choose: Choices, seed: int, **more: Any) -> Any:
    import xgboost

    rate = choose.one_of([0.3, 0.5, 1.0])
    return xgboost.XGBClassifier(**_small(choose, seed), learning_rate=rate, n_jobs=1, min_child_weight=0, **more)


def _lightgbm(choose: Choices, seed: int) -> Any:
    import lightgbm

    found = {"min_child_samples": 2, "min_data_in_bin": 1, "num_leaves": choose.whole(2, 6), "verbose": -1}
    return lightgbm.LGBMClassifier(**_small(choose, seed), **found, n_jobs=1)


def _catboost(choose: Choices, seed: int) -> Any:
    import catboost

    return catboost.CatBoostClassifier(
        iterations=choose.whole(1, 4), depth=choose.whole(1, 3), random_seed=seed, verbose=False,
        allow_writing_files=False, thread_count=1,
    )  # fmt: skip


def _histogram(choose: Choices, seed: int) -> Any:
    return ensemble.HistGradientBoostingClassifier(
        max_iter=choose.whole(1, 4), max_leaf_nodes=choose.whole(2, 6), min_samples_leaf=2, random_state=seed
    )


def _voting(choose: Choices, seed: int) -> Any:
    members = [
        ("a", ensemble.RandomForestClassifier(2, max_depth=2, random_state=seed)),
        ("b", tree.DecisionTreeClassifier(max_depth=choose.whole(1, 3), random_state=seed)),
        ("c", ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=2, random_state=seed)),
    ]
    return ensemble.VotingClassifier(members[: choose.whole(2, 3)], voting=choose.one_of(["hard", "soft"]))


def _calibrated(choose: Choices, seed: int) -> Any:
    inner = ensemble.RandomForestClassifier(2, max_depth=2, random_state=seed)
    return CalibratedClassifierCV(inner, method=choose.one_of(["sigmoid", "isotonic"]), cv=2)


def _stacking(choose: Choices, seed: int) -> Any:
    members = [
        ("a", ensemble.RandomForestClassifier(2, max_depth=2, random_state=seed)),
        ("b", tree.DecisionTreeClassifier(max_depth=choose.whole(1, 3), random_state=seed)),
    ]
    return ensemble.StackingClassifier(members, LogisticRegression(), cv=2)


def _numbers(choose: Choices, seed: int) -> Any:
    members = [
        ("a", ensemble.RandomForestRegressor(2, max_depth=2, random_state=seed)),
        ("b", tree.DecisionTreeRegressor(max_depth=choose.whole(1, 3), random_state=seed)),
    ]
    return ensemble.VotingRegressor(members)


def _xgboost_regressor(choose: Choices, seed: int) -> Any:
    import xgboost

    return xgboost.XGBRegressor(**_small(choose, seed), learning_rate=0.5, n_jobs=1, min_child_weight=0)


def _lightgbm_regressor(choose: Choices, seed: int) -> Any:
    import lightgbm

    found = {"min_child_samples": 2, "min_data_in_bin": 1, "num_leaves": choose.whole(2, 6), "verbose": -1}
    return lightgbm.LGBMRegressor(**_small(choose, seed), **found, n_jobs=1)


def _histogram_regressor(choose: Choices, seed: int) -> Any:
    return ensemble.HistGradientBoostingRegressor(
        max_iter=choose.whole(1, 4), max_leaf_nodes=choose.whole(2, 6), min_samples_leaf=2, random_state=seed
    )


def _tree(choose: Choices, seed: int) -> Any:
    depth, leaves = choose.whole(1, 5), choose.one_of([None, 4, 8])
    return tree.DecisionTreeClassifier(max_depth=depth, max_leaf_nodes=leaves, random_state=seed)


def _dual(choose: Choices, seed: int) -> None:
    from tests.soak.dual import dual  # it draws one of all these

    dual(choose, seed)


HARD = (("voting", "hard"),)
KINDS: dict[str, Kind] = {
    "tree": Kind("tree", _tree, missing=True),
    "extra tree": Kind("tree", lambda c, s: tree.ExtraTreeClassifier(max_depth=c.whole(1, 4), random_state=s),
                       between=False),
    "forest": Kind("forest", lambda c, s: ensemble.RandomForestClassifier(**_small(c, s)), missing=True),
    "forest, hard votes": Kind("forest", lambda c, s: ensemble.RandomForestClassifier(**_small(c, s)), options=HARD),
    "extra trees": Kind("forest", lambda c, s: ensemble.ExtraTreesClassifier(**_small(c, s)), between=False),
    "bagging": Kind("forest", lambda c, s: ensemble.BaggingClassifier(
        tree.DecisionTreeClassifier(max_depth=2), c.whole(1, 5), max_features=c.one_of([1.0, 0.7]), random_state=s)),
    "gradient boosting": Kind("boosted", lambda c, s: ensemble.GradientBoostingClassifier(**_small(c, s))),
    "histogram boosting": Kind("boosted", _histogram, missing=True),
    "xgboost": Kind("boosted", _xgboost, missing=True, needs="xgboost"),
    "xgboost, exact": Kind("boosted", lambda c, s: _xgboost(c, s, tree_method="exact"), needs="xgboost"),
    "lightgbm": Kind("boosted", _lightgbm, missing=True, needs="lightgbm"),
    "catboost": Kind("boosted", _catboost, needs="catboost"),
    "adaboost": Kind("boosted", lambda c, s: ensemble.AdaBoostClassifier(
        tree.DecisionTreeClassifier(max_depth=2), n_estimators=c.whole(1, 4), random_state=s)),
    "tree regressor": Kind("boosted", lambda c, s: tree.DecisionTreeRegressor(max_depth=c.whole(1, 4), random_state=s),
                           target="number"),
    "forest regressor": Kind("boosted", lambda c, s: ensemble.RandomForestRegressor(**_small(c, s)), target="number"),
    "boosted regressor": Kind("boosted", lambda c, s: ensemble.GradientBoostingRegressor(**_small(c, s)),
                              target="number"),
    "xgboost regressor": Kind("boosted", _xgboost_regressor, target="number", missing=True, needs="xgboost"),
    "lightgbm regressor": Kind("boosted", _lightgbm_regressor, target="number", missing=True, needs="lightgbm"),
    "histogram regressor": Kind("boosted", _histogram_regressor, target="number", missing=True),
    "voting regressor": Kind("boosted", _numbers, target="number"),
    "bagged boosting": Kind("composed", lambda c, s: ensemble.BaggingClassifier(
        ensemble.GradientBoostingClassifier(n_estimators=2, max_depth=2, random_state=s), 2, random_state=s),
        near=1e-9),
    "bayes": Kind("boosted", lambda c, s: BernoulliNB(alpha=c.one_of([0.1, 1.0]), binarize=0.5), near=1e-9),
    "one against the rest": Kind("boosted", lambda c, s: OneVsRestClassifier(_tree(c, s))),
    "scaled forest": Kind("forest", lambda c, s: make_pipeline(
        StandardScaler(), ensemble.RandomForestClassifier(**_small(c, s)))),
    "voting": Kind("composed", _voting, near=1e-9),
    "stacking": Kind("composed", _stacking, near=1e-9),
    "calibrated": Kind("composed", _calibrated, near=1e-9),
    "tree of labels": Kind("multilabel", _tree, target="labels"),
    "forest of labels": Kind("multilabel", lambda c, s: ensemble.RandomForestClassifier(**_small(c, s)),
                             target="labels"),
    "a model a label": Kind("multilabel", lambda c, s: MultiOutputClassifier(_tree(c, s)), target="labels"),
    "chain": Kind("multilabel", lambda c, s: ClassifierChain(_tree(c, s)), target="labels"),
    **SUMS,
    **WRAPPED,
    **BUILT,
    **STORED,
    **TEXTS,
    **IMITATED,
    **CONTRASTS,
    "all against all": Kind("beyond brute force", alone=_dual, asked=("all against all",)),
}  # fmt: skip
LABELS = ((0, 1), ("no", "yes"), (False, True), (0, 1, 2), (1, 2, 3), ("c", "a", "b"), (-1, 1), (7, -3, 4))


def targets(choose: Choices, kind: Kind, rng: np.random.Generator, X: np.ndarray) -> np.ndarray:
    """What a model is fitted to predict: something of the rows, with noise."""
    filled = np.nan_to_num(X, nan=-2.0)
    slope = rng.normal(size=(filled.shape[1], 2))
    score = filled @ slope + rng.normal(scale=choose.one_of([0.0, 0.5, 2.0]), size=(len(X), 2))
    score += 2.0 * (filled[:, :1] == filled[0, 0])
    if kind.target == "number":
        return score[:, 0].round(1)
    if kind.target == "labels":
        return (score > np.median(score, axis=0)).astype(int)
    fit = [told for told in LABELS if (kind.needs == "sklearn" or told[0] == 0) and len(told) <= kind.classes]
    labels = np.array(choose.one_of(fit))
    cuts = np.quantile(score[:, 0], np.linspace(0, 1, len(labels) + 1)[1:-1])
    return labels[np.digitize(score[:, 0], cuts)]
