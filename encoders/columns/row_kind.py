"""How rows were given: the container, the user's own column labels, and the dtype of each column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ...engine.domain.column_type import UNTYPED, ColumnType
from ...engine.errors import BadInputError
from .rows import column_places

CONTAINERS = ("array", "list", "mapping", "series", "pandas", "polars", "sparse", "text")
_NUMBERS = {"b": "bool", "i": "integer", "u": "integer", "f": "float"}
_OTHERS = {"M": "date", "m": "date", "U": "text", "S": "text"}


@dataclass(frozen=True, slots=True)
class RowKind:
    """A description of rows as a user gives them, in the order of the model's columns.

    Attributes
    ----------
    container : str
        One of ``CONTAINERS``: a numpy array, a list or tuple, a mapping, a series (pandas or polars), a data frame of
        pandas or of polars, a sparse matrix of scipy; texts (see ``text_rows``).
    labels : tuple
        The user's own label of each of the model's columns (texts, but a frame may have others); the model's names
        where the container has no labels.
    dtypes : tuple
        The dtype of each column as the container's library has it (``numpy.dtype``, an extension dtype of pandas, a
        data type of polars); ``None`` for each where nothing is declared (lists and mappings; series of objects).
    form : str
        Of a sparse matrix its format and class, such as ``"csr_matrix"``; of a series its library; what holds texts.
    places : tuple of int
        Of a frame: where the model's columns lie in it.
    absent : float
        Of a sparse matrix: what the model reads for entries that it leaves out (0, or NaN for a missing value).
    """

    container: str
    labels: tuple[Any, ...]
    dtypes: tuple[Any, ...]
    form: str = ""
    places: tuple[int, ...] = ()
    absent: float = 0.0

    @property
    def typed(self) -> bool:
        """Whether the dtype of some column is declared."""
        return any(dtype is not None for dtype in self.dtypes)

    @property
    def columns(self) -> tuple[ColumnType, ...]:
        """What the dtype of each column says of its values."""
        known: dict[Any, ColumnType] = {}
        for dtype in self.dtypes:
            if _key(dtype) not in known:
                known[_key(dtype)] = column_type(dtype)
        return tuple(known[_key(dtype)] for dtype in self.dtypes)

    @property
    def signature(self) -> tuple[Any, ...]:
        """What decides how a library reads such rows: the container and the dtypes, hashable."""
        return (self.container, self.form, tuple(_key(dtype) for dtype in self.dtypes))


def _key(dtype: Any) -> str:
    return f"{type(dtype).__module__.split('.')[0]}:{dtype!r}"


def kind_of(rows: Any, names: Sequence[str], own: Sequence[str] | None = None) -> RowKind:
    """Describe rows (one or several) as they were given.

    Parameters
    ----------
    rows : array-like, data frame, series, mapping or sparse matrix
        What a user gives.
    names, own : sequence of str
        The model's columns as the user knows them, and the names that it was fitted with, as in ``as_matrix``.

    Raises
    ------
    BadInputError
        If columns of a frame are absent.
    """
    nothing: tuple[None, ...] = (None,) * len(names)
    if isinstance(rows, Mapping):
        return RowKind("mapping", tuple(names), nothing)
    if hasattr(rows, "toarray"):
        return RowKind("sparse", tuple(names), (rows.dtype,) * len(names), type(rows).__name__)
    if hasattr(rows, "columns") and hasattr(rows, "to_numpy"):
        places = tuple(column_places(rows.columns, names, own))
        labels, dtypes = list(rows.columns), list(rows.dtypes)
        if len(labels) < len(names):
            raise BadInputError(f"a row has {len(labels)} values: expected {len(names)}, one for each feature")
        container = "polars" if type(rows).__module__.startswith("polars") else "pandas"
        told = tuple(labels[p] for p in places), tuple(dtypes[p] for p in places)
        return RowKind(container, *told, places=places)
    if hasattr(rows, "to_numpy") and hasattr(rows, "dtype"):
        library = "polars" if type(rows).__module__.startswith("polars") else "pandas"
        return RowKind("series", tuple(names), (_series_dtype(rows.dtype),) * len(names), library)
    return _without_labels(rows, names, own)


def _without_labels(rows: Any, names: Sequence[str], own: Sequence[str] | None) -> RowKind:
    nothing: tuple[None, ...] = (None,) * len(names)
    if isinstance(rows, np.ndarray):
        declared = None if rows.dtype == object else rows.dtype
        return RowKind("array", tuple(names), (declared,) * len(names))
    told = getattr(rows, "row_kind", None)
    if isinstance(told, RowKind):
        return told
    if isinstance(rows, tuple) and names and set(names) <= set(getattr(rows, "_fields", ())):
        return RowKind("mapping", tuple(names), nothing)
    if isinstance(rows, (list, tuple)) and rows and hasattr(rows[0], "_fields"):
        return kind_of(rows[0], names, own)
    if isinstance(rows, (list, tuple)) and rows and (isinstance(rows[0], (Mapping, np.ndarray)) or _labelled(rows[0])):
        return kind_of(rows[0], names, own)
    return RowKind("list", tuple(names), nothing)


def _labelled(rows: Any) -> bool:
    return hasattr(rows, "to_numpy") or isinstance(getattr(rows, "row_kind", None), RowKind)


def _series_dtype(dtype: Any) -> Any:
    """Return the dtype of a series as numpy or pandas has it; None for objects, which are of any type."""
    return None if column_type(dtype).kind in ("object", "text", "category") else dtype


def column_type(dtype: Any) -> ColumnType:
    """Return what a dtype of numpy, pandas or polars says of the values of a column."""
    if dtype is None:
        return UNTYPED
    if isinstance(dtype, np.dtype):
        return _of_numpy(dtype)
    if hasattr(dtype, "is_integer"):
        return _of_polars(dtype)
    if hasattr(dtype, "categories"):
        return ColumnType("category")
    kind = getattr(dtype, "kind", "O")
    plain = getattr(dtype, "numpy_dtype", getattr(dtype, "subtype", dtype))
    if kind in _NUMBERS and isinstance(plain, np.dtype):
        return ColumnType(_NUMBERS[kind], plain.name, True)
    return ColumnType(_OTHERS.get(kind, "text" if "str" in str(dtype) else "object"), nullable=True)


@lru_cache(256)
def _of_numpy(dtype: np.dtype[Any]) -> ColumnType:
    if dtype.kind in _NUMBERS:
        return ColumnType(_NUMBERS[dtype.kind], dtype.name)
    return ColumnType(_OTHERS.get(dtype.kind, "object"))


def _of_polars(dtype: Any) -> ColumnType:
    name = str(dtype).split("(")[0]
    if dtype.is_integer():
        return ColumnType("integer", name.lower() if not name.endswith("128") else "int64", True)
    if dtype.is_float():
        return ColumnType("float", name.lower(), True)
    kinds = {"Boolean": "bool", "Categorical": "category", "Enum": "category", "String": "text", "Utf8": "text"}
    kinds |= dict.fromkeys(("Date", "Datetime", "Duration", "Time"), "date")
    return ColumnType(kinds.get(name, "object"), "bool" if name == "Boolean" else "", True)
