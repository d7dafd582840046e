"""The examples of the pages run as they stand."""

import re

import pytest

from tests.house.layout import ROOT

HEAVY = {"add-a-model", "cem", "rcsb"}  # a template to fill in; networks, whose own tests run the examples
OWN = {path.stem.removeprefix("test_").replace("_", "-") for path in (ROOT / "tests" / "pages").glob("test_*.py")}
PAGES = [page for page in sorted((ROOT / "docs").glob("*.md")) if page.stem not in HEAVY | OWN]


def snippets(page):
    return re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [page for page in PAGES if snippets(page)], ids=lambda page: page.stem)
def test_the_examples_of_a_page_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": page.stem}
    for snippet in snippets(page):
        exec(compile(snippet, str(page), "exec"), names)


def test_some_pages_have_examples():
    assert {"fairness", "regression", "rules", "reports", "desk"} <= {page.stem for page in PAGES if snippets(page)}
