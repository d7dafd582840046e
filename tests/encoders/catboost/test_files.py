"""CatBoost's files: told by content, read as the library reads them; damaged ones are refused; misuse is named."""

import json
import random

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from suffice import BadInputError, Explainer, FormatError, NotFittedModelError, SufficeError, UnsupportedModelError
from suffice.encoders.catboost.files import read_model
from suffice.encoders.registry import compile_model
from suffice.encoders.selfcheck import compare

from tests.brute.amounts import examples
from tests.brute.damage import damaged, outcomes

catboost = pytest.importorskip("catboost")
SMALL = {"iterations": 4, "depth": 2, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "random_seed": 0}


def frame(n=90):
    rng = np.random.default_rng(1)
    rows = pd.DataFrame(
        {"x": rng.normal(size=n), "job": rng.choice(["cook", "clerk", "ü"], n), "zone": rng.integers(0, 9, n)}
    )
    rows.loc[::7, "x"] = np.nan
    return rows, (rows["x"].fillna(1) + 2 * (rows["job"] == "cook") + rows["zone"] % 3 > 1.5).to_numpy()


CATS = {"cat_features": ["job", "zone"], "max_ctr_complexity": 1}


def models():
    """Numbers, three classes of other trees, categories, a regressor."""
    rows, y = frame()
    numbers = rows[["x", "zone"]]
    three = np.where(y, "yes", np.where(rows["zone"] > 4, "no", "so so"))
    return {
        "two": (catboost.CatBoostClassifier(**SMALL).fit(numbers, np.where(y, "b", "a")), numbers),
        "three": (catboost.CatBoostClassifier(**SMALL, grow_policy="Lossguide").fit(numbers, three), numbers),
        "categories": (catboost.CatBoostClassifier(**SMALL | CATS, one_hot_max_size=3).fit(rows, y), rows),
        "number": (catboost.CatBoostRegressor(**SMALL).fit(numbers, rows["zone"]), numbers),
        "power": (catboost.CatBoostRegressor(**SMALL, loss_function="Poisson").fit(numbers, rows["zone"]), numbers),
    }


def saved(model, path, form):
    model.save_model(path, format=form)
    return path


def said_by(model, rows):
    return np.asarray(model.predict(rows)).ravel()


@pytest.mark.parametrize("form", ["cbm", "json"])
@pytest.mark.parametrize("name", ["two", "three", "categories", "number", "power"])
def test_files_say_what_the_library_reads_in_them(tmp_path, form, name):
    model, rows = models()[name]
    path = saved(model, tmp_path / "model.any", form)
    again = type(model)().load_model(path, format=form)
    explainer = Explainer.initialize(path, rows.iloc[[1]], missing=["x"], background=rows)
    compiled = explainer.session.compiled
    assert compare(compiled, explainer.session.space, compiled.read(rows), said_by(again, rows)) == len(rows)
    if compiled.regression:
        explainer.set_interval(-1e9, explainer.predict(rows.iloc[[1]]) + 0.1)
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())


@pytest.mark.parametrize("name", ["two", "three", "categories", "number"])
def test_json_without_the_library(tmp_path, monkeypatch, name):
    model, rows = models()[name]
    path = saved(model, tmp_path / "m", "json")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    explainer = Explainer.initialize(path, rows.iloc[[1]], missing=["x"], background=rows)
    compiled = explainer.session.compiled
    assert compare(compiled, explainer.session.space, compiled.read(rows), said_by(model, rows)) == len(rows)


def test_what_needs_the_library_says_so(tmp_path, monkeypatch):
    made = models()
    binary, power = saved(made["two"][0], tmp_path / "a", "cbm"), saved(made["power"][0], tmp_path / "b", "json")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for path in (binary, power):
        with pytest.raises(UnsupportedModelError, match="install catboost"):
            Explainer.initialize(path)


def test_categories_that_nobody_showed_are_told_apart():
    model, rows = models()["categories"]
    explainer = Explainer.initialize(model, rows.iloc[[1]], missing=["x"])
    labels = explainer.session.compiled.vocabulary.labels
    assert sum(str(label).startswith("(category ") for label in labels[2]) == rows["zone"].nunique() - 1
    compiled = explainer.session.compiled
    assert compare(compiled, explainer.session.space, compiled.read(rows), said_by(model, rows)) == len(rows)
    for reason in explainer.contrastive_reason(n=20):
        assert model.predict(reason.witness.row)[0] != explainer.target_prediction


def test_a_file_tells_what_categories_are_called(tmp_path):
    model, rows = models()["categories"]
    pool = catboost.Pool(rows, cat_features=["job", "zone"])
    path = tmp_path / "m.json"
    model.save_model(path, format="json", pool=pool)
    assert set(compile_model(path).vocabulary.labels[1]) >= {"cook", "clerk", "ü"}


