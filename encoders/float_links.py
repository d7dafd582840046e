"""What libraries make of sums, bit by bit: the functions of their C++ code in the same precision and order.

The exponentials and logarithms are those of the C library, which these libraries call too; numpy has its own, which
differ in the last bit now and then.
"""

from __future__ import annotations

import math

import numpy as np

from ..engine.kernels import F64, kernel


@kernel
def sigmoid32(margins: F64) -> F64:
    """Return 1 / (1 + exp(-m)) of float32 margins as XGBoost computes it."""
    out = np.empty(len(margins), np.float64)
    one = np.float32(1.0)
    for i in range(len(margins)):
        power = math.exp(min(-np.float32(margins[i]), np.float32(88.7)))  # beyond, it would overflow
        out[i] = np.float64(np.float32(one / np.float32(np.float32(power + one) + np.float32(1e-16))))
    return out


@kernel
def exp32(margins: F64) -> F64:
    """Return exp(m) in float32."""
    out = np.empty(len(margins), np.float64)
    for i in range(len(margins)):
        out[i] = np.float64(math.exp(np.float32(margins[i])))
    return out


@kernel
def log32(numbers: F64) -> F64:
    """Return the logarithms of float32 numbers in float32."""
    out = np.empty(len(numbers), np.float64)
    for i in range(len(numbers)):
        out[i] = np.float64(math.log(np.float32(numbers[i])))
    return out


@kernel
def logit32(numbers: F64) -> F64:
    """Return -log(1 / p - 1) of float32 numbers in float32."""
    out = np.empty(len(numbers), np.float64)
    one = np.float32(1.0)
    for i in range(len(numbers)):
        out[i] = -np.float64(math.log(np.float32(np.float32(one / np.float32(numbers[i])) - one)))
    return out


@kernel
def exp64(margins: F64) -> F64:
    """Return exp(m)."""
    out = np.empty(len(margins), np.float64)
    for i in range(len(margins)):
        out[i] = math.exp(margins[i])
    return out


@kernel
def sigmoid64(margins: F64, slope: float) -> F64:
    """Return 1 / (1 + exp(-slope * m)) as LightGBM computes it."""
    out = np.empty(len(margins), np.float64)
    for i in range(len(margins)):
        out[i] = 1.0 / (1.0 + math.exp(-slope * margins[i]))
    return out


@kernel
def log1p_exp64(margins: F64) -> F64:
    """Return log(1 + exp(m)) as LightGBM computes it."""
    out = np.empty(len(margins), np.float64)
    for i in range(len(margins)):
        out[i] = math.log1p(math.exp(margins[i]))
    return out


@kernel
def signed_square64(margins: F64) -> F64:
    """Return m * |m|."""
    out = np.empty(len(margins), np.float64)
    for i in range(len(margins)):
        sign = 1.0 if margins[i] > 0 else (-1.0 if margins[i] < 0 else 0.0)
        out[i] = sign * margins[i] * margins[i]
    return out
