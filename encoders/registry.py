"""What may be asked of any model that an encoder takes; ``catalog`` says which one does.

Wherever a model is asked for, what ``find`` returned of it will do as well, and is not searched for again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.errors import BadInputError, shown
from ..engine.given import items_in
from ..engine.models import CompiledModel
from .catalog import Found, find
from .columns.missing import is_missing
from .columns.rows import as_matrix, column_places, plain_rows
from .columns.sparse import columns_left_out, is_sparse


def compile_model(
    model: Any,
    *,
    feature_names: Sequence[str] | None = None,
    missing: frozenset[int] = frozenset(),
    voting: str = "soft",
    features_type: Mapping[str, Any] | None = None,
    dtypes: tuple[str, ...] | None = None,
    rows_show: Mapping[int, Sequence[Any]] | None = None,
) -> CompiledModel:
    """Compile any model that an encoder takes.

    Parameters
    ----------
    model : object
        Fitted or hand-built.
    feature_names : sequence of str, optional
        Names of the columns.
    missing : frozenset of int
        Columns that may be missing.
    voting : str
        How a forest of classifiers decides: ``"soft"``, as its library does, or ``"hard"``, by the majority of its
        trees' own predictions. A hand-built forest has its own rule, which ``"soft"`` leaves as it is.
    features_type : mapping, optional
        What the columns are, for models whose compiled form depends on it (others leave it to the explainer).
    dtypes : tuple of str, optional
        The dtypes of the rows that are explained, see ``dtypes_of``, for models that calculate in them.
    rows_show : mapping from column to values, optional
        See ``shown_values``.

    Raises
    ------
    BadInputError
        If `voting` is something else, or ``"hard"`` for a model that is no forest of classifiers.
    """
    return find(model).compile(
        feature_names=feature_names, missing=missing, voting=voting, features_type=features_type, dtypes=dtypes,
        rows_show=rows_show,
    )  # fmt: skip


def shown_values(
    model: Any, samples: Sequence[Any], feature_names: Sequence[str] | None = None
) -> dict[int, tuple[Any, ...]]:
    """Return the values that rows show in columns of categories, where a model knows numbers of them only.

    Parameters
    ----------
    samples : sequence of row matrices or None
        Rows to look at.
    """
    found = find(model)
    columns = found.traits.shows(found.model)
    if not columns:
        return {}
    names, own = found.column_names(feature_names), found.own_names()
    shown: dict[int, dict[Any, None]] = {column: {} for column in columns}
    for rows in samples:
        for column, values in _each_column(plain_rows(rows), columns, names, own, found.absent):
            shown[column].update(dict.fromkeys(_distinct(values)))
    return {column: tuple(values) for column, values in shown.items()}


def dtypes_of(model: Any, rows: Any, names: Sequence[str]) -> tuple[str, ...] | None:
    """Return the dtypes of rows in which a model calculates, one a column.

    Only pipelines do: all other models round each number to their own precision. Empty if it does not matter how rows
    come; ``None`` if it does and the rows declare no dtypes (lists, mappings, arrays of objects).
    """
    return dtypes_reader(model, names)(rows)


def dtypes_reader(model: Any, names: Sequence[str]) -> Callable[[Any], tuple[str, ...] | None]:
    """Return what tells the dtypes of rows, see ``dtypes_of``."""
    found = find(model)
    reader = found.traits.dtypes_reader
    return (lambda rows: ()) if reader is None else reader(found.model, tuple(names))


def covers(model: Any, own: tuple[str, ...], told: tuple[str, ...]) -> bool:
    """Tell whether a form for some dtypes holds for rows of others: the model calculates with both alike."""
    found = find(model).reads_rows
    tells = found.traits.covers
    return own == told if tells is None else tells(found.model, own, told)


def absent_of(model: Any) -> float | None:
    """Return what a model reads for the entries that a sparse matrix of scipy leaves out; ``None`` if it takes none."""
    return find(model).absent


def lists_numbers(model: Any) -> bool:
    """Tell whether a model's compiled form may hold for listed numbers of a range, see ``Traits``."""
    return find(model).lists_numbers


def takes_types(model: Any) -> bool:
    """Tell whether a model's compiled form depends on what its columns are declared to be."""
    return find(model).takes_types


