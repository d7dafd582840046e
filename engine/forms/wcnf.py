"""Weighted partial MaxSAT.

Grammar that a `Wcnf` guarantees::

    wcnf   := hard, (soft clause, weight)*
    hard   := Cnf                           must hold
    soft   := Cnf over the same variables   each clause may be false at the price of its weight
    weight := integer, 1 <= weight, and the sum of all weights < 2**63

The cost of a model is the sum of the weights of the soft clauses that it makes false.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInputError, shown
from ..given import list_of
from ._arrays import frozen
from .cnf import Cnf

MAX_TOTAL = 2**63 - 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Wcnf:
    """Hard clauses, and soft clauses with positive integer weights.

    Equality and hash follow the content.

    Parameters
    ----------
    hard : Cnf
        The clauses that must hold.
    soft : Cnf
        The clauses that may be paid for; the same number of variables as `hard`.
    weights : int64[soft.n_clauses]
        What each false soft clause costs.

    Raises
    ------
    BadInputError
        Different numbers of variables, a weight below 1, or a sum of 2**63 and more.
    """

    hard: Cnf
    soft: Cnf
    weights: NDArray[np.int64]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", frozen(self.weights, np.int64, "weights"))
        if self.hard.n_vars != self.soft.n_vars:
            raise BadInputError(
                f"hard has {self.hard.n_vars} variables and soft {self.soft.n_vars}: expected the same number"
            )
        if len(self.weights) != self.soft.n_clauses:
            raise BadInputError(f"{len(self.weights)} weights for {self.soft.n_clauses} soft clauses")
        if len(self.weights) and self.weights.min() < 1:
            where = int(np.argmin(self.weights))
            raise BadInputError(f"weight {int(self.weights[where])} of soft clause {where}: expected 1 or more")
        if self.total_weight > MAX_TOTAL:
            raise BadInputError(f"the weights sum up to {self.total_weight}: expected less than 2**63; scale them down")

    @staticmethod
    def from_clauses(
        hard: Iterable[Iterable[int]],
        soft: Iterable[Iterable[int]],
        weights: Iterable[int] | None = None,
        n_vars: int | None = None,
    ) -> Wcnf:
        """Build from clauses given as iterables of signed integers.

        Parameters
        ----------
        hard, soft : iterable of iterables of int
            The clauses.
        weights : iterable of int, optional
            One for each soft clause; 1 each by default.
        n_vars : int, optional
            Number of variables; the largest one that occurs by default.
        """
        musts, wishes = Cnf.from_clauses(hard), Cnf.from_clauses(soft)
        top = max(musts.n_vars, wishes.n_vars) if n_vars is None else n_vars
        prices = np.ones(wishes.n_clauses, dtype=np.int64) if weights is None else _weights(weights)
        return Wcnf(
            Cnf(top, musts.literals, musts.offsets),
            Cnf(top, wishes.literals, wishes.offsets),
            prices,
        )

    @property
    def n_vars(self) -> int:
        """Number of variables."""
        return self.hard.n_vars

    @property
    def total_weight(self) -> int:
        """Sum of all weights, exact."""
        return sum(self.weights.tolist())

    def cost(self, model: Iterable[int]) -> int:
        """Return the weight of the soft clauses that a complete model makes false.

        Parameters
        ----------
        model : iterable of int
            One signed literal a variable, in order. Hard clauses are not looked at.
        """
        return int(self.weights[self.soft.falsified(model)].sum())

    def write(self, path: str | Path, comments: Iterable[str] = ()) -> None:
        """Write to `path` in WCNF format of 2022 (atomically)."""
        from .files.dimacs import write_wcnf

        write_wcnf(self, path, comments)

    @staticmethod
    def read(path: str | Path) -> Wcnf:
        """Read a WCNF file, in the format of 2022 or with the older ``p wcnf`` header."""
        from .files.dimacs import read_wcnf

        return read_wcnf(path, Wcnf.from_clauses)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Wcnf):
            return NotImplemented
        same = self.hard == other.hard and self.soft == other.soft
        return same and np.array_equal(self.weights, other.weights)

    def __hash__(self) -> int:
        return hash((self.hard, self.soft, self.weights.tobytes()))

    def __reduce__(self) -> tuple[type[Wcnf], tuple[Cnf, Cnf, NDArray[np.int64]]]:
        return Wcnf, (self.hard, self.soft, self.weights)

    def __repr__(self) -> str:
        return (
            f"Wcnf({self.n_vars} variables, {self.hard.n_clauses} hard clauses, "
            f"{self.soft.n_clauses} soft clauses of weight {self.total_weight})"
        )


def _weights(weights: Any) -> NDArray[Any]:
    listed = list_of(weights, "weights", "a whole number for each soft clause")
    try:
        return np.asarray(listed)
    except (TypeError, ValueError):
        raise BadInputError(f"weights={shown(weights)}: expected a whole number for each soft clause") from None
