"""The unit of each feature: from data, or as users give it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError
from ..arguments import word
from .inputs import F64, per_feature
from .settings import SCALES

_NORMAL = 1.4826  # a normal variable's deviation in terms of its median absolute deviation


def fitted_scale(kind: str, rows: NDArray[Any]) -> F64:
    """Return one scale a feature from data.

    Parameters
    ----------
    kind : {"std", "mad"}
        Standard deviation; or median absolute deviation, times 1.4826. Where that is 0 the other one counts, and 1
        for a constant feature.
    rows : ndarray, shape (n, *instance)
    """
    values = rows.astype(np.float64)
    deviation = values.std(axis=0)
    spread = deviation
    if kind == "mad":
        spread = _NORMAL * np.median(np.abs(values - np.median(values, axis=0)), axis=0)
        spread = np.where(spread > 0, spread, deviation)
    return np.asarray(np.where(spread > 0, spread, 1.0))


def scale_word(scale: Any) -> Any:
    """Return scales as given, if a word is one that `fit` knows.

    Raises
    ------
    BadInputError
        If it is another word.
    """
    return word("scale", scale, SCALES) if isinstance(scale, str) else scale


def read_scale(scale: Any, shape: tuple[int, ...]) -> F64 | None:
    """Return one positive number a feature, shape (d,); None for no scales.

    Raises
    ------
    BadInputError
        If a number is not positive, or a word waits for `fit`.
    """
    if scale is None:
        return None
    if isinstance(scale, str):
        scale_word(scale)
        raise BadInputError(f"scale={scale!r}: call fit(X) first, it reads the scales from data")
    read = per_feature("scale", scale, shape, finite=True)
    if (read <= 0).any():
        raise BadInputError(f"scale: feature {int(np.argmax(read <= 0))} has {read.min():g}: expected positive numbers")
    return read
