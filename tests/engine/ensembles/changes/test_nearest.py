"""The cheapest counterexample against all inputs outside O."""

import math

import numpy as np
import pytest
from suffice.engine._native import Costs, cost_of
from suffice.engine.ensembles.answers import FOUND, NONE, UNKNOWN
from suffice.engine.ensembles.changes.nearest import nearest

from tests.brute.amounts import some
from tests.engine.ensembles.change_cases import random_case, run


def random_costs(case, seed):
    """Costs that grow away from the instance where there is an order; whole numbers every second time, zeros among."""
    rng = np.random.default_rng(seed)
    layout, parts = case.layout, []
    for a, cell in enumerate(case.cells):
        steps = rng.random(layout.n_cells[a]) if seed % 2 else rng.integers(0, 4, layout.n_cells[a]).astype(float)
        steps[cell] = 0
        if layout.interval[a]:
            steps[cell:] = np.cumsum(steps[cell:])
            steps[: cell + 1] = np.cumsum(steps[: cell + 1][::-1])[::-1]
        parts.append(steps)
    return Costs(np.concatenate([[0], np.cumsum([len(p) for p in parts])]).astype(np.int64), np.concatenate(parts))


def least_cost(case, costs):
    return min((cost_of(costs, np.array(p, np.int32)) for p in case.bad), default=math.inf)


@pytest.mark.parametrize("seed", range(some(120)))
def test_none_is_cheaper(seed):
    case = random_case(seed)
    costs = random_costs(case, seed)
    start = np.array(case.bad[seed % len(case.bad)], np.int32) if case.bad and seed % 3 else None
    answer = nearest(case.question, costs, case.work(), run, start)
    assert answer.status == (FOUND if case.bad else NONE)
    assert answer.cost == pytest.approx(least_cost(case, costs))
    assert answer.lower == answer.cost
    if case.bad:
        assert tuple(answer.point) in case.bad
        assert cost_of(costs, answer.point) == answer.cost


def test_a_search_that_is_given_up_says_what_is_proved():
    stopped = 0
    for seed in range(60):
        case = random_case(seed)
        costs = random_costs(case, seed)
        for nodes in (0, 3, 6, 12):
            work = case.work()
            work.limit = nodes
            answer = nearest(case.question, costs, work, run)
            if answer.status != UNKNOWN:
                continue
            stopped += 1
            assert answer.lower <= least_cost(case, costs) + 1e-9
            if answer.point is None:
                assert answer.cost == math.inf
            else:
                assert tuple(answer.point) in case.bad
                assert answer.cost == pytest.approx(cost_of(costs, answer.point))
                assert answer.cost >= least_cost(case, costs) - 1e-9
    assert stopped > 20
