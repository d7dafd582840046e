"""What exporters write: the reasons are those of onnxruntime's decisions, not of the model that was exported."""

import pickle
from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    Binarizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import Explainer, FormatError

skl2onnx = pytest.importorskip("skl2onnx")
onnxruntime = pytest.importorskip("onnxruntime")

RNG = np.random.default_rng(5)
X = RNG.normal(size=(200, 4)).astype(np.float32)
HOLES = np.where(RNG.random(X.shape) < 0.1, np.float32(np.nan), X)
WHOLE = (X * 3).astype(np.int64)
SCORE = X[:, 0] + X[:, 1] - 0.5 * X[:, 2]
TWO, NAMED, THREE = (SCORE > 0) * 4 + 3, np.where(SCORE > 0, "yes", "no"), np.digitize(SCORE, [-0.5, 0.5])
FLAT = {"zipmap": False}


def exported(model, rows, y, **how):
    model = model.fit(rows, y)
    if hasattr(model, "predict_proba"):
        how["options"] = FLAT
    return skl2onnx.to_onnx(model, rows[:1], **how)


def session_of(proto):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])


def said(proto, rows):
    """What a session says of rows: a matrix, or a frame with a column an input."""
    session = session_of(proto)
    puts = session.get_inputs()
    if len(puts) == 1:
        fed = {puts[0].name: rows}
    else:
        kinds = {"tensor(string)": object, "tensor(float)": np.float32, "tensor(int64)": np.int64}
        fed = {put.name: rows[put.name].to_numpy(kinds[put.type]).reshape(-1, 1) for put in puts}
    return session.run([session.get_outputs()[0].name], fed)[0].reshape(-1).tolist()


def check(proto, rows, n=4, **how):
    """Explain some rows; predictions are the session's, and the reasons hold and are minimal by random rows."""
    first = rows.iloc[0] if hasattr(rows, "iloc") else rows[0]
    explainer = Explainer.initialize(proto, first, **how)
    wanted = said(proto, rows)
    several = [rows.iloc[i] if hasattr(rows, "iloc") else rows[i] for i in range(len(rows))]
    assert [explainer.predict(row) for row in several[:50]] == wanted[:50]
    for row, label in zip(several[:n], wanted, strict=False):
        explainer.set_instance(row)
        if isinstance(label, float):
            explainer.set_interval(label - 0.3, label + 0.3)
        reason = explainer.sufficient_reason()
        assert explainer.is_sufficient_reason(reason)
        changes = explainer.minimal_contrastive_reason()
        if changes and not isinstance(label, float):
            assert explainer.predict(changes.witness) != label
    return explainer


