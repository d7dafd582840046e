"""Bringing a counterexample as near to the instance as it goes: one contrastive reason.

Every contrastive reason is the set of literals on which the instance and some input outside O differ, and no other
input outside O differs on a proper part of them. So a known counterexample is narrowed: the **span** of the instance
and the point holds the inputs that differ on no other literals. An attribute is put back if the point stays outside O,
or if a search finds another one in the rest of the span; the span of the new point takes its place. What was refused
stays refused, because spans only shrink: the last point is minimal.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from ...kernels import I32, I64, Bools, Num, inner_kernel, kernel, lean_kernel
from ..arrays.box import Box, box_at, copy_point, fix_attribute, refresh_cells, set_range, side_in_cell
from ..arrays.cells import fill_set, in_set, keep_alike
from ..arrays.layout import BASE, CELLS, COUNT, INTERVAL, OWNER, Layout, true_in
from ..arrays.sums import Arithmetic, Columns
from ..search.search import FOUND, NONE, UNKNOWN, box_holds, is_bad
from ..search.workspace import Pad

_PULLS = 64  # cells of one attribute that are tried without a search

Run = Callable[..., Any]  # run(kernel, *arguments): the caller's way to execute a kernel under its deadline


class Outer(NamedTuple):
    """The cells that an input may have at most; those of the instance are among them.

    Attributes
    ----------
    lo, hi : ndarray of int32, shape (n_attributes,)
        Range of the cells of interval attributes.
    barred : ndarray of int32
        For the other attributes: 0 where a cell is allowed, at ``cell_base[a] + cell``.
    """

    lo: I32
    hi: I32
    barred: I32


class Question(NamedTuple):
    """What is asked of an ensemble at an instance.

    Attributes
    ----------
    layout, sums, columns
        The ensemble and what is outside O.
    cells : ndarray of int32, shape (n_attributes,)
        The instance.
    outer : Outer
        Where inputs are looked for.
    """

    layout: Layout
    sums: Arithmetic
    columns: Columns
    cells: I32
    outer: Outer


class Groups(NamedTuple):
    """Attributes that change together (features): those of g are ``members[at[g]:at[g + 1]]``."""

    at: I64
    members: I32


@dataclass(frozen=True, slots=True, eq=False)
class Narrowed:
    """A counterexample brought near.

    Attributes
    ----------
    status : int
        ``NONE``: nothing nearer is there (what differs is a contrastive reason); ``UNKNOWN``: a search was given up.
    point : ndarray of int32, shape (n_attributes,)
        The counterexample.
    done : int
        How many entries of the order are finished: where to go on from.
    """

    status: int
    point: I32
    done: int


def everywhere(layout: Layout) -> Outer:
    """Return the box of all cells."""
    lo = np.zeros(layout.n_attributes, np.int32)
    return Outer(lo, (layout.n_cells - 1).astype(np.int32), np.zeros(layout.n_listed_cells, np.int32))


def single_groups(layout: Layout) -> Groups:
    """Return one group for each attribute."""
    n = layout.n_attributes
    return Groups(np.arange(n + 1, dtype=np.int64), np.arange(n, dtype=np.int32))


def narrowed_literals(question: Question, point: I32, order: I32, pad: Pad, run: Run, done: int = 0) -> Narrowed:
    """Return the counterexample that differs on a minimal set of literals, from one in the outer box.

    Parameters
    ----------
    question : Question
        What is asked.
    point : ndarray of int32, shape (n_attributes,)
        A counterexample in the outer box (it is not changed).
    order : ndarray of int32
        Attributes to bring back, first those that are to stay as they are most of all; all that may differ.
    pad : Pad
        Room; its flag and its limit of nodes are obeyed.
    run : callable
        ``run(kernel, *arguments)`` executes a kernel.
    done : int
        How many entries of the order an earlier call finished.
    """
    box = box_at(question.layout, question.columns, question.cells)
    nearer, count = point.astype(np.int32), np.array([done], np.int64)
    status = run(narrow_literals, question, box, nearer, order, count, pad)
    return Narrowed(int(status), nearer, int(count[0]))


def narrowed_groups(
    question: Question, groups: Groups, point: I32, order: I32, pad: Pad, run: Run, done: int = 0
) -> Narrowed:
    """Return a counterexample that differs on a minimal set of groups; arguments as in ``narrowed_literals``."""
    box = box_at(question.layout, question.columns, question.cells)
    nearer, count = point.astype(np.int32), np.array([done], np.int64)
    status = run(narrow_groups, question, box, groups, nearer, order, count, pad)
    return Narrowed(int(status), nearer, int(count[0]))


@kernel
def differing_elements(layout: Layout, cells: I32, point: I32) -> Bools:
    """Return the elements whose literals are true at the instance and false at the point."""
    out = np.zeros(len(layout.test), np.bool_)
    for e in range(len(out)):
        a = layout.test[e, OWNER]
        out[e] = cells[a] != point[a] and side_in_cell(layout, a, e, cells[a]) != side_in_cell(layout, a, e, point[a])
    return out


@kernel
def differing_groups(groups: Groups, cells: I32, point: I32) -> Bools:
    """Return the groups on which the point differs from the instance."""
    out = np.zeros(len(groups.at) - 1, np.bool_)
    for g in range(len(out)):
        out[g] = _differs(groups, g, cells, point)
    return out


@lean_kernel
def _differs(groups: Groups, g: Num, cells: I32, point: I32) -> Num:
    differs = False
    for i in range(groups.at[g], groups.at[g + 1]):
        differs = differs or point[groups.members[i]] != cells[groups.members[i]]
    return differs


@inner_kernel
def write_span(layout: Layout, a: Num, cell: Num, far: Num, room: I64) -> None:
    """Write the cells of a listed attribute that differ from `cell` on no literal on which `far` does not."""
    fill_set(layout, a, room, -1)
    for e in range(layout.attribute[a, BASE], layout.attribute[a + 1, BASE]):
        if true_in(layout.test, layout.truth, e, far) == true_in(layout.test, layout.truth, e, cell):
            keep_alike(layout, a, e, cell, room)


@lean_kernel
def span_attribute(q: Question, box: Box, a: Num, far: Num) -> None:
    """Allow what is between the instance's cell and another one on an attribute."""
    cell, far = np.int64(q.cells[a]), np.int64(far)
    if q.layout.attribute[a, INTERVAL]:
        lo, hi = min(cell, far), max(cell, far)
        if box.lo[a] != lo or box.hi[a] != hi:
            set_range(q.layout, box, a, lo, hi)
        return
    begin = q.layout.attribute[a, CELLS]
    changed = False
    write_span(q.layout, a, cell, far, box.room)
    for c in range(q.layout.attribute[a, COUNT]):
        barred = 0 if q.outer.barred[begin + c] == 0 and in_set(q.layout, a, c, box.room) else 1
        changed = changed or barred != box.barred[begin + c]
        box.barred[begin + c] = barred
    if changed:
        refresh_cells(q.layout, box, a)


