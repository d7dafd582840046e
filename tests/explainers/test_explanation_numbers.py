"""``explain`` of regressors: each row has its interval; limits of changes reach the contrastive reasons."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import BadInputError, Explainer, Status, TheoryError, explain

MODELS = [
    DecisionTreeRegressor(max_depth=3, random_state=0),
    RandomForestRegressor(4, max_depth=3, random_state=0),
    ExtraTreesRegressor(3, max_depth=3, random_state=0),
    GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0),
    HistGradientBoostingRegressor(max_iter=4, max_leaf_nodes=4, min_samples_leaf=5, loss="poisson"),
    make_pipeline(StandardScaler(), RandomForestRegressor(3, max_depth=3, random_state=0)),
]


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.integers(0, 9, (200, 3)).astype(float), columns=["a", "b", "c"])
    return X, 1 + X["a"] + X["b"] * (X["c"] > 4)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("over", ["literals", "features"])
def test_many_rows_are_explained_like_each_row_alone(table, model, over):
    X, y = table
    model.fit(X, y)
    rows = X.iloc[:12]
    said = model.predict(rows)
    explained = explain(model, rows, tolerance=0.75, over=over)
    assert len(explained) == 12 and explained.status == Status.COMPLETE
    assert explained.predictions.tolist() == said.tolist()
    alone = Explainer.initialize(model, background=rows)
    for i, one in enumerate(explained):
        assert one.prediction == said[i] and one.interval == (said[i] - 0.75, said[i] + 0.75)
        alone.set_instance(rows.iloc[[i]])
        alone.set_interval(*one.interval)
        assert tuple(one.sufficient) == tuple(alone.sufficient_reason(over=over))
        assert alone.is_sufficient_reason(one.sufficient, over=over)
        single = explain(model, rows.iloc[i], tolerance=0.75, over=over)
        assert single.prediction == said[i]
        assert single.sufficient.features == one.sufficient.features
    for i in (7, 2, 7):  # in any order, again and again
        one = explained[i]
        alone.set_instance(rows.iloc[[i]])
        alone.set_interval(*one.interval)
        assert len(one.minimal) == len(alone.minimal_sufficient_reason())
        fewest = alone.minimal_contrastive_reason()
        assert len(one.contrastive[0]) == len(fewest)
        changed, number = one.change()
        assert number == model.predict(changed.row)[0]
        assert not one.interval[0] <= number <= one.interval[1]
        assert str(said[i]) in repr(one) and "within" in repr(one)
        assert one.to_dict()["interval"] == list(one.interval)


def test_one_interval_for_all(table):
    X, y = table
    model = RandomForestRegressor(4, max_depth=3, random_state=0).fit(X, y)
    said = model.predict(X)
    high = X[said >= 8]
    explained = explain(model, high, interval=(8, math.inf))
    assert len(explained) == len(high)
    alone = Explainer.initialize(model)
    alone.set_interval(8, math.inf)
    for i, one in enumerate(list(explained)[:6]):
        alone.set_instance(high.iloc[[i]].to_numpy())
        assert tuple(one.sufficient) == tuple(alone.sufficient_reason())
    with pytest.raises(BadInputError, match=rf"of row {int(np.argmax(said < 8))}.* is outside interval=\(8.0, inf\)"):
        explain(model, X, interval=(8, math.inf))
    alone.set_interval(8, math.inf)
    from suffice.engine.budget import Deadline

    rows = high.to_numpy()[:5]
    assert len(alone.explain_rows(rows, Deadline())) == 5
    with pytest.raises(BadInputError, match="not in its interval"):
        alone.explain_rows(rows, Deadline(), intervals=np.tile([0.0, 1.0], (5, 1)))


def test_with_clauses(table):
    """Row by row, since clauses take another way."""
    X, y = table
    model = DecisionTreeRegressor(max_depth=3, random_state=0).fit(X, y)
    plain = explain(model, X.iloc[:8], tolerance=0.5)
    literal = Explainer.initialize(model, X.iloc[[0]]).binary_representation[0]
    rows = [i for i in range(8) if literal in Explainer.initialize(model, X.iloc[[i]]).binary_representation]
    explained = explain(model, X.iloc[rows], tolerance=0.5, theory=[(literal,)])
    assert len(explained) == len(rows) > 1
    for i, one in zip(rows, explained, strict=True):
        assert one.interval == plain[i].interval
        assert set(one.sufficient) <= set(
            one._explainer.session.space.literals(one._explainer.session.space.truth(one._row)).tolist()
        )


MISUSE = [
    ({}, "this model predicts numbers: say tolerance"),
    ({"tolerance": -1}, "expected a number from 0"),
    ({"tolerance": math.nan}, "expected a number from 0"),
    ({"tolerance": math.inf}, "expected a number from 0"),
    ({"tolerance": True}, "expected a number from 0"),
    ({"tolerance": "1"}, "expected a number from 0"),
    ({"tolerance": [1, 2]}, "expected a number from 0"),
    ({"tolerance": 1, "interval": (0, 1)}, "give one of them"),
    ({"interval": 5}, "expected an interval"),
    ({"interval": (1, 0)}, "expected lower <= upper"),
    ({"interval": (math.nan, 0)}, "expected lower <= upper"),
    ({"interval": "01"}, "expected an interval"),
    ({"interval": {0, 99}}, "expected an interval"),
]


@pytest.mark.parametrize(("asked", "message"), MISUSE)
def test_misuse(table, asked, message):
    X, y = table
    model = DecisionTreeRegressor(max_depth=2).fit(X, y)
    for rows in (X.iloc[:3], X.iloc[0]):
        with pytest.raises(BadInputError, match=message):
            explain(model, rows, **asked)


@pytest.mark.parametrize("asked", [{"tolerance": 1}, {"interval": (0, 1)}])
def test_classifiers_have_no_intervals(table, asked):
    X, y = table
    for model in (DecisionTreeClassifier(), RandomForestClassifier(2), MultiOutputClassifier(DecisionTreeClassifier())):
        model.fit(X, np.column_stack([y > 5, y > 8]) if isinstance(model, MultiOutputClassifier) else y > 5)
        with pytest.raises(BadInputError, match="are for regressors"):
            explain(model, X.iloc[:3], **asked)


def test_no_rows_and_no_time(table):
    X, y = table
    model = RandomForestRegressor(3, random_state=0).fit(X, y)
    assert len(explain(model, X.iloc[:0], tolerance=1)) == 0
    late = explain(model, X, tolerance=1, time_limit=1e-9)
    assert late.status == Status.BEST_SO_FAR and len(late.predictions) == len(late) < len(X)


CLASSIFIERS = [
    DecisionTreeClassifier(max_depth=4, random_state=0),
    RandomForestClassifier(5, max_depth=3, random_state=0),
    MultiOutputClassifier(DecisionTreeClassifier(max_depth=3, random_state=0)),
]


@pytest.mark.parametrize("model", CLASSIFIERS)
def test_limits_of_changes(table, model):
    X, y = table
    model.fit(X, np.column_stack([y > 5, X["c"] > 4]) if isinstance(model, MultiOutputClassifier) else y > 5)
    limits = {"immutable": ["b"], "monotone": {"a": "increasing", "c": "decreasing"}, "ranges": {"a": (0, 7)}}
    inside = X[X["a"] <= 7].iloc[:15]
    explained = explain(model, inside, **limits)
    assert len(explained) == 15
    told = 0
    for i, one in enumerate(explained):
        row = inside.iloc[i]
        alone = explain(model, row, **limits)
        assert [r.features for r in alone.contrastive] == [r.features for r in one.contrastive]
        for reason in one.contrastive:
            told += 1
            a, b, c = (float(reason.witness[name]) for name in "abc")
            assert b == row["b"] and row["a"] <= a <= 7 and c <= row["c"]
    assert told
    free = sum(len(one.contrastive) for one in explain(model, inside))
    assert told < free


def test_limits_of_changes_of_a_regressor(table):
    X, y = table
    model = RandomForestRegressor(4, max_depth=3, random_state=0).fit(X, y)
    for i, one in enumerate(explain(model, X.iloc[:6], tolerance=1, immutable="a", monotone={"b": "increasing"})):
        for reason in one.contrastive:
            assert float(reason.witness["a"]) == X.iloc[i]["a"] and float(reason.witness["b"]) >= X.iloc[i]["b"]


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"immutable": ["d"]}, BadInputError, "'d' is unknown"),
        ({"immutable": 1.5}, BadInputError, "names of features"),
        ({"monotone": {"d": "up"}}, BadInputError, "'d' is unknown"),
        ({"monotone": {"a": "sideways"}}, BadInputError, "expected 'increasing' or 'decreasing'"),
        ({"monotone": ["a"]}, BadInputError, "expected a mapping"),
        ({"monotone": {"a": "up"}, "theory": None}, BadInputError, "needs the theory"),
        ({"ranges": {"d": (0, 1)}}, TheoryError, "names no column"),
        ({"ranges": {"a": (0, 1)}, "theory": None}, BadInputError, "ranges need the theory"),
    ],
)
def test_wrong_limits_are_told_at_the_call(table, asked, error, message):
    X, y = table
    model = DecisionTreeClassifier(max_depth=2).fit(X, y > 5)
    for rows in (X.iloc[:3], X.iloc[0]):
        with pytest.raises(error, match=message):
            explain(model, rows, **asked)
