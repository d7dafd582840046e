"""Certificates of plans: a row that is decided as wanted, and that no cheaper one is (or none at all)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.conditions import Condition, Operator
from ...engine.domain.instance import situate
from ...engine.domain.space import build_space
from ...engine.domain.theory import Theory
from ...engine.errors import BadInputError, TheoryError
from ...engine.models.multilabel import CompiledMultiLabel, as_ensemble
from ...engine.plans.parts import Axis, Rule, Task
from ..certificates.certificate import Certificate
from ..certificates.claims import Claims
from ..certificates.outcomes import Outcomes, classes_claimed, labels_claimed, numbers_claimed
from ..certificates.prover import Prover
from ..certificates.regions import Clause, clauses_of_cells
from ..certificates.subject import Subject
from ..certificates.tables import table_of
from .plan import Plan
from .planning import Plans
from .wanting import plain_aim

_NEAR = 1e-9  # of the cost: costs that are nearer are not told apart
_COSTS = "costs are those of the stretches of values that the file lists"
_OTHERS = ("score", "margin", "leaf_change", "also", "plausible", "support", "slack", "linear")


@dataclass(frozen=True, eq=False)
class Certifying:
    """What a certificate of plans has to know.

    Attributes
    ----------
    asked : Plans
        The question.
    task : Task
        The task that was searched.
    """

    asked: Plans
    task: Task

    def certificate(self, plan: Plan | None, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of the cheapest plan (None: that there is none).

        Raises
        ------
        BadInputError
            If there are none of such questions.
        UndecidedError
            If time was up.
        """
        for name in _OTHERS:
            if self.asked.said.get(name):
                raise BadInputError(f"plans with {name}= are not certified: leave it out")
        if any(table.holds is not None for table in self.task.tables):
            raise BadInputError("plans with rules that compare numbers are not certified: leave them out")
        domain = Domain(self.asked, self.task)
        subject, outcomes = self._subject(domain, costs=plan is not None), list(self._wanted().labels)
        for number, table in enumerate(self.task.tables):
            ends = [float("-inf").hex(), float(table.most).hex()]
            outcomes.append({"label": self._n_labels + number, "range": ends, "classes": [0, 2]})
        cost, place = math.inf, self._n_labels + len(self.task.tables)
        if plan is not None:
            cells = domain.cells(np.array(plan.options, np.int32))
            cost = float(subject.scores(subject.truth(cells))[0, -1])
            most = min(cost, plan.lower)
            most -= max(abs(most) * _NEAR, 1e-12)
            outcomes.append({"label": place, "range": [float("-inf").hex(), most.hex()], "classes": [0, 2]})
        claims = Claims(Prover(subject, Outcomes(outcomes, True), Deadline.of(time_limit), domain.given), False)
        claims.rows = []
        claims.forces([])
        if plan is not None:
            claims.shown = self._rows(plan, subject, domain)
            number = subject.labels[-1]["outputs"][0]
            claims.says["planned"] = {}
            claims.says["attained"] = [[row, number, (0.0 if row else cost).hex()] for row in range(len(claims.shown))]
        return claims.certificate([], told)

    def _rows(self, plan: Plan, subject: Subject, domain: Domain) -> F64:
        """Return the plan, and the instance if it meets the rules itself."""
        session, truth = self.asked.session, domain.here.truth
        read: F64 = session.compiled.read(plan.row.row)[:1]
        meets = all(any(truth[abs(v) - 1] == (v > 0) for v in c) for c in (*subject.clauses, *domain.given))
        return np.vstack([read, session.here.row]) if meets else read

    @property
    def _n_labels(self) -> int:
        form = self.asked.session.compiled
        return len(form.labels) if isinstance(form, CompiledMultiLabel) else 1

    def _wanted(self) -> Outcomes:
        """Return the claim that what is wanted is not reached."""
        form = self.asked.session.compiled
        wanted = plain_aim(self.asked.session, self.asked.said)
        if isinstance(form, CompiledMultiLabel):
            return labels_claimed(form, wanted, never=True)
        if isinstance(wanted, tuple):
            return numbers_claimed(as_ensemble(form), *wanted, outside=True)
        return classes_claimed(np.nonzero(~wanted)[0])

    def _subject(self, domain: Domain, *, costs: bool) -> Subject:
        compiled = self.asked.session.compiled
        one = compiled.labels[0].model if isinstance(compiled, CompiledMultiLabel) else compiled
        form = as_ensemble(one)
        tables = [(f"limit {i + 1}", table.of) for i, table in enumerate(self.task.tables)]
        more = []
        for name, of in [*tables, *([("cost", self.task.cost)] if costs else [])]:
            numbers, known = domain.of_cells(of)
            more.append((name, table_of(form, domain.space, numbers, known), _COSTS if name == "cost" else ""))
        return Subject(compiled, domain.space, domain.here, tuple(more))


