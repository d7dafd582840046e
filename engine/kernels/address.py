"""Calling a compiled kernel by its address.

A kernel that calls another one is compiled together with it, all the way down, so a large kernel with many callers
would be compiled again for each of them. By address it is compiled once.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numba.core import cgutils
from numba.extending import intrinsic

nb: Any = numba  # parts of it have no types
tools: Any = cgutils


@intrinsic
def _call_at(typing_context: Any, address: Any, arguments: Any) -> Any:
    """Call the kernel at an address with a tuple of arguments, of the types that it was compiled for; return a number.

    It must return an int64 and must not raise.
    """
    types = nb.types
    types_of = tuple(types.unliteral(kind) for kind in arguments.types)

    def code(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kind = context.call_conv.get_function_type(types.int64, types_of)
        pointer = builder.inttoptr(values[0], kind.as_pointer())
        unpacked = tools.unpack_tuple(builder, values[1], len(types_of))
        _, result = context.call_conv.call_function(builder, pointer, types.int64, types_of, unpacked)
        return result

    return types.int64(types.int64, arguments), code


call_at: Any = _call_at


def address_of(kernel: Any, *arguments: Any) -> int:
    """Return the address of a kernel for arguments of these types (it is compiled if it was not)."""
    key = (kernel, _kind_of(arguments))
    if key not in _ADDRESSES:
        signature = tuple(nb.typeof(argument) for argument in arguments)
        kernel.compile(signature)
        compiled = kernel.overloads[signature]
        if compiled.signature.return_type != nb.types.int64:
            raise TypeError(f"{kernel.__name__} returns {compiled.signature.return_type}: expected int64")
        _ADDRESSES[key] = int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))
    return _ADDRESSES[key]


_ADDRESSES: dict[Any, int] = {}


def _kind_of(value: Any) -> Any:
    """Return what a value's type depends on: the same for values of one type (numba takes long to tell types)."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        return value.dtype, value.ndim, flags.c_contiguous, flags.f_contiguous, flags.writeable, flags.aligned
    if isinstance(value, tuple):
        return type(value), tuple([_kind_of(part) for part in value])
    return type(value)
