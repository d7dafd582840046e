"""Certificates about a whole model: what is so of all inputs of a region, the ends of a range, and what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.attributes import Attribute
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region
from ...engine.domain.space import Space
from ...engine.errors import BadInputError, UndecidedError
from .certificate import Certificate
from .claims import Claims
from .outcomes import Outcomes
from .prover import Prover
from .refusals import not_so
from .subject import Form, Subject

Clause = list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Proven:
    """What an answer about a whole model says, so that it can be certified.

    Attributes
    ----------
    form : compiled model
        The model.
    space : Space
        The domain, with the borders of the region among its own.
    boxes : tuple of Region
        Disjoint boxes that make up the region.
    somewhere : Situation
        Some row, which inputs are told around.
    outcomes : Outcomes
        What all inputs of the region have, if the answer is so.
    shows : bool
        Whether an input with another outcome makes the answer true.
    literals : tuple of int or None
        Literals of the row `somewhere`, of which none can be weakened: they say the region.
    """

    form: Form
    space: Space
    boxes: tuple[Region, ...]
    somewhere: Situation
    outcomes: Outcomes
    shows: bool = False
    literals: tuple[int, ...] | None = None

    def claims(self, deadline: Deadline) -> Claims:
        """Begin claims about the region; they are of no row."""
        prover = Prover(
            Subject(self.form, self.space, self.somewhere), self.outcomes, deadline, clauses_of(self.space, self.boxes)
        )
        return Claims.of_all(prover)

    def certificate(self, value: bool, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of an answer: all inputs of the region have the outcomes, or one has not.

        Raises
        ------
        UndecidedError
            If time was up, or rounding decides.
        SelfCheckError
            If it is not so.
        """
        deadline = Deadline.of(time_limit)
        if self.literals is not None:
            return self._maximal(self.literals, deadline, told)
        claims = self.claims(deadline)
        if value != self.shows:
            claims.forces([])
        else:
            claims.refuted([])
        return claims.certificate([], told)

    def _maximal(self, literals: tuple[int, ...], deadline: Deadline, told: str) -> Certificate:
        """Return the certificate that literals force the outcomes, and no weaker ones do, as far as rounding allows."""
        subject, items = Subject(self.form, self.space, self.somewhere), [abs(literal) - 1 for literal in literals]
        claims = Claims(Prover(subject, self.outcomes, deadline), False)
        claims.forces(items)
        try:
            claims.minimal(items)
        except UndecidedError:
            if deadline.expired():
                raise
            told += "; not that it is maximal: rounding decides"
        return claims.certificate(items, told)

    def attained(self, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate that all numbers lie in the range of the outcomes, and its ends are taken."""
        (one,) = self.outcomes.labels
        claims, ends = self.claims(Deadline.of(time_limit)), [float.fromhex(end) for end in one["range"]]
        claims.forces([])
        for end in ends:
            other = Outcomes([{**one, "range": [end.hex(), end.hex()], "classes": [0, 2]}])
            looked = Prover(claims.subject, other, claims.prover.deadline, claims.prover.given)
            found = looked.look(np.zeros(0, np.int32))
            if found is None:
                raise not_so("no input has an end of the range")
            claims.rows.append(found)
        k = claims.subject.labels[one["label"]]["outputs"][0]
        claims.says["attained"] = [[row, k, end.hex()] for row, end in enumerate(ends)]
        return claims.certificate([], told)


def clauses_of(space: Space, boxes: Sequence[Region]) -> list[Clause]:
    """Return clauses of conditions that exactly the inputs of some boxes meet, which differ in runs of cells alone.

    Raises
    ------
    BadInputError
        If there are no boxes.
    """
    if not boxes:
        raise BadInputError("no input of the domain meets the conditions: there is nothing to certify")
    found: list[Clause] = []
    for a, attribute in enumerate(space.attributes):
        inside = np.zeros(attribute.n_cells, np.bool_)
        for box in boxes:
            first, end = box.base[a : a + 2]
            inside[box.low[a] : box.high[a] + 1] = True if attribute.interval else box.allowed[first:end]
        found += clauses_of_cells(space, a, inside)
    return sorted(found, key=len)


def clauses_of_cells(space: Space, a: int, inside: Bools) -> list[Clause]:
    """Return clauses of conditions that exactly some cells of an attribute meet."""
    attribute = space.attributes[a]
    return _of_runs(space, a, inside) if attribute.interval else _of_cells(attribute, inside)


def _of_runs(space: Space, a: int, inside: Bools) -> list[Clause]:
    """Return clauses that hold in some cells of an interval: each gap is left to one side or the other."""
    base = int(space.element_base[a])
    edges = np.diff(np.concatenate([[True], inside, [True]]).astype(np.int8))
    found = []
    for first, end in zip(np.nonzero(edges < 0)[0].tolist(), np.nonzero(edges > 0)[0].tolist(), strict=True):
        below = [-int(space.element_literal[base + first - 1])] if first > 0 else []
        above = [int(space.element_literal[base + end - 1])] if end < len(inside) else []
        found.append(below + above)
    return found


def _of_cells(attribute: Attribute, inside: Bools) -> list[Clause]:
    """Return clauses that hold in some cells of an attribute, each as short as leaving out literals makes it."""
    truth, left, found = attribute.truth_table(), ~inside, []
    while left.any():
        cell = int(np.nonzero(left)[0][0])
        chosen: I32 = np.arange(len(truth), dtype=np.int32)
        for v in range(len(truth)):  # where the cell is not: some literal differs
            fewer = chosen[chosen != v]
            if (truth[fewer] != truth[fewer, cell][:, None]).any(axis=0)[inside].all():
                chosen = fewer
        left &= (truth[chosen] != truth[chosen, cell][:, None]).any(axis=0)
        found.append(
            [int(-(attribute.variables[v] + 1) if truth[v, cell] else attribute.variables[v] + 1) for v in chosen]
        )
    return found
