"""DIMACS texts of CNF and WCNF formulas.

CNF, written and read::

    file    := (comment | header | clause)*     exactly one header, before the first clause
    comment := "c" …                            ignored, also "c p show …" and "c t …"
    header  := "p cnf" n_vars n_clauses
    clause  := literal* "0"                     may span lines; "%" ends the file (an old habit)

WCNF, written in the format of 2022::

    file    := (comment | hard | soft)*
    hard    := "h" literal* "0"
    soft    := weight literal* "0"
    comment := "c" …                            "c nvars: N" tells the number of variables

Read in that format or the older one (written on demand) with ``p wcnf n_vars n_clauses [top]``, where weights of at
least ``top`` are hard. Errors tell the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from ...errors import BadInputError, FormatError
from .text import read_text, whole, write_text

if TYPE_CHECKING:
    from ..cnf import Cnf
    from ..wcnf import Wcnf

_COUNT_WORD = "nvars:"

Form = TypeVar("Form")
Clauses: TypeAlias = list[list[int]]


def to_dimacs(cnf: Cnf, comments: Iterable[str] = ()) -> str:
    """Return the DIMACS text of a formula."""
    lines = [*_comment_lines(comments), f"p cnf {cnf.n_vars} {cnf.n_clauses}"]
    lines.extend(_clause_line(clause) for clause in cnf.clauses())
    return "\n".join(lines) + "\n"


def from_dimacs(text: str, build: Callable[[Clauses, int], Form]) -> Form:
    """Return the formula of a DIMACS text.

    Parameters
    ----------
    text : str
        The text.
    build : callable
        Clauses and number of variables -> the formula, such as ``Cnf.from_clauses``.

    Raises
    ------
    FormatError
        The text breaks the grammar of this module; the message tells the line.
    """
    header: tuple[int, int] | None = None
    clauses: Clauses = []
    clause: list[int] = []
    line = 0
    for line, tokens in _lines(text):
        if tokens[0] == "%":
            break
        if tokens[0] == "p":
            header = _cnf_header(tokens, line, header)
            continue
        if header is None:
            raise FormatError(f"line {line}: a clause before the header 'p cnf <variables> <clauses>'")
        for token in tokens:
            literal = _integer(token, line)
            if literal == 0:
                clauses.append(clause)
                clause = []
            elif abs(literal) > header[0]:
                raise FormatError(f"line {line}: literal {literal} is beyond the {header[0]} variables of the header")
            else:
                clause.append(literal)
    if header is None:
        raise FormatError("no header 'p cnf <variables> <clauses>'")
    if clause:
        raise FormatError(f"line {line}: the last clause does not end with 0")
    if len(clauses) != header[1]:
        raise FormatError(f"the header announces {header[1]} clauses, the text has {len(clauses)}")
    try:
        return build(clauses, header[0])
    except BadInputError as error:
        raise FormatError(str(error)) from error


def to_wcnf(wcnf: Wcnf, comments: Iterable[str] = (), *, old: bool = False) -> str:
    """Return the text of a weighted formula in the format of 2022, or in the older one with a header."""
    mark, lines = "h", [*_comment_lines(comments)]
    if old:
        mark = str(wcnf.total_weight + 1)
        lines.append(f"p wcnf {wcnf.n_vars} {wcnf.hard.n_clauses + wcnf.soft.n_clauses} {mark}")
    else:
        lines.append(f"c {_COUNT_WORD} {wcnf.n_vars}")
    lines.extend(f"{mark} {_clause_line(clause)}" for clause in wcnf.hard.clauses())
    weights = wcnf.weights.tolist()
    lines.extend(f"{w} {_clause_line(clause)}" for w, clause in zip(weights, wcnf.soft.clauses(), strict=True))
    return "\n".join(lines) + "\n"


def from_wcnf(text: str, build: Callable[[Clauses, Clauses, list[int], int], Form]) -> Form:
    """Return the weighted formula of a text, in the format of 2022 or the older one.

    Parameters
    ----------
    text : str
        The text.
    build : callable
        Hard clauses, soft ones, weights and number of variables -> the formula, such as ``Wcnf.from_clauses``.

    Raises
    ------
    FormatError
        The text breaks the grammar of this module; the message tells the line.
    """
    n_vars, top, old, seen = _told_variables(text), None, False, 0
    hard: Clauses = []
    soft: Clauses = []
    weights: list[int] = []
    for line, tokens in _lines(text):
        if tokens[0] == "p":
            if old or hard or soft:
                raise FormatError(f"line {line}: a header after the first clause or header")
            old, (n_vars, top) = True, _wcnf_header(tokens, line)
            continue
        if tokens[-1] != "0" or len(tokens) < 2:
            raise FormatError(f"line {line}: expected 'h' or a weight, literals, and 0 at the end")
        clause = [_integer(token, line) for token in tokens[1:-1]]
        if 0 in clause:
            raise FormatError(f"line {line}: 0 inside a clause; one clause a line")
        seen = max(seen, *map(abs, clause), 0)
        if tokens[0] == "h":
            if old:
                raise FormatError(f"line {line}: 'h' in a file with the older header 'p wcnf'")
            hard.append(clause)
            continue
        weight = _integer(tokens[0], line)
        if top is not None and weight >= top:
            hard.append(clause)
        elif weight < 1:
            raise FormatError(f"line {line}: weight {weight}, expected 1 or more")
        else:
            soft.append(clause)
            weights.append(weight)
    if n_vars is not None and seen > n_vars:
        raise FormatError(f"variable {seen} is beyond the {n_vars} variables that the file announces")
    try:
        return build(hard, soft, weights, seen if n_vars is None else n_vars)
    except BadInputError as error:
        raise FormatError(str(error)) from error


def write_dimacs(cnf: Cnf, path: str | Path, comments: Iterable[str] = ()) -> None:
    """Write a formula to a DIMACS file (atomically)."""
    write_text(path, to_dimacs(cnf, comments))


def read_dimacs(path: str | Path, build: Callable[[Clauses, int], Form]) -> Form:
    """Read a DIMACS file, see `from_dimacs`."""
    return from_dimacs(read_text(path), build)


def write_wcnf(wcnf: Wcnf, path: str | Path, comments: Iterable[str] = ()) -> None:
    """Write a weighted formula to a file in the format of 2022 (atomically)."""
    write_text(path, to_wcnf(wcnf, comments))


def read_wcnf(path: str | Path, build: Callable[[Clauses, Clauses, list[int], int], Form]) -> Form:
    """Read a WCNF file in the format of 2022 or the older one, see `from_wcnf`."""
    return from_wcnf(read_text(path), build)


def _comment_lines(comments: Iterable[str]) -> Iterator[str]:
    for comment in comments:
        for line in comment.splitlines() or [""]:
            yield f"c {line}".rstrip()


def _clause_line(clause: tuple[int, ...]) -> str:
    return " ".join(map(str, (*clause, 0)))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for line, content in enumerate(text.splitlines(), start=1):
        tokens = content.split()
        # "c" alone starts a comment, also glued to a word as some programs write it; no clause starts so
        if tokens and not tokens[0].startswith("c"):
            yield line, tokens


def _integer(token: str, line: int) -> int:
    return whole(token, f"line {line}")


def _cnf_header(tokens: list[str], line: int, known: tuple[int, int] | None) -> tuple[int, int]:
    if known is not None:
        raise FormatError(f"line {line}: a second header")
    if len(tokens) != 4 or tokens[1] != "cnf":
        raise FormatError(f"line {line}: expected 'p cnf <variables> <clauses>', got {' '.join(tokens)!r}")
    n_vars, n_clauses = _integer(tokens[2], line), _integer(tokens[3], line)
    if n_vars < 0 or n_clauses < 0:
        raise FormatError(f"line {line}: negative numbers in the header")
    return n_vars, n_clauses


def _wcnf_header(tokens: list[str], line: int) -> tuple[int, int | None]:
    if len(tokens) not in (4, 5) or tokens[1] != "wcnf":
        raise FormatError(f"line {line}: expected 'p wcnf <variables> <clauses> [top]', got {' '.join(tokens)!r}")
    n_vars = _integer(tokens[2], line)
    if n_vars < 0:
        raise FormatError(f"line {line}: a negative number of variables")
    return n_vars, _integer(tokens[4], line) if len(tokens) == 5 else None


def _told_variables(text: str) -> int | None:
    for content in text.splitlines():
        parts = content.split()
        if parts[:1] != ["c"]:
            if parts:
                return None
        elif len(parts) == 3 and parts[1] == _COUNT_WORD:
            return whole(parts[2], _COUNT_WORD)
    return None
