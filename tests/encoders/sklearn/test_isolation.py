"""IsolationForest: sums of paths and classes equal to scikit-learn's, bit for bit, at every border."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.ensemble import IsolationForest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from suffice import BadInputError, Explainer, NotFittedModelError
from suffice.encoders.registry import compile_model
from suffice.encoders.sklearn.isolation import _settled

from tests.brute.grid import WIDTH, Grid, compare
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import assert_faithful, tables


def paths(model):
    """The library's own sums of paths."""

    def add(rows):
        rows = np.asarray(rows, np.float32)
        total = np.zeros(len(rows))
        whole = model._max_features == rows.shape[1]
        for i, (tree, columns) in enumerate(zip(model.estimators_, model.estimators_features_, strict=True)):
            leaves = tree.apply(rows if whole else rows[:, columns], check_input=False)
            total += model._decision_path_lengths[i][leaves] + model._average_path_length_per_tree[i][leaves] - 1.0
        return total

    return add


@budget(40)
@given(
    tables(), st.sampled_from([1, 3, 12]), st.sampled_from([1, 2, 8, "auto"]), st.sampled_from([1.0, 0.5]),
    st.sampled_from(["auto", 0.01, 0.1, 0.5]), st.booleans(),
)  # fmt: skip
def test_sums_and_classes(case, size, samples, features, contamination, bootstrap):
    rng, X, holes, _, _ = case
    model = IsolationForest(
        n_estimators=size, max_samples=samples, max_features=features, contamination=contamination,
        bootstrap=bootstrap, random_state=int(rng.integers(99)),
    ).fit(X)  # fmt: skip
    compiled = assert_faithful(model, X, holes, paths(model), model.predict, int(rng.integers(99)))
    assert compiled.classes == (-1, 1)


@pytest.mark.parametrize("contamination", ["auto", 0.3])
@pytest.mark.parametrize("seed", range(4))
def test_reasons(seed, contamination):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (30, WIDTH)) * 1.0
    model = IsolationForest(n_estimators=4, max_samples=6, contamination=contamination, random_state=seed).fit(X)
    explainer = Explainer(model, background=X)
    grid = Grid(explainer, model)
    for _ in range(2):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        compare(explainer, grid, cell, grid.said == grid.said[cell])


@pytest.mark.parametrize("offset", [-0.5, -0.9999, -0.37, -0.2, -0.001, 0.0, -1.0, -2.0, 1.0, -1e-300])
def test_any_offset(offset):
    """Sums just below and just above the border are on its sides."""
    X = np.random.default_rng(0).normal(size=(60, 3))
    model = IsolationForest(n_estimators=7, random_state=0).fit(X)
    model.offset_ = offset
    explainer = Explainer(model, X[0], background=np.concatenate([X, 3 * X, 100 * X]))
    assert explainer.target_prediction == model.predict(X[:1])[0]
    assert explainer.session.compiled.slack == 0.0


def test_training_rows_at_the_border():
    """A share of the rows gives an offset that is the score of some row, which is ordinary."""
    X = np.random.default_rng(1).normal(size=(101, 2))
    model = IsolationForest(n_estimators=20, contamination=0.1, random_state=0).fit(X)
    on_it = np.flatnonzero(model.decision_function(X) == 0.0)
    assert len(on_it)
    for row in on_it:
        assert Explainer(model, X[row]).target_prediction == 1


def test_where_rounding_decides_nothing_is_claimed():
    """Were the power to fall back near the border, sums around it would be left open."""
    border, slack = _settled(lambda sums: (sums >= 1.0) & (sums != np.nextafter(1.0, 2.0)), 1.0, 1e-14)
    assert (border, slack) == (1.0, 1e-14)
    assert _settled(lambda sums: sums >= 1.0, 1.0, 1e-14) == (1.0, 0.0)
    assert _settled(lambda sums: sums >= 1.0, 1.0, 1.0) == (1.0, 1.0)  # too many floats to look at


def test_why_and_what_would_make_it_ordinary():
    X = np.random.default_rng(2).normal(size=(200, 2))
    model = IsolationForest(n_estimators=15, random_state=0).fit(X)
    explainer = Explainer(model, [6.0, 0.1])
    assert explainer.target_prediction == -1
    assert explainer.is_implicant(explainer.sufficient_reason())
    change = explainer.minimal_contrastive_reason()
    assert model.predict([[float(v) for v in change.witness]])[0] == 1


def test_rows():
    X = np.random.default_rng(3).integers(0, 3, (50, 3)) * 1.0
    holed = X.copy()
    holed[::5, 0] = np.nan
    model = IsolationForest(n_estimators=5, random_state=0).fit(holed)
    explainer = Explainer(model, holed[0])
    assert explainer.target_prediction == model.predict(holed[:1])[0]
    model = IsolationForest(n_estimators=5, random_state=0).fit(csr_matrix(X))
    assert Explainer(model, csr_matrix(X[:1])).target_prediction == model.predict(csr_matrix(X[:1]))[0]
    pipeline = make_pipeline(StandardScaler(), IsolationForest(n_estimators=5, random_state=0)).fit(X)
    assert Explainer(pipeline, X[0], background=X).target_prediction == pipeline.predict(X[:1])[0]


def test_misuse():
    with pytest.raises(NotFittedModelError, match=r"call fit\(X\)"):
        compile_model(IsolationForest())
    model = IsolationForest(n_estimators=2).fit(np.eye(4))
    with pytest.raises(BadInputError, match="expected 4 names"):
        compile_model(model, feature_names=["a"])
