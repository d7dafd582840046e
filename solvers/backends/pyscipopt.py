"""Linear programs by PySCIPOpt, the package of SCIP itself: newer than the SCIP of OR-tools."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.forms import Linear
from ..protocols import Requirement
from ._native_mip import Ended, NativeMip, Values, whole_bounds

# native status -> what it means
_MEANING = {
    "optimal": "proved",
    "infeasible": "infeasible",
    "unbounded": "unclear",
    "inforunbd": "unclear",
    "timelimit": "stopped",
    "userinterrupt": "stopped",
    "memlimit": "stopped",
    "nodelimit": "stopped",
    "gaplimit": "stopped",
}


class PyScipMip(NativeMip):
    """SCIP: no gap, and no time limit but that of the call."""

    name = "pyscipopt"
    requirement = Requirement(
        modules=("pyscipopt",), distribution="pyscipopt", remedy='pip install "pyscipopt>=5.1" (MIT; SCIP: Apache-2.0)'
    )

    def run(self, linear: Linear, costs: Values, limit: Deadline, hint: Values | None) -> Ended:
        """Run SCIP once."""
        package = self.module()
        native = package.Model()
        native.hideOutput()
        native.setParam("limits/gap", 0.0)
        native.setParam("misc/catchctrlc", False)
        variables = _fill(package, native, linear, costs)
        if limit.seconds is not None:
            native.setParam("limits/time", max(0.001, limit.remaining))
        if hint is not None:
            start = native.createPartialSol()
            for variable, value in zip(variables, hint.tolist(), strict=True):
                native.setSolVal(start, variable, value)
            native.addSol(start)
        native.optimize()
        meaning = self.meaning_of(native.getStatus(), _MEANING)
        values = None
        if native.getNSols():
            best = native.getBestSol()
            values = np.array([native.getSolVal(best, variable) for variable in variables], dtype=np.float64)
        return Ended(meaning, values, float(native.getDualbound()))


def _fill(package: Any, native: Any, linear: Linear, costs: Values) -> list[Any]:
    """Write the program into an empty native model and return its variables."""
    lower, upper = whole_bounds(linear)
    variables = [
        native.addVar(
            vtype="I" if linear.integer[j] else "C",
            lb=float(lower[j]) if np.isfinite(lower[j]) else None,
            ub=float(upper[j]) if np.isfinite(upper[j]) else None,
            obj=float(costs[j]),
        )
        for j in range(linear.n_vars)
    ]
    for index in range(linear.n_rows):
        columns, values, low, high = linear.row(index)
        if not len(columns) or (np.isinf(low) and np.isinf(high)):
            continue
        terms = zip(columns.tolist(), values.tolist(), strict=True)
        total = package.quicksum(value * variables[j] for j, value in terms)
        if low == high:
            native.addCons(total == low)
            continue
        if np.isfinite(low):
            native.addCons(total >= low)
        if np.isfinite(high):
            native.addCons(total <= high)
    native.addObjoffset(linear.offset)
    return variables
