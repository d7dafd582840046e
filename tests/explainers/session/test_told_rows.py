"""The row that comes back: untouched values bit for bit, changed ones in the user's dtypes."""

from __future__ import annotations

import pickle
from importlib.util import find_spec
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import polars as pl
import pytest
import xgboost as xgb
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, Row, explain

RNG = np.random.default_rng(0)
N = 240
BASE = pd.DataFrame(
    {
        "a": RNG.normal(size=N).round(2),
        "n": RNG.integers(0, 12, N),
        "t": RNG.random(N) < 0.5,
        "b": RNG.normal(size=N).round(2).astype(np.float32),
        "id": 16_777_217 + 2 * np.arange(N),
    }
)
Y = ((BASE.a > 0).astype(int) + (BASE.n > 5) + BASE.t + (BASE.b > 0.3) >= 2).astype(int).to_numpy()

MODELS: dict[str, Any] = {
    "tree": lambda: DecisionTreeClassifier(max_depth=4, random_state=0),
    "forest": lambda: RandomForestClassifier(8, max_depth=4, random_state=0),
    "xgboost": lambda: xgb.XGBClassifier(n_estimators=8, max_depth=3, nthread=1),
    "lightgbm": lambda: lgb.LGBMClassifier(n_estimators=8, num_leaves=7, n_jobs=1, verbose=-1),
    "hist": lambda: HistGradientBoostingClassifier(max_iter=8, random_state=0),
}
FRAMES: dict[str, dict[str, Any]] = {
    "plain": {},
    "small": {"n": "int8", "a": "float32", "b": "float16"},
    "nullable": {"n": "Int64", "t": "boolean", "b": "Float32", "id": "Int64"},
    "unsigned": {"n": "uint8", "id": "uint32"},
    "arrow": {"n": "int32[pyarrow]", "t": "bool[pyarrow]", "a": "double[pyarrow]"},
}


def same_value(one: Any, other: Any) -> bool:
    """Tell whether two values are the same: type, value and bits."""
    if isinstance(one, (float, np.floating)) and np.isnan(one):
        return bool(np.isnan(other))
    return type(one) is type(other) and one == other


def check_change(model: Any, instance: Any, reason: Any, outcome: Any) -> None:
    """Compare a witness with the user's own one-row frame."""
    row = reason.witness
    assert isinstance(row, Row) and row.changed
    table = row.row
    assert list(table.columns) == list(instance.columns) and list(table.dtypes) == list(instance.dtypes)
    for name in instance.columns:
        if name not in row.changed:
            mine = instance[name].iloc[0] if isinstance(instance, pd.DataFrame) else instance[name][0]
            assert same_value(row[name], mine), name
            told = table[name].iloc[0] if isinstance(instance, pd.DataFrame) else table[name][0]
            assert same_value(told, mine), name
    assert all(any(word.startswith(name) for word in reason.features) for name in row.changed)
    assert model.predict(table)[0] != outcome


@pytest.mark.parametrize("family", MODELS)
@pytest.mark.parametrize("types", FRAMES)
def test_frames_of_many_dtypes(family: str, types: str) -> None:
    if types == "arrow" and (find_spec("pyarrow") is None or family == "lightgbm"):
        pytest.skip("arrow dtypes need pyarrow, and LightGBM takes none of them")
    frame = BASE.astype(FRAMES[types])
    model = MODELS[family]().fit(frame, Y)
    for background in (None, frame):
        for i in (0, 3, 7):
            instance = frame.iloc[[i]]
            explainer = Explainer.initialize(model, instance, background=background)
            outcome = model.predict(instance)[0]
            assert explainer.target_prediction == outcome
            here = explainer.instance
            assert list(here.row.dtypes) == list(frame.dtypes)
            assert all(same_value(here[name], instance[name].iloc[0]) for name in frame.columns)
            assert here.row.equals(instance.reset_index(drop=True))
            for reason in (explainer.contrastive_reason(), explainer.minimal_contrastive_reason()):
                check_change(model, instance, reason, outcome)
            explainer.set_excluded_features(["a", "b"])
            whole = explainer.contrastive_reason()
            if whole is not None:
                check_change(model, instance, whole, outcome)