def column_names(model: Any, feature_names: Sequence[str] | None = None) -> tuple[str, ...]:
    """Return the names of the columns that a model reads.

    Raises
    ------
    BadInputError
        If `feature_names` is no list of distinct names, one for each column.
    """
    return find(model).column_names(feature_names)


def labels_told(rows: Any, model: Any) -> tuple[str, ...] | None:
    """Return a frame's own labels in the order of the model's names, where those have underscores for their blanks."""
    columns = getattr(rows, "columns", None)
    labels = [label for label in columns if isinstance(label, str)] if columns is not None else []
    if not any(" " in label for label in labels):
        return None
    names = own_names(model) or ()
    by_name = {label.replace(" ", "_"): label for label in labels}
    if set(names) <= set(labels) or len(by_name) < len(labels) or not all(name in by_name for name in names):
        return None
    return tuple(by_name[name] for name in names) or None


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that a model was fitted with or made with, None if it has none."""
    return find(model).own_names()


def detect_missing(
    model: Any, missing: str | bool | Sequence[str], samples: Sequence[Any], feature_names: Sequence[str] | None
) -> frozenset[int]:
    """Return the columns that may be missing.

    Parameters
    ----------
    missing : "auto", bool or sequence of names
        ``"auto"``: the columns that are NaN (or None) in one of the samples, if the model takes missing values at all.
    samples : sequence of row matrices or None
        Rows to look at.

    Raises
    ------
    BadInputError
        If `missing` or `feature_names` is nothing of the kind, or a name is unknown.
    """
    of_model = find(model)
    names = of_model.column_names(feature_names)
    if isinstance(missing, (bool, np.bool_)):
        return frozenset(range(len(names))) if missing else frozenset()
    if not isinstance(missing, str):
        return _columns(missing, names)
    if missing != "auto":
        raise BadInputError(f"missing={shown(missing)}: expected 'auto', True, False or a list of feature names")
    if not of_model.takes_missing:
        return frozenset()
    found: set[int] = set()
    for rows in samples:
        if is_sparse(rows):
            found |= columns_left_out(rows, of_model.absent)
        elif rows is not None:
            matrix = as_matrix(rows, names, numeric=False, own=of_model.own_names())
            if matrix.dtype != object:
                empty = np.not_equal(matrix, matrix)
            else:
                empty = np.frompyfunc(is_missing, 1, 1)(matrix).astype(bool)
            found |= set(np.nonzero(np.asarray(empty).any(axis=0))[0].tolist())
            found |= _void(of_model, matrix)
    return frozenset(found)


def _void(found: Found, matrix: np.ndarray[Any, Any]) -> set[int]:
    """Return the columns of categories with a value that the model itself takes for missing."""
    void = ((c, known.is_void) for c, known in found.traits.categories(found.model).items())
    return {c for c, is_void in void if any(map(is_void, _distinct(matrix[:, c])))}


def _each_column(
    rows: Any, columns: Sequence[int], names: tuple[str, ...], own: tuple[str, ...] | None, absent: float | None
) -> Iterable[tuple[int, Any]]:
    """Yield columns of rows with their values; those of a frame as they are there, whatever the others hold."""
    if rows is None:
        return
    if hasattr(rows, "columns") and hasattr(rows, "to_numpy"):
        places = column_places(rows.columns, names, own)
        for column in columns:
            label = list(rows.columns)[places[column]]
            yield column, rows.iloc[:, places[column]] if hasattr(rows, "iloc") else rows[label]
        return
    matrix = as_matrix(rows, names, numeric=False, own=own, absent=absent)
    yield from ((column, matrix[:, column]) for column in columns)


def _distinct(values: Any) -> Iterable[Any]:
    try:
        return dict.fromkeys(values.tolist() if hasattr(values, "tolist") else values.to_list())
    except TypeError:  # what cannot be hashed is refused when it is read
        return ()


def _columns(missing: Any, names: tuple[str, ...]) -> frozenset[int]:
    listed = [missing] if isinstance(missing, str) else items_in(missing)
    if listed is None:
        raise BadInputError(f"missing={shown(missing)}: expected 'auto', True, False or a list of feature names")
    unknown = [name for name in listed if not isinstance(name, str) or name not in names]
    if unknown:
        raise BadInputError(f"missing={shown(listed)}: {unknown} are no columns; the columns are {list(names)[:12]}")
    return frozenset(names.index(name) for name in listed)
