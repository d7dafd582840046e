"""Sets of the fewest groups against all inputs outside O."""

import numpy as np
import pytest
from suffice.engine._native import Groups
from suffice.engine.ensembles.answers import FOUND, NONE, UNKNOWN
from suffice.engine.ensembles.changes.fewest import FewestGroups

from tests.brute.amounts import some
from tests.engine.ensembles.change_cases import changed_groups, random_case, run, single_groups


def fewest_by_hand(case, groups):
    """The smallest size, and all sets of this size."""
    changed = {frozenset(changed_groups(groups, case.cells, p)) for p in case.bad}
    if not changed:
        return 0, set()
    size = min(map(len, changed))
    return size, {tuple(sorted(one)) for one in changed if len(one) == size}


def grouping(case, seed):
    return single_groups(case.layout) if seed % 2 else case.groups


@pytest.mark.parametrize("seed", range(some(120)))
def test_all_sets_of_the_fewest_groups_are_found(seed):
    case = random_case(seed)
    groups = grouping(case, seed)
    size, expected = fewest_by_hand(case, groups)
    hunt = FewestGroups(case.question, groups, case.work(), run, 99)
    found = list(hunt)
    assert {one.groups for one in found} == expected
    assert len(found) == len(expected)
    for one in found:
        assert tuple(one.point) in case.bad
        assert tuple(changed_groups(groups, case.cells, one.point)) == one.groups
        assert one.proved == size - 1
    end = hunt.find()
    assert end.status == NONE
    assert end.proved == (size - 1 if expected else groups.n)


def test_a_limit_below_the_size_is_refuted():
    tried = 0
    for seed in range(80):
        case = random_case(seed)
        size, _ = fewest_by_hand(case, case.groups)
        if size < 2:
            continue
        tried += 1
        answer = FewestGroups(case.question, case.groups, case.work(), run, size - 1).find()
        assert (answer.status, answer.groups, answer.proved) == (NONE, (), size - 1)
    assert tried > 5


def test_a_hunt_that_is_given_up_goes_on():
    stopped = 0
    for seed in range(40):
        case = random_case(seed)
        groups = grouping(case, seed)
        _, expected = fewest_by_hand(case, groups)
        work = case.work()
        hunt = FewestGroups(case.question, groups, work, run, 99)
        found = set()
        for nodes in range(1, 500):
            work.limit = work.nodes + nodes
            answer = hunt.find()
            stopped += answer.status == UNKNOWN
            if answer.status == FOUND:
                found.add(answer.groups)
            elif answer.status == NONE:
                break
        assert answer.status == NONE
        assert found == expected
    assert stopped > 20


def test_attributes_of_no_group_do_not_change():
    for seed in range(40):
        case = random_case(seed)
        groups = Groups(np.array([0, 1, 2], np.int64), np.array([0, len(case.cells) - 1], np.int32))
        allowed = [p for p in case.bad if p[1:-1] == case.cells[1:-1]]
        answer = FewestGroups(case.question, groups, case.work(), run, 2).find()
        assert (answer.status == FOUND) == bool(allowed)


def test_larger_sizes_can_be_tried_first():
    case = next(c for c in map(random_case, range(99)) if fewest_by_hand(c, c.groups)[0] == 1)
    n = case.groups.n
    answer = FewestGroups(case.question, case.groups, case.work(), run, n, start=n).find()
    assert answer.status == FOUND
    assert len(answer.groups) == n
