"""Small random ensembles with an instance, what may change, and every input outside O, found by walking the trees."""

import itertools
from dataclasses import dataclass

import numpy as np
from suffice.engine._native import ChangeQuestion, Clock, Groups, Layout, Outer, Workspace
from suffice.engine.domain.conditions import Condition, Operator, Reading
from suffice.engine.domain.space import Space, build_space
from suffice.engine.domain.theory import Feature, Kind, Theory
from suffice.engine.domain.vocabulary import Vocabulary
from suffice.engine.ensembles.layout import lay_out
from suffice.engine.ensembles.question import problem_of
from suffice.engine.ensembles.sums import Arithmetic, class_columns, whole_values
from suffice.engine.models.ensembles import EnsembleArrays

from tests.brute.forest_strategies import SEARCHES


def run(function, *arguments):
    return function(*arguments)


@dataclass(frozen=True)
class Case:
    question: ChangeQuestion
    space: Space
    groups: Groups
    bad: list[tuple[int, ...]]  # the inputs outside O, within the outer box
    n_outputs: int

    @property
    def cells(self) -> tuple[int, ...]:
        return tuple(self.question.cells.tolist())

    @property
    def layout(self) -> Layout:
        return self.question.problem.layout

    def work(self, clock: Clock | None = None) -> Workspace:
        columns = self.question.problem.columns
        at_once = len(columns.need) if columns.together else 1
        search = SEARCHES[len(self.bad) % len(SEARCHES)]
        return Workspace(self.layout, at_once, self.n_outputs, Clock() if clock is None else clock, **search)

    def elements(self, point) -> frozenset[int]:
        """The elements whose literals the point breaks."""
        here, there = truth_of(self.space, self.cells), truth_of(self.space, point)
        number = np.abs(self.space.element_literal) - 1
        return frozenset(np.nonzero(here[number] != there[number])[0].tolist())

    def changed(self, point) -> frozenset[int]:
        """The groups that the point changes."""
        return frozenset(changed_groups(self.groups, self.cells, point))


def changed_groups(groups, cells, point):
    at, members = groups.at, groups.members
    return [g for g in range(groups.n) if any(point[a] != cells[a] for a in members[at[g] : at[g + 1]])]


def single_groups(layout):
    """One group for each attribute."""
    n = layout.n_attributes
    return Groups(np.arange(n + 1, dtype=np.int64), np.arange(n, dtype=np.int32))


def least(sets):
    """The inclusion-minimal sets of a family."""
    family = set(sets)
    return {one for one in family if not any(other < one for other in family)}


def truth_of(space, cells):
    truth = np.zeros(len(space.vocabulary), bool)
    for attribute, cell in zip(space.attributes, cells, strict=True):
        truth[attribute.variables] = attribute.truth_table()[:, cell]
    return truth


def _conditions(rng):
    """Conditions on columns 0 … 3: two numbers, a category that is also compared, and a Boolean."""
    numbers = [Condition(f, Operator.GT, float(t)) for f in (0, 1) for t in range(int(rng.integers(1, 5)))]
    parts = [Condition(2, Operator.EQ, float(v)) for v in range(4) if rng.random() < 0.7]
    parts += [Condition(2, Operator.LE, float(v) + 0.5) for v in range(3) if rng.random() < 0.5]
    return tuple(numbers + parts + [Condition(3, Operator.GE, 1.0)])


def _trees(rng, n_conditions, n_classes, hard):
    root, literal, left, right, leaf, values = [], [], [], [], [], []
    for _ in range(int(rng.integers(2, 8))):
        root.append(len(literal))
        stack = [(0, -1, 0)]
        while stack:
            depth, parent, side = stack.pop()
            here = len(literal)
            if parent >= 0:
                (right if side else left)[parent] = here
            left.append(-1)
            right.append(-1)
            if depth == 4 or rng.random() < 0.2 * depth:
                literal.append(0)
                leaf.append(len(values))
                values.append(np.eye(n_classes)[rng.integers(n_classes)] if hard else rng.random(n_classes))
                continue
            literal.append(int(rng.integers(1, n_conditions + 1)) * int(rng.choice([-1, 1])))
            leaf.append(-1)
            stack += [(depth + 1, here, 0), (depth + 1, here, 1)]
    ints = [np.array(part, np.int32) for part in (root, literal, left, right, leaf)]
    return EnsembleArrays(*ints, np.array(values), np.zeros(n_classes), float(len(root)))


