"""Linear models of ONNX over declared values: what onnxruntime says wherever rounding cannot decide."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC
from suffice import Explainer, FormatError
from suffice.engine.errors import BadInputError

skl2onnx = pytest.importorskip("skl2onnx")
pytest.importorskip("onnxruntime")

from tests.encoders.onnx.made import ML, helper, info, model  # noqa: E402  # what it imports may be absent
from tests.encoders.onnx.test_exported import said  # noqa: E402

RNG = np.random.default_rng(2)
VALUES = (range(4), range(3), range(2), range(5))
ROWS = np.array(list(product(*VALUES)), np.float32)
TYPES = {"categorical": {f"f{c + 1}": list(values) for c, values in enumerate(VALUES)}}
SCORE = ROWS @ [1.0, -1.1, 0.7, 0.3]
TWO, THREE, NAMED = (SCORE > 1) * 4 + 3, np.digitize(SCORE, [0.5, 2]), np.where(SCORE > 1, "a", "b")
MODELS = {
    "two": (LogisticRegression(), TWO), "three": (LogisticRegression(), THREE), "named": (LogisticRegression(), NAMED),
    "scaled": (make_pipeline(StandardScaler(), LogisticRegression()), TWO), "ridge": (RidgeClassifier(), NAMED),
    "support": (LinearSVC(), TWO), "descent": (SGDClassifier(random_state=0), TWO),
    "descent of three": (SGDClassifier(random_state=0), THREE),
}  # fmt: skip


def exported(name, kind):
    fitted, y = MODELS[name]
    rows = ROWS.astype(kind)
    fitted = fitted.fit(rows, y)
    options = {"zipmap": False} if hasattr(fitted, "predict_proba") else None
    return skl2onnx.to_onnx(fitted, rows[:1], options=options), rows


@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, "float32") for name in MODELS), *((name, "float64") for name in ("two", "three", "named", "scaled"))],
)
def test_every_row_and_reason(name, kind):
    proto, rows = exported(name, kind)
    wanted = np.array(said(proto, rows), object)
    explainer = Explainer.initialize(proto, rows[0], TYPES)
    compiled, space = explainer.session.compiled, explainer.session.space
    given = compiled.read(rows)
    sure = ~compiled.doubtful(compiled.trees.scores_of_rows(given, space.codes))
    mine = np.array([compiled.classes[k] for k in compiled.outcomes(space, given).tolist()], object)
    assert sure.mean() > 0.9
    assert (mine == wanted)[sure].all()
    truth = np.array([space.truth(row) for row in given])
    for i in np.nonzero(sure)[0][:: len(rows) // 6]:
        explainer.set_instance(rows[i])
        for reason in explainer.sufficient_reason(n=20):
            literals = np.array(reason.literals)
            alike = (truth[:, np.abs(literals) - 1] == (literals > 0)).all(axis=1)
            assert set(wanted[alike]) == {wanted[i]}
        change = explainer.minimal_contrastive_reason()
        assert change is None or explainer.predict(change.witness) != wanted[i]


def test_columns_of_texts():
    table = pd.DataFrame({"job": RNG.choice(["cook", "clerk"], 60), "rate": RNG.integers(0, 4, 60).astype(np.float32)})
    steps = ColumnTransformer([("a", OneHotEncoder(), ["job"]), ("b", StandardScaler(), ["rate"])])
    fitted = make_pipeline(steps, LogisticRegression()).fit(table, (table["job"] == "cook") + 0.6 * table["rate"] > 1.3)
    kinds = skl2onnx.common.data_types
    types = [("job", kinds.StringTensorType([None, 1])), ("rate", kinds.FloatTensorType([None, 1]))]
    proto = skl2onnx.convert_sklearn(fitted, initial_types=types, options={"zipmap": False})
    explainer = Explainer.initialize(proto, table.iloc[0], {"categorical": {"rate": [0, 1, 2, 3]}})
    for _, row in table.iloc[:8].iterrows():
        explainer.set_instance(row)
        assert explainer.target_prediction == said(proto, row.to_frame().T)[0]
        assert explainer.is_sufficient_reason(explainer.sufficient_reason())


def test_numbers_without_end_are_refused():
    proto, rows = exported("two", "float32")
    with pytest.raises(BadInputError, match="'f1', 'f2', 'f3', 'f4'"):
        Explainer.initialize(proto, rows[0])


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_regressors(kind):
    """One number, which rounding may move by the slack: nothing is claimed nearer to the ends of an interval."""
    rows = ROWS.astype(kind)
    proto = skl2onnx.to_onnx(make_pipeline(StandardScaler(), LinearRegression()).fit(rows, SCORE), rows[:1])
    wanted = np.array(said(proto, rows))
    explainer = Explainer.initialize(proto, rows[7], TYPES)
    compiled, space = explainer.session.compiled, explainer.session.space
    assert np.abs(compiled.values(space, compiled.read(rows)) - wanted).max() <= compiled.slack
    truth = np.array([space.truth(row) for row in compiled.read(rows)])
    explainer.set_interval(wanted[7] - 0.6, wanted[7] + 0.6)
    for reason in explainer.sufficient_reason(n=20):
        literals = np.array(reason.literals)
        alike = (truth[:, np.abs(literals) - 1] == (literals > 0)).all(axis=1)
        assert np.abs(wanted[alike] - wanted[7]).max() <= 0.6 + 1e-5


def test_ranges():
    """What holds of a range holds of all numbers in it."""
    proto, _ = exported("two", "float32")
    ranges = {f"f{c + 1}": (0, len(values) - 1) for c, values in enumerate(VALUES)}
    explainer = Explainer.initialize(proto, [3.0, 0.0, 1.0, 4.0], ranges=ranges)
    explainer.set_instance([2.5, 0.25, 1.0, 3.5])
    words = explainer.to_features(explainer.sufficient_reason(over="features"))
    random = np.column_stack([RNG.uniform(0, len(v) - 1, 400) for v in VALUES]).astype(np.float32)
    for c, value in enumerate([2.5, 0.25, 1.0, 3.5]):
        if any(word.split(" ")[0] == f"f{c + 1}" or f" f{c + 1} " in word for word in words):
            random[:, c] = value
    assert set(said(proto, random)) == {explainer.target_prediction}


def linear(labels, coefficients, intercepts):
    texts = isinstance(labels[0], str)
    node = helper.make_node(
        "LinearClassifier", ["X"], ["label", "scores"], domain=ML, coefficients=coefficients, intercepts=intercepts,
        **{"classlabels_strings" if texts else "classlabels_ints": labels},
    )  # fmt: skip
    outputs = [info("label", "str" if texts else "int64", None), info("scores", "float32", None, None)]
    return model([node], [info("X", "float32", None, 2)], outputs, ml=1)


@pytest.mark.parametrize("labels", [["no", "yes"], [4, 9]])
def test_one_sum_of_two_labels(labels):
    proto = linear(labels, [1.0, -2.0], [0.25])
    rows = np.array(list(product(range(3), range(3))), np.float32)
    explainer = Explainer.initialize(proto, rows[0], {"categorical": {"f1": range(3), "f2": range(3)}})
    assert [explainer.predict(row) for row in rows] == said(proto, rows)


@pytest.mark.parametrize(
    ("labels", "coefficients", "intercepts", "message"),
    [
        ([0, 1], [1.0, 2.0, 3.0], [0.1, 0.2], "3 coefficients for 2 intercepts"),
        ([0, 1, 2], [1.0, 2.0, 3.0, 4.0], [0.1, 0.2], "3 labels for 2 intercepts"),
        ([0, 1], [1.0, float("inf")], [0.1], "2 coefficients for 1 intercepts"),
    ],
)
def test_damaged_numbers(labels, coefficients, intercepts, message):
    with pytest.raises(FormatError, match=message):
        Explainer.initialize(linear(labels, coefficients, intercepts), [0, 0])
