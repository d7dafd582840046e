"""Counting the models of a CNF with a decision diagram on flat arrays."""

from __future__ import annotations

import numpy as np

from ..budget import Deadline
from ..forms.cnf import Cnf
from ..kernels import I32, I64, Bools, Num, kernel
from ..kernels.watch import run_watched
from . import family_kernels as fk
from . import kernels as dk
from .family import DEFAULT_NODE_LIMIT, chinese, primes_for

_FIRST_CAPACITY = 1 << 14


@kernel
def _build(start: I64, member: I32, positive: Bools, capacity: int, n: int, flag: I32) -> tuple[Num, I32, I32, I32]:
    """Return the diagram of a conjunction of clauses (positions ascending in each), -1 if nodes ran out."""
    chain = np.arange(n + 1).astype(np.int32)
    nothing = np.zeros(n + 1, np.int32)
    t = dk.new_tables(capacity, n, chain, nothing, nothing, flag)
    ready = np.empty(64, np.int64)
    rank = np.empty(64, np.int64)
    depth = 0
    last = len(start) - 2
    for k in range(len(start) - 1):
        f = np.int64(0)
        for i in range(start[k + 1] - 1, start[k] - 1, -1):
            if positive[i]:
                f = dk.monotone_node(t, np.int64(member[i]), f, np.int64(1))
            else:
                f = dk.monotone_node(t, np.int64(member[i]), np.int64(1), f)
        ready[depth] = f
        rank[depth] = 0
        depth += 1
        while depth > 1 and (rank[depth - 1] == rank[depth - 2] or k == last):
            joined = np.int64(-1)
            if ready[depth - 1] >= 0 and ready[depth - 2] >= 0:
                joined = dk.conjoin(t, ready[depth - 2], ready[depth - 1])
            if joined < 0:
                return np.int64(-1), t[0][:0], t[1][:0], t[2][:0]
            depth -= 1
            ready[depth - 1] = joined
            rank[depth - 1] += 1
    root = ready[0] if last >= 0 else np.int64(1)
    used = t[7][0]
    return root, t[0][:used].copy(), t[1][:used].copy(), t[2][:used].copy()


@kernel
def _count_modulo(variable: I32, low: I32, high: I32, powers: I64, prime: int) -> Num:
    """Return the number of models below the last node over the variables from its own on, modulo a prime."""
    n = len(low)
    below = np.zeros(n, np.int64)
    below[1] = 1
    for i in range(2, n):
        a = below[low[i]] * powers[variable[low[i]] - variable[i] - 1] % prime
        b = below[high[i]] * powers[variable[high[i]] - variable[i] - 1] % prime
        below[i] = (a + b) % prime
    return below[n - 1]


def count_models(cnf: Cnf, deadline: Deadline, node_limit: int = DEFAULT_NODE_LIMIT) -> int | None:
    """Return the exact number of models over all variables, or None if time or nodes ran out.

    Parameters
    ----------
    cnf : Cnf
        The formula.
    deadline : Deadline
        Time allowed.
    node_limit : int
        Greatest number of diagram nodes.

    Notes
    -----
    Clauses are conjoined two by two, neighbours first; variables stand in the order of their first occurrence.
    """
    clauses = [c for c in (tuple(dict.fromkeys(clause)) for clause in cnf.clauses()) if not any(-v in c for v in c)]
    if any(not clause for clause in clauses):
        return 0
    place: dict[int, int] = {}
    for clause in clauses:
        for literal in clause:
            place.setdefault(abs(literal), len(place))
    m = len(place)
    if m == 0:
        return 1 << cnf.n_vars
    ordered = [sorted((place[abs(v)], v > 0) for v in clause) for clause in clauses]
    start = np.concatenate([[0], np.cumsum([len(clause) for clause in ordered])]).astype(np.int64)
    member = np.array([p for clause in ordered for p, _ in clause], dtype=np.int32)
    positive = np.array([s for clause in ordered for _, s in clause], dtype=np.bool_)
    capacity = _FIRST_CAPACITY
    while not deadline.expired():
        root, variable, low, high = run_watched(deadline, _build, start, member, positive, capacity, m)
        if root >= 0:
            return _count(int(root), variable, low, high, m) << (cnf.n_vars - m)
        if capacity >= node_limit:
            return None
        capacity = min(capacity * 16, node_limit)
    return None


def _count(root: int, variable: I32, low: I32, high: I32, m: int) -> int:
    if root <= 1:
        return root << m
    variable, low, high = fk.compact(root, variable, low, high)
    residues, primes = [], primes_for(m + 2)
    for prime in primes:
        powers = np.array([pow(2, e, prime) for e in range(m + 1)], dtype=np.int64)
        residues.append(int(_count_modulo(variable, low, high, powers, prime)))
    return chinese([tuple(residues)], primes)[0] << int(variable[-1])
