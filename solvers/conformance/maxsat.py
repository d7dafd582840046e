"""Checks of MaxSAT backends."""

from __future__ import annotations

import random

from ...engine.budget import Deadline
from ...engine.errors import CapabilityError
from ...engine.forms import Wcnf
from ...engine.status import Status
from ..backends.brute import BruteMaxSat
from ..protocols import Kind, MaxSatBackend
from ..results import Optimum
from ._common import SHORT, Conformance, random_clauses, require


class MaxSatConformance(Conformance):
    """Checks of a MaxSAT backend: derive, define ``make``."""

    kind = Kind.MAXSAT

    def test_random_formulas(self) -> None:
        """Costs are those of brute force, models have them."""
        rng = random.Random(1)
        backend = self.make()
        most = 9 if backend.capabilities.weights else 1
        for _ in range(self.rounds):
            n_vars = rng.randint(1, 6)
            soft = random_clauses(rng, n_vars, rng.randint(0, 9), 2)
            weights = [rng.randint(1, most) for _ in soft]
            hard = random_clauses(rng, n_vars, rng.randint(0, 8))
            _compare(backend, Wcnf.from_clauses(hard, soft, weights, n_vars))

    def test_hard_clauses_only(self) -> None:
        """Without soft clauses the cost is 0."""
        _compare(self.make(), Wcnf.from_clauses([[1, 2], [-1]], [], [], 3))

    def test_nothing_at_all(self) -> None:
        """No variables, no clauses."""
        found = self.make().solve(Wcnf.from_clauses([], []))
        require(found.status is Status.OPTIMAL and found.cost == 0 and found.model == (), "the empty formula costs 0")

    def test_infeasible(self) -> None:
        """Contradictory or empty hard clauses are told."""
        backend = self.make()
        contradictions: tuple[list[list[int]], ...] = ([[1], [-1]], [[]])
        for hard in contradictions:
            found = backend.solve(Wcnf.from_clauses(hard, [[2]]))
            complete = backend.capabilities.complete or found.status is not Status.BEST_SO_FAR
            require(not complete or found.status is Status.INFEASIBLE, f"status {found.status}, expected infeasible")
            require(found.model is None and found.cost is None, "nothing is feasible, so there is no model")

    def test_odd_soft_clauses(self) -> None:
        """Empty, repeated, opposite and tautological soft clauses are counted as they stand."""
        soft = [[], [1], [1], [-1], [2, -2], [3, 3], [-3, 1], []]
        _compare(self.make(), Wcnf.from_clauses([[-1, -3]], soft, n_vars=3))

    def test_large_weights(self) -> None:
        """Weights are exact integers; those that are too large for a backend are refused."""
        backend = self.need("weights")
        big, most = 2**40, backend.capabilities.max_weight
        if most is not None and most < 2**62:
            self._refuses(backend, most // 2 + 1)
            big = min(big, most // 4)
        _compare(backend, Wcnf.from_clauses([[1, 2], [-1, -2]], [[-1], [-2], [3]], [big + 1, big, 3], 3))

    def _refuses(self, backend: MaxSatBackend, weight: int) -> None:
        try:
            backend.solve(Wcnf.from_clauses([[1, 2]], [[-1], [-2]], [weight, weight + 1], 2))
        except CapabilityError:
            return
        raise AssertionError(f"two weights of {weight} are more than it takes, and it says nothing")

    def test_time_limit(self) -> None:
        """A limit is kept on a hard formula; what comes back is honest."""
        backend = self.make()
        wcnf = _hard_problem()
        self.small_enough(backend, wcnf.n_vars)
        backend.solve(Wcnf.from_clauses([[1]], [[-1]]))  # imports are not what is timed
        found = self.timed(backend, lambda: backend.solve(wcnf, SHORT))
        if found.model is not None:
            require(wcnf.hard.satisfied_by(found.model), "the model breaks a hard clause")
            require(wcnf.cost(found.model) == found.cost, "the cost is not that of the model")
            require((found.lower or 0) <= found.cost, "the lower bound is above the cost")
        else:
            require(found.status is Status.BEST_SO_FAR, "no model, but not stopped early")

    def test_expired_deadline(self) -> None:
        """A deadline that has passed already is a result, not an error."""
        found = self.make().solve(_hard_problem(12), Deadline(1e-9))
        require(found.status in (Status.BEST_SO_FAR, Status.OPTIMAL), "no time is no error")

    def test_same_answers_twice(self) -> None:
        """Two equal calls give equal models."""
        backend = self.need("deterministic")
        wcnf = _hard_problem(12)
        require(backend.solve(wcnf).model == backend.solve(wcnf).model, "two equal calls differ")


def _hard_problem(n_vars: int = 200) -> Wcnf:
    rng = random.Random(5)
    sets = [rng.sample(range(1, n_vars + 1), min(20, n_vars // 3)) for _ in range(2 * n_vars)]
    return Wcnf.from_clauses(sets, [[-v] for v in range(1, n_vars + 1)], n_vars=n_vars)


def _compare(backend: MaxSatBackend, wcnf: Wcnf) -> None:
    found = backend.solve(wcnf)
    expected = BruteMaxSat().solve(wcnf)
    if not backend.capabilities.complete and found.status is Status.BEST_SO_FAR:
        _compare_upper_bound(found, expected, wcnf)
        return
    require(found.status is expected.status, f"status {found.status}, brute force says {expected.status}")
    require(found.cost == expected.cost, f"cost {found.cost}, brute force says {expected.cost}")
    if expected.model is not None:
        model = found.model
        require(model is not None and len(model) == wcnf.n_vars, f"not one literal a variable: {model}")
        require(wcnf.hard.satisfied_by(model or ()), "the model breaks a hard clause")
        require(wcnf.cost(model or ()) == found.cost, "the cost is not that of the model")
        require(found.lower == found.cost, "the lower bound of an optimum is its cost")


def _compare_upper_bound(found: Optimum, expected: Optimum, wcnf: Wcnf) -> None:
    """Check what an anytime backend returns: a model that holds, a cost not below the optimum, a bound not above it."""
    if found.model is None:
        require(found.cost is None, "a cost without a model")
        return
    require(expected.cost is not None and wcnf.hard.satisfied_by(found.model), "the model breaks a hard clause")
    require(wcnf.cost(found.model) == found.cost, "the cost is not that of the model")
    require((found.lower or 0) <= (expected.cost or 0), f"lower bound {found.lower}, the optimum is {expected.cost}")
