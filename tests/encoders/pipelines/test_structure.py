"""Pipelines that end with a tree: columns chosen and joined, rows in every form, what is refused."""

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.decomposition import PCA
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    PolynomialFeatures,
    SplineTransformer,
    StandardScaler,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from suffice.encoders.pipelines.models import accepts, column_names, compile_model
from suffice.engine.errors import BadInputError, NotFittedModelError, UnsupportedModelError

from tests.encoders.pipelines.cases import assert_same, frame, labels


def tree(depth=4):
    return DecisionTreeClassifier(max_depth=depth, random_state=0)


def numbers(n=120, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal([0, 100, 1e-3], [1, 30, 1e-4], (n, 3))
    y = (X[:, 0] > 0.2).astype(int) + (X[:, 1] > 110) + (X[:, 2] > 1e-3)
    return X, y


def selections():
    return {
        "names": ["age", "income"],
        "numbers": [0, 1],
        "negative numbers": [-7, -6],
        "slice": slice(0, 2),
        "slice of names": slice("age", "income"),
        "mask": [True, True, False, False, False, False, False],
        "callable": make_column_selector(pattern="age|income"),
    }


@pytest.mark.parametrize("columns", selections().values(), ids=selections())
@pytest.mark.parametrize("remainder", ["drop", "passthrough", MinMaxScaler()], ids=repr)
def test_column_transformers(columns, remainder):
    rng = np.random.default_rng(5)
    data = frame(rng)
    y = labels(rng, data)
    if remainder != "drop":
        data["colour"], data["size"], data["note"] = rng.normal(size=(3, len(data)))
    pipeline = make_pipeline(ColumnTransformer([("s", StandardScaler(), columns)], remainder=remainder), tree(6)).fit(
        data, y
    )
    compiled = assert_same(pipeline, data)
    if remainder == "drop":
        assert {c.feature for c in compiled.vocabulary.conditions} <= {0, 1}


def test_frames_between_steps():
    rng = np.random.default_rng(5)
    data = frame(rng)
    first = ColumnTransformer(
        [("age", StandardScaler(), ["age"]), ("rest", "passthrough", ["income", "colour"])],
        verbose_feature_names_out=False,
    )
    second = ColumnTransformer([("hot", OneHotEncoder(sparse_output=False), ["colour"])], remainder="passthrough")
    pipeline = make_pipeline(first, second, tree(6)).set_output(transform="pandas").fit(data, labels(rng, data))
    compiled = assert_same(pipeline, data)
    assert compiled.vocabulary.names == tuple(data)


def test_matrices_of_objects():
    rng = np.random.default_rng(5)
    data = frame(rng)
    matrix = data[["age", "colour", "level"]].to_numpy(dtype=object)
    columns = ColumnTransformer([("n", StandardScaler(), [0, 2]), ("c", OneHotEncoder(), [1])])
    pipeline = make_pipeline(columns, tree(6)).fit(matrix, labels(rng, data))
    compiled = assert_same(pipeline, matrix)
    assert compiled.vocabulary.names == ("f1", "f2", "f3")
    row = compiled.to_user_row(compiled.read(matrix[0])[0])
    assert row.dtype == object
    assert row.tolist() == matrix[0].tolist()


def prepared():
    rng = np.random.default_rng(5)
    data = frame(rng)
    columns = ColumnTransformer([("n", StandardScaler(), ["age"]), ("c", OneHotEncoder(), ["colour"])])
    return make_pipeline(columns, tree(6)).fit(data[["note", "age", "colour"]], labels(rng, data)), data


def test_rows_in_every_form():
    pipeline, data = prepared()
    compiled = compile_model(pipeline)
    wanted = compiled.read(data)
    np.testing.assert_array_equal(compiled.read(data[["note", "age", "colour"]]), wanted)
    for row in (data.iloc[3], data.iloc[[3]], data.iloc[3].to_dict(), ["n3", data["age"][3], data["colour"][3]]):
        assert compiled.read(row)[0, 1:].tolist() == wanted[3, 1:].tolist()
    assert compiled.to_user_row(wanted[3]).tolist() == [None, data["age"][3], data["colour"][3]]
    assert compiled.predict(wanted).tolist() == pipeline.predict(data[["note", "age", "colour"]]).tolist()


def test_rows_that_are_refused():
    compiled = compile_model(prepared()[0])
    with pytest.raises(BadInputError, match="a row has 2 values: expected 3"):
        compiled.read([1.0, "red"])
    with pytest.raises(
        BadInputError, match="'colour' is 'mauve' in row 0: expected one of 'blue', 'green', 'pink', 'red'"
    ):
        compiled.read(["n", 30, "mauve"])
    with pytest.raises(BadInputError, match="'age' is 'old': expected a number"):
        compiled.read(["n", "old", "red"])
    with pytest.raises(BadInputError, match="'age' is missing"):
        compiled.read(["n", None, "red"])
    with pytest.raises(BadInputError, match="'colour' is missing"):
        compiled.read(["n", 30, None])
    with pytest.raises(BadInputError, match="'age' is infinite"):
        compiled.read(["n", np.inf, "red"])
    with pytest.raises(BadInputError, match="'age' is 1e\\+308 in row 0: expected a number from"):
        compiled.read(["n", 1e308, "red"])
    with pytest.raises(BadInputError, match="expected one value"):
        compiled.read([["n", 30, ["red"]]])
    with pytest.raises(BadInputError, match="3, one for each column"):
        compile_model(prepared()[0], names=("a", "b"))


def test_numbers_whose_images_overflow_are_outside():
    X, y = numbers()
    pipeline = make_pipeline(StandardScaler(), tree()).fit(X * [1, 1, 1e-30], y)
    compiled = compile_model(pipeline)
    with pytest.raises(BadInputError, match="'f3' is 1e\\+30 in row 0"):
        compiled.read([0.0, 0.0, 1e30])
    assert compiled.read([0.0, 0.0, 1e4]).tolist() == [[0.0, 0.0, 1e4]]
    pipeline.predict([[0.0, 0.0, 1e4]])


def test_constant_trees_and_features():
    X, _ = numbers()
    compiled = assert_same(make_pipeline(StandardScaler(), tree()).fit(X, np.ones(len(X))), X)
    assert len(compiled.vocabulary) == 0


REFUSED = {
    "PCA": (PCA(2), "step 'step' is a PCA, which makes each of its columns of several ones: .*\ntaken are scalers"),
    "Normalizer": (Normalizer(), "step 'step' is a Normalizer"),
    "polynomials": (PolynomialFeatures(), "step 'step' is a PolynomialFeatures, which multiplies columns"),
    "splines": (SplineTransformer(), "whose columns rise and fall .KBinsDiscretizer"),
    "a function": (FunctionTransformer(np.sin), "step 'step' is a FunctionTransformer, which calls sin on several col"),
    "arguments": (FunctionTransformer(np.log1p, kw_args={"dtype": "f4"}), "which calls log1p on several columns"),
    "folds": (
        make_pipeline(FunctionTransformer(np.abs), FunctionTransformer(np.square)),
        "after a step that makes column 'f1' positive",
    ),
    "filled by others": (KNNImputer(add_indicator=True), "KNNImputer, with add_indicator=True, which fills in values"),
    "another mark": (
        SimpleImputer(missing_values=-1.0),
        r"step 'step': SimpleImputer\(missing_values=-1.0\) on the numeric column 'f1'",
    ),
    "nested": (make_pipeline(StandardScaler(), PCA(2)), "step 'step' / 'pca' is a PCA"),
    "in columns": (ColumnTransformer([("p", PCA(1), [0, 1])]), "step 'step' / 'p' is a PCA"),
    "encoder after a scaler": (
        make_pipeline(StandardScaler(), OneHotEncoder(handle_unknown="ignore")),
        "'f1' after it was scaled",
    ),
}


@pytest.mark.parametrize("step, said", REFUSED.values(), ids=REFUSED)
def test_steps_that_are_refused(step, said):
    X, y = numbers()
    pipeline = Pipeline([("step", step), ("tree", tree())]).fit(np.abs(X), y)
    with pytest.raises(UnsupportedModelError, match=said):
        compile_model(pipeline)


class Doubling(StandardScaler):
    def transform(self, X, copy=None):
        return -super().transform(X)


def test_subclasses_are_refused():
    X, y = numbers()
    with pytest.raises(UnsupportedModelError, match="step 'doubling' is a Doubling"):
        compile_model(make_pipeline(Doubling(), tree()).fit(X, y))


def test_other_last_steps_are_refused():
    X, y = numbers()
    for last in (SVC(), KNeighborsClassifier()):
        with pytest.raises(UnsupportedModelError, match=f"the last one of the pipeline, is a {type(last).__name__}"):
            compile_model(make_pipeline(StandardScaler(), last).fit(X, y))


def test_what_is_accepted():
    assert accepts(make_pipeline(StandardScaler(), tree()))
    assert not accepts(tree())
    for pipeline in (make_pipeline(StandardScaler(), tree()), make_pipeline(tree())):
        with pytest.raises(NotFittedModelError, match="not fitted"):
            column_names(pipeline)
    X, y = numbers()
    pipeline = make_pipeline(StandardScaler(), tree()).fit(X, y)
    broken = Pipeline([("scale", StandardScaler()), ("tree", pipeline[-1])])
    with pytest.raises(NotFittedModelError, match="step 'scale'"):
        compile_model(broken)
