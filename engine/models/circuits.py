"""Circuits: what a model of models makes of the raw scores of its members, as monotone functions on intervals.

A model such as a calibrated classifier of several folds is a sum of monotone functions of sums of trees. All members'
trees lie in one ``EnsembleArrays``, with a score for each raw score of each member; above the scores stands a circuit.
Its gates take intervals to intervals: those of the scores that a box of inputs can have to those of the numbers that
the library can compute from them, its rounding included. Where it is known which floating-point operations the library
does, and in which order, a gate does the same ones, and a single input has an interval of one number; elsewhere
(exponentials, unknown orders of sums) intervals are wider by a proved error.

The last gates are the **ends**, one a class: the model decides for the first greatest of them. Where their intervals
overlap the class is *in doubt*, and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from .. import _native
from ..arrays import F64, I32, Bools

OPS: Final = (
    "raw", "constant", "add", "subtract", "scale", "divide", "logistic", "logarithm", "table", "step", "softmax",
    "share", "vote", "clip", "widen", "single", "lead_softmax", "lead_share",
    "root",
)  # fmt: skip  # in the core's order
DOUBLE, SINGLE = 2.0**-53, 2.0**-24  # half the distance from 1 to the next number
_LIBM = 8  # an exponential, a quotient and what is around them are wrong by fewer units than this
_POINTS = 16  # what a linear piece of a table may be off, in units


@dataclass(frozen=True, slots=True, eq=False)
class Circuit:
    """Gates as parallel arrays (see the core's ``circuit.hpp``), and the ends.

    Attributes
    ----------
    op, at, argument, own, number : ndarray
        What each gate does, where its arguments are (they come before it), and its numbers, shape (n_gates, 2).
    table_at, x, y : ndarray
        Points of tables.
    n_scores : int
        Scores of the ensemble below.
    ends : ndarray of int32, shape (n_classes,)
        The gate of each class.
    """

    op: I32
    at: I32
    argument: I32
    own: I32
    number: F64
    table_at: I32
    x: F64
    y: F64
    n_scores: int
    ends: I32
    _core: _native.Circuit | None = field(default=None, init=False, repr=False)

    @property
    def core(self) -> _native.Circuit:
        """The gates as the core has them."""
        made = self._core
        if made is None:
            made = _native.Circuit(
                self.op, self.at, self.argument, self.own, self.number, self.table_at, self.x, self.y, self.n_scores
            )
            object.__setattr__(self, "_core", made)
        return made

    def arguments(self, gate: int) -> list[int]:
        """Return the arguments of a gate."""
        found: list[int] = self.argument[self.at[gate] : self.at[gate + 1]].tolist()
        return found

    def intervals(self, low: F64, high: F64, gates: I32) -> tuple[F64, F64]:
        """Return lower and upper ends of gates for each row of intervals of the scores, shape (m, n_gates)."""
        least, most = np.ascontiguousarray(low, np.float64), np.ascontiguousarray(high, np.float64)
        both = self.core.intervals(least, most, np.ascontiguousarray(gates, np.int32))
        return both[:, 0::2], both[:, 1::2]

    def possible(self, scores: F64) -> Bools:
        """Tell for each row of scores which classes the library may decide for, shape (m, n_classes)."""
        low, high = self.intervals(scores, scores, self.ends)
        out = np.ones(low.shape, np.bool_)
        n = len(self.ends)
        for c in range(n):
            for e in range(n):
                if e != c:
                    out[:, c] &= high[:, c] > low[:, e] if e < c else high[:, c] >= low[:, e]
        return out

    def outcomes(self, scores: F64) -> I32:
        """Return the class of each row of scores; where it is in doubt, the one in the middle of the intervals."""
        low, high = self.intervals(scores, scores, self.ends)
        middle = np.where(low == high, low, low / 2 + high / 2)  # halves of the least numbers are 0
        found: I32 = middle.argmax(axis=1).astype(np.int32)
        return found


class CircuitBuilder:
    """Puts gates after one another; each method returns the number of its gate."""

    def __init__(self) -> None:
        self._op: list[int] = []
        self._arguments: list[tuple[int, ...]] = []
        self._own: list[int] = []
        self._number: list[tuple[float, float]] = []
        self._tables: list[tuple[F64, F64]] = []
        self._known: dict[tuple[str, tuple[int, ...], int, float, float], int] = {}

    def _gate(self, op: str, arguments: Sequence[int] = (), own: int = 0, a: float = 0.0, b: float = 0.0) -> int:
        key = (op, tuple(arguments), own, a, b)
        if key not in self._known:
            self._known[key] = len(self._op)
            self._op.append(OPS.index(op))
            self._arguments.append(tuple(arguments))
            self._own.append(own)
            self._number.append((a, b))
        return self._known[key]

    def raw(self, score: int) -> int:
        """Return a gate of a score of the ensemble."""
        return self._gate("raw", own=score)

    def constant(self, a: float) -> int:
        """Return a gate of a number."""
        return self._gate("constant", a=float(a))

    def add(self, x: int, y: int) -> int:
        """Return x + y, as the library adds."""
        return self._gate("add", (x, y))

    def total(self, gates: Sequence[int]) -> int:
        """Return the sum of gates, one after another."""
        out = gates[0]
        for gate in gates[1:]:
            out = self.add(out, gate)
        return out

    def subtract(self, x: int, y: int) -> int:
        """Return x - y, as the library subtracts."""
        return self._gate("subtract", (x, y))

    def scale(self, x: int, a: float) -> int:
        """Return x * a, as the library multiplies."""
        return self._gate("scale", (x,), a=float(a))

    def divide(self, x: int, a: float) -> int:
        """Return x / a, as the library divides."""
        return x if a == 1.0 else self._gate("divide", (x,), a=float(a))

    def logistic(self, x: int, unit: float = DOUBLE) -> int:
        """Return 1 / (1 + exp(-x)), in double precision or in single."""
        return self._gate("logistic", (x,), a=_LIBM * unit)

    def logarithm(self, x: int, unit: float = DOUBLE) -> int:
        """Return the logarithm of a positive number."""
        return self._gate("logarithm", (x,), a=_LIBM * unit)

    def table(self, x: int, points: F64, values: F64, unit: float = DOUBLE) -> int:
        """Return the function that is linear between rising points and constant beyond; its values rise, or fall."""
        steps = np.diff(values)
        if not ((steps >= 0).all() or (steps <= 0).all()):
            raise ValueError("values: expected numbers that never fall, or never rise")
        self._tables.append((np.asarray(points, np.float64), np.asarray(values, np.float64)))
        largest = float(np.abs(values).max())
        return self._gate("table", (x,), len(self._tables) - 1, _POINTS * unit, _POINTS * unit * largest)

    def step(self, x: int, a: float) -> int:
        """Return 1 where x >= a, else 0."""
        return self._gate("step", (x,), a=float(a))

    def softmax(self, group: Sequence[int], unit: float = DOUBLE) -> list[int]:
        """Return the softmax of a group, a gate for each of it."""
        return [self._gate("softmax", group, own, unit) for own in range(len(group))]

    def shares(self, group: Sequence[int], unit: float = DOUBLE) -> list[int]:
        """Return the numbers of a group, none negative, divided by their sum (all the same where it is 0)."""
        return [self._gate("share", group, own, unit) for own in range(len(group))]

    def votes(self, group: Sequence[int]) -> list[int]:
        """Return 1 for the first greatest of a group, 0 for the others."""
        return [self._gate("vote", group, own) for own in range(len(group))]

    def clip(self, x: int, low: float, high: float) -> int:
        """Return the nearest number to x in an interval."""
        return self._gate("clip", (x,), a=float(low), b=float(high))

    def widen(self, x: int, part: float = 0.0, step: float = 0.0) -> int:
        """Return the numbers that are no further from x than `part` times its size and `step`."""
        return x if part == 0.0 and step == 0.0 else self._gate("widen", (x,), a=float(part), b=float(step))

    def single(self, x: int) -> int:
        """Return the number rounded to single precision."""
        return self._gate("single", (x,))

    def root(self, x: int, unit: float = DOUBLE) -> int:
        """Return the square root of a number that is not negative."""
        return self._gate("root", (x,), a=2 * unit)

    def graft(self, other: Circuit, scores: Sequence[int]) -> list[int]:
        """Put the gates of another circuit above gates that stand for its scores; return its ends."""
        placed = self.place(other, scores)
        return [placed[end] for end in other.ends]

    def place(self, other: Circuit, scores: Sequence[int]) -> list[int]:
        """Do the same, and return where each gate is now."""
        placed: list[int] = []
        tables = [
            (other.x[begin:end], other.y[begin:end])
            for begin, end in zip(other.table_at[:-1], other.table_at[1:], strict=True)
        ]
        first = len(self._tables)
        self._tables += tables
        for gate in range(len(other.op)):
            op, own = OPS[other.op[gate]], int(other.own[gate])
            if op == "raw":
                placed.append(scores[own])
                continue
            a, b = other.number[gate].tolist()
            own = own + first if op == "table" else own
            placed.append(self._gate(op, [placed[x] for x in other.arguments(gate)], own, a, b))
        return placed

    def leads(self, op: str, group: Sequence[int], own: int, other: int, unit: float = DOUBLE) -> int:
        """Return how much greater one of a group's shares (or parts of a softmax) is than another, as computed."""
        return self._gate(f"lead_{op}", group, own, unit, float(other))

    def at_least(self, x: int, cut: float) -> tuple[int, int]:
        """Return ends of two classes, the second one where x >= cut."""
        return self.constant(float(np.nextafter(cut, -np.inf))), x

    def circuit(self, ends: Sequence[int], n_scores: int) -> Circuit:
        """Return the circuit with these ends."""
        arguments = [x for gate in self._arguments for x in gate]
        sizes = [len(gate) for gate in self._arguments]
        x, y = (np.concatenate([np.zeros(0), *(table[i] for table in self._tables)]) for i in (0, 1))
        return Circuit(
            np.array(self._op, np.int32), np.cumsum([0, *sizes], dtype=np.int32), np.array(arguments, np.int32),
            np.array(self._own, np.int32), np.array(self._number, np.float64).reshape(-1, 2),
            np.cumsum([0, *(len(table[0]) for table in self._tables)], dtype=np.int32), x, y, n_scores,
            np.array(ends, np.int32),
        )  # fmt: skip
