"""The page on contrastive explanations: its pictures are there, and its code runs."""

from __future__ import annotations

import re

import pytest

from tests.house.layout import ROOT

PAGE = (ROOT / "docs" / "cem.md").read_text(encoding="utf-8")


def test_its_pictures_are_there_and_small():
    pictures = re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", PAGE)
    assert len(pictures) >= 4
    for picture in pictures:
        assert 1000 < (ROOT / "docs" / picture).stat().st_size < 100_000


@pytest.mark.slow
def test_its_code_runs():
    space: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, space)
    assert space["why"].found.all() and space["not_nine"].prediction[0] == 9
    assert space["both"].pn.found.all() and space["many"].pn.found.all()
