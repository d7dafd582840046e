"""An instance in the space of a domain: its cells, and the literals that are true of it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from .. import _native
from ..arrays import F64, I32, Bools
from .implications import AttributeForest, attribute_forest
from .space import Space
from .theory import Kind

_SHOWN = ("row", "truth", "cells")
_new = object.__new__


class Situation:
    """An instance in a space, which does not change; what the core has of it is shown when it is looked at.

    Attributes
    ----------
    row : ndarray of float64
        The instance as the model reads it.
    truth : ndarray of bool, shape (n,)
        Truth of each condition.
    cells : ndarray of int32, shape (n_attributes,)
        Cell of each attribute.
    placed : Placed
        The instance as the core has it.
    """

    space: Space
    row: F64
    truth: Bools
    cells: I32
    placed: _native.Placed

    def __init__(self, space: Space, row: F64, truth: Bools, cells: I32) -> None:
        self.space, self.row, self.truth, self.cells = space, row, truth, cells

    @staticmethod
    def of(space: Space, placed: _native.Placed) -> Situation:
        """Return an instance that the core has placed."""
        made = _new(Situation)
        made.space, made.placed = space, placed
        return made

    def __getattr__(self, name: str) -> Any:
        known = self.__dict__
        if name in _SHOWN and "placed" in known:
            known[name] = value = getattr(self.placed, name)
            return value
        if name == "placed" and "truth" in known:
            known[name] = _native.Placed(np.ascontiguousarray(self.row, np.float64), self.truth, self.cells)
            return known[name]
        raise AttributeError(f"a Situation has no {name!r}")

    @cached_property
    def forests(self) -> dict[int, AttributeForest]:
        """Implications on the attributes that cuts do not describe (what only queries on trees look at)."""
        listed = np.nonzero(~self.space.interval)[0].tolist()
        return {a: attribute_forest(self.space.attributes[a], int(self.cells[a])) for a in listed}

    @property
    def laminar(self) -> bool:
        """Whether the implications of all attributes form forests."""
        return self.space.all_interval or all(forest.laminar for forest in self.forests.values())

    def literal(self, element: int) -> int:
        """Return the signed literal of an element, as it is true at the instance."""
        number = abs(int(self.space.element_literal[element]))
        return number if self.truth[number - 1] else -number

    def signed(self, elements: I32) -> I32:
        """Return the signed literal of each element."""
        numbers = np.abs(self.space.element_literal[elements])
        return np.where(self.truth[numbers - 1], numbers, -numbers)

    def literals(self, elements: I32) -> tuple[int, ...]:
        """Return the signed literals of elements, sorted by number."""
        return self.space.core.literals(self.truth, elements)


def situate(space: Space, row: F64) -> Situation:
    """Place a row (already read) in a space.

    Raises
    ------
    TheoryError
        If the row is outside the domain.
    """
    space.check_row(row)
    return Situation(space, row, *space.place(row))


def anywhere(space: Space) -> Situation:
    """Place some row of the domain (user clauses aside) in a space, for questions that no instance belongs to."""
    row = np.zeros(len(space.vocabulary.names))
    for feature in space.features if space.theory is not None else ():
        column = feature.columns[0]
        if feature.kind is Kind.ONE_HOT:
            row[column] = 1.0
        elif feature.kind is Kind.CATEGORICAL:
            row[column] = feature.values[0]
        else:
            row[column] = min(max(0.0, feature.low), feature.high)
    read = [float(space.vocabulary.reading_of(c).cast(row[c : c + 1])[0]) for c in range(len(row))]
    somewhere = situate(space, np.array(read))
    return Situation(space, row, somewhere.truth, somewhere.cells)  # what is told lies in the range as it was given
