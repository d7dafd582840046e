"""CatBoost's models: sums and predictions equal to the library's, bit for bit; reasons by brute force."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from suffice import Explainer, Output, explain
from suffice.encoders.registry import compile_model
from suffice.engine.errors import ModelChangedError

from tests.brute.cells import check_reasons
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, tables

catboost = pytest.importorskip("catboost")
pytestmark = pytest.mark.filterwarnings("ignore")

SMALL = {"iterations": 7, "depth": 3, "verbose": 0, "allow_writing_files": False, "thread_count": 1, "random_seed": 0}
LABELS = st.sampled_from([(0, 1, 2), (-1, 2, 7), ("no", "yes", "zz"), (0.5, 1.5, 2.0)])
POLICIES = st.sampled_from(["SymmetricTree", "Depthwise", "Lossguide"])
NAN = st.sampled_from(["Min", "Max"])


def classifier(X, y, **how):
    return catboost.CatBoostClassifier(**SMALL | how).fit(X, y)


def regressor(X, y, **how):
    return catboost.CatBoostRegressor(**SMALL | how).fit(X, y)


def sums(model, rows):
    """What the trees add up to, before the scale and the bias."""
    plain = model.copy()
    if not isinstance(model.get_scale_and_bias()[1], list):
        plain.set_scale_and_bias(1.0, 0.0)
    return plain.predict(rows, prediction_type="RawFormulaVal")


def varied(y):
    """Labels of at least two classes."""
    y[:2] = 0, 1
    return y


@budget(16)
@given(tables(), LABELS, POLICIES, NAN, st.sampled_from(["MultiClass", "MultiClassOneVsAll"]))
def test_classifiers_add_up_as_the_library_does(table, labels, policy, nan, loss):
    _, X, missing, y, _ = table
    how = {"loss_function": loss} if y.max() > 1 else {}
    model = classifier(X, np.array(labels)[varied(y)], grow_policy=policy, nan_mode=nan, **how)
    assert_faithful(model, X, missing, lambda rows: sums(model, rows), lambda rows: model.predict(rows).ravel())


@budget(12)
@given(
    tables(), POLICIES, st.sampled_from(["RMSE", "MAE", "Quantile:alpha=0.7", "Poisson", "Tweedie:variance_power=1.5"])
)
def test_regressors_predict_the_same_numbers(table, policy, loss):
    _, X, missing, _, numbers = table
    model = regressor(X, numbers + 0.5 + np.arange(len(numbers)) % 3, loss_function=loss, grow_policy=policy)
    assert_faithful(model, X, missing, lambda rows: sums(model, rows), model.predict)


@pytest.mark.parametrize("scale", [1.0, 0.3, -2.0, 0.0, 1e-300])
@pytest.mark.parametrize("bias", [0.0, 0.7, -1e3])
def test_scale_and_bias(scale, bias):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 2))
    for model in (regressor(X, X[:, 0]), classifier(X, X[:, 0] > 0)):
        model.set_scale_and_bias(scale, bias)
        compiled = compile_model(model)
        assert compiled.predict(compiled.read(X)).tolist() == model.predict(X).tolist()
        Explainer.initialize(model, X[0], background=X)


@pytest.mark.parametrize("threshold", [0.0, 0.123, 0.5, 0.9, 1.0])
def test_probability_thresholds(threshold):
    rng = np.random.default_rng(2)
    X = rng.normal(size=(80, 2))
    model = classifier(X, np.where(X[:, 0] + rng.normal(size=80) > 0, "b", "a"))
    model.set_probability_threshold(threshold)
    explainer = Explainer.initialize(model, X[0], background=X)
    assert [explainer.predict(row) for row in X] == model.predict(X).tolist()


def test_bias_and_scale_of_several_classes():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(90, 2))
    model = classifier(X, (X[:, 0] > 0).astype(int) + (X[:, 1] > 0))
    model.set_scale_and_bias(0.5, [0.1, 0.2, -0.3])
    explainer = Explainer.initialize(model, X[0], background=X)
    assert [explainer.predict(row) for row in X] == model.predict(X).ravel().tolist()


def test_classes_that_no_score_speaks_of():
    rng = np.random.default_rng(4)
    X = rng.normal(size=(90, 2))
    y = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0)
    model = classifier(X, y, loss_function="MultiClass", class_names=[7, 1, 2, 0])
    explainer = Explainer.initialize(model, X[0], background=X)
    assert set(explainer.session.compiled.classes) == {0, 1, 2}


def test_the_base_class_and_a_ranker_give_the_sum():
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 3))
    base = catboost.CatBoost(SMALL | {"loss_function": "Logloss"}).fit(X, X[:, 0] > 0)
    ranker = catboost.CatBoostRanker(**SMALL).fit(X, (X[:, 0] > 0).astype(int), group_id=np.repeat(np.arange(8), 10))
    for model in (base, ranker):
        explainer = Explainer.initialize(model, X[0], background=X)
        assert explainer.session.compiled.regression
        assert explainer.predict(X[0]) == model.predict(X)[0]


@pytest.mark.parametrize("loss", ["MultiRMSE", "RMSEWithUncertainty", "MultiQuantile:alpha=0.2,0.8", "MultiClass"])
def test_one_of_several_numbers(loss):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(80, 3))
    y = {"MultiRMSE": X[:, :2], "MultiClass": np.digitize(X[:, 0], [-0.5, 0.5])}.get(loss, X[:, 0])
    how = SMALL | {"loss_function": loss}
    model = catboost.CatBoost(how) if loss == "MultiClass" else catboost.CatBoostRegressor(**how)
    model.fit(X, y)
    for place in range(2):
        explainer = Explainer.initialize(Output(model, place), X[0], background=X)
        assert explainer.predict(X[0]) == model.predict(X)[0, place]


def test_one_class_and_truth_values():
    X = np.random.default_rng(6).normal(size=(60, 2))
    one = classifier(X, np.ones(60), allow_const_label=True)
    explainer = Explainer.initialize(one, X[0])
    assert (explainer.target_prediction, tuple(explainer.sufficient_reason())) == (1.0, ())
    truth = Explainer.initialize(classifier(X, X[:, 0] > 0), X[0], background=X)
    assert truth.target_prediction is (X[0, 0] > 0).item()


def frame(rng, n=120):
    rows = pd.DataFrame({
        "age": rng.integers(18, 24, n), "job": rng.choice(["cook", "clerk", "a b", "ü"], n),
        "zone": rng.integers(1, 4, n), "rate": rng.choice([0.5, 1.0, 2.25], n), "flag": rng.random(n) < 0.5,
    })  # fmt: skip
    rows["kind"] = pd.Categorical(rng.choice(list("xyz"), n))
    rows.loc[rng.random(n) < 0.2, "rate"] = np.nan
    return rows, rows["age"] + 3 * (rows["job"] == "cook") + rows["zone"] * 2 + 2 * rows["flag"]


CATS = ["job", "zone", "flag", "kind"]
STATISTICS = ["Borders", "Buckets", "BinarizedTargetMeanValue", "Counter"]


@pytest.mark.parametrize("kind", [*STATISTICS, None])
@pytest.mark.parametrize("task", ["two", "three", "number"])
def test_categories_and_their_statistics(kind, task):
    rng = np.random.default_rng(STATISTICS.index(kind) if kind else 9)
    rows, score = frame(rng)
    how = {"cat_features": CATS, "max_ctr_complexity": 1, "one_hot_max_size": 3 if kind is None else 1}
    if kind is not None:
        how["simple_ctr"] = [kind] if task != "three" or kind != "BinarizedTargetMeanValue" else ["Counter"]
    if task == "number":
        model = regressor(rows, score, **how)
    else:
        model = classifier(rows, np.digitize(score, [25] if task == "two" else [24, 28]), **how)
    explainer = Explainer.initialize(model, rows.iloc[[0]], missing=["rate"], background=rows)
    compiled, space = explainer.session.compiled, explainer.session.space
    other, _ = frame(rng, 200)
    other["job"] = other["job"].where(rng.random(200) > 0.2, "never seen")
    other["zone"] = np.where(rng.random(200) < 0.2, 99, other["zone"])
    wanted = model.predict(other).ravel().tolist()
    for given_rows in (
        other,
        other[other.columns[::-1]],
        other.astype(object),
        other.astype(object).to_numpy().tolist(),
    ):
        read = compiled.read(given_rows)
        said = (
            compiled.values(space, read)
            if compiled.regression
            else [compiled.classes[i] for i in compiled.outcomes(space, read)]
        )
        assert list(said) == wanted


def compare(model, rows, missing, x):
    """All kinds of reasons against the model's own predictions for every combination of cells."""
    explainer = Explainer.initialize(model, x, missing=missing, background=rows)
    check_reasons(explainer, x)
    for reason in explainer.contrastive_reason(n=Explainer.ALL):
        said = model.predict(pd.DataFrame([reason.witness.row.iloc[0]]).astype(object).infer_objects()).ravel()[0]
        assert said != explainer.target_prediction


