"""A regressor of a transformed target predicts what its inverse makes of sums, rising or falling."""

import warnings

import numpy as np
import pytest
import xgboost as xgb
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import GradientBoostingRegressor, HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import SVR
from sklearn.tree import DecisionTreeRegressor
from suffice import Explainer, NotFittedModelError, UnsupportedModelError, explain
from suffice.encoders.meta.scores import Range
from suffice.encoders.meta.target import _falls

from tests.brute.grid import Grid, compare

RNG = np.random.default_rng(8)
X = RNG.integers(0, 5, (120, 3)) * 0.1
Y = 1.0 + 9.0 * X[:, 0] + 3.0 * X[:, 1] + RNG.uniform(0, 1, 120)
TREE = DecisionTreeRegressor(max_depth=3, random_state=0)
FOREST = RandomForestRegressor(4, max_depth=3, random_state=0)
BASES = {
    "tree": TREE,
    "forest": FOREST,
    "boosted": GradientBoostingRegressor(n_estimators=4, max_depth=2, learning_rate=0.4),
    "hist": HistGradientBoostingRegressor(max_iter=4, min_samples_leaf=5, learning_rate=0.4),
    "xgboost": xgb.XGBRegressor(n_estimators=4, max_depth=3, n_jobs=1),
    "gamma": xgb.XGBRegressor(n_estimators=4, max_depth=3, n_jobs=1, objective="reg:gamma"),
    "steps": make_pipeline(StandardScaler(), FOREST),
}
HOW = {
    "identity": {},
    "log1p": {"func": np.log1p, "inverse_func": np.expm1},
    "falling": {"func": np.negative, "inverse_func": np.negative},
    "reciprocal": {"func": np.reciprocal, "inverse_func": np.reciprocal},
    "sqrt": {"func": np.sqrt, "inverse_func": np.square},
    "standard": {"transformer": StandardScaler()},
    "robust": {"transformer": RobustScaler()},
    "power": {"transformer": PowerTransformer()},
    "box-cox": {"transformer": PowerTransformer(method="box-cox")},
    "quantiles": {"transformer": QuantileTransformer(n_quantiles=20)},
    "several": {"transformer": make_pipeline(FunctionTransformer(np.log, np.exp), MinMaxScaler())},
}
FALLING = ("falling", "reciprocal")


