"""What rows are like (container, labels, dtypes) as JSON has it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...engine.errors import FormatError, shown
from ...engine.reasons.plain import plain, value_of
from .plain_dtypes import dtype_of, plain_dtype
from .row_kind import CONTAINERS, RowKind


def kind_form(kind: RowKind) -> dict[str, Any]:
    """Return what rows are like as JSON has it."""
    return {
        "container": kind.container,
        "labels": [plain(label) for label in kind.labels],
        "dtypes": [plain_dtype(dtype) for dtype in kind.dtypes],
        "form": kind.form,
        "places": list(kind.places),
        "absent": plain(float(kind.absent)),
    }


def kind_of_form(form: Mapping[str, Any]) -> RowKind:
    """Return what ``kind_form`` wrote; raises FormatError for containers that are unknown."""
    if form["container"] not in CONTAINERS:
        raise FormatError(f"container {shown(form['container'])}: expected one of {', '.join(CONTAINERS)}")
    return RowKind(
        form["container"], tuple(value_of(label) for label in form["labels"]),
        tuple(dtype_of(dtype) for dtype in form["dtypes"]), str(form["form"]), tuple(map(int, form["places"])),
        float(value_of(form["absent"])),
    )  # fmt: skip
