"""Small random ensembles over features of every kind, and what they are by brute force."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from suffice.engine.domain.conditions import Condition, Operator, Reading
from suffice.engine.domain.instance import Situation, situate
from suffice.engine.domain.space import Space, build_space
from suffice.engine.domain.theory import Feature, Kind, Theory
from suffice.engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from suffice.engine.models import CompiledEnsemble
from suffice.engine.models.ensembles import EnsembleArrays
from suffice.engine.oracles.universe import Universe, bits, feature_universe, literal_universe

FEATURES = (
    Feature("number", Kind.NUMERICAL, (0,)),
    Feature("whole", Kind.INTEGER, (1,)),
    Feature("switch", Kind.BINARY, (2,)),
    Feature("kind", Kind.CATEGORICAL, (3,), (0.0, 1.0, 2.0)),
    Feature("colour", Kind.ONE_HOT, (4, 5, 6), ("red", "green", "blue")),
    Feature("gap", Kind.NUMERICAL, (7,)),
)
MISSING = frozenset({7})


@dataclass
class EnsembleCase:
    """A small ensemble at an instance; everything about it can be listed."""

    compiled: CompiledEnsemble
    space: Space
    situation: Situation

    @property
    def trees(self) -> EnsembleArrays:
        return self.compiled.trees

    def truths(self) -> np.ndarray:
        """Truth of all conditions at every input of the domain, shape (m, n)."""
        tables = [attribute.truth_table() for attribute in self.space.attributes]
        rows = []
        for cells in itertools.product(*(range(table.shape[1]) for table in tables)):
            truth = np.zeros(len(self.space.vocabulary), bool)
            for attribute, table, cell in zip(self.space.attributes, tables, cells, strict=True):
                truth[attribute.variables] = table[:, cell]
            rows.append(truth)
        found = np.array(rows).reshape(len(rows), len(self.space.vocabulary))
        clauses = () if self.space.theory is None else self.space.theory.clauses
        for clause in clauses:
            found = found[np.array([any(row[abs(v) - 1] == (v > 0) for v in clause) for row in found], bool)]
        return found

    def universe(self, per_feature: bool = False, skipped: frozenset[int] = frozenset()) -> Universe:
        return (feature_universe if per_feature else literal_universe)(self.situation, skipped)

    def agreeing(self, truths: np.ndarray, universe: Universe, kept: int, per_feature: bool) -> np.ndarray:
        """Which inputs agree with the instance on the kept elements."""
        names = {universe.names[e] for e in bits(kept)}
        space = self.space
        wanted = [v for v in range(len(space.vocabulary)) if (space.feature_of(v + 1) if per_feature else v) in names]
        return (truths[:, wanted] == self.situation.truth[wanted]).all(axis=1)


def closed_sets(universe: Universe) -> list[int]:
    """Every closed set."""
    found = {universe.full}
    for move in universe.moves:
        found |= {kept & ~move for kept in found}
    return sorted(found)


def minimal(sets: list[int]) -> list[int]:
    return [one for one in sets if not any(other != one and other & one == other for other in sets)]


def random_condition(rng: np.random.Generator, columns: list[int]) -> Condition:
    column = int(rng.choice(columns))
    if column == 3:
        return Condition(3, Operator.EQ if rng.random() < 0.5 else Operator.GT, float(rng.integers(0, 3)))
    if column in (0, 1, 7):
        threshold = float(rng.integers(1, 5)) + 0.5 * (column != 1)
        operator = rng.choice([Operator.GT, Operator.LE])
        return Condition(column, Operator(operator), threshold, bool(rng.random() < 0.5) and column == 7)
    return Condition(column, Operator.GT, 0.5)


def random_values(rng: np.random.Generator, voting: str, n_outputs: int) -> list[float]:
    if voting == "hard":
        return np.eye(n_outputs)[int(rng.integers(n_outputs))].tolist()
    if voting == "grid":
        return (rng.integers(-4, 5, n_outputs) / 4).tolist()
    return rng.random(n_outputs).tolist()


def random_case(
    seed: int,
    *,
    voting: str = "hard",
    n_trees: int = 5,
    depth: int = 2,
    n_outputs: int = 2,
    theory: bool = True,
    columns: list[int] | None = None,
    clauses: tuple[tuple[int, ...], ...] = (),
    divisor: float = 1.0,
) -> EnsembleCase:
    """Make a random ensemble; `columns` are those that it may test."""
    rng = np.random.default_rng(seed)
    columns = list(range(8)) if columns is None else columns
    builder = VocabularyBuilder(Reading.FLOAT32, MISSING)
    literal, left, right, leaf, values, root = [], [], [], [], [], []

    def grow(level: int) -> int:
        place = len(literal)
        for column in (literal, left, right):
            column.append(0)
        leaf.append(-1)
        if level == 0 or rng.random() < 0.15:
            leaf[place] = len(values)
            values.append(random_values(rng, voting, n_outputs))
            return place
        literal[place] = builder.literal(random_condition(rng, columns))
        left[place] = grow(level - 1)
        right[place] = grow(level - 1)
        return place

    for _ in range(n_trees):
        root.append(grow(depth))
    ints = [np.array(column, np.int32) for column in (root, literal, left, right, leaf)]
    base = np.zeros(n_outputs) if voting == "hard" else np.round(rng.random(n_outputs), 2)
    trees = EnsembleArrays(*ints, np.array(values), base, divisor)
    names = tuple(f"f{i}" for i in range(8))
    vocabulary = Vocabulary(tuple(builder.conditions), names, Reading.FLOAT32)
    nothing: Any = None
    classes = tuple(range(n_outputs)) if n_outputs > 1 else ()
    kind = "value" if n_outputs == 1 else "hard" if voting == "hard" else "soft"
    compiled = CompiledEnsemble(
        trees, vocabulary, classes, FEATURES, nothing, nothing, nothing, MISSING, None, kind
    )  # fmt: skip
    fitting = tuple(c for c in clauses if all(abs(v) <= len(vocabulary) for v in c))
    space = build_space(vocabulary, FEATURES, Theory(FEATURES, fitting, MISSING) if theory else None)
    return EnsembleCase(compiled, space, situate(space, random_row(rng)))


def random_row(rng: np.random.Generator) -> np.ndarray:
    colour = np.eye(3)[int(rng.integers(3))]
    gap = np.nan if rng.random() < 0.3 else float(rng.integers(0, 7))
    numbers = [float(rng.integers(0, 7)) for _ in range(2)]
    return np.array([*numbers, float(rng.integers(2)), float(rng.integers(3)), *colour, gap])


@pytest.mark.parametrize("theory", [True, False])
def test_the_instance_is_one_of_the_inputs(theory):
    for seed in range(20):
        case = random_case(seed, theory=theory, depth=2 if theory else 1)
        truths = case.truths()
        assert (truths == case.situation.truth).all(axis=1).sum() == 1
        assert len(np.unique(truths, axis=0)) == len(truths)
