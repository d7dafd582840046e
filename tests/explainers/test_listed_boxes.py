"""Boxes of listed attributes: searches over leaves and exact bounds of trees against all inputs."""

import numpy as np
import pytest
from suffice import Explainer
from suffice.engine._native import box_holds, reach_rows
from suffice.engine.ensembles.answers import FOUND, NONE, UNKNOWN
from suffice.engine.ensembles.search.alone import OPEN, PROVED, STATE, alone_decides, prove_cells
from suffice.engine.ensembles.search.leaves import leaves_hold, leaves_of
from suffice.engine.ensembles.search.listed import shrink_listed
from suffice.engine.ensembles.search.widen import EXACT, shrink_literals
from suffice.engine.ensembles.search.workspace import LIMIT, NODES

from .test_many_categories import KINDS, Inputs, fitted

pytest.importorskip("lightgbm")


@pytest.fixture(scope="module", params=KINDS)
def asked(request):
    """A question, all inputs, whether each is bad, and what each tree gives there."""
    model, rows = fitted(request.param)
    row = rows.iloc[[1]] if hasattr(rows, "iloc") else rows[1]
    explainer = Explainer.initialize(model, row)
    explainer.set_instance(row)
    inputs, question = Inputs(explainer), explainer._view(False, explainer._wanted()).question
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
    leaves = leaves_of(question.layout)
    assert len(leaves.row) > len(question.layout.root)
    said = set()
    for allowed in boxes(question, 120):
        place(question, allowed)
        there = inside(inputs, allowed)
        answer = leaves_hold(question.layout, question.sums, question.columns, leaves, question.box, question.pad)
        assert answer == (FOUND if (there & inputs.bad).any() else NONE)
        if answer == FOUND:
            found = (inputs.cells == question.pad.point).all(axis=1)
            assert (found & there & inputs.bad).any()
        by_tests = box_holds(
            question.layout, question.sums, question.columns, question.box, question.guide, question.pad
        )
        assert by_tests == answer
        said.add(answer)
    assert said == {FOUND, NONE}


def test_searches_over_leaves_give_up(asked):
    question, _, _ = asked
    leaves, pad = leaves_of(question.layout), question.pad
    place(question, [np.ones(n, np.bool_) for n in question.layout.n_cells])
    end = (question.layout, question.sums, question.columns, leaves, question.box, pad)
    assert leaves_hold(*end) == FOUND
    limit, pad.spent[LIMIT] = pad.spent[LIMIT], pad.spent[NODES]
    assert leaves_hold(*end) == UNKNOWN
    pad.spent[LIMIT], pad.flag[0] = limit, 1
    assert leaves_hold(*end) == UNKNOWN and not alone_decides(question.layout, question.columns, question.box, pad)
    pad.flag[0] = 0


def test_bounds_of_trees_are_exact(asked):
    question, inputs, worth = asked
    layout, columns, box, pad = question.layout, question.columns, question.box, question.pad
    said, told = set(), set()
    for allowed in boxes(question, 80):
        place(question, allowed)
        reached = worth[inside(inputs, allowed)].max(axis=0).sum() + columns.offset[0]
        decided = bool(alone_decides(layout, columns, box, pad))
        assert decided == (reached < columns.need[0])
        said.add(decided)
        for a, mine in enumerate(allowed):
            prove_cells(layout, columns, box, a, pad)
            states = pad.cell[:, STATE].copy()
            for c in np.nonzero(~mine)[0]:
                only = [*allowed[:a], np.arange(len(mine)) == c, *allowed[a + 1 :]]
                reached = worth[inside(inputs, only)].max(axis=0).sum() + columns.offset[0]
                assert states[c] == (PROVED if reached < columns.need[0] else OPEN)
                told.add(int(states[c]))
    assert said == {True, False} and told == {OPEN, PROVED}


def test_many_cells_at_once_end_where_one_after_another_does(asked):
    question, _, _ = asked
    ends = []
    for widen, more in (
        (shrink_listed, (question.leaves,)),
        (shrink_literals, ()),
    ):
        kept = np.ones(len(question.layout.test), np.bool_)
        question.fix_all()
        question.pool[:] = -1
        order, done = np.arange(len(question.cells), dtype=np.int32), np.zeros(1, np.int64)
        code = widen(
            question.layout, question.sums, question.columns, *more, question.box, question.cells, kept, order, done,
            EXACT, question.guide, question.pool, question.pad,
        )  # fmt: skip
        assert code == NONE
        ends.append((question.box.barred.tolist(), kept.tolist()))
    assert all(end == ends[0] for end in ends)
    assert 0 < sum(ends[0][1]) < len(kept)
