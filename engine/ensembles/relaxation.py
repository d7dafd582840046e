"""A weighted sum of scores that is reached wherever a question about a circuit is met, by a bound of Lagrange."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ..arrays import F64, I8, I64
from ..models.circuits import DOUBLE, OPS, Circuit
from ..models.ensembles import EnsembleArrays
from .sums import greatest_sum, rounding_of

_BITS = 59  # relaxed sums stay below 2^59
CELLS = 256  # pieces of a score's range, in each of which a function is bounded
_PRICES = np.concatenate([np.linspace(0.0, 3.0, 61), [4.0, 6.0, 10.0, 20.0]])  # of what is missing
_AROUND = np.array([0.4, 0.6, 0.75, 0.87, 0.95, 1.0, 1.06, 1.15, 1.3, 1.6, 2.2, 4.0])  # the best price
N_PRICES = len(_AROUND)
TOLERANCE = 1e-9  # far more than rounding loses
Pair = tuple[int, int, bool]  # gates, and whether the first must be greater (else: at least as great)


def ends_needed(circuit: Circuit, gate: int, upper: bool) -> set[tuple[int, bool]]:
    """Return of which scores a gate's upper (else lower) end needs the upper ends (True), and the lower ones."""
    found: set[tuple[int, bool]] = set()
    seen: set[tuple[int, bool]] = set()
    stack = [(gate, upper)]
    while stack:
        here = stack.pop()
        if here in seen:
            continue
        seen.add(here)
        gate, up = here
        op, arguments = OPS[circuit.op[gate]], circuit.arguments(gate)
        if op == "raw":
            found.add((int(circuit.own[gate]), up))
        elif op == "subtract":
            stack += [(arguments[0], up), (arguments[1], not up)]
        elif op in ("softmax", "share", "vote"):
            own = int(circuit.own[gate])
            stack += [(x, up if i == own else not up) for i, x in enumerate(arguments)]
        else:
            falls = op in ("scale", "divide") and circuit.number[gate, 0] < 0
            if op == "table":
                values = circuit.y[circuit.table_at[circuit.own[gate]] : circuit.table_at[circuit.own[gate] + 1]]
                falls = bool(values[0] > values[-1])
            stack += [(x, up != falls) for x in arguments]
    return found


class Relaxed(NamedTuple):
    """A column in whole numbers: what each leaf adds, the start, what must be reached; and what in smaller intervals.

    ``start`` has a number for each price, ``least`` (n_prices, n_scores, n_cells) what each score adds at least up to a
    cell, or from it on.
    """

    worth: I64
    offset: int
    need: int
    shift: int
    lost: int
    start: F64
    least: F64


class _Part(NamedTuple):
    """What depends on the same scores: gates with their factors."""

    scores: tuple[int, ...]
    gates: dict[int, float]


