"""The page on pictures: its code runs, and the images that it shows are there."""

from __future__ import annotations

import re

import pytest

from tests.house.layout import ROOT


def test_the_page(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.chdir(tmp_path)
    page = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
    space: dict = {}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code, space)
    assert "<text" in (tmp_path / "reason.svg").read_text(encoding="utf-8")
    shown = re.findall(r"!\[.+?\]\((images/.+?)\)", page)
    assert len(shown) == 5
    assert all((ROOT / "docs" / path).is_file() for path in shown)
