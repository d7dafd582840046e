"""Rows and kinds of rows as an explainer's file has them: unlike in JSON of explanations, no dtype is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...encoders.columns.plain_dtypes import plain_dtype
from ...encoders.columns.plain_rows import kind_form, kind_of_form
from ...encoders.columns.row_kind import RowKind
from ...encoders.columns.told import Row
from ...encoders.saved.values import told, untold
from ...engine.errors import BadInputError, FormatError, shown


def kind_told(kind: RowKind) -> dict[str, Any]:
    """Return what rows are like as JSON has it.

    Raises
    ------
    BadInputError
        If a dtype has no form there.
    """
    return kind_form(kind) | {"dtypes": [_dtype(dtype) for dtype in kind.dtypes]}


def _dtype(dtype: Any) -> Any:
    if isinstance(dtype, np.dtype):
        return {"numpy": dtype.str}
    form = plain_dtype(dtype)
    if form is None and dtype is not None:
        raise BadInputError(f"the dtype {shown(dtype)} has no form in files: convert the rows to another one")
    return form


def kind_untold(form: Mapping[str, Any], width: int) -> RowKind:
    """Return what ``kind_told`` wrote; raises FormatError if it does not fit so many columns."""
    kind = kind_of_form(form)
    if not len(kind.labels) == len(kind.dtypes) == width or len(kind.places) not in (0, width):
        raise FormatError(f"rows of {len(kind.labels)} columns: expected {width}")
    return kind


def row_told(row: Row) -> dict[str, Any]:
    """Return a row as JSON has it."""
    return {"values": [told(value) for value in row.values], "note": row.note, "kind": kind_told(row.row_kind)}


def row_untold(form: Mapping[str, Any], names: tuple[str, ...]) -> Row:
    """Return what ``row_told`` wrote."""
    kind = kind_of_form(form["kind"])
    values = tuple(untold(value) for value in form["values"])
    if kind.container != "text" and not len(values) == len(kind.labels) == len(kind.dtypes) == len(names):
        raise FormatError(f"the instance has {len(values)} values: expected {len(names)}")
    return Row(names if kind.container != "text" else ("text",), values, kind, (), str(form["note"]))
