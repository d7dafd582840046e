"""Free-format MPS texts of linear programs.

Written and read::

    file    := "NAME" word?, "ROWS" (kind row)*, "COLUMNS" (column (row number)+ | marker)*,
               "RHS" (set (row number)+)*, ["RANGES" (set (row number)+)*],
               ["BOUNDS" (type set column number?)*], "ENDATA"
    kind    := "N" | "L" | "G" | "E"        the first N is the objective, later ones are rows without bounds
    type    := "LO" | "UP" | "FX" | "FR" | "MI" | "PL" | "BV" | "LI" | "UI"
    marker  := name "'MARKER'" ("'INTORG'" | "'INTEND'")
    comment := "*" to the end of the line

The right side of the objective is minus its offset. All bounds are written, so no reader's default matters.
What is written reads back as an equal form; names with blanks travel in comments. Where no number is exactly
the distance of a row's two bounds, the upper bound is a row of its own and a comment says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ...errors import BadInputError, FormatError
from .rows import Builder, Form
from .text import merged_pairs, number, plain_names, spell, true_names

if TYPE_CHECKING:
    from ..linear import Linear

_SECTIONS = ("NAME", "ROWS", "COLUMNS", "RHS", "RANGES", "BOUNDS", "ENDATA")


def to_mps(linear: Linear) -> str:
    """Return the MPS text of a program."""
    names, comments = plain_names(linear.names, linear.n_vars)
    rows = [row for index in range(linear.n_rows) for row in _rows_of(linear, index)]
    comments += [f"pair {row.name} {row.name}u" for row in rows if row.paired]
    lines = [*(f"* {comment}" for comment in comments), "NAME suffice", "ROWS", " N obj"]
    lines += [f" {row.kind} {row.name}" for row in rows]
    lines += ["COLUMNS", *_column_lines(linear, names, rows), "RHS"]
    if linear.offset:
        lines.append(f" RHS obj {spell(-linear.offset)}")
    lines += [f" RHS {row.name} {spell(row.side)}" for row in rows if row.side]
    if any(row.span is not None for row in rows):
        lines += ["RANGES", *(f" RNG {row.name} {spell(row.span)}" for row in rows if row.span is not None)]
    lines.append("BOUNDS")
    for name, low, high in zip(names, linear.lower, linear.upper, strict=True):
        lines.append(f" LO BND {name} {spell(low)}" if np.isfinite(low) else f" MI BND {name}")
        lines.append(f" UP BND {name} {spell(high)}" if np.isfinite(high) else f" PL BND {name}")
    return "\n".join([*lines, "ENDATA"]) + "\n"


def from_mps(text: str, build: Builder[Form]) -> Form:
    """Return the program of a free-format MPS text.

    Parameters
    ----------
    text : str
        The text.
    build : callable
        The parts of a program -> the program, such as ``Linear.build``.

    Raises
    ------
    FormatError
        The text breaks the grammar of this module; the message tells the line.
    """
    reader = _Reader()
    for line, content in enumerate(text.splitlines(), start=1):
        if content.startswith("*"):
            reader.comments.append(content[1:])
        elif content.strip():
            reader.take(content, line)
    return reader.finish(build)


class _Reader:
    """Takes the lines of a file in, section by section."""

    def __init__(self) -> None:
        self.comments: list[str] = []
        self.part = ""
        self.objective: str | None = None
        self.rows: dict[str, str] = {}
        self.columns: dict[str, dict[str, float]] = {}
        self.integer: set[str] = set()
        self.in_integers = False
        self.sides: dict[str, float] = {}
        self.spans: dict[str, float] = {}
        self.lower: dict[str, float] = {}
        self.upper: dict[str, float] = {}

    def take(self, content: str, line: int) -> None:
        """Take one line in."""
        words = content.split()
        if not content[0].isspace():
            if words[0].upper() not in _SECTIONS:
                raise FormatError(f"line {line}: section {words[0]!r} is not read; known: {', '.join(_SECTIONS)}")
            self.part = words[0].upper()
            return
        steps = {
            "ROWS": self._row,
            "COLUMNS": self._column,
            "RHS": self._side,
            "RANGES": self._range,
            "BOUNDS": self._bound,
        }
        if self.part not in steps:
            raise FormatError(f"line {line}: data outside of ROWS, COLUMNS, RHS, RANGES and BOUNDS")
        steps[self.part](words, line)

    def _row(self, words: list[str], line: int) -> None:
        if len(words) != 2 or words[0].upper() not in ("N", "L", "G", "E"):
            raise FormatError(f"line {line}: expected 'N', 'L', 'G' or 'E' and a name")
        if words[1] in self.rows or words[1] == self.objective:
            raise FormatError(f"line {line}: row {words[1]!r} a second time")
        if words[0].upper() == "N" and self.objective is None:
            self.objective = words[1]
        else:
            self.rows[words[1]] = words[0].upper()

    def _column(self, words: list[str], line: int) -> None:
        if len(words) == 3 and words[1].strip("'").upper() == "MARKER":
            self.in_integers = words[2].strip("'").upper() == "INTORG"
            return
        entries = self.columns.setdefault(words[0], {})
        if self.in_integers:
            self.integer.add(words[0])
        for row, value in self._pairs(words[1:], line):
            if row in entries:
                raise FormatError(f"line {line}: column {words[0]!r} has row {row!r} twice")
            entries[row] = value

    def _side(self, words: list[str], line: int) -> None:
        self.sides.update(self._pairs(words[len(words) % 2 :], line))

    def _range(self, words: list[str], line: int) -> None:
        self.spans.update(self._pairs(words[len(words) % 2 :], line))

    def _pairs(self, words: list[str], line: int) -> Iterator[tuple[str, float]]:
        if len(words) % 2:
            raise FormatError(f"line {line}: expected pairs of a row and a number")
        for row, token in zip(words[::2], words[1::2], strict=True):
            if row not in self.rows and row != self.objective:
                raise FormatError(f"line {line}: row {row!r} is not among the ROWS")
            yield row, number(token, line)

    def _bound(self, words: list[str], line: int) -> None:
        kind = words[0].upper()
        needs_number = kind in ("LO", "UP", "FX", "LI", "UI")
        if not needs_number and kind not in ("FR", "MI", "PL", "BV"):
            raise FormatError(f"line {line}: bound type {words[0]!r} is not read")
        rest = words[1:]
        place = -2 if needs_number else -1
        if len(rest) not in ((2, 3) if needs_number else (1, 2)) or rest[place] not in self.columns:
            raise FormatError(f"line {line}: expected 'type set column{' number' if needs_number else ''}'")
        column, value = rest[place], number(rest[-1], line) if needs_number else 0.0
        if kind in ("LO", "LI", "FX"):
            self.lower[column] = value
        if kind in ("UP", "UI", "FX"):
            self.upper[column] = value
        if kind in ("FR", "MI"):
            self.lower[column] = -np.inf
        if kind in ("FR", "PL"):
            self.upper[column] = np.inf
        if kind == "BV":
            self.lower[column], self.upper[column] = 0.0, 1.0
        if kind in ("BV", "LI", "UI"):
            self.integer.add(column)

    def finish(self, build: Builder[Form]) -> Form:
        """Return the program."""
        if self.part != "ENDATA":
            raise FormatError("no ENDATA at the end")
        if self.objective is None:
            raise FormatError("no objective: a row of kind N")
        plain = list(self.columns)
        by_row: dict[str, dict[int, float]] = {row: {} for row in self.rows}
        costs = np.zeros(len(plain))
        for j, name in enumerate(plain):
            for row, value in self.columns[name].items():
                if row == self.objective:
                    costs[j] = value
                else:
                    by_row[row][j] = value
        rows = {row: (by_row[row], *self._bounds_of(row)) for row in self.rows}
        try:
            return build(
                costs,
                merged_pairs(rows, self.comments),
                np.array([self.lower.get(name, 0.0) for name in plain]),
                np.array([self.upper.get(name, np.inf) for name in plain]),
                np.array([name in self.integer for name in plain], dtype=np.bool_),
                0.0 - self.sides.get(self.objective, 0.0),
                true_names(plain, self.comments),
            )
        except BadInputError as error:
            raise FormatError(str(error)) from error

    def _bounds_of(self, row: str) -> tuple[float, float]:
        kind, side, span = self.rows[row], self.sides.get(row, 0.0), self.spans.get(row)
        if kind == "N":
            return -np.inf, np.inf
        if kind == "G":
            return side, np.inf if span is None else side + abs(span)
        if kind == "L":
            return -np.inf if span is None else side - abs(span), side
        if span is None:
            return side, side
        return (side, side + span) if span >= 0 else (side + span, side)


class _Row(NamedTuple):
    """A row as MPS tells it; ``paired``: the next row holds the upper bound."""

    row: int
    name: str
    kind: str
    side: float
    span: float | None = None
    paired: bool = False


def _column_lines(linear: Linear, names: list[str], rows: list[_Row]) -> Iterator[str]:
    entries: list[list[str]] = [[f"obj {spell(cost)}"] for cost in linear.costs]
    for row in rows:
        columns, values, _, _ = linear.row(row.row)
        for j, value in zip(columns.tolist(), values.tolist(), strict=True):
            entries[j].append(f"{row.name} {spell(value)}")
    integers = False
    for j, name in enumerate(names):
        if bool(linear.integer[j]) != integers:
            integers = not integers
            yield f" MARKER 'MARKER' '{'INTORG' if integers else 'INTEND'}'"
        yield from (f" {name} {entry}" for entry in entries[j])
    if integers:
        yield " MARKER 'MARKER' 'INTEND'"


def _rows_of(linear: Linear, index: int) -> list[_Row]:
    """Return the MPS rows of one row: two where no float64 is exactly the distance of its bounds."""
    low, high, name = float(linear.row_lower[index]), float(linear.row_upper[index]), f"r{index}"
    if low == high:
        return [_Row(index, name, "E", low)]
    if np.isinf(low):
        return [_Row(index, name, "N", 0.0) if np.isinf(high) else _Row(index, name, "L", high)]
    if np.isinf(high):
        return [_Row(index, name, "G", low)]
    span = high - low
    for near in (span, math.nextafter(span, 0.0), math.nextafter(span, math.inf)):
        if low + near == high:
            return [_Row(index, name, "G", low, near)]
        if high - near == low:
            return [_Row(index, name, "L", high, near)]
    return [_Row(index, name, "G", low, paired=True), _Row(index, f"{name}u", "L", high)]
