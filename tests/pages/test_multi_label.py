"""The page on several labels: its code runs and gives what it says."""

from __future__ import annotations

import re

from tests.house.layout import ROOT


def test_the_page():
    space: dict = {}
    page = (ROOT / "docs" / "multi-label.md").read_text(encoding="utf-8")
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, space)
    loan = space["loan"]
    assert loan.target_prediction == (1, 1, 0)
    assert space["why"].features == ("amount > 6.5", "years > 3.5", "month <= 5.5")
    assert loan.sufficient_reason(labels=["large", "late"]).features == ("amount > 4.5", "month <= 5.5")
    assert loan.predict(space["change"].witness)[1:] == (0, 1)
    assert space["change"].features == ("amount <= 6.5", "month > 5.5")
    assert loan.contrastive_reason(flip=["huge"], others="kept").features == ("amount <= 6.5",)
    assert loan.implies("huge", "large")
    assert list(loan.label_graph().edges(data="relation")) == [("huge", "large", "implies")]
