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


def cells_of(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def quoted(cell):
    """The names in backticks, without what brackets say of them."""
    return re.findall(r"`([\w./-]+)`", re.sub(r"\([^)]*\)", "", cell))


def tables_of_rooms(text):
    """(folder, rows of cells) of each table that is about the rooms, or folders, of a folder."""
    for head in re.finditer(r"^\| (?:room|folder) of `([\w/]+?)/?` \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE):
        yield head.group(1), [cells_of(line) for line in head.group(2).splitlines()]


def rooms_named(text):
    """Paths of the rooms and files that such tables name: in the first column, and beside 'other files'."""
    for folder, rows in tables_of_rooms(text):
        for room, holds, *bound in rows:
            named = [*quoted(room), *(quoted(holds) if re.fullmatch("its (own|other) files", room) else ())]
            yield from (f"{folder}/{name}" for name in named)
            yield from (f"{folder}/bind/{name}" for cell in bound for name in quoted(cell))


def is_there(path):
    """Whether a path is a folder or file, with or without its ending."""
    return (ROOT / path).exists() or (ROOT / f"{path}.py").is_file()


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rooms_that_pages_name_exist(page):
    assert [path for path in rooms_named(text_of(page)) if not is_there(path)] == []


def test_all_rooms_are_told():
    """Each folder of the package, and each folder of the core, has its row."""
    told = set(rooms_named(text_of(ROOT / "docs" / "architecture.md")))
    folders = {source.path.parent.relative_to(ROOT).as_posix() for source in sources()}
    folders |= {path.relative_to(ROOT).as_posix() for path in (ROOT / "engine" / "native").iterdir() if path.is_dir()}
    tops = {"engine", "encoders", "solvers", "explainers", "neural", "explainers/api"}
    deep = {"engine/ensembles/" + name for name in ("changes", "views", "walks", "cheapest")}  # told in its row
    assert sorted(folders - told - tops - deep - {"neural/cem", "neural/rcsb"}) == []


def test_all_files_of_the_border_are_told():
    told = set(rooms_named(text_of(ROOT / "docs" / "architecture.md")))
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "engine" / "native" / "bind").glob("*.cpp")}
    assert sorted(files - told) == []


def test_a_room_that_is_gone_is_seen():
    rows = "| `forms`, `old` | x |\n| its own files | `budget` (`Old`), `older` |\n"
    page = f"| room of `engine/` | holds |\n|---|---|\n{rows}"
    assert [path for path in rooms_named(page) if not is_there(path)] == ["engine/old", "engine/older"]


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
