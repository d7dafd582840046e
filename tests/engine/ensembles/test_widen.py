"""Widened boxes are what asking input by input leaves: literals and groups of listed and interval attributes."""

import itertools

import numpy as np
import pytest
from suffice.engine._native import (
    Box,
    is_bad,
    kept_in_box,
    loss_of_groups,
    place,
    set_box,
    shrink_groups,
    shrink_literals,
    written_literals,
)
from suffice.engine.ensembles.answers import ALONE, EXACT, NONE, QUICK, UNKNOWN

from tests.brute.amounts import some
from tests.engine.ensembles.change_cases import random_case, single_groups, truth_of


class Asked:
    """A case with all of its inputs, and a box around its instance."""

    def __init__(self, seed):
        self.case = random_case(seed)
        self.layout, self.problem, self.cells = self.case.layout, self.case.question.problem, self.case.question.cells
        self.work = self.case.work()
        self.box = Box(self.layout, self.problem.columns, self.cells)
        self.inputs = np.array(list(itertools.product(*(range(n) for n in self.layout.n_cells))), np.int32)
        self.bad = np.array([is_bad(self.problem, point, self.work) for point in self.inputs])
        self.guide, self.pool = self.cells.copy(), np.full((seed % 3, len(self.cells)), -1, np.int32)

    def holds(self, allowed):
        """Whether no input with an allowed cell of each attribute is bad."""
        inside = np.logical_and.reduce([mine[self.inputs[:, a]] for a, mine in enumerate(allowed)])
        return not (inside & self.bad).any()

    def allowed(self):
        """The cells that the box allows."""
        out = []
        for a, n in enumerate(self.layout.n_cells):
            if self.layout.interval[a]:
                out.append((np.arange(n) >= self.box.lo[a]) & (np.arange(n) <= self.box.hi[a]))
            else:
                first = self.layout.cell_base[a]
                out.append(self.box.barred[first : first + n] == 0)
        return out

    def excluded(self, a):
        """Which cells the literal of each element of an attribute excludes."""
        base = self.layout.base
        literals = self.case.space.element_literal[base[a] : base[a + 1]]
        own = truth_of(self.case.space, self.cells)
        rows = []
        for c in range(self.layout.n_cells[a]):
            there = self.cells.copy()
            there[a] = c
            rows.append(truth_of(self.case.space, there) != own)
        return np.array(rows)[:, np.abs(literals) - 1].T

    def only_the_instance(self):
        return [np.arange(n) == own for n, own in zip(self.layout.n_cells, self.cells, strict=True)]

    def one_after_another(self, order):
        """What is left where cell after cell is asked for, and the literals of listed attributes that are kept."""
        allowed, kept = self.only_the_instance(), np.ones(self.layout.n_elements, bool)
        for a in order:
            n, own = self.layout.n_cells[a], self.cells[a]
            excluded = self.excluded(a)
            mine = np.ones(len(excluded), bool)
            for target in [*range(own + 1, n), *range(own - 1, -1, -1)] if self.layout.interval[a] else range(n):
                left = mine & ~excluded[:, target]
                new = ~excluded[left].any(axis=0)
                if not allowed[a][target] and self.holds([*allowed[:a], new, *allowed[a + 1 :]]):
                    allowed[a], mine = new, left
            if not self.layout.interval[a]:
                kept[self.layout.base[a] : self.layout.base[a + 1]] = mine
        return allowed, kept


def asked(seed):
    found = Asked(seed)
    return found if found.holds(found.only_the_instance()) else None


@pytest.mark.parametrize("seed", range(some(60)))
def test_literals(seed):
    one = asked(seed)
    if one is None:
        pytest.skip("the instance breaks a clause or lies outside O")
    order = np.random.default_rng(seed).permutation(len(one.cells)).astype(np.int32)
    kept = np.ones(one.layout.n_elements, bool)
    end = (one.guide, one.pool, one.work)
    if seed % 2:  # what bounds say first changes what is left, not that it is maximal
        for mode in (ALONE, QUICK):
            assert shrink_literals(one.problem, one.box, one.cells, kept, order, mode, *end) == NONE
            assert one.holds(one.allowed())
    assert shrink_literals(one.problem, one.box, one.cells, kept, order, EXACT, *end) == NONE
    allowed = one.allowed()
    assert one.holds(allowed)
    for a in range(len(one.cells)):
        excluded = one.excluded(a)
        closed = ~excluded[:, allowed[a]].any(axis=1)
        for e in np.nonzero(closed)[0]:
            left = closed.copy()
            left[e] = False
            wider = ~excluded[left].any(axis=0)
            assert (wider == allowed[a]).all() or not one.holds([*allowed[:a], wider, *allowed[a + 1 :]])
    if seed % 2 == 0:
        wanted, still = one.one_after_another(order)
        assert all((mine == theirs).all() for mine, theirs in zip(allowed, wanted, strict=True))
        listed = np.repeat(~one.layout.interval, np.diff(one.layout.base))
        assert (kept[listed] == still[listed]).all()
    closed = np.zeros(one.layout.n_elements, bool)
    kept_in_box(one.layout, one.box, closed)
    again = Box(one.layout, one.problem.columns, one.cells)
    set_box(one.layout, again, one.cells, closed, False)
    assert (again.bound == one.box.bound).all() and (again.side == one.box.side).all()


