"""Frames of rows: which columns are the model's, and the same kind of frame back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.errors import BadInputError, MissingBackendError, shown
from ...engine.given import names_of
from ...engine.models.around import around_of

_KINDS = {"pyarrow": "arrow", "pandas": "pandas", "polars": "polars"}


def arrow() -> Any:
    """Return pyarrow.

    Raises
    ------
    MissingBackendError
        If it is not installed.
    """
    try:
        import pyarrow
    except ImportError:
        raise MissingBackendError("frames of many rows need pyarrow and pandas: pip install pyarrow pandas") from None
    return pyarrow


def kind_of(frame: Any) -> str:
    """Return the library of a frame: ``"arrow"``, ``"pandas"`` or ``"polars"``.

    Raises
    ------
    BadInputError
        If it is no data frame.
    """
    kind = _KINDS.get(type(frame).__module__.partition(".")[0], "")
    if not kind or not (hasattr(frame, "columns") and hasattr(frame, "shape")):
        raise BadInputError(
            f"frame={shown(frame)}: expected a table or record batch of pyarrow, or a data frame of pandas or polars; "
            "suffice.explain and explainer.batch take arrays and lists"
        )
    return kind


def table_of(frame: Any) -> Any:
    """Return a frame as a table of Arrow."""
    pa = arrow()
    kind = kind_of(frame)
    if kind == "polars":
        return frame.to_arrow()
    if kind == "arrow":
        return pa.Table.from_batches([frame]) if isinstance(frame, pa.RecordBatch) else frame
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise BadInputError(f"frame: several columns are called {shown(twice[0])}: name each")
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        raise BadInputError(f"frame: a column has values of several types: {shown(str(error), 200)}") from None


def pandas_of(table: Any) -> Any:
    """Return a table of Arrow as a data frame of pandas, without an index of its own."""
    return table.replace_schema_metadata(None).to_pandas()


def back(table: Any, frame: Any) -> Any:
    """Return a table as a frame of the library of another one, with the index of that."""
    kind = kind_of(frame)
    if kind == "arrow":
        return table.to_batches()[0] if isinstance(frame, arrow().RecordBatch) and len(table) else table
    if kind == "polars":
        import polars

        return polars.from_arrow(table)
    found = table.to_pandas()
    found.index = frame.index
    for name, dtype in (("size", "Int64"), ("count", "Int64"), ("value", {"int64": "Int64", "bool": "boolean"})):
        if name in found.columns:  # as whole numbers where some rows have none
            wanted = dtype if isinstance(dtype, str) else dtype.get(str(table.schema.field(name).type))
            found[name] = found[name] if wanted is None else found[name].astype(wanted)
    return found


def columns_for(explainer: Any, names: Sequence[str], kept: Sequence[str] = ()) -> list[str]:
    """Return which columns of a frame a model reads, in its order: by their names, else all but those that are kept.

    Raises
    ------
    BadInputError
        If columns that it was fitted with are missing, or it reads texts and there are several columns.
    """
    compiled = explainer.session.compiled
    others = [name for name in names if name not in kept]
    if around_of(compiled) is not None:
        if len(others) != 1:
            raise BadInputError(
                f"the model reads texts: expected one column of them beside those of keep=, got {shown(others[:8])}"
            )
        return others
    wanted = [str(name) for name in compiled.vocabulary.names]
    missing = [name for name in wanted if name not in names]
    if not missing:
        return wanted
    if len(missing) == len(wanted) and len(others) == len(wanted):  # the model has no names: f1, f2, …
        return others
    raise BadInputError(
        f"the rows lack {len(missing)} columns that the model was fitted with: {shown(missing[:8])}; "
        f"they have {shown(list(names)[:8])}"
    )


def kept_columns(keep: Any, names: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """Return which columns go with the answers.

    Parameters
    ----------
    keep : str or iterable of str
        As it was given.
    names, own : sequence of str
        The columns of the rows; those of answers.

    Raises
    ------
    BadInputError
        If there is no such column, or answers have one of this name.
    """
    wanted = kept_names(keep)
    for name in wanted:
        if name not in names:
            raise BadInputError(f"keep: there is no column {name!r}; the rows have {shown(list(names)[:8])}")
        if name in own:
            raise BadInputError(f"keep: answers have a column {name!r} of their own; rename that of the rows")
    return wanted


def kept_names(keep: Any) -> tuple[str, ...]:
    """Return names of columns: one, or several."""
    return tuple(names_of([keep] if isinstance(keep, str) else keep, "keep"))
