"""Compiling a model and its self-check have a limit of their own, which queries do not share."""

from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, SetupLimitError, SufficeError, explain


def data():
    X = np.random.default_rng(0).integers(0, 5, (200, 6)).astype(float)
    return X, (X.sum(axis=1) > 12).astype(int)


def models():
    X, y = data()
    xgboost = pytest.importorskip("xgboost")
    lightgbm = pytest.importorskip("lightgbm")
    return [
        DecisionTreeClassifier(random_state=0).fit(X, y),
        RandomForestClassifier(20, random_state=0).fit(X, y),
        RandomForestRegressor(20, random_state=0).fit(X, y),
        GradientBoostingClassifier(n_estimators=20, random_state=0).fit(X, y),
        RandomForestClassifier(5, random_state=0).fit(X, np.column_stack([y, X[:, 0] > 2])),
        make_pipeline(OrdinalEncoder(), RandomForestClassifier(5, random_state=0)).fit(X, y),
        xgboost.XGBClassifier(n_estimators=20).fit(X, y),
        lightgbm.LGBMClassifier(n_estimators=20, verbose=-1).fit(X, y),
    ]


def test_a_model_that_is_not_set_up_in_time():
    X, _ = data()
    for model in models():
        for call in (
            lambda limit, m=model: Explainer.initialize(m, X[0], setup_limit=limit),
            lambda limit, m=model: Explainer.initialize(m, background=X, check=False, setup_limit=limit),
            lambda limit, m=model: explain(m, X[:3], setup_limit=limit, tolerance=None),
        ):
            with pytest.raises(SetupLimitError, match=r"(?s)setup_limit=1e-09 was up .*check=False"):
                call(1e-9)
        assert Explainer.initialize(model, X[0], setup_limit=600).instance.tolist() == X[0].tolist()


def test_the_limit_strikes_within_the_loops(monkeypatch):
    from suffice.engine import budget

    X, _ = data()
    now = [time.perf_counter()]

    def ticking():
        now[0] += 1.0
        return now[0]

    for model in models()[1:3]:
        with monkeypatch.context() as patch:
            patch.setattr(budget.time, "perf_counter", ticking)
            with pytest.raises(SetupLimitError):  # twenty trees, a look at the clock for each
                Explainer.initialize(model, X[0], check=False, setup_limit=12)
            Explainer.initialize(model, check=False, setup_limit=100)


def test_the_error_is_one_of_time():
    assert issubclass(SetupLimitError, TimeoutError) and issubclass(SetupLimitError, SufficeError)


@pytest.mark.parametrize("limit", [0, -1, "x", True, float("nan"), [1]])
def test_limits_that_are_none(limit):
    X, _ = data()
    with pytest.raises(BadInputError, match=r"setup_limit=.*expected"):
        Explainer.initialize(models()[0], X[0], setup_limit=limit)


def test_the_limit_of_rows_starts_once_the_model_is_compiled(monkeypatch):
    from suffice.explainers import facade

    X, _ = data()
    Explainer.initialize(models()[1], X[0]).sufficient_reason()  # libraries are loaded
    compile_form, limit = facade.compiled_form, 2.0

    def slowly(*arguments, **named):
        time.sleep(1.5 * limit)
        return compile_form(*arguments, **named)

    monkeypatch.setattr(facade, "compiled_form", slowly)
    found = explain(models()[1], X[:3], time_limit=limit, n_jobs=1)
    assert len(found)  # the first rows are reached, though compiling alone took longer
    with pytest.raises(SetupLimitError):
        explain(models()[1], X[:3], time_limit=limit, setup_limit=limit / 2)
