"""Solvers that write proofs end at the time limit, and say what they are asked."""

import itertools

import pytest
from suffice.engine.budget import Deadline
from suffice.engine.errors import MissingBackendError, UndecidedError
from suffice.solvers import is_available
from suffice.solvers.proofs import SAT, proof_of_clauses, proof_of_cost


def holes(n):
    """Clauses that put n + 1 pigeons into n holes: hard to refute from 11 on."""
    place = {pair: v for v, pair in enumerate(itertools.product(range(n + 1), range(n)), 1)}
    clauses = [[place[p, h] for h in range(n)] for p in range(n + 1)]
    return clauses + [
        [-place[p, h], -place[q, h]] for h in range(n) for p, q in itertools.combinations(range(n + 1), 2)
    ]


@pytest.mark.parametrize("solver", SAT)
def test_a_hard_formula_ends_at_the_limit(solver):
    with pytest.raises(UndecidedError, match="time_limit"):
        proof_of_clauses(solver, holes(16), Deadline(0.5))


@pytest.mark.parametrize("solver", SAT)
def test_formulas(solver):
    assert proof_of_clauses(solver, [[1, 2], [-1], [2, 3]], Deadline()) is None
    found = proof_of_clauses(solver, holes(6), Deadline())
    assert found and found[-1].split() == ["0"] and len(found) > 10
    with pytest.raises(UndecidedError):
        proof_of_clauses(solver, holes(3), Deadline(1e-9))


def test_costs():
    sets = [[0, 1], [1, 2], [0, 2]]
    if not is_available("exact", "mip"):
        with pytest.raises(MissingBackendError, match="AGPL"):
            proof_of_cost(sets, [1, 1, 1], 1, Deadline())
        return
    assert proof_of_cost(sets, [1, 1, 1], 2, Deadline()) is None
    assert proof_of_cost([[0], []], [1, 1], 0, Deadline()) is None  # nothing hits all of them, but it says so by a cost
    for prices, most in (([1, 1, 1], 1), ([1, 1, 1], 0), ([1, 1, 1], -1), ([2, 3, 4], 4), ([0, 0, 5], -1)):
        lines = proof_of_cost(sets, prices, most, Deadline())
        assert lines.splitlines()[-1].startswith("c ")
    with pytest.raises(UndecidedError):
        proof_of_cost([*itertools.combinations(range(24), 3)], [1] * 24, 12, Deadline(0.01))
