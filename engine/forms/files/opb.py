"""OPB texts of 0/1 programs with integer coefficients.

Written and read::

    file       := comment* objective? constraint*
    comment    := "*" …                  "* offset= N" tells the constant of the objective
    objective  := "min:" term* ";"
    constraint := term* (">=" | "<=" | "=") integer ";"
    term       := integer literal        literal := "x"K | "~x"K, K = 1, 2, …

A row with two different bounds becomes two constraints, a fixed variable becomes a constraint, a row without
bounds is left out, and a bound between whole numbers is rounded inwards, which no sum of whole numbers can tell: the
text says the same as the form, though not always row by row. Products of variables and soft constraints are not read.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np

from ...errors import BadInputError, FormatError
from .rows import Builder, Form, Row
from .text import true_names, whole

if TYPE_CHECKING:
    from ..linear import Linear

_TOKEN = re.compile(r"min:|max:|>=|<=|=|;|~?x\d+|[+-]?\s*\d+|\S+")
_INTEGER = re.compile(r"[+-]?\s*\d+")
_MOST_VARIABLES = 10_000_000  # room for all of them is made at once
_SIZE = re.compile(r"#variable=\s*(\d+)")


def to_opb(linear: Linear) -> str:
    """Return the OPB text of a program.

    Raises
    ------
    BadInputError
        A variable is not binary, a coefficient or the offset is no integer below 2**53, or a bound is beyond that.
    """
    if not linear.is_binary:
        raise BadInputError("OPB holds binary variables only: integer, with bounds within 0 and 1")
    rows = [line for index in range(linear.n_rows) for line in _row_lines(linear, index)]
    for j in range(linear.n_vars):
        low, high = linear.lower[j], linear.upper[j]
        if low > 0 or high < 1:
            rows.append(f"+1 x{j + 1} = {_integer(low, 'a fixed value')} ;")
    head = [f"* #variable= {linear.n_vars} #constraint= {len(rows)}", f"* offset= {_integer(linear.offset, 'offset')}"]
    head += [f"* name x{j + 1} {json.dumps(name)}" for j, name in enumerate(linear.names)]
    objective = " ".join(f"{_integer(c, 'cost'):+d} x{j + 1}" for j, c in enumerate(linear.costs) if c)
    return "\n".join([*head, f"min: {objective} ;", *rows]) + "\n"


def from_opb(text: str, build: Builder[Form]) -> Form:
    """Return the program of an OPB text.

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
        reader.line = line
        if content.lstrip().startswith("*"):
            reader.comment(content.lstrip()[1:].strip())
        else:
            for token in _TOKEN.findall(content):
                reader.token(token, line)
    return reader.finish(build)


class _Reader:
    """Collects terms until a semicolon closes an objective or a constraint."""

    def __init__(self) -> None:
        self.costs: dict[int, int] = {}
        self.offset = 0
        self.rows: list[Row] = []
        self.comments: list[str] = []
        self.n_vars = 0
        self.line = 0
        self._start()

    def _start(self) -> None:
        self.terms: dict[int, int] = {}
        self.constant = 0
        self.factor: int | None = None
        self.relation = ""
        self.is_objective = False

    def comment(self, content: str) -> None:
        """Keep a comment; it may tell the number of variables, the offset, or names."""
        size = _SIZE.search(content)
        if size:
            self._count(whole(size.group(1), "#variable="))
        if content.startswith("offset="):
            self.offset += whole(content.removeprefix("offset=").strip(), "offset=")
        self.comments.append(content)

    def _count(self, n_vars: int) -> None:
        """Make room for so many variables."""
        if n_vars > _MOST_VARIABLES:
            raise FormatError(f"{n_vars} variables: expected at most {_MOST_VARIABLES}; number them from x1 on")
        self.n_vars = max(self.n_vars, n_vars)

    def token(self, token: str, line: int) -> None:
        """Take the next token."""
        self.line = line
        if token == "min:":
            if self.is_objective or self.terms or self.rows:
                raise FormatError(f"line {line}: 'min:' must come first")
            self.is_objective = True
        elif token in (">=", "<=", "="):
            if self.relation or self.is_objective or self.factor is not None:
                raise FormatError(f"line {line}: unexpected {token!r}")
            self.relation = token
        elif token == ";":
            self._close()
        elif re.fullmatch(r"~?x\d+", token):
            self._variable(token)
        elif _INTEGER.fullmatch(token):
            if self.factor is not None:
                raise FormatError(f"line {line}: two numbers in a row")
            self.factor = whole(re.sub(r"\s", "", token), f"line {line}")
        else:
            raise FormatError(f"line {line}: {token!r} is not part of a linear 0/1 program with 'min:'")

    def _variable(self, token: str) -> None:
        index = whole(token.lstrip("~x"), f"line {self.line}") - 1
        if self.factor is None or self.relation or index < 0:
            raise FormatError(
                f"line {self.line}: {token!r} needs a number before it, x1 and up (products are not read)"
            )
        self._count(index + 1)
        factor, self.factor = self.factor, None
        if token.startswith("~"):  # factor * (1 - x)
            self.constant += factor
            factor = -factor
        self.terms[index] = self.terms.get(index, 0) + factor

    def _close(self) -> None:
        if self.is_objective:
            if self.factor is not None:
                raise FormatError(f"line {self.line}: a number without a variable in the objective")
            self.costs, self.offset = self.terms, self.offset + self.constant
        else:
            if not self.relation or self.factor is None:
                raise FormatError(f"line {self.line}: expected '>= <integer>', '<= …' or '= …' before ';'")
            side = float(self.factor - self.constant)
            low = side if self.relation != "<=" else -np.inf
            high = side if self.relation != ">=" else np.inf
            self.rows.append((dict(self.terms), low, high))
        self._start()

    def finish(self, build: Builder[Form]) -> Form:
        """Return the program."""
        if self.terms or self.relation or self.factor is not None or self.is_objective:
            raise FormatError(f"line {self.line}: the last line does not end with ';'")
        costs = np.zeros(self.n_vars)
        for j, cost in self.costs.items():
            costs[j] = cost
        told: tuple[str, ...] = ()
        if any(comment.startswith("name ") for comment in self.comments):
            plain = [f"x{j + 1}" for j in range(self.n_vars)]
            names = true_names(plain, self.comments)
            told = () if list(names) == plain else names
        try:
            return build(costs, self.rows, 0, 1, True, float(self.offset), told)
        except BadInputError as error:
            raise FormatError(str(error)) from error


def _row_lines(linear: Linear, index: int) -> list[str]:
    columns, values, low, high = linear.row(index)
    terms = " ".join(f"{_integer(v, 'coefficient'):+d} x{j + 1}" for j, v in zip(columns, values, strict=True))
    if low == high and low == np.floor(low):
        return [f"{terms} = {_integer(low, 'bound')} ;"]
    sides = [(">=", float(np.ceil(low)))] if np.isfinite(low) else []
    sides += [("<=", float(np.floor(high)))] if np.isfinite(high) else []
    return [f"{terms} {relation} {_integer(side, 'bound')} ;" for relation, side in sides]


def _integer(value: float, what: str) -> int:
    if value != int(value) or abs(value) >= 2**53:
        raise BadInputError(f"OPB holds integers only: {what} {value!r}; scale the program")
    return int(value)
