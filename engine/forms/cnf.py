"""Conjunctive normal form.

Grammar that a `Cnf` guarantees::

    cnf     := n_vars, clause*          0 <= n_vars < 2**31
    clause  := literal*                 the empty clause is allowed and is false
    literal := +v | -v                  1 <= v <= n_vars, stored as int32, never 0

Clauses keep their order, their literals keep theirs; duplicates and tautologies are allowed (passes
may remove them, the form does not). Arrays are flat and read-only: clause ``i`` is
``literals[offsets[i]:offsets[i + 1]]``.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import BadInputError, shown
from ..given import is_whole
from ._arrays import check_offsets, frozen, same_arrays

MAX_VARS = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Cnf:
    """A formula in conjunctive normal form over the variables 1 … n_vars.

    Two formulas are equal when number of variables, clauses and their order are equal; the hash
    follows the content, which cannot change.

    Parameters
    ----------
    n_vars : int
        Number of variables; variables that occur in no clause count.
    literals : int32[n_literals]
        All clauses end to end.
    offsets : int64[n_clauses + 1]
        Where each clause starts, and the end of the last.

    Raises
    ------
    BadInputError
        A literal is 0 or beyond `n_vars`, or the offsets do not fit.
    """

    n_vars: int
    literals: NDArray[np.int32]
    offsets: NDArray[np.int64]

    def __post_init__(self) -> None:
        if not is_whole(self.n_vars):
            raise BadInputError(f"n_vars={shown(self.n_vars)}: expected an integer")
        if not 0 <= self.n_vars <= MAX_VARS:
            raise BadInputError(f"n_vars={shown(self.n_vars)}: expected 0 to {MAX_VARS}")
        object.__setattr__(self, "n_vars", int(self.n_vars))
        object.__setattr__(self, "literals", frozen(self.literals, np.int32, "literals"))
        object.__setattr__(self, "offsets", frozen(self.offsets, np.int64, "offsets"))
        check_offsets(self.offsets, len(self.literals), "offsets")
        _check_literals(self.literals, self.n_vars)

    @staticmethod
    def from_clauses(clauses: Iterable[Iterable[int]], n_vars: int | None = None) -> Cnf:
        """Build a formula from clauses given as iterables of signed integers.

        Parameters
        ----------
        clauses : iterable of iterables of int
            Each literal is a variable (1, 2, …) or its negation (-1, -2, …).
        n_vars : int, optional
            Number of variables; the largest one that occurs by default.

        Raises
        ------
        BadInputError
            A literal is no integer, is 0, or is beyond `n_vars`.
        """
        flat, ends = array("i"), array("q", [0])
        try:
            for clause in clauses:
                flat.extend(clause)
                ends.append(len(flat))
        except (TypeError, ValueError, OverflowError, RuntimeError) as error:
            raise BadInputError(f"clause {len(ends) - 1}: expected integers below 2**31 ({shown(error)})") from error
        literals = np.array(flat, dtype=np.int32)
        top = int(np.abs(literals.astype(np.int64)).max()) if len(literals) else 0
        return Cnf(top if n_vars is None else n_vars, literals, np.array(ends, dtype=np.int64))

    @property
    def n_clauses(self) -> int:
        """Number of clauses."""
        return len(self.offsets) - 1

    def clauses(self) -> Iterator[tuple[int, ...]]:
        """Yield the clauses as tuples of signed integers, in order."""
        flat, ends = self.literals.tolist(), self.offsets.tolist()
        for start, end in pairwise(ends):
            yield tuple(flat[start:end])

    def extended(self, clauses: Iterable[Iterable[int]], n_vars: int | None = None) -> Cnf:
        """Return this formula with `clauses` added at the end; it gains variables as needed.

        Parameters
        ----------
        clauses : iterable of iterables of int
            What to add.
        n_vars : int, optional
            Number of variables of the result; the larger of both parts by default.
        """
        more = Cnf.from_clauses(clauses)
        return Cnf(
            max(self.n_vars, more.n_vars) if n_vars is None else n_vars,
            np.concatenate([self.literals, more.literals]),
            np.concatenate([self.offsets, more.offsets[1:] + self.offsets[-1]]),
        )

    def falsified(self, model: Iterable[int]) -> NDArray[np.bool_]:
        """Tell which clauses a complete model makes false.

        Parameters
        ----------
        model : iterable of int
            One signed literal a variable, 1 to `n_vars`, in order.

        Returns
        -------
        bool[n_clauses]
        """
        try:
            signs = np.fromiter(model, dtype=np.int64, count=-1)
        except Exception:  # numpy's errors, or those of an object of a user
            raise BadInputError(f"model={shown(model)}: expected one literal for each variable, in order") from None
        if len(signs) != self.n_vars or not np.array_equal(np.abs(signs), np.arange(1, self.n_vars + 1)):
            raise BadInputError(f"model: expected one literal for each of the {self.n_vars} variables, in order")
        if self.n_clauses == 0:
            return np.zeros(0, dtype=np.bool_)
        holds = signs[np.abs(self.literals) - 1] == self.literals
        before = np.concatenate([[0], np.cumsum(holds)])
        return np.asarray(before[self.offsets[1:]] == before[self.offsets[:-1]], dtype=np.bool_)

    def satisfied_by(self, model: Iterable[int]) -> bool:
        """Tell whether a complete model makes every clause true."""
        return not self.falsified(model).any()

    def write(self, path: str | Path, comments: Iterable[str] = ()) -> None:
        """Write the formula to `path` in DIMACS format (atomically)."""
        from .files.dimacs import write_dimacs

        write_dimacs(self, path, comments)

    @staticmethod
    def read(path: str | Path) -> Cnf:
        """Read a DIMACS file."""
        from .files.dimacs import read_dimacs

        return read_dimacs(path, Cnf.from_clauses)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Cnf):
            return NotImplemented
        mine, theirs = (self.literals, self.offsets), (other.literals, other.offsets)
        return self.n_vars == other.n_vars and same_arrays(mine, theirs)

    def __hash__(self) -> int:
        return hash((self.n_vars, self.literals.tobytes(), self.offsets.tobytes()))

    def __reduce__(self) -> tuple[type[Cnf], tuple[int, NDArray[np.int32], NDArray[np.int64]]]:
        # arrays come back from a pickle writable: go through the constructor, which freezes them
        return Cnf, (self.n_vars, self.literals, self.offsets)

    def __repr__(self) -> str:
        return f"Cnf({self.n_vars} variables, {self.n_clauses} clauses, {len(self.literals)} literals)"


def _check_literals(literals: NDArray[np.int32], n_vars: int) -> None:
    if len(literals) == 0:
        return
    if not literals.all():
        raise BadInputError(f"literals: 0 at position {int(np.argmin(literals != 0))}; variables start at 1")
    low, high = int(literals.min()), int(literals.max())
    if high > n_vars or -low > n_vars:
        worst = high if high > n_vars else low
        raise BadInputError(f"literals: {worst} is beyond the {n_vars} variables of the formula; raise n_vars")
