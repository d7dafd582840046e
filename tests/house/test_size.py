"""Files and functions stay small enough to be read in one go."""

import ast

from tests.house.layout import ROOT, parsed, sources

FILE_LINES = 400
FUNCTION_LINES = 60


def own_files():
    yield from (source.path for source in sources())
    yield from sorted((ROOT / "benchmarks").rglob("*.py"))


def test_no_file_is_too_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in own_files()}
    assert {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > FILE_LINES} == {}


def test_no_function_is_too_long():
    found = {}
    for path in own_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    found[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = length
    assert found == {}
