"""The rows of the desk: their columns, one row with some values moved, and what is listed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...encoders.columns.missing import is_missing
from ...engine.errors import BadInputError
from ..pages.lanes import said

MOST = 50_000  # rows that are listed


class Table:
    """Rows as they were given, in the columns of a model.

    Parameters
    ----------
    given : DataFrame (pandas, polars) or ndarray, shape (m, n_columns)
        The rows; columns of a frame that the model does not know are left out.
    names : sequence of str
        The model's columns.

    Raises
    ------
    BadInputError
        If it is no table, has no rows, or not the model's columns.
    """

    def __init__(self, given: Any, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.kind = _kind(given)
        own = list(names) if self.kind == "array" else [str(name) for name in given.columns]
        wide = given.shape[1] if len(given.shape) == 2 else 0
        if set(self.names) <= set(own) and self.kind != "array":
            given = given[[given.columns[own.index(name)] for name in self.names]]
        elif wide != len(self.names):
            lacks = [name for name in self.names if name not in own][:5]
            raise BadInputError(
                f"the rows have {wide} columns, and the model {len(self.names)}"
                + (f"; there is no column {', '.join(map(repr, lacks))}" if lacks and self.kind != "array" else "")
            )
        self.n_given = len(given)
        if not self.n_given:
            raise BadInputError("the table has no rows: expected at least one")
        self.rows = given[:MOST]
        self.columns: list[Any] = list(range(wide)) if self.kind == "array" else list(self.rows.columns)

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, j: int) -> list[Any]:
        """Return the values of a column."""
        if self.kind == "array":
            return list(self.rows[:, j].tolist())
        series = self.rows[self.columns[j]]
        return list(series.to_list())

    def values(self, i: int) -> list[Any]:
        """Return the values of a row."""
        if self.kind == "pandas":
            return [self.rows[name].iloc[i] for name in self.columns]
        return list(self.rows[i].tolist() if self.kind == "array" else self.rows.row(i))

    def texts(self) -> list[str]:
        """Return what each row is searched by: its values in words, in small letters."""
        columns = [[told(value) for value in self.column(j)] for j in range(len(self.names))]
        return [" ".join(row).lower() for row in zip(*columns, strict=True)]

    def moved(self, i: int, values: Mapping[int, Any]) -> Any:
        """Return one row, as a table of one, in which some columns have other values; dtypes stay.

        Raises
        ------
        BadInputError
            If a value does not fit the dtype of its column.
        """
        try:
            return self._moved(i, values)
        except (TypeError, ValueError, OverflowError) as error:
            said_by = str(error).partition("\n")[0]
            raise BadInputError(f"a value does not fit its column: {said_by}") from None

    def _moved(self, i: int, values: Mapping[int, Any]) -> Any:
        if self.kind == "array":
            row = self.rows[i : i + 1].copy()
            for j, value in values.items():
                row[0, j] = np.nan if value is None else value
            return row
        if self.kind == "polars":
            import polars

            row = self.rows[i : i + 1]
            made = [polars.Series(self.columns[j], [v], dtype=row.schema[self.columns[j]]) for j, v in values.items()]
            return row.with_columns(made)
        import pandas

        row = self.rows.iloc[[i]].copy()
        for j, value in values.items():
            name = self.columns[j]
            one = pandas.Series([np.nan if value is None else value], index=row.index, dtype=object)
            row[name] = one.astype(row[name].dtype)
        return row

    def sample(self, most: int = 400) -> Any:
        """Return some rows, evenly spread, whose distribution is drawn."""
        places = np.unique(np.linspace(0, len(self) - 1, min(most, len(self))).astype(np.int64))
        return self.rows.iloc[places] if self.kind == "pandas" else self.rows[places]


def told(value: Any) -> str:
    """Return a value in words."""
    return "missing" if is_missing(value) else said(value)


def _kind(given: Any) -> str:
    if isinstance(given, np.ndarray) and given.ndim == 2:
        return "array"
    if hasattr(given, "iloc") and hasattr(given, "columns"):
        return "pandas"
    if hasattr(given, "with_columns") and hasattr(given, "schema") and hasattr(given, "row"):
        return "polars"
    raise BadInputError(f"the desk needs a table, a data frame or a matrix; got {type(given).__name__}")
