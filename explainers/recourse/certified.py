"""Certificates of plans: a row that is decided as wanted, and that no cheaper one is (or none at all)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.clauses import unmet
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError
from ...engine.plans.parts import Task
from ..certificates import suffice_check
from ..certificates.certificate import Certificate
from ..certificates.claims import Claims
from ..certificates.outcomes import Outcomes
from ..certificates.prover import Prover
from ..certificates.refusals import near_tie
from ..certificates.subject import Subject
from ..certificates.tables import table_of
from .bearing import Bearing
from .cells import Cells
from .claimed import Claimed, joined
from .density import least_dense
from .plan import Plan
from .planning import Plans
from .plausible import DENSITY, SLACK, SUPPORT, few_rows
from .summed import exact_sums

_NEAR = 1e-9  # of the cost: costs that are nearer are not told apart
_COSTS = "costs are those of the stretches of values that the file lists"
_SUMS = "{} is about the numbers of stretches that the file lists"
_OPTIONS = "plans have the options that the file lists"
_HELD = "how many rows of the data are in a leaf is as the file lists it"
_DENSE = "how dense the data is in a leaf is as the file lists it"


@dataclass(frozen=True, eq=False)
class Certifying:
    """What a certificate of plans has to know.

    Attributes
    ----------
    asked : Plans
        The question.
    task : Task
        The task that was searched.
    dropped : frozenset of str
        The constraints that were left out.
    """

    asked: Plans
    task: Task
    dropped: frozenset[str]

    def certificate(self, plan: Plan | None, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of the cheapest plan (None: that there is none).

        Raises
        ------
        BadInputError
            If there are none of such questions.
        UndecidedError
            If time was up, or rounding decides.
        """
        vocabulary, numbers = joined(self.asked.views)
        cells, claimed = Cells(self.asked, self.task, vocabulary), Claimed(self.asked.session.compiled)
        deciding = self._models(claimed, numbers)
        self._leaves(claimed)
        self._limits(claimed, cells)
        bearing, deadline = None, Deadline.of(time_limit)
        if self.asked.radii and SLACK not in self.dropped:
            nothing = [np.zeros(attribute.n_cells) for attribute in cells.space.attributes]
            claimed.add(
                "options", table_of(claimed.models[0], cells.space, nothing, [of > 0 for of in nothing]), _OPTIONS
            )
            bearing = Bearing(self.asked, cells, deadline, deciding)
        if plan is not None:
            most = min(self.task.price(np.array(plan.options, np.int32)), plan.lower)
            most -= max(abs(most) * _NEAR, 1e-12)
            costs = table_of(claimed.models[0], cells.space, *cells.of_cells(self.task.cost))
            claimed.limit("cost", costs, -math.inf, most, _COSTS)
        subject = Subject(self.asked.session.compiled, cells.space, cells.here, tuple(claimed.more))
        prover = Prover(subject, Outcomes(claimed.outcomes, True), deadline, cells.given)
        claims = Claims.of_all(prover)
        if bearing is not None:
            prover.rule = bearing.rule
        if plan is not None:
            _not_near(prover, subject.truth(cells.cells(np.array(plan.options, np.int32))))
        claims.forces([])
        prover.given = [*cells.given, *prover.late]
        if bearing is not None:
            claims.says["bears"] = bearing.says()
        if plan is not None:
            self._of_plan(plan, claims, cells, vocabulary, bearing)
        return claims.certificate([], told)

    def _of_plan(
        self, plan: Plan, claims: Claims, cells: Cells, vocabulary: Vocabulary, bearing: Bearing | None
    ) -> None:
        """Claim that a row is the plan, what it costs, and what it bears."""
        subject, options = claims.subject, np.array(plan.options, np.int32)
        if bearing is not None:
            claims.says["bears"]["holds"], proof = bearing.box(claims.prover, options)
            claims.arrays |= proof
        claims.shown = self._rows(plan, claims.prover, cells, vocabulary)
        cost = float(subject.scores(subject.truth(cells.cells(options)))[0, -1])
        number = subject.labels[-1]["outputs"][0]
        claims.says["planned"] = {}
        claims.says["attained"] = [[row, number, (0.0 if row else cost).hex()] for row in range(len(claims.shown))]

    def _models(self, claimed: Claimed, numbers: list[I32]) -> int:
        """Add what is wanted of the models; return how many outcomes are of those that decide."""
        claimed.decided(self.asked.views[0])
        deciding = len(claimed.outcomes)
        for i, (view, own) in enumerate(zip(self.asked.views[1:], numbers[1:], strict=True), 1):
            plausible = i - self.asked.n_deciding
            claimed.further(f"also[{i - 1}]" if plausible < 0 else f"plausible[{plausible}]", view, own)
            deciding = len(claimed.outcomes) if plausible < 0 else deciding
        return deciding

    def _leaves(self, claimed: Claimed) -> None:
        """Add limits of sums over the leaves of the model."""
        asked = self.asked
        share = asked.density
        for place, _ in asked.views[0].wanted:
            trees = claimed.models[place].trees
            if asked.least_support and SUPPORT not in self.dropped:
                claimed.of_leaves("rows in leaves", place, few_rows(asked, trees), 0, _HELD)
            if share is not None and DENSITY not in self.dropped:
                claimed.of_leaves("density", place, *least_dense(asked, trees, share), _DENSE)

    def _limits(self, claimed: Claimed, cells: Cells) -> None:
        """Add limits of sums over the features."""
        for number, table in enumerate(self.task.tables, 1):
            of, most, name, told = table.of, table.most, f"limit {number}", ""
            if table.sums is not None:
                of, most = exact_sums(table.sums, self.task.axes)
                name, told = table.sums.says, _SUMS.format(table.sums.says)
            model = table_of(claimed.models[0], cells.space, *cells.of_cells(of), cells.start(of))
            claimed.limit(name, model, -math.inf, most, told)

    def _rows(self, plan: Plan, prover: Prover, cells: Cells, vocabulary: Vocabulary) -> F64:
        """Return the plan, and the instance if it meets the rules itself."""
        session, truth = self.asked.session, cells.here.truth
        rows: F64 = session.compiled.read(plan.row.row)[:1]
        if unmet([*prover.subject.clauses, *prover.given], truth) is None:
            rows = np.vstack([rows, session.here.row])
        for column in range(rows.shape[1]):
            read = vocabulary.reading_of(column).cast(rows[:, column])
            if not np.array_equal(read, session.compiled.vocabulary.reading_of(column).cast(rows[:, column]), True):
                raise BadInputError(
                    f"models that read {vocabulary.names[column]!r} in other precisions are certified together where "
                    "the row has a number of both"
                )
        return rows


def _not_near(prover: Prover, truth: Bools) -> None:
    """Raise an error if rounding decides whether a row is as wanted, its cost aside."""
    wanted = suffice_check.routes_out(prover.checked, prover.outcomes.labels[:-1], True)
    if suffice_check.outside(wanted, prover.subject.scores(truth))[0] != 1:
        raise near_tie("the plan")
