"""Counting the models of a CNF with a decision diagram."""

from __future__ import annotations

import numpy as np

from .._native import ModelBuild
from ..budget import Deadline
from ..clock import run
from ..forms.cnf import Cnf
from .family import DEFAULT_NODE_LIMIT
from .remainders import numbers_of, primes_for


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
    ordered = [sorted((place[abs(v)], v > 0) for v in clause) for clause in clauses]
    start = np.concatenate([[0], np.cumsum([len(clause) for clause in ordered])]).astype(np.int64)
    member = np.array([p for clause in ordered for p, _ in clause], dtype=np.int32)
    positive = np.array([s for clause in ordered for _, s in clause], dtype=np.bool_)
    models = run(deadline, ModelBuild(start, member, positive, m).go_on, node_limit)
    if models is None:
        return None
    primes = primes_for(m + 1)
    remainders = run(deadline, models.count_models, primes)
    if remainders is None:
        return None
    return numbers_of(remainders[:, None], primes)[0] << (cnf.n_vars - m)
