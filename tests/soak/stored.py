"""Models of files, of other exporters, explainers that were saved, and steps and cuts that ``wrapped`` has not."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import suffice
from sklearn import ensemble, linear_model, naive_bayes, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, StandardScaler
from sklearn.semi_supervised import SelfTrainingClassifier

from tests.brute.choices import Choices
from tests.soak.kinds import ANY, DECLARED, WEIGHED, Kind
from tests.soak.worlds import World

NEAR = 1e-9
PLAIN = ("integer", "binary", "category", "number")


def _small(choose: Choices, seed: int) -> dict[str, Any]:
    return {"n_estimators": choose.whole(1, 5), "max_depth": choose.whole(1, 3), "random_state": seed}


def _inner(choose: Choices, seed: int) -> Any:
    return choose.one_of([
        tree.DecisionTreeClassifier(max_depth=choose.whole(1, 4), random_state=seed),
        ensemble.RandomForestClassifier(**_small(choose, seed)),
        ensemble.GradientBoostingClassifier(**_small(choose, seed)),
    ])  # fmt: skip


class Stored:
    """A booster as its library reads it of the file that it wrote."""

    def __init__(self, booster: Any, path: Path, folder: Any, n_classes: int) -> None:
        self.booster, self.path, self._folder = booster, path, folder
        self.classes_ = np.arange(max(2, n_classes))  # a file knows no names of its classes

    def predict(self, rows: Any) -> np.ndarray:
        """The class of the greatest of the numbers that the file's model gives."""
        numbers = np.asarray(self.booster(np.asarray(rows, dtype=np.float64)))
        found: np.ndarray = numbers.argmax(axis=1) if numbers.ndim == 2 else (numbers > 0).astype(np.int64)
        return found


