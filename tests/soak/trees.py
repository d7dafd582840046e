"""Questions about what single trees do: majorities, worst leaves, numbers of regressors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.brute.game import minimal
from tests.brute.reference import Reference
from tests.soak.scenes import Scene
from tests.soak.whole import enclosed
from tests.soak.why import answered, named, proved, some, subset


def votes(scene: Scene) -> None:
    """Majoritary reasons, by the vote of each tree in each row."""
    scene.need(scene.literal and scene.kind.family == "forest" and hasattr(scene.model, "estimators_"))
    scene.need(not scene.clauses)
    n = len(scene.model.estimators_)
    k = scene.choose.one_of([None, scene.choose.whole(n // 2 + 1, n)])
    every = majority(scene, n // 2 + 1 if k is None else k)
    some(scene, "majoritary_reason", every.sufficient, k=k)
    some(scene, "minimal_majoritary_reason", every.minimal_sufficient(), k=k)
    weights = scene.weights([1.0, 2.0, 0.5, 3.0])
    some(scene, "preferred_majoritary_reason", every.preferred(weights), k=k, method="weights", weights=weights)
    for reason in (*every.sufficient[:2], subset(scene, every.universe)):
        if not any(map(every.is_idle, reason)):
            answered(scene, "is_majoritary_reason", reason, every.is_sufficient(reason), k=k)


class Majority(Reference):
    """At least so many of some references hold."""

    def __init__(self, whole: Reference, members: list[Reference], least: int) -> None:
        self.members = members
        vars(self).update({k: v for k, v in vars(whole).items() if k not in ("game", "sufficient", "_written")})
        game = whole.literals_game()
        holds = np.sum([~member.game.fails for member in members], axis=0) >= least
        always = int(game.closure[0])
        allowed = (game.sets & game.excluded & ~always) == 0
        game.__dict__["sufficient"] = [int(s) for s in np.flatnonzero(minimal(game.closed & holds & allowed))]
        self.__dict__["game"] = game


def majority(scene: Scene, least: int) -> Majority:
    """Brute force over subsets of literals, tree by tree."""
    model = scene.model
    seen = getattr(model, "estimators_features_", [range(len(scene.world.names))] * len(model.estimators_))
    members = []
    for tree, columns in zip(model.estimators_, seen, strict=True):

        def votes_of(rows: np.ndarray, tree: Any = tree, columns: Any = columns) -> np.ndarray:
            said = np.asarray(tree.predict(rows[:, list(columns)]))
            return said.astype(np.int64)

        member = scene.table(votes_of)
        member.label = scene.own
        members.append(member)
    return Majority(scene.reference, members, least)


def worst(scene: Scene) -> None:
    """Sufficient, and so are no fewer as each tree's worst leaves say (which is_tree_specific_reason tells)."""
    over = scene.choose.one_of(["literals", "features"])
    found = scene.explainer.tree_specific_reason(over=over)
    fewest = scene.explainer.minimal_tree_specific_reason(over=over)
    several = scene.explainer.minimal_tree_specific_reasons(n=3, over=over)
    for one in (found, fewest, *several):
        if one is None:
            continue
        if over == "features":
            assert scene.forces(one), f"{one} does not force the outcome"
        elif scene.literal:
            assert scene.reference.holds(one), f"{one} does not force the outcome"
        asked = {"check_minimal_inclusion": one is found, "over": over}
        assert scene.explainer.is_tree_specific_reason(one, **asked).value in (True, None)
    if found is not None and fewest is not None and str(fewest.status) == "optimal":
        assert len(fewest) <= len(found)
        assert all(len(one) == len(fewest) for one in several)


def linear(scene: Scene) -> None:
    """``model_specific_reason``: what it keeps forces the outcome, and where it is proved nothing can be left out."""
    found = scene.explainer.model_specific_reason()
    if found is None:
        return
    proved(found)
    assert scene.forces(found), f"{found} does not force the outcome"
    if scene.literal and scene.kind.family == "boosted" and not scene.excluded:
        fewest = named(scene.reference.sufficient_features(), fewest=True)
        assert len(found) >= min(map(len, fewest))


def partial(scene: Scene) -> None:
    """``range_for_partial_instance``, over all rows with some values."""
    scene.need(scene.kind.target == "number" and not scene.clauses)
    kept = scene.choose.some([c for c in scene.world.columns if c.kind != "group"], 0, 3)
    row: list[Any] = [None] * len(scene.world.names)
    met = np.ones(len(scene.world.rows), dtype=bool)
    for column in kept:
        value = scene.x[column.owned[0]]
        if np.isnan(value):
            continue
        row[column.owned[0]] = float(value)
        met &= scene.world.rows[:, column.owned[0]] == value
    least, most = float(scene.said[met].min()), float(scene.said[met].max())
    enclosed(scene.explainer.range_for_partial_instance(row), least, most)


TREES = {
    "majoritary_reason": votes,
    "tree_specific_reason": worst,
    "model_specific_reason": linear,
    "range_for_partial_instance": partial,
}
