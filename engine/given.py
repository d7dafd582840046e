"""Checks of what users pass, by its kind: whole numbers, truth values, lists, names; each error names the argument."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from .errors import BadInputError, SufficeError, shown

MOST_RUNS = 10**7
_MOST_ITEMS = 10**8
_SEED_LIMIT = 2**63
_LITERALS = "literals such as (1, -3), or names of features"
_NAMES = "names of features, such as ['age', 'colour']"


def is_whole(value: Any) -> TypeGuard[int]:
    """Tell whether a value is a whole number (and no truth value)."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, (bool, np.timedelta64))


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether a value is a number (NaN and infinity are; truth values, times and texts are not)."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(value, (bool, np.timedelta64))


def is_finite_from_0(value: Any) -> TypeGuard[float]:
    """Tell whether a value is a number from 0 that a float holds (10**400 is none)."""
    return is_number(value) and bool(0 <= value <= sys.float_info.max)


def real(value: Any) -> float:
    """Return a number as a float; complex ones raise TypeError, where numpy would drop their imaginary part.

    Raises
    ------
    TypeError, ValueError, OverflowError
        If it is none, or one that no float holds.
    """
    if _is_complex(value):
        raise TypeError("a complex number")
    return float(value)


def reals(values: Any) -> NDArray[np.float64]:
    """Return numbers as an array of floats; complex ones raise TypeError, as for `real`.

    Raises
    ------
    TypeError, ValueError, OverflowError
        If they are none, none that floats hold, or in lists of different lengths.
    """
    given = np.asarray(values)
    if _is_complex(given) or (given.dtype == object and any(map(_is_complex, given.ravel().tolist()))):
        raise TypeError("complex numbers")
    return np.asarray(given if given.dtype.kind in "fiub" else values, dtype=np.float64)


def _is_complex(value: Any) -> bool:
    return isinstance(value, (complex, np.complexfloating)) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "c"
    )


def count_of(value: Any, name: str, most: int = MOST_RUNS) -> int:
    """Return a whole number from 1 that a user gave."""
    if not is_whole(value) or not 1 <= value <= most:
        raise BadInputError(f"{name}={shown(value)}: expected a whole number from 1 to {most}")
    return int(value)


def seed_of(value: Any) -> int:
    """Return a seed that a user gave."""
    if not is_whole(value) or not 0 <= value < _SEED_LIMIT:
        raise BadInputError(f"seed={shown(value)}: expected a whole number from 0 to 2**63 - 1")
    return int(value)


def truth_of(value: Any, name: str) -> bool:
    """Return a yes or no that a user gave."""
    if isinstance(value, (bool, np.bool_)) or (is_whole(value) and value in (0, 1)):
        return bool(value)
    raise BadInputError(f"{name}={shown(value)}: expected True or False")


def _is_endless(value: Any) -> bool:
    """Tell whether a range is longer than memory holds, which Python would find out late."""
    return isinstance(value, range) and bool(value[_MOST_ITEMS:])


def items_in(value: Any) -> list[Any] | None:
    """Return the items of what can be iterated over, once; None for texts, mappings and what cannot."""
    if isinstance(value, (str, bytes, bytearray, Mapping)) or not isinstance(value, Iterable) or _is_endless(value):
        return None
    try:
        return list(value)
    except SufficeError:
        raise
    except Exception:  # an array of no dimension, or an object of a user whose iteration fails
        return None


def list_of(value: Any, name: str, such_as: str) -> list[Any]:
    """Return the items of what can be iterated over.

    Raises
    ------
    BadInputError
        If it cannot, or is a text or a mapping.
    """
    if not isinstance(value, (str, bytes, bytearray, Mapping)) and isinstance(value, Iterable):
        if _is_endless(value):
            raise BadInputError(f"{name}={shown(value)}: expected fewer than {_MOST_ITEMS} items")
        try:
            return list(value)
        except SufficeError:
            raise
        except Exception as error:  # an array of no dimension, or an object of a user whose iteration fails
            raise BadInputError(f"{name}={shown(value)}: expected {such_as} ({shown(error)})") from None
    raise BadInputError(f"{name}={shown(value)}: expected {such_as}")


def names_of(value: Any, name: str) -> list[Any]:
    """Return names or ids of features as a list; a single one stands for itself."""
    if isinstance(value, str) or is_whole(value):
        return [value]
    return list_of(value, name, _NAMES)


def items_of(value: Any, name: str) -> Any:
    """Return what is given as a reason: a tuple (such as a Reason), a mapping or a text as it is, else a list."""
    if isinstance(value, (tuple, str, Mapping)):
        return value
    return list_of(value, name, _LITERALS)


def mapping_of(value: Any, name: str, such_as: str) -> Any:
    """Return a mapping, or None."""
    if value is None or isinstance(value, Mapping):
        return value
    raise BadInputError(f"{name}={shown(value)}: expected a mapping such as {such_as}, or None")


def numbers_of(value: Any, name: str, shape: tuple[int, ...] | None = None) -> NDArray[np.float64]:
    """Return numbers that a user gave as an array.

    Raises
    ------
    BadInputError
        If they are none, or have another shape.
    """
    try:
        if _is_endless(value):
            raise MemoryError
        found = reals(value)
        if np.asarray(value).dtype.kind in "mM":
            raise TypeError
    except Exception:  # numpy's errors, those of a user's object, memory
        raise BadInputError(f"{name}={shown(value)}: expected numbers") from None
    if shape is not None and found.shape != shape:
        raise BadInputError(f"{name} has shape {found.shape}: expected {' x '.join(map(str, shape))} numbers")
    return found


def dimensions_of(value: Any) -> int | None:
    """Return how many dimensions a table has; None for what numpy does not take."""
    if isinstance(value, range):
        return 1
    try:
        return int(np.ndim(value))
    except Exception:  # rows of different lengths, objects of a user
        return None
