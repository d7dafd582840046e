"""Linear programs by CPLEX, where it is installed and licensed: named, never chosen, never shipped."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.errors import BackendError, MissingBackendError
from ...engine.forms import Linear
from ..protocols import Requirement
from ._native_mip import Ended, NativeMip, Values, whole_bounds

# native status (an integer) -> what it means
_MEANING = {
    "0": "stopped",
    "1": "proved",
    "2": "unclear",
    "3": "infeasible",
    "4": "unclear",
    "10": "stopped",
    "11": "stopped",
    "13": "stopped",
    "25": "stopped",
    "101": "proved",
    "103": "infeasible",
    "105": "stopped",
    "106": "stopped",
    "107": "stopped",
    "108": "stopped",
    "113": "stopped",
    "114": "stopped",
    "118": "unclear",
    "119": "unclear",
}
_TOO_LARGE = 1016  # the community edition's limit
_INFINITY = 1e20


class CplexMip(NativeMip):
    """CPLEX: one thread, a fixed seed, no gap, silent."""

    name = "cplex"
    requirement = Requirement(
        modules=("cplex",),
        distribution="cplex",
        remedy="pip install cplex, and a licence for programs beyond the community edition's size (proprietary)",
    )

    def run(self, linear: Linear, costs: Values, limit: Deadline, hint: Values | None) -> Ended:
        """Run CPLEX once.

        Raises
        ------
        MissingBackendError
            The program is larger than the licence allows.
        """
        package = self.module()
        try:
            with package.Cplex() as native:
                return self._run(package, native, linear, costs, limit, hint)
        except package.exceptions.CplexError as error:
            if _TOO_LARGE in error.args or str(_TOO_LARGE) in str(error):
                raise MissingBackendError(f"cplex has no licence for a program of this size: {error}") from error
            raise BackendError(f"cplex failed: {error}") from error

    def _run(
        self, package: Any, native: Any, linear: Linear, costs: Values, limit: Deadline, hint: Values | None
    ) -> Ended:
        for stream in (
            native.set_log_stream,
            native.set_results_stream,
            native.set_warning_stream,
            native.set_error_stream,
        ):
            stream(None)
        settings = native.parameters
        settings.threads.set(1)
        settings.randomseed.set(0)
        settings.mip.tolerances.mipgap.set(0.0)
        settings.mip.tolerances.absmipgap.set(0.0)
        if limit.seconds is not None:
            settings.timelimit.set(max(0.001, limit.remaining))
        whole = bool(linear.integer.any())
        _fill(package, native, linear, costs, whole)
        if hint is not None and whole:
            native.MIP_starts.add(
                package.SparsePair(list(range(linear.n_vars)), hint.tolist()), native.MIP_starts.effort_level.repair
            )
        native.solve()
        solution = native.solution
        meaning = self.meaning_of(solution.get_status(), _MEANING)
        found = solution.is_primal_feasible()
        values = np.array(solution.get_values(), dtype=np.float64) if found else None
        bound = None
        if whole and meaning in ("proved", "stopped"):
            bound = float(solution.MIP.get_best_objective())
        return Ended(meaning, values, bound)


def _fill(package: Any, native: Any, linear: Linear, costs: Values, whole: bool) -> None:
    lower, upper = whole_bounds(linear)
    kinds = {"types": ["I" if integer else "C" for integer in linear.integer]} if whole else {}
    native.variables.add(
        obj=costs.tolist(),
        lb=np.clip(lower, -_INFINITY, _INFINITY).tolist(),
        ub=np.clip(upper, -_INFINITY, _INFINITY).tolist(),
        **kinds,
    )
    native.objective.set_offset(linear.offset)
    rows, senses, sides, ranges = [], [], [], []
    for index in range(linear.n_rows):
        columns, values, low, high = linear.row(index)
        if np.isinf(low) and np.isinf(high):
            continue
        rows.append(package.SparsePair(columns.tolist(), values.tolist()))
        senses.append("E" if low == high else "L" if np.isinf(low) else "G" if np.isinf(high) else "R")
        sides.append(high if np.isinf(low) else low)
        ranges.append(high - low if senses[-1] == "R" else 0.0)
    native.linear_constraints.add(lin_expr=rows, senses=senses, rhs=sides, range_values=ranges)
