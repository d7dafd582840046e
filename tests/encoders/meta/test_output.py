"""One number of a model that predicts several is the model's own column, and is explained like any regressor."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.ensemble import BaggingRegressor, ExtraTreesRegressor, GradientBoostingRegressor, RandomForestRegressor
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor, ExtraTreeRegressor
from suffice import (
    BadInputError,
    Explainer,
    ModelChangedError,
    NotFittedModelError,
    Output,
    UnsupportedModelError,
    explain,
)

from tests.brute.grid import Grid, compare

RNG = np.random.default_rng(0)
X = RNG.integers(0, 4, (80, 3)) * 0.1
Y = np.column_stack([X[:, 0] * 2 + X[:, 1], X[:, 1] - X[:, 2], RNG.normal(size=80)])
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])
MODELS = [
    DecisionTreeRegressor(max_depth=3),
    ExtraTreeRegressor(max_depth=3, random_state=1),
    RandomForestRegressor(5, max_depth=3, random_state=1),
    ExtraTreesRegressor(5, max_depth=3, random_state=1),
    BaggingRegressor(DecisionTreeRegressor(max_depth=3), 4, max_features=2, random_state=1),
    MultiOutputRegressor(GradientBoostingRegressor(n_estimators=4, max_depth=2)),
    make_pipeline(StandardScaler(), RandomForestRegressor(4, max_depth=3, random_state=1)),
]
EACH = pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)


@EACH
@pytest.mark.parametrize("output", [0, 1, "y3"])
def test_reasons_for_an_interval(model, output):
    model = model.fit(X, Y)
    view = Output(model, output)
    assert (view.predict(X) == model.predict(X)[:, view.place]).all()
    explainer = Explainer(view, background=X)
    grid = Grid(explainer, view)
    cell = tuple(n // 2 for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    numbers = np.unique(grid.said)
    lower, upper = sorted((float(grid.said[cell]), float(numbers[len(numbers) // 3])))
    explainer.set_interval(lower, upper)
    if hasattr(model, "steps"):  # its conditions are of float64
        assert explainer.extremum_range()[0] <= grid.said.min()
        assert explainer.is_implicant(explainer.sufficient_reason())
    else:
        compare(explainer, grid, cell, (grid.said >= lower) & (grid.said <= upper))


@EACH
def test_the_whole_model_names_the_view(model):
    model = model.fit(X, Y)
    with pytest.raises(UnsupportedModelError, match=r"several numbers|3 numbers.*suffice.Output\(model, 'y1'\)"):
        Explainer(model, X[0])


@EACH
def test_containers(model):
    model = model.fit(FRAME, Y)
    view = Output(model, 1)
    explainer = Explainer(view, FRAME[["c", "a", "b"]].iloc[:1] if not hasattr(model, "steps") else FRAME[:1])
    assert explainer.target_prediction == model.predict(FRAME[:1])[0, 1]
    assert explainer.session.compiled.vocabulary.names == ("a", "b", "c")
    again = pickle.loads(pickle.dumps(explainer))
    assert again.target_prediction == explainer.target_prediction
    found = explain(view, FRAME[:3], interval=(-10, 10))
    assert len(found) == 3


def test_sparse_rows():
    model = DecisionTreeRegressor(max_depth=3).fit(X, Y)
    explainer = Explainer(Output(model, 0), csr_matrix(X[3:4]))
    assert explainer.target_prediction == model.predict(X[3:4])[0, 0]


def test_missing_values():
    rows = X.copy()
    rows[::3, 0] = np.nan
    view = Output(DecisionTreeRegressor(max_depth=3).fit(rows, Y), 0)
    explainer = Explainer(view, rows[0], background=rows)
    explainer.set_interval(-10, view.predict(rows[:1])[0])
    assert explainer.is_implicant(explainer.sufficient_reason())


def test_a_model_that_was_fitted_again_is_noticed():
    model = RandomForestRegressor(3, max_depth=2).fit(X, Y)
    explainer = Explainer(Output(model, 0), X[0])
    model.fit(X, Y)
    with pytest.raises(ModelChangedError):
        explainer.sufficient_reason()


@pytest.mark.parametrize("output", [3, -1, True, 1.0, None, "y4", "", ["y1"]])
def test_unknown_outputs(output):
    model = DecisionTreeRegressor(max_depth=1).fit(X, Y)
    with pytest.raises(BadInputError, match=r"predicts 3 numbers, expected one of 0 … 2 or of \['y1', 'y2', 'y3'\]"):
        Output(model, output)


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (DecisionTreeRegressor(), NotFittedModelError),
        (MultiOutputRegressor(DecisionTreeRegressor()), NotFittedModelError),
        (DecisionTreeRegressor().fit(X, Y[:, 0]), UnsupportedModelError),
        (DecisionTreeClassifier().fit(X, X[:, 0] > 0.1), UnsupportedModelError),
        (None, UnsupportedModelError),
    ],
)
def test_models_of_one_number_or_none(model, kind):
    with pytest.raises(kind):
        Output(model, 0)