@pytest.mark.parametrize("seed", range(some(60)))
def test_groups(seed):
    one = asked(seed)
    if one is None:
        pytest.skip("the instance breaks a clause or lies outside O")
    groups = one.case.groups if seed % 2 else single_groups(one.layout)
    order = np.random.default_rng(seed).permutation(groups.n).astype(np.int32)
    wanted = one.only_the_instance()
    for g in order:
        members = groups.members[groups.at[g] : groups.at[g + 1]].tolist()
        wider = [np.ones_like(mine) if a in members else mine for a, mine in enumerate(wanted)]
        wanted = wider if one.holds(wider) else wanted
    free = np.zeros(groups.n, bool)
    if seed % 3 == 0:
        free[:] = [
            all(wanted[a].all() for a in groups.members[groups.at[g] : groups.at[g + 1]]) for g in range(groups.n)
        ]
        known = free.copy()
        free &= np.random.default_rng(seed).random(groups.n) < 0.5
        kept = np.ones(one.layout.n_elements, bool)
        for g in np.nonzero(free)[0]:
            for a in groups.members[groups.at[g] : groups.at[g + 1]]:
                kept[one.layout.base[a] : one.layout.base[a + 1]] = False
        set_box(one.layout, one.box, one.cells, kept, False)
        order = order[np.argsort(~known[order], kind="stable")]
    end = (one.guide, one.pool, one.work)
    assert shrink_groups(one.problem, one.box, one.cells, free, groups, order, EXACT, *end) == NONE
    assert all((mine == theirs).all() for mine, theirs in zip(one.allowed(), wanted, strict=True))
    for g in range(groups.n):
        assert free[g] == all(wanted[a].all() for a in groups.members[groups.at[g] : groups.at[g + 1]])


@pytest.mark.parametrize("seed", range(some(40)))
def test_written_literals_are_those_that_others_do_not_imply(seed):
    one, rng = Asked(seed), np.random.default_rng(seed)
    for _ in range(8):
        kept = rng.random(one.layout.n_elements) < rng.random()
        wanted = np.zeros_like(kept)
        for a in range(len(one.cells)):
            base, excluded = one.layout.base[a], one.excluded(a)
            closed = ~excluded[:, ~excluded[kept[base : base + len(excluded)]].any(axis=0)].any(axis=1)
            kept[base : base + len(excluded)] = closed
            left = closed.copy()
            for e in sorted(np.nonzero(closed)[0], key=lambda e: (excluded[e].sum(), -e)):  # the weakest first
                left[e] = False
                left[e] = (excluded[left].any(axis=0) != excluded[closed].any(axis=0)).any()
            wanted[base : base + len(excluded)] = left
        assert (written_literals(one.layout, one.cells, kept) == wanted).all()


def test_losses_leave_the_box_as_it_was():
    some = 0
    for seed in range(20):
        one = Asked(seed)
        groups, out = single_groups(one.layout), np.full(len(one.cells), -1.0)
        before = one.box.bound.copy()
        assert loss_of_groups(one.problem, one.box, one.cells, groups, out, one.work) == NONE
        assert (one.box.bound == before).all() and (out >= 0).all()
        some += int((out > 0).sum())
        place(one.layout, one.problem.columns, one.box, one.cells)
        assert (one.box.bound == before).all()
    assert some


def test_what_was_found_when_it_is_given_up_still_holds():
    given_up = 0
    for seed in range(40):
        one = asked(seed)
        if one is None:
            continue
        order, kept = np.arange(len(one.cells), dtype=np.int32), np.ones(one.layout.n_elements, bool)
        one.work.limit = one.work.nodes + seed % 7
        code = shrink_literals(one.problem, one.box, one.cells, kept, order, EXACT, one.guide, one.pool, one.work)
        given_up += code == UNKNOWN
        assert one.holds(one.allowed())
        again = Box(one.layout, one.problem.columns, one.cells)
        closed = np.zeros(one.layout.n_elements, bool)
        kept_in_box(one.layout, one.box, closed)
        set_box(one.layout, again, one.cells, closed, False)
        assert (again.bound == one.box.bound).all()
    assert given_up


def test_wrong_arguments_are_told():
    one = Asked(1)
    kept, order = np.ones(one.layout.n_elements, bool), np.arange(len(one.cells), dtype=np.int32)
    end = (EXACT, one.guide, one.pool, one.work)
    with pytest.raises(ValueError, match="order"):
        shrink_literals(one.problem, one.box, one.cells, kept, order + 1, *end)
    with pytest.raises(ValueError, match="kept"):
        shrink_literals(one.problem, one.box, one.cells, kept[1:], order, *end)
    with pytest.raises(ValueError, match="cell"):
        shrink_literals(one.problem, one.box, one.cells + 1000, kept, order, *end)
    with pytest.raises(TypeError):
        shrink_literals(one.problem, one.box, one.cells.astype(np.int64), kept, order, *end)
