"""The parts of a task as one layout: all trees side by side over the same attributes, an attribute an axis."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .. import _native
from .._native import Layout
from ..arrays import I8, I32, I64, Bools
from ..ensembles.sums import Arithmetic, Columns
from ..errors import BadInputError
from .parts import Axis, Column, Conditions, Part, Task

_WIDTH = 64  # options a word
_WAYS = 4096  # how many combinations of ways are tried at most
_NOTHING = -(1 << 61)  # every sum reaches it


class Question(NamedTuple):
    """One combination of ways: a problem of the core, and which of its questions (-1: all its columns)."""

    problem: _native.Problem
    only: int


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """A task as the core takes it.

    Attributes
    ----------
    layout : Layout
        All trees.
    questions : tuple of Question
        A point must answer one of them.
    n_columns, n_scores : int
        How many columns each question has, and how many scores a point.
    first : tuple of (int, int)
        The first tree and the first leaf of each part.
    at : ndarray of int64
        Where the options of each axis begin in tables.
    single : ndarray of int64
        The element that is true of one option of an axis that is not ordered.
    """

    layout: Layout
    questions: tuple[Question, ...]
    n_columns: int
    n_scores: int
    first: tuple[tuple[int, int], ...]
    at: I64
    single: I64

    def leaves(self, task: Task, point: I32) -> list[I32]:
        """Return the leaves that the trees of each part reach at a point of options."""
        rows = _native.reach_rows(self.layout, point)
        found = []
        for part, (tree, leaf) in zip(task.parts, self.first, strict=True):
            found.append(rows[tree : tree + part.trees.n_trees] - np.int32(leaf))
        return found


class _Elements:
    """The elements of all axes: cuts of ordered ones; of others the single options and each set that is tested."""

    def __init__(self, axes: tuple[Axis, ...]) -> None:
        self.axes = axes
        self.sets: list[dict[bytes, int]] = [{} for _ in axes]
        self.rows: list[list[Bools]] = [[] for _ in axes]
        for a, axis in enumerate(axes):
            if not axis.ordered:
                for one in np.eye(len(axis), dtype=np.bool_):
                    self._set(a, one)

    def _set(self, a: int, truth: Bools) -> int:
        key = truth.tobytes()
        if key not in self.sets[a]:
            self.sets[a][key] = len(self.rows[a])
            self.rows[a].append(truth)
        return self.sets[a][key]

    def place(self, a: int, truth: Bools) -> tuple[int, int]:
        """Return the element of an axis that is no order that a condition is (-1: a constant), and its side."""
        if truth.all() or not truth.any():
            return -1, 1 if truth[0] else -1
        return self._set(a, truth), 1

    def size(self, a: int) -> int:
        """Return how many elements an axis has."""
        return len(self.axes[a]) - 1 if self.axes[a].ordered else len(self.rows[a])

    def tables(self) -> tuple[I64, I64, I64, I64]:
        """Return attributes, tests and sets as the core takes them, and the elements of single options."""
        n = len(self.axes)
        sizes = np.array([self.size(a) for a in range(n)], np.int64)
        base = np.concatenate([[0], np.cumsum(sizes)])
        table = np.zeros((n + 1, 5), np.int64)
        table[:, 0] = base
        table[:n, 2] = [len(axis) for axis in self.axes]
        table[:n, 3] = [axis.ordered for axis in self.axes]
        listed = np.where(table[:n, 3] != 0, 0, table[:n, 2])
        table[1:, 1] = np.cumsum(listed)
        table[1:, 4] = np.cumsum((listed + _WIDTH - 1) // _WIDTH)
        test = np.full((int(base[-1]), 2), -1, np.int64)
        test[:, 0] = np.repeat(np.arange(n), sizes)
        packed, single, size = [], [], 0
        for a, axis in enumerate(self.axes):
            if axis.ordered:
                continue
            words = int(table[a + 1, 4] - table[a, 4])
            test[base[a] : base[a + 1], 1] = size + words * np.arange(sizes[a])
            padded = np.zeros((int(sizes[a]), words * _WIDTH), np.bool_)
            padded[:, : len(axis)] = np.array(self.rows[a])
            packed.append(np.packbits(padded, axis=1, bitorder="little").view("<i8").ravel())
            single.append(base[a] + np.arange(len(axis)))
            size += int(sizes[a]) * words
        truth = np.concatenate(packed).astype(np.int64) if packed else np.zeros(0, np.int64)
        alone = np.concatenate(single).astype(np.int64) if single else np.zeros(0, np.int64)
        return table, test, truth, alone


def join(task: Task) -> Joined:
    """Return a task as the core takes it.

    Raises
    ------
    BadInputError
        If there are too many combinations of ways.
    """
    elements = _Elements(task.axes)
    placed = [_placed(elements, part.over) for part in task.parts]
    table, test, truth, single = elements.tables()
    element = np.concatenate(
        [_numbered(part.over, own, table) for part, (own, _) in zip(task.parts, placed, strict=True)]
    )
    side = np.concatenate([side for _, side in placed])
    first, trees = _side_by_side(task.parts)
    layout = _native.lay_out(
        trees[0], trees[1], trees[2], trees[3], trees[4], element, side, table, test, truth, np.zeros(1, np.int64),
        np.zeros((0, 2), np.int64),
    )  # fmt: skip
    questions, n_columns, n_scores = _questions(task.parts, first, layout)
    at = np.concatenate([[0], np.cumsum(table[:-1, 2])]).astype(np.int64)
    return Joined(layout, questions, n_columns, n_scores, first, at, single)


def _placed(elements: _Elements, over: Conditions) -> tuple[I32, I8]:
    """Return the place of each condition among the elements of its axis (-1: a constant), and its side."""
    place, side = over.cut.copy(), over.side.copy()
    for condition, truth in over.sets.items():
        place[condition], side[condition] = elements.place(int(over.axis[condition]), truth)
    return place, side


def _numbered(over: Conditions, place: I32, table: I64) -> I32:
    """Return the element of each condition, by its place on its axis."""
    return np.where(place >= 0, table[over.axis, 0] + place, -1).astype(np.int32)


def _side_by_side(parts: tuple[Part, ...]) -> tuple[tuple[tuple[int, int], ...], tuple[I32, ...]]:
    """Return the first tree and leaf of each part, and all trees as one ensemble."""
    first, arrays = [], []
    tree = leaf = node = condition = 0
    for part in parts:
        own = part.trees
        sign = np.sign(own.literal)
        arrays.append(
            (
                own.root + node, own.literal + sign * condition,
                np.where(own.literal != 0, own.left + node, 0), np.where(own.literal != 0, own.right + node, 0),
                np.where(own.leaf >= 0, own.leaf + leaf, -1),
            )
        )  # fmt: skip
        first.append((tree, leaf))
        tree, leaf = tree + own.n_trees, leaf + own.n_leaves
        node, condition = node + len(own.literal), condition + len(part.over.axis)
    joined = tuple(np.concatenate(same).astype(np.int32) for same in zip(*arrays, strict=True))
    return tuple(first), joined


def _questions(
    parts: tuple[Part, ...], first: tuple[tuple[int, int], ...], layout: Layout
) -> tuple[tuple[Question, ...], int, int]:
    if any(part.goal is not None for part in parts[1:]):
        raise BadInputError("a model of models can only be asked about first: no other one can be held to as well")
    ways = [part.ways for part in parts]
    n_ways = int(np.prod([float(len(own)) for own in ways]))
    if n_ways > _WAYS:
        raise BadInputError(
            f"what is wanted can be met in {n_ways} ways, more than {_WAYS}: name one class for each model"
        )
    if not n_ways:
        return (), 1, 1
    own = parts[0].goal
    goal = None if own is None else own.goal
    found: list[Question] = []
    size = 1
    for chosen in itertools.product(*ways):
        columns = [(p, column) for p, listed in enumerate(chosen) for column in listed]
        problem, size = _problem(layout, parts, first, columns)
        found += [Question(problem, q) for q in (range(len(goal)) if goal is not None else (-1,))]
    return tuple(found), size, 1 if goal is None else parts[0].trees.n_outputs


def _problem(
    layout: Layout, parts: tuple[Part, ...], first: tuple[tuple[int, int], ...], columns: list[tuple[int, Column]]
) -> tuple[_native.Problem, int]:
    """Return a problem in which all of some columns must be reached, and how many there are."""
    n_rows = sum(part.trees.n_leaves for part in parts)
    goal = parts[0].goal
    before = 0 if goal is None else len(goal.need)
    size = before + len(columns)
    worth, kind = np.zeros((n_rows, size), np.int64), np.zeros((n_rows, size), np.int32)
    offset, need = np.zeros(size, np.int64), np.full(size, _NOTHING, np.int64)
    if goal is not None:
        n = parts[0].trees.n_leaves
        worth[:n, :before], offset[:before], need[:before] = goal.worth, goal.offset, goal.need
        kind[:n, :before] = _goal_kinds(goal, n)
    for k, (p, column) in enumerate(columns, before):
        rows = slice(first[p][1], first[p][1] + parts[p].trees.n_leaves)
        worth[rows, k], offset[k], need[k] = column.worth, column.offset, column.need
        kind[rows, k] = parts[p].kind + 1
    n_scores = 1 if goal is None else parts[0].trees.n_outputs
    sums = Arithmetic(
        np.zeros((n_rows, n_scores)), np.zeros(n_scores), 1.0, np.zeros(0, np.bool_), 0.0, 0.0,
        goal=None if goal is None else goal.goal,
    )  # fmt: skip
    made = _native.Columns(worth, offset, need, True, kind.reshape(-1), None if goal is None else goal.goal)
    return _native.Problem(layout, _native.Arithmetic(*sums), made), size


def _goal_kinds(goal: Columns, n: int) -> I32:
    """Return the kinds of the leaves in each column of a goal."""
    if len(goal.kind) == goal.worth.size:
        return goal.kind.reshape(goal.worth.shape)
    if len(goal.kind) == n:
        return np.repeat(goal.kind[:, None], goal.worth.shape[1], axis=1)
    return np.zeros(goal.worth.shape, np.int32)
