"""Linear programs by Gurobi, where it is installed and licensed: named, never chosen, never shipped."""

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
    "2": "proved",
    "3": "infeasible",
    "4": "unclear",
    "5": "unclear",
    "7": "stopped",
    "8": "stopped",
    "9": "stopped",
    "10": "stopped",
    "11": "stopped",
    "13": "stopped",
    "16": "stopped",
    "17": "stopped",
}
_NO_LICENCE = (10009, 10010)  # none found; the program is larger than the licence allows


class GurobiMip(NativeMip):
    """Gurobi: one thread, a fixed seed, no gap, silent."""

    name = "gurobi"
    requirement = Requirement(
        modules=("gurobipy",),
        distribution="gurobipy",
        remedy="pip install gurobipy, and a licence of Gurobi for programs beyond its trial's size (proprietary)",
    )

    def run(self, linear: Linear, costs: Values, limit: Deadline, hint: Values | None) -> Ended:
        """Run Gurobi once.

        Raises
        ------
        MissingBackendError
            There is no licence, or none for programs of this size.
        """
        package = self.module()
        try:
            with package.Env(params={"OutputFlag": 0}) as environment, package.Model(env=environment) as native:
                return self._run(package, native, linear, costs, limit, hint)
        except package.GurobiError as error:
            if error.errno in _NO_LICENCE:
                raise MissingBackendError(f"gurobi has no licence for this program: {error}") from error
            raise BackendError(f"gurobi failed: {error}") from error

    def _run(
        self, package: Any, native: Any, linear: Linear, costs: Values, limit: Deadline, hint: Values | None
    ) -> Ended:
        native.Params.Threads, native.Params.Seed = 1, 0
        native.Params.MIPGap = native.Params.MIPGapAbs = 0.0
        if limit.seconds is not None:
            native.Params.TimeLimit = max(0.001, limit.remaining)
        lower, upper = whole_bounds(linear)
        variables = [
            native.addVar(float(low), float(high), float(cost), "I" if whole else "C")
            for low, high, cost, whole in zip(lower, upper, costs, linear.integer, strict=True)
        ]
        native.ObjCon = linear.offset
        for index in range(linear.n_rows):
            columns, values, low, high = linear.row(index)
            total = package.LinExpr(values.tolist(), [variables[j] for j in columns.tolist()])
            if low == high:
                native.addConstr(total == low)
                continue
            if np.isfinite(low):
                native.addConstr(total >= low)
            if np.isfinite(high):
                native.addConstr(total <= high)
        for variable, value in zip(variables, hint.tolist() if hint is not None else (), strict=False):
            variable.Start = value
        native.optimize()
        meaning = self.meaning_of(native.Status, _MEANING)
        point = np.array([variable.X for variable in variables]) if native.SolCount else None
        bound = float(native.ObjBound) if native.IsMIP and meaning in ("proved", "stopped") else None
        return Ended(meaning, point, bound)
