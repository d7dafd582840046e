"""Model counting with this library's own decision diagrams: compiled, exact at any size, no other package."""

from __future__ import annotations

import time

from ...engine.budget import Deadline
from ...engine.forms import Cnf
from ...engine.status import Stop
from ..protocols import Capabilities, Kind, Limit, Requirement, TimeLimit
from ..results import Count


class ZddCounter:
    """Counts models; every step looks at the clock."""

    name = "zdd"
    requirement = Requirement()
    capabilities = Capabilities(Kind.COUNTER, time_limit=TimeLimit.KEPT, interrupt=True)

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count the models over all variables."""
        from ...engine.diagrams.count import count_models

        limit, started = Deadline.of(deadline), time.perf_counter()
        value = count_models(cnf, limit)
        seconds = time.perf_counter() - started
        if value is None:
            stop = limit.stop if limit.stop is not Stop.NONE else Stop.NODE_LIMIT
            return Count.stopped(cnf.n_vars, stop, seconds)
        return Count.exact(value, seconds)
