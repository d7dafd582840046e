"""All four kinds by looking at every assignment: the yardstick of the tests, for small problems only.

Assignments are bits of uint64 words: bit ``a`` of a set of assignments says that assignment number ``a``, whose
binary digits are the variables, is in the set.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ...engine.budget import Deadline
from ...engine.errors import CapabilityError, UnboundedError
from ...engine.forms import Cnf, Linear, Wcnf
from ...engine.status import Status
from ..protocols import Capabilities, Kind, Limit, Model, Requirement, TimeLimit
from ..results import Count, Optimum, SatAnswer, Verdict
from ..sessions import ListedSession

MAX_VARS = 20
MAX_POINTS = 2**20
_LOW = tuple(np.uint64(sum(1 << a for a in range(64) if a >> v & 1)) for v in range(6))
_ALL = np.uint64(2**64 - 1)
_CHUNK = 2**14


class BruteSat:
    """SAT by trying all assignments of at most 20 variables; ``propagate`` finds all that is implied."""

    name = "brute"
    requirement = Requirement()
    capabilities = Capabilities(
        Kind.SAT,
        incremental=True,
        assumptions=True,
        cores=True,
        propagate=True,
        time_limit=TimeLimit.KEPT,
        interrupt=True,
        max_vars=MAX_VARS,
    )

    def open(self, cnf: Cnf | None = None) -> BruteSession:
        """Start a session."""
        return BruteSession(cnf)


class BruteSession(ListedSession):
    """A formula as a list of clauses."""

    def __init__(self, cnf: Cnf | None = None) -> None:
        super().__init__("brute", cnf)

    def solve(self, assumptions: Sequence[int] = (), deadline: Limit = None) -> SatAnswer:
        """Decide the formula under assumptions."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        given = self._checked(assumptions)
        models = _models(self._clauses, self._n_vars, limit)
        if models is None:
            return SatAnswer(Verdict.UNKNOWN, stop=limit.stop, seconds=time.perf_counter() - started)
        left = _under(models, given)
        if left.any():
            return SatAnswer(Verdict.SAT, _first(left, self._n_vars), seconds=time.perf_counter() - started)
        core = list(dict.fromkeys(given))
        for literal in tuple(core):
            rest = [other for other in core if other != literal]
            if not _under(models, rest).any():
                core = rest
        return SatAnswer(Verdict.UNSAT, core=tuple(core), seconds=time.perf_counter() - started)

    def propagate(self, literals: Sequence[int]) -> tuple[bool, Model]:
        """Return everything that follows from `literals`."""
        given = self._checked(literals)
        models = _models(self._clauses, self._n_vars, Deadline())
        left = _under(models, given) if models is not None else np.zeros(1, np.uint64)
        if not left.any():
            return False, ()
        sides = (literal for v in range(1, self._n_vars + 1) for literal in (v, -v))
        implied = (literal for literal in sides if not (left & ~_column(literal, len(left))).any())
        return True, tuple(dict.fromkeys((*given, *implied)))


