"""Questions what would change it: contrastive reasons, recourse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.soak.scenes import OpenError, Scene
from tests.soak.why import OVER_FEATURES, answered, named, proved, some


def _target(scene: Scene) -> tuple[Any, int | None]:
    """A class to be reached, in the user's words and as an outcome; nothing: any other."""
    others = [i for i in range(len(scene.classes)) if i != scene.own] if scene.kind.target == "classes" else []
    if len(scene.classes) < 3 or not others or scene.choose.coin():
        return None, None
    outcome = scene.choose.one_of(others)
    return scene.classes[outcome].item(), outcome


def contrastive(scene: Scene) -> None:
    if not scene.literal:
        return
    label, outcome = _target(scene)
    asked = {} if label is None else {"target": label}
    reference = scene.reference
    some(scene, "contrastive_reason", reference.contrastive(outcome), **asked)
    some(scene, "minimal_contrastive_reason", reference.minimal_contrastive(outcome), **asked)
    every = reference.contrastive_features(outcome)
    some(scene, "contrastive_reason", every, over="features", **asked)
    some(scene, "minimal_contrastive_reason", named(every, fewest=True), over="features", **asked)
    witnessed(scene, scene.explainer.minimal_contrastive_reason(over="features", **asked), outcome)
    for reason in (*map(sorted, list(every)[:2]), []):
        if not scene.excluded:
            answered(scene, "is_contrastive_reason", reason, frozenset(reason) in every, **OVER_FEATURES, **asked)


def witnessed(scene: Scene, found: Any, outcome: int | None) -> None:
    """A change comes with a row that differs in its features alone and has the outcome."""
    if found is None:
        return
    proved(found)
    row = scene.row_of(found.witness)
    said = scene.outcomes_of(row[None])[0]
    assert said == outcome if outcome is not None else said != scene.own, f"{row} has outcome {said}"


def streamed(scene: Scene) -> None:
    if not scene.literal:
        return
    found = scene.explainer.contrastive_reasons().take(None)
    proved(found)
    assert {frozenset(one) for one in found} == set(map(frozenset, scene.reference.contrastive()))


def recourse(scene: Scene) -> None:
    """The cheapest row of the world that is decided otherwise."""
    numbers = any(c.kind == "number" for c in scene.world.columns)
    if scene.kind.target != "classes" or np.isnan(scene.x).any() or numbers:
        return
    label, outcome = _target(scene)
    cost = scene.choose.one_of(["l0", "l1"])
    immutable = scene.choose.some([c.name for c in scene.world.columns], 0, 1)
    whole = [c.name for c in scene.world.columns if c.kind == "integer"]
    ways = {name: scene.choose.one_of(["increasing", "decreasing"]) for name in scene.choose.some(whole, 0, 1)}
    asked: dict[str, Any] = {} if label is None else {"target": label}
    found = scene.explainer.recourse(cost=cost, immutable=immutable, monotone=ways or None, **asked)
    best = _cheapest(scene, outcome, cost, {*immutable, *scene.excluded}, ways)
    if found.best is None:
        if str(found.status) not in ("proved", "optimal"):
            raise OpenError("recourse")
        assert best == math.inf, f"no plan, although one costs {best}"
        return
    said = scene.outcomes_of(scene.row_of(found.best.row.values)[None])[0]
    assert said == outcome if outcome is not None else said != scene.own
    assert found.best.lower <= best + 1e-9, f"the bound {found.best.lower} is above {best}"
    if str(found.best.status) == "optimal":
        assert math.isclose(found.best.cost, best, abs_tol=1e-9), f"cost {found.best.cost}, expected {best}"


def _cheapest(scene: Scene, outcome: int | None, cost: str, fixed: set[str], ways: dict[str, str]) -> float:
    good = scene.labels == outcome if outcome is not None else scene.labels != scene.own
    total = np.zeros(len(scene.world.rows))
    for column in scene.world.columns:
        owned = list(column.owned)
        mine, own = scene.world.rows[:, owned], scene.x[owned]
        changed = ~((mine == own) | (np.isnan(mine) & np.isnan(own))).all(axis=1)
        known = ~np.isnan(mine).any(axis=1)
        if column.name in fixed or np.isnan(own).any():
            good = good & ~changed
        good = good & (known | ~changed)
        if column.name in ways:
            up = mine[:, 0] > own[0]
            good = good & (~changed | (up == (ways[column.name] == "increasing")))
        size = np.abs(mine[:, 0] - own[0]) if cost == "l1" and column.kind in ("integer", "binary") else 1.0
        total += np.where(changed, size, 0.0)
    return float(total[good].min()) if good.any() else math.inf


CHANGES = {
    "contrastive_reason": contrastive,
    "contrastive_reasons": streamed,
    "recourse": recourse,
}
