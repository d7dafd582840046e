"""Files and functions stay small enough to be read in one go."""

import ast

from tests.house.layout import ROOT, parsed, sources

FILE_LINES = 400
LONGER: dict[str, int] = {}
FUNCTION_LINES = 60


def own_files():
    yield from (source.path for source in sources())
    yield from sorted((ROOT / "benchmarks").rglob("*.py"))
    yield from sorted((ROOT / "building").rglob("*.py"))


def core_files():
    return sorted((ROOT / "engine" / "native").rglob("*.[ch]pp"))


def core_functions(path):
    """First line and length of the functions of a C++ file: as the formatter leaves them, they begin in column 0."""
    start = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("}"):
            if start is not None:
                yield start, number - start + 1
            start = None
        elif line[:1].isalpha() and not line.startswith(
            ("namespace", "struct", "class", "template", "enum", "using", "inline constexpr")
        ):
            start = number if start is None else start
        if line.endswith((";", "}")) and not line.startswith((" ", "}")):
            start = None


def test_no_file_is_too_long():
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in [*own_files(), *core_files()]}
    too_long = {path: n for path, n in lengths.items() if n > LONGER.get(path.name, FILE_LINES)}
    assert {str(path.relative_to(ROOT)): n for path, n in too_long.items()} == {}


def test_no_function_is_too_long():
    found = {}
    for path in own_files():
        for node in ast.walk(parsed(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    found[f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"] = length
    assert found == {}


def test_no_function_of_the_core_is_too_long():
    found = {
        f"{path.relative_to(ROOT)}:{line}": length
        for path in core_files()
        for line, length in core_functions(path)
        if length > FUNCTION_LINES
    }
    assert found == {}
    assert sum(1 for path in core_files() for _ in core_functions(path)) > 100  # they are seen