def _xgboost_file(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    import xgboost

    model = xgboost.XGBClassifier(**_small(choose, seed), min_child_weight=0, n_jobs=1, learning_rate=0.5)
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / f"model.{choose.one_of(['json', 'ubj'])}"
    model.fit(np.asarray(rows), y).save_model(path)
    read = xgboost.Booster(model_file=path)
    return Stored(lambda X: read.predict(xgboost.DMatrix(X), output_margin=True), path, folder, len(model.classes_))


def _lightgbm_file(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    import lightgbm

    found = {"min_child_samples": 2, "min_data_in_bin": 1, "num_leaves": choose.whole(2, 6), "verbose": -1}
    model = lightgbm.LGBMClassifier(**_small(choose, seed), **found, n_jobs=1).fit(np.asarray(rows), y)
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "model.txt"
    model.booster_.save_model(path)
    read = lightgbm.Booster(model_file=path)
    return Stored(lambda X: read.predict(X, raw_score=True), path, folder, len(model.classes_))


class Served:
    """What scikit-learn's exporter made of a model, asked by onnxruntime; its rows are float32."""

    def __init__(self, model: Any, width: int) -> None:
        import onnxruntime
        import skl2onnx

        options = {} if hasattr(model, "predict_proba") is False else {"zipmap": False}
        row = np.zeros((1, width), np.float32)
        self.proto = skl2onnx.to_onnx(model, row, options=options or None)
        how = onnxruntime.SessionOptions()
        how.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.proto.SerializeToString(), how)
        if hasattr(model, "classes_"):  # of a model of one class the exporter makes two, 0 and 1, and says the second
            self.classes_ = np.asarray(model.classes_ if len(model.classes_) > 1 else [0, 1])

    def predict(self, rows: Any) -> np.ndarray:
        """What the first output says."""
        name = self.session.get_inputs()[0].name
        found: np.ndarray = np.asarray(self.session.run(None, {name: np.asarray(rows, dtype=np.float32)})[0])
        return found


def _served(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    model = _inner(choose, seed)
    if world.moderate and choose.coin():  # of numbers that are nearly equal scales overflow
        model = make_pipeline(StandardScaler(), model)
    return Served(model.fit(np.asarray(rows), y), len(world.names))


def _served_number(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    model = choose.one_of([tree.DecisionTreeRegressor(max_depth=3, random_state=seed),
                           ensemble.RandomForestRegressor(**_small(choose, seed))])  # fmt: skip
    return Served(model.fit(np.asarray(rows), y), len(world.names))


def _loaded(model: Any, asked: dict[str, Any]) -> Any:
    """An explainer as it is read of its file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "explainer.suffice"
        suffice.Explainer.initialize(model, **asked).save(path)
        return suffice.load(path)


def _tuned(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    how = {"scoring": choose.one_of(["accuracy", "balanced_accuracy"]), "thresholds": choose.whole(3, 9), "cv": 2}
    return TunedThresholdClassifierCV(_inner(choose, seed), **how).fit(rows, y)


def _one_calibrator(choose: Choices, seed: int) -> Any:
    how = {"method": choose.one_of(["sigmoid", "isotonic"]), "cv": 2, "ensemble": False}
    return CalibratedClassifierCV(_inner(choose, seed), **how)


def _half_labelled(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    codes = np.unique(y, return_inverse=True)[1]
    known = np.random.default_rng(seed).random(len(codes)) < 0.7
    return SelfTrainingClassifier(_inner(choose, seed)).fit(rows, np.where(known, codes, -1))


def _functions(choose: Choices, seed: int) -> Any:
    step = choose.one_of([
        FunctionTransformer(np.arcsinh), FunctionTransformer(np.square), FunctionTransformer(np.abs),
        FunctionTransformer(np.negative), FunctionTransformer(np.clip, kw_args={"a_min": 0.0, "a_max": 2.0}),
        QuantileTransformer(n_quantiles=4, output_distribution=choose.one_of(["uniform", "normal"])),
    ])  # fmt: skip
    return make_pipeline(step, _inner(choose, seed))


def _holes(choose: Choices, seed: int) -> Any:
    fill = SimpleImputer(strategy=choose.one_of(["mean", "median", "most_frequent"]))
    return make_pipeline(make_union(fill, MissingIndicator(features="all")), _inner(choose, seed))


def _vote_of_votes(choose: Choices, seed: int) -> Any:
    inner = ensemble.VotingClassifier([("a", naive_bayes.BernoulliNB(binarize=0.5)), ("b", _inner(choose, seed))],
                                      voting="soft", weights=choose.one_of([None, [2, 1]]))  # fmt: skip
    return ensemble.VotingClassifier(
        [("c", inner), ("d", _inner(choose, seed))], voting=choose.one_of(["hard", "soft"])
    )


def _one_of_several(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    both = np.column_stack([y, np.nan_to_num(np.asarray(rows))[:, -1] - y])
    inner = ensemble.GradientBoostingRegressor(n_estimators=2, max_depth=2, random_state=seed)
    return suffice.Output(MultiOutputRegressor(inner).fit(rows, both), choose.whole(0, 1))


STORED: dict[str, Kind] = {
    "xgboost, file": Kind("boosted", fit=_xgboost_file, missing=True, needs="xgboost", named=False, columns=PLAIN,
                          given=lambda model: str(model.path)),
    "lightgbm, file": Kind("boosted", fit=_lightgbm_file, missing=True, needs="lightgbm", named=False, columns=PLAIN,
                           given=lambda model: str(model.path)),
    "onnx of scikit-learn": Kind("boosted", fit=_served, needs="skl2onnx", columns=PLAIN, named=False,
                                 given=lambda model: model.proto),
    "onnx regressor": Kind("boosted", fit=_served_number, needs="skl2onnx", columns=PLAIN[:3], named=False,
                           target="number", given=lambda model: model.proto),
    "saved": Kind(ANY, _inner, made=_loaded),
    "saved sum": Kind("boosted", lambda c, s: linear_model.LogisticRegression(C=c.one_of([0.1, 1.0])), columns=WEIGHED,
                      near=NEAR, made=_loaded),
    "tuned threshold": Kind(ANY, fit=_tuned, classes=2),
    "one calibrator": Kind("composed", _one_calibrator, near=NEAR),
    "half labelled": Kind(ANY, fit=_half_labelled),
    "functions": Kind(ANY, _functions, between=False),
    "indicators": Kind(ANY, _holes, missing=True, between=False),
    "votes of votes": Kind("composed", _vote_of_votes, columns=DECLARED, near=NEAR),
    "one of several outputs": Kind("boosted", fit=_one_of_several, target="number"),
}  # fmt: skip
