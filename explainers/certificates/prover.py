"""Proofs that a set of literals forces outcomes, as trees of boxes; or an input that shows that it does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from ...engine import _native
from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.clauses import unmet
from ...engine.domain.region import Region, region_of
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, Columns
from ...engine.errors import UnsupportedModelError
from ...engine.reasons.certified import not_proved
from . import suffice_check
from .boxes import Boxes
from .outcomes import Outcomes
from .refined import Refined, asked_together
from .refusals import near_tie, too_long
from .subject import Subject

MOST = 4_000_000  # parts of a tree of boxes
_NO_CLASSES = np.zeros(0, np.bool_)
_ZERO = np.zeros(1, np.int32)
_UNMET = Boxes(_ZERO, np.array([suffice_check.CLAUSE], np.int32), _ZERO, np.zeros(1, np.int64))  # no row is there


class Route(NamedTuple):
    """A route out of what is claimed, as the search has it: some of its ways, which are met together."""

    question: EnsembleQuestion
    ways: list[int]
    floats: tuple[Any, ...]


class Prover:
    """Proves what sets of literals force; it keeps the inputs that it finds.

    Parameters
    ----------
    subject : Subject
        The model, the domain and the row.
    outcomes : Outcomes
        What is claimed.
    deadline : Deadline
        When to stop.
    given : sequence of clauses
        What holds of all rows that are looked at: clauses of signed conditions.

    Raises
    ------
    UnsupportedModelError
        If sums of the model may overflow.
    """

    def __init__(
        self, subject: Subject, outcomes: Outcomes, deadline: Deadline, given: Sequence[Sequence[int]] = ()
    ) -> None:
        self.subject, self.outcomes, self.deadline, self.given = subject, outcomes, deadline, given
        domain = suffice_check.Domain({**subject.head, "claim": {"given": []}}, subject.arrays)
        self.checked = suffice_check.Model(subject.head, subject.arrays, domain)
        try:
            if outcomes.routes is None:
                self.routes = suffice_check.routes_out(self.checked, outcomes.labels, outcomes.together)
            else:
                self.routes = outcomes.routes(self.checked)
        except ValueError as error:
            raise UnsupportedModelError(f"certificates are not made of such a model: {error}") from None
        tests = asked_together(subject.space)
        self._finer = Refined(domain, self.checked, tests, deadline) if tests else None
        self.points: list[I32] = []
        self.late: list[list[int]] = []  # clauses that also hold: parts are split by them where they have to be
        self.rule: Callable[[I32], list[list[int]]] | None = None  # of an input that takes a route: more such clauses

    @cached_property
    def _searched(self) -> list[Route]:
        """The routes as questions about the ensemble."""
        trees, found = self.subject.trees, []
        sums = Arithmetic(
            np.ascontiguousarray(trees.values, np.float64), np.ascontiguousarray(trees.base, np.float64), 1.0,
            _NO_CLASSES, -math.inf, math.inf,
        )  # fmt: skip
        for route in self.routes:
            chosen = [i for i, way in enumerate(route) if not self._spare(way)]
            ways = [route[i] for i in chosen] or [self._always]
            worth = np.array([way.worth for way in ways], np.int64).reshape(len(ways), trees.n_leaves).T
            columns = Columns(
                np.ascontiguousarray(worth), np.array([way.offset for way in ways], np.int64),
                np.array([way.need for way in ways], np.int64), len(ways) > 1,
            )  # fmt: skip
            question = EnsembleQuestion(self.subject.layout, sums, columns, self.subject.here.cells)
            found.append(Route(question, chosen, self._floats(ways, question)))
        return found

    @property
    def _always(self) -> suffice_check.Way:
        """A way that every input takes, where a route has none of its own."""
        label = self.subject.labels[0]
        return suffice_check.Way(self.checked, label, np.zeros(len(self.checked.base)), -1.0, False)

    def _spare(self, way: suffice_check.Way) -> bool:
        """Tell whether a way does not matter: it is always met; or one class is good, and it does not lead that one."""
        if way.need <= -suffice_check.MOST:
            return True
        for one in self.outcomes.labels:
            label = self.subject.labels[one["label"]]
            first, end = label["outputs"]
            pair = label["rule"] == "greatest" and np.count_nonzero(way.sign[first:end]) == 2
            if pair and "range" not in one and len(one["classes"]) == 1:
                return bool(way.sign[first + one["classes"][0]] == 0)
        return False

    def _floats(self, ways: list[suffice_check.Way], question: EnsembleQuestion) -> tuple[Any, ...]:
        """Return what the core adds up in the model's own floats, and compares."""
        model, n = self.checked, len(self.checked.base)
        return (
            np.ascontiguousarray(model.values, np.float64), np.ascontiguousarray(model.base, np.float64),
            model.divisor, model.single,
            np.array([way.sign for way in ways], np.float64).reshape(-1, n),
            np.array([way.limit for way in ways], np.float64),
            np.array([way.margin * 1.001 for way in ways], np.float64),
            np.array([way.strict for way in ways], np.bool_),
            self.subject.here.cells.astype(np.int32), MOST, question.work,
        )  # fmt: skip

    def look(self, literals: I32) -> I32 | None:
        """Return an input that satisfies literals and is outside, a cell an attribute; None if there is none.

        Raises
        ------
        UndecidedError
            If time was up, the proof has too many boxes, or rounding decides.
        """
        found = self._look(literals)
        return None if isinstance(found, list) else found

    def prove(self, literals: I32) -> list[Boxes] | I32:
        """Return a proof, which the checker follows, that there is no such input; or the input."""
        found = self._look(literals)
        if self._finer is None or not isinstance(found, list):
            return found
        clauses = [*self.subject.clauses, *self.given, *self.late]
        return [
            self._finer.refined(literals, ways, boxes, clauses) for ways, boxes in zip(self.routes, found, strict=True)
        ]

    def _look(self, literals: I32) -> list[Boxes] | I32:
        found = []
        for route in self._searched:
            parts: list[Boxes] = []
            if (point := self._walk(route, literals, parts)) is not None:
                return self._taken(point)
            found.append(Boxes(*(np.concatenate(part) for part in zip(*parts, strict=True))))
        return found

    def _walk(self, route: Route, literals: I32, parts: list[Boxes]) -> I32 | None:
        """Split by what is given, and prove each part; return an input that takes the route, if there is one."""
        space, first = self.subject.space, self.given[0] if self.given else None
        stack = [(literals, first, 0, 0)]
        while stack:  # literals, a clause (None: all hold), which of its literals is looked at, and the clause's number
            here, clause, place, number = stack.pop()
            region = region_of(space, here)
            if (self.given or self.late) and region.empty:
                parts.append(_UNMET)
            elif clause is None:
                point = self._prove(route, region, parts)
                broken = None if point is None else self._broken(point)
                if broken is not None:
                    stack.append((here, broken, 0, len(self.given)))
                elif point is not None:
                    return point
            elif place == len(clause):
                parts.append(_UNMET)
            else:
                literal, after = clause[place], self.given[number + 1] if number + 1 < len(self.given) else None
                there, other = (np.append(here, one).astype(np.int32) for one in (literal, -literal))
                if region_of(space, there).empty:  # no split: one of its parts would be no box
                    stack.append((here, clause, place + 1, number))
                elif region_of(space, other).empty:
                    stack.append((here, after, 0, number + 1))
                else:
                    parts.append(Boxes(np.array([literal], np.int32), *_UNMET[1:]).without_leaves)
                    stack += [(other, clause, place + 1, number), (there, after, 0, number + 1)]
        return None

    def _broken(self, point: I32) -> list[int] | None:
        """Return a late clause that an input does not meet; None if there is none."""
        truth = self.subject.truth(point)
        clause = unmet(self.late, truth)
        if clause is not None or self.rule is None:
            return clause
        self.late += (more := self.rule(point))
        return more[0] if more else None

    def _prove(self, route: Route, region: Region, parts: list[Boxes]) -> I32 | None:
        question, log = route.question, _native.ProofLog()
        question.set_region(region)
        only = -1 if len(route.ways) > 1 else 0
        code = question.run(self.deadline, _native.prove, question.problem, question.box, only, *route.floats, log)
        if code == FOUND:
            return question.point.copy()
        if code != NONE:
            self.deadline.expired()
            raise not_proved(self.deadline) if self.deadline.stop else too_long(f"{MOST} boxes")
        parts.append(self._boxes(route, log))
        return None

    def is_witness(self, point: I32) -> bool:
        """Tell whether an input is outside beyond doubt, and meets the clauses."""
        truth = self.subject.truth(point)
        if unmet([*self.subject.clauses, *self.given], truth) is not None:
            return False
        return bool(suffice_check.outside(self.routes, self.subject.scores(truth))[0] == 1)

    def sure(self, points: Sequence[I32]) -> None:
        """Raise ``UndecidedError`` if rounding may decide whether some input is outside."""
        for point in points:
            if suffice_check.outside(self.routes, self.subject.scores(self.subject.truth(point)))[0] == 0:
                raise near_tie()

    def _taken(self, point: I32) -> I32:
        """Keep an input that is outside beyond doubt."""
        if not self.is_witness(point):
            raise near_tie()
        self.points.append(point)
        return point

    def _boxes(self, route: Route, log: _native.ProofLog) -> Boxes:
        split, literal = log.split.copy(), self.subject.space.element_literal
        inner = split != 0
        split[inner] = np.sign(split[inner]) * literal[np.abs(split[inner]) - 1]
        ways = np.array(route.ways or [0], np.int32)
        return Boxes(split, log.kind.copy(), ways[log.way], log.bound.copy())
