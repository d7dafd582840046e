"""Where an AdaBoostRegressor's weighted median lies: as its own predict says, at every border and every interval."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import AdaBoostRegressor, GradientBoostingRegressor, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor, ExtraTreeRegressor
from suffice import (
    BadInputError,
    Between,
    Explainer,
    ModelChangedError,
    NotFittedModelError,
    UnsupportedModelError,
    explain,
)
from suffice.encoders.selfcheck import self_check

from tests.brute.grid import WIDTH, Grid, compare
from tests.brute.strategies import budget
from tests.encoders.boosting_cases import compiled_with_space, rows_of, tables, user_rows

X = np.random.default_rng(0).integers(0, 4, (60, 3)) * 0.1
Z = X[:, 0] * 2 + X[:, 1] * X[:, 2]


@budget(40)
@given(
    tables(), st.sampled_from([DecisionTreeRegressor, ExtraTreeRegressor]), st.sampled_from([1, 2, 5, 20]),
    st.sampled_from([1, 3]), st.sampled_from(["linear", "square", "exponential"]),
)  # fmt: skip
def test_where_it_lies(case, kind, size, depth, loss):
    rng, rows, _, _, z = case
    rows = np.nan_to_num(rows)
    model = AdaBoostRegressor(kind(max_depth=depth), n_estimators=size, loss=loss, random_state=0).fit(rows, z)
    said = np.unique(model.predict(rows))
    ends = [*rng.choice(said, 2), float(np.nextafter(said[0], np.inf)), -np.inf, np.inf]
    for _ in range(3):
        lower, upper = sorted(rng.choice(ends, 2))
        view = Between(model, lower, upper)
        compiled, space = compiled_with_space(view)
        asked = np.concatenate([rows_of(compiled, space, rows), user_rows(compiled, rows, rng)])
        numbers = model.predict(asked.astype(np.float32))
        names = np.where(numbers < lower, "below", np.where(numbers > upper, "above", "within"))
        assert view.predict(asked.astype(np.float32)).tolist() == names.tolist()
        read = compiled.read(asked)
        self_check(compiled, space, read)
        scores = compiled.trees.scores_of_rows(read, space.codes)
        sure = ~compiled.doubtful(scores)
        mine = np.array(compiled.classes)[compiled.outcomes(space, read)]
        assert (mine == names)[sure].all()


def test_equal_weights_are_exact():
    """Sums without rounding are decided as the library does, ties included: half of the weight is enough."""
    model = AdaBoostRegressor(DecisionTreeRegressor(max_depth=1), n_estimators=2).fit(X, Z)
    low, high = (DecisionTreeRegressor(max_depth=1).fit(X, Z + more) for more in (0.0, 5.0))
    model.estimators_, model.estimator_weights_ = [high, low], np.array([0.5, 0.5])
    for row in X[:8]:
        explainer = Explainer(Between(model, 3, 9), row)
        assert explainer.session.compiled.slack == 0.0
        assert explainer.target_prediction == "below"
        assert model.predict([row])[0] == low.predict([row])[0]
        assert len(explainer.sufficient_reason()) == 0


@pytest.mark.parametrize("seed", range(6))
def test_reasons(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 4, (60, WIDTH)) * (0.1 if seed % 2 else 1.0)
    z = rows @ rng.normal(size=WIDTH) + rng.normal(size=60) * 0.1
    model = AdaBoostRegressor(DecisionTreeRegressor(max_depth=2), n_estimators=5, random_state=seed).fit(rows, z)
    lower, upper = np.quantile(model.predict(rows), [0.3, 0.7])
    view = Between(model, lower, upper)
    explainer = Explainer(view, background=rows)
    grid = Grid(explainer, view)
    for _ in range(3):
        cell = tuple(int(rng.integers(n)) for n in grid.shape)
        explainer.set_instance(grid.row(cell))
        compare(explainer, grid, cell, grid.said == grid.said[cell])


def test_a_change_in_a_direction():
    view = Between(AdaBoostRegressor(n_estimators=5, random_state=0).fit(X, Z), 0.25, 0.5)
    explainer = Explainer(view, X[0], background=X)
    for target in {"below", "within", "above"} - {explainer.target_prediction}:
        change = explainer.minimal_contrastive_reason(target=target)
        assert view.predict([[float(v) for v in change.witness]])[0] == target


def test_rows_and_copies():
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    model = AdaBoostRegressor(n_estimators=4, random_state=0).fit(frame, Z)
    view = Between(model, 0.2, 0.4)
    explainer = Explainer(view, frame[["c", "b", "a"]].iloc[:1], background=frame)
    assert explainer.target_prediction == view.predict(frame[:1])[0]
    assert pickle.loads(pickle.dumps(explainer)).target_prediction == explainer.target_prediction
    assert len(explain(view, frame[:3])) == 3
    model.fit(frame, Z)
    with pytest.raises(ModelChangedError):
        explainer.sufficient_reason()


def test_misuse():
    model = AdaBoostRegressor(n_estimators=2).fit(X, Z)
    with pytest.raises(UnsupportedModelError, match=r"weighted median.*suffice.Between\(model, lower, upper\)"):
        Explainer(model)
    for lower, upper in ((2, 1), (None, 1), ("0", 1), (np.nan, 1), (True, 2)):
        with pytest.raises(BadInputError, match="expected two numbers, the lower one first"):
            Between(model, lower, upper)
    with pytest.raises(NotFittedModelError):
        Between(AdaBoostRegressor(), 0, 1)
    with pytest.raises(UnsupportedModelError, match=r"expected an AdaBoostRegressor.*set_interval"):
        Between(GradientBoostingRegressor().fit(X, Z), 0, 1)
    with pytest.raises(UnsupportedModelError, match=r"Between\(pipeline\[-1\], lower, upper\)"):
        Between(make_pipeline(StandardScaler(), model), 0, 1)
    with pytest.raises(UnsupportedModelError, match="is made of RandomForestRegressor: expected DecisionTreeRegressor"):
        Between(AdaBoostRegressor(RandomForestRegressor(2), n_estimators=2).fit(X, Z), 0, 1)
    with pytest.raises(BadInputError, match="takes no missing values"):
        Explainer(Between(model, 0, 1), [np.nan, 0, 0])
    model.estimator_weights_ = np.array([np.nan, 1.0])
    with pytest.raises(UnsupportedModelError, match="estimator_weights_"):
        Between(model, 0, 1)
