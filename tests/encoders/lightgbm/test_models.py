"""LightGBM's models: sums and predictions equal to the library's, bit for bit."""

import re
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from suffice import Explainer
from suffice.encoders.assembly.links import exp64, log1p_exp64, sigmoid64
from suffice.encoders.lightgbm.trees import ZERO
from suffice.encoders.registry import compile_model, detect_missing
from suffice.encoders.selfcheck import self_check
from suffice.engine.errors import BadInputError, FormatError, NotFittedModelError, SufficeError, UnsupportedModelError
from suffice.engine.models.ensembles import decide, softmax

from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, assert_same_numbers, compiled_with_space, tables

lightgbm = pytest.importorskip("lightgbm")

LABELS = st.sampled_from([(0, 1, 2), (1, 2, 3), ("no", "yes", "zz"), (False, True, 2)])
SMALL = {"verbose": -1, "min_child_samples": 1, "min_data_in_bin": 1, "n_jobs": 1}


def check(model, X, missing=frozenset(), seed=0):
    def predict(rows):
        said = model.predict(rows)
        if not isinstance(model, lightgbm.Booster) or model.params.get("objective") not in ("binary", "multiclass"):
            return said
        return said.argmax(axis=1) if said.ndim > 1 else (said > 0.5).astype(int)

    # a random forest's trees are averaged in predictions, not in raw scores
    count = model.num_trees() if isinstance(model, lightgbm.Booster) and model.params.get("boosting") == "rf" else 1

    def sums(rows):
        return model.predict(rows, raw_score=True) / (count / (model.num_model_per_iteration() if count > 1 else 1))

    return assert_faithful(model, X, missing, sums, predict, seed)


@st.composite
def settings_of(draw):
    return SMALL | {
        "n_estimators": draw(st.sampled_from([1, 4, 9])),
        "num_leaves": draw(st.sampled_from([2, 5, 31])),
        "learning_rate": draw(st.sampled_from([0.1, 0.7])),
        "use_missing": draw(st.booleans()),
        "zero_as_missing": draw(st.booleans()),
        "boosting_type": draw(st.sampled_from(["gbdt", "gbdt", "dart"])),
        "sigmoid": draw(st.sampled_from([1.0, 0.7])),
    }


def with_zeros(X, rng):
    """Rows with zeros, numbers that count as zero, and those next to them."""
    edges = [0.0, -0.0, ZERO, -ZERO, np.nextafter(ZERO, 1), np.nextafter(-ZERO, -1), 5e-324, -1.0, 1.0]
    return np.where(rng.random(X.shape) < 0.3, rng.choice(edges, size=X.shape), X)


@budget(40)
@given(tables(), LABELS, settings_of())
def test_classifiers(case, labels, options):
    rng, X, holes, y, _ = case
    X = with_zeros(X, rng)
    model = lightgbm.LGBMClassifier(**options).fit(X, np.array(labels)[y])
    compiled = check(model, X, holes, int(rng.integers(99)))
    assert compiled.classes == tuple(model.classes_.tolist())
    assert compiled.one_score == (y.max() == 1)
    assert compiled.link == ("identity" if y.max() == 1 else "softmax64")


@budget(40)
@given(
    tables(),
    settings_of(),
    st.sampled_from(
        [
            "regression", "regression_l1", "huber", "fair", "quantile", "mape", "poisson", "gamma", "tweedie",
            "cross_entropy", "cross_entropy_lambda", "sqrt",
        ]
    ),
)  # fmt: skip
def test_regressors(case, options, objective):
    rng, X, holes, _, z = case
    X = with_zeros(X, rng)
    z = z / (z.max() + 1) if objective.startswith("cross") else z + 0.5
    options |= {"reg_sqrt": True, "objective": "regression"} if objective == "sqrt" else {"objective": objective}
    compiled = check(lightgbm.LGBMRegressor(**options).fit(X, z), X, holes, int(rng.integers(99)))
    assert compiled.regression


@budget(15)
@given(tables(), st.sampled_from(["binary", "multiclass", "regression"]), st.sampled_from(["gbdt", "rf"]))
def test_boosters_and_files(tmp_path_factory, case, objective, boosting):
    _, X, holes, y, z = case
    params = SMALL | {"objective": objective, "num_leaves": 7, "boosting": boosting}
    params |= {"bagging_freq": 1, "bagging_fraction": 0.7} if boosting == "rf" else {}
    params |= {"num_class": int(y.max()) + 1} if objective == "multiclass" else {}
    target = z if objective == "regression" else y if objective == "multiclass" else y > 0
    model = lightgbm.train(params, lightgbm.Dataset(X, target), 4)
    compiled = check(model, X, holes)
    assert compiled.trees.divisor == (model.current_iteration() if boosting == "rf" else 1)
    path = tmp_path_factory.mktemp("models") / "model.txt"
    model.save_model(path)
    for name in (path, str(path)):
        told, space = compiled_with_space(name, holes)
        assert told.vocabulary == compiled.vocabulary
        assert told.trees.values.tobytes() == compiled.trees.values.tobytes()
        assert self_check(told, space) > 0


