"""Narrowed counterexamples against all inputs outside O."""

import numpy as np
import pytest
from suffice.engine._native import (
    Box,
    Clock,
    differing_elements,
    differing_groups,
    harvest,
    narrow_groups,
    narrow_literals,
)
from suffice.engine.ensembles.answers import NONE, UNKNOWN

from tests.brute.amounts import some
from tests.engine.ensembles.change_cases import least, random_case

CASES = range(some(80))


def starts(case, rng, n=4):
    chosen = rng.permutation(len(case.bad))[:n]
    return [np.array(case.bad[i], np.int32) for i in chosen]


def narrowed(case, start, order, work, by_group=False):
    """The answer, and the point that a counterexample was brought to."""
    question, point = case.question, start.copy()
    box = Box(case.layout, question.problem.columns, question.cells)
    if by_group:
        return narrow_groups(question, box, case.groups, point, order, work), point
    return narrow_literals(question, box, point, order, work), point


@pytest.mark.parametrize("seed", CASES)
def test_what_differs_on_a_narrowed_point_is_a_contrastive_reason(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    reasons = least(case.elements(p) for p in case.bad)
    for start in starts(case, rng):
        order = rng.permutation(len(case.cells)).astype(np.int32)
        status, point = narrowed(case, start, order, case.work())
        assert status == NONE
        assert tuple(point) in case.bad
        assert case.elements(point) in reasons
        assert case.elements(point) <= case.elements(start)
        marked = differing_elements(case.layout, case.question.cells, point)
        assert set(np.nonzero(marked)[0]) == case.elements(point)


@pytest.mark.parametrize("seed", CASES)
def test_narrowed_groups_are_minimal(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    reasons = least(case.changed(p) for p in case.bad)
    for start in starts(case, rng):
        order = rng.permutation(case.groups.n).astype(np.int32)
        status, point = narrowed(case, start, order, case.work(), by_group=True)
        assert status == NONE
        assert tuple(point) in case.bad
        assert case.changed(point) in reasons
        marked = differing_groups(case.groups, case.question.cells, point)
        assert set(np.nonzero(marked)[0]) == case.changed(point)


@pytest.mark.parametrize("groups", [False, True])
def test_a_search_that_is_given_up_leaves_a_counterexample_and_goes_on_later(groups):
    stopped = 0
    for seed in range(30):
        case = random_case(seed)
        for start in starts(case, np.random.default_rng(seed), 1):
            reasons = least(map(case.changed if groups else case.elements, case.bad))
            order = np.arange(case.groups.n if groups else len(case.cells), dtype=np.int32)
            work, point, status = case.work(), start, UNKNOWN
            for nodes in range(0, 300, 3):
                work.limit = work.nodes + nodes
                status, point = narrowed(case, point, order, work, groups)
                assert tuple(point) in case.bad
                stopped += status == UNKNOWN
                if status == NONE:
                    break
            assert status == NONE
            assert (case.changed(point) if groups else case.elements(point)) in reasons
    assert stopped > 3


def test_time_that_is_up_leaves_a_counterexample():
    case = next(c for c in map(random_case, range(99)) if any(len(c.elements(p)) > 2 for p in c.bad))
    start = np.array(max(case.bad, key=lambda p: len(case.elements(p))), np.int32)
    clock = Clock()
    work = case.work(clock)
    clock.begin(0.0)
    order = np.arange(len(case.cells), dtype=np.int32)
    for by_group in (False, True):
        status, point = narrowed(case, start, order[: case.groups.n] if by_group else order, work, by_group)
        assert status == UNKNOWN
        assert tuple(point) in case.bad


@pytest.mark.parametrize("by_group", [False, True])
def test_a_harvest_narrows_in_each_order(by_group):
    stopped = 0
    for seed in range(40):
        case, rng = random_case(seed), np.random.default_rng(seed)
        for start in starts(case, rng, 1):
            n = case.groups.n if by_group else len(case.cells)
            orders = np.array([rng.permutation(n) for _ in range(5)], np.int32)
            points = np.zeros((5, len(case.cells)), np.int32)
            assert harvest(case.question, case.groups, by_group, start, orders, points, case.work()) == 5
            for order, point in zip(orders, points, strict=True):
                assert point.tolist() == narrowed(case, start, order, case.work(), by_group)[1].tolist()
            work, made_first = case.work(), np.zeros_like(points)
            work.limit = 0
            made = harvest(case.question, case.groups, by_group, start, orders, made_first, work)
            assert (made_first[:made] == points[:made]).all()
            stopped += made < 5
    assert stopped > 5


def test_numbers_out_of_range_are_refused():
    case = next(c for c in map(random_case, range(99)) if c.bad)
    start, order = np.array(case.bad[0], np.int32), np.arange(len(case.cells), dtype=np.int32)
    for bad_start, bad_order in ((start + 99, order), (start[1:], order), (start, order + 99), (start, order - 1)):
        with pytest.raises(ValueError):
            narrowed(case, bad_start, bad_order, case.work())
    with pytest.raises(TypeError):
        narrowed(case, start.astype(np.int64), order, case.work())
    with pytest.raises(ValueError):
        narrowed(case, start, np.array([case.groups.n], np.int32), case.work(), by_group=True)
