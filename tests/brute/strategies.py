"""Hypothesis strategies for cases."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

from tests.brute import amounts
from tests.brute.cases import Case
from tests.brute.choices import Choices, Drawn
from tests.brute.domain import Declared, Domain
from tests.brute.trees import OPERATORS, Condition, Leaf, Split, of_sklearn, walk

LITERALS = 9  # at most; brute force looks at all 2^LITERALS subsets

LABELS: tuple[tuple[Any, ...], ...] = (
    (0, 1),
    (1, 2),
    (-1, 1),
    (False, True),
    (0.5, 1.5),
    (1.0, 2.0),
    ("no", "yes"),
    ("1", "0"),
    (0, 1, 2),
    ("c", "b", "a"),
    (7, -3, 4),
    (10, 2, 33, 4),
)
RANGES = (
    (-1.0, 1.0), (0.0, 2.0), (0.5, 1.5), (0.1, 1.1), (0.0, math.inf), (-math.inf, 1.0), (1.0, 1.0), (-2.5, 0.7),
    (0.7, 3.3), (-1e300, 1e300),
)  # fmt: skip
EDGES = (0.1 + 0.2, 1.0, 16777216.0, 1e30, -1e-30, 3.3e38, 1e-44)


def budget(examples: int) -> Callable[[Any], Any]:
    """Settings of a property test of so many examples in a thorough run (see ``amounts``)."""
    return settings(
        max_examples=amounts.examples(examples),
        deadline=None,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )


class Grower:
    """Random trees whose tests repeat and contradict each other freely; `pools`: the thresholds of each column."""

    def __init__(self, choose: Choices, pools: Sequence[Sequence[float]], missing: frozenset[int]) -> None:
        self._choose, self._pools, self._missing = choose, pools, missing
        self._known: list[Condition] = []

    def tree(self, room: int, leaves: Sequence[Any]) -> Any:
        """Grow a tree of `room` inner nodes."""
        if room == 0:
            return self._choose.one_of(leaves)
        condition = self._condition()
        share = self._choose.whole(0, room - 1)
        left = self.tree(share, leaves)
        return Split(condition, left, self.tree(room - 1 - share, leaves))

    def _condition(self) -> Condition:
        choose = self._choose
        if len(self._known) >= LITERALS:
            return choose.one_of(self._known)
        column = choose.whole(0, len(self._pools) - 1)
        operator = choose.one_of(sorted(OPERATORS))
        threshold = choose.one_of(self._pools[column])
        condition = Condition(column, operator, threshold, column in self._missing and choose.coin())
        self._known.append(condition)
        return condition


def edge_values(base: float, kind: type) -> list[float]:
    """Neighbours of a number, as this kind of float."""
    middle = kind(base)
    return [float(np.nextafter(middle, kind(-np.inf))), float(middle), float(np.nextafter(middle, kind(np.inf)))]


def declare(choose: Choices, n: int) -> tuple[tuple[str, ...], Declared]:
    """Draw the names and types of `n` columns; groups take two or more columns that follow each other."""
    kinds: dict[str, list[Any]] = {"binary": [], "integer": [], "category": [], "groups": [], "optional": []}
    ranges = []
    names = [f"f{i}" for i in range(1, n + 1)]
    column = 0
    while column < n:
        kind = choose.one_of(["numerical", "numerical", "binary", "integer", "category", "group"])
        if kind == "group" and column + 2 <= n:
            size = choose.whole(2, min(4, n - column))
            columns = tuple(range(column, column + size))
            if choose.coin():
                for i in columns:
                    names[i] = f"G{column}_{i}"
                kinds["groups"].append((f"G{column}_*", columns))
            else:
                kinds["groups"].append(("{" + ",".join(names[i] for i in columns) + "}", columns))
            if choose.coin():
                kinds["optional"].append(kinds["groups"][-1][0])
            column += size
            continue
        if kind == "category":
            values = choose.some([-1.0, 0.0, 1.0, 2.0, 5.0], 1, 4)
            kinds["category"].append((column, tuple(values)))
        elif kind in ("binary", "integer"):
            kinds[kind].append(column)
        if kind in ("numerical", "integer") and choose.whole(0, 2) == 0:
            ranges.append((column, choose.one_of(RANGES)))
        column += 1
    found = Declared(
        binary=frozenset(kinds["binary"]),
        integer=frozenset(kinds["integer"]),
        category=tuple(kinds["category"]),
        groups=tuple(kinds["groups"]),
        optional=frozenset(kinds["optional"]),
        ranges=tuple(ranges),
    )
    return tuple(names), found


def with_missing(choose: Choices, n: int, declared: Declared) -> Declared:
    """Let some columns be missing, now and then."""
    if choose.whole(0, 2) < 2:
        return declared
    grouped = {c for _, columns in declared.groups for c in columns}
    open_to = [c for c in range(n) if c not in grouped]
    return replace(declared, missing=frozenset(c for c in open_to if choose.coin()))


def make_hand_built(choose: Choices, **ask: Any) -> Case:
    """Draw a tree that is built by hand, with all operators, and questions."""
    n = choose.one_of([1, 2, 3, 4, 5, 7])
    plain = not choose.coin()
    names, declared = (tuple(f"f{i}" for i in range(1, n + 1)), Declared()) if plain else declare(choose, n)
    declared = with_missing(choose, n, declared)
    edge = choose.one_of([None, None, None, *EDGES])
    numbers = [0.5, 0.0, 1.0, 2.0, 1.5, -1.0] if edge is None else edge_values(edge, np.float64)
    grouped = {c for _, columns in declared.groups for c in columns}
    pools = [[0.5, 1.0, 0.5, 0.0] if c in grouped else numbers for c in range(n)]
    classes = choose.one_of(LABELS)
    labels = [*range(len(classes))] + [0] * choose.one_of([0, 3, 6])
    grower = Grower(choose, pools, declared.missing)
    tree = grower.tree(choose.one_of([0, 1, 3, 7, 11, 15, 20]), [Leaf(label) for label in labels])
    return ask_about(choose, Case(tree, names, classes, (0.0,) * n, declared), **ask)


def _training_values(rng: np.random.Generator, rows: int, style: str, edge: float) -> np.ndarray:
    if style == "edge":
        return rng.choice([*edge_values(edge, np.float32), 0.0], size=rows)
    if style == "real":
        return rng.normal(size=rows).round(2)
    return rng.integers(0, 5, size=rows).astype(float)


def training_data(
    rng: np.random.Generator, case: tuple[Sequence[str], Declared], rows: int, style: str, edge: float
) -> np.ndarray:
    names, declared = case
    X = np.column_stack([_training_values(rng, rows, style, edge) for _ in names])
    for column, values in declared.category:
        X[:, column] = rng.choice(values, size=rows)
    for column in declared.binary:
        X[:, column] = rng.integers(0, 2, size=rows)
    for column in declared.integer:
        X[:, column] = rng.integers(-2, 4, size=rows)
    for group, columns in declared.groups:
        X[:, columns] = np.eye(len(columns))[rng.integers(0, len(columns), size=rows)]
        X[np.ix_(rng.random(rows) < 0.3 * (group in declared.optional), columns)] = 0.0
    for column in declared.missing:
        X[rng.random(rows) < 0.3, column] = np.nan
    return X


def make_scikit_learn(choose: Choices, large: bool = False, **ask: Any) -> Case:
    """Draw a fitted scikit-learn tree and questions."""
    n = choose.one_of([3, 6, 9, 12, 15] if large else [1, 2, 3, 4, 5, 6])
    seed = choose.whole(0, 2**32 - 1)
    plain = choose.whole(0, 2) < 1
    names, declared = (tuple(f"f{i}" for i in range(1, n + 1)), Declared()) if plain else declare(choose, n)
    declared = with_missing(choose, n, declared)
    style = choose.one_of(["small", "real", "edge"])
    edge, skew = choose.one_of(EDGES), choose.one_of([0.5, 0.25, 0.1])
    classes = choose.one_of([labels for labels in LABELS if 0.5 not in labels])
    rows = choose.one_of([60, 150, 400] if large else [4, 6, 12, 20, 40])
    leaves = choose.one_of([12, 25, 50, 100] if large else [2, 4, 6, LITERALS, LITERALS + 2])
    kind = choose.one_of([DecisionTreeClassifier, DecisionTreeClassifier, ExtraTreeClassifier])
    weights = choose.one_of([None, "balanced"])
    rng = np.random.default_rng(seed)
    holes = declared if choose.coin() else replace(declared, missing=frozenset())
    X = training_data(rng, (names, holes), rows, style, edge)
    y = np.array(classes)[np.where(rng.random(rows) < 2 * skew, rng.integers(0, len(classes), size=rows), 0)]
    model = kind(random_state=seed % 1000, max_leaf_nodes=leaves, class_weight=weights)
    if any(not name.startswith("f") for name in names):
        import pandas as pd

        X = pd.DataFrame(X, columns=list(names))
    with np.errstate(all="ignore"):  # sums of huge numbers
        model.fit(X, y)
    recipe = f"{model!r} fitted on X={np.asarray(X).tolist()}, y={y.tolist()}"
    found = tuple(model.classes_.tolist())
    case = Case(of_sklearn(model), names, found, (0.0,) * n, declared, single=True, fitted=model, recipe=recipe)
    return ask_large(choose, case) if large else ask_about(choose, case, **ask)


def ask_large(choose: Choices, case: Case) -> Case:
    """Add an instance and weights to a tree that is too large for brute force."""
    case.seed = choose.whole(0, 2**32 - 1)
    case.x = _instance(np.random.default_rng(case.seed), case.domain)
    case.theory = choose.coin()
    case.weights = _weights(choose, case)
    return case


def _instance(rng: np.random.Generator, domain: Domain) -> tuple[float, ...]:
    """Draw a row of the domain: a cell of each feature, then a value in it."""
    row = [0.0] * len(domain.names)
    for unit in domain.units:
        cell = list(unit.cells.values())[rng.integers(len(unit.cells))]
        value = cell[rng.integers(len(cell))]
        if len(unit.columns) == 1 and rng.integers(3) == 0:
            value = (_near_a_threshold(rng, domain, unit.columns[0], value[0]),)
        for column, number in zip(unit.columns, value, strict=True):
            row[column] = number
    return tuple(row)


def _near_a_threshold(rng: np.random.Generator, domain: Domain, column: int, value: float) -> float:
    """Draw a double at or beside a threshold (it may round to another float32); `value` if that is not allowed."""
    here = [c.threshold for c in walk(domain.tree) if c.column == column and math.isfinite(c.threshold)]
    if not here or column in {c for c, _ in domain.declared.category}:
        return value
    near = edge_values(here[rng.integers(len(here))], np.float64)[rng.integers(3)]
    row = [0.0] * len(domain.names)
    row[column] = near
    own = Declared(domain.declared.binary, domain.declared.integer, ranges=domain.declared.ranges)
    single = Domain(Leaf(0), domain.names, own, single=False)
    finite = not domain.single or abs(near) < 3.4e38
    return near if finite and single.contains(row) else value


def drawn_clauses(rng: np.random.Generator, domain: Any, x: Sequence[float]) -> tuple[tuple[int, ...], ...]:
    """Draw one to three clauses that the instance satisfies."""
    mask, found = domain.truth_mask(x), []
    for _ in range(rng.integers(1, 4)):
        size = min(domain.n, int(rng.integers(1, 4)))
        numbers = rng.choice(domain.n, size=size, replace=False) + 1
        signs = rng.integers(0, 2, size=size) * 2 - 1
        signs[0] = 1 if mask >> (int(numbers[0]) - 1) & 1 else -1
        found.append(tuple(int(literal) for literal in numbers * signs))
    return tuple(found)


def ask_about(
    choose: Choices, case: Case, *, theory: bool | None = None, exclude: bool = False, clauses: bool = True
) -> Case:
    """Add an instance and, where asked for, clauses, excluded features and weights."""
    choose.need(case.domain.n <= LITERALS + 2)
    if "bigint" in os.environ.get("BRUTE_SKIP", ""):
        huge = [c for c in case.domain.conditions if c.column in case.declared.integer and abs(c.threshold) > 2**52]
        choose.need(not huge)
    case.seed = choose.whole(0, 2**32 - 1)
    rng = np.random.default_rng(case.seed)
    case.x = _instance(rng, case.domain)
    case.theory = choose.one_of([True, True, False]) if theory is None else theory
    if clauses and case.domain.n and choose.whole(0, 3) == 3:
        case.clauses = drawn_clauses(rng, case.domain, case.x)
    units = [unit.name for unit in case.domain.units]
    if exclude and choose.coin():
        case.excluded = tuple(sorted(choose.some(units, 0, 2)))
    case.weights = _weights(choose, case)
    case.check()
    return case


def _weights(choose: Choices, case: Case) -> tuple[float, ...]:
    """Draw one weight a column, the same for the columns of a group; sums of them are exact."""
    weights = [choose.one_of([1, 2, 3, 0.5, 0]) for _ in case.names]
    for unit in case.domain.units:
        for column in unit.columns:
            weights[column] = weights[unit.columns[0]]
    return tuple(weights)


@st.composite
def hand_built(draw: Any, **ask: Any) -> Case:
    """Draw a tree that is built by hand, with all operators, and questions."""
    return make_hand_built(Drawn(draw), **ask)


@st.composite
def scikit_learn(draw: Any, large: bool = False, **ask: Any) -> Case:
    """Draw a fitted scikit-learn tree and questions."""
    return make_scikit_learn(Drawn(draw), large, **ask)


def cases(**ask: Any) -> st.SearchStrategy[Case]:
    """All kinds of small trees; `theory` fixes the mode, `exclude` allows excluded features."""
    return st.one_of(hand_built(**ask), scikit_learn(**ask))
