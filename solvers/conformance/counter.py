"""Checks of model counters."""

from __future__ import annotations

import random

from ...engine.budget import Deadline
from ...engine.forms import Cnf
from ...engine.status import Status
from ..backends.brute import BruteCounter
from ..protocols import CounterBackend, Kind
from ..results import Count
from ._common import SHORT, Conformance, random_clauses, require


class CounterConformance(Conformance):
    """Checks of a model counter: derive, define ``make``."""

    kind = Kind.COUNTER

    def test_random_formulas(self) -> None:
        """Counts are those of brute force."""
        rng = random.Random(1)
        backend = self.make()
        for _ in range(self.rounds):
            n_vars = rng.randint(1, 8)
            cnf = Cnf.from_clauses(random_clauses(rng, n_vars, rng.randint(0, 14)), n_vars)
            _expect(backend, cnf, BruteCounter().count(cnf).value)

    def test_no_clauses(self) -> None:
        """All assignments are models; there is one of no variables."""
        backend = self.make()
        _expect(backend, Cnf.from_clauses([]), 1)
        _expect(backend, Cnf.from_clauses([], 5), 32)

    def test_false_formulas(self) -> None:
        """Contradictions and the empty clause have no models."""
        backend = self.make()
        _expect(backend, Cnf.from_clauses([[1], [-1]], 3), 0)
        _expect(backend, Cnf.from_clauses([[1, 2], []], 3), 0)
        _expect(backend, Cnf.from_clauses([[]]), 0)

    def test_special_clauses(self) -> None:
        """Units, tautologies, repeated literals and unseen variables."""
        _expect(self.make(), Cnf.from_clauses([[2], [3, -3], [5, 5, -7], [5, -7]], 9), 3 * 2**6)

    def test_huge_counts(self) -> None:
        """Numbers beyond 64 and 128 bits are exact."""
        backend = self.need("complete")
        self.small_enough(backend, 400)
        _expect(backend, Cnf.from_clauses([], 400), 2**400)
        pairs = [[2 * k + 1, 2 * k + 2] for k in range(100)]
        _expect(backend, Cnf.from_clauses(pairs), 3**100)
        _expect(backend, Cnf.from_clauses([*pairs, [1]], 300), 2 * 3**99 * 2**100)

    def test_time_limit(self) -> None:
        """A limit is kept; the bounds that come back are honest."""
        backend = self.make()
        rng = random.Random(2)
        clauses = [[rng.choice((-1, 1)) * v for v in rng.sample(range(1, 91), 3)] for _ in range(130)]
        self.small_enough(backend, 90)
        backend.count(Cnf.from_clauses([[1, 2]]))  # imports are not what is timed
        found = self.timed(backend, lambda: backend.count(Cnf.from_clauses(clauses, 90), SHORT))
        require(0 <= found.lower <= found.upper <= 2**90, "bounds out of order")
        require((found.value is None) == (found.status is not Status.COMPLETE), "a value means COMPLETE")

    def test_expired_deadline(self) -> None:
        """A deadline that has passed already is a result, not an error."""
        found = self.make().count(Cnf.from_clauses([[1, 2]], 4), Deadline(1e-9))
        require(found.lower <= 12 <= found.upper, "bounds do not enclose the count")

    def test_same_answers_twice(self) -> None:
        """Two equal calls give equal counts."""
        cnf = Cnf.from_clauses(random_clauses(random.Random(3), 12, 20), 12)
        backend = self.make()
        first, second = backend.count(cnf), backend.count(cnf)
        require((first.value, first.estimate) == (second.value, second.estimate), "two equal calls differ")


def _expect(backend: CounterBackend, cnf: Cnf, value: int | None) -> None:
    found = backend.count(cnf)
    if not backend.capabilities.complete and found.status is Status.BEST_SO_FAR:
        _expect_estimate(found, cnf, value or 0)
        return
    require(found.status is Status.COMPLETE, f"status {found.status} without a limit")
    require(found.value == value, f"{cnf!r}: counted {found.value}, expected {value}")
    require(found.lower == value == found.upper, "the bounds of an exact count are the count")


def _expect_estimate(found: Count, cnf: Cnf, value: int) -> None:
    """Check what an approximate backend returns: an estimate that is near, bounds that hold, and no claim."""
    require(found.value is None, "an estimate is no value")
    require(found.lower <= value <= found.upper, "bounds do not enclose the count")
    near = found.estimate is not None and value <= 2 * found.estimate and found.estimate <= 2 * value
    require(near, f"{cnf!r}: estimated {found.estimate}, the count is {value}")
