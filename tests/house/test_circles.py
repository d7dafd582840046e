"""Inside a folder imports run one way as well: no circle of files, and each room uses only those before it.

Imports within functions count; those for type checkers do not.
"""

import ast

import pytest

from tests.house.layout import ROOT, package_folders, parsed, sources

# Folder -> its rooms; none uses one that stands to the right of it (or below); "" are the folder's own files. A file
# may have a place of its own; "__init__" is the face that a folder shows.
ROOMS = {
    "engine": (
        "", "spread", "forms.files", "forms", "reasons", "hitting", "diagrams", "domain", "chances", "models", "trees",
        "oracles",
        "ensembles", "ensembles.changes", "ensembles.views", "ensembles.walks",
        "ensembles.cheapest", "labels", "plans",
    ),
    "encoders": (
        "formulas", "covering", "columns", "refusals", "model_files", "encoder", "assembly",
        "sklearn", "xgboost", "lightgbm", "catboost", "interpret", "imodels", "builders", "binarized", "networks",
        "pipelines",
        "onnx", "catalog", "text", "meta", "", "saved",
    ),
    "solvers": (
        "results", "protocols", "sessions", "hitting_sessions", "availability", "processes", "backends", "",
        "conformance",
    ),
    "explainers": (
        "queries.table", "queries.offered", "words", "solving", "certificates", "session", "batch", "rectify",
        "keeping.audit",
        "saving.container", "saving.rows", "saving.writing", "chances", "queries", "recourse", "nearness", "tree",
        "forest", "report", "boosted", "multilabel", "keeping.written", "keeping.frames",
        "keeping.counting", "keeping.redacting", "pages", "", "recourse.alone",
        "population", "report.plot_burden", "report.plot_coverage",
        "keeping", "report.plot_reason", "report.plot_box", "report.plot_changes", "report.plot_population",
        "report.asked_model", "report.planes", "report.draw_plane", "report.plot_tree", "report.plot_boundary",
        "surrogate",
        "verify",
        "saving",
        "runs",
        "desk", "notebook", "command",
    ),
    "neural": (
        "arguments", "outputs", "exported", "pictures",
        "cem.settings", "cem.core", "cem.holes", "cem.inputs", "cem.model", "cem.search", "cem.results", "cem",
        "rcsb.calling", "rcsb.settings", "rcsb.presets", "rcsb.images", "rcsb.results", "rcsb.bridge", "rcsb.sampling",
        "rcsb.regions", "rcsb.training", "rcsb.asking", "rcsb.running", "rcsb.explainer", "rcsb.metrics", "rcsb.folder",
        "rcsb", "",
    ),
}  # fmt: skip