@pytest.mark.parametrize("family", ["tree", "forest", "hist"])
def test_polars_frames(family: str) -> None:
    frame = pl.DataFrame(
        {name: pl.Series(BASE[name].to_numpy()) for name in BASE.columns},
        schema_overrides={"n": pl.Int16, "b": pl.Float32},
    )
    model = MODELS[family]().fit(frame, Y)
    for i in range(4):
        instance = frame[i : i + 1]
        explainer = Explainer.initialize(model, instance)
        assert explainer.instance.row.equals(instance)
        check_change(model, instance, explainer.minimal_contrastive_reason(), model.predict(instance)[0])


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool"])
@pytest.mark.parametrize("family", MODELS)
def test_arrays_of_each_dtype(family: str, dtype: str) -> None:
    values = (
        RNG.normal(size=(150, 4)) * 4 if "float" in dtype else RNG.integers(0, 2 if dtype == "bool" else 9, (150, 4))
    )
    table = values.astype(dtype)
    y = (table[:, 0].astype(float) + table[:, 1] * 2 > np.median(table[:, 0].astype(float) + table[:, 1] * 2)).astype(
        int
    )
    model = MODELS[family]().fit(table, y)
    for i in range(3):
        explainer = Explainer.initialize(model, table[i])
        assert explainer.instance.row.dtype == table.dtype and (explainer.instance.row == table[i]).all()
        reason = explainer.minimal_contrastive_reason()
        if reason is None:
            continue
        told = reason.witness.row
        assert told.dtype == table.dtype and told.shape == (1, 4)
        assert model.predict(told)[0] != model.predict(table[i : i + 1])[0]
        touched = {reason.witness.names.index(name) for name in reason.witness.changed}
        assert all(told[0, c] == table[i, c] for c in range(4) if c not in touched)
        assert {c for c in range(4) if told[0, c] != table[i, c]} == touched


def test_an_unseen_category_stays_what_it_is() -> None:
    data = pd.DataFrame({"colour": RNG.choice(["red", "green", "blue"], N), "x": RNG.normal(size=N)})
    y = ((data.colour == "red") ^ (data.x > 0)).astype(int)
    encoder = make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["colour"]), remainder="passthrough")
    model = make_pipeline(encoder, DecisionTreeClassifier(random_state=0)).fit(data, y)
    instance = pd.DataFrame({"colour": ["mauve"], "x": [0.25]})
    explainer = Explainer.initialize(model, instance)
    assert explainer.instance["colour"] == "mauve"
    explainer.set_excluded_features(["colour"])
    reason = explainer.contrastive_reason()
    assert reason.witness["colour"] == "mauve" and reason.witness.row["colour"].iloc[0] == "mauve"
    assert model.predict(reason.witness.row)[0] != model.predict(instance)[0]
    explainer.unset_excluded_features()
    for change in explainer.contrastive_reason(n=None):
        assert model.predict(change.witness.row)[0] != model.predict(instance)[0]


def test_an_unseen_code_stays_what_it_is() -> None:
    data = pd.DataFrame({"code": RNG.integers(0, 12, N), "x": RNG.normal(size=N)})
    y = ((data.code % 3 == 0) ^ (data.x > 0)).astype(int)
    model = lgb.LGBMClassifier(n_estimators=8, min_child_samples=2, n_jobs=1, verbose=-1)
    model.fit(data, y, categorical_feature=["code"])
    instance = pd.DataFrame({"code": [99], "x": [0.25]})
    explainer = Explainer.initialize(model, instance)
    explainer.set_excluded_features(["code"])
    reason = explainer.contrastive_reason()
    assert reason.witness["code"] == 99 and reason.witness.row["code"].dtype == np.int64
    assert model.predict(reason.witness.row)[0] != model.predict(instance)[0]


def test_category_columns_hold_their_own_labels() -> None:
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"c": pd.Categorical(rng.choice(list("pqrs"), N)), "x": rng.normal(size=N)})
    y = (data.c.isin(["p", "q"]) ^ (data.x > 0)).astype(int)
    for model in (
        lgb.LGBMClassifier(n_estimators=8, min_child_samples=2, n_jobs=1, verbose=-1),
        xgb.XGBClassifier(n_estimators=8, max_depth=3, enable_categorical=True, nthread=1),
        HistGradientBoostingClassifier(max_iter=8, categorical_features="from_dtype"),
    ):
        model.fit(data, y)
        instance = data.iloc[[0]]
        explainer = Explainer.initialize(model, instance, background=data)
        explainer.set_excluded_features(["x"])
        reason = explainer.contrastive_reason()
        assert reason.witness.row["c"].dtype == data["c"].dtype
        assert reason.witness["c"] in "pqrs" and reason.witness["c"] != data.c[0]
        assert model.predict(reason.witness.row)[0] != model.predict(instance)[0]


def test_missing_values_stay_as_they_were_written() -> None:
    frame = BASE.astype({"n": "Int64"}).copy()
    frame.loc[:20, "n"] = pd.NA
    frame.loc[10:30, "a"] = np.nan
    model = HistGradientBoostingClassifier(max_iter=8, random_state=0).fit(frame, Y)
    for i in (0, 15, 25):
        explainer = Explainer.initialize(model, frame.iloc[[i]], background=frame)
        assert explainer.instance.row.equals(frame.iloc[[i]].reset_index(drop=True))
        explainer.set_excluded_features(["n", "a"])
        reason = explainer.contrastive_reason()
        if reason is not None:
            assert reason.witness.row[["n", "a"]].equals(frame[["n", "a"]].iloc[[i]].reset_index(drop=True))
            assert model.predict(reason.witness.row)[0] != explainer.target_prediction


