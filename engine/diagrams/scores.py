"""How often players decide in a monotone game: its coalitions counted by size, in a diagram of its losing ones."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, factorial
from typing import NamedTuple

import numpy as np

from .._native import Diagram, ModelBuild
from ..budget import Deadline
from ..clock import run
from .family import DEFAULT_NODE_LIMIT

_OFTEN = 256  # nodes between two looks at the limit


class Coalitions(NamedTuple):
    """Winning coalitions by size.

    Attributes
    ----------
    all : tuple of int, length n + 1
        How many of each size.
    having : tuple of tuples of int, shape (n, n + 1)
        How many of them have each player.
    """

    all: tuple[int, ...]
    having: tuple[tuple[int, ...], ...]


def winning_coalitions(minimal: Sequence[Sequence[int]], n: int, deadline: Deadline) -> Coalitions | None:
    """Count the winning coalitions of a monotone game, given its minimal ones.

    Parameters
    ----------
    minimal : sequence of sequences of int
        The minimal winning coalitions, of players 0 … n - 1.
    n : int
        How many players there are.
    deadline : Deadline
        Time allowed.

    Returns
    -------
    Coalitions or None
        None if time or nodes ran out.

    Notes
    -----
    A coalition loses if each minimal one lacks a player of it: a clause each, conjoined in a diagram. Polynomials over
    its nodes count by size, all coefficients in one whole number.
    """
    if any(not one for one in minimal):  # everybody wins
        return Coalitions(*_every(n))
    order = _order(minimal, n)
    place = {player: i for i, player in enumerate(order)}
    clauses = sorted(sorted(place[i] for i in one) for one in minimal)
    start = np.concatenate([[0], np.cumsum([len(clause) for clause in clauses])]).astype(np.int64)
    member = np.array([v for clause in clauses for v in clause], dtype=np.int32)
    diagram = run(deadline, ModelBuild(start, member, np.zeros(len(member), np.bool_), n).go_on, DEFAULT_NODE_LIMIT)
    if diagram is None:
        return None
    losing = _losing(diagram, n, deadline)
    if losing is None:
        return None
    total, having = losing
    every, each = _every(n)
    wins = tuple(a - b for a, b in zip(every, total, strict=True))
    own = tuple(tuple(a - b for a, b in zip(each[i], having[place[i]], strict=True)) for i in range(n))
    return Coalitions(wins, own)


def _every(n: int) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return how many coalitions of each size there are, and how many have each player."""
    having = (0, *(comb(n - 1, k) for k in range(n)))
    return tuple(comb(n, k) for k in range(n + 1)), (having,) * n


def _order(minimal: Sequence[Sequence[int]], n: int) -> list[int]:
    """Return the players, those of most coalitions first."""
    often = np.bincount(np.array([i for one in minimal for i in one], dtype=np.int64), minlength=n)
    return [int(player) for player in np.argsort(-often, kind="stable")]


def _losing(diagram: Diagram, n: int, deadline: Deadline) -> tuple[tuple[int, ...], list[tuple[int, ...]]] | None:
    """Return how many models of each size a diagram has, and how many of them have each variable."""
    bits = n + 2  # of a coefficient: none is beyond 2^n
    x = 1 << bits  # a polynomial is a number, its value at x = 2^bits
    free = [1]
    for _ in range(n):
        free.append(free[-1] * (1 + x))
    if diagram.is_bottom:
        return (0,) * (n + 1), [(0,) * (n + 1)] * n
    nodes = diagram.nodes.tolist()
    if len(nodes) <= 2:
        return _every(n)[0], list(_every(n)[1])
    below, above = [0] * len(nodes), [0] * len(nodes)
    below[1] = 1
    level = [variable for variable, _, _ in nodes]
    level[0] = level[1] = n
    for i in range(2, len(nodes)):
        variable, low, high = nodes[i]
        below[i] = below[low] * free[level[low] - variable - 1] + (below[high] * free[level[high] - variable - 1]) * x
        if i % _OFTEN == 0 and deadline.expired():
            return None
    root = len(nodes) - 1
    total = below[root] * free[level[root]]
    taken, skipped = [0] * n, [0] * (n + 1)

    def skip(first: int, last: int, number: int) -> None:
        """Add what has each of the variables first … last - 1, which are free."""
        skipped[first] += number
        skipped[last] -= number

    above[root] = free[level[root]]
    if level[root]:
        skip(0, level[root], below[root] * free[level[root] - 1] * x)
    for i in range(root, 1, -1):
        variable, low, high = nodes[i]
        for child, factor in ((low, above[i]), (high, above[i] * x)):
            gap = level[child] - variable - 1
            above[child] += factor * free[gap]
            if gap and below[child]:
                skip(variable + 1, level[child], factor * free[gap - 1] * x * below[child])
        taken[variable] += above[i] * x * free[level[high] - variable - 1] * below[high]
        if i % _OFTEN == 0 and deadline.expired():
            return None
    having, running = [], 0
    for v in range(n):
        running += skipped[v]
        having.append(_coefficients(taken[v] + running, n, bits))
    return _coefficients(total, n, bits), having


def _coefficients(number: int, n: int, bits: int) -> tuple[int, ...]:
    mask = (1 << bits) - 1
    return tuple((number >> (bits * k)) & mask for k in range(n + 1))


def shapley(won: Coalitions) -> list[Fraction]:
    """Return the Shapley value of each player: how often it is the one who makes a growing coalition win."""
    n = len(won.having)
    out = []
    for mine in won.having:
        above = 0
        for k in range(n + 1):
            with_it, without = mine[k], won.all[k] - mine[k]
            if with_it:
                above += with_it * factorial(k - 1) * factorial(n - k)
            if without:
                above -= without * factorial(k) * factorial(n - k - 1)
        out.append(Fraction(above, factorial(n)))
    return out


def banzhaf(won: Coalitions) -> list[Fraction]:
    """Return the Banzhaf value of each player: the share of coalitions of the others that it makes win."""
    n = len(won.having)
    return [Fraction(2 * sum(mine) - sum(won.all), 2 ** (n - 1)) for mine in won.having]
