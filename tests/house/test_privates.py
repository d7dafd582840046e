"""Nobody reaches into another's privates: names that begin with an underscore are for the module and its classes.

``other._name`` is an offence unless a class of the same module has such a name; ``from .module import _name`` is one.
"""

import ast

import pytest

from tests.house.layout import ROOT, parsed, sources

PUBLIC = {"_replace", "_make", "_asdict", "_fields"}  # of named tuples, spelled so by Python
CORE = "_native"  # the compiled core: private to the package, its stub is its contract
LIBRARIES = {  # what a library tells in no other way; self-checks against predict stand behind each
    "encoders/pipelines/number_steps.py": {"_valid_mask"},  # of a KNNImputer: columns that had a value
    "encoders/pipelines/shadows.py": {"_scaler"},  # of a PowerTransformer: what scales its powers
    "encoders/sklearn/starts.py": {"_raw_predict_init"},
    "encoders/sklearn/isolation.py": {"_max_features", "_max_samples"},
    "encoders/sklearn/hist_boosting.py": {"_preprocessor", "_baseline_prediction", "_loss", "_predictors"},
    "encoders/text/steps.py": {"_tfidf"},  # of a TfidfVectorizer: what weighs its counts
    "encoders/meta/scores.py": {"_raw_predict"},
    "explainers/session/rooms.py": {"_is_owned"},  # of a lock: whether this thread holds it
    "solvers/backends/rc2.py": {"_call_oracle"},  # of RC2, which has no other question for a first model
}
MARKS = {
    "explainers/session/gate.py": {"_switches", "_here", "_ungated", "_sooner"}
}  # of its own decorators on methods
PICKLES = {"engine/reasons/__init__.py": {"_restore"}}  # the name that pickled reasons call
EXCEPTIONS = LIBRARIES, MARKS, PICKLES


def private(name):
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC and name != CORE


def of_oneself(node):
    """Whether an expression stands for the object or class whose method is running."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.id in ("super", "type")
    return isinstance(node, ast.Name) and node.id in ("self", "cls")


def own_names(tree):
    """The private names of the classes of a module."""
    for outer in ast.walk(tree):
        if not isinstance(outer, ast.ClassDef):
            continue
        for node in ast.walk(outer):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield node.name
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and of_oneself(node.value):
                yield node.attr
        for node in outer.body:
            targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", ())
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def offences(tree, allowed=frozenset()):
    """(line, text) of each use of somebody else's private name."""
    known = {*own_names(tree), *allowed}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("suffice")):
            for alias in node.names:
                if private(alias.name) and alias.name not in allowed:
                    yield node.lineno, f"from {'.' * node.level}{node.module or ''} import {alias.name}"
        elif (
            isinstance(node, ast.Attribute)
            and private(node.attr)
            and not of_oneself(node.value)
            and node.attr not in known
        ):
            yield node.lineno, ast.unparse(node)


def found():
    for source in sources():
        allowed = set().union(*(listed.get(source.shown, set()) for listed in EXCEPTIONS))
        for line, text in offences(parsed(source.path), allowed):
            yield f"{source.shown}:{line}: {text}"


def test_no_one_reaches_into_another():
    assert list(found()) == []


def test_exceptions_are_used():
    for shown, names in [pair for listed in EXCEPTIONS for pair in listed.items()]:
        text = (ROOT / shown).read_text(encoding="utf-8")
        assert [name for name in names if name not in text] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x):\n    return x._a", ["x._a"]),
        ("class A:\n    def f(self):\n        return self._a, super()._b, type(self)._c", []),
        ("class A:\n    def __init__(self): self._a = 1\n    def same(self, other): return other._a", []),
        ("class A:\n    _a: int\n    def same(self, other): return other._a", []),
        ("class A:\n    def f(self): return self.other._a", ["self.other._a"]),
        ("_a = 1\ndef f(x): return x._a", ["x._a"]),
        ("from .b import _a", ["from .b import _a"]),
        ("from suffice.b import c, _a", ["from suffice.b import _a"]),
        ("from numpy import _a\nx._replace(a=1).__dict__\nfrom . import _native", []),
    ],
)
def test_offences_are_seen(text, expected):
    assert [told for _, told in offences(ast.parse(text))] == expected
