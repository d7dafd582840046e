"""Steps of pipelines before a model, and those that are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE, SelectFromModel, SelectKBest, VarianceThreshold
from sklearn.impute import KNNImputer, MissingIndicator, SimpleImputer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    SplineTransformer,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier

from tests.taken.case import Case, Refused

GROUP = "pipeline steps"
_RNG = np.random.default_rng(4)
NUMBERS = pd.DataFrame(
    {"age": _RNG.integers(18, 80, 90).astype(float), "income": _RNG.gamma(2.0, 20.0, 90), "rate": _RNG.random(90) + 0.1}
)
Y = np.where((NUMBERS["age"] > 45) ^ (NUMBERS["income"] > 40), "yes", "no")
MIXED = NUMBERS.assign(
    colour=_RNG.choice(["red", "green", "blue"], 90), size=_RNG.choice(["small", "large"], 90)
)  # fmt: skip
HOLES = NUMBERS.mask(_RNG.random((90, 3)) < 0.2)
DAYS = pd.date_range("2024-01-01", "2024-03-10", freq="D")
DATES = NUMBERS[["age"]].assign(day=_RNG.choice(DAYS, 90))


def parts_of(days: Any) -> Any:
    """Return the month, the day of the month and that of the week."""
    return pd.DataFrame({"m": days["day"].dt.month, "d": days["day"].dt.day, "w": days["day"].dt.day_of_week})


def tree() -> Any:
    """Return a small tree."""
    return DecisionTreeClassifier(max_depth=3, random_state=0)


def steps(*parts: Any, rows: Any = NUMBERS, final: Any = None) -> Any:
    """Return what makes a pipeline with a small model behind some steps."""

    def make() -> tuple[Any, Any]:
        last = RandomForestClassifier(3, max_depth=3, random_state=0) if final is None else final
        return make_pipeline(*parts, last).fit(rows, Y), rows

    return make


def in_frames() -> tuple[Any, Any]:
    """Return a pipeline whose steps hand on data frames."""
    made = make_pipeline(PowerTransformer(), StandardScaler(), tree()).set_output(transform="pandas")
    return made.fit(NUMBERS, Y), NUMBERS


def on(columns: Any, step: Any, **how: Any) -> Any:
    """Return a step for some columns; the numbers beside them pass."""
    rest = [name for name in ("age", "income", "rate") if name not in columns]
    return ColumnTransformer([("step", step, columns), ("rest", "passthrough", rest)], **how)


COLOURS = ["colour", "size"]
CASES = [
    Case(GROUP, "scalers, Binarizer, VarianceThreshold and other selectors", steps(
        StandardScaler(), VarianceThreshold(), SelectKBest(k=2), MinMaxScaler())),
    Case(GROUP, "SelectFromModel, RFE, SequentialFeatureSelector", steps(
        RFE(tree(), n_features_to_select=2), SelectFromModel(tree(), threshold="mean"))),
    Case(GROUP, "FunctionTransformer of np.log1p, log, sqrt, cbrt, exp, tanh, arctan and their like",
         steps(FunctionTransformer(np.log1p), StandardScaler()),
         note="each number near a border is asked about, since last bits may go back; rows in the function's domain"),
    Case(GROUP, "FunctionTransformer of np.negative, abs, square", steps(
        FunctionTransformer(np.negative), FunctionTransformer(np.square), FunctionTransformer(np.sqrt)),
         note="columns of floats"),
    Case(GROUP, "FunctionTransformer of np.clip, round, digitize with kw_args", steps(
        FunctionTransformer(np.clip, kw_args={"a_min": 0.5, "a_max": 60.0}))),
    Case(GROUP, "PowerTransformer (Yeo-Johnson, Box-Cox)", steps(
        PowerTransformer("box-cox"), PowerTransformer(standardize=False))),
    Case(GROUP, "QuantileTransformer (uniform, normal)", steps(
        QuantileTransformer(n_quantiles=20, output_distribution="normal"))),
    Case(GROUP, "KBinsDiscretizer, all strategies and encodings", steps(
        on(["age", "income"], KBinsDiscretizer(4, encode="onehot", strategy="uniform")))),
    Case(GROUP, "SimpleImputer, add_indicator=True too", steps(SimpleImputer(add_indicator=True), rows=HOLES),
         arguments=(("missing", True),)),
    Case(GROUP, "MissingIndicator in a FeatureUnion", steps(
        FeatureUnion([("filled", SimpleImputer()), ("marks", MissingIndicator(features="all"))]), rows=HOLES),
         arguments=(("missing", True),)),
    Case(GROUP, "KNNImputer, IterativeImputer where nothing is missing", steps(KNNImputer(), rows=NUMBERS)),
    Case(GROUP, "OneHotEncoder: infrequent, unknown and dropped categories", steps(
        on(COLOURS, OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=35)), rows=MIXED)),
    Case(GROUP, "OrdinalEncoder with unknown values", steps(
        on(COLOURS, OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)), rows=MIXED)),
    Case(GROUP, "TargetEncoder", steps(on(COLOURS, TargetEncoder(cv=2)), rows=MIXED)),
    Case(GROUP, "FunctionTransformer of any function of one column, such as a date split into parts",
         steps(ColumnTransformer([("day", FunctionTransformer(parts_of), ["day"]), ("age", "passthrough", ["age"])]),
               rows=DATES), arguments=(("features_type", {"categorical": {"day": DAYS}}),),
         note="where the values of the column are declared"),
    Case(GROUP, "ColumnTransformer, nested, with weights and selectors by dtype", steps(
        ColumnTransformer([
            ("numbers", on(["age"], StandardScaler(), transformer_weights={"step": -2.0}),
             make_column_selector(dtype_include="number")),
            ("texts", OneHotEncoder(), make_column_selector(dtype_exclude="number")),
        ]), rows=MIXED)),
    Case(GROUP, "set_output(transform=\"pandas\")", in_frames),
]  # fmt: skip
REFUSED = [
    Refused(GROUP, "PCA and other mixtures", steps(PCA(2)), match="makes each of its columns of several ones",
            why="each of its columns is made of several; explain the model on what the steps make of rows, or by a "
                "surrogate"),
    Refused(GROUP, "PolynomialFeatures", steps(PolynomialFeatures(2)), match="which multiplies columns with each other",
            why="products of columns; trees find them by themselves"),
    Refused(GROUP, "SplineTransformer", steps(SplineTransformer()), match="whose columns rise and fall",
            why="its columns rise and fall; KBinsDiscretizer is taken in its place"),
    Refused(GROUP, "FunctionTransformer of an unknown function", steps(on(["age"], FunctionTransformer(np.sin))),
            match="declare the values of that column",
            why="it is not known that it rises or falls; any function of one column is taken where its values are "
                "declared"),
    Refused(GROUP, "KNNImputer, IterativeImputer where something is missing", steps(KNNImputer(), rows=HOLES),
            arguments=(("missing", True),), match="fills them in from other columns",
            why="the filled value depends on other columns; SimpleImputer is taken"),
]  # fmt: skip
