"""The page on surrogates: its code runs and gives what it says."""

from __future__ import annotations

import re

from suffice import Status

from tests.house.layout import ROOT


def test_the_page():
    page = (ROOT / "docs" / "surrogates.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    space: dict = {}
    exec(first, space)
    why, reason, change = space["why"], space["reason"], space["change"]
    assert set(why.fidelity.accuracy) == {"both", "some", "differ"}
    assert reason.status is Status.OF_SURROGATE
    assert reason.proof.fidelity == why.fidelity.accuracy["some"] > 0.95
    assert why.confirm(change)
    exec(second, space)
    bits, table = space["bits"], space["table"]
    assert bits.conditions == ("age > 35", "age > 55", "colour = red", "colour = green", "colour = blue")
    assert bits.words(bits.transform(table)[3]) == ("35 < age <= 55", "colour = red")
