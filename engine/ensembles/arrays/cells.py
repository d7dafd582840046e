"""Sets of cells of listed attributes as words of 64 bits: what a set leaves of an attribute's tests.

A column of hundreds of categories has hundreds of tests, each true on a set of its cells. What the allowed cells say
of a test is one comparison of two sets, so it costs a word or two a test, not a step for each cell. Sets of allowed
cells are written where the attribute has its room (``Layout.attribute``: ``WORDS``).
"""

from __future__ import annotations

from ...kernels import I32, I64, Num, inner_kernel
from .layout import CELLS, COUNT, ROW, WORDS, Layout, true_in


@inner_kernel
def gather_cells(layout: Layout, a: Num, barred: I32, room: I64) -> None:
    """Write the cells of a listed attribute that are not barred as a set."""
    first, begin, one = layout.attribute[a, WORDS], layout.attribute[a, CELLS], 1
    for w in range(first, layout.attribute[a + 1, WORDS]):
        room[w] = 0
    for c in range(layout.attribute[a, COUNT]):
        if barred[begin + c] == 0:
            room[first + (c >> 6)] |= one << (c & 63)


@inner_kernel
def side_of_set(layout: Layout, a: Num, e: Num, room: I64) -> Num:
    """Return 1 if an element of a listed attribute is true in all cells of its set, -1 if in none, else 0."""
    first, row, above, below = layout.attribute[a, WORDS], layout.test[e, ROW], 0, 0
    for w in range(layout.attribute[a + 1, WORDS] - first):
        above |= room[first + w] & layout.truth[row + w]
        below |= room[first + w] & ~layout.truth[row + w]
    if above != 0:
        return 0 if below != 0 else 1
    return -1


@inner_kernel
def in_set(layout: Layout, a: Num, c: Num, room: I64) -> Num:
    """Tell whether a cell is in the set of its attribute."""
    return (room[layout.attribute[a, WORDS] + (c >> 6)] >> (c & 63)) & 1 != 0


@inner_kernel
def fill_set(layout: Layout, a: Num, room: I64, word: Num) -> None:
    """Make the set of an attribute all cells (``word`` -1) or none (0)."""
    for w in range(layout.attribute[a, WORDS], layout.attribute[a + 1, WORDS]):
        room[w] = word


@inner_kernel
def keep_alike(layout: Layout, a: Num, e: Num, cell: Num, room: I64) -> None:
    """Take from the set the cells on which an element is not as in `cell`: those that its literal there excludes."""
    first, row = layout.attribute[a, WORDS], layout.test[e, ROW]
    flip = 0 if true_in(layout.test, layout.truth, e, cell) else -1
    for w in range(layout.attribute[a + 1, WORDS] - first):
        room[first + w] &= layout.truth[row + w] ^ flip
