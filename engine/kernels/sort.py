"""A stable sort as one small kernel (the library's own takes seconds to compile in every kernel that uses it)."""

from __future__ import annotations

import numpy as np

from .compile import F64, I32, kernel


@kernel
def stable_order(keys: F64) -> I32:
    """Return the indices that sort the keys, equal keys in their order (merge sort from runs of one)."""
    n = len(keys)
    order = np.empty(n, np.int32)
    for i in range(n):
        order[i] = i
    if n <= 12:  # insertion sort
        for i in range(1, n):
            item = order[i]
            j = i
            while j > 0 and keys[order[j - 1]] > keys[item]:
                order[j] = order[j - 1]
                j -= 1
            order[j] = item
        return order
    other = np.empty(n, np.int32)
    width = 1
    while width < n:
        begin = 0
        while begin < n:
            middle = min(begin + width, n)
            end = min(begin + 2 * width, n)
            i, j, k = begin, middle, begin
            while k < end:
                if i < middle and (j >= end or keys[order[i]] <= keys[order[j]]):
                    other[k] = order[i]
                    i += 1
                else:
                    other[k] = order[j]
                    j += 1
                k += 1
            begin = end
        order, other = other, order
        width *= 2
    return order
