"""Texts as rows: what is told of them, and how they go back into the container that the user has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .row_kind import RowKind

NAME = "text"


def text_kind(rows: Any) -> RowKind:
    """Describe texts as they were given: alone, or in a list, an array, a series or a frame."""
    told = getattr(rows, "row_kind", None)
    if isinstance(told, RowKind):
        return told
    form, label = "list", NAME
    library = type(rows).__module__.split(".")[0]
    if hasattr(rows, "to_numpy"):
        columns = getattr(rows, "columns", None)
        form = f"{library}.{'series' if columns is None else 'frame'}"
        label = rows.name if columns is None else next(iter(columns))
    elif isinstance(rows, np.ndarray):
        form = "array"
    return RowKind("text", (label,), (None,), form)


def text_container(texts: Sequence[str], kind: RowKind) -> Any:
    """Return texts as a pipeline takes them: in a list, an array or a series, as the user has them."""
    listed = list(texts)
    if kind.form == "array":
        made = np.empty(len(listed), dtype=object)
        made[:] = listed
        return made
    if kind.form.startswith("pandas."):
        import pandas as pd

        return pd.Series(listed, name=kind.labels[0])
    if kind.form.startswith("polars."):
        import polars as pl

        return pl.Series(str(kind.labels[0]), listed)
    return listed
