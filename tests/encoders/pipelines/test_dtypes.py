"""Pipelines calculate in the dtype of their rows: the compiled form says what ``predict`` says of such rows."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_selection import VarianceThreshold
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier
from suffice.encoders.columns.dtypes import OtherDtypesError
from suffice.encoders.registry import compile_model, dtypes_of
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.conditions import Reading, cut_of
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory

from tests.brute.amounts import some

xgboost = pytest.importorskip("xgboost")
lightgbm = pytest.importorskip("lightgbm")

STEPS = (
    StandardScaler,
    MinMaxScaler,
    MaxAbsScaler,
    RobustScaler,
    lambda: KBinsDiscretizer(6, encode="ordinal", strategy="quantile", subsample=None),
    lambda: Binarizer(threshold=0.1),
    SimpleImputer,
    lambda: FunctionTransformer(None),
    lambda: make_pipeline(StandardScaler(), MinMaxScaler()),
)
FINALS = (
    lambda: DecisionTreeClassifier(max_depth=7, random_state=0),
    lambda: RandomForestClassifier(4, max_depth=6, random_state=0),
    lambda: HistGradientBoostingClassifier(max_iter=6, min_samples_leaf=3),
    lambda: xgboost.XGBClassifier(n_estimators=5, max_depth=4, n_jobs=1),
    lambda: lightgbm.LGBMClassifier(n_estimators=5, num_leaves=15, min_child_samples=3, n_jobs=1, verbose=-1),
)
DTYPES = ("float64", "float32", "float16", "int64", "int16", "int8", "uint8", "bool", "Int64", "Float32")


def column(rng, dtype, n, scale=None):
    """Random values of a dtype, many of them next to each other."""
    if dtype == "bool":
        return rng.random(n) < 0.5
    if dtype in ("float64", "float32", "float16", "Float32"):
        base = np.float32(10.0 ** rng.integers(-3, 3)) if scale is None else np.float32(scale)
        return pd.array(
            (rng.normal(size=n) * base + base).astype("float16" if dtype == "float16" else float), dtype=dtype
        )
    low, high = (0, 200) if dtype == "uint8" else ((-100, 100) if dtype == "int8" else (-20_000, 20_000))
    return pd.array(rng.integers(low, high, n), dtype=dtype)


def random_frame(rng, dtypes, n=300):
    return pd.DataFrame({f"c{i}": pd.Series(column(rng, dtype, n), dtype=dtype) for i, dtype in enumerate(dtypes)})


def at_borders(rng, compiled, rows, count=600):
    """Rows of which one number is at a border of the form, or the next ones of the column's own dtype."""
    out = rows.iloc[rng.integers(0, len(rows), count)].reset_index(drop=True)
    conditions = compiled.vocabulary.conditions
    for i in range(count if conditions else 0):
        condition = conditions[rng.integers(len(conditions))]
        reading = compiled.vocabulary.reading_of(condition.feature)
        border = cut_of(condition, reading)[0]
        value = float(rng.choice([border, reading.above(border), reading.below(border)]))
        name = out.columns[condition.feature]
        dtype = out[name].dtype
        told = np.dtype(str(dtype).lower()) if str(dtype) != "boolean" else np.dtype(bool)
        if told.kind in "iu":
            ends = np.iinfo(told)
            if not ends.min <= value <= ends.max or abs(value) > 2**53:
                continue
            value = int(value)
        elif told.kind == "b":
            value = bool(value)
        elif abs(value) > np.finfo(told).max:
            continue
        out.loc[i, name] = told.type(value)
    return out


def assert_says_what_predict_says(model, fit_rows, rows, rng):
    dtypes = dtypes_of(model, rows, tuple(map(str, rows.columns)))
    compiled = compile_model(model, dtypes=dtypes)
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    self_check(compiled, space)
    given = pd.concat([rows, at_borders(rng, compiled, rows)], ignore_index=True).astype(rows.dtypes.to_dict())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = model.predict(given)
    read = compiled.read(given)
    mine = np.array(compiled.classes, dtype=object)[compiled.outcomes(space, read)]
    assert mine.tolist() == own.tolist()
    assert np.asarray(compiled.predict(read)).tolist() == own.tolist()
    return compiled


