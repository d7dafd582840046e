r"""CPLEX LP texts of linear programs.

Written and read::

    file        := objective constraints bounds? general? binary? "End"?
    objective   := ("Minimize" | "Minimise" | "Min") [name ":"] sum
    constraints := ("Subject To" | "Such That" | "st" | "s.t.") ([name ":"] row)*
    row         := sum relation number | number relation sum [relation number]
                   (a row without a name begins a line, and ends with a number)
    sum         := (("+" | "-") [number] [variable])*       a number alone in the objective is its offset
    relation    := "<=" | ">=" | "=" | "<" | ">" | "=<" | "=>"
    bounds      := "Bounds" ([number "<="] variable ["<=" number] | variable relation number | variable "free")*
    general     := ("General" | "Generals" | "Gen") variable*
    binary      := ("Binary" | "Binaries" | "Bin") variable*
    comment     := "\" to the end of the line

The objective names every variable, so that their order survives; all bounds are written. Infinite numbers are
spelt inf. A row with two different bounds is written as two, and a comment says so: not every program reads ranges.
What is written reads back as an equal form; names that LP cannot spell travel in comments.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...errors import BadInputError, FormatError
from .rows import Builder, Form, Row
from .text import merged_pairs, number, plain_names, spell, true_names

if TYPE_CHECKING:
    from ..linear import Linear

_SECTIONS = {
    "minimize": "objective",
    "minimise": "objective",
    "min": "objective",
    "subject to": "rows",
    "such that": "rows",
    "st": "rows",
    "s.t.": "rows",
    "st.": "rows",
    "bounds": "bounds",
    "bound": "bounds",
    "general": "general",
    "generals": "general",
    "gen": "general",
    "integers": "general",
    "binary": "binary",
    "binaries": "binary",
    "bin": "binary",
    "end": "end",
}
_REFUSED = {"maximize", "maximise", "max", "semi-continuous", "semi", "sos", "sos1", "sos2"}
_TOKEN = re.compile(r"<=|>=|=<|=>|[<>=:+\-]|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[^\s<>=:+\-]+")
_RELATIONS = {"<=": -1, "=<": -1, "<": -1, ">=": 1, "=>": 1, ">": 1, "=": 0}
_INFINITE = {"inf", "infinity"}


def to_lp(linear: Linear) -> str:
    """Return the LP text of a program.

    Raises
    ------
    BadInputError
        It has no variables, which LP cannot say.
    """
    if linear.n_vars == 0:
        raise BadInputError("LP cannot hold a program without variables")
    names, comments = plain_names(linear.names, linear.n_vars)
    comments += [f"pair r{index} r{index}u" for index in np.flatnonzero(_two_sided(linear))]
    lines = [*(f"\\ {comment}" for comment in comments), "Minimize", f" obj: {_sum(names, linear.costs, zeros=True)}"]
    if linear.offset:
        lines[-1] += f" {_signed(linear.offset)}"
    lines.append("Subject To")
    for index in range(linear.n_rows):
        columns, values, low, high = linear.row(index)
        body = _sum([names[j] for j in columns], values) if len(columns) else f"0 {names[0]}"
        if low == high:
            lines.append(f" r{index}: {body} = {spell(low)}")
            continue
        if np.isfinite(low) or np.isinf(high):
            lines.append(f" r{index}: {body} >= {spell(low)}")
        if np.isfinite(high):
            lines.append(f" r{index}{'u' if np.isfinite(low) else ''}: {body} <= {spell(high)}")
    lines.append("Bounds")
    for name, low, high in zip(names, linear.lower, linear.upper, strict=True):
        lines.append(f" {spell(low)} <= {name} <= {spell(high)}" if np.isfinite([low, high]).any() else f" {name} free")
    whole = [name for name, is_integer in zip(names, linear.integer, strict=True) if is_integer]
    if whole:
        lines += ["General", *(f" {name}" for name in whole)]
    return "\n".join([*lines, "End"]) + "\n"


def from_lp(text: str, build: Builder[Form]) -> Form:
    """Return the program of an LP text.

    Parameters
    ----------
    text : str
        The text.
    build : callable
        The parts of a program -> the program, such as ``Linear.build``.

    Raises
    ------
    FormatError
        The text breaks the grammar of this module; the message tells the line. To maximise, negate the objective.
    """
    reader = _Reader()
    for line, raw in enumerate(text.splitlines(), start=1):
        content, _, comment = raw.partition("\\")
        reader.comments.append(comment)
        words = " ".join(content.lower().split())
        if words in _REFUSED:
            raise FormatError(f"line {line}: {content.strip()!r} is not read; only minimisation and plain rows are")
        if words in _SECTIONS:
            reader.section(_SECTIONS[words], line)
        else:
            reader.tokens.extend((token, line) for token in _TOKEN.findall(content))
            if reader.part == "bounds":  # one bound a line
                reader.flush(line)
    reader.section("end", len(text.splitlines()))
    return reader.finish(build)


class _Reader:
    """Collects the tokens of one section (or of one bound) and takes them in when it ends."""

    def __init__(self) -> None:
        self.tokens: list[tuple[str, int]] = []
        self.comments: list[str] = []
        self.part = ""
        self.index: dict[str, int] = {}
        self.costs: dict[int, float] = {}
        self.offset = 0.0
        self.rows: dict[str, Row] = {}
        self.lower: dict[int, float] = {}
        self.upper: dict[int, float] = {}
        self.integer: set[int] = set()

    def section(self, part: str, line: int) -> None:
        """End the section at hand and begin another."""
        self.flush(line)
        self.part = part

    def flush(self, line: int) -> None:
        """Take in the tokens collected so far."""
        tokens, self.tokens = self.tokens, []
        if not tokens:
            return
        if self.part == "objective":
            self.costs, self.offset = self._sum(_unlabelled(tokens))
        elif self.part == "rows":
            for row in _split_rows(tokens):
                self._row(row)
        elif self.part == "bounds":
            self._bound(tokens)
        elif self.part in ("general", "binary"):
            for token, _ in tokens:
                j = self._variable(token)
                self.integer.add(j)
                if self.part == "binary":
                    self.lower[j], self.upper[j] = 0.0, 1.0
        else:
            raise FormatError(f"line {line}: {tokens[0][0]!r} stands outside of every section")

    def finish(self, build: Builder[Form]) -> Form:
        """Return the program."""
        n = len(self.index)
        costs, lower, upper = np.zeros(n), np.zeros(n), np.full(n, np.inf)
        for given, array in ((self.costs, costs), (self.lower, lower), (self.upper, upper)):
            for j, value in given.items():
                array[j] = value
        whole = np.array([j in self.integer for j in range(n)], dtype=np.bool_)
        names = true_names(list(self.index), self.comments)
        try:
            return build(costs, merged_pairs(self.rows, self.comments), lower, upper, whole, self.offset, names)
        except BadInputError as error:
            raise FormatError(str(error)) from error

    def _variable(self, token: str) -> int:
        return self.index.setdefault(token, len(self.index))

    def _sum(self, tokens: list[tuple[str, int]]) -> tuple[dict[int, float], float]:
        terms: dict[int, float] = {}
        constant, sign, factor = 0.0, 1.0, None
        for token, line in tokens:
            if token in "+-":
                constant += 0.0 if factor is None else sign * factor
                sign, factor = (1.0, None) if factor is not None else (sign, None)
                sign = -sign if token == "-" else sign
            elif _is_number(token):
                if factor is not None:
                    raise FormatError(f"line {line}: two numbers in a row")
                factor = number(token, line)
            else:
                j = self._variable(token)
                terms[j] = terms.get(j, 0.0) + sign * (1.0 if factor is None else factor)
                sign, factor = 1.0, None
        return terms, constant + (0.0 if factor is None else sign * factor)

    def _row(self, tokens: list[tuple[str, int]]) -> None:
        labelled = len(tokens) > 1 and tokens[1][0] == ":"
        name = tokens[0][0] if labelled else f"row {len(self.rows)}"
        tokens = _unlabelled(tokens)
        line = tokens[0][1] if tokens else 0
        places = [k for k, (token, _) in enumerate(tokens) if token in _RELATIONS]
        if len(places) not in (1, 2):
            raise FormatError(f"line {line}: a row needs one relation, or two around its sum")
        parts = [self._sum(part) for part in _cut(tokens, places)]
        low, high = -np.inf, np.inf
        body = max(parts, key=lambda part: len(part[0]))
        where = next(k for k, part in enumerate(parts) if part is body)
        if any(terms for k, (terms, _) in enumerate(parts) if k != where):
            raise FormatError(f"line {line}: variables on one side only")
        for k, place in enumerate(places):
            side = parts[k + 1] if where == k else parts[k]
            relation = _RELATIONS[tokens[place][0]] * (1 if where == k else -1)
            bound = side[1] - body[1]
            low = max(low, bound) if relation >= 0 else low
            high = min(high, bound) if relation <= 0 else high
        if name in self.rows:
            raise FormatError(f"line {line}: row {name!r} a second time")
        self.rows[name] = (body[0], low, high)

    def _bound(self, tokens: list[tuple[str, int]]) -> None:
        line = tokens[0][1]
        if len(tokens) == 2 and tokens[1][0].lower() == "free":
            j = self._known(tokens[0])
            self.lower[j], self.upper[j] = -np.inf, np.inf
            return
        places = [k for k, (token, _) in enumerate(tokens) if token in _RELATIONS]
        parts = _cut(tokens, places)
        where = next((k for k, part in enumerate(parts) if len(part) == 1 and not _is_number(part[0][0])), None)
        if where is None or len(places) not in (1, 2) or (len(places) == 2 and where != 1):
            raise FormatError(f"line {line}: expected a bound such as '0 <= x <= 1' or 'x free'")
        j = self._known(parts[where][0])
        for k, place in enumerate(places):
            side = self._sum(parts[k + 1] if where == k else parts[k])[1]
            relation = _RELATIONS[tokens[place][0]] * (1 if where == k else -1)
            if relation >= 0:
                self.lower[j] = side
            if relation <= 0:
                self.upper[j] = side

    def _known(self, token: tuple[str, int]) -> int:
        if token[0] not in self.index:
            raise FormatError(f"line {token[1]}: variable {token[0]!r} occurs in no sum")
        return self.index[token[0]]


def _is_number(token: str) -> bool:
    return token[0].isdigit() or token[0] == "." or token.lower() in _INFINITE


def _cut(tokens: list[tuple[str, int]], places: list[int]) -> list[list[tuple[str, int]]]:
    edges = [-1, *places, len(tokens)]
    return [tokens[a + 1 : b] for a, b in pairwise(edges)]


def _unlabelled(tokens: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return tokens[2:] if len(tokens) > 1 and tokens[1][0] == ":" else tokens


def _split_rows(tokens: list[tuple[str, int]]) -> list[list[tuple[str, int]]]:
    """Cut the rows of a section apart: at their labels, or at line ends once a right side is complete."""
    rows: list[list[tuple[str, int]]] = []
    for k, (token, line) in enumerate(tokens):
        labelled = k + 1 < len(tokens) and tokens[k + 1][0] == ":"
        fresh = bool(rows) and line != rows[-1][-1][1] and _complete(rows[-1]) and token not in _RELATIONS
        if not rows or labelled or fresh:
            rows.append([])
        rows[-1].append((token, line))
    return rows


def _complete(row: list[tuple[str, int]]) -> bool:
    has_relation = any(token in _RELATIONS for token, _ in row)
    has_variable = any(
        not _is_number(token) and token not in _RELATIONS and token not in "+-:" for token, _ in _unlabelled(row)
    )
    return has_relation and has_variable and _is_number(row[-1][0])


def _signed(value: float) -> str:
    return f"- {spell(-value)}" if value < 0 else f"+ {spell(value)}"


def _sum(names: list[str], values: np.ndarray[tuple[int], np.dtype[np.float64]], zeros: bool = False) -> str:
    terms = (f"{_signed(value)} {name}" for name, value in zip(names, values, strict=True) if value or zeros)
    return " ".join(terms)


def _two_sided(linear: Linear) -> NDArray[np.bool_]:
    finite = np.isfinite(linear.row_lower) & np.isfinite(linear.row_upper)
    return np.asarray(finite & (linear.row_lower != linear.row_upper), dtype=np.bool_)
