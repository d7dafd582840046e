"""Certificates of how far a row may be moved: nothing nearer is decided otherwise, and something at a distance is."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation, situate
from ...engine.domain.space import Space
from ...engine.domain.theory import Kind
from ...engine.errors import BadInputError, SelfCheckError
from ...engine.reasons.certified import nothing_known
from .boxes import Boxes
from .certificate import Certificate
from .claims import Claims
from .made import MadeSubject
from .outcomes import Outcomes
from .prover import Prover
from .refusals import near_tie, not_so
from .regions import Clause, clauses_of_cells
from .subject import Form, Subject, whole
from .suffice_check import Domain, Model, Way, outside, routes_out
from .suffice_check_near import Ball, near_routes, with_distances

_TIE = "nothing of its witness, which is so near to a tie that rounding decides"


@dataclass(frozen=True, eq=False)
class NearSubject(MadeSubject):
    """A model that has distances from a row as one more label, as the checker makes it of a model.

    Attributes
    ----------
    ball : Ball
        How far rows are.
    """

    ball: Ball = field(kw_only=True)

    def made(self, head: dict[str, Any], arrays: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the text and the numbers of the model with distances."""
        return with_distances(head, arrays, self.ball)

    def scores(self, truth: Bools) -> F64:
        """Return the scores of a vector of truth values, and the distance, shape (1, n_scores)."""
        return np.hstack([self.single.scores(truth), self.trees.scores_at(truth)[None, -1:]])


