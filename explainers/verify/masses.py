"""How much of a distribution lies in a box: whole numbers a cell, so that sums and products are exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm, prod
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32
from ...engine.chances.masses import Product, uniform
from ...engine.domain.region import Region
from ...engine.domain.space import Space
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_number
from ..chances.given import check_rows
from ..session.session import Session
from .box_words import allowed_in
from .given import boxes_of
from .subject import Subject

KINDS = ("data", "uniform")


class Masses:
    """Independent features, each with a mass for each of its cells.

    Parameters
    ----------
    space : Space
        Whose cells they are.
    of_cells : sequence of sequences of int
        A whole number for each cell of each attribute.
    name : str
        What it is called.
    """

    def __init__(self, space: Space, of_cells: Sequence[Sequence[int]], name: str) -> None:
        self._space = space
        self.of_cells = [tuple(map(int, masses)) for masses in of_cells]
        self.name = name
        self.total = prod(sum(masses) for masses in self.of_cells)
        self._sums = [np.concatenate([[0.0], np.cumsum(masses)]) / sum(masses) for masses in self.of_cells]

    @property
    def product(self) -> Product:
        """The same as the engine has it."""
        return Product(tuple(self.of_cells))

    def whole(self, region: Region) -> int:
        """Return the mass of a box as a whole number, of ``total``."""
        above = 1
        for number, (attribute, masses) in enumerate(zip(self._space.attributes, self.of_cells, strict=True)):
            above *= sum(masses[c] for c in np.nonzero(allowed_in(region, attribute, number))[0].tolist())
            if not above:
                break
        return above

    def share(self, regions: Iterable[Region]) -> Fraction:
        """Return the share of disjoint boxes, exactly."""
        return Fraction(sum(map(self.whole, regions)), self.total)

    def rough(self, region: Region, interval: Sequence[bool]) -> float:
        """Return the share of a box, as a float, quickly: what decides which box is looked at first."""
        share = 1.0
        for number, sums in enumerate(self._sums):
            if interval[number]:
                share *= sums[region.high[number] + 1] - sums[region.low[number]]
            else:
                cells = region.allowed[region.base[number] : region.base[number + 1]]
                share *= float(np.diff(sums)[cells].sum())
            if share <= 0.0:
                return 0.0
        return share


def masses_of(subject: Subject, space: Space, distribution: Any, cells: I32 | None) -> Masses:
    """Return what inputs are like.

    Parameters
    ----------
    subject : Subject
        The model.
    space : Space
        Its domain, perhaps with more conditions.
    distribution : "data", "uniform" or mapping
        Each feature as it is in the given rows, independent of the others; the same mass for each cell; or masses of
        values ``{"colour": {"red": 2, "blue": 1}}``, other features as in the rows (without rows: the same for each
        cell).
    cells : ndarray of int32 or None
        The cells of the given rows, shape (n_rows, n_attributes).

    Raises
    ------
    BadInputError
        If rows are needed and missing, or masses do not fit.
    """
    attributes = space.attributes
    declared = isinstance(distribution, Mapping)
    if not declared and (not isinstance(distribution, str) or distribution not in KINDS):
        raise BadInputError(f"distribution={shown(distribution)}: expected 'data', 'uniform' or masses of values")
    if distribution == "data" and (cells is None or not len(cells)):
        raise BadInputError("distribution='data' needs rows: pass data=…; 'uniform' needs none")
    if cells is None or not len(cells) or distribution == "uniform":
        found: list[Sequence[int]] = list(uniform(space))
    else:
        found = [np.bincount(cells[:, a], minlength=one.n_cells).tolist() for a, one in enumerate(attributes)]
    if declared:
        for name, told in distribution.items():
            feature = subject.session.feature_index(name)
            for number, attribute in enumerate(attributes):
                if attribute.feature == feature:
                    found[number] = _told(subject, space, number, told)
    return Masses(space, found, "declared" if declared else str(distribution))


def cells_of(session: Session[Any], space: Space, rows: F64) -> I32:
    """Return the cell of each attribute for rows as the model reads them, shape (n_rows, n_attributes).

    Raises
    ------
    TheoryError
        If a row is outside the domain; it names the row.
    """
    check_rows(session, rows)
    out = np.zeros((len(rows), len(space.attributes)), np.int32)
    for number, row in enumerate(rows):
        try:
            out[number] = space.place(row)[1]
        except TheoryError as error:
            raise TheoryError(f"row {number} of data is outside the domain: {error}") from None
    return out


def _told(subject: Subject, space: Space, number: int, told: Any) -> list[int]:
    """Return declared masses of an attribute's cells."""
    attribute = space.attributes[number]
    name = space.features[attribute.feature].name
    if not isinstance(told, Mapping):
        raise BadInputError(f"distribution[{name!r}]={shown(told)}: expected masses of values, such as {{'red': 2}}")
    shares = [Fraction(0)] * attribute.n_cells
    for value, mass in told.items():
        if not is_number(mass) or not 0 <= mass < float("inf"):
            raise BadInputError(f"distribution[{name!r}][{value!r}]={shown(mass)}: expected a number from 0")
        shares[_cell(subject, space, number, value)] += Fraction(repr(float(mass)))
    if not any(shares):
        raise BadInputError(f"distribution: the masses of {name!r} are all 0")
    scale = lcm(*(share.denominator for share in shares))
    return [int(share * scale) for share in shares]


def _cell(subject: Subject, space: Space, number: int, value: Any) -> int:
    """Return the cell of a value, said as a condition."""
    name = space.features[space.attributes[number].feature].name
    sets = subject.session.words.asking.sets([(name, "=", value)], "distribution")
    boxes = boxes_of(subject, space, sets)
    if len(boxes) != 1:
        raise TheoryError(f"distribution[{name!r}][{value!r}] is outside the domain")
    cells = np.nonzero(allowed_in(boxes[0], space.attributes[number], number))[0]
    return int(cells[0])
