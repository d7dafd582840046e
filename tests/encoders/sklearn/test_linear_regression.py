"""Linear regressors over numbers of a range: intervals, and what rounding may decide."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import linear_model
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR, LinearSVR
from suffice import BadInputError, Explainer, UndecidedError, UnsupportedModelError, explain

from tests.brute.strategies import budget
from tests.encoders.sklearn.test_listed_numbers import minimal

MODELS = (
    linear_model.LinearRegression, linear_model.Ridge, lambda: linear_model.Lasso(0.01), linear_model.LassoCV,
    lambda: linear_model.ElasticNet(0.01), linear_model.BayesianRidge, linear_model.HuberRegressor,
    lambda: linear_model.SGDRegressor(random_state=0), LinearSVR, linear_model.Lars, lambda: SVR(kernel="linear"),
    lambda: make_pipeline(StandardScaler(), linear_model.Ridge()),
)  # fmt: skip


def data(seed, width=4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, width)).round(2)
    return rng, X, X @ rng.normal(size=width) + rng.normal(0, 0.2, 60)


@budget(20)
@given(st.integers(0, 10**6), st.integers(0, len(MODELS) - 1), st.sampled_from([0.4, 1.5, 4.0]))
def test_over_features_the_ends_decide(seed, which, width):
    _, X, y = data(seed)
    model = MODELS[which]().fit(X, y)
    x = X[0] + 0.003
    explainer = Explainer.initialize(model, x, background=X)
    low, high = np.minimum(X.min(axis=0), x), np.maximum(X.max(axis=0), x)
    corners = np.array(list(itertools.product(*zip(low, high, strict=True))))
    said = float(model.predict(x[None])[0])
    assert abs(explainer.target_prediction - said) < 1e-9
    for ends in ((said - width, said + 2 * width), (said - width, np.inf)):
        explainer.set_interval(*ends)
        subsets = [s for k in range(5) for s in itertools.combinations(range(4), k)]

        def holds(kept, ends=ends):
            rows = corners.copy()
            rows[:, kept] = x[list(kept)]
            told = model.predict(rows)
            return bool(((told >= ends[0]) & (told <= ends[1])).all())

        good = minimal(s for s in subsets if holds(list(s)))
        found = {frozenset(int(n[1:]) - 1 for n in r) for r in explainer.sufficient_reason(n=None, over="features")}
        assert found == good
        change = explainer.minimal_contrastive_reason()
        if change is not None:
            number = model.predict(np.array([change.witness]))[0]
            assert not ends[0] <= number <= ends[1]


def test_what_is_near_an_end_is_not_decided():
    _, X, y = data(1)
    model = linear_model.LinearRegression().fit(X, y)
    explainer = Explainer.initialize(model, X[0], background=X)
    said = explainer.target_prediction
    for ends in ((said, said + 1), (said - 1, said + 1e-15)):
        explainer.set_interval(*ends)
        for ask in (explainer.sufficient_reason, explainer.contrastive_reason):
            with pytest.raises(UndecidedError, match="nearer to an end"):
                ask()
    told = explain(model, X[:5], tolerance=0.0, ranges={f"f{i}": (-9, 9) for i in range(1, 5)})
    assert [one.sufficient for one in told] == [None] * 5
    explainer.set_interval(said - 1, said + 1)
    with pytest.raises(UndecidedError, match="nearer to an end"):
        explainer.contrastive_reason(target=(said - 2, said))
    change = explainer.contrastive_reason(target=(said + 1, said + 3))
    assert said + 1 <= model.predict(np.array([change.witness]))[0] <= said + 3


def test_many_rows_within_a_tolerance():
    _, X, y = data(2)
    model = make_pipeline(StandardScaler(), linear_model.Ridge()).fit(X, y)
    told = explain(model, X, tolerance=0.7)
    for i in (0, 30):
        alone = Explainer.initialize(model, X[i], background=X)
        alone.set_interval(*told[i].interval)
        assert alone.is_reason(list(told[i].sufficient.features)) or told[i].sufficient.features == ()


def test_what_is_refused():
    _, X, y = data(3)
    both = np.column_stack([y, -y])
    with pytest.raises(UnsupportedModelError, match="2 numbers"):
        Explainer.initialize(linear_model.Ridge().fit(X, both), X[0], background=X)
    with pytest.raises(UnsupportedModelError, match="MultiTaskLasso"):
        Explainer.initialize(linear_model.MultiTaskLasso().fit(X, both), X[0], background=X)
    with pytest.raises(BadInputError, match="may be any number"):
        Explainer.initialize(linear_model.Ridge().fit(X, y), X[0])
