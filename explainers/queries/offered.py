"""Who offers which query with which arguments, and why not: the table, as error texts ask it."""

from __future__ import annotations

import ast
from functools import cache

from .table import FAMILIES, NOT_OF_A_ROW, PUBLISHED, TABLE, Query

_ROWS = {row.name: row for row in TABLE}


def row_of(query: str) -> Query | None:
    """Return the row of a query (of a published spelling: that of its name); None for what is no query."""
    return _ROWS.get(PUBLISHED.get(query, query))


def offers(family: str, query: str) -> bool:
    """Tell whether explainers of a family have a query."""
    row = row_of(query)
    return row is not None and family not in row.absent


def about_a_row(query: str) -> bool:
    """Tell whether a query asks about the instance alone, so that a batch can ask it of many."""
    row = row_of(query)
    return row is None or row.facet not in NOT_OF_A_ROW


def kept_arguments(query: str) -> tuple[str, ...]:
    """Return the arguments that are data which a query reads once for many rows."""
    row = row_of(query)
    return () if row is None else row.kept


@cache
def arguments_of(row: Query, family: str) -> dict[str, tuple[bool, str | None]]:
    """Return the arguments with which a family answers: whether they go by place as well, and their defaults.

    Defaults are as Python writes them; ``None`` (no text) where there is none. The order is that of the table.
    """
    taken = _parsed(row.takes)
    taken.update(_parsed(f"*, {row.otherwise[family]}" if family in row.otherwise else ""))
    return {name: how for name, how in taken.items() if family not in row.lacks.get(name, ())}


def _parsed(takes: str) -> dict[str, tuple[bool, str | None]]:
    (function,) = ast.parse(f"def query({takes}): ...").body
    assert isinstance(function, ast.FunctionDef)
    own = function.args
    first: list[ast.expr | None] = [None] * (len(own.args) - len(own.defaults))
    found: dict[str, tuple[bool, str | None]] = {}
    for one, default in zip(own.args, [*first, *own.defaults], strict=True):
        found[one.arg] = True, None if default is None else ast.unparse(default)
    if own.vararg is not None:
        found[f"*{own.vararg.arg}"] = True, None
    for one, default in zip(own.kwonlyargs, own.kw_defaults, strict=True):
        found[one.arg] = False, None if default is None else ast.unparse(default)
    if own.kwarg is not None:
        found[f"**{own.kwarg.arg}"] = False, None
    return found


def why_no_query(family: str, query: str) -> str | None:
    """Return why explainers of a family do not have a query, and what to ask instead; None if they may have it."""
    row = row_of(query)
    why = None if row is None else row.absent.get(family)
    return None if why is None else f"there is no {query} of {FAMILIES[family]}: {why}"


def why_no_argument(family: str, query: str, argument: str) -> str | None:
    """Return why a family answers a query without an argument that others take, and what to do instead."""
    row = row_of(query)
    why = None if row is None else row.lacks.get(argument, {}).get(family)
    return None if why is None else f"{query}({argument}=…) of {FAMILIES[family]}: {why}"