MODELS = {
    "tree": (DecisionTreeClassifier(max_depth=4), TWO), "forest": (RandomForestClassifier(9, max_depth=4), NAMED),
    "forest of three": (RandomForestClassifier(9, max_depth=4), THREE),
    "extra trees": (ExtraTreesClassifier(9, max_depth=4), TWO),
    "boosting": (GradientBoostingClassifier(n_estimators=9), NAMED),
    "boosting of three": (GradientBoostingClassifier(n_estimators=4), THREE),
    "histograms": (HistGradientBoostingClassifier(max_iter=9), TWO),
    "histograms of three": (HistGradientBoostingClassifier(max_iter=4), THREE),
    "regression tree": (DecisionTreeRegressor(max_depth=4), SCORE),
    "regression forest": (RandomForestRegressor(9, max_depth=4), SCORE),
    "boosted regression": (GradientBoostingRegressor(n_estimators=9), SCORE),
    "regression by histograms": (HistGradientBoostingRegressor(max_iter=9), SCORE),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_models_of_scikit_learn(name):
    model, y = MODELS[name]
    check(exported(model.set_params(random_state=0), X, y), X)


@pytest.mark.parametrize("name", ["histograms", "histograms of three", "regression by histograms"])
def test_missing_values(name):
    model, y = MODELS[name]
    check(exported(model, HOLES, y), HOLES, missing=True)


@pytest.mark.parametrize("name", ["forest", "boosting of three", "regression forest"])
def test_whole_numbers(name):
    """Inputs of int64 are integers, which trees read as float32."""
    model, y = MODELS[name]
    explainer = check(exported(model, WHOLE, y), WHOLE)
    with pytest.raises(ValueError, match="expected a whole number"):
        explainer.set_instance([0.5, 1, 1, 1])


def test_doubles():
    model, y = MODELS["forest"]
    check(exported(model, X.astype(float), y), X.astype(float))


def test_what_onnxruntime_refuses_is_refused():
    """The exporter tells a type of the probabilities that onnxruntime does not have."""
    model, y = MODELS["boosting of three"]
    with pytest.raises(FormatError, match=r"refused by onnxruntime .*probabilities.* does not match"):
        Explainer.initialize(exported(model, X.astype(float), y), X[0])


STEPS = {
    "imputed and scaled": (SimpleImputer(), StandardScaler(), MinMaxScaler()),
    "robust": (RobustScaler(),), "clipped": (MinMaxScaler(clip=True),),
    "binary": (Binarizer(threshold=0.3), MaxAbsScaler()),
    "chosen": (ColumnTransformer([("a", StandardScaler(), [2, 0]), ("b", MinMaxScaler(), [1]), ("c", "drop", [3])]),),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("name", STEPS)
def test_steps(name, kind):
    holes = name.startswith("imputed")
    rows = (HOLES if holes else X).astype(kind)
    pipeline = make_pipeline(*STEPS[name], RandomForestClassifier(5, max_depth=4, random_state=0))
    if holes and kind == "float64":
        return  # the exporter takes no imputer of doubles
    explainer = check(exported(pipeline, rows, NAMED), rows, missing=holes)
    assert all("." in word or "=" in word for word in explainer.to_features(explainer.sufficient_reason()))


TABLE = pd.DataFrame({
    "age": (X[:, 0] * 10 + 40).round().astype(np.float32), "pay": X[:, 1],
    "job": RNG.choice(["cook", "clerk", "guard"], 200), "sex": RNG.choice(["f", "m"], 200),
})  # fmt: skip
TABLE_SCORE = TABLE["pay"] + (TABLE["job"] == "cook") + 0.02 * TABLE["age"] + 0.5 * (TABLE["sex"] == "f")
GRANTED = np.where(TABLE_SCORE > 1.5, "grant", "deny")


def encoded(encoder):
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    return ColumnTransformer([("n", numbers, ["age", "pay"]), ("c", encoder, ["job", "sex"])])


ENCODERS = {
    "one-hot": lambda: OneHotEncoder(handle_unknown="ignore"), "strict one-hot": OneHotEncoder,
    "ordinal": lambda: OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    "imputed": lambda: make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=""),
        OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1),
    ),
}  # fmt: skip


def table_model(name, model):
    kinds = skl2onnx.common.data_types
    types = [(c, (kinds.FloatTensorType if c in ("age", "pay") else kinds.StringTensorType)([None, 1])) for c in TABLE]
    pipeline = make_pipeline(encoded(ENCODERS[name]()), model).fit(TABLE, GRANTED)
    return skl2onnx.convert_sklearn(pipeline, initial_types=types, options={id(pipeline): FLAT})


@pytest.mark.parametrize("name", ENCODERS)
def test_columns_of_texts(name):
    proto = table_model(name, RandomForestClassifier(7, max_depth=5, random_state=0))
    explainer = check(proto, TABLE)
    assert explainer.get_feature_names() == ["age", "pay", "job", "sex"]
    row = dict(TABLE.iloc[3], job="pilot")
    if name == "strict one-hot":
        with pytest.raises(ValueError, match=r"'pilot'.*expected one of"):
            explainer.set_instance(row)
        return
    explainer.set_instance(row)
    assert explainer.target_prediction == said(proto, pd.DataFrame([row]))[0]