@lean_kernel
def open_within(q: Question, box: Box, a: Num) -> None:
    """Allow all cells of an attribute that the outer box has."""
    if q.layout.attribute[a, INTERVAL]:
        lo, hi = np.int64(q.outer.lo[a]), np.int64(q.outer.hi[a])
        if box.lo[a] != lo or box.hi[a] != hi:
            set_range(q.layout, box, a, lo, hi)
        return
    begin = q.layout.attribute[a, CELLS]
    changed = False
    for c in range(q.layout.attribute[a, COUNT]):
        changed = changed or (q.outer.barred[begin + c] != 0) != (box.barred[begin + c] != 0)
        box.barred[begin + c] = 0 if q.outer.barred[begin + c] == 0 else 1
    if changed:
        refresh_cells(q.layout, box, a)


@lean_kernel
def pull_attribute(q: Question, point: I32, a: Num, pad: Pad) -> None:
    """Bring the point's cell on one attribute nearer as long as the point stays bad, without a search."""
    cell, far = np.int64(q.cells[a]), np.int64(point[a])
    if far == cell:
        return
    if q.layout.attribute[a, INTERVAL]:
        step = 1 if far > cell else -1
        tries: Num = min(_PULLS, abs(far - cell))
        for i in range(tries):
            point[a] = cell + step * i
            if is_bad(q.layout, q.sums, point, pad):
                return
        point[a] = far
        return
    point[a] = cell
    if is_bad(q.layout, q.sums, point, pad):
        return
    point[a] = far
    write_span(q.layout, a, cell, far, pad.room)
    c = 0
    while c < q.layout.attribute[a, COUNT]:
        old = np.int64(point[a])
        c += 1
        if q.outer.barred[q.layout.attribute[a, CELLS] + c - 1] != 0 or c - 1 == cell or c - 1 == old:
            continue
        if in_set(q.layout, a, c - 1, pad.room):
            point[a] = c - 1
            if is_bad(q.layout, q.sums, point, pad):
                write_span(q.layout, a, cell, c - 1, pad.room)
                c = 0  # cells that were refused before the move may be tried again: few are left
            else:
                point[a] = old


@lean_kernel
def _take(q: Question, box: Box, point: I32, order: I32, first: Num, pad: Pad) -> None:
    """Bring the point near without searches, and make the box its span."""
    for i in range(first, len(order)):
        pull_attribute(q, point, order[i], pad)
    for a in range(len(point)):
        span_attribute(q, box, a, point[a])


@lean_kernel
def _narrow_interval(q: Question, box: Box, point: I32, order: I32, first: Num, pad: Pad) -> Num:
    """Bring one attribute's cell as near as the span has a counterexample; return UNKNOWN if a search stopped."""
    a = np.int64(order[first])
    cell = np.int64(q.cells[a])
    refused: Num = -1  # so many steps from the instance's cell there is none
    found = False
    while abs(point[a] - cell) > refused + 1:
        extent = abs(point[a] - cell)
        goal = 0 if refused < 0 else extent - 1
        if found and refused >= 0:  # halves from here on
            goal = (refused + extent) // 2
        edge = cell + goal if point[a] > cell else cell - goal
        set_range(q.layout, box, a, min(cell, edge), max(cell, edge))
        answer = box_holds(q.layout, q.sums, q.columns, box, q.cells, pad)
        if answer == FOUND:
            copy_point(point, pad.point)
            found = True
            _take(q, box, point, order, first, pad)
            continue
        span_attribute(q, box, a, point[a])
        if answer == UNKNOWN:
            return UNKNOWN
        refused = goal
    return NONE


