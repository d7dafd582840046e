"""Linear programs by highspy, the package of HiGHS itself: newer than SciPy's, takes a point to start from."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.forms import Linear
from ..protocols import Requirement
from ._native_mip import Ended, NativeMip, Values, whole_bounds

# name of the native status -> what it means
_MEANING = {
    "kOptimal": "proved",
    "kModelEmpty": "proved",
    "kInfeasible": "infeasible",
    "kUnboundedOrInfeasible": "unclear",
    "kUnbounded": "unclear",  # of an infeasible program as well
    "kTimeLimit": "stopped",
    "kIterationLimit": "stopped",
    "kSolutionLimit": "stopped",
    "kInterrupt": "stopped",
    "kMemoryLimit": "stopped",
}


class HighspyMip(NativeMip):
    """HiGHS: one thread, a fixed seed, no gap."""

    name = "highspy"
    requirement = Requirement(modules=("highspy",), distribution="highspy", remedy='pip install "highspy>=1.9" (MIT)')

    def run(self, linear: Linear, costs: Values, limit: Deadline, hint: Values | None) -> Ended:
        """Run HiGHS once."""
        package = self.module()
        native = package.Highs()
        options: dict[str, Any] = {
            "output_flag": False,
            "threads": 1,
            "random_seed": 0,
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 0.0,
        }
        if limit.seconds is not None:
            options["time_limit"] = max(0.001, limit.remaining)
        for option, value in options.items():
            native.setOptionValue(option, value)
        native.passModel(_program(package, linear, costs))
        if hint is not None:
            start = package.HighsSolution()
            start.col_value = [float(value) for value in hint]
            native.setSolution(start)
        native.run()
        meaning = self.meaning_of(native.getModelStatus().name, _MEANING)
        info = native.getInfo()
        found = info.primal_solution_status == package.SolutionStatus.kSolutionStatusFeasible
        values = np.array(native.getSolution().col_value, dtype=np.float64) if found else None
        bound = float(info.mip_dual_bound)
        return Ended(meaning, values, bound if np.isfinite(bound) else None)


def _program(package: Any, linear: Linear, costs: Values) -> Any:
    program = package.HighsLp()
    program.num_col_, program.num_row_ = linear.n_vars, linear.n_rows
    program.col_cost_ = np.ascontiguousarray(costs)
    program.col_lower_, program.col_upper_ = whole_bounds(linear)
    program.row_lower_, program.row_upper_ = linear.row_lower, linear.row_upper
    program.offset_ = linear.offset
    kinds = (package.HighsVarType.kContinuous, package.HighsVarType.kInteger)
    program.integrality_ = [kinds[bool(whole)] for whole in linear.integer]
    program.a_matrix_.format_ = package.MatrixFormat.kRowwise
    program.a_matrix_.start_ = linear.starts.astype(np.int32)
    program.a_matrix_.index_ = linear.columns.astype(np.int32)
    program.a_matrix_.value_ = linear.values
    return program
