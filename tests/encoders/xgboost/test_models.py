"""XGBoost's models: margins and predictions equal to the library's, bit for bit."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice.encoders.assembly.links import exp32, sigmoid32
from suffice.encoders.registry import compile_model, detect_missing
from suffice.encoders.selfcheck import self_check
from suffice.encoders.xgboost.trees import trees_of
from suffice.engine.errors import UnsupportedModelError
from suffice.engine.models.ensembles import decide, softmax
from suffice.engine.models.floats import first_float

from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, assert_same_numbers, compiled_with_space, tables
from tests.house.layout import ROOT

xgboost = pytest.importorskip("xgboost")
OUTSIDE = ROOT.parent / "shared" / "peers"


def check(model, X, missing=frozenset(), seed=0):
    """Compare a wrapper or a Booster with the library."""
    if isinstance(model, xgboost.Booster):

        def ask(rows, margin):
            types = model.feature_types
            matrix = xgboost.DMatrix(rows, feature_types=types)
            return model.predict(matrix, output_margin=margin, validate_features=False)

        def predict(rows):
            said = ask(rows, False)
            name = json.loads(model.save_config())["learner"]["objective"]["name"]
            if not name.startswith(("binary", "multi")):
                return said
            if said.ndim > 1:
                return said.argmax(axis=1)
            return (
                said.astype(int) if name == "multi:softmax" else (said > (name != "binary:logitraw") * 0.5).astype(int)
            )

        return assert_faithful(model, X, missing, lambda rows: ask(rows, True), predict, seed)
    return assert_faithful(
        model, X, missing,
        lambda rows: model.predict(rows, output_margin=True, validate_features=False),
        lambda rows: model.predict(rows, validate_features=False), seed,
    )  # fmt: skip


@st.composite
def settings_of(draw):
    options = {
        "n_estimators": draw(st.sampled_from([1, 3, 8])),
        "max_depth": draw(st.sampled_from([1, 3, 6])),
        "learning_rate": draw(st.sampled_from([0.1, 0.3, 1.0])),
        "tree_method": draw(st.sampled_from(["exact", "hist", "approx"])),
        "min_child_weight": 0,
        "reg_lambda": draw(st.sampled_from([0.0, 1.0])),
        "n_jobs": 1,
    }
    if draw(st.booleans()):
        options |= {"num_parallel_tree": 2, "subsample": 0.7}
    if draw(st.integers(0, 3)) == 0:
        options |= {"booster": "dart", "rate_drop": 0.4, "normalize_type": draw(st.sampled_from(["tree", "forest"]))}
    return options


@budget(40)
@given(tables(), settings_of(), st.sampled_from([None, 0.1, 0.9, 0.5]), st.booleans())
def test_classifiers(case, options, base, logit):
    rng, X, holes, y, _ = case
    if y.max() == 1:
        options |= {"base_score": base, "objective": "binary:logitraw" if logit else "binary:logistic"}
    elif logit:
        options |= {"objective": "multi:softmax"}
    model = xgboost.XGBClassifier(**options).fit(X, y)
    compiled = check(model, X, holes, int(rng.integers(99)))
    assert compiled.voting == "boosted"
    assert compiled.trees.single
    assert compiled.one_score == (y.max() == 1)


@budget(40)
@given(
    tables(),
    settings_of(),
    st.sampled_from(
        [
            "reg:squarederror", "reg:logistic", "count:poisson", "reg:gamma", "reg:tweedie", "reg:squaredlogerror",
            "reg:pseudohubererror", "reg:absoluteerror", "reg:quantileerror", "survival:cox",
        ]
    ),
)  # fmt: skip
def test_regressors(case, options, objective):
    rng, X, holes, _, z = case
    z = z / (z.max() + 1) if objective == "reg:logistic" else z + 0.5
    extra = {"quantile_alpha": 0.3} if objective == "reg:quantileerror" else {}
    model = xgboost.XGBRegressor(objective=objective, **extra, **options).fit(X, z)
    if not np.isfinite(model.predict(X, output_margin=True)).all():  # trained into the void, which is refused
        with pytest.raises(ValueError, match="is no finite number"):
            compile_model(model)
        return
    compiled = check(model, X, holes, int(rng.integers(99)))
    assert compiled.regression
    assert compiled.voting == "value"


@budget(25)
@given(
    tables(),
    st.sampled_from(["binary:logistic", "binary:logitraw", "binary:hinge", "multi:softmax", "multi:softprob"]),
    st.sampled_from(["gbtree", "dart"]),
)
def test_boosters_and_files(tmp_path_factory, case, objective, booster):
    _, X, holes, y, _ = case
    params = {"objective": objective, "max_depth": 3, "booster": booster, "min_child_weight": 0}
    if booster == "dart":
        params["rate_drop"] = 0.4
    if objective.startswith("multi"):
        params["num_class"] = int(y.max()) + 1
    else:
        y = y > 0
    model = xgboost.train(params, xgboost.DMatrix(X, y), 5)
    compiled = check(model, X, holes)
    folder = tmp_path_factory.mktemp("models")
    for name in ("model.json", "model.ubj"):
        model.save_model(folder / name)
        for path in (folder / name, str(folder / name)):
            told, space = compiled_with_space(path, holes)
            assert told.vocabulary == compiled.vocabulary
            assert told.trees.values.tobytes() == compiled.trees.values.tobytes()
            assert told.trees.base.tobytes() == compiled.trees.base.tobytes()
            assert told.threshold == compiled.threshold
            assert self_check(told, space) > 0
            assert told.source is path


def blobs(rows=200, columns=4, classes=2, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns))
    return X, (X[:, 0] + rng.normal(size=rows) > 0).astype(int) + (X[:, 1] > 0.5) * (classes > 2)


def test_files_without_the_library(tmp_path, monkeypatch):
    import importlib.util

    X, y = blobs(classes=3)
    for labels in (y, y > 0):
        model = xgboost.XGBClassifier(n_estimators=4, max_depth=3).fit(X, labels)
        model.save_model(tmp_path / "model.json")
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        compiled, space = compiled_with_space(tmp_path / "model.json")
        monkeypatch.undo()
        assert compiled.predict(compiled.read(X)).tolist() == model.predict(X).tolist()
        assert self_check(compiled, space) > 0


def test_a_margin_above_zero_may_still_be_class_0():
    X, y = blobs(rows=40)
    model = xgboost.XGBClassifier(n_estimators=1, max_depth=1, base_score=0.5).fit(X, y)
    threshold = compile_model(model).threshold
    assert 0 < threshold < 1e-7
    probability = sigmoid32(np.array([threshold, np.nextafter(np.float32(threshold), np.float32(0))]))
    assert probability[0] > 0.5 == probability[1]
    # a model of one leaf that gives exactly such a margin
    raw = json.loads(model.get_booster().save_raw("json"))
    (tree,) = raw["learner"]["gradient_booster"]["model"]["trees"]
    for shift, label in ((1.0, 1), (0.9, 0)):
        tree["split_conditions"] = [
            float(np.float32(threshold * shift)) if leaf < 0 else told
            for leaf, told in zip(tree["left_children"], tree["split_conditions"], strict=True)
        ]
        model.get_booster().load_model(bytearray(json.dumps(raw).encode()))
        compiled = check(model, X)
        assert set(compiled.predict(compiled.read(X)).tolist()) == {label}


def empty_booster(objective, **params):
    """A model whose trees give 0, so that it predicts from base margins alone."""
    params = {"objective": objective, "max_depth": 1, "eta": 0.0, **params}
    y = np.arange(12) % max(2, params.get("num_class", 2))
    return xgboost.train(params, xgboost.DMatrix(np.zeros((12, 1)), y), 1)


def test_links_are_those_of_the_library():
    rng = np.random.default_rng(0)
    margins = np.concatenate([rng.uniform(-110, 110, 60_000), rng.normal(size=40_000) * 1e-6, [0, -0.0, 1e-45, 88.7]])
    margins = margins.astype(np.float32).astype(float)
    matrix = xgboost.DMatrix(np.zeros((len(margins), 1)), base_margin=margins)
    for objective, link in (("binary:logistic", sigmoid32), ("count:poisson", exp32)):
        own = empty_booster(objective).predict(matrix)
        with np.errstate(over="ignore"):
            assert_same_numbers(link(margins), own)
    assert (np.diff(sigmoid32(np.sort(margins))) >= 0).all()


def test_softmax_ties_go_to_the_first_class():
    rng = np.random.default_rng(1)
    scores = (rng.normal(size=(40_000, 3)) * np.exp(2 * rng.normal(size=(40_000, 1)))).astype(np.float32)
    near = rng.random(len(scores)) < 0.7
    scores[near, 1] = np.nextafter(scores[near, 0], np.float32(np.inf))
    matrix = xgboost.DMatrix(np.zeros((len(scores), 1)), base_margin=scores)
    own = empty_booster("multi:softprob", num_class=3).predict(matrix)
    wide = scores.astype(float)
    assert_same_numbers(np.array([softmax(row, 1) for row in wide]), own)
    decided = [decide(row, 1) for row in wide]
    assert decided == own.argmax(axis=1).tolist() != scores.argmax(axis=1).tolist()
    assert [decide(row, 0) for row in wide] == scores.argmax(axis=1).tolist()


def test_base_scores_of_classes():
    X, y = blobs(classes=3, rows=60)
    y[:50] = 2
    compiled = check(xgboost.XGBClassifier(n_estimators=2, max_depth=2).fit(X, y), X)
    assert len(set(compiled.trees.base.tolist())) == 3
    assert compiled.link == "softmax32"


def test_best_iteration():
    X, y = blobs(rows=400)
    for target, kind in ((y, xgboost.XGBClassifier), (y + X[:, 2], xgboost.XGBRegressor)):
        model = kind(n_estimators=60, learning_rate=1.0, early_stopping_rounds=3, num_parallel_tree=2)
        model.fit(X[:100], target[:100], eval_set=[(X[100:], target[100:])], verbose=False)
        compiled = check(model, X)
        assert compiled.trees.n_trees == 2 * (model.best_iteration + 1) < 2 * model.get_booster().num_boosted_rounds()
        assert check(model.get_booster(), X).trees.n_trees == 2 * model.get_booster().num_boosted_rounds()


def test_random_forests_are_boosted_sums():
    X, y = blobs()
    check(xgboost.XGBRFClassifier(n_estimators=7, max_depth=4).fit(X, y), X)
    check(xgboost.XGBRFClassifier(n_estimators=7, max_depth=4).fit(*blobs(classes=3)), X)
    check(xgboost.XGBRFRegressor(n_estimators=7, max_depth=4).fit(X, y + X[:, 1]), X)


def test_trees_of_one_leaf_and_a_class_that_never_wins():
    X, y = blobs(rows=40)
    compiled = check(xgboost.XGBClassifier(n_estimators=3, max_depth=0, tree_method="hist").fit(X, y), X)
    assert len(compiled.vocabulary) <= 200
    compiled = check(xgboost.XGBClassifier(n_estimators=3, gamma=1e9).fit(X, y), X)
    assert len(compiled.vocabulary) == 0
    y[:] = 0
    y[0], y[1] = 1, 2
    check(xgboost.XGBClassifier(n_estimators=2, max_depth=1).fit(X, y), X)
    check(xgboost.XGBRegressor(n_estimators=2, gamma=1e9, base_score=0.1).fit(X, y), X)


def test_missing_values_and_their_directions():
    X, y = blobs()
    X[::3, 0], X[::5, 2] = np.nan, np.nan
    model = xgboost.XGBClassifier(n_estimators=8, max_depth=4).fit(X, y)
    assert detect_missing(model, "auto", [X], None) == {0, 2}
    compiled = check(model, X, frozenset({0, 2}))
    assert {c.missing for c in compiled.vocabulary.conditions if c.feature == 0} == {True, False}
    with pytest.raises(ValueError, match="declare it with missing=True"):
        compile_model(model).read(X)


def test_ranks():
    X, y = blobs(rows=60)
    model = xgboost.XGBRanker(n_estimators=3, max_depth=2).fit(X, y, qid=np.repeat([0, 1, 2], 20))
    assert check(model, X).regression


def test_names_of_columns():
    import pandas as pd

    X, y = blobs()
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = xgboost.XGBClassifier(n_estimators=3, max_depth=2).fit(frame, y)
    for one in (model, model.get_booster()):
        compiled, space = compiled_with_space(one)
        assert compiled.vocabulary.names == tuple("abcd")
        rows = compiled.read(frame[list("dcba")])
        assert compiled.predict(rows).tolist() == model.predict(frame).tolist()
        assert self_check(compiled, space, rows) > 0
    assert compile_model(model, feature_names=list("wxyz")).vocabulary.names == tuple("wxyz")
    with pytest.raises(ValueError, match="expected 4 names"):
        compile_model(model, feature_names=["one"])


def kinds(rng, rows):
    import pandas as pd

    words = rng.choice(["red", "blue", "green", "grey", "none"], rows)
    return pd.DataFrame(
        {
            "size": rng.normal(size=rows),
            "colour": pd.Categorical(words),
            "kind": pd.Categorical(rng.integers(3, 9, rows)),
        }
    )


@pytest.mark.parametrize("limit", [1, 100])
@pytest.mark.parametrize("holes", [False, True])
def test_categories_of_data_frames(limit, holes):
    rng = np.random.default_rng(limit)
    frame = kinds(rng, 300)
    y = (frame["colour"].isin(["red", "grey"]).to_numpy() ^ frame["kind"].isin([3, 5, 8]).to_numpy()).astype(int)
    if holes:
        frame.loc[::7, "colour"] = None
    model = xgboost.XGBClassifier(
        n_estimators=6, max_depth=5, enable_categorical=True, max_cat_to_onehot=limit, min_child_weight=0
    ).fit(frame, y)
    missing = frozenset({1}) if holes else frozenset()
    compiled, space = compiled_with_space(model, missing)
    assert [f.kind.value for f in compiled.features] == ["numerical", "categorical", "categorical"]
    assert compiled.vocabulary.labels == {1: ("blue", "green", "grey", "none", "red"), 2: (3, 4, 5, 6, 7, 8)}
    rows = compiled.read(frame)
    assert_same_numbers(
        compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.predict(frame, output_margin=True)
    )
    assert compiled.predict(rows).tolist() == model.predict(frame).tolist()
    assert self_check(compiled, space, rows) > 0
    assert compiled.to_user_row(rows[1]).tolist()[1:] == frame.iloc[1].tolist()[1:]
    with pytest.raises(ValueError, match="'colour' is 'pink' in row 0: expected one of 'blue'"):
        compiled.read([[0.0, "pink", 3]])


@pytest.mark.parametrize("limit", [1, 100])
def test_categories_that_are_numbers(limit):
    rng = np.random.default_rng(limit)
    X = np.column_stack([rng.normal(size=200), rng.integers(0, 7, 200)])
    y = np.isin(X[:, 1], [1, 2, 5]) ^ (X[:, 0] > 1)
    matrix = xgboost.DMatrix(X, y, feature_types=["q", "c"], enable_categorical=True)
    params = {"objective": "binary:logistic", "max_cat_to_onehot": limit, "min_child_weight": 0}
    model = xgboost.train(params, matrix, 5)
    compiled, space = compiled_with_space(model)
    rows = compiled.read(X)
    assert_same_numbers(
        compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.predict(matrix, output_margin=True)
    )
    assert compiled.vocabulary.labels[1][-1] == "(any other value)"
    assert compiled.read([[0.0, 99.0]])[0, 1] == len(compiled.vocabulary.labels[1]) - 1
    assert self_check(compiled, space, rows) > 0


def test_many_categories_take_several_tests():
    rng = np.random.default_rng(7)
    X = np.column_stack([rng.normal(size=900), rng.integers(0, 70, 900)])
    y = (X[:, 1] * 7 % 10 < 4) ^ (X[:, 0] > 1)
    matrix = xgboost.DMatrix(X, y, feature_types=["q", "c"], enable_categorical=True)
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 3, "max_cat_to_onehot": 1}, matrix, 3)
    compiled, space = compiled_with_space(model)
    rows = compiled.read(X)
    assert_same_numbers(
        compiled.trees.scores_of_rows(rows, space.codes)[:, 0], model.predict(matrix, output_margin=True)
    )
    assert self_check(compiled, space, rows) > 0


STORED = [
    *sorted((OUTSIDE / "pyxai" / "models").glob("*_xgb*.json")),
    *(OUTSIDE / "ensembles" / f"bt_{name}_d4.json" for name in ("bc", "dg")),
]


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_stored_models(path):
    if not path.exists():
        pytest.skip("no stored model")
    short = path.stem.removeprefix("bt_").removesuffix("_d4") if path.stem.startswith("bt_") else path.stem
    with np.load(path.parent / f"{short}_instances.npz") as stored:
        X = np.atleast_2d(stored[stored.files[0]]).astype(float)
    check(xgboost.Booster(model_file=path), X)
    compiled, space = compiled_with_space(path)
    assert self_check(compiled, space, compiled.read(X)) > len(X)


def test_first_float_searches_all_floats():
    for border in np.float32([0.0, 1e-45, -1e-45, 1.5, -2.75, 3e38, -3e38]).astype(float).tolist():
        assert first_float(lambda x, b=border: x >= b, True) == border
        assert first_float(lambda x, b=border: x >= b, False) == border
    assert first_float(lambda x: x > 1e300, True) == np.inf
    assert first_float(lambda x: x > -np.inf, True) == -float(np.finfo(np.float32).max)
    assert first_float(lambda x: x > 0.1, False) == np.nextafter(0.1, 1)


def test_dropped_trees_as_later_libraries_keep_them_are_refused():
    X = np.random.default_rng(0).normal(size=(50, 3))
    booster = xgboost.XGBClassifier(n_estimators=3, max_depth=2, n_jobs=1).fit(X, X[:, 0] > 0).get_booster()
    content = json.loads(booster.save_raw("json"))
    model = content["learner"]["gradient_booster"]["model"]
    model["weight_drop"] = [1.0, 1.0, 1.0]
    assert len(trees_of(content, "it").members) == 3
    model["weight_drop"] = [1.0, 0.5, 1.0]
    with pytest.raises(UnsupportedModelError, match="dart"):
        trees_of(content, "it")
