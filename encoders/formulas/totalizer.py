"""Counting true literals in clauses: the totalizer of Bailleux and Boufkhad (2003), cut off at a bound."""

from __future__ import annotations

from collections.abc import Sequence

Clause = tuple[int, ...]


def totalizer(
    literals: Sequence[int], bound: int, n: int, *, upward: bool = True, downward: bool = True
) -> tuple[list[Clause], list[int], int]:
    """Return clauses that count the true ones of some literals.

    Parameters
    ----------
    literals : sequence of int
        What is counted.
    bound : int
        Counting ends here.
    n : int
        Number of variables so far; new ones follow.
    upward : bool
        Enough true literals make an output true.
    downward : bool
        Too few true literals make an output false. With both, every output is determined by the literals.

    Returns
    -------
    clauses : list of tuple of int
    outputs : list of int
        Output j (from 0) tells whether at least j + 1 of the literals are true; there are
        ``min(bound, len(literals))``.
    n : int
        Number of variables, the new ones included.
    """
    clauses: list[Clause] = []
    if bound <= 0 or not literals:
        return clauses, [], n
    layer = [[literal] for literal in literals]
    while len(layer) > 1:
        merged = []
        for i in range(0, len(layer) - 1, 2):
            a, b = layer[i], layer[i + 1]
            size = min(len(a) + len(b), bound)
            outputs = list(range(n + 1, n + 1 + size))
            n += size
            clauses += _merge(a, b, outputs, upward, downward)
            merged.append(outputs)
        layer = merged + layer[len(layer) - len(layer) % 2 :]
    return clauses, layer[0], n


def _merge(a: list[int], b: list[int], outputs: list[int], upward: bool, downward: bool) -> list[Clause]:
    """Return the clauses of one adder: output i + j + 1 between i of the one and j of the other."""
    clauses: list[Clause] = []
    size = len(outputs)
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            if upward and 0 < i + j <= size:
                clauses.append((*(-x for x in a[:i][-1:] + b[:j][-1:]), outputs[i + j - 1]))
            if downward and i + j < size:
                clauses.append((*a[i : i + 1], *b[j : j + 1], -outputs[i + j]))
    return clauses


def at_least(literals: Sequence[int], bound: int, n: int) -> tuple[list[Clause], int]:
    """Return clauses that demand at least `bound` true ones of some literals, and the number of variables.

    The auxiliary variables are not determined by the literals: use ``totalizer`` where models are counted.
    """
    spare = len(literals) - bound
    if bound <= 0:
        return [], n
    if spare < 0:
        return [()], n
    if spare == 0:
        return [(literal,) for literal in literals], n
    if bound <= spare:  # count the true ones up to the bound
        clauses, outputs, n = totalizer(literals, bound, n, upward=False)
        return [*clauses, (outputs[bound - 1],)], n
    clauses, outputs, n = totalizer([-literal for literal in literals], spare + 1, n, downward=False)
    return [*clauses, (-outputs[spare],)], n
