"""Classes are shallow: below none there is a chain of more than four of our own."""

import ast
from functools import cache

import pytest

from tests.house.layout import parsed, sources

DEEPEST = 4  # bases of our own, one upon the other


def classes(trees):
    """(module, class) -> its bases among our own classes, of {module: (package, syntax tree)}."""
    names = {module: imported(package, tree) for module, (package, tree) in trees.items()}
    defined = {
        (module, node.name): node
        for module, (_, tree) in trees.items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }

    def home(module, name, seen=()):
        """Where a name of a module is defined as a class, through modules that hand it on; None elsewhere."""
        if (module, name) in defined:
            return module, name
        target = names.get(module, {}).get(name)
        return None if target is None or target in seen else home(*target, (*seen, target))

    def of(module, base):
        while isinstance(base, ast.Subscript):  # Sequence[Row]
            base = base.value
        if isinstance(base, ast.Attribute) and isinstance(base.value, ast.Name):  # module.Class
            package = names[module].get(base.value.id)
            return None if package is None else home(".".join(package), base.attr)
        return home(module, base.id) if isinstance(base, ast.Name) else None

    return {key: [found for base in node.bases if (found := of(key[0], base))] for key, node in defined.items()}


def imported(package, tree):
    """Name -> (module, name there) of what a module imports by name."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = [*parts[: len(parts) - node.level + 1]] if node.level else []
            module = ".".join([*base, node.module] if node.module else base)
            found |= {alias.asname or alias.name: (module, alias.name) for alias in node.names}
    return found


def depths(bases):
    """(module, class) -> the length of its longest chain of bases of our own."""
    known = {}

    def depth(key):
        if key not in known:
            known[key] = max((1 + depth(base) for base in bases[key]), default=0)
        return known[key]

    return {key: depth(key) for key in bases}


@cache
def own():
    return depths(classes({source.module: (source.package, parsed(source.path)) for source in sources()}))


def test_no_class_is_too_deep():
    assert {f"{module}.{name}": n for (module, name), n in own().items() if n > DEEPEST} == {}


def test_depths_are_those_of_python():
    from suffice.engine.reasons import label_reasons
    from suffice.solvers.backends import pysat
    from suffice.solvers.protocols import SatSession

    for cls in (label_reasons.LabelReason, pysat.PysatSession, SatSession):
        ours = [base for base in cls.__mro__ if base.__module__.startswith("suffice.")]
        assert own()[cls.__module__, cls.__name__] == len(ours) - 1


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a": "class A: pass\nclass B(A): pass\nclass C(B, int): pass"}, {"A": 0, "B": 1, "C": 2}),
        ({"a": "class A: pass", "b": "from .a import A as Z\nclass B(Z[int]): pass"}, {"A": 0, "B": 1}),
        ({"a": "class A: pass", "b": "from . import a\nclass B(a.A): pass"}, {"A": 0, "B": 1}),
        ({"a": "class A: pass", "b": "from .a import A", "c": "from .b import A\nclass B(A): pass"}, {"A": 0, "B": 1}),
        ({"a": "from enum import Enum\nclass A(str, Enum): pass\nclass B(A, A): pass"}, {"A": 0, "B": 1}),
    ],
)
def test_depths_are_seen(texts, expected):
    trees = {f"p.{name}": ("p", ast.parse(text)) for name, text in texts.items()}
    assert {name: n for (_, name), n in depths(classes(trees)).items()} == expected
