"""The page on many rows: its code runs and gives what it says."""

from __future__ import annotations

import re

from suffice import Status

from tests.house.layout import ROOT


def test_the_page():
    page = (ROOT / "docs" / "many-rows.md").read_text(encoding="utf-8")
    code, *_ = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    space: dict = {}
    exec(code, space)
    batch, model, data = space["batch"], space["model"], space["data"]
    assert batch.status is Status.COMPLETE and len(batch) == 20 and set(batch.row_status) == {"optimal"}
    assert batch.predictions.tolist() == model.predict(data.data[:20]).tolist()
    said = model.predict(space["first"].witness.row)
    assert space["first"] is batch[0] and said[0] != batch.predictions[0]
    named = set(re.findall(r"`batch\.(\w+)", page))
    assert all(hasattr(batch, name) for name in named) and len(named) > 8
