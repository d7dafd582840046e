"""What users hand over, read into flat arrays: rows, ranges, no-information values, columns, targets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, shown
from ...engine.given import reals

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """Instances.

    Attributes
    ----------
    array : ndarray, shape (n, *instance), float32 or float64
    names : tuple of str or None
        The names of the columns of a data frame.
    """

    array: NDArray[Any]
    names: tuple[str, ...] | None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one instance."""
        return self.array.shape[1:]

    @property
    def flat(self) -> F64:
        """The instances as rows of float64, (n, d)."""
        return np.asarray(self.array.reshape(len(self.array), -1), dtype=np.float64)


def read_rows(X: Any, shape: tuple[int, ...] | None, name: str = "X") -> Rows:  # noqa: N803
    """Read instances from an array, a list, a tensor or a data frame.

    Parameters
    ----------
    X : array-like, shape (n, ...), or one instance
        One-dimensional data are one instance; with a known `shape` any single instance is.
    shape : tuple of int or None
        The shape that an instance must have.

    Raises
    ------
    BadInputError
        If the shape is another one, a value is no finite number, or there is no row.
    """
    names = tuple(str(column) for column in X.columns) if hasattr(X, "columns") else None
    if hasattr(X, "detach"):
        X = X.detach().cpu()  # noqa: N806
    raw = X.to_numpy() if hasattr(X, "to_numpy") else X
    try:
        array = np.asarray(raw)
        if array.dtype.kind == "c" or raw is None:
            raise TypeError(f"found {array.dtype} values")
        array = array.astype(_float_of(array.dtype), copy=False)
    except (TypeError, ValueError) as error:
        raise BadInputError(f"{name}: expected numbers in a regular array ({error})") from None
    array = _with_rows(array, shape, name)
    if not len(array) or not array[0].size:
        raise BadInputError(f"{name} has shape {array.shape}: there is nothing to explain")
    finite = np.isfinite(array)
    if not finite.all():
        place = tuple(int(i) for i in np.argwhere(~finite)[0])
        where = names[place[1]] if names is not None and len(place) == 2 else place[1:]
        raise BadInputError(f"{name}: row {place[0]}, feature {where} is {array[place]}: expected finite numbers")
    return Rows(np.array(array, order="C"), names)  # a copy: what the caller does to X later changes no result


def _float_of(kind: np.dtype[Any]) -> Any:
    """Return the float type that holds a column type: float32 stays, half is widened, all else is float64."""
    return np.float32 if kind in (np.float16, np.float32) else np.float64


def _with_rows(array: NDArray[Any], shape: tuple[int, ...] | None, name: str) -> NDArray[Any]:
    """Return the array with an axis of rows in front."""
    if shape is not None:
        if array.shape == shape:
            return array[None]
        if array.ndim == 0 or array.shape[1:] != shape:
            raise BadInputError(f"{name} has shape {array.shape}: expected (n, {', '.join(map(str, shape))})")
        return array
    if array.ndim == 0:
        raise BadInputError(f"{name}={shown(array.item())}: expected rows of numbers")
    return array[None] if array.ndim == 1 else array


def read_shape(shape: Any) -> tuple[int, ...] | None:
    """Return the shape of one instance from the published one, whose first entry is the number of rows.

    Raises
    ------
    BadInputError
        If it is no shape.
    """
    if shape is None:
        return None
    try:
        sizes = tuple(int(size) for size in shape)
    except (TypeError, ValueError):
        raise BadInputError(f"shape={shown(shape)}: expected the shape of a batch, such as (1, 28, 28, 1)") from None
    if len(sizes) < 2 or min(sizes[1:]) < 1:
        raise BadInputError(f"shape={shown(shape)}: expected the shape of a batch, such as (1, 28, 28, 1) or (1, 4)")
    return sizes[1:]


