"""Pages name files, modules and names that exist."""

import re

import pytest

from tests.house.layout import ROOT, sources

PAGES = [*sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("*.md")), *sorted((ROOT / "benchmarks").glob("*.md"))]
FOLDERS = "engine|encoders|solvers|explainers|neural|tests|benchmarks|docs|building"
MODULES = {source.module: source.path for source in sources()}
MODULES["suffice.engine._native"] = ROOT / "engine" / "_native.pyi"


def text_of(page):
    return page.read_text(encoding="utf-8")


def files_named(text):
    return re.findall(rf"`((?:{FOLDERS})/[\w./-]*\w\.\w+)`", text)


def folders_named(text):
    return re.findall(rf"`((?:{FOLDERS})(?:/[\w*-]+)*)/?`", text)


def dotted_named(text):
    """Dotted names of the package, and those that import statements take from its modules."""
    dotted = re.findall(r"\bsuffice(?:\.[A-Za-z_]\w*)+", text)
    for module, listed, line in re.findall(r"from (suffice[\w.]*) import (?:\(([^)]*)\)|([\w, ]+))", text):
        names = (name.split(" as ")[0].strip() for name in (listed or line).split(","))
        dotted += [f"{module}.{name}" for name in names if name]
    return dotted


def exists(dotted):
    """Whether a dotted name is a module, or a name that its module speaks of."""
    module, rest = dotted, ""
    while module and module not in MODULES:
        module, _, head = module.rpartition(".")
        rest = head
    return bool(module) and (not rest or re.search(rf"\b{rest}\b", text_of(MODULES[module])) is not None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_pages_name_exist(page):
    text = text_of(page)
    assert [path for path in files_named(text) if not (ROOT / path).is_file()] == []
    assert [path for path in folders_named(text) if not (ROOT / path).is_dir()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_modules_that_pages_name_exist(page):
    assert [name for name in dotted_named(text_of(page)) if not exists(name)] == []


def test_some_pages_name_some():
    found = "".join(map(text_of, PAGES))
    assert len(files_named(found)) > 30
    assert len(dotted_named(found)) > 50


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`engine/status.py`, `engine/nothing.py`", ["engine/nothing.py"]),
        ("`engine/forms/` and `engine/old/`, `encoders/common_*`", ["engine/old", "encoders/common_*"]),
        ("suffice.engine.status.Stop, suffice.engine.status.Going", ["suffice.engine.status.Going"]),
        ("from suffice.engine.status import Stop, Going", ["suffice.engine.status.Going"]),
        ("from suffice import (\n    explain,\n    exclaim,\n)", ["suffice.exclaim"]),
        ("import suffice.nowhere", ["suffice.nowhere"]),
    ],
)
def test_what_is_missing_is_seen(text, missing):
    found = [path for path in files_named(text) if not (ROOT / path).is_file()]
    found += [path for path in folders_named(text) if not (ROOT / path).is_dir()]
    found += [name for name in dotted_named(text) if not exists(name)]
    assert found == missing
