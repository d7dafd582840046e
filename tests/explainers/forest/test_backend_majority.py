"""Cheapest majoritary reasons by every backend, against the definition."""

from __future__ import annotations

import numpy as np
import pytest
from suffice.encoders.covering.majority import majority_of
from suffice.engine.budget import Deadline
from suffice.engine.status import Status
from suffice.explainers.forest.oracles import (
    cheapest_majoritary,
    majoritary_program,
    majoritary_reasons,
    majoritary_wcnf,
    written_cost,
)
from suffice.solvers import is_available
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.encoders.test_ensemble_cases import closed_sets, minimal, random_case

SHAPES = [
    {"theory": True, "depth": 3},
    {"theory": True, "depth": 3, "n_outputs": 3, "voting": "grid"},
    {"theory": True, "depth": 3, "columns": [3, 4, 5, 6, 7]},
    {"theory": False, "depth": 2, "columns": [0, 1, 4]},
]


def cases(n):
    for shape in SHAPES:
        for seed in range(n):
            case = random_case(seed, **shape)
            for per_feature in (False, True):
                universe = case.universe(per_feature)
                if len(universe.moves) <= 9:
                    yield case, universe, per_feature


def reasons_of(case, universe, per_feature):
    """All majoritary reasons, by the definition of a reason."""
    outcome = case.compiled.outcome_at(case.situation.truth)
    majority = majority_of(case.trees, case.situation, universe, outcome, per_feature=per_feature)
    return minimal([k for k in closed_sets(universe) if majority.enough(k)])


def test_all_reasons_come_out_cheapest_first():
    rng = np.random.default_rng(0)
    for case, universe, per_feature in cases(6):
        by_feature = rng.integers(0, 4, 8).tolist()
        prices = [by_feature[g] for g in universe.group]
        asked = case.compiled, case.situation, universe, prices
        found = list(majoritary_reasons(*asked, per_feature=per_feature))
        assert found[-1].status is Status.INFEASIBLE
        reasons = [one.kept for one in found[:-1]]
        expected = reasons_of(case, universe, per_feature)
        assert sorted(reasons) == sorted(expected)
        costs = [written_cost(universe, kept, prices) for kept in reasons]
        for place, one in enumerate(found[:-1]):
            assert one.cost == costs[place]
            assert one.lower <= min(costs[place:])
        best = cheapest_majoritary(*asked, per_feature=per_feature)
        assert best.cost == min(costs, default=None)
        assert best.status is (Status.OPTIMAL if costs else Status.INFEASIBLE)


@pytest.mark.parametrize("solver", ["rc2", "scip", "highs", "cpsat", "highspy", "pyscipopt", "coretrail", "uwrmaxsat"])
def test_backends_agree(solver):
    if not (is_available(solver, "mip") or is_available(solver, "maxsat")):
        pytest.skip(f"{solver} is not installed")
    for seed in (1, 4):
        for theory in (True, False):
            case = random_case(seed, n_trees=9, depth=4, theory=theory, columns=[0, 1, 4, 7])
            universe = case.universe()
            prices = [1] * universe.n
            own = cheapest_majoritary(case.compiled, case.situation, universe, prices)
            other = cheapest_majoritary(case.compiled, case.situation, universe, prices, solver)
            assert (own.cost, own.status) == (other.cost, other.status)


def test_when_time_is_up_there_is_still_a_reason():
    for case, universe, _ in cases(4):
        limit = Deadline(1e-9)
        found = cheapest_majoritary(case.compiled, case.situation, universe, [1] * universe.n, deadline=limit)
        expected = reasons_of(case, universe, False) if found.kept is not None else [None]
        assert found.kept in expected


def test_the_exported_programs_have_the_cost_of_the_reason():
    for case, universe, per_feature in cases(3):
        asked = case.compiled, case.situation, universe, [1] * universe.n
        best = cheapest_majoritary(*asked, per_feature=per_feature)
        program = majoritary_program(*asked, per_feature=per_feature)
        wcnf = majoritary_wcnf(*asked, per_feature=per_feature)
        if best.kept is not None and best.cost > 0:
            assert get("cpsat", Kind.MIP).solve(program).cost == best.cost
            assert get("rc2", Kind.MAXSAT).solve(wcnf).cost == best.cost
