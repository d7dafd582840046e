"""Audits and common actions as JSON, and back."""

import json
import pickle

import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, FormatError, Status, audit_recourse, from_json
from suffice.explainers.credit import synthetic_credit

COLUMNS = ["age", "income", "debt", "late payments"]
ROWS, GRANTED = synthetic_credit(300)
MODEL = RandomForestClassifier(8, max_depth=4, random_state=0).fit(ROWS[COLUMNS], GRANTED)
AUDIT = audit_recourse(
    MODEL, ROWS[COLUMNS].iloc[:30], groups={"home": ROWS["home"].iloc[:30]}, budget=1.0, target="yes", scale="mad",
    data=ROWS[COLUMNS], immutable=["age"], at_most=1,
)  # fmt: skip
FEW = AUDIT.common_actions(2)


def test_an_audit_comes_back():
    again = from_json(AUDIT.to_json())
    assert again.burden() == AUDIT.burden()
    assert again.row_status == AUDIT.row_status
    assert again.to_frame().equals(AUDIT.to_frame())
    assert repr(again) == repr(AUDIT)
    assert again.to_json() == AUDIT.to_json()
    assert [repr(one) for one in again.subgroups(least=1)] == [repr(one) for one in AUDIT.subgroups(least=1)]
    with pytest.raises(BadInputError, match="without its model"):
        again.common_actions(1)


def test_common_actions_come_back():
    again = from_json(FEW.to_json())
    assert again.curve == FEW.curve
    assert again.by_group == FEW.by_group
    assert repr(again) == repr(FEW)
    assert again.to_json() == FEW.to_json()
    assert {i: (n, plan.text) for i, (n, plan) in again.plans.items()} == {
        i: (n, plan.text) for i, (n, plan) in FEW.plans.items()
    }


def test_an_audit_is_pickled_without_its_model():
    again = pickle.loads(pickle.dumps(AUDIT))
    assert again.burden() == AUDIT.burden()
    assert again.status is Status.OPTIMAL


@pytest.mark.parametrize(
    "change",
    [
        lambda form: form["rows"][0].update(status="fine"), lambda form: form["groupings"][0].update(of=[0]),
        lambda form: form.pop("rows"), lambda form: form.update(schema=99),
        lambda form: form["groupings"][0]["of"].__setitem__(0, 77),
    ],
)  # fmt: skip
def test_damaged_audits_are_refused(change):
    form = json.loads(AUDIT.to_json())
    change(form)
    with pytest.raises(FormatError):
        from_json(json.dumps(form))


def test_damaged_actions_are_refused():
    form = json.loads(FEW.to_json())
    form["curve"] = []
    with pytest.raises(FormatError, match="curve"):
        from_json(json.dumps(form))
