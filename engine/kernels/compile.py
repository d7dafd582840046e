"""The decorator of compiled kernels, typed, and names for array types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeAlias, TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")

I8: TypeAlias = NDArray[np.int8]
I32: TypeAlias = NDArray[np.int32]
I64: TypeAlias = NDArray[np.int64]
U64: TypeAlias = NDArray[np.uint64]
F64: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]
Num: TypeAlias = Any  # a machine number: Python's and numpy's are the same in compiled code


def kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function to machine code at its first call (kept on disk; releases the interpreter lock)."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True)(function))


def parallel_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function whose ``prange`` loops run on several cores."""
    return cast("Callable[P, R]", njit(cache=True, nogil=True, parallel=True)(function))


def lean_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a kernel that neither makes arrays nor slices them: without counting references, so smaller and faster.

    What it calls must be of this kind as well.
    """
    options: dict[str, Any] = {"_nrt": False}
    return cast("Callable[P, R]", njit(cache=True, nogil=True, **options)(function))


def inner_kernel(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a lean kernel that only kernels call: without the wrappers for calls from Python."""
    options: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "_nrt": False}
    return cast("Callable[P, R]", njit(cache=True, nogil=True, **options)(function))


def inlined(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function part of each kernel that calls it: for small ones with few callers."""
    return cast("Callable[P, R]", njit(inline="always")(function))
