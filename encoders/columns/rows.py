"""Reading the user's rows: arrays, lists, data frames (pandas, polars), series, dictionaries."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine._native import read_finite
from ...engine.domain.conditions import Reading
from ...engine.errors import BadInputError, shown
from ...engine.given import list_of
from .frames import known_rows
from .missing import is_missing
from .sparse import filled, is_sparse

_TIMES = (np.datetime64, np.timedelta64, datetime.date, datetime.time, datetime.timedelta)
_NO_NUMBERS = (bytes, bytearray, complex, np.complexfloating, *_TIMES)


def default_names(count: int) -> tuple[str, ...]:
    """Return the names of columns that have none: f1, f2, …."""
    return tuple(f"f{i + 1}" for i in range(count))


def listed_names(names: Any) -> tuple[str, ...]:
    """Return names of columns that the user gives, or say why they are none.

    Raises
    ------
    BadInputError
        If they are no list (one text, a set, a number, an iterator that can be read only once).
    """
    if isinstance(names, (str, bytes, Set)) or not (hasattr(names, "__len__")):
        raise BadInputError(f"feature_names={shown(names)}: expected a list of names, one for each column")
    return tuple(str(name) for name in list_of(names, "feature_names", "a list of names, one for each column"))


def as_matrix(
    rows: Any,
    names: Sequence[str],
    *,
    numeric: bool = True,
    own: Sequence[str] | None = None,
    absent: float | None = None,
) -> NDArray[Any]:
    """Return rows as a matrix with the model's columns.

    Parameters
    ----------
    rows : array-like, data frame, series or mapping
        One row or several. Keys of mappings are matched by name. So are text labels of frames and series if the model
        has names: all of them must be there. Arrays, lists and frames without text labels are read by position.
    names : sequence of str
        The model's columns, as the user knows them.
    numeric : bool
        Whether to convert to float64 (else objects are returned as they are).
    own : sequence of str, optional
        The names that the model was fitted with; frames that bear them are matched by them.
    absent : float, optional
        What the model reads for the entries that a sparse matrix of scipy leaves out; ``None`` if it takes none.

    Raises
    ------
    BadInputError
        If names are absent, the number of columns is wrong or a value is no number.
    """
    if numeric and type(rows) is np.ndarray and rows.ndim in (1, 2) and rows.dtype == np.float64:
        _check_width(rows.shape[-1], names)  # the usual case, as quick as can be
        return rows if rows.ndim == 2 else rows.reshape(1, -1)
    if is_sparse(rows):
        rows = filled(rows, absent)
    values = _unmasked(_by_name(plain_rows(rows), names, own))
    if isinstance(values, range) or (isinstance(values, (list, tuple)) and any(isinstance(v, range) for v in values)):
        values = _cut(values, len(names) + 1)
    if not isinstance(values, (list, tuple)) and np.ndim(values) == 0 and np.asarray(values).dtype.kind not in "fiub":
        raise BadInputError(f"rows={shown(rows)}: expected one row (a value for each feature), or a matrix of rows")
    if numeric:
        matrix = _numbers(values, names)
    else:
        # objects, unless they come in an array: a list of texts and numbers would become texts
        try:
            matrix = np.asarray(values, dtype=getattr(values, "dtype", object))
        except MemoryError:
            raise BadInputError("rows do not fit into memory: give fewer at a time") from None
        except (TypeError, ValueError):
            raise BadInputError(_no_number(values, names)) from None
    if matrix.ndim == 1:
        matrix = matrix.reshape(1, -1)
    if matrix.ndim != 2:
        raise BadInputError(f"rows have {matrix.ndim} dimensions: expected one row or a matrix of rows")
    _check_width(matrix.shape[1], names)
    return matrix


def _check_width(width: int, names: Sequence[str]) -> None:
    if width != len(names):
        raise BadInputError(
            f"a row has {width} values: expected {len(names)}, one for each feature "
            f"({', '.join(map(str, list(names)[:6]))}{', …' if len(names) > 6 else ''})"
        )


def _cut(values: Any, width: int) -> Any:
    """Return ranges, which may be longer than memory holds, as lists that are long enough to be refused."""
    if isinstance(values, range):
        return list(values[:width])
    return [_cut(row, width) for row in values] if isinstance(values, (list, tuple)) else values


_LABELLED = ("pandas", "polars", "sparse")


def plain_rows(rows: Any) -> Any:
    """Return tensors of torch as arrays (numbers that gradients are kept of, or on a device, as well); others as is.

    Told rows of frames and of sparse matrices are returned as what they were told from.

    Raises
    ------
    BadInputError
        If a tensor has numbers that numpy does not know.
    """
    if type(rows) is np.ndarray and rows.dtype.names is None:
        return rows
    rows = known_rows(rows)
    if _told_in(rows) in _LABELLED:
        return rows.row
    if isinstance(rows, (list, tuple)) and rows and all(map(_told_in, rows)):
        return rows[0].together(rows) if _told_in(rows[0]) in (*_LABELLED, "array") else list(map(list, rows))
    if isinstance(rows, (list, tuple)) and any(_is_tensor(row) for row in rows):
        return [plain_rows(row) for row in rows]
    try:
        return rows if not _is_tensor(rows) else rows.detach().cpu().resolve_conj().numpy()
    except (TypeError, RuntimeError, AttributeError) as error:
        raise BadInputError(
            f"rows are a tensor that numpy does not take ({shown(getattr(rows, 'dtype', None))}; {shown(error, 80)}): "
            "pass .to_dense().double() of it"
        ) from None


def _told_in(row: Any) -> str:
    """Return the container that a told row belongs to; nothing for what is none."""
    return getattr(getattr(row, "row_kind", None), "container", "")


def _is_tensor(rows: Any) -> bool:
    return hasattr(rows, "detach") and hasattr(rows, "cpu")


def _by_name(rows: Any, names: Sequence[str], own: Sequence[str] | None) -> Any:
    """Bring frames, series and mappings into the order of the model's columns."""
    if isinstance(rows, Mapping):
        known = list(rows)
        places = _match(known, names, own)
        if places is None:
            absent = [name for name in names if name not in rows]
            raise BadInputError(f"the row has no value for {absent}: expected a value for each of {list(names)}")
        return [rows[known[place]] for place in places]
    if isinstance(rows, (list, tuple)):
        return _of_list(rows, names, own)
    if hasattr(type(rows), "columns") and not hasattr(rows, "to_numpy"):
        raise BadInputError(f"rows are a {type(rows).__name__}: expected a data frame of pandas or polars, or a matrix")
    columns = getattr(rows, "columns", None)
    if columns is not None:
        labels = list(columns)
        places = _places(labels, names, own)
        ordered = places is None or places == list(range(len(labels)))
        return _values(rows if ordered else rows[[labels[place] for place in places or ()]])
    if hasattr(rows, "to_numpy"):
        index = getattr(rows, "index", ())
        places = None if callable(index) else _places(list(index), names, own)
        return rows.to_numpy() if places is None else rows.to_numpy()[places]
    return rows


