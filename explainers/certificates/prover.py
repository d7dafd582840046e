"""Proofs that a set of literals forces outcomes, as trees of boxes; or an input that shows that it does not."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ...engine import _native
from ...engine.arrays import I32, I64
from ...engine.budget import Deadline
from ...engine.domain.region import region_of
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, Columns
from ...engine.errors import UndecidedError
from . import suffice_check
from .subject import Subject

MOST = 4_000_000  # parts of a tree of boxes
_NO_CLASSES = np.zeros(0, np.bool_)


class Outcomes(NamedTuple):
    """Outcomes that are claimed: of labels, as the checker reads them; `together`: outside only by all of them."""

    labels: list[dict[str, Any]]
    together: bool = False


class Boxes(NamedTuple):
    """A tree of boxes: signed conditions in the order of a walk (0: a leaf), and what its leaves say."""

    split: I32
    kind: I32
    way: I32
    bound: I64


class Prover:
    """Proves what sets of literals of one row force; it keeps the inputs that it finds.

    Parameters
    ----------
    subject : Subject
        The model, the domain and the row.
    outcomes : Outcomes
        What is claimed.
    deadline : Deadline
        When to stop.
    """

    def __init__(self, subject: Subject, outcomes: Outcomes, deadline: Deadline) -> None:
        self.subject, self.outcomes, self.deadline = subject, outcomes, deadline
        domain = suffice_check.Domain(subject.head, subject.arrays)
        self.checked = suffice_check.Model(subject.head, subject.arrays, domain)
        self.ways = suffice_check.ways_out(self.checked, outcomes.labels, outcomes.together)
        self.question = self._question()
        self.points: list[I32] = []

    def _question(self) -> EnsembleQuestion:
        trees, n = self.subject.trees, len(self.ways)
        worth = np.array([way.worth for way in self.ways], np.int64).reshape(n, trees.n_leaves).T
        columns = Columns(
            np.ascontiguousarray(worth), np.array([way.offset for way in self.ways], np.int64),
            np.array([way.need for way in self.ways], np.int64), self.outcomes.together,
        )  # fmt: skip
        sums = Arithmetic(
            np.ascontiguousarray(trees.values, np.float64), np.ascontiguousarray(trees.base, np.float64), 1.0,
            _NO_CLASSES, -math.inf, math.inf,
        )  # fmt: skip
        return EnsembleQuestion(self.subject.layout, sums, columns, self.subject.here.cells)

    def look(self, literals: I32) -> list[Boxes] | I32:
        """Return a proof that nothing that satisfies literals is outside, or such an input, a cell an attribute.

        Raises
        ------
        UndecidedError
            If time was up, the proof has too many boxes, or rounding decides.
        """
        question = self.question
        question.set_region(region_of(self.subject.space, literals))
        box, found = question.box, []
        for way in [-1] if self.outcomes.together else range(len(self.ways)):
            log = _native.ProofLog()
            code = question.run(self.deadline, _native.prove, question.problem, box, way, *self._floats, log)
            if code == FOUND:
                return self._taken(question.point.copy())
            if code != NONE:
                self.deadline.expired()
                raise UndecidedError(
                    f"the certificate was not proved: {self.deadline.told}"
                    if self.deadline.stop
                    else f"the proof has more than {MOST} boxes"
                )
            found.append(self._boxes(log))
        return found

    @cached_property
    def _floats(self) -> tuple[Any, ...]:
        """What the core adds up in the model's own floats, and compares."""
        model, ways, n = self.checked, self.ways, len(self.checked.base)
        return (
            np.ascontiguousarray(model.values, np.float64), np.ascontiguousarray(model.base, np.float64),
            model.divisor, model.single,
            np.array([way.sign for way in ways], np.float64).reshape(-1, n),
            np.array([way.limit for way in ways], np.float64),
            np.array([way.margin * 1.001 for way in ways], np.float64),
            np.array([way.strict for way in ways], np.bool_),
            self.subject.here.cells.astype(np.int32), MOST, self.question.work,
        )  # fmt: skip

    def is_witness(self, point: I32) -> bool:
        """Tell whether an input is outside beyond doubt, and meets the clauses."""
        truth = self.subject.truth(point)
        if not all(any(truth[abs(v) - 1] == (v > 0) for v in clause) for clause in self.subject.clauses):
            return False
        met = np.array([way.met(self.subject.scores(truth)) for way in self.ways])
        return bool((met.min() if self.outcomes.together else met.max()) == 1)

    def _taken(self, point: I32) -> I32:
        """Keep an input that is outside beyond doubt."""
        if not self.is_witness(point):
            raise UndecidedError("an input is so near to a tie that rounding decides its outcome: nothing is certified")
        self.points.append(point)
        return point

    def _boxes(self, log: _native.ProofLog) -> Boxes:
        split, literal = log.split.copy(), self.subject.space.element_literal
        inner = split != 0
        split[inner] = np.sign(split[inner]) * literal[np.abs(split[inner]) - 1]
        return Boxes(split, log.kind.copy(), log.way.copy(), log.bound.copy())
