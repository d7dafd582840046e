"""Oracles for trees where leaves do not give the edges directly: by regions, and by SAT."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...encoders.formulas.conditions import counterexample_cnf, models_of_conditions
from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import region_of
from ...engine.models import CompiledTree
from ...engine.models.trees import LeafTable
from ...engine.oracles.oracle import Answer
from ...engine.oracles.universe import Universe, bits, literal_mask, mask_of
from ...engine.trees.reach import reached_cells


class RegionOracle:
    """Looks for a leaf outside O that the region of the kept literals reaches (no clauses).

    Parameters
    ----------
    base : ndarray of bool
        Conditions that are always kept (excluded features in contrastive questions).
    """

    def __init__(
        self, situation: Situation, leaves: LeafTable, good: Bools, universe: Universe, per_feature: bool, base: Bools
    ) -> None:
        self._situation = situation
        self._universe = universe
        self._per_feature = per_feature
        self._base = base
        self._leaves = leaves
        self._good = good
        self._signed = situation.space.literals(situation.truth)

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Answer by going over the leaves; the counterexample is a cell for each attribute, nearest to the instance."""
        if deadline.expired():
            return Answer(None)
        literals = literal_mask(self._situation, self._universe, kept, self._per_feature) | self._base
        region = region_of(self._situation.space, self._signed[literals])
        cells = reached_cells(region, self._leaves, self._good, self._situation.cells)
        return Answer(True) if cells is None else Answer(False, agreed=self._agreed(cells), witness=cells)

    def _agreed(self, cells: I32) -> int:
        same = truth_in_cells(self._situation, cells) == self._situation.truth
        return agreed_mask(self._situation, self._universe, same, self._per_feature)


def truth_in_cells(situation: Situation, cells: I32) -> Bools:
    """Return the truth of all conditions in the given cells."""
    truth = np.empty(len(situation.truth), dtype=np.bool_)
    for a, attribute in enumerate(situation.space.attributes):
        if attribute.interval:
            above = (cells[a] > attribute.cut) == attribute.rising
            truth[attribute.variables] = np.where(attribute.cut < 0, attribute.rising, above)
        else:
            truth[attribute.variables] = attribute.truth[:, cells[a]]
    return truth


class SatOracle:
    """Asks a SAT session for an input outside O that satisfies the kept literals."""

    def __init__(
        self,
        situation: Situation,
        model: CompiledTree,
        good: Bools,
        universe: Universe,
        per_feature: bool,
        base: Bools,
        open_session: Any,
    ) -> None:
        self._situation = situation
        self._universe = universe
        self._per_feature = per_feature
        self._base = base
        self._session = open_session(counterexample_cnf(model, situation.space, good))
        self._signed = situation.space.literals(situation.truth)

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Answer by one incremental call; a core of the assumptions becomes a core of elements."""
        literals = literal_mask(self._situation, self._universe, kept, self._per_feature) | self._base
        answer = self._session.solve(self._signed[literals].tolist(), deadline)
        if answer.model is not None:
            truth = models_of_conditions(answer.model, len(self._signed))
            same = truth == self._situation.truth
            agreed = agreed_mask(self._situation, self._universe, same, self._per_feature)
            return Answer(False, agreed=agreed | kept, witness=self._situation.space.locate(truth))
        if str(answer.verdict) == "unknown":
            return Answer(None)
        core = None
        if answer.core is not None and not self._per_feature:
            needed = {abs(v) - 1 for v in answer.core}
            core = mask_of(e for e in bits(kept) if self._universe.names[e] in needed)
        return Answer(True, core=core)


def agreed_mask(situation: Situation, universe: Universe, same: Bools, per_feature: bool) -> int:
    """Return the elements whose literals are all the same at a counterexample as at the instance."""
    if not per_feature:
        return mask_of(e for e, v in enumerate(universe.names) if same[v])
    differs = {a.feature for a in situation.space.attributes if not same[a.variables].all()}
    return mask_of(e for e, feature in enumerate(universe.names) if feature not in differs)