def _of_list(rows: Any, names: Sequence[str], own: Sequence[str] | None) -> Any:
    """Bring the rows of a list, or a named tuple, into the order of the model's columns."""
    if set(names) <= set(getattr(rows, "_fields", ())):  # a named tuple
        return [getattr(rows, name) for name in names]
    kinds = set(map(type, rows))
    if any(hasattr(kind, "__array__") and hasattr(kind, "row") for kind in kinds):  # rows that were told
        return [row.values if hasattr(type(row), "row") else row for row in rows]
    labelled = any(issubclass(kind, Mapping) or hasattr(kind, "to_numpy") or hasattr(kind, "_fields") for kind in kinds)
    return [_by_name(row, names, own) for row in rows] if labelled else rows


def _values(frame: Any) -> NDArray[Any]:
    """Return the values of a frame.

    Where all columns are categories of whole numbers pandas would write a missing value as the lowest int64.
    """
    kinds = getattr(frame, "dtypes", ())
    if hasattr(frame, "astype") and any(_is_category(kind) for kind in kinds):
        frame = frame.astype(object)
    values: NDArray[Any] = frame.to_numpy()
    return values


def _is_category(dtype: Any) -> bool:
    return not isinstance(dtype, np.dtype) and getattr(dtype, "name", None) == "category"


