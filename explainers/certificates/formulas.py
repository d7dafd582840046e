"""Proofs that formulas have no model, by SAT solvers that write down what they learn."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import I64
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, UndecidedError, UnsupportedModelError, shown
from .subject import Subject, whole
from .suffice_check_sat import Clauses

SOLVERS = ("cadical153", "glucose4", "lingeling")  # of python-sat, those that write proofs


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
    if solver not in SOLVERS:
        raise BadInputError(f"solver={shown(solver)}: expected one of {SOLVERS}, of python-sat, which write proofs")
    from pysat.solvers import Solver

    empty: dict[str, Any] = {"witness": subject.rows([])}
    numbers = {name: whole(array) for name, array in {**subject.arrays, **arrays, **empty}.items()}
    checker = Clauses({**subject.head, "claim": claim}, numbers)
    try:
        formula = checker.formula()
    except ValueError as error:
        raise UnsupportedModelError(
            f"formulas are of sums that take few values, as of trees that vote hard ({error}): leave out solver="
        ) from None
    with Solver(name=solver, bootstrap_with=formula, with_proof=True) as asked:
        if asked.solve():
            raise UndecidedError("sums are so near to what decides that the formula cannot tell: leave out solver=")
        lines = [line.split() for line in asked.get_proof() or []]
    if deadline.expired():
        raise UndecidedError(f"the certificate was not proved: {deadline.told}")
    learned = [int(number) for line in lines if line and line[0] != "d" for number in line]
    return np.array(learned, np.int64)
