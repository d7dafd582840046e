"""Linear programs by COPT, where it is installed and licensed: named, never chosen, never shipped."""

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
    "2": "infeasible",
    "3": "unclear",
    "4": "unclear",
    "6": "stopped",
    "8": "stopped",
    "9": "stopped",
    "10": "stopped",
}


class CoptMip(NativeMip):
    """COPT: one thread, no gap, silent."""

    name = "copt"
    requirement = Requirement(
        modules=("coptpy",),
        distribution="coptpy",
        remedy="pip install coptpy, and a licence of COPT for programs beyond its trial's size (proprietary)",
    )

    def run(self, linear: Linear, costs: Values, limit: Deadline, hint: Values | None) -> Ended:
        """Run COPT once.

        Raises
        ------
        MissingBackendError
            There is no licence, or none for programs of this size.
        """
        package = self.module()
        try:
            config = package.EnvrConfig()
            config.set("nobanner", "1")
            native = package.Envr(config).createModel("program")
            return self._run(package, native, linear, costs, limit, hint)
        except package.CoptError as error:
            text = str(getattr(error, "message", error))
            if "licen" in text.lower():
                raise MissingBackendError(f"copt has no licence for this program: {text}") from error
            raise BackendError(f"copt failed: {text}") from error

    def _run(
        self, package: Any, native: Any, linear: Linear, costs: Values, limit: Deadline, hint: Values | None
    ) -> Ended:
        native.setParam("Logging", 0)
        native.setParam("Threads", 1)
        native.setParam("RelGap", 0.0)
        native.setParam("AbsGap", 0.0)
        if limit.seconds is not None:
            native.setParam("TimeLimit", max(0.01, limit.remaining))
        lower, upper = whole_bounds(linear)
        variables = [
            native.addVar(lb=float(low), ub=float(high), obj=float(cost), vtype="I" if whole else "C")
            for low, high, cost, whole in zip(lower, upper, costs, linear.integer, strict=True)
        ]
        native.setObjConst(linear.offset)
        for index in range(linear.n_rows):
            columns, values, low, high = linear.row(index)
            if not len(columns) or (np.isinf(low) and np.isinf(high)):
                continue
            total = package.LinExpr()
            for j, value in zip(columns.tolist(), values.tolist(), strict=True):
                total.addTerm(variables[j], value)
            native.addBoundConstr(total, float(low), float(high))
        if hint is not None and linear.integer.any():
            native.setMipStart(variables, hint.tolist())
            native.loadMipStart()
        native.solve()
        whole = bool(linear.integer.any())
        meaning = self.meaning_of(native.status, _MEANING)
        found = native.hasmipsol if whole else native.haslpsol and meaning == "proved"
        point = np.array(native.getValues(), dtype=np.float64) if found else None
        bound = float(native.bestbnd) if whole and meaning in ("proved", "stopped") else None
        return Ended(meaning, point, bound)
