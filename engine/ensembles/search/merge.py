"""Merging rows of a front: the leaves of two trees that exclude each other never come together.

The sum of the trees' best leaves is a weak bound where these are in different places. A merged row has the pairs of
leaves that can be reached at once (in a product of intervals three ranges meet if each two of them do, so nothing is
lost), so its best is lower. Pairs whose bound falls most are merged, as long as 64 leaves are enough.
"""

from __future__ import annotations

from ...kernels import I64, Num, inlined, inner_kernel
from ...kernels.bits import WIDTH, highest, lowest
from ..arrays.cells import gather_cells
from ..arrays.layout import INTERVAL, OWNER, ROW, WORDS, Layout
from .front import list_entries
from .workspace import BOUND, COLUMN, DEEP, FIRST, HIGH_SIDE, LEFT, LOW_SIDE, OF_ELEMENT, OF_ROW, Pad


@inner_kernel
def merge_rows(layout: Layout, kinds: Num, pad: Pad) -> None:
    """Merge rows of the first level, at the root of a search."""
    n_rows = pad.level[1, 0]
    m = min(n_rows, len(pad.gain))
    for r in range(n_rows):
        pad.merged[r, 0], pad.merged[r, 1] = pad.row[r, FIRST], pad.row[r + 1, FIRST]
        pad.merged[r, 2], pad.merged[r, 3] = 1, 1
    for a in range(len(layout.attribute) - 1):
        if not layout.attribute[a, INTERVAL]:
            gather_cells(layout, a, pad.barred, pad.room)
    size = pad.level[1, 1]
    end = size
    while True:
        _measure(layout, pad, m)
        i, j = _best_pair(pad.gain, m)
        if i < 0:
            break
        room = pad.merged[i, 1] - pad.merged[i, 0] + pad.merged[j, 1] - pad.merged[j, 0]
        if end + room + size > len(pad.entry):
            break
        end = _join(layout, kinds, pad, i, j, end)
    _pack(pad, n_rows, end)
    list_entries(layout, pad)


@inlined
def _measure(layout: Layout, pad: Pad, m: Num) -> None:
    """Write the gain of each pair of rows of which one changed."""
    for i in range(m):
        for j in range(i + 1, m):
            if pad.merged[i, 3] + pad.merged[j, 3] == 0:
                continue
            pad.gain[i, j] = -1
            if pad.merged[i, 2] * pad.merged[j, 2] != 0 and pad.row[i, COLUMN] == pad.row[j, COLUMN]:
                _pair_up(layout, pad, i, j)
                n, best = 0, -(2**62)
                for a in range(highest(pad.row[i, LEFT]) + 1):
                    rest = pad.work[a, 4]
                    if rest != 0:
                        best = max(best, pad.value[i, a] + pad.value[j, lowest(rest)])
                    while rest != 0 and n <= WIDTH:
                        n += 1
                        rest &= rest - 1
                if n <= WIDTH:
                    pad.gain[i, j] = pad.value[i, 0] + pad.value[j, 0] - best
    for i in range(m):
        pad.merged[i, 3] = 0


@inlined
def _best_pair(gain: I64, m: Num) -> tuple[Num, Num]:
    one, other, best = -1, -1, 0
    for i in range(m):
        for j in range(i + 1, m):
            if gain[i, j] > best:
                one, other, best = i, j, gain[i, j]
    return one, other


@inner_kernel
def _pair_up(layout: Layout, pad: Pad, i: Num, j: Num) -> None:
    """Write for each leaf of row i the leaves of row j that can be reached together with it, as bits."""
    entry = pad.entry
    for a in range(WIDTH):
        pad.work[a, 4] = pad.row[j, LEFT]
    for x in range(pad.merged[i, 0], pad.merged[i, 1]):
        e = entry[x, OF_ELEMENT]
        off_low, off_high = 0, 0  # leaves of j that are never reached where e is false (true)
        for y in range(pad.merged[j, 0], pad.merged[j, 1]):
            f = entry[y, OF_ELEMENT]
            if layout.test[e, OWNER] != layout.test[f, OWNER]:
                continue
            apart = _apart(layout, pad, e, f)
            off_low |= (entry[y, LOW_SIDE] if apart & 1 else 0) | (entry[y, HIGH_SIDE] if apart & 2 else 0)
            off_high |= (entry[y, LOW_SIDE] if apart & 4 else 0) | (entry[y, HIGH_SIDE] if apart & 8 else 0)
        if off_low | off_high != 0:
            for a in range(highest(pad.row[i, LEFT]) + 1):
                if (entry[x, LOW_SIDE] >> a) & 1:
                    pad.work[a, 4] &= ~off_low
                if (entry[x, HIGH_SIDE] >> a) & 1:
                    pad.work[a, 4] &= ~off_high