def statements(node):
    """The import statements below `node`, but for those that only type checkers see."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            yield from statements(ast.Module(child.orelse, []))
        else:
            yield from statements(child)


def loaded(node, package, modules):
    """The modules among `modules` that an import statement in `package` names, the longest names that are ones."""
    if isinstance(node, ast.Import):
        wanted = [alias.name for alias in node.names]
    else:
        parts = package.split(".")
        base = [*parts[: len(parts) - node.level + 1]] if node.level else []
        base = ".".join([*base, node.module] if node.module else base)
        wanted = [name if name in modules else base for name in (f"{base}.{alias.name}" for alias in node.names)]
    return {name for name in wanted if name in modules}


def graph(files):
    """Module -> the modules that it imports, of (module, package, syntax tree)."""
    modules = {module for module, _, _ in files}
    return {
        module: {name for node in statements(tree) for name in loaded(node, package, modules)}
        for module, package, tree in files
    }


def circle(edges):
    """Some circle as a list of modules, or None."""
    done, path = set(), []

    def follow(module):
        if module in path:
            return path[path.index(module) :]
        if module in done:
            return None
        path.append(module)
        found = next(filter(None, map(follow, sorted(edges[module]))), None)
        path.pop()
        done.add(module)
        return found

    return next(filter(None, map(follow, sorted(edges))), None)


def files_of(folder):
    """(module, package, syntax tree) of each file in a folder of the top level."""
    return [
        (source.module, source.package, parsed(source.path))
        for source in sources()
        if f"{source.module}.".startswith(f"suffice.{folder}.")
    ]


def room_of(package, folder):
    """The room that a package is, dotted from its folder; "" for the folder itself."""
    return package.removeprefix(f"suffice.{folder}").lstrip(".")


def file_name(module, package):
    """The dotted name of a file; the face of a package is its ``__init__``."""
    return f"{module}.__init__" if module == package else module


def place_of(module, package, folder):
    """The place of a file in the order: its own, or that of its room."""
    rooms, own, room = ROOMS[folder], room_of(file_name(module, package), folder), room_of(package, folder)
    if own not in rooms and room not in rooms:
        raise AssertionError(f"add the room {room!r} to ROOMS[{folder!r}] in {__file__}, behind those that it uses")
    return rooms.index(own if own in rooms else room)


def copy_at(path, module):
    """(module, package, syntax tree) of a file as if it lay where a module of another name lies."""
    return module, module.rpartition(".")[0], parsed(path)


def out_of_order(folder, *more):
    """The imports that break the order of rooms, of the files of a folder and more of them."""
    files = [*files_of(folder), *more]
    place = {module: place_of(module, package, folder) for module, package, _ in files}
    return [
        f"{module} imports {other}"
        for module, others in graph(files).items()
        for other in sorted(others)
        if place[other] > place[module]
    ]


@pytest.mark.parametrize("folder", ROOMS)
def test_no_circle_of_files(folder):
    assert circle(graph(files_of(folder))) is None


def test_no_circle_of_benchmarks():
    files = []
    for path in sorted((ROOT / "benchmarks").rglob("*.py")):
        package = ".".join(path.parent.relative_to(ROOT).parts)
        files.append((package if path.name == "__init__.py" else f"{package}.{path.stem}", package, parsed(path)))
    edges = graph(files)
    assert circle(edges) is None
    assert any(edges.values())


@pytest.mark.parametrize("folder", ROOMS)
def test_rooms_use_those_before_them(folder):
    assert out_of_order(folder) == []


def test_a_room_without_a_place_is_told():
    with pytest.raises(AssertionError, match=r"add the room 'keras' to ROOMS\['encoders'\] in .*test_circles.py"):
        out_of_order("encoders", ("suffice.encoders.keras.models", "suffice.encoders.keras", ast.parse("")))


def test_an_import_of_what_stands_later_is_told():
    late = ("suffice.encoders.columns.late", "suffice.encoders.columns", ast.parse("from ..catalog import find"))
    assert out_of_order("encoders", late) == ["suffice.encoders.columns.late imports suffice.encoders.catalog"]


@pytest.mark.parametrize("folder", ROOMS)
def test_every_room_has_its_place(folder):
    rooms = {room_of(name, folder) for name in package_folders() if f"{name}.".startswith(f"suffice.{folder}.")}
    files = {
        room_of(f"{module}.__init__" if module == package else module, folder)
        for module, package, _ in files_of(folder)
    }
    assert sorted(rooms - set(ROOMS[folder])) == [], "add these rooms"
    assert sorted(set(ROOMS[folder]) - rooms - files) == [], "there are none"
    assert len(set(ROOMS[folder])) == len(ROOMS[folder])


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            {"p": "", "p.a": "from .b import x", "p.b": "from . import c", "p.c": "def f():\n    from .a import y"},
            "abc",
        ),
        (
            {"p": "", "p.a": "from .b import x", "p.b": "import p.c", "p.c": "try:\n    from . import a\nfinally: 0"},
            "abc",
        ),
        ({"p": "", "p.a": "from .b import x", "p.b": "from .c import x", "p.c": ""}, None),
        ({"p": "", "p.a": "from .b import x", "p.b": "if TYPE_CHECKING:\n    from .a import y"}, None),
        (
            {"p": "", "p.a": "from .b import x", "p.b": "if TYPE_CHECKING:\n    0\nelse:\n    from .a import y"},
            "ab",
        ),
    ],
)
def test_circles_are_seen(texts, expected):
    found = circle(graph([(name, "p", ast.parse(text)) for name, text in texts.items()]))
    assert found == (None if expected is None else [f"p.{name}" for name in expected])