def _places(labels: list[Any], names: Sequence[str], own: Sequence[str] | None) -> list[int] | None:
    """Return where the model's columns are among the labels of a frame or series; None: read them by position.

    Raises
    ------
    BadInputError
        If the model has names and the labels are others, or it is in doubt which is which.
    """
    known = [str(label) for label in labels]
    places = _match(known, names, own)
    unnamed = own is None and tuple(names) == default_names(len(names))
    if places is not None:
        if unnamed and places != list(range(len(names))):
            raise BadInputError(
                f"columns {known[:12]} bear the default names f1, f2, … in another order, and the model was made "
                "without names: pass .to_numpy() to read them by position, or feature_names=… for other names"
            )
        return places
    if unnamed or not any(isinstance(label, str) for label in labels):
        return None
    wanted = max((names, own or ()), key=lambda some: len(set(some) & set(known)))
    present, expected = set(known), set(wanted)
    absent = [name for name in wanted if name not in present]
    surplus = [name for name in known if name not in expected]
    raise BadInputError(
        f"columns {absent[:12]} are absent{f', and {surplus[:12]} are unknown' if surplus else ''}: expected the "
        f"model's columns {list(wanted)[:12]}; pass .to_numpy() to read by position"
    )


def matched_values(rows: Any, names: Sequence[str], own: Sequence[str] | None) -> Any:
    """Return the values of a row, a series or a mapping in the order of the model's columns, as they are."""
    return _by_name(rows, names, own)


def column_places(labels: Any, names: Sequence[str], own: Sequence[str] | None) -> list[int]:
    """Return where the model's columns lie in a frame with these labels, as ``as_matrix`` reads it."""
    places = _places(list(labels), names, own)
    if places is None:
        _check_width(len(labels), names)
        return list(range(len(names)))
    return places


def _match(known: Sequence[Any], names: Sequence[str], own: Sequence[str] | None) -> list[int] | None:
    """Return the places of all names, or of all of the model's own names; None if neither are there.

    LightGBM puts underscores for the blanks in names: where nothing fits, labels are read that way.
    """
    found = _fitting(known, names, own)
    if found is None and any(isinstance(label, str) and " " in label for label in known):
        return _fitting([label.replace(" ", "_") if isinstance(label, str) else label for label in known], names, own)
    return found


def _fitting(known: Sequence[Any], names: Sequence[str], own: Sequence[str] | None) -> list[int] | None:
    place = {label: i for i, label in enumerate(known)}
    found: list[list[int]] = []
    for wanted in (names, own):
        if wanted is not None and all(name in place for name in wanted):
            found.append([place[name] for name in wanted])
    if not found:
        return None
    if len(found) == 2 and found[0] != found[1]:
        raise BadInputError(
            f"columns {list(known)[:12]} fit feature_names={list(names)[:12]} and, in another order, the names "
            f"that the model was fitted with, {list(own or ())[:12]}: leave out feature_names or pass .to_numpy()"
        )
    if len(place) < len(known):
        chosen = set(found[0])
        double = [label for i, label in enumerate(known) if place[label] in chosen and place[label] != i]
        if double:
            raise BadInputError(f"columns {double[:12]} occur twice: expected one column for each feature")
    return found[0]


def _unmasked(values: Any) -> Any:
    """Return masked arrays with missing values in place of what their masks hide."""
    if isinstance(values, (list, tuple)) and any(isinstance(row, np.ma.MaskedArray) for row in values):
        return [_unmasked(row) for row in values]
    if not isinstance(values, np.ma.MaskedArray):
        return values
    hidden = np.ma.getmaskarray(values)
    if values.dtype.kind in "fiub":
        return np.where(hidden, np.nan, values.data)
    plain = values.data.astype(object)
    plain[hidden] = None
    return plain


