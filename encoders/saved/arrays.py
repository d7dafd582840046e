"""Arrays of a form by name, in the narrowest dtype that holds them; read again they are checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import FormatError, shown

Named = dict[str, NDArray[Any]]
_WHOLE = (np.int8, np.int16, np.int32, np.int64)


def narrow(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array in the narrowest dtype that holds its numbers, bit by bit, in the byte order of files."""
    flat = np.ascontiguousarray(array)
    if flat.dtype.kind == "b":
        return flat.astype("u1")
    if flat.dtype.kind == "f":
        with np.errstate(over="ignore"):
            single = flat.astype(np.float32)
        same = np.array_equal(single.astype(np.float64).view(np.int64), flat.astype(np.float64).view(np.int64))
        return (single if same else flat).astype("<f4" if same else "<f8")
    low, high = (int(flat.min()), int(flat.max())) if flat.size else (0, 0)
    kind = next(kind for kind in _WHOLE if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max)
    return flat.astype(np.dtype(kind).newbyteorder("<"))


class Stored:
    """Arrays that were read, and what they have to be.

    Parameters
    ----------
    arrays : mapping from name to ndarray
        The arrays of a file.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays

    def get(self, name: Any, kind: Any, width: int | None = None) -> NDArray[Any]:
        """Return an array in a dtype, of one dimension, or of two with `width` columns (-1: of any number).

        Raises
        ------
        FormatError
            If there is none, or it is of another kind or shape.
        """
        array = self._arrays.get(name) if isinstance(name, str) else None
        wanted = np.dtype(kind)
        kinds = {"f": "f", "i": "iu", "b": "u"}[wanted.kind]
        if array is None or array.dtype.kind not in kinds or array.ndim != (1 if width is None else 2):
            got = "none" if array is None else f"one of {array.dtype}, shape {array.shape}"
            raise FormatError(f"array {shown(name)}: expected numbers of the kind {wanted}, got {got}")
        if width is not None and width >= 0 and array.shape[1] != width:
            raise FormatError(f"array {shown(name)} has {array.shape[1]} columns: expected {width}")
        if wanted.kind == "i" and array.size:
            ends = np.iinfo(wanted)
            if int(array.min()) < ends.min or int(array.max()) > ends.max:
                raise FormatError(f"array {shown(name)} has numbers beyond {wanted}")
        if wanted.kind == "b" and array.size and int(array.max()) > 1:
            raise FormatError(f"array {shown(name)} has other numbers than 0 and 1")
        made: NDArray[Any] = np.ascontiguousarray(array.astype(wanted))
        return made
