"""What an outcome outside O means for a circuit over the scores of an ensemble (see ``models/circuits.py``).

A question ("class d beats c") is a pair of gates, or several of which all must be met. The whole-number columns are the
scores themselves, upwards and downwards as far as they matter, which need nothing on their own: the core sends the
intervals that they leave through the circuit. Before them stands a **relaxed** column for each question: a weighted sum
of scores that must be reached if the question is to be met, by a bound of Lagrange. It prunes much earlier, because one
column can weigh what trees of different members do together, and it guides the search.
"""

from __future__ import annotations

import numpy as np

from .. import _native
from ..arrays import F64, I8, I32, I64, Bools
from ..models.circuits import OPS, Circuit, CircuitBuilder
from ..models.ensembles import EnsembleArrays
from .relaxation import CELLS, N_PRICES, TOLERANCE, Pair, Relaxed, add_up, ends_needed, relax
from .sums import Arithmetic, Columns, Whole

_NO_CLASSES = np.zeros(0, np.bool_)


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
    return goal_of_questions(trees, circuit, questions_of(circuit, good), whole, away=away)


def goal_of_questions(
    trees: EnsembleArrays, circuit: Circuit, questions: list[list[Pair]], whole: Whole, *, away: bool
) -> tuple[Arithmetic, Columns]:
    """Return the question whether one of some lists of pairs of gates can be met, all pairs of it.

    Parameters
    ----------
    trees, circuit, whole : EnsembleArrays, Circuit, Whole
        As in ``goal_of``.
    questions : list of lists of Pair
        What is looked for.
    away : bool
        Whether doubt counts as not met (else as met).
    """
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
        cells = np.divide(CELLS, high - low, out=np.zeros(len(low)), where=high > low)
    return _native.Relaxation(
        np.ascontiguousarray([one.start for one in relaxed]),
        np.ascontiguousarray([one.least.transpose(1, 2, 0) for one in relaxed]).reshape(-1, N_PRICES),
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
        constant = sum(add_up(circuit, pair[i], sign, factors, low, high) for i, sign in ((0, 1.0), (1, -1.0)))
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
        margins.append(builder.widen(builder.total(parts), TOLERANCE, TOLERANCE))
    return builder.circuit([places[end] for end in circuit.ends], circuit.n_scores), places, margins
