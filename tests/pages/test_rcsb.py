"""The page on region-constrained counterfactuals: its pictures are there, its names exist, and its code runs."""

from __future__ import annotations

import re

import pytest
import suffice.neural.rcsb as package

from tests.house.layout import ROOT

PAGE = (ROOT / "docs" / "rcsb.md").read_text(encoding="utf-8")


def test_its_pictures_are_there_and_small():
    pictures = re.findall(r"!\[[^\]]+\]\((images/[^)]+)\)", PAGE)
    assert len(pictures) >= 2
    for picture in pictures:
        assert 1000 < (ROOT / "docs" / picture).stat().st_size < 100_000


def test_every_public_name_exists():
    for name in package.__all__:
        assert getattr(package, name) is not None
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        package.nothing  # noqa: B018  # the access is what is tested


@pytest.mark.slow
def test_its_code_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, space)
    assert space["found"].flipped.sum() >= 2 and space["nine"].flipped.all()
    assert space["fast"].flip_rate >= 0.95 and space["run"].pending == 0
