"""Reasons that only have to hold within a distance, and how far a reason holds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.domain.region import Region
from ...engine.ensembles.views.literals import LiteralView, losses_of
from ...engine.errors import UndecidedError
from ...engine.oracles.universe import bits, mask_of
from ...engine.reasons import NoneInTime, Proof, Reason
from ...engine.reasons.reach import Reach
from ...engine.status import Status, Stop
from ..queries.answers import Deciding
from ..queries.changes import limits_of
from ..session.running import told_over
from ..session.witness import Shown
from .ball import EDGE, BallOracle, Near
from .chains import Moves, least_change, minimal, moves_by_feature
from .fewest import Smallest, fewest_changed, fewest_kept

_METHOD = "searches for the nearest input"


def reach_of(near: Near, region: Region, deadline: Deadline) -> Reach:
    """Return how far the inputs of a region have the outcome."""
    found = near.ball(region, deadline)
    if near.is_loose:  # who reaches it is on the list
        found = found._replace(upper=near.of_listed().ball(region, deadline).upper)
    proved = found.lower == math.inf or (math.isfinite(found.upper) and found.upper <= found.lower * EDGE)
    if not proved:
        deadline.expired()
    status = Status.PROVED if proved else Status.BEST_SO_FAR
    return Reach(found.lower, found.upper, near.norm, status, Stop.NONE if proved else deadline.stop, deadline.elapsed)


class Restricted:
    """The reasons of an instance within a distance.

    Parameters
    ----------
    answers : Deciding
        What the model says.
    radius : float
        The distance.
    norm, weights
        How it is measured.
    per_feature : bool
        Whether reasons are made of features.
    deadline : Deadline
        When to stop.
    """

    def __init__(
        self, answers: Deciding, radius: float, norm: Any, weights: Any, per_feature: bool, deadline: Deadline
    ) -> None:
        self._answers, self._radius, self._per_feature, self._deadline = answers, radius, per_feature, deadline
        self._norm, self._weights, self._session = norm, weights, answers.session

    def sufficient(self, *, smallest: bool) -> Reason | None:
        """Return a minimal set that forces the outcome; None if none without excluded features does."""
        near = Near(self._answers, self._norm, self._weights)
        oracle, deadline = BallOracle(near, self._per_feature, self._radius), self._deadline
        universe, groups = oracle.universe, self._ordered(near, oracle)
        if self._session.excluded and not self._exists(near, oracle):  # else all literals force the outcome
            return None
        kept, proved = minimal(universe, oracle, universe.full, groups, deadline)
        if smallest and proved:
            best = fewest_kept(universe, oracle, kept, groups, deadline)
            kept = best.elements
        else:
            best = Smallest(kept, universe.written(kept).bit_count(), 0)
        if near.is_loose and proved:  # what cannot be left out has to say so with numbers of the list
            over_list = self._over_list(near)
            less, sure = minimal(universe, over_list, kept, groups, deadline)
            proved = sure and less == kept
            if smallest:
                found = fewest_kept(universe, over_list, less, groups, deadline) if sure else Smallest(less, 0, 0)
                best = best._replace(lower=min(best.lower, found.lower))
        items = self._names(oracle, universe.written(kept))
        return self._session.make(items, self._proof("restricted sufficient", proved, best if smallest else None))

    def contrastive(
        self, target: Any, immutable: Iterable[str | int], monotone: Mapping[str, str] | None, *, smallest: bool
    ) -> Reason | NoneInTime | None:
        """Return a minimal set whose change can change the outcome; None if no input so near has another one."""
        limits = limits_of(self._session, immutable, monotone)
        near = Near(self._answers, self._norm, self._weights, target, limits)
        oracle, deadline = BallOracle(near, self._per_feature, self._radius), self._deadline
        universe = oracle.universe
        first = oracle.holds(0, deadline.with_grace())
        if first.holds is None:
            deadline.expired()
            return NoneInTime.of(deadline)
        if first.holds:
            return None
        groups = self._ordered(near, oracle)
        dropped, proved = least_change(universe, oracle, universe.full & ~first.agreed, groups, deadline)
        best = Smallest(dropped, universe.written_change(dropped).bit_count(), 0)
        if smallest and proved:
            best = self._in_box(near, oracle, target, best) or fewest_changed(
                universe, oracle, dropped, groups, deadline
            )
        shown = oracle.holds(universe.full & ~best.elements, deadline.with_grace())
        if shown.witness is None:  # no time is left to show it: the change that was found first is told
            dropped, shown, proved = universe.full & ~first.agreed, first, False
            best = Smallest(dropped, universe.written_change(dropped).bit_count(), best.lower)
        point = shown.witness
        proof = self._proof("restricted contrastive", proved, best if smallest else None)
        outside = self._answers.outside(self._answers.wanted(target))
        session = self._session
        show = Shown(session.teller, session.here, lambda: point, outside, nearest=True)
        say = session.words.say_names if self._per_feature else session.words.say_change
        return Reason(self._names(oracle, universe.written_change(best.elements)), proof, say, show, session.own_row())

    # -- how ---------------------------------------------------------------------------------------------------

    def _over_list(self, near: Near) -> BallOracle:
        """Return the oracle of the listed numbers alone."""
        return BallOracle(near.of_listed(), self._per_feature, self._radius)

    def _exists(self, near: Near, oracle: BallOracle) -> bool:
        """Tell whether there is a reason without the excluded features."""
        full, deadline = oracle.universe.full, self._deadline.with_grace()
        holds = oracle.holds(full, deadline).holds
        listed = self._over_list(near).holds(full, deadline).holds if holds is False and near.is_loose else holds
        if holds is None or listed is None:
            raise self._deadline.undecided("whether there is a reason without the excluded features")
        if holds != listed:
            raise UndecidedError("whether there is a reason depends on numbers between those of a list: not decided")
        return holds

    def _in_box(self, near: Near, oracle: BallOracle, target: Any, known: Smallest) -> Smallest | None:
        """Return the smallest change where the ball is a box; None where it is none, or takes another search."""
        if near.norm != "linf":
            return None
        box = near.box(self._radius)
        found = self._answers.fewest_in(box, target, self._per_feature, self._deadline)
        if not found:
            return None if found is None else known
        reason, place = found[0], {name: e for e, name in enumerate(oracle.universe.names)}
        session = self._session
        names = [session.feature_index(item) if self._per_feature else abs(item) - 1 for item in reason]
        dropped = oracle.universe.completed_change(mask_of(place[name] for name in names))
        lower = len(reason) if reason.status is Status.OPTIMAL else int(reason.proof.lower or 0)
        if len(reason) < known.cost or lower >= len(reason):
            return Smallest(dropped, len(reason), lower)
        return known._replace(lower=lower)

    def _ordered(self, near: Near, oracle: BallOracle) -> list[Moves]:
        """Return the moves of each feature, of those first that matter least."""
        space = near.situation.space
        nothing, losses = np.zeros(len(space.attributes), np.bool_), np.zeros(len(space.attributes))
        for question in self._answers.ways_out():
            losses += losses_of(LiteralView(question, near.situation, nothing), self._deadline.with_grace())
        rank = {attribute.feature: loss for attribute, loss in zip(space.attributes, losses.tolist(), strict=True)}
        return sorted(moves_by_feature(oracle.universe), key=lambda moves: rank[moves.feature])

    def _names(self, oracle: BallOracle, elements: int) -> tuple[Any, ...]:
        session = self._session
        names = sorted(oracle.universe.names[e] for e in bits(elements))
        if self._per_feature:
            return tuple(session.features[i].name for i in names)
        signed = session.space.literals(session.here.truth)
        return tuple(int(signed[v]) for v in names)

    def _proof(self, kind: str, proved: bool, best: Smallest | None) -> Proof:
        deadline = self._deadline
        sure = proved and (best is None or best.proved)
        if not sure:
            deadline.expired()
        status = Status.BEST_SO_FAR if not sure else Status.PROVED if best is None else Status.OPTIMAL
        cost, lower = (None, None) if best is None else (float(best.cost), float(best.lower))
        return Proof(
            kind if best is None else f"minimal {kind}", status, Stop.NONE if sure else deadline.stop, _METHOD,
            seconds=deadline.elapsed, over=told_over(self._per_feature), cost=cost, lower=lower,
            note=f"within {self._norm} distance {self._radius:g}",
        )  # fmt: skip
