"""What a search can branch on: the open rows of its front, and which test splits best.

Strong branching: of the first open test of every row the one whose two sides lower the bound most (product of the two
losses). A side that cannot reach what is needed any more is refuted on the way.
"""

from __future__ import annotations

from ...kernels import Num, inlined
from ...kernels.bits import WIDTH, highest, lowest
from ..arrays.layout import Layout
from .moves import decide, undo
from .workspace import (
    BOUND,
    DEEP,
    FIRST,
    GAP,
    HIGH_SIDE,
    LEFT,
    LEVEL,
    LOW_SIDE,
    NEED,
    OF_ELEMENT,
    STAMP,
    TRAIL,
    Pad,
)

SETTLED, OPEN, COARSE = 0, 1, 2


@inlined
def hopeless(pad: Pad) -> Num:
    """Tell whether some column cannot reach what it needs."""
    for k in range(len(pad.total)):  # noqa: SIM110  # compiled code has no generators
        if pad.total[k, BOUND] < pad.total[k, NEED]:
            return True
    return False


@inlined
def _slack(pad: Pad) -> float:
    """Return how far the tightest column is above what it needs (negative: hopeless)."""
    least = 1e300
    for k in range(len(pad.total)):
        least = min(least, float(pad.total[k, BOUND] - pad.total[k, NEED]))
    return least


@inlined
def _spread(pad: Pad, r: Num, left: Num) -> Num:
    """Return how far the worths of these leaves of a row reach apart; -1 if they are the same leaf to the model."""
    best = lowest(left)
    gap = pad.value[r, best] - pad.value[r, highest(left)]
    if gap > 0 or left & pad.row[r, DEEP] != 0:  # a finer front helps only below one leaf
        return gap
    rest = left & (left - 1)
    while rest != 0:
        if pad.value[r, WIDTH + lowest(rest)] != pad.value[r, WIDTH + best]:
            return 0
        rest &= rest - 1
    return -1


@inlined
def look(pad: Pad) -> Num:
    """Write the gap of each row; tell if one is ``OPEN``, else if all is ``SETTLED`` or needs a finer front."""
    n = pad.spent[LEVEL]
    state = SETTLED
    for r in range(pad.level[n, 0], pad.level[n + 1, 0]):
        left = pad.row[r, LEFT]
        gap = -1
        if left & (left - 1) != 0:
            gap = _spread(pad, r, left)
        pad.row[r, GAP] = gap
        if gap >= 0:
            state = OPEN
        elif state == SETTLED and left & pad.row[r, DEEP] != 0:
            state = COARSE
    return state


@inlined
def _first_test(pad: Pad, r: Num) -> Num:
    """Return the first entry of a row that leaves are left on both sides of (there is one if the row is open)."""
    left = pad.row[r, LEFT]
    x = pad.row[r, FIRST]
    while left & pad.entry[x, LOW_SIDE] == 0 or left & pad.entry[x, HIGH_SIDE] == 0:
        x += 1
    return x


@inlined
def dive(pad: Pad) -> tuple[Num, Num]:
    """Return the first open test of the widest row, and the side with the better leaf."""
    n = pad.spent[LEVEL]
    widest = -1
    for r in range(pad.level[n, 0], pad.level[n + 1, 0]):
        if pad.row[r, GAP] >= 0 and (widest < 0 or pad.row[r, GAP] > pad.row[widest, GAP]):
            widest = r
    x = _first_test(pad, widest)
    left = pad.row[widest, LEFT]
    up = lowest(left & ~pad.entry[x, LOW_SIDE])
    down = lowest(left & ~pad.entry[x, HIGH_SIDE])
    return pad.entry[x, OF_ELEMENT], 1 if up <= down else -1


@inlined
def strong(layout: Layout, pad: Pad) -> tuple[Num, Num, Num]:
    """Return the test to branch on, the side to try first, and how many sides there are to try."""
    now, mark, n = _slack(pad), pad.spent[TRAIL], pad.spent[LEVEL]
    pad.spent[STAMP] += 1
    stamp = pad.spent[STAMP]
    chosen, first, top_score = -1, 1, -1.0
    for r in range(pad.level[n, 0], pad.level[n + 1, 0]):
        if pad.row[r, GAP] < 0:
            continue
        e = pad.entry[_first_test(pad, r), OF_ELEMENT]
        if pad.tried[e] == stamp:
            continue
        pad.tried[e] = stamp
        up, down = 0.0, 0.0
        for side in (1, -1):
            decide(layout, pad, e, side)
            after = _slack(pad)
            undo(pad, mark)
            if side > 0:
                up = after
            else:
                down = after
        if up < 0 or down < 0:
            return e, 1 if up >= 0 else -1, 0 if up < 0 and down < 0 else 1
        score = (now - up + 1.0) * (now - down + 1.0)
        if score > top_score:
            chosen, first, top_score = e, 1 if up >= down else -1, score
    return chosen, first, 2
