"""Certificates of two models: they decide alike, but in some boxes; and what they decide in these."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region
from ...engine.domain.space import Space
from ...engine.ensembles.pairs import Pair
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble
from .boxes import Boxes
from .certificate import Certificate
from .claims import Claims
from .outcomes import Outcomes
from .prover import Prover
from .refusals import not_so, too_long
from .regions import Clause, clauses_of
from .subject import Subject
from .suffice_check_models import ARITHMETIC, MOST, box_routes, model_routes

_NEAR = "both models are taken to make the same of the same scores"
_NOTHING = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class ProvenModels:
    """What a comparison of two models says, so that it can be certified.

    Attributes
    ----------
    pair : Pair
        The models over shared conditions.
    space : Space
        The domain of both, with the borders of the region among its own.
    region : tuple of Region
        Disjoint boxes that make up the region.
    somewhere : Situation
        Some row, which inputs are told around.
    same : tuple of pairs of int
        Which classes of the first and of the second model are the same.
    within : float
        Of regressors: how far predictions may lie apart.
    boxes : tuple of (Region, int, int)
        Where they are decided differently, and as what by each (of regressors: 1 is the greater number, 0 the other).
    covered : bool
        Whether these are all.
    points : tuple of ndarray of int32
        Inputs that are decided differently, as far as they are known.
    """

    pair: Pair
    space: Space
    region: tuple[Region, ...]
    somewhere: Situation
    same: tuple[tuple[int, int], ...]
    within: float
    boxes: tuple[tuple[Region, int, int], ...] = ()
    covered: bool = True
    points: tuple[I32, ...] = ()

    def certificate(self, value: bool, told: str, time_limit: float | None) -> Certificate:
        """Return the certificate of an answer: both decide alike; or an input where they do not, and the boxes.

        Raises
        ------
        UndecidedError
            If time was up, or rounding decides.
        SelfCheckError
            If it is not so.
        """
        boxes = [clauses_of(self.space, (box,)) for box, _, _ in self.boxes]
        said = self.said(boxes)
        outcomes = Outcomes([], routes=partial(model_routes, said=said))
        prover = Prover(self.subject(), outcomes, Deadline.of(time_limit), clauses_of(self.space, self.region))
        claims = Claims.of_all(prover)
        claims.about["models"] = said
        if not value:
            self._differ(prover)
            claims.says["differ"] = {}
        if value or self.covered:
            claims.proofs.append(self._alike(prover, boxes))
            claims.says["agree"] = {}
        if self.boxes:
            for given, (_, *decided) in zip(boxes, self.boxes, strict=True):
                claims.proofs.append(_decided(prover, said, given, decided))
            claims.says["apart"] = {}
        return claims.certificate([], told)

    def said(self, boxes: Sequence[Sequence[Clause]]) -> dict[str, Any]:
        """Return what is said of both models, as the format has it."""
        listed = [
            {"given": [list(clause) for clause in given], "decided": [old, new]}
            for given, (_, old, new) in zip(boxes, self.boxes, strict=True)
        ]
        if self.pair.models[0].regression:
            return {"within": float(self.within).hex(), "boxes": listed}
        return {"same": [list(one) for one in self.same], "boxes": listed}

    def subject(self) -> Subject:
        """Return both models as the checker reads them: the second one is a further label, trees of both are shared.

        Raises
        ------
        UnsupportedModelError
            If there are no certificates of such models.
        """
        if any(model.circuit is not None for model in self.pair.models):
            raise UnsupportedModelError(
                "comparisons with models of models are not certified: a circuit stands above the sums of their trees"
            )
        old, new = together(self.pair)
        told = _NEAR if old.link_code or new.link_code else ""
        found = Subject(old, self.space, self.somewhere, (("new", new, told),))
        if old.regression:
            one, other = found.labels
            if old.transform is not None or new.transform is not None:
                raise UnsupportedModelError(
                    "comparisons of regressors whose predictions are no plain sums are not certified: "
                    "a function stands between the sums and what they predict"
                )
            if any(one[key] != other[key] for key in ARITHMETIC):
                raise UnsupportedModelError(
                    "comparisons of regressors whose sums are divided or rounded otherwise are not certified "
                    "(such as forests of other numbers of trees)"
                )
        return found

    def _differ(self, prover: Prover) -> None:
        """Keep an input that is decided differently beyond doubt."""
        known = next((point for point in self.points if prover.is_witness(point)), None)
        if known is not None:
            prover.points.append(known)
        elif prover.look(_NOTHING) is None:
            raise not_so("no input is decided differently")

    def _alike(self, prover: Prover, boxes: Sequence[Sequence[Clause]]) -> list[Boxes]:
        """Prove that all inputs outside of the boxes are decided alike."""
        if sum(math.prod(map(len, given)) for given in boxes) > MOST:
            raise too_long(f"{MOST} clauses of boxes")
        for given in boxes:
            prover.late += outside_of(given)
        proof = prover.prove(_NOTHING)
        if not isinstance(proof, list):
            raise not_so("an input outside of the boxes is decided differently")
        prover.late = []
        return proof


def outside_of(given: Sequence[Clause]) -> list[Clause]:
    """Return clauses of the inputs that do not meet all of some clauses."""
    found: list[Clause] = [[]]
    for clause in given:
        found = [[*one, -literal] for one in found for literal in clause]
    return found


def _decided(prover: Prover, said: dict[str, Any], given: list[Clause], decided: Sequence[int]) -> list[Boxes]:
    """Prove what is decided in a box."""
    routes = partial(box_routes, said=said, old=decided[0], new=decided[1])
    own = Prover(prover.subject, Outcomes([], routes=routes), prover.deadline, [*prover.given, *given])
    proof = own.prove(np.array([clause[0] for clause in given if len(clause) == 1], np.int32))
    if not isinstance(proof, list):
        raise not_so("an input of a box is decided otherwise than it was told")
    return proof


def together(pair: Pair) -> tuple[CompiledEnsemble, CompiledEnsemble]:
    """Return both models over the same trees, each of which adds to both, if both add them in one order."""
    order = _order(pair)
    if order is None:
        return pair.models
    made = []
    for which, model in enumerate(pair.models):
        own = model.trees
        trees = replace(
            pair.trees, root=pair.trees.root[order], values=pair.values(which), base=own.base, divisor=own.divisor,
            single=own.single,
        )  # fmt: skip
        made.append(replace(model, trees=trees))
    return made[0], made[1]


def _order(pair: Pair) -> I32 | None:
    """Return an order of the trees of both that has that of each model; None if there is none, or no tree is shared."""
    mine, theirs = (places.tolist() for places in pair.places)
    shared = [place for place in theirs if place < len(mine)]
    if not shared or shared != sorted(shared):
        return None
    found, left = list[int](), 0
    for place in theirs:
        if place < len(mine):
            found += mine[left:place]
            left = place + 1
        found.append(place)
    return np.array([*found, *mine[left:]], np.int32)