def relax(trees: EnsembleArrays, circuit: Circuit, pairs: list[Pair], low: F64, high: F64, side: I8) -> Relaxed:
    """Return a weighted sum of scores that is reached wherever all pairs are met.

    The mean of ``left - right`` over the pairs is then at least 0. It is a constant and a sum of parts m_i(s_i) that
    look at different scores. For any price p >= 0 the sum of w_i s_i is at least what all parts can be on their own:
    -p * constant + sum of min over s_i of (w_i s_i - p m_i(s_i)).
    """
    constant, parts = _parts(circuit, pairs, low, high)
    weights = np.zeros(circuit.n_scores)
    for part in parts:
        for score in part.scores:
            weights[score] = _slope(circuit, part, score, low, high)
    column = _column(trees, weights)
    if any(len(part.scores) > 1 for part in parts):  # it guides, and prunes nothing
        none = np.full(N_PRICES, -np.inf), np.zeros((N_PRICES, circuit.n_scores, CELLS))
        return Relaxed(column.worth, column.offset, column.lowest, column.shift, 0, *none)
    for part in parts:
        if not part.scores:  # a constant, within bounds
            constant += float(_bounds(circuit, part, low[None], high[None])[1][0])
    size = abs(constant) + sum(float(np.abs(_bounds(circuit, part, low[None], high[None])).max()) for part in parts)
    prices = _PRICES
    for _ in range(2):  # all prices, then those around the best one
        start = -prices * (constant + TOLERANCE * (1.0 + size))
        of_cells = {
            part.scores[0]: _of_cells(circuit, part, weights, low, high, prices) for part in parts if part.scores
        }
        total = start + sum(of_cell.min(axis=1) for of_cell in of_cells.values())
        best = float(prices[int(np.argmax(total))])
        if prices is _PRICES:
            prices = best * _AROUND if best > 0 else np.linspace(0.0, 1.0, N_PRICES)
    least = np.zeros((N_PRICES, circuit.n_scores, CELLS))
    for score, of_cell in of_cells.items():
        if side[score] > 0:
            least[:, score] = np.minimum.accumulate(of_cell, axis=1)
        elif side[score] < 0:
            least[:, score] = np.minimum.accumulate(of_cell[:, ::-1], axis=1)[:, ::-1]
        else:
            start = start + of_cell.min(axis=1)
    lost = math.ceil(math.ldexp(TOLERANCE * column.total + _lost(trees, weights), column.shift)) + trees.n_trees
    lost = min(lost, 2 << _BITS)  # beyond all sums: it rules nothing out
    reached = min(float(total.max()), 2 * column.total)
    need = max(math.floor(math.ldexp(reached, column.shift)) - lost, column.lowest)
    return Relaxed(column.worth, column.offset, need, column.shift, lost, start, least)


def _lost(trees: EnsembleArrays, weights: F64) -> float:
    """Return what rounding changes a weighted sum of scores at most, as the library adds them up and as it is here."""
    of_products = (len(weights) + 4) * DOUBLE * greatest_sum(trees)
    return (rounding_of(trees) + of_products) * float(np.abs(weights).sum())


class _Column(NamedTuple):
    """A weighted sum of scores in whole numbers: its scale, its size, and what it reaches anywhere."""

    worth: I64
    offset: int
    shift: int
    total: float
    lowest: int


def _column(trees: EnsembleArrays, weights: F64) -> _Column:
    values, start = trees.values @ weights, float(trees.base @ weights)
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    inner = trees.leaf >= 0
    tops, bottoms = np.full(trees.n_trees, -np.inf), np.full(trees.n_trees, np.inf)
    np.maximum.at(tops, owner[inner], values[trees.leaf[inner]])
    np.minimum.at(bottoms, owner[inner], values[trees.leaf[inner]])
    total = float(np.maximum(np.abs(tops), np.abs(bottoms)).sum()) + abs(start) + 1e-300
    shift = _BITS - max(math.frexp(total)[1], -900)
    worth = np.rint(np.ldexp(values, shift)).astype(np.int64)
    offset = round(math.ldexp(start, shift))
    least = np.rint(np.ldexp(bottoms, shift)).astype(np.int64)  # added up as whole numbers: a float has too few bits
    lowest = offset + int(least.sum())
    return _Column(worth, offset, shift, total, lowest)


def _parts(circuit: Circuit, pairs: list[Pair], low: F64, high: F64) -> tuple[float, list[_Part]]:
    """Return the mean of ``left - right`` as a constant, and parts that look at different scores."""
    factors: dict[int, float] = {}
    constant = 0.0
    for left, right, _ in pairs:
        for end, sign in ((left, 1.0), (right, -1.0)):
            constant += add_up(circuit, end, sign / len(pairs), factors, low, high)
    parts: list[_Part] = []
    for gate, factor in factors.items():
        scores, gates = {score for score, _ in ends_needed(circuit, gate, True)}, {gate: factor}
        for other in [part for part in parts if scores & set(part.scores)]:
            parts.remove(other)
            scores |= set(other.scores)
            gates |= other.gates
        parts.append(_Part(tuple(sorted(scores)), gates))
    return constant, parts


