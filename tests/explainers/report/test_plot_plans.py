"""The pictures of plans say what the plans say."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from sklearn.ensemble import RandomForestClassifier

mpl.use("Agg")

from suffice import BadInputError, Explainer  # after the choice of what draws
from suffice.explainers.credit import synthetic_credit
from suffice.report import alt_text, plot_frontier, plot_plans  # as before


def asked():
    rows, granted = synthetic_credit(300)
    rows = rows.drop(columns=["purpose"]).fillna(0.0).astype({"married": int})
    rows["home"] = rows["home"].astype("category").cat.codes
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(rows, granted)
    refused = rows[model.predict(rows) == "no"].iloc[[2]]
    types = {"categorical": {"home": [0, 1, 2]}}
    return rows, Explainer(model, refused, types, background=rows).recourse(n=3, data=rows, scale="mad")


def test_what_is_drawn_is_what_the_plans_say():
    rows, found = asked()
    told = alt_text(plot_plans(found, data=rows))
    assert told.startswith("How to reach yes.")
    assert all(step.text in told for plan in found for step in plan.steps)
    assert found[0].text in alt_text(plot_plans(found[0], theme="dark")).replace("; ", " and ")
    assert "Stage 1" in alt_text(plot_plans(found.stages(at_most=1)))
    assert "No plan" in alt_text(plot_plans(found.stages(budget=0.0)))
    front = found.frontier("lead", step=0.02)
    drawn = alt_text(plot_frontier(front))
    assert all(plan.text in drawn for plan in front)
    for wrong in ({"found": 3}, {"found": found, "most": 0}):
        with pytest.raises(BadInputError):
            plot_plans(**wrong)
    with pytest.raises(BadInputError):
        plot_frontier(found)