def blobs(rows=200, columns=4, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns))
    return X, (X[:, 0] + rng.normal(size=rows) > 0).astype(int) + (X[:, 1] > 0.5) * (classes > 2)


def test_files_without_the_library(tmp_path, monkeypatch):
    import importlib.util

    X, y = blobs(classes=3)
    for labels in (y, y > 0):
        model = lightgbm.LGBMClassifier(n_estimators=4, **SMALL).fit(X, labels)
        model.booster_.save_model(tmp_path / "model.txt")
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        compiled, space = compiled_with_space(tmp_path / "model.txt")
        monkeypatch.undo()
        assert compiled.predict(compiled.read(X)).tolist() == model.predict(X).astype(int).tolist()
        assert self_check(compiled, space) > 0


def constant(objective, values, **params):
    """A model text whose single tree of one leaf gives a number to each class."""
    X, y = np.zeros((12, 1)), np.arange(12) % max(2, len(values))
    params = SMALL | {"objective": objective, **params}
    text = lightgbm.train(params, lightgbm.Dataset(X, y), 1).model_to_string()
    lines, given = [], iter(values)
    for line in text.splitlines():
        lines.append(f"leaf_value={float(next(given))!r}" if line.startswith("leaf_value=") else line)
    lines = [line for line in lines if not line.startswith("tree_sizes")]
    return lightgbm.Booster(model_str="\n".join(lines) + "\n")


def test_links_are_those_of_the_library():
    rng = np.random.default_rng(0)
    for margin in [*rng.normal(size=25) * 3, 40.0, -40.0, 800.0, 1e-17, 0.0]:
        one = np.array([float(margin)])
        assert constant("binary", one, sigmoid=0.7).predict([[0.0]])[0] == sigmoid64(one, 0.7)[0]
        assert constant("poisson", np.clip(one, -700, 700)).predict([[0.0]])[0] == exp64(np.clip(one, -700, 700))[0]
        assert constant("cross_entropy_lambda", np.clip(one, -9, 9)).predict([[0.0]])[0] == log1p_exp64(
            np.clip(one, -9, 9)
        )[0]  # fmt: skip


def test_ties_after_rounding():
    rng = np.random.default_rng(1)
    for margin in (0.0, 1e-17, 1e-16, 2e-16, 3e-16, -1e-17):
        model = constant("binary", [margin])
        compiled = compile_model(model)
        share = model.predict([[0.0]])[0]
        assert compiled.outcome_at(np.zeros(0, np.bool_)) == int(share > 1 - share)
        assert 0 < compiled.threshold < 1e-15
    differ = 0
    for _ in range(60):
        near = float(rng.normal())
        scores = np.array([near, np.nextafter(near, 9), near - rng.random()])
        own = constant("multiclass", scores.tolist(), num_class=3).predict([[0.0]])[0]
        assert_same_numbers(softmax(scores, 2), own)
        assert decide(scores, 2) == own.argmax()
        differ += int(own.argmax() != scores.argmax())
    assert differ > 10


@pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated")
def test_best_iteration():
    X, y = blobs(rows=400)
    for target, kind in ((y, lightgbm.LGBMClassifier), (y + X[:, 2], lightgbm.LGBMRegressor)):
        model = kind(n_estimators=60, learning_rate=1.0, verbose=-1)
        stop = [lightgbm.early_stopping(3, verbose=False)]
        model.fit(X[:100], target[:100], eval_set=[(X[100:], target[100:])], callbacks=stop)
        for one in (model, model.booster_):
            assert compile_model(one).trees.n_trees == model.best_iteration_ < 60
        check(model, X)
    seen, unseen = lightgbm.Dataset(X[:100], y[:100]), lightgbm.Dataset(X[100:], y[100:])
    kept = lightgbm.train(
        SMALL | {"objective": "binary", "learning_rate": 1.0}, seen, 60, valid_sets=[unseen],
        callbacks=[lightgbm.early_stopping(3, verbose=False)], keep_training_booster=True,
    )  # fmt: skip
    assert check(kept, X).trees.n_trees == kept.best_iteration < kept.current_iteration()


def test_zeros_that_are_missing():
    rng = np.random.default_rng(5)
    X = np.where(rng.random((300, 2)) < 0.5, 0.0, rng.normal(size=(300, 2)))
    y = (X[:, 0] == 0) ^ (X[:, 1] > 0.3)
    model = lightgbm.LGBMClassifier(n_estimators=5, zero_as_missing=True, **SMALL).fit(X, y)
    compiled = check(model, with_zeros(X, rng), frozenset({0, 1}))
    borders = {condition.threshold for condition in compiled.vocabulary.conditions}
    assert {ZERO, np.nextafter(-ZERO, -1)} <= borders