def test_reasons_by_brute_force():
    """Over a small table of categories: all sufficient reasons as sets of columns."""
    proto = table_model("one-hot", DecisionTreeClassifier(max_depth=3, random_state=0))
    ages, pays = [20.0, 40.0, 60.0], [-1.0, 0.0, 1.0, 2.0]
    jobs, sexes = ["cook", "clerk", "guard", "pilot"], ["f", "m", "x"]
    rows = pd.DataFrame([dict(zip(TABLE, one, strict=True)) for one in product(ages, pays, jobs, sexes)])
    labels = np.array(said(proto, rows), object)
    explainer = Explainer.initialize(proto, rows.iloc[0])
    compiled, space = explainer.session.compiled, explainer.session.space
    truth = np.array([space.truth(row) for row in compiled.read(rows)])
    for i in range(0, len(rows), 29):
        explainer.set_instance(rows.iloc[i])
        assert explainer.target_prediction == labels[i]
        for reason in explainer.sufficient_reason(n=None):
            literals = np.array(reason.literals)
            alike = (truth[:, np.abs(literals) - 1] == (literals > 0)).all(axis=1)
            assert set(labels[alike]) == {labels[i]}
            for less in range(len(literals)):
                assert not explainer.is_implicant(np.delete(literals, less).tolist())


@pytest.mark.parametrize("kind", ["two", "three", "number"])
def test_xgboost(kind):
    xgboost = pytest.importorskip("xgboost")
    tools = pytest.importorskip("onnxmltools")
    y = {"two": (SCORE > 0) * 1, "three": THREE, "number": SCORE}[kind]
    maker = xgboost.XGBRegressor if kind == "number" else xgboost.XGBClassifier
    model = maker(n_estimators=6, max_depth=3).fit(HOLES, y)
    types = [("input", tools.convert.common.data_types.FloatTensorType([None, 4]))]
    check(tools.convert_xgboost(model, initial_types=types), HOLES, missing=True)


@pytest.mark.parametrize("kind", ["two", "three", "number", "categories"])
def test_lightgbm(kind):
    lightgbm = pytest.importorskip("lightgbm")
    tools = pytest.importorskip("onnxmltools")
    rows = HOLES.copy()
    if kind == "categories":
        rows = X.copy()
        rows[:, 3] = RNG.integers(0, 6, 200)
    y = {"two": TWO, "three": THREE, "number": SCORE, "categories": np.isin(rows[:, 3], [1, 4, 5]) * 1}[kind]
    maker = lightgbm.LGBMRegressor if kind == "number" else lightgbm.LGBMClassifier
    model = maker(n_estimators=6, num_leaves=6, verbose=-1, min_data_per_group=1, cat_smooth=0, min_child_samples=3)
    model.fit(rows, y, categorical_feature=[3] if kind == "categories" else "auto")
    types = [("input", tools.convert.common.data_types.FloatTensorType([None, 4]))]
    how = {} if kind == "number" else {"zipmap": False}
    proto = tools.convert_lightgbm(model, initial_types=types, **how)
    check(proto, rows, missing=kind != "categories")


@pytest.mark.parametrize("kind", ["two", "three", "number"])
def test_catboost(kind, tmp_path):
    catboost = pytest.importorskip("catboost")
    import onnx

    y = {"two": TWO, "three": THREE, "number": SCORE}[kind]
    maker = catboost.CatBoostRegressor if kind == "number" else catboost.CatBoostClassifier
    model = maker(iterations=5, depth=3, verbose=0, allow_writing_files=False).fit(X, y)
    model.save_model(str(tmp_path / "m.onnx"), format="onnx")
    check(onnx.load(tmp_path / "m.onnx"), X)


def test_the_ways_to_hand_a_model_over(tmp_path):
    """A path, bytes, a proto and a session are the same model."""
    proto = exported(RandomForestClassifier(5, max_depth=3, random_state=0), X, TWO)
    path = tmp_path / "model.onnx"
    path.write_bytes(proto.SerializeToString())
    content = path.read_bytes()
    ways = [
        path,
        str(path),
        content,
        bytearray(content),
        proto,
        session_of(proto),
        onnxruntime.InferenceSession(str(path)),
    ]
    told = []
    for way in ways:
        explainer = Explainer.initialize(way, X[0])
        told.append(explainer.to_features(explainer.sufficient_reason()))
    assert len(set(told)) == 1
    again = pickle.loads(pickle.dumps(Explainer.initialize(path, X[0])))
    assert again.to_features(again.sufficient_reason()) == told[0]
