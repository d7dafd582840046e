"""Questions within a distance: restricted reasons and changes, how far sets of literals hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.explainers.nearness.test_query import NORMS, Ball
from tests.soak.boxes import stretch
from tests.soak.scenes import Scene
from tests.soak.why import proved, subset


def _away(scene: Scene, norm: str, weights: list[float]) -> np.ndarray:
    """The distance of each row of cells."""
    reference = scene.reference
    total = np.zeros(len(reference.masks))
    for unit in reference.tested:
        column = next(c for c in scene.world.columns if c.owned == unit.columns)
        own, weight = scene.x[list(unit.columns)], weights[unit.columns[0]]
        cost = {cell: _far(scene, unit, column.kind, cell, own, norm) for cell in unit.cells}
        cost[reference.x_mask & unit.mask] = 0.0
        each = np.array([cost[int(one)] for one in reference.masks & unit.mask])
        each = np.where(np.isinf(each), np.inf, np.where(np.isinf(each), 0.0, each) * weight)
        total = np.maximum(total, each) if norm == "linf" else total + each
    return total


def _far(scene: Scene, unit: Any, kind: str, cell: int, own: np.ndarray, norm: str) -> float:
    if norm == "l0":
        return 1.0
    known = [v[0] for v in unit.cells[cell] if not np.isnan(v[0])]
    if np.isnan(own[0]) or not known:
        return math.inf
    if kind == "number":
        low, high = stretch(scene, unit, cell)
        return max(low - own[0], own[0] - high, 0.0)
    if kind in ("integer", "binary", "listed"):
        return min(abs(value - float(own[0])) for value in known)
    return 1.0


def _question(scene: Scene) -> tuple[dict[str, Any], np.ndarray]:
    """Draw a norm and weights; the distances of all rows of cells."""
    scene.need(scene.literal and not scene.clauses and scene.world.moderate)
    scene.need(not scene.at_ends)
    norm = scene.choose.one_of(list(NORMS))
    weights = scene.weights([1.0, 1.0, 2.0, 0.5, 0.0])
    return {"norm": norm, "weights": weights}, _away(scene, norm, weights)


def reach(scene: Scene) -> None:
    """How far a set of literals, or of features, forces the outcome."""
    how, away = _question(scene)
    reference = scene.reference
    over = scene.choose.one_of(["literals", "features"])
    if over == "literals":
        chosen = subset(scene, reference.universe)
        agree = ((reference.masks ^ reference.x_mask) & reference.mask(chosen)) == 0
    else:
        chosen = subset(scene, [unit.name for unit in reference.tested])
        kept = sum(unit.mask for unit in reference.tested if unit.name in chosen)
        agree = ((reference.masks ^ reference.x_mask) & kept) == 0
    nearest = float(away[agree & reference.is_bad()].min(initial=math.inf))
    found = scene.explainer.reach(chosen, over=over, **how)
    if any(feature.listed for feature in scene.explainer.features):
        _bounded(scene, found, nearest, how)
        return
    proved(found)
    for end in (found.lower, found.upper):
        assert math.isclose(end, nearest, rel_tol=1e-5, abs_tol=1e-5), f"reach of {chosen}: {end}, not {nearest}; {how}"


def _bounded(scene: Scene, found: Any, nearest: float, how: dict[str, Any]) -> None:
    """Of numbers that are listed those between count for what forces: the bounds may stay apart."""
    upper = math.isclose(found.upper, nearest, rel_tol=1e-5, abs_tol=1e-5)
    assert upper, f"a listed row is at {nearest}, not {found.upper}; {how}"
    assert found.lower <= nearest + 1e-5, f"{found.lower} is more than {nearest}; {how}"
    assert (str(found.status) == "proved") == math.isclose(found.lower, found.upper, rel_tol=1e-9), found
    between = how["norm"] == "l0" and not math.isclose(found.lower, found.upper)
    assert not between, f"{found.lower} and {found.upper} for {how}"


def _ball(scene: Scene) -> tuple[dict[str, Any], Any, str]:
    how, away = _question(scene)
    levels = np.unique(away[np.isfinite(away)])
    radius = float(scene.choose.one_of(levels.tolist())) * 1.01 + 1e-4
    scene.need(not (np.abs(levels - radius) < 1e-5).any())
    over = scene.choose.one_of(["literals", "features"])
    return {**how, "radius": radius, "over": over}, Ball(scene.reference, away, radius).games(over), over


def restricted(scene: Scene) -> None:
    """Reasons that hold within a distance."""
    how, game, over = _ball(scene)
    mask = scene.reference.mask if over == "literals" else scene.reference.names_mask
    found = scene.explainer.restricted_reason(**how)
    least = scene.explainer.minimal_restricted_reason(**how)
    closed = {game.close(one) for one in game.sufficient}
    assert (found is None) == (least is None) == (not closed), (found, least, how)
    if found is None:
        return
    proved(found)
    proved(least)
    sizes = [bin(game.written(one)).count("1") for one in game.sufficient]
    assert game.close(mask(found)) in closed, f"{found} is no reason within {how}"
    assert game.close(mask(least)) in closed, f"{least} is no reason within {how}"
    assert len(least) == min(sizes), f"{least} is not smallest within {how}"


def restricted_change(scene: Scene) -> None:
    """Changes within a distance."""
    how, game, over = _ball(scene)
    mask = scene.reference.mask if over == "literals" else scene.reference.names_mask
    written = {game.written(one, negated=True) for one in game.contrastive}
    found = scene.explainer.restricted_contrastive_reason(**how)
    least = scene.explainer.minimal_restricted_contrastive_reason(**how)
    assert (found is None) == (least is None) == (not written), (found, least, how)
    if found is None:
        return
    proved(found)
    proved(least)
    assert mask(found) in written, f"{found} is no change within {how}"
    assert mask(least) in written, f"{least} is no change within {how}"
    assert len(least) == min(bin(one).count("1") for one in written), f"{least} is not smallest within {how}"
    assert scene.outcomes_of(scene.row_of(least.witness)[None])[0] != scene.own


NEAR = {
    "reach": reach,
    "restricted_reason": restricted,
    "restricted_contrastive_reason": restricted_change,
}