def test_trees_of_one_leaf_and_one_class():
    X, y = blobs(rows=30)
    assert (
        len(check(lightgbm.LGBMClassifier(n_estimators=2, verbose=-1, min_child_samples=500).fit(X, y), X).vocabulary)
        == 0
    )
    model = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(X, ["only"] * 30)
    compiled, space = compiled_with_space(model)
    assert compiled.classes == ("only",)
    assert self_check(compiled, space, compiled.read(X)) > 0


def test_names_with_blanks():
    import pandas as pd

    X, y = blobs()
    frame = pd.DataFrame(X, columns=["mean size", "b", "c d e", "f"])
    model = lightgbm.LGBMClassifier(n_estimators=3, **SMALL).fit(frame, y)
    compiled, space = compiled_with_space(model)
    assert compiled.vocabulary.names == ("mean_size", "b", "c_d_e", "f")
    rows = compiled.read(frame[["f", "c d e", "b", "mean size"]])
    assert compiled.predict(rows).tolist() == model.predict(frame).tolist()
    assert self_check(compiled, space, rows) > 0
    assert detect_missing(model, "auto", [frame], None) == frozenset()


def kinds(rng, rows, holes):
    import pandas as pd

    words = pd.Categorical(rng.choice(["red", "blue", "green", "grey", "none"], rows))
    frame = pd.DataFrame(
        {"size": rng.normal(size=rows), "colour": words, "kind": pd.Categorical(rng.integers(3, 9, rows))}
    )
    y = frame["colour"].isin(["red", "grey"]).to_numpy() ^ frame["kind"].isin([3, 5, 8]).to_numpy()
    if holes:
        frame.loc[::7, "colour"] = None
    return frame, y.astype(int)


FREE = {"min_data_per_group": 1, "cat_smooth": 0.0, "cat_l2": 0.0}


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("single", [1, 100])
def test_categories_of_data_frames(holes, single, tmp_path):
    rng = np.random.default_rng(holes)
    frame, y = kinds(rng, 300, holes)
    model = lightgbm.LGBMClassifier(n_estimators=6, max_cat_to_onehot=single, **FREE, **SMALL).fit(frame, y)
    model.booster_.save_model(tmp_path / "model.txt")
    for one in (model, model.booster_, tmp_path / "model.txt"):
        compiled, space = compiled_with_space(one, frozenset({1}) if holes else frozenset())
        assert compiled.vocabulary.labels == {1: ("blue", "green", "grey", "none", "red"), 2: (3, 4, 5, 6, 7, 8)}
        rows = compiled.read(frame)
        assert_same_numbers(
            compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.predict(frame, raw_score=True)
        )
        assert compiled.predict(rows).tolist() == model.predict(frame).tolist()
        assert self_check(compiled, space, rows) > 0
    frame["kind"] = frame["kind"].cat.as_ordered()
    model.fit(frame, y)
    with pytest.raises(UnsupportedModelError, match="expected all of them to be unordered"):
        compile_model(model)


@pytest.mark.parametrize("holes", [False, True])
def test_categories_that_are_numbers(holes):
    rng = np.random.default_rng(4)
    X = np.column_stack([rng.normal(size=300), rng.choice([0, 1, 2, 7, 33, 70], 300)])
    y = np.isin(X[:, 1], [1, 33, 70]) ^ (X[:, 0] > 1)
    if holes:
        X[::6, 1] = np.nan
    model = lightgbm.LGBMClassifier(n_estimators=5, max_cat_to_onehot=1, **FREE, **SMALL)
    model.fit(X, y, categorical_feature=[1])
    compiled, space = compiled_with_space(model, frozenset({1}) if holes else frozenset())
    assert compiled.vocabulary.labels == {1: (0, 1, 2, 7, 33, 70, "(any other value)")}
    rows = compiled.read(X)
    assert_same_numbers(compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.predict(X, raw_score=True))
    assert self_check(compiled, space, rows) > len(rows)
    other = np.array([[0.5, 12.0], [0.5, 400.0]])
    assert compiled.predict(compiled.read(other)).tolist() == model.predict(other).tolist()
    for value in (1.5, "red", -0.5):
        with pytest.raises(BadInputError, match="expected the number of a category"):
            compiled.read([[0.5, value]])
    negative = np.column_stack([X[:, 0], np.where(np.arange(300) % 2, -1.0, -7.0)])
    assert detect_missing(model, "auto", [negative], None) == {1}
    if holes:
        read = compiled.read(negative)
        assert np.isnan(read[:, 1]).all()
        own = model.predict(negative, raw_score=True)
        assert_same_numbers(compiled.trees.scores_of_rows(read, space.codes)[:, 0], own)
        gone = np.column_stack([X[:, 0], np.full(300, np.nan)])
        assert own.tolist() == model.predict(gone, raw_score=True).tolist()
    else:
        with pytest.raises(BadInputError, match=r"'f2' is -7.0 in row 0, which the model takes for a missing value"):
            compiled.read(negative)


