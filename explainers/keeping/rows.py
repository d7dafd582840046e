"""Told rows, made again of what they wrote."""

from __future__ import annotations

from typing import Any

from ...encoders.columns.plain_rows import kind_of_form
from ...encoders.columns.told import Row
from ...engine.errors import FormatError, shown
from ...engine.reasons.plain import value_of


def row_of(form: Any) -> Row:
    """Return the row that ``Row.to_form`` wrote.

    Raises
    ------
    FormatError
        If it is no such form.
    """
    try:
        names, values = tuple(map(str, form["names"])), tuple(value_of(value) for value in form["values"])
        kind = kind_of_form(form["kind"])
        if not len(names) == len(values) == len(kind.labels) == len(kind.dtypes):
            raise FormatError(f"a row has {len(names)} columns and {len(values)} values: expected as many")
        return Row(names, values, kind, tuple(map(str, form["changed"])), str(form["note"]))
    except (KeyError, TypeError) as error:
        raise FormatError(f"{shown(form, 120)}: expected a row with names, values, changed, note and kind") from error