def _scores(trees, truth):
    out = trees.base.copy()
    for first in trees.root:
        node = first
        while trees.literal[node] != 0:
            v = abs(trees.literal[node]) - 1
            node = (trees.right if truth[v] == (trees.literal[node] > 0) else trees.left)[node]
        out += trees.values[trees.leaf[node]]
    return out / trees.divisor


def _outer(rng, layout, cells):
    base, n_cells, interval = layout.cell_base, layout.n_cells, layout.interval
    lo, hi = np.zeros(len(cells), np.int32), (n_cells - 1).astype(np.int32)
    barred = np.zeros(layout.n_listed_cells, np.int32)
    for a in range(len(cells)):
        what = rng.random()
        for c in range(n_cells[a]):
            if not interval[a] and c != cells[a] and (what < 0.1 or rng.random() < 0.15):
                barred[base[a] + c] = 1
        if interval[a] and what < 0.1:
            lo[a] = hi[a] = cells[a]
        elif interval[a] and what < 0.25:
            (lo if what < 0.18 else hi)[a] = cells[a]
    return Outer(lo, hi, barred)


def _allowed(layout, outer, a):
    if layout.interval[a]:
        return range(outer.lo[a], outer.hi[a] + 1)
    base = layout.cell_base[a]
    return [c for c in range(layout.n_cells[a]) if outer.barred[base + c] == 0]


def random_case(seed, everywhere=False):
    """One case; every fourth without a theory, every fifth with a clause. `everywhere`: all may change."""
    rng = np.random.default_rng(seed)
    conditions = _conditions(rng)
    names = ("a", "b", "c", "d")
    features = (
        Feature("a", Kind.NUMERICAL, (0,)), Feature("b", Kind.NUMERICAL, (1,)),
        Feature("c", Kind.CATEGORICAL, (2,), (0.0, 1.0, 2.0, 3.0)), Feature("d", Kind.BINARY, (3,)),
    )  # fmt: skip
    if seed % 4 == 3:
        conditions = tuple(conditions[i] for i in sorted(rng.permutation(len(conditions))[:9]))
    vocabulary = Vocabulary(conditions, names, Reading.FLOAT64)
    space = build_space(vocabulary, features, None if seed % 4 == 3 else Theory(features, (), frozenset()))
    n_classes = int(rng.integers(2, 5))
    trees = _trees(rng, len(conditions), n_classes, bool(rng.integers(2)))
    everything = list(itertools.product(*(range(a.n_cells) for a in space.attributes)))
    cells = everything[rng.integers(len(everything))]
    truth = truth_of(space, cells)
    clauses = ()
    if seed % 5 == 4:
        two = rng.permutation(len(conditions))[:2] + 1
        clauses = ((int(two[0]) if truth[two[0] - 1] else -int(two[0]), int(two[1])),)
    layout = lay_out(trees, space, clauses)
    decided = int(_scores(trees, truth).argmax())
    good = np.eye(n_classes, dtype=bool)[decided]
    if seed % 3 == 2:
        good = ~np.eye(n_classes, dtype=bool)[(decided + 1) % n_classes]
    outer = _outer(rng, layout, cells)
    if everywhere:
        outer = Outer(np.zeros_like(outer.lo), (layout.n_cells - 1).astype(np.int32), np.zeros_like(outer.barred))
    inside = list(itertools.product(*(_allowed(layout, outer, a) for a in range(len(cells)))))
    truths = [truth_of(space, p) for p in inside]
    bad = [
        p for p, t in zip(inside, truths, strict=True)
        if all(any(t[abs(v) - 1] == (v > 0) for v in clause) for clause in clauses)
        and not good[_scores(trees, t).argmax()]
    ]  # fmt: skip
    sums = Arithmetic(trees.values, trees.base, trees.divisor, good, 0.0, 0.0)
    columns = class_columns(whole_values(trees), good)
    question = ChangeQuestion(problem_of(layout, sums, columns), np.array(cells, np.int32), outer)
    return Case(question, space, _by_feature(space), bad, n_classes)


def _by_feature(space):
    feature = np.array([attribute.feature for attribute in space.attributes])
    members = np.argsort(feature, kind="stable").astype(np.int32)
    counts = np.unique(feature, return_counts=True)[1]
    return Groups(np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), members)
