"""Pages name files that exist."""

import re

import pytest

from tests.house.layout import ROOT

PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
FOLDERS = "engine|encoders|solvers|explainers|neural|tests|benchmarks|docs|building"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_pages_name_exist(page):
    named = re.findall(rf"`((?:{FOLDERS})/[\w./-]*\w\.\w+)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_some_pages_name_files():
    assert any("`engine/" in page.read_text(encoding="utf-8") for page in PAGES)
