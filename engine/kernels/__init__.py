"""Compiled kernels: how they are compiled, called, watched, and small ones that many use."""

from .compile import F64, I8, I32, I64, U64, Bools, Num, inlined, inner_kernel, kernel, lean_kernel

__all__ = ["F64", "I8", "I32", "I64", "U64", "Bools", "Num", "inlined", "inner_kernel", "kernel", "lean_kernel"]
