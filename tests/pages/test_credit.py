"""The page on a deployed model: its code runs, and what it shows is proved and confirmed by the model."""

from __future__ import annotations

import re

import pytest

from tests.house.layout import ROOT

pytest.importorskip("pandas")


def test_the_page():
    page = (ROOT / "docs" / "credit.md").read_text(encoding="utf-8")
    space: dict = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, space)
    why, deployed, rows, applicant = (space[name] for name in ("why", "deployed", "rows", "applicant"))
    assert why.prediction == deployed.predict(applicant)[0] == "no"
    assert str(why.sufficient.status) == "proved"
    new = space["new"]
    assert deployed.predict(new.row)[0] == "yes"
    assert not {"age", "married"} & set(new.changed)
    assert {str(a) for a in new.row.dtypes} == {str(a) for a in rows.dtypes}
    free = [name for name in rows.columns if name not in space["short"].features]
    tried = rows[:300].copy()
    for name in tried.columns:
        if name not in free:
            tried[name] = applicant[name].iloc[0]
    assert set(deployed.predict(tried)) == {"no"}
    assert bool(space["explainer"].is_reason(space["short"], over="features"))
    assert len(space["frame"]) == 40
    assert list(space["frame"]["prediction"]) == deployed.predict(rows[600:640]).tolist()
