"""What libraries make of sums, bit by bit: the functions of their C++ code in the same precision and order.

The exponentials and logarithms are those of the C library, which these libraries call too; numpy has its own, which
differ in the last bit now and then.
"""

from __future__ import annotations

import numpy as np

from ...engine import _native
from ...engine.arrays import F64


def sigmoid32(margins: F64) -> F64:
    """Return 1 / (1 + exp(-m)) of float32 margins as XGBoost computes it."""
    return _native.sigmoid32(_row(margins))


def exp32(margins: F64) -> F64:
    """Return exp(m) in float32."""
    return _native.exp32(_row(margins))


def log32(numbers: F64) -> F64:
    """Return the logarithms of float32 numbers in float32."""
    return _native.log32(_row(numbers))


def logit32(numbers: F64) -> F64:
    """Return -log(1 / p - 1) of float32 numbers in float32."""
    return _native.logit32(_row(numbers))


def exp64(margins: F64) -> F64:
    """Return exp(m)."""
    return _native.exp64(_row(margins))


def sigmoid64(margins: F64, slope: float) -> F64:
    """Return 1 / (1 + exp(-slope * m)) as LightGBM computes it."""
    return _native.sigmoid64(_row(margins), slope)


def log1p_exp64(margins: F64) -> F64:
    """Return log(1 + exp(m)) as LightGBM computes it."""
    return _native.log1p_exp64(_row(margins))


def signed_square64(margins: F64) -> F64:
    """Return m * |m|."""
    return _native.signed_square64(_row(margins))


def exp_of_numpy(sums: F64) -> F64:
    """Return exp(m) as numpy computes it."""
    with np.errstate(over="ignore"):
        return np.exp(np.ascontiguousarray(sums, np.float64))


def rounded32(sums: F64) -> F64:
    """Return sums rounded to float32."""
    with np.errstate(over="ignore"):
        return sums.astype(np.float32).astype(np.float64)


def _row(numbers: F64) -> F64:
    """Return numbers as they must lie for the core."""
    return np.ascontiguousarray(numbers, np.float64)
