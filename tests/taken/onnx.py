"""ONNX models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    BaggingClassifier,
    GradientBoostingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.taken.case import BAND, Case, Refused
from tests.taken.known import NUMBERS, ROWS, THREE, Y

skl2onnx = pytest.importorskip("skl2onnx")
pytest.importorskip("onnxruntime")

FLOATS = ROWS.astype(np.float32)
VALUES = {f"f{c + 1}": sorted(set(FLOATS[:, c].tolist())) for c in range(FLOATS.shape[1])}
FLAT = {"zipmap": False}


def exported(model: Any, y: Any, rows: Any = FLOATS) -> Callable[[], tuple[Any, Any]]:
    """Return what makes a model and exports it by skl2onnx."""

    def make() -> tuple[Any, Any]:
        fitted = model.fit(rows, y)
        options = FLAT if hasattr(fitted, "predict_proba") else None
        return skl2onnx.to_onnx(fitted, rows[:1], options=options), rows

    return make


def with_steps() -> tuple[Any, Any]:
    """Return a graph with an input a column, numbers and texts."""
    table = pd.DataFrame({"rate": FLOATS[:, 0], "job": np.where(FLOATS[:, 1] > 1, "cook", "clerk")})
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    steps = ColumnTransformer([("a", numbers, ["rate"]), ("b", OneHotEncoder(handle_unknown="ignore"), ["job"])])
    fitted = make_pipeline(steps, RandomForestClassifier(3, max_depth=3, random_state=0)).fit(table, Y)
    kinds = skl2onnx.common.data_types
    types = [("rate", kinds.FloatTensorType([None, 1])), ("job", kinds.StringTensorType([None, 1]))]
    return skl2onnx.convert_sklearn(fitted, initial_types=types, options={id(fitted): FLAT}), table


def newest(aggregate: int = 1) -> tuple[Any, Any]:
    """Return a graph of one TreeEnsemble."""
    from tests.encoders.onnx.made import info, model, newer

    inner = (1, "BRANCH_GT", 1.0, 1, {0: 0.5}, {0: 2.0})
    trees = [(0, "BRANCH_LEQ", 1.0, 0, {0: 1.0}, inner), (1, "BRANCH_LT", 2.0, 0, {0: 0.25}, {0: -1.0})]
    node = newer(trees, FLOATS.shape[1], aggregate_function=aggregate)
    inputs, outputs = [info("X", "float32", None, FLOATS.shape[1])], [info("value", "float32", None, None)]
    return model([node], inputs, outputs, ml=5, main=20), FLOATS


def by_onnxmltools(library: str) -> Callable[[], tuple[Any, Any]]:
    """Return what makes a model of XGBoost or LightGBM and exports it."""

    def make() -> tuple[Any, Any]:
        tools = pytest.importorskip("onnxmltools")
        types = [("input", tools.convert.common.data_types.FloatTensorType([None, FLOATS.shape[1]]))]
        if library == "xgboost":
            fitted = pytest.importorskip("xgboost").XGBClassifier(n_estimators=3, max_depth=2).fit(FLOATS, Y == "yes")
            return tools.convert_xgboost(fitted, initial_types=types), FLOATS
        lightgbm = pytest.importorskip("lightgbm")
        fitted = lightgbm.LGBMClassifier(n_estimators=3, num_leaves=4, min_child_samples=3, verbose=-1).fit(FLOATS, Y)
        return tools.convert_lightgbm(fitted, initial_types=types, zipmap=False), FLOATS

    return make


def by_catboost() -> tuple[Any, Any]:
    """Return a model that CatBoost wrote."""
    import tempfile

    import onnx

    catboost = pytest.importorskip("catboost")
    fitted = catboost.CatBoostClassifier(iterations=3, depth=2, verbose=0, allow_writing_files=False).fit(FLOATS, THREE)
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        fitted.save_model(file.name, format="onnx")
        return onnx.load(file.name), FLOATS


def session() -> tuple[Any, Any]:
    """Return a session."""
    import onnxruntime

    proto, rows = exported(DecisionTreeClassifier(max_depth=2), Y)()
    return onnxruntime.InferenceSession(proto.SerializeToString()), rows


CASES = [
    Case(
        "onnx", "TreeEnsembleClassifier, two labels", exported(RandomForestClassifier(3, max_depth=3), Y),
        note="as onnxruntime adds on one thread",
    ),
    Case("onnx", "the same, several labels", exported(GradientBoostingClassifier(n_estimators=2, max_depth=2), THREE)),
    Case("onnx", "TreeEnsembleRegressor", exported(RandomForestRegressor(3, max_depth=3), NUMBERS)),
    Case("onnx", "TreeEnsemble (ai.onnx.ml 5)", newest, note="SUM, AVERAGE; all branch modes"),
    Case(
        "onnx", "LinearClassifier; MatMul and Gemm before ArgMax", exported(LogisticRegression(), Y), BAND,
        arguments=(("features_type", {"categorical": VALUES}),), note="over declared values, or numbers of a range",
    ),
    Case(
        "onnx", "LinearRegressor; MatMul and Gemm", exported(LinearRegression(), NUMBERS), BAND,
        arguments=(("features_type", {"categorical": VALUES}),), note="the same",
    ),
    Case(
        "onnx", "with steps before it, an input a column", with_steps,
        note="Scaler, Imputer, OneHotEncoder, LabelEncoder, CategoryMapper, Binarizer, Cast, Clip, arithmetic with "
        "constants, chosen and joined columns",
    ),
    Case("onnx", "exported by onnxmltools: XGBoost", by_onnxmltools("xgboost")),
    Case("onnx", "exported by onnxmltools: LightGBM", by_onnxmltools("lightgbm")),
    Case("onnx", "exported by CatBoost", by_catboost),
    Case("onnx", "InferenceSession, bytes, .onnx files", session),
]  # fmt: skip

REFUSED = [
    Refused(
        "onnx", "MIN and MAX of several trees", lambda: newest(2), match="takes the MIN of its 2 trees",
        why="they are no sums",
    ),
    Refused(
        "onnx", "several models in one graph", exported(BaggingClassifier(n_estimators=2), Y), match="adds up 2 models",
        why="bagging, AdaBoost and voting become many nodes",
    ),
    Refused(
        "onnx", "Normalizer", exported(make_pipeline(Normalizer(), DecisionTreeClassifier(max_depth=2)), Y),
        match="Normalizer", why="each column depends on all others",
    ),
]  # fmt: skip
