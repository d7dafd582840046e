"""Narrowed counterexamples against all inputs outside O."""

import numpy as np
import pytest
from suffice.engine.ensembles.answers import NONE, UNKNOWN
from suffice.engine.ensembles.changes.narrow import (
    differing_elements,
    differing_groups,
    narrowed_groups,
    narrowed_literals,
)

from tests.engine.ensembles.change_cases import least, random_case, run

CASES = range(80)


def starts(case, rng, n=4):
    chosen = rng.permutation(len(case.bad))[:n]
    return [np.array(case.bad[i], np.int32) for i in chosen]


@pytest.mark.parametrize("seed", CASES)
def test_what_differs_on_a_narrowed_point_is_a_contrastive_reason(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    reasons = least(case.elements(p) for p in case.bad)
    for start in starts(case, rng):
        order = rng.permutation(len(case.cells)).astype(np.int32)
        found = narrowed_literals(case.question, start, order, case.pad(), run)
        assert found.status == NONE
        assert tuple(found.point) in case.bad
        assert case.elements(found.point) in reasons
        assert case.elements(found.point) <= case.elements(start)
        marked = differing_elements(case.question.layout, case.question.cells, found.point)
        assert set(np.nonzero(marked)[0]) == case.elements(found.point)


@pytest.mark.parametrize("seed", CASES)
def test_narrowed_groups_are_minimal(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    reasons = least(case.changed(p) for p in case.bad)
    for start in starts(case, rng):
        order = rng.permutation(len(case.groups.at) - 1).astype(np.int32)
        found = narrowed_groups(case.question, case.groups, start, order, case.pad(), run)
        assert found.status == NONE
        assert tuple(found.point) in case.bad
        assert case.changed(found.point) in reasons
        marked = differing_groups(case.groups, case.question.cells, found.point)
        assert set(np.nonzero(marked)[0]) == case.changed(found.point)


@pytest.mark.parametrize("groups", [False, True])
def test_a_search_that_is_given_up_leaves_a_counterexample_and_goes_on_later(groups):
    stopped = 0
    for seed in range(30):
        case = random_case(seed)
        for start in starts(case, np.random.default_rng(seed), 1):
            reasons = least(map(case.changed if groups else case.elements, case.bad))
            order = np.arange(len(case.groups.at) - 1 if groups else len(case.cells), dtype=np.int32)
            pad, point, done, status = case.pad(), start, 0, UNKNOWN
            for nodes in range(0, 300, 3):
                pad.spent[1] = pad.spent[0] + nodes
                if groups:
                    found = narrowed_groups(case.question, case.groups, point, order, pad, run, done)
                else:
                    found = narrowed_literals(case.question, point, order, pad, run, done)
                point, done, status = found.point, found.done, found.status
                assert tuple(point) in case.bad
                stopped += status == UNKNOWN
                if status == NONE:
                    break
            assert status == NONE
            assert (case.changed(point) if groups else case.elements(point)) in reasons
    assert stopped > 3