def per_feature(name: str, value: Any, shape: tuple[int, ...], *, finite: bool) -> F64:
    """Return one number a feature from a number or an array, (d,).

    Raises
    ------
    BadInputError
        If the shape does not fit, or a value is no (finite) number.
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    try:
        array = reals(value)
    except (TypeError, ValueError):
        raise BadInputError(f"{name}={shown(value)}: expected a number, or one for each feature") from None
    if array.ndim > len(shape) and array.shape[0] == 1:
        array = array[0]
    try:
        spread = np.broadcast_to(array, shape).reshape(-1)
    except ValueError:
        if array.size != int(np.prod(shape)):
            raise BadInputError(f"{name} has shape {array.shape}: expected a number, or the shape {shape}") from None
        spread = array.reshape(-1)
    if np.isnan(spread).any() or (finite and not np.isfinite(spread).all()):
        raise BadInputError(
            f"{name} holds {'NaN' if np.isnan(spread).any() else 'an infinite value'}: expected numbers"
        )
    return np.array(spread)


def read_range(value: Any, shape: tuple[int, ...]) -> tuple[F64, F64]:
    """Return the least and the largest value of each feature; without a range there are no bounds.

    Raises
    ------
    BadInputError
        If it is no pair, or reversed somewhere.
    """
    if value is None:
        value = (-np.inf, np.inf)
    try:
        low, high = value
    except (TypeError, ValueError):
        raise BadInputError(f"feature_range={shown(value)}: expected (least, largest)") from None
    low, high = (per_feature("feature_range", part, shape, finite=False) for part in (low, high))
    if (low > high).any():
        place = int(np.argmax(low > high))
        raise BadInputError(f"feature_range is reversed at feature {place}: {low[place]:g} > {high[place]:g}")
    return low, high


def check_within(rows: Rows, low: F64, high: F64) -> None:
    """Refuse instances outside their range.

    Raises
    ------
    BadInputError
        Names the row and the feature.
    """
    flat = rows.flat
    outside = (flat < low) | (flat > high)
    if outside.any():
        row, feature = (int(i) for i in np.argwhere(outside)[0])
        where = feature if rows.names is None else repr(rows.names[feature])
        raise BadInputError(
            f"row {row}, feature {where} is {flat[row, feature]:g}, outside feature_range "
            f"[{low[feature]:g}, {high[feature]:g}]"
        )


def read_columns(name: str, columns: Any, names: Sequence[str] | None, shape: tuple[int, ...]) -> list[int]:
    """Return feature numbers from numbers, names or a mask of the instance's shape.

    Raises
    ------
    BadInputError
        If a column is absent.
    """
    width = int(np.prod(shape))
    mask = np.asarray(columns) if not isinstance(columns, (str, int)) else None
    if mask is not None and mask.dtype == bool:
        if mask.size != width:
            raise BadInputError(f"{name}: the mask has shape {mask.shape}: expected {shape}")
        return np.flatnonzero(mask.reshape(-1)).tolist()
    items: Iterable[Any] = [columns] if isinstance(columns, (str, int)) else columns
    found = []
    for item in items:
        if isinstance(item, str):
            if names is None or item not in names:
                known = "the features have no names" if names is None else f"known: {', '.join(names)[:200]}"
                raise BadInputError(f"{name}: there is no feature {item!r}; {known}")
            found.append(list(names).index(item))
        elif isinstance(item, bool) or not isinstance(item, (int, np.integer)) or not 0 <= item < width:
            raise BadInputError(f"{name}: {shown(item)}: expected a feature from 0 to {width - 1}, or a name")
        else:
            found.append(int(item))
    return found


def read_target(target: Any, labels: Sequence[Any], rows: int) -> NDArray[np.bool_]:
    """Return the wanted classes of each row, (n, K) of bool.

    Parameters
    ----------
    target : label, set or list of labels, array of n labels, or array of bool (n, K)
        A label or a set of labels holds for all rows; an array of labels has one for each row.
    labels : sequence
        The labels of the classes.

    Raises
    ------
    BadInputError
        If a label is unknown, or a row wants nothing.
    """
    known = list(labels)
    wanted = np.zeros((rows, len(known)), dtype=bool)
    if isinstance(target, np.ndarray) and target.dtype == bool:
        if target.shape != wanted.shape:
            raise BadInputError(f"target has shape {target.shape}: expected {wanted.shape}, one truth a row and class")
        wanted |= target
    elif isinstance(target, np.ndarray) and target.ndim == 1 and len(target) == rows:
        wanted[np.arange(rows), [_class_of(item, known) for item in target.tolist()]] = True
    elif isinstance(target, np.ndarray) and target.ndim != 0:
        raise BadInputError(f"target has shape {target.shape}: expected one label for each of the {rows} rows")
    else:
        items = target if isinstance(target, (set, frozenset, list, tuple, range)) else [target]
        wanted[:, [_class_of(item, known) for item in items]] = True
    if not wanted.any(axis=1).all():
        raise BadInputError("target: a row wants no class at all: expected at least one label")
    return wanted


def _class_of(item: Any, known: list[Any]) -> int:
    if isinstance(item, np.generic):
        item = item.item()
    if item not in known:
        raise BadInputError(f"target={shown(item)}: expected one of {shown(known)}")
    return known.index(item)
