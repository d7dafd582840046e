"""Clauses of the hitting-set problem of an ensemble: counterexamples that differ on a minimal set of variables.

A set of variables is tried. While there is a counterexample, it is narrowed: variables on which it differs are put
back, without a search if the point stays bad, then by searches in the rest. What is left is a clause; one of its
variables is added to the set, and the next counterexample is looked for, until the set holds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...kernels import F64, I32, I64, Bools, Num, lean_kernel
from ..arrays.box import Box, bounds_decide, copy_point, refresh_cells, set_range
from ..arrays.layout import CELLS, COUNT, INTERVAL, Layout
from ..arrays.sums import Arithmetic, Columns
from ..search.search import FOUND, NONE, UNKNOWN, box_holds, is_bad
from ..search.workspace import Pad
from .covering import Units

FULL = 3  # no room for further clauses


class Asked(NamedTuple):
    """A question about an instance, with its variables.

    Attributes
    ----------
    layout, sums, columns
        The ensemble, and what is outside O.
    cells : ndarray of int32, shape (n_attributes,)
        The instance.
    units : Units
        Which variable excludes a cell.
    """

    layout: Layout
    sums: Arithmetic
    columns: Columns
    cells: I32
    units: Units


class Work(NamedTuple):
    """Where a search stands, so that it can go on, and what it has found.

    Attributes
    ----------
    on : ndarray of bool, shape (n_variables,)
        The set that is tried.
    left : ndarray of bool, shape (n_variables,)
        While narrowing: all variables but those that may still differ.
    point : ndarray of int32, shape (n_attributes,)
        The counterexample.
    step : ndarray of int64, shape (5,)
        Whether a counterexample is being narrowed; how far; number of clauses; number of nodes for one narrowing step,
        and for one counterexample after the first.
    clauses : ndarray of bool, shape (m, n_variables)
        Room for clauses.
    points : ndarray of int32, shape (m, n_attributes)
        Their counterexamples.
    weight : ndarray of float64, shape (n_variables,)
        How much the clauses so far want each variable.
    order : ndarray of int32, shape (n_variables,)
        Variables in the order in which they are put back.
    """

    on: Bools
    left: Bools
    point: I32
    step: I64
    clauses: Bools
    points: I32
    weight: F64
    order: I32


@lean_kernel
def place_attribute(asked: Asked, box: Box, a: Num, on: Bools) -> None:
    """Allow the cells of an attribute that no true variable excludes."""
    layout, units, cell = asked.layout, asked.units, np.int64(asked.cells[a])
    at = units.at[a]
    if layout.attribute[a, INTERVAL]:
        lo, hi = cell, cell
        while lo > 0 and (units.block[at + lo - 1] < 0 or not on[units.block[at + lo - 1]]):
            lo -= 1
        while hi < layout.attribute[a, COUNT] - 1 and (
            units.block[at + hi + 1] < 0 or not on[units.block[at + hi + 1]]
        ):
            hi += 1
        if lo != box.lo[a] or hi != box.hi[a]:
            set_range(layout, box, a, lo, hi)
        return
    begin = layout.attribute[a, CELLS]
    changed = False
    for c in range(layout.attribute[a, COUNT]):
        v = units.block[at + c]
        barred = 1 if v >= 0 and on[v] else 0
        changed = changed or barred != box.barred[begin + c]
        box.barred[begin + c] = barred
    if changed:
        refresh_cells(layout, box, a)


@lean_kernel
def place_units(asked: Asked, box: Box, on: Bools) -> None:
    """Make the box what a set of variables leaves."""
    for a in range(len(asked.cells)):
        place_attribute(asked, box, a, on)


@lean_kernel
def flip(asked: Asked, box: Box, v: Num, on: Bools, value: Num) -> None:
    """Change one variable, and the box with it."""
    on[v] = value
    for i in range(asked.units.member_at[v], asked.units.member_at[v + 1]):
        place_attribute(asked, box, asked.units.members[i], on)


@lean_kernel
def ask(asked: Asked, box: Box, pad: Pad) -> Num:
    """Answer for the box."""
    if bounds_decide(asked.columns, box):
        return NONE
    return box_holds(asked.layout, asked.sums, asked.columns, box, asked.cells, pad)


@lean_kernel
def _pull(asked: Asked, point: I32, v: Num, pad: Pad) -> None:
    """Put the attributes of a variable back if the point stays bad."""
    units = asked.units
    differs = False
    copy_point(pad.point, point)
    for i in range(units.member_at[v], units.member_at[v + 1]):
        a = np.int64(units.members[i])
        if units.block[units.at[a] + point[a]] == v:
            differs = True
            pad.point[a] = asked.cells[a]
    if differs and is_bad(asked.layout, asked.sums, pad.point, pad):
        copy_point(point, pad.point)


@lean_kernel
def _take(asked: Asked, box: Box, work: Work, pad: Pad) -> None:
    """Bring the new point near without searches; only its variables may differ from now on."""
    for i in range(work.step[1], len(work.order)):
        if not work.left[work.order[i]]:
            _pull(asked, work.point, work.order[i], pad)
    for v in range(len(work.left)):
        work.left[v] = True
    for a in range(len(work.point)):
        v = asked.units.block[asked.units.at[a] + work.point[a]]
        if v >= 0:
            work.left[v] = False
    place_units(asked, box, work.left)


@lean_kernel
def _record(work: Work) -> Num:
    """Write the clause down; return the variable that clauses want most among its own (-1: it is empty)."""
    row = work.step[2]
    size = 0
    for v in range(len(work.left)):
        work.clauses[row, v] = not work.left[v]
        size += 0 if work.left[v] else 1
    for a in range(len(work.point)):
        work.points[row, a] = work.point[a]
    work.step[2] += 1
    share = 0.5 ** min(size, 50)
    best = -1
    for v in range(len(work.left)):
        if not work.left[v]:
            work.weight[v] += share
            if best < 0 or work.weight[v] > work.weight[best]:
                best = v
    return best


@lean_kernel
def _next(work: Work) -> Num:
    """Return the next variable to put back, or -1."""
    while work.step[1] < len(work.order):
        v = np.int64(work.order[work.step[1]])
        if not work.left[v]:
            return v
        work.step[1] += 1
    return -1


@lean_kernel
def gather(asked: Asked, box: Box, work: Work, pad: Pad) -> Num:
    """Add to the set, one clause after another, until it holds.

    Returns
    -------
    int
        ``NONE``: the set holds; ``FULL``: enough clauses (no room, or the next one takes too long), or one that is
        empty; ``UNKNOWN``: given up (to be called again).
    """
    limit = pad.spent[1]
    place_units(asked, box, work.on if work.step[0] == 0 else work.left)
    while work.step[2] < len(work.clauses):
        v = -1
        if work.step[0] == 1:
            v = _next(work)
            if v < 0:  # nothing more can be put back
                added = _record(work)
                if added < 0:
                    return FULL
                _turn_on(asked, work, added)
                place_units(asked, box, work.on)
                work.step[0] = 0
                continue
            flip(asked, box, v, work.left, True)
            pad.spent[1] = min(limit, pad.spent[0] + work.step[3])
        elif work.step[2] > 0:  # the proposal is refuted already
            pad.spent[1] = min(limit, pad.spent[0] + work.step[4])
        answer = ask(asked, box, pad)  # the only call: every copy of the search takes seconds to compile
        pad.spent[1] = limit
        if answer == FOUND:
            if v < 0:
                copy_point(work.left, work.on)
                work.step[0], work.step[1] = 1, 0
            copy_point(work.point, pad.point)
            _take(asked, box, work, pad)
            continue
        if v >= 0:
            flip(asked, box, v, work.left, False)
        if answer == UNKNOWN and (pad.flag[0] != 0 or pad.spent[0] > limit):
            return UNKNOWN
        if v < 0:
            return FULL if answer == UNKNOWN else answer
        work.step[1] += 1
    return FULL


@lean_kernel
def _turn_on(asked: Asked, work: Work, v: Num) -> None:
    """Add a variable to the set; of a listed attribute all of them, so that the set is one of literals."""
    work.on[v] = True
    units = asked.units
    a = np.int64(units.members[units.member_at[v]])
    if not units.whole[v] and not asked.layout.attribute[a, INTERVAL]:
        for c in range(units.at[a], units.at[a + 1]):
            if units.block[c] >= 0:
                work.on[units.block[c]] = True


@lean_kernel
def drop_units(asked: Asked, box: Box, on: Bools, order: I32, done: I64, pad: Pad) -> Num:
    """Make variables of a set that holds false, one after another, while it still does.

    Only what a variable newly allows is searched: the rest of the box held before.
    """
    place_units(asked, box, on)
    while done[0] < len(order):
        v = np.int64(order[done[0]])
        if on[v] and asked.units.whole[v]:
            answer = _slabs(asked, box, v, on, pad)
            on[v] = answer != NONE
            for i in range(asked.units.member_at[v], asked.units.member_at[v + 1]):
                place_attribute(asked, box, asked.units.members[i], on)
            if answer == UNKNOWN:
                return UNKNOWN
        done[0] += 1
    return NONE


@lean_kernel
def _slabs(asked: Asked, box: Box, v: Num, on: Bools, pad: Pad) -> Num:
    """Answer for what a variable excludes, attribute by attribute; those that hold are opened in the box."""
    layout, units = asked.layout, asked.units
    for i in range(units.member_at[v], units.member_at[v + 1]):
        a = np.int64(units.members[i])
        at, cell, last = units.at[a], np.int64(asked.cells[a]), layout.attribute[a, COUNT] - 1
        for part in range(2):
            if layout.attribute[a, INTERVAL]:
                lo, hi = (cell + 1, last) if part == 0 else (0, cell - 1)
                if lo > hi or units.block[at + lo] != v:
                    continue
                set_range(layout, box, a, lo, hi)
            else:
                if part > 0 or last == 0:
                    continue
                for c in range(last + 1):
                    box.barred[layout.attribute[a, CELLS] + c] = 0 if units.block[at + c] == v else 1
                refresh_cells(layout, box, a)
            answer = ask(asked, box, pad)
            if answer != NONE:
                return answer
        on[v] = False
        place_attribute(asked, box, a, on)
        on[v] = True
    return NONE