def _numbers(values: Any, names: Sequence[str]) -> NDArray[np.float64]:
    """Return values as float64; None and its like are NaN.

    Raises
    ------
    BadInputError
        It names the first value that is no number.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind in "mMScV":
            raise TypeError
        if array.dtype.kind not in "fiub":
            array = np.asarray(values, dtype=object)
            kinds = set(map(type, array.ravel().tolist()))
            if any(issubclass(kind, _NO_NUMBERS) for kind in kinds):
                raise TypeError
            if not kinds <= {int, float, bool, str, type(None)}:
                empty = np.frompyfunc(is_missing, 1, 1)(array).astype(bool)
                array = np.where(empty, np.nan, array)
        with np.errstate(over="ignore"):
            return np.asarray(array, dtype=np.float64)
    except MemoryError:
        raise BadInputError("rows do not fit into memory: give fewer at a time") from None
    except (TypeError, ValueError, OverflowError):
        raise BadInputError(_no_number(values, names)) from None


def _is_vector(row: Any) -> bool:
    return isinstance(row, np.ndarray) and row.ndim > 0


def _no_number(values: Any, names: Sequence[str]) -> str:
    """Say what is wrong with values that are no matrix of numbers."""
    if isinstance(values, (list, tuple)):
        lengths = {len(row) for row in values if isinstance(row, (list, tuple)) or _is_vector(row)}
        if len(lengths) > 1:
            return f"rows have {sorted(lengths)} values: expected {len(names)} in each"
    try:
        matrix = np.asarray(values, dtype=object)
    except ValueError:
        return "rows of different lengths: expected a matrix"
    # the values themselves: tolist() would turn some dates into whole numbers
    kind = getattr(getattr(values, "dtype", None), "kind", "O")
    flat = np.asarray(values).ravel() if kind in "mM" else matrix.ravel().tolist()
    for position, value in enumerate(flat):
        name = names[position % len(names)] if names else position
        try:
            if isinstance(value, _NO_NUMBERS):
                raise TypeError
            if not is_missing(value):
                float(value)
        except OverflowError:
            return f"feature {name!r} is {shown(value)}: expected a number that float64 can hold"
        except (TypeError, ValueError):
            times = isinstance(value, _TIMES)
            hint = "; turn dates and times into the numbers that the model was fitted with" if times else ""
            return f"feature {name!r} is {shown(value)}: expected a number{hint}"
    return "rows of different lengths: expected a matrix"


def read_numbers(
    rows: Any,
    names: Sequence[str],
    reading: Reading,
    missing: frozenset[int],
    remedy: str,
    own: Sequence[str] | None = None,
    absent: float | None = None,
) -> NDArray[np.float64]:
    """Return rows as float64 in the precision that the model reads, in memory of their own.

    Raises
    ------
    BadInputError
        For infinite values, values beyond the precision, and NaN in a column that takes none (`remedy` says what to
        do).
    """
    given = as_matrix(rows, names, own=own, absent=absent)
    single = reading is Reading.FLOAT32
    if single or reading is Reading.FLOAT64:
        read = read_finite(np.ascontiguousarray(given, np.float64), single)
        if read is not None:  # nothing is missing or infinite: the usual case
            return read
    matrix = np.array(reading.cast(given), order="C")
    empty = np.isnan(matrix)
    empty[:, list(missing)] = False
    if empty.any():
        row, column = np.argwhere(empty)[0]
        raise BadInputError(f"feature {names[column]!r} is missing (NaN) in row {row}: {remedy}")
    if np.isinf(matrix).any():
        row, column = np.argwhere(np.isinf(matrix))[0]
        raise BadInputError(
            f"feature {names[column]!r} is infinite in row {row} (in {reading.value}, as the model reads it): "
            "expected finite numbers"
        )
    return matrix


def copy_row(row: NDArray[np.float64]) -> NDArray[Any]:
    """Return a row as the model's ``predict`` takes it."""
    return row.copy()