def made(name, how, y=Y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return TransformedTargetRegressor(clone(BASES[name]), **HOW[how]).fit(X, y)


def said_by_form(explainer, rows):
    compiled = explainer.session.compiled
    return compiled.values(explainer.session.space, compiled.read(rows)).tolist()


PAIRS = [(name, how) for name in BASES for how in HOW if name != "gamma" or how in ("identity", "log1p", "reciprocal")]


@pytest.mark.parametrize(("name", "how"), PAIRS)
def test_forms_say_what_predict_says(name, how):
    model = made(name, how)
    explainer = Explainer(model, X[0], background=X)
    rows = np.concatenate([X, RNG.uniform(0, 0.5, (200, 3))])
    assert said_by_form(explainer, rows) == model.predict(rows).astype(float).tolist()
    low, high = explainer.extremum_range()
    assert low <= float(model.predict(rows).min()) <= float(model.predict(rows).max()) <= high


@pytest.mark.parametrize("how", ["log1p", "falling", "reciprocal", "quantiles", "several"])
@pytest.mark.parametrize("name", ["tree", "forest", "boosted", "xgboost"])
def test_reasons_are_those_of_all_cells(name, how):
    model = made(name, how)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    numbers = np.unique(grid.said)
    cell = tuple(n // 2 for n in grid.shape)
    explainer.set_instance(grid.row(cell))
    here = float(grid.said[cell])
    for lower, upper in ((here, here), (float(numbers[len(numbers) // 4]), here), (here, float(numbers[-1]))):
        explainer.set_interval(lower, upper)
        compare(explainer, grid, cell, (grid.said >= lower) & (grid.said <= upper))


def test_around_and_behind_other_models():
    inner = TransformedTargetRegressor(FOREST, func=np.log1p, inverse_func=np.expm1)
    for model in (
        GridSearchCV(inner, {}, cv=2), make_pipeline(StandardScaler(), inner),
        TransformedTargetRegressor(GridSearchCV(FOREST, {}, cv=2), func=np.log1p, inverse_func=np.expm1),
        TransformedTargetRegressor(inner, transformer=MinMaxScaler()),
        GridSearchCV(make_pipeline(StandardScaler(), GridSearchCV(inner, {}, cv=2)), {}, cv=2),
    ):  # fmt: skip
        model.fit(X, Y)
        explainer = Explainer(model, X[0], background=X)
        assert said_by_form(explainer, X) == model.predict(X).tolist()
        told = explain(model, X[:5], tolerance=0.5)
        assert [r.prediction for r in told] == model.predict(X[:5]).tolist()


def test_a_target_in_a_column():
    model = made("forest", "log1p", Y.reshape(-1, 1))
    assert model.predict(X).shape == (120, 1)
    explainer = Explainer(model, X[3], background=X)
    assert explainer.target_prediction == model.predict(X[3:4])[0, 0]


def test_any_inverse_of_a_single_tree():
    model = TransformedTargetRegressor(TREE, func=lambda y: y - 5, inverse_func=lambda z: z + 5).fit(X, Y)
    assert said_by_form(Explainer(model, X[0]), X) == model.predict(X).tolist()
    turning = TransformedTargetRegressor(TREE, func=lambda y: y, inverse_func=np.sin, check_inverse=False).fit(X, Y)
    assert said_by_form(Explainer(turning, X[0]), X) == turning.predict(X).tolist()


LINE = np.arange(40.0).reshape(-1, 1) / 3


@pytest.mark.parametrize("inner", [SVR(kernel="linear", C=10), LinearRegression()])
def test_one_column_whose_sums_are_rounded_before_the_inverse(inner):
    grown = np.exp(1.1 * LINE.ravel() + 0.3)  # so that an error of the sum is far larger in the prediction
    model = TransformedTargetRegressor(inner, func=np.log, inverse_func=np.exp).fit(LINE, grown)
    explainer = Explainer(model, LINE[-1], {"f1": LINE.ravel().tolist()})
    assert np.allclose(said_by_form(explainer, LINE), model.predict(LINE), rtol=1e-12)
    explainer.set_interval(float(model.predict(LINE[30:31])[0] * 0.99), np.inf)
    (reason,) = explainer.sufficient_reason()
    assert explainer.is_implicant([reason])


def test_an_inverse_that_turns_between_listed_numbers():
    model = TransformedTargetRegressor(LinearRegression(), func=np.positive, inverse_func=np.cos, check_inverse=False)
    model.fit(LINE[::6], LINE[::6, 0])
    with pytest.raises(UnsupportedModelError, match="cos, of which is not known"):
        Explainer(model, LINE[0], background=LINE[::6], ranges={"f1": (0, 100)})
    declared = {"categorical": {"f1": LINE[::6, 0].tolist()}}  # then there is nothing between them
    assert said_by_form(Explainer(model, LINE[0], declared), LINE[::6]) == model.predict(LINE[::6]).tolist()
    rising = model.set_params(inverse_func=np.expm1).fit(LINE[::6], LINE[::6, 0])
    explainer = Explainer(rising, LINE[6], background=LINE[::6], ranges={"f1": (0, 20)})
    explainer.set_interval(float(rising.predict([[1.5]])[0]), float(rising.predict([[2.5]])[0]))
    assert explainer.to_features(explainer.sufficient_reason())


@pytest.mark.parametrize(("low", "high"), [(-100.0, 1e-9), (-1e-9, 100.0), (-100.0, 1e-3), (-1e-3, 100.0)])
@pytest.mark.parametrize("single", [False, True])
def test_an_inverse_that_turns_near_an_end_of_the_sums(low, high, single):
    fitted = TransformedTargetRegressor(TREE).fit(X, Y)
    with pytest.raises(UnsupportedModelError, match="rises and falls"):
        _falls(np.square, Range(low, high), single, fitted)
    assert _falls(np.square, Range(-100.0, -0.0), single, fitted)
    assert not _falls(np.square, Range(0.0, 100.0), single, fitted)


SHIFT = RNG.normal(0, 2, 120) + 4 * X[:, 0]


@pytest.mark.parametrize(
    ("model", "y", "message"),
    [
        (TransformedTargetRegressor(FOREST, func=lambda y: y - 5, inverse_func=lambda z: z + 5), Y, "<lambda>, of wh"),
        (TransformedTargetRegressor(FOREST, func=np.abs, inverse_func=np.square, check_inverse=False), Y - 5, None),
        (TransformedTargetRegressor(FOREST, func=np.positive, inverse_func=np.square, check_inverse=False), SHIFT,
         "rises and falls"),
        (TransformedTargetRegressor(FOREST, func=np.positive, inverse_func=np.log, check_inverse=False), SHIFT,
         "gives nan"),
        (TransformedTargetRegressor(KNeighborsRegressor()), Y, "KNeighborsRegressor of sklearn is not taken"),
    ],
)  # fmt: skip
def test_what_is_refused(model, y, message):
    model = clone(model)
    with pytest.raises(NotFittedModelError, match="is not fitted"):
        Explainer(model)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
    if message is None:  # all sums are at least 0
        assert Explainer(model, X[0])
        return
    with pytest.raises(UnsupportedModelError, match=message):
        Explainer(model)