@pytest.mark.parametrize("seed", range(some(40)))
def test_frames_of_any_dtypes(seed):
    rng = np.random.default_rng(seed)
    one = rng.random() < 0.4
    dtypes = [str(rng.choice(DTYPES))] * 4 if one else [str(d) for d in rng.choice(DTYPES, 4)]
    rows = random_frame(rng, dtypes, 400)
    fit_rows = rows if rng.random() < 0.5 else rows.astype("float64")
    names = list(rows)
    parts = [("a", STEPS[rng.integers(len(STEPS))](), names[:2]), ("b", STEPS[rng.integers(len(STEPS))](), names[2:])]
    before = (
        ColumnTransformer(parts, remainder="passthrough")
        if rng.random() < 0.5
        else make_pipeline(STEPS[rng.integers(6)](), STEPS[rng.integers(len(STEPS))](), VarianceThreshold())
    )
    model = Pipeline([("before", before), ("final", FINALS[seed % len(FINALS)]())])
    score = sum(rows[name].astype("float64").rank(pct=True) for name in names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(fit_rows, (score > 2).astype(int) + (score > 2.6))
    assert_says_what_predict_says(model, fit_rows, rows, rng)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int64", "int8", "bool"])
@pytest.mark.parametrize("final", range(len(FINALS)))
def test_matrices(dtype, final):
    rng = np.random.default_rng(final)
    X = np.column_stack([np.asarray(column(rng, dtype, 400, 1), dtype=dtype) for _ in range(3)])
    y = (X.astype(float).argsort(axis=0).argsort(axis=0).sum(axis=1) > 600).astype(int)
    model = make_pipeline(StandardScaler(), FINALS[final]()).fit(X.astype(float), y)
    compiled = compile_model(model, dtypes=dtypes_of(model, X, ("f1", "f2", "f3")))
    space = build_space(compiled.vocabulary, compiled.features, None)
    own = model.predict(X)
    assert np.array(compiled.classes)[compiled.outcomes(space, compiled.read(X))].tolist() == own.tolist()
    rows = border_rows(compiled, space)
    assert (rows == np.column_stack([compiled.vocabulary.reading_of(c).cast(rows[:, c]) for c in range(3)])).all()
    assert np.array(compiled.classes)[compiled.outcomes(space, rows)].tolist() == compiled.predict(rows).tolist()


def test_borders_are_numbers_of_the_dtype():
    rng = np.random.default_rng(0)
    rows = random_frame(rng, ["float32", "int16", "float64"])
    y = (rows.c0.rank() + rows.c1.rank() > 300).astype(int)
    scaled = ColumnTransformer([(c, StandardScaler(), [c]) for c in rows])
    model = make_pipeline(scaled, DecisionTreeClassifier()).fit(rows, y)
    compiled = compile_model(model, dtypes=dtypes_of(model, rows, tuple(rows)))
    assert compiled.dtypes == ("float32", "int16", "float64")
    assert compiled.vocabulary.own_readings == {0: Reading.FLOAT32, 1: Reading.WHOLE}
    for condition in compiled.vocabulary.conditions:
        if condition.feature == 1:
            assert condition.threshold == int(condition.threshold)
        if condition.feature == 0:
            assert condition.threshold == np.float32(condition.threshold)


def test_rows_of_other_dtypes_are_refused_by_a_form():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 2))
    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(max_depth=3)).fit(X, X[:, 0] > 0)
    usual = compile_model(model)
    with pytest.raises(OtherDtypesError, match="'f1' is float32, and the explainer was made for float64"):
        usual.read(X.astype("float32"))
    assert usual.read(X.astype(int)).tolist() == X.astype(int).tolist()  # the same arithmetic as with float64
    single = compile_model(model, dtypes=("float32", "float32"))
    with pytest.raises(OtherDtypesError, match="'f1' is float64"):
        single.read(X)
    assert single.read([[0.1, 1]]).tolist() == [[float(np.float32(0.1)), 1.0]]


def test_steps_that_calculate_nothing_take_rows_of_any_dtype():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 2))
    model = make_pipeline(VarianceThreshold(), DecisionTreeClassifier(max_depth=3)).fit(X, X[:, 0] > 0)
    assert dtypes_of(model, X.astype("float32"), ("f1", "f2")) == () == compile_model(model).dtypes


def test_what_an_imputer_fills_in_has_the_dtype_of_the_rows():
    X = np.array([[0.0], [0.3], [np.nan], [0.3], [0.6], [0.0]] * 10)
    y = (np.nan_to_num(X[:, 0], nan=0.3) > 0.24).astype(int)
    model = make_pipeline(SimpleImputer(), HistGradientBoostingClassifier(max_iter=3, min_samples_leaf=2)).fit(X, y)
    for dtype in ("float64", "float32", "float16"):
        rows = X.astype(dtype)
        compiled = compile_model(model, missing=frozenset({0}), dtypes=dtypes_of(model, rows, ("f1",)))
        space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
        assert self_check(compiled, space, compiled.read(rows)) > len(rows)
        mine = np.array(compiled.classes)[compiled.outcomes(space, compiled.read(rows))]
        assert mine.tolist() == model.predict(rows).tolist()
