"""What is wanted of a model, as parts of a task: columns that must be reached, and the model's own arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ...engine.arrays import F64, I32, I64, Bools
from ...engine.ensembles.goals import goal_of
from ...engine.ensembles.sums import Columns, Whole, greatest_sum, whole_values
from ...engine.errors import BadInputError, MissingQueryError
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.ensembles import NEAR, EnsembleArrays, decide
from ...engine.plans.parts import Accepts, Column
from .remembered import Remembered

_DOUBT = 5  # slacks: what is nearer to an end is in doubt (``CompiledEnsemble.doubtful`` takes 4)
NO_GOAL = (1 << 62) - 1  # no sum reaches it


class Wanted(NamedTuple):
    """What a model has to decide.

    Attributes
    ----------
    classes : ndarray of bool or None
        The classes of which one is wanted; None for a regressor.
    low, high : float
        The interval of a regressor's prediction, or of the score of the one wanted class.
    margin : float
        By how much the wanted class leads each other one, in the model's own scores; of an interval: how far from its
        ends.
    shift : float
        By how much each leaf may change.
    """

    classes: Bools | None
    low: float = -math.inf
    high: float = math.inf
    margin: float = 0.0
    shift: float = 0.0


class Sides(NamedTuple):
    """What a part says of a model: see ``engine.plans.parts.Part``; `unit` is 1 of its whole numbers as a score."""

    trees: EnsembleArrays
    ways: tuple[tuple[Column, ...], ...]
    kind: I32
    accepts: Accepts
    goal: Columns | None = None
    unit: float = 0.0


_sides: Remembered[Sides] = Remembered(16)


def sides_of(compiled: CompiledTree | CompiledEnsemble, wanted: Wanted) -> Sides:
    """Return what a model has to reach."""
    said = wanted._replace(classes=None), None if wanted.classes is None else wanted.classes.tobytes()
    return _sides.of((compiled,), said, lambda: _sides_of(compiled, wanted))


def _sides_of(compiled: CompiledTree | CompiledEnsemble, wanted: Wanted) -> Sides:
    if isinstance(compiled, CompiledTree):
        return _of_tree(compiled, wanted)
    if compiled.circuit is not None:
        return _of_circuit(compiled, wanted)
    if wanted.classes is None:
        return _of_value(compiled, wanted)
    return _of_classes(compiled, wanted, wanted.classes)


# -- trees -----------------------------------------------------------------------------------------------------


def trees_of(compiled: CompiledTree | CompiledEnsemble) -> EnsembleArrays:
    """Return the trees of a model; those of a single tree add 1 to its class."""
    if isinstance(compiled, CompiledEnsemble):
        return compiled.trees
    tree = compiled.tree
    leaf = np.where(tree.literal == 0, np.cumsum(tree.literal == 0) - 1, -1).astype(np.int32)
    values = np.zeros((tree.n_leaves, max(1, len(compiled.classes))))
    values[np.arange(tree.n_leaves), tree.outcome[tree.literal == 0]] = 1.0
    order, left, right = _parents_first(tree.literal, tree.left, tree.right)
    return EnsembleArrays(
        np.zeros(1, np.int32), tree.literal[order], left, right, leaf[order], values, np.zeros(values.shape[1])
    )


def _parents_first(literal: I32, left: I32, right: I32) -> tuple[I64, I32, I32]:
    """Return the nodes of a tree in an order in which children come after their parents."""
    order, stack = [], [0]
    while stack:
        node = stack.pop()
        order.append(node)
        if literal[node]:
            stack += [int(right[node]), int(left[node])]
    place = np.zeros(len(literal), np.int32)
    place[order] = np.arange(len(order))
    chosen = np.array(order, np.int64)
    inner = literal[chosen] != 0
    return chosen, np.where(inner, place[left[chosen]], 0), np.where(inner, place[right[chosen]], 0)


def _of_tree(compiled: CompiledTree, wanted: Wanted) -> Sides:
    _no_margin(wanted, "a single tree decides by one leaf, which leads nobody")
    trees = trees_of(compiled)
    assert wanted.classes is not None
    good = np.zeros(trees.n_outputs, np.bool_)
    good[: len(wanted.classes)] = wanted.classes
    worth = trees.values[:, good].sum(axis=1).astype(np.int64)
    kind = np.zeros(len(worth), np.int32)
    return Sides(trees, ((Column(worth, 0, 1),),), kind, lambda scores: bool(good[int(scores.argmax())]))


def _no_margin(wanted: Wanted, why: str) -> None:
    if wanted.margin or wanted.shift:
        raise BadInputError(f"margin, leaf_change: {why}: leave them out")
    if wanted.classes is not None and (wanted.low > -math.inf or wanted.high < math.inf):
        raise BadInputError(f"score: {why}: leave it out")


# -- sums ------------------------------------------------------------------------------------------------------


class _Sums:
    """Columns over the scores of an ensemble, in whole numbers with a proved error."""

    def __init__(self, compiled: CompiledEnsemble, greatest: float) -> None:
        self.compiled, self.trees = compiled, compiled.trees
        limit = greatest_sum(self.trees) / self.trees.divisor
        self.beyond = 2 * limit
        self.whole: Whole = whole_values(self.trees, min(greatest, self.beyond) * self.trees.divisor)

    def column(self, signs: dict[int, int], bound: float, *, strict: bool = False, near: float = 0.0) -> Column | None:
        """Return a column that is reached wherever a signed sum of scores is at least a bound; None: everywhere."""
        if bound <= -len(signs) * self.beyond:
            return None
        whole = self.whole
        worth = np.zeros(len(whole.worth), np.int64)
        for score, sign in signs.items():
            worth += sign * whole.worth[:, score]
        offset = int(sum(sign * int(whole.start[score]) for score, sign in signs.items()))
        if bound > len(signs) * self.beyond:
            return Column(worth, offset, NO_GOAL)
        exact = Fraction(bound) * Fraction(self.trees.divisor) * Fraction(2) ** whole.shift
        if whole.error == 0 and not near:
            need = math.floor(exact) + 1 if strict else math.ceil(exact)
            return Column(worth, offset, need)
        error = len(signs) * whole.error + (math.ceil(math.ldexp(near, whole.shift)) if near else 0)
        return Column(worth, offset, math.floor(exact) - error - 2, 2 * error + 5)

    @property
    def unit(self) -> float:
        """What 1 of the whole numbers is, as scores are told."""
        return math.ldexp(1.0, -self.whole.shift) / self.trees.divisor

    @property
    def kind(self) -> I32:
        """What tells leaves apart whose whole numbers agree."""
        return self.whole.kind if self.whole.error else np.zeros(len(self.whole.kind), np.int32)


def lost_of(compiled: CompiledEnsemble, wanted: Wanted, per_tree: float) -> float:
    """Return by how much a sum may fall if each leaf changes, as scores are told."""
    return wanted.shift * compiled.trees.n_trees * per_tree / compiled.trees.divisor


def lead_of(compiled: CompiledEnsemble, wanted: Wanted) -> float:
    """Return by how much a wanted class has to lead each other one."""
    return wanted.margin + lost_of(compiled, wanted, 2.0)


def ends_of_sum(compiled: CompiledEnsemble, wanted: Wanted, doubt: float = 0.0) -> tuple[float, float]:
    """Return between which ends the sum of a model of one score has to lie, and by a doubt further within them."""
    change = lost_of(compiled, wanted, 1.0) + doubt
    lost = wanted.margin + change
    if wanted.classes is not None:
        low, high = compiled.margins_of_classes(wanted.classes)
        return max(low + lost, wanted.low + change), min(high - lost, wanted.high - change)
    low, high = wanted.low, wanted.high
    if compiled.transform is not None or compiled.trees.single:
        low, high = compiled.margins_of_interval(low, high)
    return low + lost if low > -math.inf else low, high - lost if high < math.inf else high


def _of_value(compiled: CompiledEnsemble, wanted: Wanted) -> Sides:
    return _within(compiled, 0, *ends_of_sum(compiled, wanted, _DOUBT * compiled.slack))


def _within(compiled: CompiledEnsemble, score: int, low: float, high: float) -> Sides:
    """Return what a score reaches within an interval."""
    sums = _Sums(compiled, max((abs(end) for end in (low, high) if math.isfinite(end)), default=0.0))
    columns = _sides_of_interval(sums, score, low, high)

    def accepts(scores: F64) -> bool:
        return bool(low <= scores[score] <= high)

    return Sides(compiled.trees, (columns,), sums.kind, accepts, unit=sums.unit)


def _sides_of_interval(sums: _Sums, score: int, low: float, high: float) -> tuple[Column, ...]:
    listed = [sums.column({score: 1}, low), sums.column({score: -1}, -high)]
    return tuple(column for column in listed if column is not None)


def _of_classes(compiled: CompiledEnsemble, wanted: Wanted, classes: Bools) -> Sides:
    if compiled.one_score:
        return _of_one_score(compiled, wanted, classes)
    (chosen,) = np.nonzero(classes)
    lead = lead_of(compiled, wanted)
    ends = [abs(end) for end in (wanted.low, wanted.high, lead) if math.isfinite(end)]
    sums = _Sums(compiled, max(ends))
    n = len(classes)
    free = not lead and not wanted.shift
    if len(chosen) == n - 1 and n > 2 and free:
        (other,) = np.nonzero(~classes)[0]
        ways = tuple(_beats(compiled, sums, int(own), [int(other)], 0.0) for own in chosen)
    else:
        ways = tuple(
            _beats(compiled, sums, int(own), [k for k in range(n) if k != own and (free or not classes[k])], lead)
            for own in chosen
        )
    if math.isfinite(wanted.low) or math.isfinite(wanted.high):
        (own,) = chosen
        lost = lost_of(compiled, wanted, 1.0)
        ways = tuple((*way, *_sides_of_interval(sums, int(own), wanted.low + lost, wanted.high - lost)) for way in ways)
    accepts = _decides(compiled, wanted, classes, lead)
    return Sides(compiled.trees, ways, sums.kind, accepts, unit=sums.unit)


def _beats(compiled: CompiledEnsemble, sums: _Sums, own: int, rivals: list[int], lead: float) -> tuple[Column, ...]:
    """Return the columns of a class that leads others; the first of equal scores wins."""
    near = NEAR[compiled.link_code]
    listed = [sums.column({own: 1, k: -1}, lead, strict=k < own and not lead, near=near) for k in rivals]
    return tuple(column for column in listed if column is not None)


def _decides(compiled: CompiledEnsemble, wanted: Wanted, classes: Bools, lead: float) -> Accepts:
    slack = _DOUBT * compiled.slack
    lost = lost_of(compiled, wanted, 1.0)

    def accepts(scores: F64) -> bool:
        own = decide(scores, compiled.link_code)
        if own >= len(classes) or not classes[own] or compiled.doubtful(scores[None])[0]:
            return False
        if lead and any(
            scores[own] - scores[k] < lead + slack for k in range(len(classes)) if k != own and not classes[k]
        ):
            return False
        return bool(wanted.low + lost <= scores[own] - slack and scores[own] + slack <= wanted.high - lost)

    return accepts


def _of_one_score(compiled: CompiledEnsemble, wanted: Wanted, classes: Bools) -> Sides:
    if not classes.any():
        raise BadInputError("no class is wanted")
    return _within(compiled, 0, *ends_of_sum(compiled, wanted, _DOUBT * compiled.slack))


# -- circuits --------------------------------------------------------------------------------------------------


def _of_circuit(compiled: CompiledEnsemble, wanted: Wanted) -> Sides:
    _no_margin(wanted, "a model of models has no scores that add up")
    circuit = compiled.circuit
    assert circuit is not None
    if wanted.classes is None:
        raise MissingQueryError("there is no recourse for a number that a model of models gives: ask of its members")
    n, n_wanted = len(wanted.classes), int(wanted.classes.sum())
    if n_wanted not in (1, n - 1):
        raise BadInputError("of a model of models, one class is wanted, or all but one")
    classes = wanted.classes
    goal = None
    if n > 1:
        _, goal = goal_of(compiled.trees, circuit, ~classes, whole_values(compiled.trees), away=True)

    def accepts(scores: F64) -> bool:
        possible = circuit.possible(scores[None])[0]
        return bool(classes[np.nonzero(possible)[0]].all())

    return Sides(compiled.trees, ((),), np.zeros(compiled.trees.n_leaves, np.int32), accepts, goal)
