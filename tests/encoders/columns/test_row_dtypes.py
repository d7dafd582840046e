"""Rows of any dtype and container reach the trees of plain models as each library reads them."""

import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, explain
from suffice.encoders.registry import absent_of, compile_model, detect_missing
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory
from suffice.engine.errors import BadInputError
from suffice.engine.models import CompiledTree

from tests.brute.amounts import sized

xgboost = pytest.importorskip("xgboost")
lightgbm = pytest.importorskip("lightgbm")

MODELS = {
    "tree": lambda: DecisionTreeClassifier(max_depth=9, random_state=0),
    "forest": lambda: RandomForestClassifier(5, random_state=0),
    "extra": lambda: ExtraTreesRegressor(4, random_state=0),
    "boosting": lambda: GradientBoostingRegressor(n_estimators=8, random_state=0),
    "hist": lambda: HistGradientBoostingRegressor(max_iter=8, min_samples_leaf=2),
    "xgboost": lambda: xgboost.XGBRegressor(n_estimators=8, max_depth=4, n_jobs=1),
    "lightgbm": lambda: lightgbm.LGBMRegressor(n_estimators=8, min_child_samples=2, n_jobs=1, verbose=-1),
}
# where rounding to float32, or to float64 and then to float32, makes a difference
CENTRES = {"int64": 2**60 + 2**36, "uint64": 2**61 + 2**37, "int32": 2**25, "float64": 1e8, "float32": 1e8}


def values(rng, dtype, n):
    if dtype == "bool":
        return rng.random(n) < 0.5
    if dtype in ("int8", "uint8", "int16"):
        return rng.integers(0, 100, n).astype(dtype)
    if dtype == "float16":
        return rng.normal(size=n).astype(dtype)
    if dtype in ("float32", "float64"):
        return (CENTRES[dtype] + rng.normal(size=n) * 100).astype(dtype)
    near = rng.integers(-3, 4, n) if dtype != "int32" else rng.integers(-50, 50, n)
    step = {"int64": 2**36, "uint64": 2**37}.get(dtype, 0)
    far = rng.integers(-4, 5, n)
    return np.array([CENTRES[dtype] + int(k) + step * int(j) for k, j in zip(near, far, strict=True)], dtype=dtype)


def said_by(compiled, rows):
    space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))
    read = compiled.read(rows)
    if isinstance(compiled, CompiledTree) or not compiled.regression:
        return np.array(compiled.classes)[compiled.outcomes(space, read)]
    return compiled.values(space, read)


def assert_read_alike(model, rows):
    compiled = compile_model(model, missing=detect_missing(model, "auto", [rows], None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        own = model.predict(rows)
    assert said_by(compiled, rows).tolist() == own.tolist()


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(
    "dtype", ["bool", "int8", "int16", "int32", "int64", "uint64", "float16", "float32", "float64"]
)
def test_matrices_of_any_dtype(name, dtype):
    rng = np.random.default_rng(1)
    X = np.column_stack([values(rng, dtype, 400) for _ in range(2)])
    y = rng.integers(0, 2, 400)
    model = MODELS[name]().fit(X, y)
    assert_read_alike(model, X)
    assert_read_alike(model, pd.DataFrame(X))
    if dtype != "float16":
        assert_read_alike(model, X[:50].tolist())


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(6))
def test_frames_that_mix_dtypes(name, seed):
    rng = np.random.default_rng(seed)
    dtypes = [
        str(d) for d in rng.choice(["bool", "int8", "int32", "int64", "uint64", "float16", "float32", "float64"], 3)
    ]
    frame = pd.DataFrame({f"c{i}": values(rng, dtype, 400) for i, dtype in enumerate(dtypes)})
    nullable = {"int64": "Int64", "int32": "Int32", "float32": "Float32", "float64": "Float64"}
    if seed % 2:
        frame = frame.astype({c: nullable[str(d)] for c, d in frame.dtypes.items() if str(d) in nullable})
    model = MODELS[name]().fit(frame, rng.integers(0, 2, 400))
    assert_read_alike(model, frame)


def test_frames_of_signed_and_unsigned_numbers():
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"a": values(rng, "int64", 400), "b": values(rng, "uint64", 400)})
    for make in MODELS.values():
        assert_read_alike(make().fit(frame, rng.integers(0, 2, 400)), frame)


@pytest.mark.parametrize("dtype", ["int32", "int64"])
def test_whole_numbers_of_several_labels(dtype):
    rng = np.random.default_rng(8)
    X = np.column_stack([values(rng, dtype, 300) for _ in range(2)])
    Y = rng.integers(0, 2, (300, 2))
    small = lightgbm.LGBMClassifier(n_estimators=4, min_child_samples=2, verbose=-1)
    for kind in (small, xgboost.XGBClassifier(n_estimators=4)):
        model = MultiOutputClassifier(kind).fit(X.astype("float64"), Y)
        compiled = compile_model(model)
        space = build_space(compiled.vocabulary, compiled.features, Theory(compiled.features))
        assert compiled.vectors(space, compiled.read(X)).tolist() == model.predict(X).tolist()


FORMATS = ("csr_matrix", "csc_matrix", "coo_matrix", "csr_array", "csc_array", "coo_array")


