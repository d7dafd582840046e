"""The ball around each of many rows: one room for each thread, and what is told of a row."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.ensembles.outside import Wanted
from ...engine.errors import BadInputError, UndecidedError
from ...engine.status import Stop
from ..batch.rows import AnyRows
from ..batch.run import Outcome
from ..certificates.near import ProvenBall
from ..certificates.outcomes import classes_claimed, numbers_claimed
from ..forest.core import ForestCore
from ..nearness.distances import distances, number_in, written_numbers
from ..nearness.radius import Ball, Cells, RadiusSearch
from ..queries.changes import allowed_cells, limits_of
from ..queries.preferences import column_weights
from ..session.witness import Shown, outside_of
from .lifted import Lifted
from .robust_results import Robustness

_UP = 1 + 4e-16  # distances of witnesses are rounded up


@dataclass(frozen=True, slots=True)
class BallQuestion:
    """What is asked of each row, see ``robustness``; `most`: only whether a ball of this size is clean."""

    norm: str
    weights: Any = None
    immutable: tuple[Any, ...] = ()
    within: float | None = None
    most: float = math.inf

    def cells(self, core: ForestCore, columns: F64) -> Cells:
        """Return how far the cells are from the instance."""
        session = core.session
        if not session.theory_on:
            raise BadInputError("distances need the theory: with it off, inputs have no values")
        at, far = distances(session, columns, count=self.norm == "l0")
        allowed = allowed_cells(session, limits_of(session, self.immutable))
        free = np.concatenate([np.zeros(0, np.bool_), *allowed])
        return Cells(at, far, free & np.isfinite(far))

    def wanted(self, core: ForestCore) -> Wanted:
        """Return O."""
        compiled = core.session.compiled
        if not compiled.regression:
            return core.wanted()
        if self.within is None:
            raise BadInputError("this model predicts numbers: say within=…, how far the prediction may move")
        value = compiled.value_at(core.session.here.truth)
        return value - self.within, value + self.within

    def proven(self, core: ForestCore, wanted: Wanted, columns: F64) -> ProvenBall:
        """Return what a certificate has to know."""
        session, form = core.session, core.session.compiled
        if isinstance(wanted, tuple):
            outcomes = numbers_claimed(form, *wanted[:2])
        else:
            outcomes = classes_claimed(np.nonzero(wanted)[0])
        still = tuple(limits_of(session, self.immutable).still)
        return ProvenBall(
            form, session.space, session.here, outcomes, self.norm, columns, still, written_numbers(session)
        )

    def unknown(self, prediction: Any = None, stop: Stop = Stop.NONE, note: str = "") -> Robustness:
        """Return what is known of a row before any search."""
        return Robustness(0.0, math.inf, None, math.inf, self.norm, prediction, None, stop, note=note)


class FoundBall(NamedTuple):
    """What was found of a row: its witness has to be confirmed."""

    known: Robustness
    shown: Shown | None = None
    teller: Any = None


class BallRoom:
    """Where one thread asks rows."""

    def __init__(self, explainer: Any, rows: AnyRows, question: BallQuestion) -> None:
        self._lifted, self._rows, self._question = Lifted(explainer), rows, question

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        """Ask row i until a limit."""
        core = self._lifted.placed(lambda twin: self._rows.place(twin, i))
        twin, question = self._lifted.twin, self._question
        label = twin.target_prediction
        columns = column_weights(twin.session, question.weights)
        cells = question.cells(core, columns)
        try:
            wanted = question.wanted(core)
        except UndecidedError as error:
            return Outcome(FoundBall(question.unknown(label, note=str(error))), label)
        search = RadiusSearch(
            lambda away: core.question(wanted, away=away), bool(core.session.compiled.slack), cells, question.norm
        )
        ball = search.ball(limit, question.most)
        return Outcome(_told(core, ball, wanted, question, columns, label, limit), label)

    def close(self) -> None:
        """Do nothing: it holds nothing."""


def _told(
    core: ForestCore, ball: Ball, wanted: Wanted, question: BallQuestion, columns: F64, label: Any, limit: Deadline
) -> FoundBall:
    """Return what was found of a row."""
    session, point = core.session, ball.point
    plain = Robustness(
        ball.lower, math.inf, None, math.inf, question.norm, label, None, limit.stop, limit.elapsed,
        proven=question.proven(core, wanted, columns),
    )  # fmt: skip
    if point is None:
        return FoundBall(plain)
    outside = outside_of(session.compiled, wanted)
    shown = Shown(session.teller, session.here, lambda: point, outside, nearest=True)
    witness = shown.made()
    assert witness is not None  # the theory is on
    distance = max(ball.lower, own_distance(core, point, witness, question.norm, columns))
    listed = any(feature.listed for feature in session.features)  # numbers between those that are listed are allowed
    upper = distance if listed else max(ball.lower, ball.upper)
    return FoundBall(replace(plain, upper=upper, witness=witness, distance=distance), shown, session.teller)


def confirmed(found: Sequence[FoundBall]) -> list[Robustness]:
    """Return what was found, once the model's own ``predict`` has confirmed all witnesses, in few calls."""
    out = [one.known for one in found]
    kinds: dict[Any, list[int]] = {}
    for i, one in enumerate(found):
        if one.shown is not None and one.known.witness is not None:
            kinds.setdefault(one.known.witness.row_kind.signature, []).append(i)
    for places in kinds.values():
        rows = [row for i in places if (row := found[i].known.witness) is not None]
        said = found[places[0]].teller.predictions(rows)
        for at, i in enumerate(places):
            shown = found[i].shown
            assert shown is not None
            shown.settle(found[i].known.witness, said[at : at + 1])
            becomes = said[at]
            out[i] = replace(out[i], becomes=becomes.item() if isinstance(becomes, np.generic) else becomes)
    return out


def own_distance(core: ForestCore, point: I32, witness: Row, norm: str, columns: F64) -> float:
    """Return how far a witness is from the instance, as both are written, rounded up."""
    session, here = core.session, core.session.here
    written = written_numbers(session)
    parts = []
    for a in np.nonzero(point != here.cells)[0].tolist():
        attribute = session.space.attributes[a]
        feature = session.features[attribute.feature]
        weight = float(np.mean(columns[list(feature.columns)]))
        if norm == "l0" or (attribute.ranges is None and not feature.listed):
            parts.append(weight)
            continue
        column = feature.columns[0]
        new = number_in(witness.values[column], math.nan)
        parts.append(abs(new - written[column][0]) * weight * _UP)
    if not parts:
        return 0.0
    if norm == "linf":
        return max(parts)
    try:
        return math.fsum(parts) * (1.0 if norm == "l0" else _UP)
    except OverflowError:  # no float holds the sum
        return math.inf
