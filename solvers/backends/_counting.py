"""What the counters of other packages share: formulas made smaller before, numbers checked after."""

from __future__ import annotations

from dataclasses import dataclass

from ...engine.errors import BackendError
from ...engine.forms import Cnf


@dataclass(frozen=True, slots=True)
class Reduced:
    """Clauses over the variables 1 … n_vars, each of which occurs, and how many variables of the formula are free."""

    clauses: list[list[int]]
    n_vars: int
    free: int

    def lifted(self, count: int, name: str) -> int:
        """Return the number of models of the whole formula.

        Raises
        ------
        BackendError
            There are not so many assignments.
        """
        if not 0 <= count <= 1 << self.n_vars:
            raise BackendError(f"{name} counted {count} models over {self.n_vars} variables")
        return count << self.free


def reduced(cnf: Cnf) -> Reduced | None:
    """Return what is left of a formula after unit propagation, without tautologies and repeated literals.

    None where unit propagation refutes it. Numbers of models are kept: variables with a fixed value are gone, those
    that occur nowhere any more are free. Linear in the size of the formula for each round of propagation.
    """
    clauses = [sorted(set(clause), key=abs) for clause in cnf.clauses()]
    clauses = [clause for clause in clauses if not any(-literal in clause for literal in clause)]
    fixed: set[int] = set()
    while units := {clause[0] for clause in clauses if len(clause) == 1}:
        fixed |= units
        if any(-literal in fixed for literal in units):
            return None
        open_ones = (clause for clause in clauses if fixed.isdisjoint(clause))
        clauses = [[literal for literal in clause if -literal not in fixed] for clause in open_ones]
    if any(not clause for clause in clauses):
        return None
    used = sorted({abs(literal) for clause in clauses for literal in clause})
    place = {v: number for number, v in enumerate(used, start=1)}
    dense = [[place[abs(literal)] * (1 if literal > 0 else -1) for literal in clause] for clause in clauses]
    return Reduced(dense, len(used), cnf.n_vars - len(used) - len(fixed))
