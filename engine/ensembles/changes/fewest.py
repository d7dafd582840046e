"""The fewest groups (attributes or features) whose change can leave O, and all sets of so few.

Sizes 1, 2, 3, … are tried. For one size sets are built group by group: the group with the greatest bound is chosen,
then banned, so that no set is met twice; groups whose bound is too low with what is chosen and banned are banned as
well. With one choice left the bounds are those of the box in which the groups are open; what they allow is searched.
For a question that any of its columns answers, each column has a hunt of its own. A group with one other cell must
change to it: fewer changes were refuted before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...kernels import I32, I64, Bools, Num, kernel, lean_kernel
from ..arrays.box import Box, box_at, fix_attribute
from ..arrays.layout import INTERVAL
from ..search.search import FOUND, NONE, UNKNOWN, search
from ..search.workspace import Pad
from .bounds import BANNED, CHOSEN, FREE, Room, new_room, next_choices, step_prices
from .leaf_groups import Edges, edges_of
from .narrow import Groups, Question, Run, open_within

_SIZE, _COLUMN, _DEPTH, _MODE, _COUNT, _AT, _LIMIT, _PROVED, _HITS = range(9)  # what the numbers of a hunt mean
_ENTER, _LAST, _LEAVE = range(3)
_ROUNDS_FIRST, _ROUNDS, _PATIENCE = 200, 10, 8


class Hunt(NamedTuple):
    """Where the search for sets stands: a call goes on where the last one stopped.

    Attributes
    ----------
    edges, room
        Bounds.
    path, last : ndarray of int32, shape (n_groups + 1,)
        The chosen groups; what is left to try as the last one.
    other : ndarray of int32, shape (n_groups,)
        The one cell that a group can change to; -1 where there is more than that to choose from.
    opened : ndarray of bool, shape (n_groups,)
        The groups that are open in the box (or changed to their other cell).
    numbers : ndarray of int64, shape (9,)
        Size, column, depth, mode, number of last ones, next of them, greatest size, greatest refuted size, sets found
        of this size.
    """

    edges: Edges
    room: Room
    path: I32
    last: I32
    other: I32
    opened: Bools
    numbers: I64


@dataclass(frozen=True, slots=True, eq=False)
class Fewest:
    """One answer of a hunt.

    Attributes
    ----------
    status : int
        ``FOUND``: a set of the fewest groups; ``NONE``: there are no more; ``UNKNOWN``: given up.
    groups : tuple of int
        The set, sorted.
    point : ndarray of int32
        A counterexample that changes only these groups.
    proved : int
        No set of so many groups, or fewer, is enough (sizes below the first one that was tried are not looked at).
    """

    status: int
    groups: tuple[int, ...]
    point: I32
    proved: int


class FewestGroups:
    """Finds all sets of the fewest groups that can be enough, one after another.

    Parameters
    ----------
    question : Question
        What is asked.
    groups : Groups
        What changes together; attributes of no group do not change.
    pad : Pad
        Room; its flag and its limit of nodes are obeyed (a pass over the edges counts as a node).
    run : callable
        ``run(kernel, *arguments)`` executes a kernel.
    limit : int
        The greatest size that is tried.
    start : int
        The first one: nothing is said of smaller sizes, and sets of which a part is enough may be left out.
    """

    def __init__(self, question: Question, groups: Groups, pad: Pad, run: Run, limit: int, start: int = 1) -> None:
        self._question, self._groups, self._pad, self._run = question, groups, pad, run
        n = len(groups.at) - 1
        group_of = np.full(len(question.cells), -1, np.int32)
        for g in range(n):
            group_of[groups.members[groups.at[g] : groups.at[g + 1]]] = g
        self._group_of = group_of
        self._box = box_at(question.layout, question.columns, question.cells)
        self._numbers = np.array([start, 0, 0, _ENTER, 0, 0, min(limit, n), start - 1, 0], np.int64)
        self._hunt: Hunt | None = None
        self._seen: set[tuple[int, ...]] = set()

    def _begin(self) -> int:
        """Build the edges; ``UNKNOWN`` if the pad's flag stopped it."""
        n = len(self._groups.at) - 1
        other = other_cells(self._question, self._groups)
        edges = edges_of(self._question, self._group_of, other, self._pad.flag)
        if edges is None:
            return UNKNOWN
        self._hunt = Hunt(
            edges, new_room(edges, n), np.zeros(n + 1, np.int32), np.zeros(n + 1, np.int32),
            other, np.zeros(n, np.bool_), self._numbers,
        )  # fmt: skip
        return NONE

    def find(self) -> Fewest:
        """Return the next set, or go on where a call was given up."""
        numbers = self._numbers
        if self._hunt is None:
            self._run(self._begin)
        if self._hunt is None:
            return Fewest(UNKNOWN, (), self._pad.point.copy(), int(numbers[_PROVED]))
        while True:
            status = int(self._run(fewest_groups, self._question, self._box, self._groups, self._hunt, self._pad))
            chosen: tuple[int, ...] = ()
            if status == FOUND:
                size, at = int(numbers[_SIZE]), int(numbers[_AT]) - 1
                chosen = tuple(sorted([*self._hunt.path[: size - 1].tolist(), int(self._hunt.last[at])]))
                if chosen in self._seen:  # another column allows it as well
                    continue
                self._seen.add(chosen)
            return Fewest(status, chosen, self._pad.point.copy(), int(numbers[_PROVED]))

    def __iter__(self) -> Iterator[Fewest]:
        while (found := self.find()).status == FOUND:
            yield found