@dataclass(frozen=True, slots=True, eq=False)
class ProvenBall:
    """What an answer about the rows near a row says, so that it can be certified.

    Attributes
    ----------
    form : compiled model
        The model.
    space : Space
        The domain.
    here : Situation
        The row.
    outcomes : Outcomes
        What all nearer rows have.
    norm : str
        The distance.
    weights : ndarray of float64
        Of each column.
    still : tuple of int
        The features that do not change.
    numbers : sequence of (float, bool)
        The numbers of the row as they were written, and whether rows are written as float64 numbers.
    """

    form: Form
    space: Space
    here: Situation
    outcomes: Outcomes
    norm: str
    weights: F64
    still: tuple[int, ...]
    numbers: Sequence[tuple[float, bool]]

    def certificate(
        self, radius: float, witness: tuple[Row, Sequence[float]] | None, told: str, time_limit: float | Deadline | None
    ) -> Certificate:
        """Return the certificate that nothing nearer than a radius is outside, and how far a witness is that is.

        A witness comes with its numbers as they are written, NaN where there is none.

        Raises
        ------
        BadInputError
            If nothing is known.
        UndecidedError
            If time was up, or rounding decides.
        SelfCheckError
            If it is not so.
        """
        deadline, said = Deadline.of(time_limit), self.said(radius)
        if radius <= 0 and witness is None:
            raise nothing_known("ask with more time")
        subject = Subject(self.form, self.space, self.here)
        prover = Prover(subject, self.outcomes, deadline)
        row = subject.rows([self.here.cells])
        domain = Domain({**subject.head, "claim": {"given": []}}, {k: whole(v) for k, v in subject.arrays.items()})
        try:
            ball = Ball(domain, said, row[0])
        except ValueError as error:
            raise BadInputError(f"the row's numbers are read otherwise than they are told: {error}") from None
        says: dict[str, Any] = {}
        if radius > 0:
            says["clear"] = {}
        try:
            proof = self._clear(subject, ball, deadline) if radius > 0 else []
        except SelfCheckError:
            if radius < math.inf or self.norm == "linf":
                raise
            said = self.said(sys.float_info.max)  # searches take sums for infinite that no float holds
            ball = Ball(domain, said, row[0])
            proof = self._clear(subject, ball, deadline)
            told += "; by distances that floats hold"
        shown = np.zeros((0, row.shape[1]))
        if witness is not None:
            reached, seen = self._reached(prover, ball, *witness)
            says |= reached
            shown = seen if reached else shown
            told += "" if reached else f"; {_TIE}"
        if not says:
            raise near_tie("the witness")
        claims = Claims(prover, False)
        claims.about, claims.says, claims.proofs = {"ball": said}, says, [proof]
        claims.arrays["witness"] = shown
        return claims.certificate([], told)

    def said(self, radius: float) -> dict[str, Any]:
        """Return what is said of distances, as the format has it."""
        features = self.space.features
        weights = [float(np.mean(self.weights[list(feature.columns)])).hex() for feature in features]
        measured = [
            [i, float(self.numbers[features[i].columns[0]][0]).hex(), bool(self.numbers[features[i].columns[0]][1])]
            for i in self._measured()
        ]
        return {
            "norm": self.norm, "radius": float(radius).hex(), "weights": weights, "measured": measured,
            "still": sorted(self.still), "missing": self.norm == "l0",
        }  # fmt: skip

    def _measured(self) -> list[int]:
        """Return the features whose distances are those of numbers: where the row has one."""
        choices = {a.feature for a in self.space.attributes if a.ranges is None}
        found = []
        for i, feature in enumerate(self.space.features):
            number = feature.listed or (feature.kind in (Kind.NUMERICAL, Kind.INTEGER) and i not in choices)
            if number and self.norm != "l0" and not math.isnan(self.here.row[feature.columns[0]]):
                found.append(i)
        return found

    def _clear(self, single: Subject, ball: Ball, deadline: Deadline) -> list[Boxes]:
        """Prove that nothing nearer than the radius is outside."""
        subject = NearSubject(self.form, self.space, self.here, single=single, ball=ball) if ball.adds else single
        wanted, together = self.outcomes.labels, self.outcomes.together

        def routes(model: Model) -> list[list[Way]]:
            return near_routes(model, routes_out(model, wanted, together), ball)

        given = near_clauses(self.space, ball)
        several = sorted((clause for clause in given if len(clause) != 1), key=len)
        prover = Prover(subject, Outcomes([], routes=routes), deadline, several)
        proof = prover.prove(np.array([clause[0] for clause in given if len(clause) == 1], np.int32))
        if not isinstance(proof, list):
            raise not_so("an input that is nearer is decided otherwise")
        return proof

    def _reached(
        self, prover: Prover, ball: Ball, witness: Row, written: Sequence[float]
    ) -> tuple[dict[str, Any], F64]:
        """Return what is claimed of a witness, and the witness as it is read; nothing where rounding decides."""
        read = self.form.read(witness.row)[0]
        point: I32 = situate(self.space, read).cells
        if not prover.is_witness(point):
            if outside(prover.routes, prover.subject.scores(prover.subject.truth(point)))[0] == -1:
                raise not_so("the witness is decided alike")
            return {}, read[None]
        reading = self.space.vocabulary.reading_of
        row = np.array([float(reading(c).cast(np.array([v]))[0]) for c, v in enumerate(read.tolist())])
        numbers = {}
        for i in ball.measured:
            column = self.space.features[i].columns[0]
            numbers[i] = float(row[column]) if math.isnan(written[column]) else float(written[column])
        far = ball.of_row(row, numbers)
        distance = float(far) if far <= sys.float_info.max else math.inf
        distance = distance if far <= distance else float(np.nextafter(distance, math.inf))
        said = {"distance": distance.hex(), "numbers": [[i, float(v).hex()] for i, v in numbers.items()]}
        return {"reached": said}, row[None]


def near_clauses(space: Space, ball: Ball) -> list[Clause]:
    """Return clauses of the rows each of whose features is nearer than a radius."""
    left, found = ball.left(), list[Clause]()
    for a, attribute in enumerate(space.attributes):
        order = np.argsort(attribute.variables)
        _, table = ball.domain.tables[attribute.feature]
        truth = attribute.truth_table()[order]
        place = {point.tobytes(): p for p, point in enumerate(np.ascontiguousarray(table.T))}
        points = [place[cell.tobytes()] for cell in np.ascontiguousarray(truth.T)]
        found += clauses_of_cells(space, a, left[attribute.feature][points])
    return found
