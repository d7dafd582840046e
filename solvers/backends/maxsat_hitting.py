"""Minimum hitting sets that grow, over any MaxSAT backend: solved afresh at each call."""

from __future__ import annotations

import time
from collections.abc import Mapping

from ...engine.budget import Deadline
from ...engine.forms import Wcnf
from ...engine.status import Status, Stop
from ..hitting_sessions import HittingBase
from ..protocols import Capabilities, Kind, Limit, MaxSatBackend
from ..results import Optimum


class MaxSatHitting:
    """Hitting sets through a MaxSAT backend.

    Parameters
    ----------
    backend : MaxSatBackend
        Solves one formula for each call of ``minimum``.
    """

    def __init__(self, backend: MaxSatBackend) -> None:
        below = backend.capabilities
        self.backend = backend
        self.name = backend.name
        self.requirement = backend.requirement
        self.capabilities = Capabilities(
            Kind.HITTING,
            time_limit=below.time_limit,
            interrupt=below.interrupt,
            weights=below.weights,
            bounds=below.bounds,
            exact=below.exact,
            complete=below.complete,
            isolated=below.isolated,
            deterministic=below.deterministic,
            max_vars=below.max_vars,
        )

    def open(self, weights: Mapping[int, int] | None = None) -> MaxSatHittingSession:
        """Start a session."""
        return MaxSatHittingSession(self.backend, weights)


class MaxSatHittingSession(HittingBase):
    """A growing hitting-set problem that is handed to a MaxSAT backend as a whole."""

    def __init__(self, backend: MaxSatBackend, weights: Mapping[int, int] | None = None) -> None:
        super().__init__(backend.name, weights)
        self._backend = backend

    def minimum(self, deadline: Limit = None) -> Optimum:
        """Return the cheapest choice of elements."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        self._check_open()
        if self._false:
            return Optimum(Status.INFEASIBLE, seconds=time.perf_counter() - started)
        # elements get dense variable numbers: a sparse numbering would cost the backend memory
        elements = sorted({abs(literal) for clause in self._clauses for literal in clause})
        number = {element: j for j, element in enumerate(elements, start=1)}
        hard = [[number[e] if e > 0 else -number[-e] for e in clause] for clause in self._clauses]
        soft = [[-number[e]] for e in elements]
        wcnf = Wcnf.from_clauses(hard, soft, [self.weight(e) for e in elements], len(elements))
        found = self._backend.solve(wcnf, limit)
        chosen = None
        if found.model is not None:
            chosen = tuple(elements[literal - 1] for literal in found.model if literal > 0)
        seconds = time.perf_counter() - started
        if found.status is not Status.BEST_SO_FAR:
            return Optimum(found.status, found.cost, found.lower, chosen, None, Stop.NONE, seconds)
        if chosen is None:
            chosen, cost = self.greedy()
            return Optimum(found.status, cost, found.lower, chosen, None, found.stop, seconds)
        return Optimum(found.status, found.cost, found.lower, chosen, None, found.stop, seconds)
