"""The domain of a certificate of plans: options are cells, and what has to hold of them are clauses."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.domain.conditions import Condition, Operator
from ...engine.domain.instance import situate
from ...engine.domain.space import build_space
from ...engine.domain.theory import Theory
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, TheoryError
from ...engine.plans.parts import Axis, Rule, Task
from ..certificates.regions import Clause, clauses_of_cells
from .planning import Plans


class Cells:
    """The domain with the options of a task as cells: options that the model does not tell apart get borders.

    Parameters
    ----------
    asked : Plans
        The question.
    task : Task
        The task.
    vocabulary : Vocabulary
        The conditions of all models.

    Raises
    ------
    BadInputError
        If a value is beyond the declared domain.
    """

    def __init__(self, asked: Plans, task: Task, vocabulary: Vocabulary) -> None:
        self.asked, self.task = asked, task
        session = asked.session
        space = build_space(vocabulary, session.features, self._theory)
        try:
            for _ in range(2):  # with the borders options lie in cells of their own
                self.space, self.here = space, situate(space, session.here.row)
                self.place = [self._cells_of(axis) for axis in task.axes]
                added = [c for axis, own in zip(task.axes, self.place, strict=True) for c in _borders(axis, own)]
                vocabulary = replace(space.vocabulary, conditions=(*space.vocabulary.conditions, *dict.fromkeys(added)))
                space = build_space(vocabulary, session.features, self._theory)
        except TheoryError as error:
            raise BadInputError(f"plans with values beyond the declared domain are not certified: {error}") from None
        _, self._known = self.of_cells(task.cost)
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

    def start(self, of: Sequence[F64]) -> float:
        """Return what options add that no cells tell apart: there is one of each such feature."""
        return float(sum(own[0] for (number, _), own in zip(self.place, of, strict=True) if number < 0))

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
        known = self._known
        found = [c for a, inside in enumerate(known) if inside.any() for c in clauses_of_cells(self.space, a, inside)]
        for rule in self.task.rules:
            found += self.clauses(rule)
        return sorted(found, key=len)

    def options(self, point: I32) -> I32:
        """Return the option of each axis that some cells are."""
        found = [0 if number < 0 else int(np.nonzero(place == point[number])[0][0]) for number, place in self.place]
        return np.array(found, np.int32)

    def clauses(self, rule: Rule) -> list[Clause]:
        """Return a rule over options as clauses of conditions."""
        sides: list[list[Clause]] = []
        for axis, options in rule:
            number, place = self.place[axis]
            if number < 0:
                if options.all():
                    return []
                continue
            inside = ~self._known[number]
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
