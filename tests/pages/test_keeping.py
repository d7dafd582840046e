"""The page on keeping: its code runs, and the entries that it names are those of the forms."""

from __future__ import annotations

import json
import re

from tests.house.layout import ROOT


def test_the_page():
    page = (ROOT / "docs" / "keeping.md").read_text(encoding="utf-8")
    space: dict = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, space)
    assert repr(space["again"]) == repr(space["one"])
    columns = set(space["frame"].columns)
    assert columns == {name for row in re.findall(r"^\| (`[a-z ]+`(?:, `[a-z ]+`)*) \|", page, re.M)
                       for name in re.findall(r"`([a-z ]+)`", row) if name in columns}  # fmt: skip
    forms = {"explanation": json.loads(space["text"]), "explanations": json.loads(space["many"].to_json())}
    forms["reason"], forms["reasons"] = forms["explanation"]["sufficient"], forms["explanation"]["contrastive"]
    for kind, form in forms.items():
        (told,) = re.findall(rf"^\| `{kind}` \| (.*) \|$", page.partition("## The schema")[2], re.M)
        sometimes = {"mode", "labels", "by_label", "withheld", "groups", "rounding"}
        own = set(re.findall(r"`(\w+)`", told)) - sometimes
        assert own == set(form) - {"suffice", "schema", "groups"}, kind