@lean_kernel
def _narrow_listed(q: Question, box: Box, point: I32, order: I32, first: Num, pad: Pad) -> Num:
    """Keep more literals of one listed attribute, each with what it implies, while a counterexample is left."""
    a = np.int64(order[first])
    cell, begin = np.int64(q.cells[a]), q.layout.attribute[a, CELLS]
    e: Num = q.layout.attribute[a, BASE] - 1  # first all of them at once
    while e < q.layout.attribute[a + 1, BASE] and point[a] != cell:
        if e < q.layout.attribute[a, BASE]:
            fix_attribute(q.layout, box, a, cell)
        else:
            here, left = side_in_cell(q.layout, a, e, cell), 0
            if here != side_in_cell(q.layout, a, e, np.int64(point[a])):
                for c in range(q.layout.attribute[a, COUNT]):
                    left += box.barred[begin + c] == 0 and side_in_cell(q.layout, a, e, c) == here
            if left <= 1:  # the point agrees on it, or no other cell than the instance's does (that was refused first)
                e += 1
                continue
            for c in range(q.layout.attribute[a, COUNT]):
                if side_in_cell(q.layout, a, e, c) != here:
                    box.barred[begin + c] = 1
            refresh_cells(q.layout, box, a)
        answer = box_holds(q.layout, q.sums, q.columns, box, q.cells, pad)
        if answer == FOUND:
            copy_point(point, pad.point)
            _take(q, box, point, order, first, pad)
        else:
            span_attribute(q, box, a, point[a])
            if answer == UNKNOWN:
                return UNKNOWN
        e += 1
    return NONE


@lean_kernel
def narrow_literals(q: Question, box: Box, point: I32, order: I32, done: I64, pad: Pad) -> Num:
    """Make a counterexample one that differs on a minimal set of literals.

    Parameters
    ----------
    q : Question
        What is asked.
    box : Box
        Any box over the question's layout; the span of instance and point at the end.
    point : ndarray of int32, shape (n_attributes,)
        A counterexample in the outer box; a minimal one at the end.
    order : ndarray of int32
        Attributes to bring back.
    done : ndarray of int64, shape (1,)
        How many of them are finished (a search that was given up goes on from there).

    Returns
    -------
    int
        ``NONE`` if nothing nearer is left, ``UNKNOWN`` if a search was given up (the point is a counterexample).
    """
    _take(q, box, point, order, done[0], pad)
    while done[0] < len(order):
        if q.layout.attribute[order[done[0]], INTERVAL]:
            answer = _narrow_interval(q, box, point, order, done[0], pad)
        else:
            answer = _narrow_listed(q, box, point, order, done[0], pad)
        if answer == UNKNOWN:
            return UNKNOWN
        done[0] += 1
    return NONE


@lean_kernel
def _take_groups(q: Question, box: Box, groups: Groups, point: I32, order: I32, first: Num, pad: Pad) -> None:
    """Put back groups without searches; open in the box those that still differ, within the outer box."""
    for i in range(first, len(order)):
        g: Num = np.int64(order[i])
        if _differs(groups, g, q.cells, point):
            copy_point(pad.point, point)
            for j in range(groups.at[g], groups.at[g + 1]):
                pad.point[groups.members[j]] = q.cells[groups.members[j]]
            if is_bad(q.layout, q.sums, pad.point, pad):
                copy_point(point, pad.point)
    for g in range(len(groups.at) - 1):
        differs = _differs(groups, g, q.cells, point)
        for j in range(groups.at[g], groups.at[g + 1]):
            a = np.int64(groups.members[j])
            if differs:
                open_within(q, box, a)
            else:
                fix_attribute(q.layout, box, a, q.cells[a])


@lean_kernel
def narrow_groups(q: Question, box: Box, groups: Groups, point: I32, order: I32, done: I64, pad: Pad) -> Num:
    """Make a counterexample one that differs on a minimal set of groups; arguments as in ``narrow_literals``.

    An attribute of no group does not change. At the end the box is open, within the outer box, on the groups on which
    the point differs.
    """
    _take_groups(q, box, groups, point, order, done[0], pad)
    while done[0] < len(order):
        g = np.int64(order[done[0]])
        if _differs(groups, g, q.cells, point):
            for i in range(groups.at[g], groups.at[g + 1]):
                fix_attribute(q.layout, box, groups.members[i], q.cells[groups.members[i]])
            answer = box_holds(q.layout, q.sums, q.columns, box, q.cells, pad)
            if answer == FOUND:
                copy_point(point, pad.point)
            _take_groups(q, box, groups, point, order, done[0] + 1, pad)
            if answer == UNKNOWN:
                return UNKNOWN
        done[0] += 1
    return NONE