class Domain:
    """The domain with the options of a task as cells: options that the model does not tell apart get borders.

    Parameters
    ----------
    asked : Plans
        The question.
    task : Task
        The task.
    """

    def __init__(self, asked: Plans, task: Task) -> None:
        self.asked, self.task = asked, task
        session = asked.session
        space = build_space(session.compiled.vocabulary, session.features, self._theory)
        try:
            for _ in range(2):  # with the borders options lie in cells of their own
                self.space, self.here = space, situate(space, session.here.row)
                self.place = [self._cells_of(axis) for axis in task.axes]
                added = [c for axis, own in zip(task.axes, self.place, strict=True) for c in _borders(axis, own)]
                vocabulary = replace(space.vocabulary, conditions=(*space.vocabulary.conditions, *dict.fromkeys(added)))
                space = build_space(vocabulary, session.features, self._theory)
        except TheoryError as error:
            raise BadInputError(f"plans with values beyond the declared domain are not certified: {error}") from None
        self.given = self._given()

    @property
    def _theory(self) -> Theory:
        session = self.asked.session
        assert session.space.theory is not None
        return Theory(session.features, session.clauses if session.theory_on else (), session.space.theory.missing)

    def _cells_of(self, axis: Axis) -> tuple[int, I32]:
        """Return the attribute of an axis (-1: none), and the cell of each option."""
        number = next((a for a, one in enumerate(self.space.attributes) if one.feature == axis.feature), -1)
        found = []
        for values in axis.values:
            row = self.asked.session.here.row.copy()
            row[list(axis.columns)] = values
            found.append(0 if number < 0 else int(situate(self.space, row).cells[number]))
        return number, np.array(found, np.int32)

    def cells(self, point: I32) -> I32:
        """Return the cells of options."""
        out = self.here.cells.astype(np.int32).copy()
        for (number, place), option in zip(self.place, point.tolist(), strict=True):
            if number >= 0:
                out[number] = place[option]
        return out

    def of_cells(self, of: Sequence[F64]) -> tuple[list[F64], list[Bools]]:
        """Return a number for each cell, from those of options, and which cells are options."""
        numbers = [np.zeros(attribute.n_cells) for attribute in self.space.attributes]
        known = [np.zeros(attribute.n_cells, np.bool_) for attribute in self.space.attributes]
        for (number, place), own in zip(self.place, of, strict=True):
            if number >= 0:
                numbers[number][place] = own
                known[number][place] = True
        return numbers, known

    def _given(self) -> list[Clause]:
        """Return what plans have to meet: each value is an option, and rules hold."""
        _, known = self.of_cells(self.task.cost)
        found = [c for a, inside in enumerate(known) if inside.any() for c in clauses_of_cells(self.space, a, inside)]
        for rule in self.task.rules:
            found += self._of_rule(rule, known)
        return sorted(found, key=len)

    def _of_rule(self, rule: Rule, known: list[Bools]) -> list[Clause]:
        sides: list[list[Clause]] = []
        for axis, options in rule:
            number, place = self.place[axis]
            if number < 0:
                if options.all():
                    return []
                continue
            inside = ~known[number]
            inside[place[options]] = True
            sides.append(clauses_of_cells(self.space, number, inside))
        return [sorted({v for clause in chosen for v in clause}) for chosen in itertools.product(*sides)]


def _borders(axis: Axis, place: tuple[int, I32]) -> list[Condition]:
    """Return conditions that tell options apart that lie in one cell."""
    _, cells = place  # without an attribute all options are alike
    found: list[Condition] = []
    for cell in set(cells.tolist()):
        own = axis.values[cells == cell]
        if len(own) < 2:
            continue
        if len(axis.columns) > 1:
            found += [Condition(column, Operator.GT, 0.5) for column in axis.columns]
        else:
            numbers = sorted(v for v in own[:, 0].tolist() if not math.isnan(v))
            found += [Condition(axis.columns[0], Operator.GT, v) for v in numbers[:-1]]
            if np.isnan(own).any():
                found.append(Condition(axis.columns[0], Operator.GT, math.inf, True))
    return found
