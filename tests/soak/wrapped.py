"""Models behind steps, in wrappers, of files, and those of which a part is asked: each as its own ``predict`` says."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import suffice
from sklearn import ensemble, tree
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.feature_selection import RFE
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, PowerTransformer, TargetEncoder

from tests.brute.choices import Choices
from tests.soak.kinds import DECLARED, Kind
from tests.soak.worlds import World

Fitted = Any
NEAR = 1e-9
PLAIN = ("integer", "binary", "category", "number")
SETS = ("many", "many", "binary", "integer")


def _forest(choose: Choices, seed: int) -> Any:
    return ensemble.RandomForestClassifier(choose.whole(1, 5), max_depth=choose.whole(1, 3), random_state=seed)


def _tree(choose: Choices, seed: int) -> Any:
    return tree.DecisionTreeClassifier(max_depth=choose.whole(1, 4), random_state=seed)


def _numbers(choose: Choices, seed: int) -> Any:
    return ensemble.RandomForestRegressor(choose.whole(1, 4), max_depth=choose.whole(1, 3), random_state=seed)


def _binned(choose: Choices, seed: int) -> Any:
    how = {"strategy": choose.one_of(["uniform", "quantile"]), "encode": choose.one_of(["ordinal", "onehot-dense"])}
    return make_pipeline(KBinsDiscretizer(choose.whole(2, 4), **how, quantile_method="linear"), _tree(choose, seed))


def _imputed(choose: Choices, seed: int) -> Any:
    return make_pipeline(SimpleImputer(strategy="most_frequent", add_indicator=choose.coin()), _forest(choose, seed))


def _encoded(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    """Categories behind an encoder, by place or by name, other columns beside them."""
    named = hasattr(rows, "columns")
    mine = [c.owned[0] for c in world.columns if c.kind == "category"]
    several = len(np.unique(y)) > 2
    steps = [OneHotEncoder(handle_unknown="ignore", sparse_output=False),
             OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=9, sparse_output=False),
             OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)]  # fmt: skip
    step = choose.one_of(steps if several else [*steps, TargetEncoder(cv=2, random_state=seed)])
    chosen = [world.names[c] for c in mine] if named else mine
    first = ColumnTransformer([("codes", step, chosen)], remainder=choose.one_of(["passthrough", "drop"]))
    return make_pipeline(first, _forest(choose, seed)).fit(rows, y)


def _threshold(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    del world
    inner = choose.one_of([_forest, _tree])(choose, seed)
    how = {"pos_label": np.unique(y)[1], "response_method": "predict_proba"}
    return FixedThresholdClassifier(inner, threshold=choose.one_of([0.3, 0.4, 0.62]), **how).fit(rows, y)


def _frozen(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    del world
    return FrozenEstimator(_forest(choose, seed).fit(rows, y))


def _median(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    """Where the weighted median of some trees lies."""
    del world
    number = np.unique(y, return_inverse=True)[1] + np.asarray(rows)[:, 0]
    number = np.nan_to_num(number)
    inner = tree.DecisionTreeRegressor(max_depth=choose.whole(1, 3))
    made = ensemble.AdaBoostRegressor(inner, n_estimators=choose.whole(1, 4), random_state=seed).fit(rows, number)
    values = np.unique(made.predict(rows))
    low, high = sorted(choose.one_of(((values[1:] + values[:-1]) / 2).tolist() or [0.0]) for _ in range(2))
    return suffice.Between(made, low, high)


def _output(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    del world
    both = np.column_stack([y, np.nan_to_num(np.asarray(rows))[:, -1] + y])
    return suffice.Output(_numbers(choose, seed).fit(rows, both), choose.one_of(["y1", "y2"]))


def _isolation(choose: Choices, seed: int) -> Any:
    return ensemble.IsolationForest(n_estimators=choose.whole(1, 5), max_samples=8, random_state=seed,
                                    contamination=choose.one_of(["auto", 0.3]))  # fmt: skip


def _codes(world: World) -> list[int]:
    return [c.owned[0] for c in world.columns if c.kind == "category"]


def _histogram_codes(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    made = ensemble.HistGradientBoostingClassifier(
        max_iter=choose.whole(1, 4), max_leaf_nodes=choose.whole(2, 6), min_samples_leaf=2, random_state=seed,
        categorical_features=_codes(world) or None,
    )  # fmt: skip
    return made.fit(rows, y)


def _lightgbm_codes(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    import lightgbm

    made = lightgbm.LGBMClassifier(
        n_estimators=choose.whole(1, 5), num_leaves=choose.whole(2, 6), min_child_samples=2, min_data_in_bin=1,
        min_data_per_group=1, cat_smooth=1, max_cat_to_onehot=choose.one_of([1, 4]), verbose=-1, n_jobs=1,
        random_state=seed,
    )  # fmt: skip
    return made.fit(rows, y, categorical_feature=_codes(world))


def _xgboost_codes(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    import xgboost

    kinds = ["c" if c in _codes(world) else "q" for c in range(len(world.names))]
    made = xgboost.XGBClassifier(
        n_estimators=choose.whole(1, 5), max_depth=choose.whole(1, 3), random_state=seed, n_jobs=1, min_child_weight=0,
        feature_types=kinds, enable_categorical=True, max_cat_to_onehot=choose.one_of([1, 4]), tree_method="hist",
    )  # fmt: skip
    return made.fit(rows, y)


def _xgboost(choose: Choices, seed: int, **how: Any) -> Any:
    import xgboost

    made = xgboost.XGBRFClassifier if how.pop("forest", False) else xgboost.XGBClassifier
    small = {"n_estimators": choose.whole(1, 5), "max_depth": choose.whole(1, 3), "random_state": seed, "n_jobs": 1}
    return made(**small, min_child_weight=0, **how)


def _lightgbm(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    import lightgbm

    del world
    ways = [{"boosting_type": "dart"}, {"extra_trees": True},
            {"boosting_type": "rf", "subsample": 0.7, "subsample_freq": 1}]  # fmt: skip
    how: dict[str, Any] = choose.one_of([*ways, {"objective": "multiclassova"}] if len(np.unique(y)) > 2 else ways)
    made = lightgbm.LGBMClassifier(
        n_estimators=choose.whole(1, 5), num_leaves=choose.whole(2, 6), min_child_samples=2, min_data_in_bin=1,
        verbose=-1, n_jobs=1, random_state=seed, **how,
    )  # fmt: skip
    return made.fit(rows, y)


def _catboost(choose: Choices, seed: int, **how: Any) -> Any:
    import catboost

    number = how.pop("number", False)
    how["grow_policy"] = choose.one_of(["SymmetricTree", "Depthwise"])
    if not number:
        how["loss_function"] = choose.one_of(["MultiClass", "MultiClassOneVsAll"])
    made = catboost.CatBoostRegressor if number else catboost.CatBoostClassifier
    small = {"iterations": choose.whole(1, 4), "depth": choose.whole(1, 3), "random_seed": seed, "thread_count": 1}
    return made(**small, **how, verbose=False, allow_writing_files=False)


class Exported:
    """A model that CatBoost wrote as ONNX, asked by onnxruntime."""

    def __init__(self, model: Any) -> None:
        import onnx
        import onnxruntime

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            model.save_model(str(path), format="onnx")
            self.proto = onnx.load(str(path))
        how = onnxruntime.SessionOptions()
        how.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(self.proto.SerializeToString(), how)
        own = np.asarray(model.classes_)
        self.classes_ = np.arange(2) if len(own) == 2 and own.dtype.kind != "U" else own  # as the file has them

    def predict(self, rows: Any) -> np.ndarray:
        """What the first output says."""
        name = self.session.get_inputs()[0].name
        said: np.ndarray = np.asarray(self.session.run(None, {name: np.asarray(rows, dtype=np.float32)})[0])
        return said.astype(self.classes_.dtype)


def _exported(choose: Choices, seed: int, world: World, rows: Any, y: np.ndarray) -> Any:
    import catboost

    del world
    small = {"iterations": choose.whole(1, 4), "depth": choose.whole(1, 3), "random_seed": seed, "thread_count": 1}
    made = catboost.CatBoostClassifier(**small, verbose=False, allow_writing_files=False)
    return Exported(made.fit(np.asarray(rows), y))


def _stacked_numbers(choose: Choices, seed: int) -> Any:
    members = [("a", _numbers(choose, seed)), ("b", tree.DecisionTreeRegressor(max_depth=2, random_state=seed))]
    return ensemble.StackingRegressor(members, RidgeCV(), cv=2)


WRAPPED: dict[str, Kind] = {
    "binned tree": Kind("tree", _binned, between=False),
    "imputed forest": Kind("forest", _imputed, missing=True),
    "encoded forest": Kind("forest", fit=_encoded, columns=(*DECLARED, "category", "category"), codes=True),
    "powers": Kind("tree", lambda c, s: make_pipeline(PowerTransformer(), _tree(c, s)), between=False),
    "threshold": Kind("forest", fit=_threshold, classes=2),
    "frozen": Kind("forest", fit=_frozen, missing=True),
    "search": Kind("forest", lambda c, s: GridSearchCV(_forest(c, s), {}, cv=2), missing=True),
    "chosen columns": Kind("forest", lambda c, s: RFE(_forest(c, s), n_features_to_select=2)),
    "started boosting": Kind("boosted", lambda c, s: ensemble.GradientBoostingClassifier(
        n_estimators=c.whole(1, 4), max_depth=2, init=_tree(c, s), random_state=s), classes=2),
    "weighted median": Kind("boosted", fit=_median, near=NEAR),
    "isolation": Kind("boosted", _isolation, between=False),
    "one output": Kind("boosted", fit=_output, target="number"),
    "target of logs": Kind("boosted", lambda c, s: TransformedTargetRegressor(
        _numbers(c, s), func=np.arcsinh, inverse_func=np.sinh), target="number"),
    "stacked numbers": Kind("boosted", _stacked_numbers, target="number"),
    "histogram boosting, categories": Kind("boosted", fit=_histogram_codes, missing=True, codes=True),
    "histogram boosting, sets": Kind("boosted", fit=_histogram_codes, missing=True, codes=True, columns=SETS),
    "lightgbm, sets": Kind("boosted", fit=_lightgbm_codes, missing=True, needs="lightgbm", codes=True, columns=SETS),
    "lightgbm, categories": Kind("boosted", fit=_lightgbm_codes, missing=True, needs="lightgbm"),
    "xgboost, categories": Kind("boosted", fit=_xgboost_codes, missing=True, needs="xgboost", codes=True),
    "xgboost, dart": Kind("boosted", lambda c, s: _xgboost(c, s, booster="dart", rate_drop=0.3), missing=True,
                          needs="xgboost"),
    "xgboost, forest": Kind("boosted", lambda c, s: _xgboost(c, s, forest=True), missing=True, needs="xgboost"),
    "lightgbm, others": Kind("boosted", fit=_lightgbm, between=False, missing=True, needs="lightgbm"),
    "catboost, others": Kind("boosted", _catboost, missing=True, needs="catboost"),
    "catboost regressor": Kind("boosted", lambda c, s: _catboost(c, s, number=True), missing=True, target="number",
                               needs="catboost"),
    "onnx": Kind("boosted", fit=_exported, needs="onnxruntime", columns=PLAIN, named=False,
                 given=lambda model: model.proto),
    "boosted labels": Kind("multilabel", lambda c, s: MultiOutputClassifier(ensemble.GradientBoostingClassifier(
        n_estimators=2, max_depth=2, random_state=s)), target="labels"),
    "labels against the rest": Kind("multilabel", lambda c, s: OneVsRestClassifier(_tree(c, s)), target="labels"),
    "xgboost of labels": Kind("multilabel", _xgboost, target="labels", needs="xgboost"),
}  # fmt: skip
