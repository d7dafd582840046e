"""Certificates of plans that hold in a box around them: rows that rule out what is cheaper, and a proof of the box."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.space import build_space
from ...engine.errors import BadInputError, UndecidedError
from ...engine.plans.parts import Axis
from ...engine.reasons.certified import not_proved
from ..certificates.certificate import proof_arrays
from ..certificates.outcomes import Outcomes
from ..certificates.prover import Prover
from ..certificates.refusals import not_so
from ..certificates.regions import Clause, clauses_of_cells
from .cells import Cells
from .lasting import Adversary, first_from, last_up_to
from .planning import Plans


@dataclass(eq=False)
class Bearing:
    """Rows near options that are not decided as wanted, and what they rule out.

    Attributes
    ----------
    asked : Plans
        The question.
    cells : Cells
        Its options as cells.
    deadline : Deadline
        When to stop.
    deciding : int
        How many of the first outcomes are of models that decide.
    rows : list of ndarray of float64
        Rows that are not as wanted.
    of : list of int
        Of which of them the clauses are, in the order in which they were found.
    """

    asked: Plans
    cells: Cells
    deadline: Deadline
    deciding: int
    rows: list[F64] = field(default_factory=list)
    of: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.axes, self.radii = self.cells.task.axes, self.asked.radii
        self.adversary = Adversary(self.asked, self.axes, self.radii, self.deadline)

    def rule(self, point: I32) -> list[Clause]:
        """Return clauses that some cells break, for a row near them is not as wanted."""
        options = self.cells.options(point)
        try:
            bad = self.adversary.bad(options)
        except UndecidedError:
            raise not_proved(self.deadline) from None
        if bad is None:
            raise not_so("something cheaper is a plan")
        row, rule = self.asked.session.here.row.copy(), list[tuple[int, Bools]]()
        for a, (axis, option) in enumerate(zip(self.axes, options.tolist(), strict=True)):
            value, near = axis.values[option], np.arange(len(axis)) == option
            if axis.feature in self.radii and not np.isnan(axis.values).any():
                number, near = self._nearby(axis, float(value[0]), self.adversary.reach[a].axis, int(bad[a]))
                value = np.array([number])
            row[list(axis.columns)] = value
            rule.append((a, ~near))
        found = self.cells.clauses(rule)
        self.of += [len(self.rows)] * len(found)
        self.rows.append(row)
        return found

    def _nearby(self, axis: Axis, own: float, starts: Axis, stretch: int) -> tuple[float, Bools]:
        """Return a number of a stretch that is near an option, of those that are near most options, and to which."""
        lattice = self.asked.frame.lattice(self.asked.session.features[axis.feature])
        radius, line = self.radii[axis.feature], starts.values[:, 0]
        end = lattice.below(float(line[stretch + 1])) if stretch + 1 < len(line) else lattice.high
        low = max(float(line[stretch]), first_from(lattice, Fraction(own) - radius))
        high = min(end, last_up_to(lattice, Fraction(own) + radius))
        tried = []
        for number in (min(max(own, low), high), low, high):
            near = np.array(
                [abs(Fraction(v) - Fraction(number)) <= radius for v in axis.values[:, 0].tolist()], np.bool_
            )
            tried.append((int(near.sum()), number, near))
        _, number, near = max(tried, key=lambda one: one[0])
        return number, near

    def box(self, prover: Prover, options: I32) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the claim of what all rows near a plan are, and its proof."""
        given: list[Clause] = []
        for (number, place), axis, option in zip(self.cells.place, self.axes, options.tolist(), strict=True):
            if number < 0:
                continue
            attribute = self.cells.space.attributes[number]
            inside = np.arange(attribute.n_cells) == place[option]
            value = float(axis.values[option, 0])
            if axis.feature in self.radii and not math.isnan(value):
                assert attribute.ranges is not None
                low, high = Fraction(value) - self.radii[axis.feature], Fraction(value) + self.radii[axis.feature]
                inside |= np.array(
                    [
                        any(first <= high and last >= low for first, last in attribute.ranges(cell))
                        for cell in range(attribute.n_cells)
                    ],
                    np.bool_,
                )
            given += clauses_of_cells(self.cells.space, number, inside)
        wanted = [_reached(one, prover.subject.labels[one["label"]]) for one in prover.outcomes.labels[: self.deciding]]
        subject = prover.subject
        assert subject.space.theory is not None
        free = replace(subject.space.theory, clauses=())  # rows near the plan may break them
        space = build_space(subject.space.vocabulary, subject.space.features, free)
        own = Prover(replace(subject, space=space), Outcomes(wanted), self.deadline, sorted(given, key=len))
        proof = own.prove(np.zeros(0, np.int32))
        if not isinstance(proof, list):
            raise not_so("a row near the plan is not as wanted")
        claim = {
            "outcomes": wanted, "together": False, "given": own.given, "items": [], "sets": [[]],
            "says": {"forces": {}},
        }  # fmt: skip
        return claim, {f"box_{name}": part for name, part in proof_arrays(proof).items()}

    def says(self) -> dict[str, Any]:
        """Return what is said of the slack."""
        options: list[list[list[str]]] = [[] for _ in self.asked.session.features]
        for axis in self.axes:
            options[axis.feature] = [[v.hex() for v in values] for values in axis.values.tolist()]
        return {
            "radii": [[i, str(radius)] for i, radius in sorted(self.radii.items())], "deciding": self.deciding,
            "options": options, "rows": [[float(v).hex() for v in row] for row in self.rows], "of": self.of,
        }  # fmt: skip


def _reached(one: dict[str, Any], label: dict[str, Any]) -> dict[str, Any]:
    """Return the outcomes that a row has where it is out of others."""
    if "lead" in one:
        raise BadInputError("plans with slack= and margin= of several scores are not certified: leave one of them out")
    n = 3 if "range" in one else len(label["classes"])
    return {**one, "classes": [k for k in range(n) if k not in one["classes"]]}
