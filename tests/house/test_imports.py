"""Imports between folders run one way; heavy libraries are loaded where they are used, not before."""

import ast
import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.house.layout import ROOT, extras, package_folders, parsed, sources

ALLOWED = {
    "engine": {"engine"},
    "encoders": {"encoders", "engine"},
    "solvers": {"solvers", "engine"},
    "explainers": {"explainers", "encoders", "solvers", "engine"},
    "neural": {"neural", "engine"},
}
MODEL_LIBRARIES = {"sklearn", "xgboost", "lightgbm", "catboost", "interpret", "imodels", "onnx", "torch"}
SOLVER_LIBRARIES = {
    "pysat", "pysdd", "ortools", "pyganak", "hermax", "highspy", "pyscipopt", "tididi_cnf", "py_d4", "pyapproxmc",
    "pumpkin_solver", "exact", "gurobipy", "cplex", "coptpy",
}  # fmt: skip
HEAVY = (
    "pysat",
    "pysdd",
    "ortools",
    "xgboost",
    "lightgbm",
    "catboost",
    "interpret",
    "imodels",
    "torch",
    "pandas",
    "shap",
    "matplotlib",
    "pyganak",
    "hermax",
    "highspy",
    "pyscipopt",
    "tididi_cnf",
    "py_d4",
    "pyapproxmc",
    "pumpkin_solver",
    "onnx",
    "onnxruntime",
)
OWN = {
    "neural": "suffice.neural",
    "rcsb": "suffice.neural.rcsb",
    "desk": "suffice.explainers.desk",
    "notebook": "suffice.explainers.notebook",
}  # an extra -> its own package


def layer_of(module):
    """The folder a dotted name belongs to: 'engine', …, or 'api' for the top of the house; None outside."""
    first, _, rest = module.partition(".")
    if first != "suffice":
        return None
    layer = rest.split(".")[0]
    return layer if layer in ALLOWED else "api"


def imported(node, package):
    """The dotted names that an import statement in `package` may load."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        parents = parts[: len(parts) - node.level + 1]
        base = ".".join([*parents, base] if base else parents)
    if base == "suffice":  # `from suffice import engine` and `from .. import engine` load a folder by its name
        return [f"suffice.{alias.name}" for alias in node.names]
    return [base]


def walk_imports(source):
    for node in ast.walk(parsed(source.path)):
        for name in imported(node, source.package):
            yield node.lineno, name


def offences(source):
    """Import statements of `source` that point the wrong way."""
    own = layer_of(source.module)
    if own == "api":
        return []
    found = []
    for line, name in walk_imports(source):
        target = layer_of(name)
        if target is not None and target not in ALLOWED[own]:
            found.append(f"{source.shown}:{line}: {own} imports {name}")
        if name.split(".")[0] in {"tests", "benchmarks", *ALLOWED}:
            found.append(f"{source.shown}:{line}: {name} is not a part of the installed package")
        if own == "engine" and name.split(".")[0] in MODEL_LIBRARIES | SOLVER_LIBRARIES:
            found.append(f"{source.shown}:{line}: engine knows no library of models and no solver, but imports {name}")
        if own != "neural" and name.split(".")[0] == "torch":
            found.append(f"{source.shown}:{line}: only neural imports torch")
    return found


def test_imports_between_folders_run_one_way():
    assert [text for source in sources() for text in offences(source)] == []


def test_every_folder_is_under_the_rule():
    assert {layer_of(package) for package in package_folders()} == {"api", *ALLOWED}


@pytest.mark.parametrize(
    ("statement", "package", "expected"),
    [
        ("from ..status import Stop", "suffice.engine.forms", "engine"),
        ("from ...solvers import registry", "suffice.engine.forms", "solvers"),
        ("from ... import solvers", "suffice.engine.forms", "solvers"),
        ("from .. import explainers", "suffice.engine", "explainers"),
        ("from suffice import encoders", "suffice.engine", "encoders"),
        ("from suffice import explain", "suffice.engine", "api"),
        ("import suffice.encoders.trees", "suffice.engine", "encoders"),
        ("import numpy as np", "suffice.engine", None),
    ],
)
def test_the_rule_reads_every_kind_of_import(statement, package, expected):
    (node,) = ast.parse(statement).body
    (name,) = imported(node, package)
    assert layer_of(name) == expected


def at_import_time(node):
    """The import statements that run when the module is imported (not those in functions or for type checkers)."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        if isinstance(child, (ast.Import, ast.ImportFrom)):
            yield child
        yield from at_import_time(child)


def optional_modules():
    """Top-level module -> the extras that bring it."""
    modules, distributions = {}, packages_distributions()
    for extra, requirements in extras().items():
        for requirement in requirements:
            name = re.split(r"[\s<>=!~;\[]", requirement)[0]
            provided = [m for m, owners in distributions.items() if name in owners and m.isidentifier()]
            for module in provided or [name.replace("-", "_")]:
                modules.setdefault(module, set()).add(extra)
    modules.setdefault("xgboost", {"xgboost"})
    return modules


def test_every_extra_is_imported_where_it_is_used():
    optional = optional_modules()
    found = []
    for source in sources():
        for node in at_import_time(parsed(source.path)):
            for name in imported(node, source.package):
                extras_of = optional.get(name.split(".")[0])
                if extras_of and not any(f"{source.module}.".startswith(f"{OWN.get(extra)}.") for extra in extras_of):
                    found.append(f"{source.shown}:{node.lineno}: {name} comes with an extra, {extras_of}, only")
    assert found == []


def fresh(code):
    """Run `code` in a new interpreter and return the JSON that it prints."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd="/")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_import_loads_nothing_heavy():
    code = "import sys, json, suffice; print(json.dumps(sorted(m for m in sys.modules if '.' not in m)))"
    assert sorted(set(fresh(code)) & set(HEAVY)) == []


def names_of(tree):
    """The names that a module has at its top; None for one that makes names as they are asked for."""
    defined = (ast.ClassDef, ast.FunctionDef)
    found = {node.name for node in tree.body if isinstance(node, defined)}
    for node in ast.walk(ast.Module([node for node in tree.body if not isinstance(node, defined)], [])):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return None if "__getattr__" in found else found


def lost(tree, names):
    """(line, name) of what a tree imports from our modules, of {module: its names}, and is not there."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and (node.module or "").split(".")[0] == "suffice":
            for alias in node.names:
                known, dotted = names.get(node.module, set()), f"{node.module}.{alias.name}"
                if dotted not in names and known is not None and alias.name not in known:
                    yield node.lineno, dotted


def test_what_tests_and_benchmarks_import_is_there():
    """Within functions as well, which are only seen when they run."""
    names = {source.module: names_of(parsed(source.path)) for source in sources()} | {"suffice.engine._native": None}
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for top in ("tests", "benchmarks")
        for path in sorted((ROOT / top).rglob("*.py"))
        for line, name in lost(parsed(path), names)
    ]
    assert found == []


def test_what_is_lost_is_seen():
    names = {"suffice.a": {"b"}, "suffice": set(), "suffice.any": None}
    lines = ("from suffice import a, c", "from suffice.a import b, d", "def f(): from suffice.e import b")
    text = "\n".join((*lines, "from suffice.any import x"))
    assert sorted(lost(ast.parse(text), names)) == [(1, "suffice.c"), (2, "suffice.a.d"), (3, "suffice.e.b")]
    told = names_of(ast.parse("from x import y as z\nA, B = 1, 2\nclass C:\n    D = 1\ndef e():\n    F = 1"))
    assert told == {"z", "A", "B", "C", "e"}
