"""The audit of a population: each row against brute force, groups, limits, odd input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Explainer, Status, Stop, audit_recourse

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import drawn_question, fitted


@budget(8)
@given(seed=st.integers(0, 10**6))
def test_every_row(seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted("boosted", rng, data)
    rows = brute.drawn_rows(rng, 6)
    said, asked = drawn_question(rng, rows[0])
    target = rng.choice(model.classes_)
    wanted = lambda told: model.predict(told) == target  # noqa: E731  # said once
    audit = audit_recourse(
        Explainer(model, None, brute.TYPES, feature_names=brute.NAMES), rows, target=target, data=data, n_jobs=2, **said
    )
    least = np.array(
        [0.0 if ok else brute.cheapest(row, asked, wanted, data) for row, ok in zip(rows, wanted(rows), strict=True)]
    )
    assert audit.cost == pytest.approx(least, rel=1e-6, abs=1e-9)
    assert audit.lower == pytest.approx(least, rel=1e-6, abs=1e-9)
    assert audit.refused.tolist() == (~wanted(rows)).tolist()
    assert audit.status is Status.OPTIMAL
    assert audit.stop is Stop.NONE


def forest():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame(
        {"a": rng.normal(size=200).round(2), "b": rng.integers(0, 5, 200), "status": rng.integers(0, 2, 200)}
    )
    model = RandomForestClassifier(6, max_depth=4, random_state=0).fit(rows, (rows.a + rows.b > 2).astype(int))
    return model, rows


MODEL, ROWS = forest()


def audit(rows=None, **asked):
    return audit_recourse(MODEL, ROWS.iloc[:25] if rows is None else rows, **{"target": 1, **asked})


def test_groups_add_up():
    found = audit(groups=["b", "status"], budget=1.0)
    every, *each = found.burden()
    for name in ("b", "status"):
        assert sum(one.n_refused for one in each if one.grouping == name) == every.n_refused
        assert sum(one.n_rows for one in each if one.grouping == name) == every.n_rows == 25
    assert every.n_refused == int((MODEL.predict(ROWS.iloc[:25]) == 0).sum())
    assert every.mean.low == pytest.approx(found.cost[found.refused].mean())
    assert [d.by.low for d in found.differences("mean")] == sorted(
        (d.by.low for d in found.differences("mean")), reverse=True
    )
    assert found.to_frame().columns.tolist() == ["b", "status", "status_", "cost", "lower", "plan"]


def test_rows_that_are_accepted_are_not_asked():
    accepted = ROWS[MODEL.predict(ROWS) == 1].iloc[:4]
    found = audit(accepted, groups="b")
    assert found.row_status == ("accepted",) * 4
    assert list(found) == [None] * 4
    assert found.cost.tolist() == [0.0] * 4
    assert found.common_actions(2).n_refused == 0
    assert len(found.subgroups()) == 0
    assert found.status is Status.OPTIMAL


def test_no_rows_and_one_row():
    none = audit(ROWS.iloc[:0], groups="b")
    assert len(none) == 0
    assert none.burden()[0].plan.told() == "–"
    assert none.common_actions(2).served == 0
    assert none.to_frame().empty
    one = audit(ROWS[MODEL.predict(ROWS) == 0].iloc[[0]], groups="b")
    assert [burden.n_refused for burden in one.burden()] == [1, 1]


def test_without_a_plan():
    found = audit(at_most=0)
    assert found.burden()[0].no_plan == (1.0, 1.0)
    assert [group.text for group in found.subgroups()] == ["all refused rows"]
    assert found.common_actions(2).most == 0


def test_what_is_not_reached_is_open():
    found = audit(time_limit=1e-9, groups="status", budget=1.0)
    assert found.stop is Stop.TIME_LIMIT
    assert found.status is Status.BEST_SO_FAR
    assert found.burden()[0].plan == (0.0, 1.0)
    assert not any(one.proved for one in found.differences("median"))
    few = audit().common_actions(2, time_limit=1e-9)
    assert few.served == 0
    assert few.most == few.not_asked == few.n_refused


def test_a_row_that_fails_loses_no_other():
    rows = [ROWS.iloc[[i]] for i in range(6)]
    rows[2] = ROWS.iloc[[2]].astype(object).assign(a="x")
    found = audit(rows)
    assert found.row_status[2] == "error"
    assert isinstance(found[2], Exception)
    assert [s for i, s in enumerate(found.row_status) if i != 2] == [
        s for i, s in enumerate(audit(ROWS.iloc[:6]).row_status) if i != 2
    ]
    assert found.burden()[0].plan.low < 1.0


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"target": None}, "target"), ({"n": 2}, "one plan"), ({"immutable": ["c"]}, "unknown"),
        ({"foo": 1}, "takes no foo"),
        ({"groups": "c"}, "no column"), ({"groups": [1]}, "one for each of 25"), ({"budget": -1}, "budget"),
        ({"row_limit": 0}, "row_limit"), ({"time_limit": 0}, "time_limit"), ({"target": 7}, "class 7"),
        ({"n_jobs": 0}, "n_jobs"), ({"cost": "l9"}, "cost"),
    ],
)  # fmt: skip
def test_bad_arguments(asked, said):
    with pytest.raises(BadInputError, match=said):
        audit(**asked)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"k": 0}, "k=0"), ({"candidates": [{}]}, "an action"), ({"candidates": [{"a": 5}]}, "at least"),
        ({"candidates": [{"a": ("by", 0)}]}, "other than 0"), ({"candidates": [{"zz": 1}]}, "unknown"),
        ({"changes": 4}, "changes"), ({"budget": "x"}, "budget"), ({"n_jobs": 0}, "n_jobs"),
    ],
)  # fmt: skip
def test_bad_actions(asked, said):
    with pytest.raises(BadInputError, match=said):
        audit().common_actions(**asked)
