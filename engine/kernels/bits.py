"""Sets of up to 64 things as the bits of a number, for kernels."""

from __future__ import annotations

from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]  # it has no types
from numba import types
from numba.extending import intrinsic

from .compile import Num, inner_kernel

WIDTH = 64


@intrinsic
def _count_trailing(typing_context: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), code


@intrinsic
def _count_leading(typing_context: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.int64), code


@intrinsic
def _count_ones(typing_context: Any, word: Any) -> Any:
    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.int64(types.int64), code


_ones: Any = _count_ones
_trailing_zeros: Any = _count_trailing  # what kernels call takes the word alone
_leading_zeros: Any = _count_leading


@inner_kernel
def lowest(word: Num) -> Num:
    """Return the number of the lowest bit that is set (64 if none is)."""
    return _trailing_zeros(word)


@inner_kernel
def highest(word: Num) -> Num:
    """Return the number of the highest bit that is set (-1 if none is)."""
    return WIDTH - 1 - _leading_zeros(word)


@inner_kernel
def count(word: Num) -> Num:
    """Return how many bits are set."""
    return _ones(word)
