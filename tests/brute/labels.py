"""The answers of docs/semantics.md for a model of several labels, by its labels on every input of a small domain."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.brute.domain import Declared, Domain
from tests.brute.forest_cases import build_forest
from tests.brute.forest_reference import LimitedReference
from tests.brute.forests import Forest, Values, scores_of_assignments, scores_of_rows
from tests.brute.reference import Reason, by_size
from tests.brute.trees import Condition, Split

Literals = tuple[int, ...]  # signed columns, from 1
Bad = Callable[[np.ndarray], np.ndarray]  # vectors of labels, one a row -> which of them are bad


@dataclass(frozen=True)
class Formula:
    """A label that is 1 where all clauses hold."""

    clauses: tuple[Literals, ...]

    @property
    def forest(self) -> Forest:
        """A tree a clause, for the numbering of conditions; a leaf tells whether the clause is false."""
        trees: list[Any] = []
        for clause in self.clauses:
            tree: Any = Values((1.0,))
            if not any(-v in clause for v in clause):
                for v in reversed(dict.fromkeys(clause)):
                    test, held = Condition(abs(v) - 1, ">", 0.5), Values((0.0,))
                    tree = Split(test, tree, held) if v > 0 else Split(test, held, tree)
            else:
                tree = Values((0.0,))
            trees.append(tree)
        return Forest(tuple(trees))

    def decide(self, scores: np.ndarray) -> np.ndarray:
        """Return the label for the share of clauses that are false."""
        return (scores[:, 0] == 0).astype(np.int64)

    def model(self, names: Sequence[str]) -> Any:
        """Give what goes into ``Builder.MultiLabel``."""
        from suffice import Builder

        return Builder.LabelCNF(self.clauses, feature_names=names)


@dataclass(frozen=True)
class Voted:
    """A label that a hand-built forest decides."""

    forest: Forest

    def decide(self, scores: np.ndarray) -> np.ndarray:
        """Return the first greatest score."""
        return scores.argmax(axis=1)

    def model(self, names: Sequence[str]) -> Any:
        """Give what goes into ``Builder.MultiLabel``."""
        return build_forest(self.forest, names)


Piece = Formula | Voted


def domain_of(pieces: Sequence[Piece], names: Sequence[str], declared: Declared) -> Domain:
    """Return the domain of hand-built labels: their conditions in the order of the labels."""
    trees = tuple(tree for piece in pieces for tree in piece.forest.trees)
    return Domain(Forest(trees), names, declared, single=False)


def domain_of_conditions(
    conditions: Iterable[tuple[Any, ...]], names: Sequence[str], declared: Declared, *, single: bool
) -> Domain:
    """Return the domain of conditions that are numbered already."""
    stumps = tuple(Split(Condition(*test), Values((0.0,)), Values((1.0,))) for test in conditions)
    found = Domain(Forest(stumps), names, declared, single=single)
    assert found.n == len(stumps)
    return found


class LabelReference(LimitedReference):
    """All queries at `x` about labels; what is bad is told as a function of vectors of labels."""

    def __init__(
        self,
        domain: Domain,
        x: Sequence[float],
        *,
        pieces: Sequence[Piece] = (),
        predict: Callable[[np.ndarray], np.ndarray] | None = None,
        bad: Bad | None = None,
        **ask: Any,
    ) -> None:
        self.pieces, self.predict, self.bad = pieces, predict, bad
        super().__init__(domain, x, **ask)

    def _labels_of_masks(self, masks: np.ndarray) -> np.ndarray:
        if self.predict is not None:
            self.vectors = self.predict(self.domain.rows(masks, np.random.default_rng(1)))
        else:
            scores = [scores_of_assignments(p.forest, masks, self.domain.literal) for p in self.pieces]
            self.vectors = np.column_stack([p.decide(s) for p, s in zip(self.pieces, scores, strict=True)])
        return np.zeros(len(masks), np.int64)

    def _labels_of_rows(self, rows: np.ndarray) -> np.ndarray:
        if self.predict is not None:
            self.own = self.predict(rows)[0]
        else:
            self.own = np.array([int(p.decide(scores_of_rows(p.forest, rows))[0]) for p in self.pieces])
        return np.zeros(len(rows), np.int64)

    def is_bad(self, target: Any = None) -> np.ndarray:
        """Which rows of the domain are bad; `target` is another idea of that."""
        bad = self.bad if target is None else target
        found: np.ndarray = bad(self.vectors)
        return found

    # -- unions ------------------------------------------------------------------------------------

    def united(self, references: Sequence[LabelReference]) -> tuple[Reason, ...]:
        """Unite a sufficient reason of each of some references in every way."""
        found = set()
        for chosen in itertools.product(*(r.game.sufficient for r in references)):
            union = 0
            for mask in chosen:
                union |= mask
            found.add(self.literals(self.game.written(union)))
        return by_size(found)

    def united_changes(self, references: Sequence[LabelReference]) -> tuple[Reason, ...]:
        """Unite a change of each of some references in every way; those that, made as they are told, are bad here."""
        made = self._made([r.game for r in references], self._bad(None), self.game.everything)
        return by_size(self.literals(self.game.written(union, negated=True)) for union in made)

    def united_features(self, references: Sequence[LabelReference]) -> set[frozenset[str]]:
        """Return the same of changes of whole features: some bad input differs in all of them, and in no others."""
        agreed = self._by_feature(self._bad(None))
        games = [r.features_game() for r in references]
        return {self.names(union) for union in self._made(games, agreed, self.features.everything)}

    @staticmethod
    def _made(games: Sequence[Any], agreed: np.ndarray, everything: int) -> set[int]:
        exactly = set(agreed.tolist())  # what each bad input has in common with x
        unions = set()
        for chosen in itertools.product(*(game.contrastive for game in games)):
            union = 0
            for mask in chosen:
                union |= mask
            if everything & ~union in exactly:
                unions.add(union)
        return unions


# -- what is bad -----------------------------------------------------------------------------------


def any_change(own: Sequence[int], labels: Iterable[int]) -> Bad:
    """Some of the labels are others."""
    chosen = list(labels)
    return lambda vectors: (vectors[:, chosen] != np.asarray(own)[chosen]).any(axis=1)


def reached(wanted: Mapping[int, int]) -> Bad:
    """All of the labels have these values."""
    chosen = list(wanted)
    return lambda vectors: (vectors[:, chosen] == np.array([wanted[i] for i in chosen])).all(axis=1)


def both(one: Bad, other: Bad) -> Bad:
    """Both ideas of what is bad at once."""
    return lambda vectors: one(vectors) & other(vectors)
