"""What an outcome outside O means for a circuit over the scores of an ensemble (see ``models/circuits.py``).

A question ("class d beats c") is a pair of gates, or several of which all must be met. The whole-number columns are the
scores themselves, upwards and downwards as far as they matter, which need nothing on their own: the core sends the
intervals that they leave through the circuit. Before them stands a **relaxed** column for each question: a weighted sum
of scores that must be reached if the question is to be met, by a bound of Lagrange. It prunes much earlier, because one
column can weigh what trees of different members do together, and it guides the search.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from .. import _native
from ..arrays import F64, I8, I32, I64, Bools
from ..models.circuits import DOUBLE, OPS, Circuit, CircuitBuilder
from ..models.ensembles import EnsembleArrays
from .sums import Arithmetic, Columns, Whole, greatest_sum, rounding_of

_NO_CLASSES = np.zeros(0, np.bool_)
_BITS = 59  # relaxed sums stay below 2^59
_CELLS = 256  # pieces of a score's range, in each of which a function is bounded
_PRICES = np.concatenate([np.linspace(0.0, 3.0, 61), [4.0, 6.0, 10.0, 20.0]])  # of what is missing
_AROUND = np.array([0.4, 0.6, 0.75, 0.87, 0.95, 1.0, 1.06, 1.15, 1.3, 1.6, 2.2, 4.0])  # the best price
_N_PRICES = len(_AROUND)
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
    worths, offsets, needs, kinds = _of_scores(trees, whole, needed, len(questions), upward, downward)
    side = np.where(upward >= 0, 1, np.where(downward >= 0, -1, 0)).astype(np.int8) * (high > low)
    relaxed = [relax(trees, circuit, pairs, low, high, side) for pairs in questions]
    worths = [one.worth for one in relaxed] + worths
    offsets = [one.offset for one in relaxed] + offsets
    needs = [one.need for one in relaxed] + needs
    kinds = [np.zeros(trees.n_leaves, np.int32) for _ in relaxed] + kinds
    relaxation = _relaxation(relaxed, side, low, high)
    flat = [pair for pairs in questions for pair in pairs]
    grown, places, margins = with_margins(circuit, flat, low, high)
    goal = _native.Goal(
        grown.core, np.cumsum([0, *map(len, questions)], dtype=np.int32),
        np.array([places[left] for left, _, _ in flat], np.int32),
        np.array([places[right] for _, right, _ in flat], np.int32),
        np.array([strict for _, _, strict in flat], np.bool_), np.array(margins, np.int32), away, upward, downward,
        low, high, whole.shift, whole.error, relaxation,
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


def _of_scores(
    trees: EnsembleArrays, whole: Whole, needed: set[tuple[int, bool]], first: int, upward: I32, downward: I32
) -> tuple[list[I64], list[int], list[int], list[I32]]:
    """Return a column for each end of a score that a question needs; write its place, from `first` on.

    Returns
    -------
    worths, offsets, needs, kinds : lists
        As ``Columns`` has them, column by column.
    """
    worths: list[I64] = []
    offsets: list[int] = []
    kinds: list[I32] = []
    for score, up in sorted(needed):
        sign = 1 if up else -1
        (upward if up else downward)[score] = first + len(worths)
        worths.append(sign * whole.worth[:, score])
        offsets.append(sign * int(whole.start[score]))
        kinds.append(np.unique(trees.values[:, score], return_inverse=True)[1].reshape(-1).astype(np.int32))
    return worths, offsets, [_NOTHING] * len(worths), kinds


def _relaxation(relaxed: list[Relaxed], side: I8, low: F64, high: F64) -> _native.Relaxation:
    """Return the relaxed questions as the core takes them."""
    with np.errstate(over="ignore"):  # a range without room for cells: the core takes all of it
        cells = np.divide(_CELLS, high - low, out=np.zeros(len(low)), where=high > low)
    return _native.Relaxation(
        np.ascontiguousarray([one.start for one in relaxed]),
        np.ascontiguousarray([one.least.transpose(1, 2, 0) for one in relaxed]).reshape(-1, _N_PRICES),
        side.astype(np.int8), cells,
        np.array([one.shift for one in relaxed], np.int32), np.array([one.lost for one in relaxed], np.int64),
    )  # fmt: skip


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


def with_margins(circuit: Circuit, pairs: list[Pair], low: F64, high: F64) -> tuple[Circuit, list[int], list[int]]:
    """Return the circuit with a gate for how much the first of each pair leads (-1 where it tells no more than both).

    Two shares of one group have a difference that is known better than each of them. Gates may move: the second answer
    is where each one is now.
    """
    builder = CircuitBuilder()
    places = builder.place(circuit, [builder.raw(i) for i in range(circuit.n_scores)])
    margins = []
    for pair in pairs:
        factors: dict[int, float] = {}
        constant = sum(_add_up(circuit, pair[i], sign, factors, low, high) for i, sign in ((0, 1.0), (1, -1.0)))
        groups: dict[tuple[str, tuple[int, ...], float], dict[int, tuple[int, float]]] = {}
        for gate, factor in factors.items():
            if OPS[circuit.op[gate]] in ("share", "softmax"):
                key = OPS[circuit.op[gate]], tuple(circuit.arguments(gate)), float(circuit.number[gate, 0])
                groups.setdefault(key, {})[int(circuit.own[gate])] = gate, factor
        parts = [builder.constant(constant)]
        for (op, group, unit), known in groups.items():
            (one, other) = known if len(known) == 2 else (-1, -1)
            if one < 0 or abs(known[one][1] + known[other][1]) > 1e-12 * abs(known[one][1]):
                continue
            lead = builder.leads(op, [places[x] for x in group], one, other, unit)
            parts.append(builder.scale(lead, known[one][1]))
            for gate, _ in known.values():
                del factors[gate]
        if len(parts) == 1:
            margins.append(-1)
            continue
        parts += [builder.scale(places[gate], factor) for gate, factor in factors.items()]
        margins.append(builder.widen(builder.total(parts), _TOLERANCE, _TOLERANCE))
    return builder.circuit([places[end] for end in circuit.ends], circuit.n_scores), places, margins


# -- relaxation ------------------------------------------------------------------------------------------------


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
        none = np.full(_N_PRICES, -np.inf), np.zeros((_N_PRICES, circuit.n_scores, _CELLS))
        return Relaxed(column.worth, column.offset, column.lowest, column.shift, 0, *none)
    for part in parts:
        if not part.scores:  # a constant, within bounds
            constant += float(_bounds(circuit, part, low[None], high[None])[1][0])
    size = abs(constant) + sum(float(np.abs(_bounds(circuit, part, low[None], high[None])).max()) for part in parts)
    prices = _PRICES
    for _ in range(2):  # all prices, then those around the best one
        start = -prices * (constant + _TOLERANCE * (1.0 + size))
        of_cells = {
            part.scores[0]: _of_cells(circuit, part, weights, low, high, prices) for part in parts if part.scores
        }
        total = start + sum(of_cell.min(axis=1) for of_cell in of_cells.values())
        best = float(prices[int(np.argmax(total))])
        if prices is _PRICES:
            prices = best * _AROUND if best > 0 else np.linspace(0.0, 1.0, _N_PRICES)
    least = np.zeros((_N_PRICES, circuit.n_scores, _CELLS))
    for score, of_cell in of_cells.items():
        if side[score] > 0:
            least[:, score] = np.minimum.accumulate(of_cell, axis=1)
        elif side[score] < 0:
            least[:, score] = np.minimum.accumulate(of_cell[:, ::-1], axis=1)[:, ::-1]
        else:
            start = start + of_cell.min(axis=1)
    lost = math.ceil(math.ldexp(_TOLERANCE * column.total + _lost(trees, weights), column.shift)) + trees.n_trees
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
    lowest = offset + int(np.rint(np.ldexp(bottoms, shift)).sum()) - trees.n_trees
    return _Column(worth, offset, shift, total, lowest)


def _parts(circuit: Circuit, pairs: list[Pair], low: F64, high: F64) -> tuple[float, list[_Part]]:
    """Return the mean of ``left - right`` as a constant, and parts that look at different scores."""
    factors: dict[int, float] = {}
    constant = 0.0
    for left, right, _ in pairs:
        for end, sign in ((left, 1.0), (right, -1.0)):
            constant += _add_up(circuit, end, sign / len(pairs), factors, low, high)
    parts: list[_Part] = []
    for gate, factor in factors.items():
        scores, gates = {score for score, _ in ends_needed(circuit, gate, True)}, {gate: factor}
        for other in [part for part in parts if scores & set(part.scores)]:
            parts.remove(other)
            scores |= set(other.scores)
            gates |= other.gates
        parts.append(_Part(tuple(sorted(scores)), gates))
    return constant, parts


def _add_up(circuit: Circuit, end: int, sign: float, factors: dict[int, float], low: F64, high: F64) -> float:
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
    return bool(below[0, 0] >= least - _TOLERANCE / 10 and above[0, 0] <= most + _TOLERANCE / 10)


def _of_cells(circuit: Circuit, part: _Part, weights: F64, low: F64, high: F64, prices: F64) -> F64:
    """Return for each price the least of ``weight * s - price * part(s)`` in each cell of the score's range."""
    (score,) = part.scores
    edges = np.linspace(low[score], high[score], _CELLS + 1)
    edges[0], edges[-1] = low[score], high[score]
    if all(OPS[circuit.op[gate]] == "raw" for gate in part.gates):  # it is linear: its least is at an end
        lines: F64 = (weights[score] - prices[:, None] * sum(part.gates.values())) * edges[None]
        return np.minimum(lines[:, :-1], lines[:, 1:])
    rows = [np.repeat(end[None], _CELLS, axis=0) for end in (low, high)]
    rows[0][:, score], rows[1][:, score] = edges[:-1], edges[1:]
    above = _bounds(circuit, part, *rows)[1]
    cheapest = np.minimum(weights[score] * edges[:-1], weights[score] * edges[1:])
    found: F64 = cheapest[None] - prices[:, None] * above[None]
    return found
