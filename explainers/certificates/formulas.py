"""Proofs that formulas have no model, by SAT solvers that write down what they learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import I64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, UndecidedError, UnsupportedModelError, shown
from ...solvers.proofs import SAT, proof_of_clauses
from .subject import Subject, whole
from .suffice_check_sat import Clauses


def lemmas_of(subject: Subject, claim: dict[str, Any], arrays: dict[str, Any], solver: str, deadline: Deadline) -> I64:
    """Return the clauses that a solver learns until there is a contradiction, each with a 0 at its end.

    Raises
    ------
    UnsupportedModelError
        If sums of the model take too many values.
    BadInputError
        If the solver writes no proofs.
    UndecidedError
        If the formula has a model, or time was up.
    """
    if solver not in SAT:
        raise BadInputError(f"solver={shown(solver)}: expected one of {SAT}, of python-sat, which write proofs")
    empty: dict[str, Any] = {"witness": subject.rows([])}
    numbers = {name: whole(array) for name, array in {**subject.arrays, **arrays, **empty}.items()}
    checker = Clauses({**subject.head, "claim": claim}, numbers)
    try:
        formula = checker.formula()
    except ValueError as error:
        raise UnsupportedModelError(
            f"formulas are of sums that take few values, as of trees that vote hard ({error}): leave out solver="
        ) from None
    found = proof_of_clauses(solver, formula, deadline)
    if found is None:
        raise UndecidedError("sums are so near to what decides that the formula cannot tell: leave out solver=")
    lines = [line.split() for line in found]
    learned = [int(number) for line in lines if line and line[0] != "d" for number in line]
    return np.array(learned, np.int64)
