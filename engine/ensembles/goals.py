"""What an outcome outside O means for a circuit over the scores of an ensemble (see ``models/circuits.py``).

A question ("class d beats c") is a pair of gates, or several of which all must be met. The whole-number columns are the
scores themselves, upwards and downwards as far as they matter, which need nothing on their own: the core sends the
intervals that they leave through the circuit. Before them stands a **relaxed** column for each question: a weighted sum
of scores that must be reached if the question is to be met, by a bound of Lagrange. It prunes much earlier, because one
column can weigh what trees of different members do together, and it guides the search.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .. import _native
from ..arrays import F64, I64, Bools
from ..models.circuits import OPS, Circuit
from ..models.ensembles import EnsembleArrays
from .sums import Arithmetic, Columns, Whole

_NO_CLASSES = np.zeros(0, np.bool_)
_BITS = 59  # relaxed sums stay below 2^59
_CELLS = 512  # pieces of a score's range, in each of which a function is bounded
_PRICES = np.concatenate([np.linspace(0.0, 3.0, 61), [4.0, 6.0, 10.0, 20.0]])  # of what is missing
_TOLERANCE = 1e-9  # far more than rounding loses
Pair = tuple[int, int, bool]  # gates, and whether the first must be greater (else: at least as great)


def goal_of(
    trees: EnsembleArrays, circuit: Circuit, good: Bools, whole: Whole, *, away: bool
) -> tuple[Arithmetic, Columns]:
    """Return the question whether the model can be outside O (one class, or all but one).

    Parameters
    ----------
    trees : EnsembleArrays
        The trees below.
    circuit : Circuit
        What stands above.
    good : ndarray of bool, shape (n_classes,)
        O.
    whole : Whole
        The values of the trees as whole numbers.
    away : bool
        Whether doubt counts as inside O (else as outside).
    """
    questions = questions_of(circuit, good)
    low, high = limits_of(trees, whole)
    upward, downward = (np.full(circuit.n_scores, -1, np.int32) for _ in range(2))
    needed: set[tuple[int, bool]] = set()
    for pairs in questions:
        for left, right, _ in pairs:
            needed |= ends_needed(circuit, left, True) | ends_needed(circuit, right, False)
    relaxed = [relax(trees, circuit, pairs, low, high) for pairs in questions]
    worths, offsets = [one.worth for one in relaxed], [one.offset for one in relaxed]
    needs = [one.need for one in relaxed]
    kinds = [np.zeros(trees.n_leaves, np.int32) for _ in relaxed]
    for score, up in sorted(needed):
        sign = 1 if up else -1
        (upward if up else downward)[score] = len(worths)
        worths.append(sign * whole.worth[:, score])
        offsets.append(sign * int(whole.start[score]))
        needs.append(_NOTHING)
        kinds.append(np.unique(trees.values[:, score], return_inverse=True)[1].reshape(-1).astype(np.int32))
    flat = [pair for pairs in questions for pair in pairs]
    goal = _native.Goal(
        circuit.core, np.cumsum([0, *map(len, questions)], dtype=np.int32),
        np.array([left for left, _, _ in flat], np.int32), np.array([right for _, right, _ in flat], np.int32),
        np.array([strict for _, _, strict in flat], np.bool_), away, upward, downward, low, high, whole.shift,
        whole.error,
    )  # fmt: skip
    sums = Arithmetic(
        trees.values, trees.base, trees.divisor, _NO_CLASSES, 0.0, 0.0, False, trees.single, 0, goal
    )  # fmt: skip
    kind = np.stack(kinds, axis=1).reshape(-1) if whole.error else np.zeros(0, np.int32)
    columns = Columns(
        np.ascontiguousarray(np.stack(worths, axis=1)), np.array(offsets, np.int64), np.array(needs, np.int64), False,
        np.ascontiguousarray(kind), goal,
    )  # fmt: skip
    return sums, columns


_NOTHING = -(1 << 61)  # every sum reaches it


def questions_of(circuit: Circuit, good: Bools) -> list[list[Pair]]:
    """Return the questions of which one must be met outside O, each as pairs that must all be met."""
    ends = circuit.ends.tolist()

    def beats(winner: int, loser: int) -> Pair:
        return ends[winner], ends[loser], winner > loser  # the first one wins ties

    if good.sum() == 1:
        own = int(good.argmax())
        return [[beats(rival, own)] for rival in range(len(ends)) if rival != own]
    wanted = int((~good).argmax())
    return [[beats(wanted, other) for other in range(len(ends)) if other != wanted]]


def limits_of(trees: EnsembleArrays, whole: Whole) -> tuple[F64, F64]:
    """Return numbers between which each score lies, whatever the input, each shape (n_scores,)."""
    owner = np.repeat(np.arange(trees.n_trees), np.diff(np.append(trees.root, len(trees.literal))))
    inner = trees.leaf >= 0
    shape = (trees.n_trees, trees.n_outputs)
    low, high = np.full(shape, np.iinfo(np.int64).max), np.full(shape, np.iinfo(np.int64).min)
    np.minimum.at(low, owner[inner], whole.worth[trees.leaf[inner]])
    np.maximum.at(high, owner[inner], whole.worth[trees.leaf[inner]])
    least, most = whole.start + low.sum(axis=0) - whole.error, whole.start + high.sum(axis=0) + whole.error
    bounds = (np.ldexp(least.astype(np.float64), -whole.shift), np.ldexp(most.astype(np.float64), -whole.shift))
    return np.nextafter(bounds[0], -np.inf), np.nextafter(bounds[1], np.inf)


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


# -- relaxation ------------------------------------------------------------------------------------------------


class Relaxed(NamedTuple):
    """A column in whole numbers: what each leaf adds, the start, and what must be reached."""

    worth: I64
    offset: int
    need: int


class _Part(NamedTuple):
    """What depends on the same scores: gates with their factors."""

    scores: tuple[int, ...]
    gates: dict[int, float]


def relax(trees: EnsembleArrays, circuit: Circuit, pairs: list[Pair], low: F64, high: F64) -> Relaxed:
    """Return a weighted sum of scores that is reached wherever all pairs are met.

    The mean of ``left - right`` over the pairs is then at least 0. It is a constant and a sum of parts m_i(s_i) that
    look at different scores. For any price p >= 0 the sum of w_i s_i is at least what all parts can be on their own:
    -p * constant + sum of min over s_i of (w_i s_i - p m_i(s_i)).
    """
    constant, parts = _parts(circuit, pairs)
    weights = np.zeros(circuit.n_scores)
    plain = all(len(part.scores) <= 1 for part in parts)
    size = abs(constant) + sum(float(np.abs(_bounds(circuit, part, low[None], high[None])).max()) for part in parts)
    least = np.zeros(len(_PRICES)) - _PRICES * (constant + _TOLERANCE * (1.0 + size))
    for part in parts:
        for score in part.scores:
            weights[score] = _slope(circuit, part, score, low, high)
        if plain and part.scores:
            least += _least(circuit, part, part.scores[0], weights[part.scores[0]], low, high)
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
    lowest = offset + int(np.rint(np.ldexp(bottoms, shift)).sum()) - trees.n_trees
    if not plain:
        return Relaxed(worth, offset, lowest)  # it guides, and prunes nothing
    lost = math.ceil(math.ldexp((1e-5 if trees.single else _TOLERANCE) * total, shift)) + trees.n_trees
    best = float(least.max())
    need = math.floor(math.ldexp(min(best, 2 * total), shift)) - lost
    return Relaxed(worth, offset, max(need, lowest))


def _parts(circuit: Circuit, pairs: list[Pair]) -> tuple[float, list[_Part]]:
    """Return the mean of ``left - right`` as a constant, and parts that look at different scores."""
    factors: dict[int, float] = {}
    constant = 0.0
    for left, right, _ in pairs:
        for end, sign in ((left, 1.0), (right, -1.0)):
            constant += _add_up(circuit, end, sign / len(pairs), factors)
    parts: list[_Part] = []
    for gate, factor in factors.items():
        scores, gates = {score for score, _ in ends_needed(circuit, gate, True)}, {gate: factor}
        for other in [part for part in parts if scores & set(part.scores)]:
            parts.remove(other)
            scores |= set(other.scores)
            gates |= other.gates
        parts.append(_Part(tuple(sorted(scores)), gates))
    return constant, parts


def _add_up(circuit: Circuit, end: int, sign: float, factors: dict[int, float]) -> float:
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


def _least(circuit: Circuit, part: _Part, score: int, weight: float, low: F64, high: F64) -> F64:
    """Return for each price the least of ``weight * s - price * part(s)`` over the range of the score."""
    edges = np.linspace(low[score], high[score], _CELLS + 1)
    edges[0], edges[-1] = low[score], high[score]
    if all(OPS[circuit.op[gate]] == "raw" for gate in part.gates):  # it is linear: its least is at an end
        ends = np.array([low[score], high[score]])
        told: Any = (weight - _PRICES[:, None] * sum(part.gates.values())) * ends[None]
        return np.asarray(told.min(axis=1))
    rows = [np.repeat(side[None], _CELLS, axis=0) for side in (low, high)]
    rows[0][:, score], rows[1][:, score] = edges[:-1], edges[1:]
    above = _bounds(circuit, part, *rows)[1]
    cheapest = np.minimum(weight * edges[:-1], weight * edges[1:])
    return np.asarray((cheapest[None] - _PRICES[:, None] * above[None]).min(axis=1))