@pytest.mark.parametrize("name", [name for name in MODELS if name != "hist"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_sparse_rows_are_read_as_the_library_reads_them(name, dtype):
    rng = np.random.default_rng(2)
    X = np.where(rng.random((300, 4)) < 0.5, 0, rng.normal(size=(300, 4))).astype(dtype)
    y = ((X[:, 0] > 0) ^ (X[:, 1] == 0)).astype(int)
    S = sparse.csr_matrix(X)
    model = MODELS[name]().fit(S, y)
    zeros = S.copy()
    zeros.data[::5] = 0  # stored zeros
    for rows in (S, zeros):
        for form in FORMATS:
            given = getattr(sparse, form)(rows)
            if form[:3] == "csr":  # a conversion may drop stored zeros
                given.data = rows.data.copy()
            assert_read_alike(model, given)
            assert_read_alike(model, given.tocsr()[[3]])
    if name == "xgboost":
        assert np.isnan(absent_of(model)) and detect_missing(model, "auto", [S], None) == {0, 1, 2, 3}
        assert (model.predict(S) != model.predict(X)).any()


def test_sparse_rows_are_explained():
    rng = np.random.default_rng(3)
    X = np.where(rng.random((300, 4)) < 0.5, 0, rng.normal(size=(300, 4)))
    y = ((X[:, 0] > 0) ^ (X[:, 1] == 0)).astype(int)
    S = sparse.csr_matrix(X)
    for make in (xgboost.XGBClassifier, lightgbm.LGBMClassifier, lambda **_: RandomForestClassifier(5)):
        model = make(n_estimators=8, n_jobs=1).fit(S, y)
        explanations = explain(model, S)
        assert explanations.predictions.tolist() == model.predict(S).tolist()
        explainer = Explainer.initialize(model, S[7], background=S)
        assert explainer.target_prediction == model.predict(S[7])[0]
        witness = explainer.minimal_contrastive_reason().witness
        assert model.predict(witness.row)[0] != explainer.target_prediction


def test_large_sparse_matrices_are_explained_part_by_part(monkeypatch):
    rng = np.random.default_rng(5)
    X = np.where(rng.random((300, 6)) < 0.7, 0, rng.normal(size=(300, 6)))
    S = sparse.csr_matrix(X)
    y = ((X[:, 0] > 0) ^ (X[:, 1] == 0)).astype(int)
    for make in (xgboost.XGBClassifier, lightgbm.LGBMClassifier, lambda **_: DecisionTreeClassifier(max_depth=5)):
        model = make(n_estimators=6, n_jobs=1).fit(S, y)
        whole = explain(model, S)
        monkeypatch.setattr("suffice.explainers.session.sparse._CELLS", 200)
        parts = explain(model, S)
        monkeypatch.undo()
        assert parts.predictions.tolist() == whole.predictions.tolist() == model.predict(S).tolist()
        assert [r and tuple(r) for r in parts.reasons()] == [r and tuple(r) for r in whole.reasons()]
        assert len(parts) == 300 and repr(parts[299].instance) == repr(whole[299].instance)


@pytest.mark.parametrize("name", ["forest", "xgboost", "lightgbm"])
def test_sparse_columns_of_pandas(name):
    rng = np.random.default_rng(6)
    X = np.where(rng.random((300, 3)) < 0.6, 0, rng.normal(size=(300, 3)))
    frame = pd.DataFrame(X, columns=list("abc")).astype(pd.SparseDtype("float64", 0.0))
    assert_read_alike(MODELS[name]().fit(frame, rng.integers(0, 2, 300)), frame)
    mixed = frame.assign(b=X[:, 1])
    assert_read_alike(MODELS[name]().fit(mixed, rng.integers(0, 2, 300)), mixed)


def test_sparse_rows_that_are_refused():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(100, 3))
    model = HistGradientBoostingRegressor(max_iter=3).fit(X, X[:, 0])
    with pytest.raises(BadInputError, match="sparse csr_matrix, which the model's own predict does not take"):
        Explainer.initialize(model, sparse.csr_matrix(X[:1]))
    twice = sparse.csr_matrix((np.ones(2), np.array([0, 0]), np.array([0, 2])), shape=(1, 3))
    forest = RandomForestClassifier(3).fit(X, X[:, 0] > 0)
    with pytest.raises(BadInputError, match="stores the same place twice"):
        Explainer.initialize(forest, twice)
    scattered = sparse.coo_matrix((np.ones(2), (np.array([0, 0]), np.array([1, 1]))), shape=(1, 3))
    assert Explainer.initialize(forest, scattered).instance.tolist() == [0.0, 2.0, 0.0]
    tree = DecisionTreeClassifier().fit(np.where(X > 1, np.nan, X), X[:, 1] > 0)
    with pytest.raises(BadInputError, match="a sparse row stores NaN"):
        Explainer.initialize(tree, sparse.csr_matrix(np.array([[np.nan, 0, 1.0]])))


def test_sparse_rows_of_pipelines():
    rng, count = np.random.default_rng(7), sized(300, 120)
    X = np.where(rng.random((count, 5)) < 0.6, 0, rng.integers(1, 6, (count, 5))).astype("float64")
    y = ((X[:, 0] > 2) ^ (X[:, 1] == 0)).astype(int)
    S = sparse.csr_matrix(X)
    for make in (xgboost.XGBClassifier, lightgbm.LGBMClassifier, lambda **_: RandomForestClassifier(4)):
        for step in (MaxAbsScaler(), StandardScaler(with_mean=False), SelectKBest(k=3), SimpleImputer()):
            model = make_pipeline(step, make(n_estimators=5, n_jobs=1)).fit(S, y)
            for rows in (S, S.astype("float32"), S.tocsc()[:40]):
                explanations = explain(model, rows)
                assert explanations.predictions.tolist() == model.predict(rows).tolist()
    labels = MultiOutputClassifier(xgboost.XGBClassifier(n_estimators=3)).fit(S, np.column_stack([y, X[:, 2] > 1]))
    told = [tuple(map(int, said)) for said in explain(labels, S[:50]).predictions]
    assert told == [tuple(map(int, said)) for said in labels.predict(S[:50])]