class BruteMaxSat:
    """MaxSAT by trying all assignments of at most 20 variables."""

    name = "brute"
    requirement = Requirement()
    capabilities = Capabilities(
        Kind.MAXSAT, time_limit=TimeLimit.KEPT, interrupt=True, weights=True, bounds=True, max_vars=MAX_VARS
    )

    def solve(self, wcnf: Wcnf, deadline: Limit = None) -> Optimum:
        """Find the cheapest model."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        models = _models(wcnf.hard.clauses(), wcnf.n_vars, limit)
        costs = np.zeros(64 * len(models) if models is not None else 0, dtype=np.int64)
        for clause, weight in zip(wcnf.soft.clauses(), wcnf.weights.tolist(), strict=True):
            if models is None or limit.expired():
                seconds = time.perf_counter() - started
                return Optimum(Status.BEST_SO_FAR, lower=0, stop=limit.stop, seconds=seconds)
            costs += weight * _bits(~_clause(clause, len(models)))
        if models is None:
            return Optimum(Status.BEST_SO_FAR, lower=0, stop=limit.stop, seconds=time.perf_counter() - started)
        places = np.flatnonzero(_bits(models))
        seconds = time.perf_counter() - started
        if len(places) == 0:
            return Optimum(Status.INFEASIBLE, seconds=seconds)
        best = int(places[np.argmin(costs[places])])
        cost = int(costs[best])
        return Optimum(Status.OPTIMAL, cost, cost, _spelt(best, wcnf.n_vars), seconds=seconds)


class BruteCounter:
    """Model counting by trying all assignments of at most 20 variables."""

    name = "brute"
    requirement = Requirement()
    capabilities = Capabilities(Kind.COUNTER, time_limit=TimeLimit.KEPT, interrupt=True, max_vars=MAX_VARS)

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count the models."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        models = _models(cnf.clauses(), cnf.n_vars, limit)
        seconds = time.perf_counter() - started
        if models is None:
            return Count.stopped(cnf.n_vars, limit.stop, seconds)
        return Count.exact(int(_bits(models).sum()), seconds)


class BruteMip:
    """Integer programs by trying all points of a box with at most 2**20 of them."""

    name = "brute"
    requirement = Requirement()
    capabilities = Capabilities(
        Kind.MIP,
        time_limit=TimeLimit.KEPT,
        interrupt=True,
        fractional=True,
        bounds=True,
        exact=False,
        max_vars=MAX_VARS,
    )

    def solve(self, linear: Linear, deadline: Limit = None, hint: NDArray[np.float64] | None = None) -> Optimum:
        """Minimise; the hint is not used."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        _refuse_large(linear)
        low = np.ceil(linear.lower)
        sizes = np.maximum(np.floor(linear.upper) - low + 1, 0).astype(np.int64)
        total = int(np.prod(sizes)) if linear.n_vars else 1
        strides = np.concatenate([[1], np.cumprod(sizes[:-1])]) if linear.n_vars else np.ones(0, np.int64)
        rows = np.repeat(np.arange(linear.n_rows), np.diff(linear.starts))
        matrix = np.zeros((linear.n_rows, linear.n_vars))
        matrix[rows, linear.columns] = linear.values
        best: tuple[float, NDArray[np.float64]] | None = None
        for start in range(0, total, _CHUNK):
            if limit.expired():
                break
            numbers = np.arange(start, min(total, start + _CHUNK))[:, None]
            points = low + numbers // np.maximum(strides, 1) % np.maximum(sizes, 1)
            sums = points @ matrix.T
            fine = ((sums >= linear.row_lower - 1e-9) & (sums <= linear.row_upper + 1e-9)).all(axis=1)
            if fine.any():
                costs = np.where(fine, points @ linear.costs, np.inf)
                j = int(np.argmin(costs))
                if best is None or costs[j] < best[0]:
                    best = float(costs[j]), np.asarray(points[j], dtype=np.float64)
        seconds = time.perf_counter() - started
        cost = None if best is None else linear.cost(best[1])
        values = None if best is None else best[1]
        if limit.expired():
            return Optimum(Status.BEST_SO_FAR, cost, None, None, values, limit.stop, seconds)
        status = Status.INFEASIBLE if best is None else Status.OPTIMAL
        return Optimum(status, cost, cost, None, values, seconds=seconds)


def _refuse_large(linear: Linear) -> None:
    if not linear.is_pure_integer:
        raise CapabilityError("brute takes integer variables only; choose a backend with needs=['continuous']")
    span = np.floor(linear.upper) - np.ceil(linear.lower) + 1
    if np.isinf(span).any():
        endless = bool(
            ((np.isinf(linear.lower) & (linear.costs > 0)) | (np.isinf(linear.upper) & (linear.costs < 0))).any()
        )
        if endless and linear.n_rows == 0:
            raise UnboundedError("the program has no minimum: a variable without rows and bound has a cost")
        raise CapabilityError("brute needs finite bounds on every variable")
    if np.prod(np.maximum(span, 1)) > MAX_POINTS:
        raise CapabilityError(f"brute takes boxes of at most {MAX_POINTS} points, got {np.prod(span):.3g}")


def _models(clauses: Iterable[tuple[int, ...]], n_vars: int, limit: Deadline) -> NDArray[np.uint64] | None:
    """Return the set of all models, or None when time is up."""
    if n_vars > MAX_VARS:
        raise CapabilityError(f"brute takes at most {MAX_VARS} variables, got {n_vars}; choose another backend")
    words = max(1, 1 << n_vars >> 6)
    found = np.full(words, _ALL if n_vars >= 6 else np.uint64((1 << (1 << n_vars)) - 1))
    for clause in clauses:
        if limit.expired():
            return None
        found &= _clause(clause, words)
    return None if limit.expired() else found


def _clause(clause: Iterable[int], words: int) -> NDArray[np.uint64]:
    holds = np.zeros(words, dtype=np.uint64)
    for literal in clause:
        holds |= _column(literal, words)
    return holds


def _column(literal: int, words: int) -> NDArray[np.uint64]:
    """Return the set of assignments in which a literal is true."""
    v = abs(literal) - 1
    column = np.full(words, _LOW[v]) if v < 6 else np.where(np.arange(words) >> (v - 6) & 1, _ALL, np.uint64(0))
    return column if literal > 0 else ~column


def _under(models: NDArray[np.uint64], literals: Iterable[int]) -> NDArray[np.uint64]:
    left = models.copy()
    for literal in literals:
        left &= _column(literal, len(models))
    return left


def _bits(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return one 0 or 1 an assignment."""
    return np.unpackbits(words.astype("<u8").view(np.uint8), bitorder="little").astype(np.int64)


def _first(models: NDArray[np.uint64], n_vars: int) -> Model:
    word = int(np.argmax(models != 0))
    value = int(models[word])
    return _spelt(word * 64 + (value & -value).bit_length() - 1, n_vars)


def _spelt(number: int, n_vars: int) -> Model:
    return tuple(v if number >> (v - 1) & 1 else -v for v in range(1, n_vars + 1))
