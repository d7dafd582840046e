"""Rows with texts, through a pipeline: told in the user's own columns, and confirmed by the model itself."""

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from suffice import Explainer, Status
from suffice.explainers.credit import synthetic_credit


@pytest.fixture(scope="module")
def bank():
    rows, granted = synthetic_credit(600)
    rows = rows.fillna({"years employed": 0.0})
    steps = make_column_transformer((OneHotEncoder(), ["purpose", "home"]), remainder="passthrough")
    model = make_pipeline(steps, RandomForestClassifier(12, max_depth=5, random_state=0)).fit(rows, granted)
    return model, rows, Explainer(model, background=rows)


ASKED = {
    "target": "yes",
    "immutable": ["age", "married", "purpose"],
    "monotone": {"years employed": "increasing", "late payments": "decreasing"},
    "steps": {"income": 100, "debt": 100, "amount": 100, "years employed": 1},
    "moves": {"home": {"rented": ["mortgage", "owned"]}},
    "scale": "mad",
}


def test_plans_of_applicants(bank):
    model, rows, explainer = bank
    refused = rows[model.predict(rows) == "no"].iloc[:12]
    found = explainer.batch(refused, "recourse", data=rows, prices={"home": {"owned": 3.0}}, **ASKED)
    assert not found.errors
    for i, answer in enumerate(found):
        own = refused.iloc[i]
        assert answer.status is Status.OPTIMAL
        (plan,) = answer
        assert model.predict(plan.row.row)[0] == "yes"
        new = plan.row.row.iloc[0]
        assert all(new[name] == own[name] for name in ASKED["immutable"])
        assert new["home"] == own["home"] or own["home"] == "rented"
        assert new["years employed"] >= own["years employed"]
        for name in ("income", "debt", "amount"):
            assert (new[name] - own[name]) % 100 == 0
        assert {step.feature for step in plan.steps} == {name for name in rows.columns if new[name] != own[name]}
    assert set(found.row_status) == {"optimal"}


def test_a_plan_told_with_few_digits(bank):
    model, rows, explainer = bank
    explainer.set_instance(rows[model.predict(rows) == "no"].iloc[[0]])
    exact = explainer.recourse(target="yes")
    told = explainer.recourse(target="yes", rounded=True)
    assert told.lower == pytest.approx(exact.cost)
    assert told.cost >= exact.cost
    assert told.status in (Status.PROVED, Status.OPTIMAL)
    assert model.predict(told[0].row.row)[0] == "yes"


def test_stopped_searches_have_bounds(bank):
    model, rows, explainer = bank
    explainer.set_instance(rows[model.predict(rows) == "no"].iloc[[0]])
    found = explainer.recourse(target="yes", time_limit=1e-9)
    best = explainer.recourse(target="yes")
    assert found.lower <= best.cost <= found.cost
    assert np.isfinite(best.cost)
