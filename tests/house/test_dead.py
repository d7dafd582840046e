"""Nothing lies about that nobody uses: each function and class is named elsewhere in the package, or told to users."""

import ast
import re
from collections import Counter

import pytest

from tests.house.layout import ROOT, parsed, sources

FOR_USERS = {  # names that only users, or pages, call
    "arguments_of": "what docs/queries.md is written and checked with",
    "binary_representation": "a published property of explainers",
    "extended": "of Cnf: more clauses",
    "fit_transform": "of Binarizer: the way of scikit-learn",
    "get_details": "of learners: a published name",
    "handle_exit": "of the desk's server: uvicorn calls it",
    "is_optimal": "of Optimum, as is_sat and is_unsat of SatAnswer",
    **dict.fromkeys(
        ("check_model", "has_clause", "on_assignment", "on_backtrack", "on_new_level", "provide_reason"),
        "of propagators: python-sat calls it",
    ),
    "set_params": "of Binarizer: the way of scikit-learn",
    "scale_model_input": "of schedulers, asked by pipelines of diffusers",
}
TEMPLATE = "TEMPLATE.py"  # to copy
KIT = "solvers/conformance/"  # its checks are found by their names


def defined(tree):
    """(line, name) of all functions and classes, but for those that Python itself calls."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("__"):
            yield node.lineno, node.name


def unused(trees, told):
    """(file, line, name) of what is named once, where it is defined, of {file: (text, tree)}."""
    named = Counter(word for text, _ in trees.values() for word in re.findall(r"\w+", text))
    for file, (_, tree) in trees.items():
        for line, name in defined(tree):
            if named[name] == 1 and not re.search(rf"\b{name}\b", told):
                yield file, line, name


def all_unused():
    trees = {source.shown: (source.path.read_text(encoding="utf-8"), parsed(source.path)) for source in sources()}
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    told = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    yield from (
        (file, line, name)
        for file, line, name in unused(trees, told)
        if not (file.endswith(TEMPLATE) or (file.startswith(KIT) and name.startswith("test_")))
    )


def test_nothing_is_unused():
    assert [f"{file}:{line}: {name}" for file, line, name in all_unused() if name not in FOR_USERS] == []


def test_exceptions_are_needed():
    assert sorted(FOR_USERS.keys() - {name for _, _, name in all_unused()}) == []


@pytest.mark.parametrize(
    ("text", "told", "expected"),
    [
        ("def f(): pass", "", ["f"]),
        ("def f(): pass\nf()", "", []),
        ("def f(): pass", "call `f`", []),
        ("class A:\n    def g(self): pass\n    def __len__(self): pass", "", ["A", "g"]),
    ],
)
def test_what_is_unused_is_seen(text, told, expected):
    assert [name for _, _, name in unused({"a.py": (text, ast.parse(text))}, told)] == expected