def test_lists_and_mappings_keep_the_types_of_their_values() -> None:
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(BASE.to_numpy(float), Y)
    values = [0.25, 7, True, 0.5, 16_777_217]
    explainer = Explainer.initialize(model, values, feature_names=list(BASE.columns))
    assert explainer.instance.tolist() == values
    assert list(map(type, explainer.instance)) == [float, int, bool, float, int]
    explainer.set_instance(dict(zip(BASE.columns, values, strict=True)))
    assert explainer.instance.to_dict() == dict(zip(BASE.columns, values, strict=True))
    reason = explainer.contrastive_reason()
    kept = [name for name in BASE.columns if name not in reason.witness.changed]
    assert all(same_value(reason.witness[name], explainer.instance[name]) for name in kept)


def test_a_series_is_read_in_the_backgrounds_dtypes() -> None:
    frame = BASE.astype({"a": "float32"})
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(frame, Y)
    explainer = Explainer.initialize(model, frame.iloc[3], background=frame)
    assert explainer.instance.note == "" and explainer.instance.row.equals(frame.iloc[[3]].reset_index(drop=True))
    assert isinstance(explainer.instance["n"], np.int64) and isinstance(explainer.instance["t"], np.bool_)
    explainer.set_instance(pd.Series({"a": 0.1, "n": 3.0, "t": 1.0, "b": 0.5, "id": 16_777_219.0}))
    here = explainer.instance
    assert list(here.row.dtypes) == list(frame.dtypes) and here["a"] == np.float32(0.1)
    assert "a = 0.1" in here.note and explainer.contrastive_reason().witness.note == here.note
    for reason in (explainer.sufficient_reason(), explainer.contrastive_reason(), *explainer.sufficient_reason(n=2)):
        assert reason.proof.note == here.note and reason.to_dict()["note"] == here.note
        assert "background" in reason._repr_html_()
    explainer.set_instance(frame.iloc[[3]])
    assert explainer.sufficient_reason().proof.note == ""


def test_all_rows_of_a_batch_come_back() -> None:
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(BASE, Y)
    told = explain(model, BASE.iloc[:12])
    for i, one in enumerate(told):
        assert one.instance.row.equals(BASE.iloc[[i]].reset_index(drop=True))
        changed = one.change()
        assert changed is not None and list(changed[0].row.dtypes) == list(BASE.dtypes)
        assert model.predict(changed[0].row)[0] == changed[1] != one.prediction
    single = explain(model, BASE.iloc[5])
    assert single.instance.row["id"].iloc[0] == BASE["id"][5]
    assert model.predict(single.change()[0].row)[0] != single.prediction


def test_regressors_and_several_labels() -> None:
    score = BASE.a + 2 * (BASE.n > 5) + BASE.t
    regressor = RandomForestRegressor(6, max_depth=3, random_state=0).fit(BASE, score)
    explainer = Explainer.initialize(regressor, BASE.iloc[[0]], background=BASE)
    value = regressor.predict(BASE.iloc[[0]])[0]
    explainer.set_interval(value - 0.2, value + 0.2)
    reason = explainer.minimal_contrastive_reason()
    assert abs(regressor.predict(reason.witness.row)[0] - value) > 0.2
    both = np.column_stack([Y, BASE.t.astype(int)])
    labels = MultiOutputClassifier(DecisionTreeClassifier(max_depth=3, random_state=0)).fit(BASE, both)
    several = Explainer.initialize(labels, BASE.iloc[[0]], background=BASE)
    own = labels.predict(BASE.iloc[[0]])[0]
    for how in ({"mode": "exact"}, {"mode": "joined"}):
        change = several.contrastive_reason(target=[1 - own[0], 1 - own[1]], **how)
        if change is not None:
            assert labels.predict(change.witness.row)[0].tolist() == (1 - own).tolist()
            assert list(change.witness.row.dtypes) == list(BASE.dtypes)


def test_the_nearest_change_is_told_of_the_nearest_numbers() -> None:
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(BASE[["a", "b"]], Y)
    explainer = Explainer.initialize(model, BASE[["a", "b"]].iloc[[0]])
    reason = explainer.minimal_contrastive_reason(distance="l1")
    moved = sum(abs(float(reason.witness[n]) - float(BASE[n][0])) for n in ("a", "b"))
    assert moved == pytest.approx(reason.proof.cost, rel=1e-6)


def test_a_row_is_an_array_where_arrays_are_wanted() -> None:
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(BASE.to_numpy(float), Y)
    explainer = Explainer.initialize(model, BASE.to_numpy(float)[0])
    row = explainer.contrastive_reason().witness
    assert np.asarray(row).tolist() == row.tolist() == list(row) and len(row) == 5 == row.shape[0]
    assert row[0] == row["f1"] and row[-1] == row["f5"] and row[1:3].tolist() == row.tolist()[1:3]
    assert (row == row.tolist()).all() and not (row != np.asarray(row)).any()
    assert model.predict([row])[0] == model.predict(row.reshape(1, -1))[0] == explainer.predict(row)
    again = pickle.loads(pickle.dumps(row))
    assert again.tolist() == row.tolist() and again.changed == row.changed and (again.row == row.row).all()
    assert repr(row).startswith("Row(f1=") and "<table>" in row._repr_html_()
    explainer.set_instance(row)
    assert explainer.target_prediction == model.predict(row.row)[0]