@pytest.mark.parametrize("seed", range(6))
def test_reasons_are_those_of_brute_force(seed):
    rng = np.random.default_rng(seed)
    rows, score = frame(rng, 60)
    rows = rows[["rate", "job", "zone"]]
    y = np.digitize(score, [25] if seed % 2 else [24, 28])
    policy = ["SymmetricTree", "Lossguide", "Depthwise"][seed % 3]
    model = classifier(
        rows, y, cat_features=["job", "zone"], max_ctr_complexity=1, one_hot_max_size=[1, 10][seed // 3], iterations=4,
        depth=2, grow_policy=policy, border_count=3, nan_mode=["Min", "Max"][seed % 2],
    )  # fmt: skip
    compare(model, rows, ["rate"], rows.dropna().iloc[:1])


def test_rows_come_in_many_containers():
    X = np.random.default_rng(7).integers(0, 5, (60, 3)).astype(float)
    model = classifier(X, X[:, 0] + X[:, 1] > 4)
    wanted = model.predict(X).tolist()
    named = pd.DataFrame(X, columns=["a", "b", "c"])
    for rows in (X, X.astype(np.float32), X.astype(int), X.tolist(), named, sparse.csr_array(X)):
        assert [one.prediction for one in explain(model, rows)] == wanted


@pytest.mark.parametrize("number", [2**24 + 1, 2**53 + 1, -(2**40) - 1])
def test_long_whole_numbers_are_read_as_the_library_reads_them(number):
    near = np.array([number - 2, number - 1, number, number + 1, number + 2], dtype=np.int64)
    X = np.column_stack([np.tile(near, 12), np.arange(60) % 7]).astype(np.int64)
    model = classifier(X, X[:, 0] > number)
    compiled = compile_model(model)
    for rows in (X, pd.DataFrame(X, columns=["a", "b"]), X.astype(float), X.tolist()):
        assert compiled.predict(compiled.read(rows)).tolist() == model.predict(rows).tolist()


def test_an_explainer_survives_pickling_and_notices_a_second_fit():
    rng = np.random.default_rng(8)
    rows, score = frame(rng)
    model = classifier(rows, score > 25, cat_features=CATS, max_ctr_complexity=1)
    explainer = Explainer.initialize(model, rows.iloc[[0]], background=rows)
    again = pickle.loads(pickle.dumps(explainer))
    assert tuple(again.sufficient_reason()) == tuple(explainer.sufficient_reason())
    assert again.to_features(again.sufficient_reason()) == explainer.to_features(explainer.sufficient_reason())
    for change in (lambda: model.set_probability_threshold(0.9), lambda: model.set_scale_and_bias(2.0, 0.5)):
        explainer = Explainer.initialize(model, rows.iloc[[0]], background=rows)
        change()
        with pytest.raises(ModelChangedError, match="its trees, or what is made"):
            explainer.sufficient_reason()
    explainer = Explainer.initialize(model, rows.iloc[[0]], background=rows)
    model.fit(rows, score > 26)
    with pytest.raises(ModelChangedError, match="fitted again"):
        explainer.sufficient_reason()


def test_a_search_over_categories_tells_their_names():
    rng = np.random.default_rng(11)
    rows, score = frame(rng)
    made = catboost.CatBoostClassifier(**SMALL, max_ctr_complexity=1)
    search = GridSearchCV(made, {"iterations": [3]}, cv=2).fit(rows, np.digitize(score, [24, 28]), cat_features=CATS)
    explainer = Explainer.initialize(search, rows.iloc[[0]], missing=["rate"], background=rows)
    assert set(explainer.session.compiled.vocabulary.labels[1]) >= {"cook", "clerk", "a b", "ü"}
    assert [explainer.predict(rows.iloc[[i]]) for i in range(40)] == search.predict(rows.iloc[:40]).ravel().tolist()


def test_the_last_step_of_a_pipeline():
    rng = np.random.default_rng(9)
    X = rng.normal(size=(90, 3))
    for y in (X[:, 0] > 0, np.digitize(X[:, 0], [-0.5, 0.5])):
        made = catboost.CatBoostClassifier(**SMALL)
        pipeline = make_pipeline(StandardScaler(), made).fit(X, y)
        explainer = Explainer.initialize(pipeline, X[0], background=X)
        assert [explainer.predict(row) for row in X] == pipeline.predict(X).ravel().tolist()
        assert explainer.is_sufficient_reason(explainer.sufficient_reason())