@inlined
def _apart(layout: Layout, pad: Pad, e: Num, f: Num) -> Num:
    """Tell which sides of two tests of one attribute have no allowed cell in common.

    Bits: e and f false, e false and f true, e true and f false, both true.
    """
    a = layout.test[e, OWNER]
    if layout.attribute[a, INTERVAL]:
        return (2 if f >= e else 0) | (4 if f <= e else 0)
    first, at_e, at_f = layout.attribute[a, WORDS], layout.test[e, ROW], layout.test[f, ROW]
    neither, only_f, only_e, both = 0, 0, 0, 0
    for w in range(layout.attribute[a + 1, WORDS] - first):
        cells, on_e, on_f = pad.room[first + w], layout.truth[at_e + w], layout.truth[at_f + w]
        neither |= cells & ~on_e & ~on_f
        only_f |= cells & ~on_e & on_f
        only_e |= cells & on_e & ~on_f
        both |= cells & on_e & on_f
    return (neither == 0) * 1 + (only_f == 0) * 2 + (only_e == 0) * 4 + (both == 0) * 8


@inlined
def _join(layout: Layout, kinds: Num, pad: Pad, i: Num, j: Num, end: Num) -> Num:
    """Make row i the product of rows i and j, with entries from `end` on; return their end."""
    pair, entry, value = pad.work, pad.entry, pad.value
    _pair_up(layout, pad, i, j)
    n = 0
    for a in range(highest(pad.row[i, LEFT]) + 1):
        rest = pad.work[a, 4]
        while rest != 0:
            pair[n, 0], pair[n, 1] = a, lowest(rest)
            pair[n, 2] = value[i, a] + value[j, pair[n, 1]]
            rest &= rest - 1
            q = n
            while q > 0 and pair[pair[q - 1, 3], 2] < pair[n, 2]:
                pair[q, 3] = pair[q - 1, 3]
                q -= 1
            pair[q, 3] = n
            n += 1
    begin, one = end, 1
    for which in range(2):
        source = i if which == 0 else j
        for x in range(pad.merged[source, 0], pad.merged[source, 1]):
            low, high = 0, 0
            for rank in range(n):
                leaf = pair[pair[rank, 3], which]
                low |= ((entry[x, LOW_SIDE] >> leaf) & 1) << rank
                high |= ((entry[x, HIGH_SIDE] >> leaf) & 1) << rank
            if low != 0 and high != 0:
                entry[end, OF_ELEMENT], entry[end, LOW_SIDE], entry[end, HIGH_SIDE] = entry[x, OF_ELEMENT], low, high
                end += 1
    change = -value[i, 0] - value[j, 0]
    deep = 0
    for rank in range(n):
        a, b = pair[pair[rank, 3], 0], pair[pair[rank, 3], 1]
        deep |= (((pad.row[i, DEEP] >> a) | (pad.row[j, DEEP] >> b)) & 1) << rank
        pair[pair[rank, 3], 0], pair[pair[rank, 3], 1] = value[i, WIDTH + a], value[j, WIDTH + b]
    _write_pairs(kinds, pad, i, n, pair)
    pad.row[i, LEFT], pad.row[i, DEEP] = -1 if n == WIDTH else (one << n) - 1, deep
    pad.total[pad.row[i, COLUMN], BOUND] += change + value[i, 0]
    pad.merged[i, 0], pad.merged[i, 1], pad.merged[i, 3] = begin, end, 1
    pad.merged[j, 2], pad.merged[j, 3] = 0, 1
    return end


@inlined
def _write_pairs(kinds: Num, pad: Pad, i: Num, n: Num, pair: I64) -> None:
    """Write the worths of a merged row; its kinds are numbered anew (by now the pairs are pairs of kinds)."""
    for rank in range(n):
        q = pair[rank, 3]
        pad.value[i, rank], pad.value[i, WIDTH + rank] = pair[q, 2], 0
        if kinds:
            pad.value[i, WIDTH + rank] = rank
            for other in range(rank):
                p = pair[other, 3]
                if pair[p, 0] == pair[q, 0] and pair[p, 1] == pair[q, 1]:
                    pad.value[i, WIDTH + rank] = pad.value[i, WIDTH + other]
                    break


@inlined
def _pack(pad: Pad, n_rows: Num, end: Num) -> None:
    """Move the rows that are left, and their entries, to the front."""
    size, live = end, 0
    for r in range(n_rows):
        if pad.merged[r, 2] == 0:
            continue
        first = size
        for x in range(pad.merged[r, 0], pad.merged[r, 1]):
            for part in range(OF_ROW, HIGH_SIDE + 1):
                pad.entry[size, part] = pad.entry[x, part]
            pad.entry[size, OF_ROW] = live
            size += 1
        if live != r:
            for part in range(LEFT, COLUMN + 1):
                pad.row[live, part] = pad.row[r, part]
            for leaf in range(2 * WIDTH):
                pad.value[live, leaf] = pad.value[r, leaf]
        pad.row[live, FIRST] = first - end
        live += 1
    for x in range(end, size):
        for part in range(OF_ROW, HIGH_SIDE + 1):
            pad.entry[x - end, part] = pad.entry[x, part]
    pad.row[live, FIRST] = size - end
    pad.level[1, 0], pad.level[1, 1] = live, size - end
