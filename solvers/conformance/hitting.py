"""Checks of backends for hitting sets that grow."""

from __future__ import annotations

import random

from ...engine.budget import Deadline
from ...engine.errors import BackendError, BadInputError
from ...engine.status import Status
from ..backends.brute import BruteMaxSat
from ..backends.maxsat_hitting import MaxSatHitting
from ..protocols import HittingBackend, HittingSession, Kind
from ._common import SHORT, Conformance, require


class HittingConformance(Conformance):
    """Checks of a hitting-set backend: derive, define ``make``."""

    kind = Kind.HITTING

    def test_growing_problems(self) -> None:
        """After each set and clause the minimum is that of brute force."""
        rng = random.Random(1)
        backend: HittingBackend = self.make()
        most = 5 if backend.capabilities.weights else 1
        for _ in range(max(2, self.rounds // 8)):
            weights = {e: rng.randint(1, most) for e in range(1, 9)}
            with backend.open(weights) as session, MaxSatHitting(BruteMaxSat()).open(weights) as brute:
                for _ in range(8):
                    _grow(rng, session, brute)
                    found, expected = session.minimum(), brute.minimum()
                    require(found.status is expected.status, f"{found.status}, brute force says {expected.status}")
                    require(found.cost == expected.cost, f"cost {found.cost}, brute force says {expected.cost}")

    def test_nothing_to_hit(self) -> None:
        """Without sets nothing is chosen."""
        with self.make().open() as session:
            found = session.minimum()
            require(found.status is Status.OPTIMAL and found.cost == 0 and found.model == (), "choose nothing")

    def test_choice_meets_the_sets(self) -> None:
        """The choice is sorted, meets every set, and costs what it says."""
        rng = random.Random(2)
        sets = [rng.sample(range(10, 28), 4) for _ in range(15)]
        with self.make().open({11: 3} if self.make().capabilities.weights else None) as session:
            for elements in sets:
                session.add_set(elements)
            found = session.minimum()
            chosen = found.model or ()
            require(list(chosen) == sorted(set(chosen)), "elements in order, once each")
            require(all(set(chosen) & set(elements) for elements in sets), "a set is not hit")
            require(found.lower == found.cost, "the lower bound of an optimum is its cost")

    def test_infeasible(self) -> None:
        """The empty set cannot be hit; contradictory clauses neither."""
        backend = self.make()
        with backend.open() as session:
            session.add_set([1])
            session.add_set([])
            require(session.minimum().status is Status.INFEASIBLE, "the empty set cannot be hit")
        with backend.open() as session:
            session.add_set([1])
            session.add_clause([-1])
            require(session.minimum().status is Status.INFEASIBLE, "1 must and must not be chosen")
            require(session.minimum().status is Status.INFEASIBLE, "it stays so")

    def test_bad_elements(self) -> None:
        """Elements start at 1, weights at 1."""
        backend = self.make()
        with backend.open() as session:
            _refuses(lambda: session.add_set([0]))
            _refuses(lambda: session.add_set([-2]))
        _refuses(lambda: backend.open({1: 0}))

    def test_time_limit(self) -> None:
        """A limit is kept; the choice is a hitting set and the bound is honest; the session goes on."""
        backend = self.make()
        self.small_enough(backend, 200)
        rng = random.Random(3)
        sets = [rng.sample(range(1, 201), 20) for _ in range(400)]
        with backend.open() as session:
            session.add_set([1])
            session.minimum()
            for elements in sets:
                session.add_set(elements)
            for _ in range(2):
                found = self.timed(backend, lambda: session.minimum(SHORT))
                if found.model is not None:
                    require(all(set(found.model) & set(s) for s in sets), "a set is not hit")
                    require((found.lower or 0) <= (found.cost or 0), "lower bound above the cost")

    def test_expired_deadline(self) -> None:
        """A deadline that has passed already is a result, not an error."""
        with self.make().open() as session:
            session.add_set([1, 2])
            found = session.minimum(Deadline(1e-9))
            require(found.status in (Status.BEST_SO_FAR, Status.OPTIMAL), "no time is no error")
            require(session.minimum().cost == 1, "the session goes on")

    def test_closing(self) -> None:
        """Closing twice is harmless; a closed session says so."""
        session: HittingSession = self.make().open()
        session.close()
        session.close()
        try:
            session.minimum()
        except BackendError:
            return
        raise AssertionError("expected BackendError from a closed session")


def _grow(rng: random.Random, *sessions: HittingSession) -> None:
    elements = rng.sample(range(1, 9), rng.randint(1, 4))
    if rng.random() < 0.75:
        for session in sessions:
            session.add_set(elements)
        return
    clause = [rng.choice((-1, 1)) * element for element in elements]
    for session in sessions:
        session.add_clause(clause)


def _refuses(work: object) -> None:
    try:
        work()  # type: ignore[operator]  # any call
    except BadInputError:
        return
    raise AssertionError("expected BadInputError")