def add_up(circuit: Circuit, end: int, sign: float, factors: dict[int, float], low: F64, high: F64) -> float:
    """Add a gate's linear form to the factors of the gates that are no sums; return its constant."""
    constant = 0.0
    # gates come after their arguments: from the last one on, each is met once, with its whole factor
    own: dict[int, float] = {end: sign}
    while own:
        gate = max(own)
        factor = own.pop(gate)
        op, arguments = OPS[circuit.op[gate]], circuit.arguments(gate)
        if op == "constant":
            constant += factor * circuit.number[gate, 0]
        elif op in ("add", "subtract"):
            own[arguments[0]] = own.get(arguments[0], 0.0) + factor
            own[arguments[1]] = own.get(arguments[1], 0.0) + (factor if op == "add" else -factor)
        elif op in ("scale", "divide"):
            by = circuit.number[gate, 0]
            own[arguments[0]] = own.get(arguments[0], 0.0) + (factor * by if op == "scale" else factor / by)
        elif op == "clip" and _clips_nothing(circuit, gate, low, high):
            own[arguments[0]] = own.get(arguments[0], 0.0) + factor
        else:
            factors[gate] = factors.get(gate, 0.0) + factor
    return constant


def _bounds(circuit: Circuit, part: _Part, low: F64, high: F64) -> tuple[F64, F64]:
    """Return lower and upper bounds of a part for rows of intervals of the scores."""
    gates = np.array(list(part.gates), np.int32)
    factors = np.array(list(part.gates.values()))
    below, above = circuit.intervals(low, high, gates)
    up = np.where(factors > 0, factors, 0.0)
    return below @ up + above @ (factors - up), above @ up + below @ (factors - up)


def _slope(circuit: Circuit, part: _Part, score: int, low: F64, high: F64) -> float:
    """Return how much a part rises with a score, on the whole."""
    if high[score] <= low[score]:
        return 0.0
    ends = np.repeat((low / 2 + high / 2)[None], 2, axis=0)
    ends[:, score] = low[score], high[score]
    below, above = _bounds(circuit, part, ends, ends)
    rise = (below + above) / 2
    return float((rise[1] - rise[0]) / (high[score] - low[score]))


def _clips_nothing(circuit: Circuit, gate: int, low: F64, high: F64) -> bool:
    """Tell whether a gate takes away no more than what is lost by rounding."""
    below, above = circuit.intervals(low[None], high[None], np.array(circuit.arguments(gate), np.int32))
    least, most = circuit.number[gate]
    return bool(below[0, 0] >= least - TOLERANCE / 10 and above[0, 0] <= most + TOLERANCE / 10)


def _of_cells(circuit: Circuit, part: _Part, weights: F64, low: F64, high: F64, prices: F64) -> F64:
    """Return for each price the least of ``weight * s - price * part(s)`` in each cell of the score's range."""
    (score,) = part.scores
    edges = np.linspace(low[score], high[score], CELLS + 1)
    edges[0], edges[-1] = low[score], high[score]
    if all(OPS[circuit.op[gate]] == "raw" for gate in part.gates):  # it is linear: its least is at an end
        lines: F64 = (weights[score] - prices[:, None] * sum(part.gates.values())) * edges[None]
        return np.minimum(lines[:, :-1], lines[:, 1:])
    rows = [np.repeat(end[None], CELLS, axis=0) for end in (low, high)]
    rows[0][:, score], rows[1][:, score] = edges[:-1], edges[1:]
    above = _bounds(circuit, part, *rows)[1]
    cheapest = np.minimum(weights[score] * edges[:-1], weights[score] * edges[1:])
    found: F64 = cheapest[None] - prices[:, None] * above[None]
    return found
