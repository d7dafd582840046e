"""Boxes of listed attributes: searches over leaves and exact bounds of trees against all inputs."""

import numpy as np
import pytest
from suffice import Explainer
from suffice.engine._native import (
    Clock,
    Leaves,
    Workspace,
    alone_decides,
    box_holds,
    prove_cells,
    reach_rows,
    shrink_listed,
    shrink_literals,
)
from suffice.engine.ensembles.answers import ALONE, EXACT, FOUND, NONE, QUICK, UNKNOWN

from tests.explainers.test_many_categories import KINDS, Inputs, fitted

pytest.importorskip("lightgbm")


@pytest.fixture(scope="module", params=KINDS)
def asked(request):
    """A question, all inputs, whether each is bad, and what each tree gives there."""
    model, rows = fitted(request.param)
    row = rows.iloc[[1]] if hasattr(rows, "iloc") else rows[1]
    explainer = Explainer.initialize(model, row)
    explainer.set_instance(row)
    inputs, question = Inputs(explainer), explainer.answers.view(False, explainer.answers.wanted()).question
    leaves = np.array([reach_rows(question.layout, cells.astype(np.int32)) for cells in inputs.cells])
    return question, inputs, question.columns.worth[leaves, 0]


def boxes(question, n):
    """Random boxes around the instance: many and few cells, none of them empty."""
    random = np.random.default_rng(5)
    counts = question.layout.n_cells
    for number in range(n):
        share = random.choice([0.0, 0.0, 0.1, 0.4, 0.8, 1.0], len(counts))
        allowed = [random.random(k) < p for k, p in zip(counts, share, strict=True)]
        for mine, own in zip(allowed, question.cells, strict=True):
            mine[own if number % 2 else random.integers(len(mine))] = True
        yield allowed


def place(question, allowed):
    zeros = np.zeros(len(allowed), np.int32)
    question.set_ranges(zeros, zeros, np.concatenate(allowed))


def inside(inputs, allowed):
    return np.logical_and.reduce([mine[inputs.cells[:, a]] for a, mine in enumerate(allowed)])


def test_searches_over_leaves_find_what_there_is(asked):
    question, inputs, _ = asked
    leaves = Leaves(question.layout)
    assert leaves.any and leaves.n > question.layout.n_trees
    said = set()
    for allowed in boxes(question, 120):
        place(question, allowed)
        there = inside(inputs, allowed)
        answer = leaves.hold(question.problem, question.box, question.work)
        assert answer == (FOUND if (there & inputs.bad).any() else NONE)
        if answer == FOUND:
            found = (inputs.cells == question.work.point).all(axis=1)
            assert (found & there & inputs.bad).any()
        assert box_holds(question.problem, question.box, question.guide, question.work) == answer
        said.add(answer)
    assert said == {FOUND, NONE}


def test_searches_over_leaves_give_up(asked):
    question, _, _ = asked
    leaves, clock = Leaves(question.layout), Clock()
    work = Workspace(question.layout, 1, len(question.sums.start), clock)
    place(question, [np.ones(n, np.bool_) for n in question.layout.n_cells])
    end = (question.problem, question.box, work)
    assert leaves.hold(*end) == FOUND
    limit, work.limit = work.limit, work.nodes
    assert leaves.hold(*end) == UNKNOWN
    work.limit = limit
    clock.stop()
    assert leaves.hold(*end) == UNKNOWN and not alone_decides(*end)


def test_bounds_of_trees_are_exact(asked):
    question, inputs, worth = asked
    columns, end = question.columns, (question.problem, question.box)
    said, told = set(), set()
    for allowed in boxes(question, 80):
        place(question, allowed)
        reached = worth[inside(inputs, allowed)].max(axis=0).sum() + columns.offset[0]
        decided = alone_decides(*end, question.work)
        assert decided == (reached < columns.need[0])
        said.add(decided)
        for a, mine in enumerate(allowed):
            proved = prove_cells(*end, a, question.work)
            for c in np.nonzero(~mine)[0]:
                only = [*allowed[:a], np.arange(len(mine)) == c, *allowed[a + 1 :]]
                reached = worth[inside(inputs, only)].max(axis=0).sum() + columns.offset[0]
                assert proved[c] == (reached < columns.need[0])
                told.add(bool(proved[c]))
    assert said == {True, False} and told == {True, False}


def one_after_another(inputs, cells, holds):
    """The cells that are left where one after another is asked for, and which literals are kept."""
    allowed, kept = [np.arange(a.n_cells) == own for a, own in zip(inputs.space.attributes, cells, strict=True)], []
    for a, excluded in enumerate(inputs.excluded):
        mine = np.ones(len(excluded), bool)
        for target in range(excluded.shape[1]):
            left = mine & ~excluded[:, target]
            new = ~excluded[left].any(axis=0)
            if not allowed[a][target] and holds(allowed, a, new):
                allowed[a], mine = new, left
        kept.extend(mine)
    return np.concatenate(allowed), np.array(kept)


@pytest.mark.parametrize("mode", [ALONE, QUICK, EXACT])
def test_many_cells_at_once_end_where_one_after_another_does(asked, mode):
    question, inputs, worth = asked
    columns, listed = question.columns, np.cumsum([0, *(len(e) for e in inputs.excluded)])
    assert (question.layout.base == listed).all()

    def decided(allowed):  # by what each tree can reach on its own
        there = inside(inputs, allowed)
        return not there.any() or worth[there].max(axis=0).sum() + columns.offset[0] < columns.need[0]

    def holds(allowed, a, new):
        if mode == QUICK:  # each new cell by itself
            cells = [np.arange(len(new)) == c for c in np.nonzero(new & ~allowed[a])[0]]
            return all(decided([*allowed[:a], cell, *allowed[a + 1 :]]) for cell in cells)
        wider = [*allowed[:a], new, *allowed[a + 1 :]]
        return decided(wider) if mode == ALONE else not (inside(inputs, wider) & inputs.bad).any()

    wanted, still = one_after_another(inputs, question.cells, holds)
    for widen, more in ((shrink_listed, (question.leaves,)), (shrink_literals, ())):
        kept = np.ones(question.layout.n_elements, np.bool_)
        question.fix_all()
        question.pool[:] = -1
        order = np.arange(len(question.cells), dtype=np.int32)
        code = widen(
            question.problem, *more, question.box, question.cells, kept, order, mode, question.guide, question.pool,
            question.work,
        )  # fmt: skip
        assert code == NONE
        assert ((question.box.barred == 0) == wanted).all()
        assert (kept == still).all()
    assert 0 < still.sum() <= len(still)
    assert mode == QUICK or still.sum() < len(still)
