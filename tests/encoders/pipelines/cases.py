"""Random pipelines and frames, and the comparison of a compiled pipeline with its own ``predict``."""

import warnings

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_selection import SelectKBest, VarianceThreshold, f_classif
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier
from suffice.encoders.pipelines.models import compile_model
from suffice.encoders.selfcheck import border_rows, compiled_outcomes
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory

COLOURS = ("blue", "green", "pink", "red")
SIZES = ("small", "medium", "large")


def frame(rng, n=150, *, holes=()):
    """A frame of numbers, small numbers, texts and levels; `holes` are columns with missing values."""
    data = pd.DataFrame(
        {
            "age": rng.integers(18, 80, n).astype(float),
            "income": rng.normal(50_000, 15_000, n),
            "tiny": rng.normal(0, 1e-6, n),
            "colour": rng.choice(COLOURS, n, p=[0.1, 0.3, 0.05, 0.55]),
            "size": rng.choice(SIZES, n),
            "level": rng.integers(1, 6, n),
            "note": [f"n{i}" for i in range(n)],
        }
    )
    for name in holes:
        data[name] = data[name].astype("str" if data[name].dtype.kind not in "if" else float)
        data.loc[rng.random(n) < 0.15, name] = np.nan
    return data


def labels(rng, data):
    """Labels that depend on all columns, with noise."""
    age, income = data["age"].fillna(30), data["income"].fillna(40_000)
    score = (age > 45) * 1 + (income > 52_000) * 1 + (data["colour"] == "red") * 1 + (data["size"] == "small") * 1
    score = score + (data["level"].fillna(0) > 3) * 1 + (data["tiny"] > 0) * 1 + rng.random(len(data))
    return np.array(["low", "mid", "high"])[np.digitize(score, [2.5, 4])]


def number_steps(rng, *, holes=False):
    """A random chain of steps for numbers."""
    choices = [
        StandardScaler,
        lambda: MinMaxScaler(clip=True, feature_range=(-1, 3)),
        MinMaxScaler,
        MaxAbsScaler,
        lambda: RobustScaler(quantile_range=(10, 80)),
        lambda: StandardScaler(with_std=False),
        lambda: FunctionTransformer(None),
        lambda: KBinsDiscretizer(5, encode="ordinal", strategy="uniform"),
        lambda: Binarizer(threshold=0.3),
        lambda: VarianceThreshold(0.0),
        lambda: "passthrough",
    ]
    steps = [choices[rng.integers(len(choices))]() for _ in range(rng.integers(0, 4))]
    if holes:
        strategy = rng.choice(["mean", "median", "most_frequent", "constant"])
        steps.insert(0, SimpleImputer(strategy=str(strategy)))
    elif rng.random() < 0.2:
        steps.append(SimpleImputer())
    return make_pipeline(*steps) if steps else "passthrough"


def category_steps(rng, *, holes=False):
    """A random encoder; where values are missing, an imputer before it, or a missing value is a category."""
    ignore = OneHotEncoder(handle_unknown="ignore", sparse_output=bool(rng.integers(2)))
    encoders = [
        ignore,
        OneHotEncoder(drop="first", sparse_output=False),
        OneHotEncoder(drop="if_binary"),
        OneHotEncoder(handle_unknown="infrequent_if_exist", max_categories=3, sparse_output=False),
        OneHotEncoder(handle_unknown="ignore", min_frequency=0.2),
        OneHotEncoder(min_frequency=20),
        OrdinalEncoder(),
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan),
        OrdinalEncoder(
            handle_unknown="use_encoded_value", unknown_value=-2, encoded_missing_value=-3, max_categories=3
        ),
    ]
    steps = [encoders[rng.integers(len(encoders))]]
    if holes and rng.random() < 0.6:
        steps.insert(0, SimpleImputer(strategy="most_frequent"))
    if rng.random() < 0.2:
        steps.append(MaxAbsScaler())
    return make_pipeline(*steps)


def random_pipeline(rng, data, target):
    """A fitted pipeline over a frame."""
    for _ in range(20):
        try:
            return _random_pipeline(rng, data, target)
        except ValueError:  # such as a selector that keeps nothing
            continue
    raise AssertionError("no pipeline can be fitted")


def _random_pipeline(rng, data, target):
    holes = {name for name in data if data[name].isna().any()}
    parts = [(f"p_{name}", number_steps(rng, holes=name in holes), [name]) for name in ("age", "income", "tiny")]
    parts += [(f"p_{name}", category_steps(rng, holes=name in holes), [name]) for name in ("colour", "size", "level")]
    if rng.random() < 0.4:
        parts.append(("again", number_steps(rng, holes=bool({"age", "income"} & holes)), ["income", "age"]))
    parts = [parts[i] for i in rng.permutation(len(parts))][: rng.integers(2, len(parts) + 1)]
    middle = [("keep", SelectKBest(f_classif, k="all"))] if rng.random() < 0.2 and not holes else []
    tree = (DecisionTreeClassifier if rng.random() < 0.7 else ExtraTreeClassifier)(
        max_depth=int(rng.integers(2, 9)), random_state=int(rng.integers(100))
    )
    pipeline = Pipeline([("columns", ColumnTransformer(parts, sparse_threshold=rng.random())), *middle, ("tree", tree)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pipeline.fit(data, target)


def compiled_with_space(pipeline, missing=frozenset(), names=None):
    compiled = compile_model(pipeline, names=names, missing=missing)
    theory = Theory(compiled.features, (), compiled.missing)
    return compiled, build_space(compiled.vocabulary, compiled.features, theory)


def assert_same(pipeline, rows=None, missing=frozenset(), seed=0):
    """Compare the compiled form with the pipeline, on the given rows and on rows at all borders; return it."""
    compiled, space = compiled_with_space(pipeline, missing)
    matrix = border_rows(compiled, space, seed)
    mine = np.array(compiled.classes, dtype=object)[compiled_outcomes(compiled, space, matrix)]
    assert mine.tolist() == compiled.predict(matrix).tolist()
    if rows is not None:
        read = compiled.read(rows)
        mine = np.array(compiled.classes, dtype=object)[compiled_outcomes(compiled, space, read)]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            own = pipeline.predict(rows)
        assert mine.tolist() == own.tolist()
        assert compiled.predict(read).tolist() == own.tolist()
    return compiled