def test_many_categories_share_codes():
    rng = np.random.default_rng(3)
    rows = pd.DataFrame({"city": [f"city {i}" for i in rng.integers(0, 400, 3000)], "x": rng.normal(size=3000)})
    y = (rows["city"].str[5:].astype(int) % 7 < 3) ^ (rng.random(3000) < 0.2)
    model = catboost.CatBoostClassifier(**SMALL | {"cat_features": ["city"], "max_ctr_complexity": 1}).fit(rows, y)
    explainer = Explainer.initialize(model, rows.iloc[[0]], background=rows)
    labels = explainer.session.compiled.vocabulary.labels[0]
    assert 2 < len(labels) < 53
    assert any(" or " in str(label) for label in labels)
    assert [explainer.predict(rows.iloc[[i]]) for i in range(60)] == model.predict(rows.iloc[:60]).tolist()


def test_misuse_is_named(tmp_path):
    rows, y = frame()
    model = models()["categories"][0]
    with pytest.raises(NotFittedModelError, match="call fit"):
        Explainer.initialize(catboost.CatBoostClassifier())
    for value in (1.5, None, np.nan, pd.Timestamp("2020-01-01"), 2**70):
        with pytest.raises(BadInputError, match="expected a text or a whole number"):
            Explainer.initialize(model, {"x": 1.0, "job": "cook", "zone": value}, missing=False)
    with pytest.raises(BadInputError, match="takes none in columns of categories"):
        Explainer.initialize(model, rows.iloc[[0]], missing=["job"])
    with pytest.raises(BadInputError, match=r"absent.*'job'"):
        Explainer.initialize(model, rows.rename(columns={"job": "work"}).iloc[[0]])
    several = catboost.CatBoostRegressor(**SMALL, loss_function="MultiRMSE").fit(
        rows[["x", "zone"]], rows[["zone", "zone"]]
    )
    with pytest.raises(UnsupportedModelError, match="predicts 2 numbers"):
        Explainer.initialize(several)
    base = catboost.CatBoost(SMALL | {"loss_function": "MultiClass"}).fit(rows[["x", "zone"]], rows["zone"] % 3)
    with pytest.raises(UnsupportedModelError, match="CatBoostClassifier"):
        Explainer.initialize(base)
    pipeline = make_pipeline(StandardScaler(), catboost.CatBoostClassifier(**SMALL)).fit(rows[["x", "zone"]], y)
    assert Explainer.initialize(pipeline, rows[["x", "zone"]].iloc[[0]], missing=["x"]) is not None
    three = models()["three"][0]
    three.set_scale_and_bias(0.3, [0.0, 0.1, 0.2])
    with pytest.raises(UnsupportedModelError, match="power of 2"):
        Explainer.initialize(three)


def content(name="categories"):
    model, rows = models()[name]
    return model, rows


def changed(parsed, path, value):
    *way, last = path
    at = parsed
    for key in way:
        at = at[key]
    at[last] = value
    return parsed


TREE = ("oblivious_trees", 0)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ((*TREE, "leaf_values"), [1.0]), ((*TREE, "leaf_values", 0), "1"), ((*TREE, "leaf_values", 0), None),
        ((*TREE, "splits", 0, "split_type"), "Other"), ((*TREE, "splits", 0, "split_index"), 9999),
        ((*TREE, "splits", 0, "border"), 77.5), (("scale_and_bias",), [1]), (("scale_and_bias", 1), ["a"]),
        (("features_info", "float_features", 0, "borders"), [3, 2]), (("oblivious_trees",), []),
        (("features_info", "float_features", 0, "flat_feature_index"), 1), (("features_info",), None),
        (("features_info", "float_features", 0, "nan_value_treatment"), "AsEver"), (("scale_and_bias", 0), True),
    ],
)  # fmt: skip
def test_changed_numbers_are_noticed(tmp_path, monkeypatch, path, value):
    parsed = json.loads(saved(models()["two"][0], tmp_path / "m", "json").read_text())
    (tmp_path / "m2").write_text(json.dumps(changed(parsed, path, value)))
    with pytest.raises(SufficeError, match="model file"):
        Explainer.initialize(tmp_path / "m2")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    (tmp_path / "m3").write_text(json.dumps(parsed))
    with pytest.raises(SufficeError, match="model file"):
        Explainer.initialize(tmp_path / "m3")


def test_every_cut_is_refused(tmp_path):
    text = saved(models()["categories"][0], tmp_path / "m", "json").read_bytes()
    whole = text.rstrip()
    for cut in range(0, len(whole), max(1, len(whole) // examples(60))):
        with pytest.raises(FormatError):
            read_model(whole[:cut], "it")


def test_random_damage(tmp_path):
    rng = random.Random("catboost")
    made = models()
    whole = [
        saved(made[name][0], tmp_path / f"{name}{form}", form).read_bytes()
        for name in ("two", "three", "categories")
        for form in ("json", "cbm")
    ]
    said = outcomes("model", tmp_path, [*whole, *(damaged(rng.choice(whole), rng) for _ in range(examples(60)))])
    wrong = {i: told for i, told in enumerate(said) if not told.startswith(("taken", "refused"))}
    assert not wrong
    assert set(said[: len(whole)]) == {"taken"}
    assert sum(told.startswith("refused") for told in said) > len(said) // 4
