"""Pipelines whose sparse matrices leave out zeros, which the last step takes for missing values or for zeros."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.encoders.pipelines.probe import Probe
from suffice.encoders.registry import compile_model, detect_missing, dtypes_of
from suffice.encoders.selfcheck import border_rows, self_check
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory
from suffice.engine.models import label_tuple

from tests.brute.amounts import some

xgboost = pytest.importorskip("xgboost")
lightgbm = pytest.importorskip("lightgbm")

SCALERS = (
    StandardScaler,
    MinMaxScaler,
    MaxAbsScaler,
    lambda: KBinsDiscretizer(4, encode="ordinal", strategy="uniform"),
    lambda: Binarizer(threshold=1.0),
    lambda: "passthrough",
)
FINALS = (
    lambda: xgboost.XGBClassifier(n_estimators=6, max_depth=4, n_jobs=1),
    lambda: xgboost.XGBRFClassifier(n_estimators=4, max_depth=4, n_jobs=1, random_state=0),
    lambda: xgboost.XGBClassifier(n_estimators=6, max_depth=4, n_jobs=1),
    lambda: lightgbm.LGBMClassifier(n_estimators=6, num_leaves=9, min_child_samples=3, n_jobs=1, verbose=-1),
    lambda: RandomForestClassifier(4, max_depth=6, random_state=0),
)


def mixed(rng, n, dtype):
    """A frame of categories and of numbers that are often 0 once they are scaled."""
    broken = "float64" if dtype == "int64" else dtype
    return pd.DataFrame(
        {
            "kind": rng.choice(list("abcdefghij"), n),
            "x": np.tile([-2.0, -1.0, 0.0, 1.0, 2.0], n // 5)[rng.permutation(n)].astype(dtype),
            "y": rng.integers(-3, 4, n).astype(dtype),
            "z": rng.choice([-1.5, 0.0, 0.25, 3.0], n).astype(broken),
        }
    )


def assert_says_what_predict_says(model, rows, missing=frozenset()):
    compiled = compile_model(model, missing=missing, dtypes=dtypes_of(model, rows, tuple(rows)))
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    read = compiled.read(rows)
    assert self_check(compiled, space, read) > len(rows)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = model.predict(rows)
        alone = [model.predict(rows[i : i + 1])[0] for i in range(10)]
    assert alone == own[:10].tolist()  # one row is read as many are
    said = np.array(compiled.classes)[compiled.outcomes(space, read)]
    assert said.tolist() == own.tolist() == list(label_tuple(compiled.predict(read)))
    borders = border_rows(compiled, space)
    said = np.array(compiled.classes)[compiled.outcomes(space, borders)]
    assert said.tolist() == compiled.predict(borders).tolist()
    return compiled


@pytest.mark.parametrize("seed", range(some(40)))
def test_random_pipelines_that_leave_out_zeros(seed):
    rng = np.random.default_rng(seed)
    dtype = ["float64", "float32", "int64"][seed % 3]
    rows = mixed(rng, 300, dtype)
    parts = [("kind", OneHotEncoder(handle_unknown="ignore"), ["kind"])]
    parts += [(name, SCALERS[rng.integers(len(SCALERS))](), [name]) for name in ("x", "y", "z")]
    if rng.random() < 0.3:
        parts.append(("again", SCALERS[rng.integers(len(SCALERS))](), ["x", "z"]))
    after = [("after", MaxAbsScaler())] if rng.random() < 0.3 else []
    columns = ColumnTransformer(parts, sparse_threshold=float(rng.choice([0.3, 1.0, 1.0, 0.0])))
    model = Pipeline([("columns", columns), *after, ("final", FINALS[seed % len(FINALS)]())])
    y = ((rows.x == 0) ^ rows.kind.isin(list("ace")) ^ (rows.y > 1)).astype(int) + (rows.z == 0) * rng.integers(
        0, 2, 300
    )
    holes = "xyz"[seed % 3] if rng.random() < 0.4 and seed % len(FINALS) < 4 else None
    if (
        holes
        and rows[holes].dtype.kind == "f"
        and not any(isinstance(part[1], (KBinsDiscretizer, Binarizer)) for part in parts)
    ):
        rows.loc[::7, holes] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(rows, np.unique(y, return_inverse=True)[1])
    missing = frozenset(np.nonzero(rows.isna().any().to_numpy())[0].tolist())
    assert_says_what_predict_says(model, rows, missing)


def test_numbers_that_become_zero_are_one_more_cell():
    rng = np.random.default_rng(3)
    rows = mixed(rng, 400, "float64")
    y = (rows.x == 0).astype(int)
    columns = ColumnTransformer(
        [("kind", OneHotEncoder(), ["kind"]), ("x", StandardScaler(), ["x"])], sparse_threshold=1
    )
    model = make_pipeline(columns, xgboost.XGBClassifier(n_estimators=3, max_depth=3, n_jobs=1)).fit(rows, y)
    assert model.predict(rows).tolist() == y.tolist()  # a missing value alone decides
    compiled = assert_says_what_predict_says(model, rows)
    assert detect_missing(model, "auto", [rows], None) == frozenset()
    tests = {str(c.operator) for c in compiled.vocabulary.conditions if c.feature == 1 and c.threshold == 0.0}
    assert tests == {">=", ">"}  # between them, x = 0
    explainer = Explainer.initialize(model, rows.iloc[[int(np.argmax(y))]], background=rows)
    assert explainer.target_prediction == 1
    change = explainer.minimal_contrastive_reason()
    assert model.predict(change.witness.row)[0] == 0


def test_zeros_beside_a_dense_matrix_are_zeros():
    rng = np.random.default_rng(4)
    rows = mixed(rng, 300, "float64")
    columns = ColumnTransformer(
        [("kind", OneHotEncoder(), ["kind"]), ("x", StandardScaler(), ["x"])], sparse_threshold=0
    )
    model = make_pipeline(columns, xgboost.XGBClassifier(n_estimators=3, n_jobs=1)).fit(rows, rows.x > 0)
    compiled = assert_says_what_predict_says(model, rows)
    assert len({c.threshold for c in compiled.vocabulary.conditions if c.feature == 1}) == 1


def test_steps_are_asked_about_all_columns_at_once(monkeypatch):
    """Each bin of each column is a column of its own, with a border at each end."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 10))
    y = (np.sin(3 * X).sum(axis=1) + rng.normal(size=300) > 0).astype(int)
    steps = make_pipeline(KBinsDiscretizer(12), DecisionTreeClassifier())
    asked = 0
    images = Probe.images

    def counted(*args, **more):
        nonlocal asked
        asked += 1
        return images(*args, **more)

    monkeypatch.setattr(Probe, "images", counted)
    explainer = Explainer(steps.fit(X, y))
    assert len(explainer.vocabulary.conditions) > 50
    assert asked < 100
