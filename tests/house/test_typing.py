"""What type checkers tell users: ``typing_tests`` pass, and no public function of what users meet returns ``Any``."""

import ast
import inspect
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import get_overloads

import pytest
import suffice
from suffice.explainers.words import query_types

from tests.house.layout import ROOT

ANY = {  # what may be of any type, and why
    "get_model": "the user's model",
    "predict": "a label of the user's model",
    "target_prediction": "a label of the user's model",
    "Row.row": "a container of the user's",
    "Row.together": "a container of the user's",
    "Explanations.to_frame": "a frame of the library that the rows came in",
    "Explanation.ask": "what the query answers",
    "Explanation.predicted_of": "a label",
}


def users_classes():
    """The classes that ``suffice`` exports, and those of the package that they build on."""
    exported = [getattr(suffice, name) for name in suffice.__all__]
    bases = {base for one in exported if isinstance(one, type) for base in one.__mro__}
    return sorted((base for base in bases if base.__module__.startswith("suffice.")), key=lambda base: base.__name__)


def public_functions(owner, body):
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield f"{owner}.{node.name}" if owner else node.name, node


def all_public_functions():
    for one in users_classes():
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(one))).body
        yield from public_functions(one.__name__, tree.body)
    for name in suffice.__all__:
        if inspect.isfunction(getattr(suffice, name)):
            yield from public_functions("", ast.parse(inspect.getsource(getattr(suffice, name))).body)


def test_no_public_function_returns_any():
    found = [
        name for name, node in all_public_functions() if node.returns is None or ast.unparse(node.returns) == "Any"
    ]
    known = [name for name in found if name in ANY or name.split(".")[-1] in ANY]
    assert sorted({*found} - {*known}) == []
    assert {"explain", "Explanation.change", "Reasons.to_dict", "backends"} <= {
        name for name, _ in all_public_functions()
    }


def test_exceptions_are_needed():
    found = [name for name, node in all_public_functions() if ast.unparse(node.returns) == "Any"]
    assert {name for name in ANY if not any(name in (one, one.split(".")[-1]) for one in found)} == set()


def overloaded():
    """Queries of the explainers' classes with overloads, and those."""
    for one in users_classes():
        for name, value in vars(one).items():
            method = inspect.unwrap(value) if inspect.isfunction(value) else value
            if inspect.isfunction(method) and name not in ("__getitem__", "__new__", "batch", "to_cnf"):
                yield from ((f"{one.__name__}.{name}", method, overload) for overload in get_overloads(method))


def test_overloads_take_what_queries_take():
    wrong, seen = {}, set()
    for name, method, overload in overloaded():
        told = {one.name: one for one in inspect.signature(overload).parameters.values()}
        if "how" in told:
            (keys,) = re.fullmatch(r"Unpack\[(\w+)\]", told.pop("how").annotation).groups()
            told.update(dict.fromkeys(getattr(query_types, keys).__annotations__))
        own = set(inspect.signature(method).parameters)
        seen.add(name.split(".")[-1])
        if set(told) != own:
            wrong[name] = set(told) ^ own
    assert wrong == {}
    assert {"sufficient_reason", "contrastive_reason", "majoritary_reason", "to_features"} <= seen


def test_what_users_are_told():
    pytest.importorskip("mypy")
    place = Path(suffice.__file__).parents[1]
    environment = dict(os.environ)
    if "site-packages" not in place.parts:  # mypy finds installed packages by itself
        environment["MYPYPATH"] = str(place)
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "typing_tests"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
