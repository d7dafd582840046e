"""Searches in boxes against all inputs, however fronts are cut and merged; and what they say when they give up."""

import itertools

import numpy as np
import pytest
from suffice.engine._native import Box, Clock, Workspace, box_holds, search, set_region
from suffice.engine.ensembles.answers import FOUND, NONE, UNKNOWN

from tests.engine.ensembles.change_cases import random_case

WAYS = ({}, {"patience": 0}, {"patience": 0, "widest": 3}, {"patience": 3, "widest": 2}, {"patience": 0, "widest": 5})


def random_box(rng, layout):
    """Ranges and allowed cells, none of them empty, and the inputs inside."""
    low, high, allowed, inside = [], [], [], []
    for n, interval in zip(layout.n_cells, layout.interval, strict=True):
        if interval:
            ends = sorted(rng.integers(0, n, 2) if rng.random() < 0.7 else (0, n - 1))
            low.append(ends[0])
            high.append(ends[1])
            inside.append(range(ends[0], ends[1] + 1))
            continue
        mine = rng.random(n) < rng.choice([0.3, 0.8, 1.0])
        mine[rng.integers(n)] = True
        low.append(0)
        high.append(0)
        allowed += mine.tolist()
        inside.append(np.nonzero(mine)[0].tolist())
    return np.array(low, np.int32), np.array(high, np.int32), np.array(allowed, np.bool_), inside


def room(case, clock, way):
    columns = case.question.problem.columns
    at_once = len(columns.need) if columns.together else 1
    return Workspace(case.question.problem.layout, at_once, case.n_outputs, clock, **way)


@pytest.mark.parametrize("part", range(4))
def test_searches_find_what_there_is(part):
    said = set()
    for seed in range(part * 20, part * 20 + 20):
        case, rng = random_case(seed, everywhere=True), np.random.default_rng(seed)
        problem, bad = case.question.problem, set(case.bad)
        box, clock = Box(problem.layout, problem.columns, case.question.cells), Clock()
        rooms = [room(case, clock, way) for way in WAYS]
        for _ in range(8):
            *ends, inside = random_box(rng, problem.layout)
            set_region(problem.layout, box, *ends, False)
            expected = any(point in bad for point in itertools.product(*inside))
            for work in rooms:
                answer = box_holds(problem, box, case.question.cells, work)
                assert answer == (FOUND if expected else NONE)
                if answer == FOUND:
                    point = tuple(work.point.tolist())
                    assert point in bad and all(c in cells for c, cells in zip(point, inside, strict=True))
            said.add(expected)
    assert said == {True, False}


def test_searches_give_up_at_their_limit_and_when_told():
    gave_up = set()
    for seed in range(30):
        case = random_case(seed, everywhere=True)
        problem, clock = case.question.problem, Clock()
        box = Box(problem.layout, problem.columns, case.question.cells)
        set_region(
            problem.layout, box, np.zeros_like(case.question.cells),
            np.where(problem.layout.interval, problem.layout.n_cells - 1, 0).astype(np.int32),
            np.ones(problem.layout.n_listed_cells, np.bool_), False,
        )  # fmt: skip
        work = room(case, clock, WAYS[seed % len(WAYS)])
        answer, needed = box_holds(problem, box, case.question.cells, work), work.nodes
        for limit in range(needed + 1):
            work.limit = work.nodes + limit
            again = box_holds(problem, box, case.question.cells, work)
            assert again in (answer, UNKNOWN) and (again == answer) == (limit >= needed or again == FOUND)
            gave_up.add(again)
        work.limit = 2**62
        clock.stop()
        assert needed == 0 or box_holds(problem, box, case.question.cells, work) == UNKNOWN
    assert UNKNOWN in gave_up and len(gave_up) > 1


def test_what_does_not_belong_together_is_refused():
    one, other = random_case(1), random_case(6)
    assert one.question.problem.layout.n_nodes != other.question.problem.layout.n_nodes
    problem, cells = one.question.problem, one.question.cells
    box, work = Box(problem.layout, problem.columns, cells), room(one, Clock(), {})
    foreign = Box(other.question.problem.layout, other.question.problem.columns, other.question.cells)
    with pytest.raises(ValueError, match="box"):
        box_holds(problem, foreign, cells, work)
    with pytest.raises(ValueError, match="work"):
        box_holds(problem, box, cells, room(other, Clock(), {}))
    with pytest.raises(ValueError, match="cell"):
        box_holds(problem, box, cells + 1000, work)
    with pytest.raises(ValueError, match="column"):
        search(problem, box, len(problem.columns.need), cells, work)
    for widest in (-1, 1, 65):  # a row of one leaf would have no test
        with pytest.raises(ValueError, match="widest"):
            room(one, Clock(), {"widest": widest})
    with pytest.raises(TypeError):
        box_holds(problem, box, cells.astype(np.int64), work)
