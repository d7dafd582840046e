"""Questions about shares and chances: how much features carry, how likely reasons hold."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from tests.brute.chances import Chance, product_weights, row_weights
from tests.explainers.queries.test_attribution import shares, worth
from tests.soak.scenes import OpenError, Scene
from tests.soak.trees import majority
from tests.soak.why import proved, subset


def attribution(scene: Scene) -> None:
    """Shares of all reasons, over features and literals."""
    scene.need(scene.literal)
    kind, over = scene.choose.one_of(["ffa", "wffa"]), scene.choose.one_of(["features", "literals"])
    found = scene.explainer.attribution(kind=kind, over=over)
    proved(found)
    features = over == "features"
    every: list[Any] = [*scene.reference.sufficient_features()] if features else [*map(set, scene.reference.sufficient)]
    expected = shares(every, list(found), kind)
    assert {item: share.value for item, share in found.items()} == expected, f"{kind} over {over}"
    carried = set().union(*every)
    assert carried <= set(found), f"{carried - set(found)} is in a reason"
    assert set(found.irrelevant) == set(found) - carried
    assert set(found.necessary) == (set.intersection(*map(set, every)) if every else set())


def scores(scene: Scene) -> None:
    """The values of the game of sufficiency, by all coalitions."""
    scene.need(scene.literal)
    kind = scene.choose.one_of(["shapley", "banzhaf", "deegan-packel", "holler"])
    found = scene.explainer.scores(kind=kind)
    proved(found)
    reference = scene.reference
    if kind in ("shapley", "banzhaf"):
        values = worth(reference.features, kind)
        expected = {unit.name: values.get(i, 0) for i, unit in enumerate(reference.tested)}
    else:
        names = [unit.name for unit in reference.tested]
        expected = shares(reference.sufficient_features(), names, "wffa" if kind == "deegan-packel" else kind)
    told = {name: share.value for name, share in found.items()}
    assert {name: told[name] for name in expected} == expected, f"{kind}: {told}, expected {expected}"
    assert not any(value for name, value in told.items() if name not in expected)


def distribution(scene: Scene) -> tuple[dict[str, Any], list[int]]:
    """A distribution as it is asked for, and the mass of each row of cells."""
    kind = scene.choose.one_of(["uniform", "data", "rows", "rows"])
    kind = "uniform" if scene.kind.family == "text" else kind  # other texts have other words
    if kind == "uniform":
        return {"distribution": kind}, product_weights(scene.reference, None)
    rows = scene.data[: scene.choose.one_of([1, 3, 12])]
    weigh = row_weights if kind == "rows" else product_weights
    return {"distribution": kind, "data": rows}, weigh(scene.reference, rows)


def precision(scene: Scene) -> None:
    """Exact precision of any set."""
    scene.need(scene.literal)
    how, weights = distribution(scene)
    over = scene.choose.one_of(["literals", "features"])
    chance, reference = Chance(scene.reference, weights, over == "features"), scene.reference
    for _ in range(2):
        reason = subset(scene, reference.universe if over == "literals" else [unit.name for unit in reference.tested])
        kept = (reference.mask if over == "literals" else reference.names_mask)(reason)
        found, expected = scene.explainer.precision(reason, over=over, **how), chance.of(kept)
        if chance.holds(kept):
            if found.value is None and found.status != "proved":
                raise OpenError("precision")
            assert (found.value, found.defined) == (1, True), (reason, how)
        elif expected is None:
            assert not found.defined, (reason, how)
        elif found.value is None:
            assert found.lower <= expected <= found.upper, (reason, how, found, expected)
            raise OpenError("precision")
        else:
            assert found.value == expected, f"precision of {reason}: {found.value}, expected {expected}"


def probable(scene: Scene) -> None:
    """Reasons that reach delta: locally minimal ones, and those with the fewest."""
    scene.need(scene.literal)
    how, weights = distribution(scene)
    over, delta = scene.choose.one_of(["literals", "features"]), scene.choose.one_of([0.5, 0.75, 0.9, 0.95, 1.0])
    _probable(scene, "probable_reason", Chance(scene.reference, weights, over == "features"), delta, over=over, **how)


def _probable(scene: Scene, name: str, chance: Chance, delta: float, **how: Any) -> None:
    reference, border = scene.reference, Fraction(str(delta))
    found = getattr(scene.explainer, name)(delta=delta, **how)
    fewest = chance.fewest(border)
    if found is None:
        assert fewest is None, f"no {name}, although {fewest} are enough"
        return
    proved(found)
    mask = reference.names_mask if chance.over_features else reference.mask
    kept = chance.game.close(mask(found))
    assert chance.reaches(kept, border), f"{found} does not reach {delta} ({how})"
    less = [s for s in chance.below(kept) if chance.reaches(s, border)]
    assert not less, f"{found} is not minimal ({how}, {delta})"
    if name == "probable_reason":
        least = scene.explainer.minimal_probable_reason(delta=delta, **how)
        proved(least)
        assert len(least) == fewest, f"{least}, although {fewest} are enough ({how}, {delta})"
        assert chance.reaches(chance.game.close(mask(least)), border)


def likely_votes(scene: Scene) -> None:
    """What makes a majority of trees likely to vote as now."""
    scene.need(scene.literal and scene.kind.family == "forest" and hasattr(scene.model, "estimators_"))
    how, weights = distribution(scene)
    reference, members = scene.reference, scene.model.estimators_
    voted = np.sum([member.labels == scene.own for member in majority(scene, 1).members], axis=0)
    bad = 2 * voted <= len(members)
    here = int(np.flatnonzero(reference.masks == reference.x_mask)[0])
    delta = scene.choose.one_of([0.5, 0.9, 1.0])
    if bad[here]:
        assert scene.explainer.probable_majoritary_reason(delta=delta, **how) is None
        return
    _probable(scene, "probable_majoritary_reason", Chance(reference, weights, bad=bad), delta, **how)


SHARES = {
    "attribution": attribution,
    "scores": scores,
    "precision": precision,
    "probable_reason": probable,
    "probable_majoritary_reason": likely_votes,
}
