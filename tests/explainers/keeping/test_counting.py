"""Rows counted: as often as going through them one by one says."""

from __future__ import annotations

import pickle
from collections import Counter

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from suffice import Explainer, Status, explain
from suffice.explainers.keeping.counting import change_counts


def data(seed):
    draw = np.random.default_rng(seed)
    rows = draw.integers(0, 4, (120, 5)).astype(float)
    return rows, (rows[:, 0] + rows[:, 1] > rows[:, 2] + draw.integers(0, 2, 120)).astype(int)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", [DecisionTreeClassifier, RandomForestClassifier])
def test_counts_are_those_of_each_row(seed, kind):
    rows, labels = data(seed)
    how = {"n_estimators": 5} if kind is RandomForestClassifier else {}
    model = kind(max_depth=4, random_state=0, **how).fit(rows, labels)
    many = explain(model, rows[:25])
    because, necessary, unless = Counter(), Counter(), Counter()
    for row in rows[:25]:
        explainer = Explainer.initialize(model, row)
        necessary.update(explainer.necessary_features())
    for one in many:
        because.update({part.feature for part in one.sufficient.parts})
        unless.update({part.feature for part in one.contrastive[0].parts})
    assert many.feature_counts() == because
    assert many.necessary_counts() == necessary
    assert change_counts(many) == unless
    assert many.necessary_counts().status is Status.COMPLETE
    assert set(necessary.elements()) <= set(because.elements())
    summary = many.summary()
    assert summary.predictions == dict(Counter(many.predictions.tolist()))
    assert summary.largest_size == max(len(one.sufficient.features) for one in many)
    assert sum(summary.statuses.values()) == summary.n_reached == 25
    assert summary.to_frame()["reasons"].to_dict() == because
    assert "25 of 25 reached" in repr(summary)
    assert pickle.loads(pickle.dumps(summary)) == summary
    assert pickle.loads(pickle.dumps(many.feature_counts())).n_rows == 25


def test_rows_that_are_not_counted_in_time_are_told():
    rows, labels = data(0)
    many = explain(RandomForestClassifier(5, random_state=0).fit(rows, labels), rows[:25])
    counts = many.necessary_counts(time_limit=1e-9)
    assert (counts.status, counts.n_rows, dict(counts)) == (Status.BEST_SO_FAR, 0, {})
    assert "not all were counted" in repr(counts)


def test_numbers_and_no_rows():
    rows, _ = data(0)
    many = explain(DecisionTreeRegressor(max_depth=3).fit(rows, rows[:, 0]), rows[:10], tolerance=0.5)
    assert many.summary().predictions == {}
    assert many.necessary_counts().n_rows == 10
    late = explain(RandomForestClassifier(5).fit(rows, rows[:, 0] > 1), rows, time_limit=1e-9)
    assert (late.summary().n_reached, late.summary().n_rows) == (0, 120)
    assert repr(late.summary())