def test_pipelines():
    import pandas as pd

    rng = np.random.default_rng(6)
    data = pd.DataFrame(
        {"colour": rng.choice(list("rgby"), 300), "size": rng.normal(size=300) * 1e3, "b": rng.normal(size=300)}
    )
    data.loc[::8, "b"] = np.nan
    y = data["colour"].isin(["r", "b"]).to_numpy() ^ (data["size"] > 300).to_numpy()
    before = ColumnTransformer(
        [("kinds", OneHotEncoder(), ["colour"]), ("numbers", StandardScaler(), ["size"])], remainder="passthrough"
    )
    for kind in (lightgbm.LGBMClassifier, lightgbm.LGBMRegressor):
        for threshold in (0.0, 1.0):
            before.set_params(sparse_threshold=threshold)
            pipeline = make_pipeline(before, kind(n_estimators=6, **SMALL)).fit(data, y * 1)
            compiled, space = compiled_with_space(pipeline, frozenset({2}))
            rows = compiled.read(data)
            assert compiled.predict(rows).tolist() == pipeline.predict(data).tolist()
            assert self_check(compiled, space, rows) > len(rows)


def test_wrong_models(tmp_path):
    X, y = blobs(rows=60)
    with pytest.raises(NotFittedModelError):
        compile_model(lightgbm.LGBMClassifier())
    with pytest.raises(UnsupportedModelError, match="linear_tree=False"):
        compile_model(lightgbm.LGBMRegressor(n_estimators=2, linear_tree=True, **SMALL).fit(X, X[:, 0] * 3))
    early = lightgbm.LGBMClassifier(n_estimators=2, pred_early_stop=True, **SMALL).fit(X, y)
    with pytest.raises(UnsupportedModelError, match="pred_early_stop=True"):
        compile_model(early)
    with pytest.raises(BadInputError, match=r"none.txt' cannot be read"):
        compile_model(tmp_path / "none.txt")


def test_damaged_texts(tmp_path):
    X, y = blobs(rows=60)
    path = tmp_path / "model.txt"
    lightgbm.LGBMClassifier(n_estimators=2, **SMALL).fit(X, y).booster_.save_model(path)
    raw = re.sub("tree_sizes=.*\n", "", path.read_text())
    for share in (0.0, 0.01, 0.3, 0.5):
        path.write_text(raw[: int(len(raw) * share)])
        with pytest.raises(FormatError, match=r"model file .*save the model again"):
            compile_model(path)
    changes = {
        "num_leaves=": "expected",
        "left_child=": "expected",
        "split_feature=9 ": "expected",
        "leaf_value=nan ": "no finite number",
        "objective=new ": "objective type name: new",
        "threshold=x ": "expected numbers",
        "left_child=0 ": "make no tree",
        "decision_type=1 ": "a set of categories that is not there",
    }
    for change, message in changes.items():
        key = change.partition("=")[0] + "="
        start = raw.index("\n" + key) + 1
        rest = raw[start:].split("\n", 1)
        told = rest[0].partition("=")[2].split(" ")
        line = change.strip() + (" " + " ".join(told[1:]) if change.endswith(" ") else "")
        path.write_text(raw[:start] + line + "\n" + rest[1])
        with pytest.raises(SufficeError, match=message):
            compile_model(path)
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(raw.encode())
        damaged[rng.integers(len(damaged))] = rng.integers(256)
        path.write_bytes(damaged)
        with suppress(SufficeError):
            compile_model(path)


def test_names_with_blanks_are_the_users():
    import pandas as pd

    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"capital gain": generator.integers(0, 100, 200), "a_b": generator.random(200)})
    model = lightgbm.LGBMClassifier(n_estimators=3, num_leaves=4, verbose=-1, n_jobs=1).fit(
        frame, frame["capital gain"] > 50
    )
    explainer = Explainer.initialize(model, frame.iloc[0], background=frame)
    assert explainer.get_feature_names() == ["capital gain", "a_b"]
    assert all("capital_gain" not in said for said in explainer.sufficient_reason().features)
    explainer.set_excluded_features(["capital_gain"])  # as the library has it
    assert explainer.sufficient_reason() is None
    assert Explainer.initialize(model, frame.to_numpy()[0]).get_feature_names() == ["capital_gain", "a_b"]
    declared = Explainer.initialize(model, frame.iloc[:1], {"integer": ["capital_gain"]})
    assert declared.features[0].name == "capital gain" and declared.features[0].kind == "integer"
