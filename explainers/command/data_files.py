"""Rows in files: CSV, parquet, arrow (feather) and JSON, as a data frame of pandas."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ...engine.errors import BadInputError, shown

_READERS: dict[str, str] = {
    ".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet", ".feather": "feather",
    ".arrow": "feather", ".ipc": "feather", ".json": "json", ".jsonl": "json", ".ndjson": "json",
}  # fmt: skip


def read_rows(path: str | os.PathLike[str], *, index: str | None = None) -> Any:
    """Return the rows of a file.

    Parameters
    ----------
    path : str or path
        ``.csv``, ``.tsv`` (also packed, such as ``.csv.gz``), ``.parquet``, ``.feather`` or ``.arrow``, ``.json`` (a
        list of objects), ``.jsonl``.
    index : str, optional
        The column that names the rows.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    BadInputError
        If the file cannot be read, is of no known kind, or has no rows.
    """
    name = f"data file {shown(os.fspath(path), 200)}"
    try:
        import pandas
    except ImportError:
        raise BadInputError(f"{name}: rows of files need pandas: pip install pandas") from None
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    kind = next((_READERS[suffix] for suffix in reversed(suffixes) if suffix in _READERS), None)
    if kind is None:
        raise BadInputError(f"{name}: expected a name that ends with {', '.join(_READERS)}")
    readers: dict[str, Callable[[], Any]] = {
        "csv": lambda: pandas.read_csv(path, sep="\t" if ".tsv" in suffixes else ",", **_exactly(pandas.__version__)),
        "parquet": lambda: pandas.read_parquet(path),
        "feather": lambda: _feather(path),
        "json": lambda: pandas.read_json(path, lines=".json" not in suffixes, precise_float=True),
    }
    try:
        frame = readers[kind]()
    except ImportError:
        raise BadInputError(f"{name} needs pyarrow: pip install pyarrow") from None
    except OSError as error:
        raise BadInputError(f"{name} cannot be read: {error.strerror or shown(str(error), 160)}") from None
    except Exception as error:
        raise BadInputError(f"{name} cannot be read as {kind}: {shown(str(error).splitlines()[0], 160)}") from None
    return _indexed(frame, index, name)


def _exactly(version: str) -> dict[str, str]:
    """Return what makes a version of pandas read decimals as Python does: nothing from 3.1 on, where all of it does."""
    major, minor = (int(part) for part in version.split(".")[:2])
    return {} if (major, minor) >= (3, 1) else {"float_precision": "round_trip"}


def _feather(path: str | os.PathLike[str]) -> Any:
    import pyarrow
    import pyarrow.ipc

    with pyarrow.memory_map(os.fspath(path)) as source:
        try:
            return pyarrow.ipc.open_file(source).read_all().to_pandas()
        except pyarrow.ArrowInvalid:
            source.seek(0)
            return pyarrow.ipc.open_stream(source).read_all().to_pandas()


def _indexed(frame: Any, index: str | None, name: str) -> Any:
    if index is not None:
        if index not in frame.columns:
            raise BadInputError(f"{name} has no column {index!r} to name the rows by: {listed(frame.columns)}")
        frame = frame.set_index(index)
    if not len(frame):
        raise BadInputError(f"{name} has no rows")
    return frame


def columns_of(frame: Any, wanted: Sequence[str] | None, dropped: Sequence[str], name: str) -> Any:
    """Return the columns that a model reads: those that it was fitted with, else all but those to drop.

    Raises
    ------
    BadInputError
        If one of them is not there.
    """
    for column in dropped:
        if column not in frame.columns:
            raise BadInputError(f"--drop {column}: {name} has {listed(frame.columns)}")
    frame = frame.drop(columns=list(dropped))
    if wanted is None:
        return frame
    by_text = {str(column): column for column in frame.columns}
    missing = [column for column in wanted if column not in by_text]
    if missing:
        raise BadInputError(
            f"{name} lacks columns that the model was fitted with: {listed(missing)}; it has {listed(by_text)}"
        )
    return frame[[by_text[column] for column in wanted]]


def listed(names: Any) -> str:
    """Return names in a few words."""
    told = list(map(str, names))
    return ", ".join(told[:8]) + (f", … ({len(told)} in all)" if len(told) > 8 else "")