@kernel
def other_cells(q: Question, groups: Groups) -> I32:
    """Return the cell that each group of one attribute must change to if it changes; -1 where it has a choice."""
    out = np.full(len(groups.at) - 1, -1, np.int32)
    for g in range(len(out)):
        if groups.at[g + 1] - groups.at[g] != 1:
            continue
        a = np.int64(groups.members[groups.at[g]])
        if q.layout.attribute[a, INTERVAL] and q.outer.hi[a] - q.outer.lo[a] == 1:
            out[g] = q.outer.lo[a] + q.outer.hi[a] - q.cells[a]
    return out


@lean_kernel
def _explore(hunt: Hunt, first: Num, last: Num, pad: Pad) -> Num:
    """Bound the next choices, with better prices where that is worth its time; return how many are left."""
    edges, room, numbers = hunt.edges, hunt.room, hunt.numbers
    depth = numbers[_DEPTH]
    left = numbers[_SIZE] - depth
    count = next_choices(edges, first, last, left, depth, room)
    pad.spent[0] += 1
    if left == 1:
        return count
    limit = _ROUNDS_FIRST if depth == 0 else _ROUNDS
    pace, least, waited = 1.0, np.inf, 0
    rounds = 0
    while count > 1 and rounds < min(limit, count if left > 2 else count // 2) and pad.flag[0] == 0:
        bound = 0.0
        for k in range(first, last):
            bound += step_prices(edges, k, left, pace, room) - edges.need[k]
        waited += 1
        if bound < 0.99 * least:
            least, waited = bound, 0
        elif waited > _PATIENCE:
            pace, waited = pace / 2, 0
            if pace < 0.05:
                break
        count = next_choices(edges, first, last, left, depth, room)
        pad.spent[0] += 1
        rounds += 1
    return count


@lean_kernel
def _check(q: Question, box: Box, groups: Groups, hunt: Hunt, g: Num, only: Num, pad: Pad) -> Num:
    """Search the box in which the chosen groups and g are open."""
    depth = hunt.numbers[_DEPTH]
    for other in range(len(hunt.opened)):
        wanted = hunt.room.state[other] == CHOSEN or other == g
        if wanted == hunt.opened[other]:
            continue
        hunt.opened[other] = wanted
        for i in range(groups.at[other], groups.at[other + 1]):
            a = np.int64(groups.members[i])
            if not wanted:
                fix_attribute(q.layout, box, a, q.cells[a])
            elif hunt.other[other] >= 0:
                fix_attribute(q.layout, box, a, hunt.other[other])
            else:
                open_within(q, box, a)
    for k in range(len(box.bound)):
        if (only < 0 or k == only) and box.bound[k] < q.columns.need[k]:
            return NONE
    hunt.path[depth] = g
    return search(q.layout, q.sums, q.columns, box, only, q.cells, pad)


@lean_kernel
def _unban(hunt: Hunt, depth: Num) -> None:
    for g in range(len(hunt.room.state)):
        if hunt.room.level[g] == depth:
            hunt.room.level[g], hunt.room.state[g] = -1, FREE


@lean_kernel
def _try_last(q: Question, box: Box, groups: Groups, hunt: Hunt, only: Num, pad: Pad) -> Num:
    """Search with each group that the bounds allow as the last one, from where it stopped."""
    numbers = hunt.numbers
    while numbers[_AT] < numbers[_COUNT]:
        answer = _check(q, box, groups, hunt, hunt.last[numbers[_AT]], only, pad)
        if answer == UNKNOWN:
            return UNKNOWN
        numbers[_AT] += 1
        if answer == FOUND:
            numbers[_HITS] += 1
            return FOUND
    return NONE


@lean_kernel
def _choose(hunt: Hunt, count: Num) -> None:
    """Go one group deeper, or list the last ones, or turn back."""
    room, numbers = hunt.room, hunt.numbers
    if count == 0:
        numbers[_MODE] = _LEAVE
        return
    n, best = 0, -1
    for g in range(len(room.state)):
        if room.state[g] == FREE:
            hunt.last[n] = g
            n += 1
            if best < 0 or room.bound[g] > room.bound[best]:
                best = g
    if numbers[_SIZE] - numbers[_DEPTH] == 1:
        numbers[_MODE], numbers[_COUNT], numbers[_AT] = _LAST, n, 0
    else:
        hunt.path[numbers[_DEPTH]] = best
        room.state[best] = CHOSEN
        numbers[_DEPTH] += 1


@lean_kernel
def _leave(hunt: Hunt, n_hunts: Num) -> Num:
    """Ban the last chosen group where it was chosen; at the top go on to the next column or size. False: no more."""
    room, numbers = hunt.room, hunt.numbers
    _unban(hunt, numbers[_DEPTH])
    numbers[_MODE] = _ENTER
    if numbers[_DEPTH] > 0:
        numbers[_DEPTH] -= 1
        g = hunt.path[numbers[_DEPTH]]
        room.state[g], room.level[g] = BANNED, numbers[_DEPTH]
        return True
    numbers[_COLUMN] += 1
    if numbers[_COLUMN] < n_hunts:
        return True
    if numbers[_HITS] == 0:
        numbers[_PROVED] = numbers[_SIZE]
    if numbers[_HITS] > 0 or numbers[_SIZE] >= numbers[_LIMIT]:
        numbers[_COLUMN], numbers[_LIMIT] = n_hunts, 0
        return False
    numbers[_COLUMN] = 0
    numbers[_SIZE] += 1
    return True


@lean_kernel
def fewest_groups(q: Question, box: Box, groups: Groups, hunt: Hunt, pad: Pad) -> Num:
    """Find the next set of the fewest groups that is enough.

    Returns
    -------
    int
        ``FOUND``: the chosen groups and the last one that was tried, with ``pad.point``; ``NONE``: all sets of the
        fewest groups were found, or there is none within the limit; ``UNKNOWN``: given up (a call goes on from there).
    """
    numbers = hunt.numbers
    n_hunts = 1 if q.columns.together else len(q.columns.need)
    if numbers[_COLUMN] >= n_hunts or numbers[_SIZE] > numbers[_LIMIT]:
        return NONE
    while True:
        only = -1 if q.columns.together else numbers[_COLUMN]
        if numbers[_MODE] == _ENTER:
            if pad.flag[0] != 0 or pad.spent[0] > pad.spent[1]:
                return UNKNOWN
            first, last = (0, len(q.columns.need)) if only < 0 else (only, only + 1)
            _choose(hunt, _explore(hunt, first, last, pad))
        elif numbers[_MODE] == _LAST:
            answer = _try_last(q, box, groups, hunt, only, pad)
            if answer != NONE:
                return answer
            numbers[_MODE] = _LEAVE
        elif not _leave(hunt, n_hunts):
            return NONE
