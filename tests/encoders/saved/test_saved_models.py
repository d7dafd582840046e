"""Models of all kinds as their saved forms: what these read, tell and predict is what the models do."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
import suffice
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multioutput import ClassifierChain
from sklearn.naive_bayes import CategoricalNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, CapabilityError, Explainer
from suffice.encoders.saved.models import SavedModel
from suffice.explainers.saving.loading import loaded
from suffice.explainers.saving.writing import saved_bytes

from tests.encoders.test_catalog import MODELS
from tests.encoders.test_catalog import ROWS as MODEL_ROWS
from tests.explainers.batch.cases import asked, told

rng = np.random.default_rng(1)
X = rng.normal(size=(150, 4)).round(3)
X[:, 3] = rng.integers(0, 4, 150)
Y = (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype(int)
Y3 = Y + (X[:, 3] > 2)
GAPS = X.copy()
GAPS[rng.random(X.shape) < 0.1] = np.nan
FRAME = pd.DataFrame({
    "age": rng.integers(18, 80, 150), "inc": rng.normal(50, 9, 150).astype("float32"),
    "job": pd.Categorical(rng.choice(["a", "b", "ü c"], 150)), "own": rng.random(150) > 0.5,
})  # fmt: skip
SAYS = np.where((FRAME.age > 40) ^ (FRAME.job == "b"), "yes", "no")
BITS = pd.DataFrame(np.c_[X[:, :2], np.eye(4)[X[:, 3].astype(int)][:, :3]], columns=["a", "b", "c_0", "c_1", "c_2"])


def forest(**how):
    return RandomForestClassifier(4, max_depth=3, random_state=0, **how)


def steps(final):
    columns = ColumnTransformer(
        [("n", StandardScaler(), ["age", "inc"]), ("c", OneHotEncoder(handle_unknown="ignore"), ["job"])],
        remainder="passthrough",
    )
    return make_pipeline(columns, final)


def xgboost(kind, **how):
    return getattr(pytest.importorskip("xgboost"), kind)(n_estimators=4, max_depth=3, **how)


def lightgbm(kind, **how):
    return getattr(pytest.importorskip("lightgbm"), kind)(n_estimators=4, verbose=-1, **how)


def catboost(**how):
    return pytest.importorskip("catboost").CatBoostClassifier(
        iterations=4, depth=3, verbose=0, allow_writing_files=False, **how
    )


TEXTS = FRAME.assign(job=FRAME.job.astype(str), own=FRAME.own.astype(int))
ONE_HOT = {
    "features_type": {"categorical": {"c_*": ["x", "y", "z"]}, "numerical": ["a", "b"]}, "ranges": {"a": (-4, 4)},
    "background": BITS,
}  # fmt: skip
LABELS = {
    "truth": Y > 0, "negative": np.array([-3, 7])[Y], "small": Y.astype(np.int8), "texts": np.array(["né", "日本"])[Y],
    "objects": np.array(["a", "2"], object)[Y],
}  # fmt: skip

CASES = {
    **{
        f"labels: {name}": lambda y=labels: (DecisionTreeClassifier(max_depth=4).fit(X, y), X, {})
        for name, labels in LABELS.items()
    },
    "missing": lambda: (forest().fit(GAPS, Y3), GAPS, {"background": GAPS}),
    "votes": lambda: (forest().fit(X, Y3), X, {"voting": "hard"}),
    "renamed": lambda: (forest().fit(X, Y), X, {"feature_names": ["w", "x", "y", "z"]}),
    "one-hot": lambda: (forest().fit(BITS, Y3), BITS, ONE_HOT),
    "float32": lambda: (forest().fit(X, Y), X.astype(np.float32), {"background": X.astype(np.float32)}),
    "numbers": lambda: (GradientBoostingRegressor(n_estimators=4).fit(X, X[:, 0]), X, {}),
    "histogram": lambda: (HistGradientBoostingClassifier(max_iter=4).fit(GAPS, Y), GAPS, {"background": GAPS}),
    "histogram of categories": lambda: (
        HistGradientBoostingClassifier(max_iter=4, categorical_features="from_dtype").fit(FRAME, SAYS), FRAME,
        {"background": FRAME},
    ),
    "counts": lambda: (HistGradientBoostingRegressor(loss="poisson", max_iter=4).fit(X, Y + 1.0), X, {}),
    "ada": lambda: (AdaBoostClassifier(n_estimators=3).fit(X, Y), X, {}),
    "isolation": lambda: (IsolationForest(n_estimators=4, max_samples=30, random_state=0).fit(X), X, {}),
    "xgboost": lambda: (xgboost("XGBClassifier").fit(GAPS, Y), GAPS, {"background": GAPS}),
    "xgboost counts": lambda: (xgboost("XGBRegressor", objective="count:poisson").fit(X, Y3), X, {}),
    "lightgbm": lambda: (lightgbm("LGBMClassifier").fit(FRAME, SAYS), FRAME, {"background": FRAME}),
    "lightgbm apart": lambda: (lightgbm("LGBMClassifier", objective="multiclassova").fit(X, Y3), X, {}),
    "catboost": lambda: (
        catboost(cat_features=["job"], one_hot_max_size=5).fit(TEXTS, SAYS), TEXTS, {"background": TEXTS},
    ),
    "steps": lambda: (steps(forest()).fit(FRAME, SAYS), FRAME, {"background": FRAME}),
    "steps, a tree": lambda: (steps(DecisionTreeClassifier(max_depth=3)).fit(FRAME, SAYS), FRAME, {}),
    "a function": lambda: (make_pipeline(FunctionTransformer(np.log1p), forest()).fit(abs(X), Y), abs(X), {}),
    "linear": lambda: (LogisticRegression().fit(X, Y3), X, {"background": X}),
    "ridge": lambda: (Ridge().fit(X, Y3), X, {"ranges": {f"f{i}": (-4, 4) for i in range(1, 5)}}),
    "vectors": lambda: (SVC(kernel="linear").fit(X, Y), X, {"background": X}),
    "by hand": lambda: (Builder.LinearModel([[1.0, -2.0, 0.5, 0.0]], [0.1]), X, {"background": X}),
    "bayes": lambda: (CategoricalNB().fit((X > 0).astype(int), Y), (X > 0).astype(int), {}),
    "calibrated": lambda: (CalibratedClassifierCV(forest(), cv=2).fit(X, Y), X, {}),
    "chain": lambda: (ClassifierChain(DecisionTreeClassifier(max_depth=3)).fit(X, np.c_[Y, Y3 > 1]), X, {}),
}  # fmt: skip


def row_of(rows, i):
    return rows.iloc[i : i + 1] if hasattr(rows, "iloc") else rows[i]


def made(case):
    model, rows, how = CASES[case]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        explainer = Explainer.initialize(model, row_of(rows, 0), **how)
    if hasattr(explainer, "set_interval") and not explainer.session.compiled.classes:
        explainer.set_interval(float(explainer.target_prediction) - 0.3, 99)
    return explainer, rows


QUERIES = ("minimal_sufficient_reason", "sufficient_reason", "minimal_contrastive_reason", "contrastive_reason")


@pytest.mark.parametrize("case", CASES)
def test_saved_forms_answer_as_the_models_do(case):
    explainer, rows = made(case)
    other = loaded(saved_bytes(explainer))
    assert other.features == explainer.features and repr(other.instance) == repr(explainer.instance)
    assert saved_bytes(other) == saved_bytes(explainer)
    for i in (0, 1, 5, 9):
        row = row_of(rows, i)
        for query in QUERIES:
            for over in ("literals", "features"):
                both = [told(asked(one, row, query, over=over)) for one in (explainer, other)]
                assert repr(both[0]) == repr(both[1])
        mine, theirs = other.predict(row), explainer.predict(row)
        assert type(mine) is type(theirs)
        if case in ("ridge", "by hand"):  # whose libraries add in an order of their own
            assert mine == pytest.approx(theirs, rel=1e-14)
        else:
            assert repr(mine) == repr(theirs)


def test_changed_rows_say_who_confirmed_them():
    explainer, _ = made("steps")
    other = loaded(saved_bytes(explainer))
    assert explainer.minimal_contrastive_reason().witness.note == ""
    witness = other.minimal_contrastive_reason().witness
    assert witness.note == "confirmed by the compiled form"
    assert [str(dtype) for dtype in witness.row.dtypes] == ["int64", "float32", "category", "bool"]
    assert explainer.predict(witness.row) != explainer.target_prediction


def test_rows_of_other_dtypes_are_refused():
    explainer, rows = made("steps")
    other = loaded(saved_bytes(explainer))
    with pytest.raises(BadInputError, match="'inc' is float64, and the explainer was saved for float32"):
        other.set_instance(rows.astype({"inc": "float64"}).iloc[:1])


def test_other_types_need_the_model_where_the_form_depends_on_them():
    model = steps(LogisticRegression()).fit(FRAME, SAYS)
    explainer = Explainer.initialize(model, FRAME.iloc[:1], background=FRAME)
    other = loaded(saved_bytes(explainer))
    new = FRAME.iloc[:1].assign(inc=np.float32(51.23456))
    for ask in (lambda: other.set_instance(new), lambda: other.predict(new), lambda: other.set_ranges({"age": (0, 9)})):
        with pytest.raises(CapabilityError, match=r"load .*suffice.load\(path, model=…\)"):
            ask()
    assert other.target_prediction == explainer.target_prediction
    attached = loaded(saved_bytes(explainer), model)
    attached.set_instance(new)
    explainer.set_instance(new)
    assert told(attached.sufficient_reason()) == told(explainer.sufficient_reason())


@pytest.mark.parametrize("place", MODELS)
def test_every_kind_of_model_does_without_its_library(place):
    if place == "text.models":
        pytest.skip("each text has a form of its own, see below")
    how = {"background": MODEL_ROWS} if ".linear" in place or "kernel" in place else {}
    model = MODELS[place]()
    explainer = Explainer.initialize(model, **how)
    other = loaded(saved_bytes(explainer))
    assert isinstance(other.get_model(), SavedModel) and other.features == explainer.features
    assert loaded(saved_bytes(explainer), model).get_model() is model


NEED = {
    "texts": lambda: make_pipeline(CountVectorizer(), DecisionTreeClassifier(max_depth=2)),
    "a target of functions": lambda: TransformedTargetRegressor(
        RandomForestRegressor(3, max_depth=3, random_state=0), func=np.log1p, inverse_func=np.expm1
    ),
}


@pytest.mark.parametrize("case", NEED)
def test_what_cannot_do_without_its_model_says_so(case, tmp_path):
    texts = ["good film", "bad film", "good plot", "bad plot and bad film"] * 5
    rows, labels = (texts, [1, 0, 1, 0] * 5) if case == "texts" else (X, Y3)
    model = NEED[case]().fit(rows, labels)
    explainer = Explainer.initialize(model, rows[0])
    explainer.save(tmp_path / "one")
    with pytest.raises(CapabilityError, match=r"needs its model: .*; load it with suffice.load\(path, model=…\)"):
        suffice.load(tmp_path / "one")
    attached = suffice.load(tmp_path / "one", model=model)
    assert attached.target_prediction == explainer.target_prediction and attached.features == explainer.features


def test_rectified_models_can_be_saved():
    explainer, _ = made("missing")
    explainer.rectify(conditions=["f1 > 0"], label=0)
    other = loaded(saved_bytes(explainer))
    for i in range(20):
        assert other.predict(GAPS[i]) == explainer.predict(GAPS[i])
    assert told(other.sufficient_reason()) == told(explainer.sufficient_reason())
