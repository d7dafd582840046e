"""Questions what would change it: contrastive reasons."""

from __future__ import annotations

from typing import Any

from tests.soak.scenes import Scene
from tests.soak.why import OVER_FEATURES, answered, named, proved, some


def _target(scene: Scene) -> tuple[Any, int | None]:
    """A class to be reached, in the user's words and as an outcome; nothing: any other."""
    others = [i for i in range(len(scene.classes)) if i != scene.own] if scene.kind.target == "classes" else []
    if len(scene.classes) < 3 or not others or scene.choose.coin():
        return None, None
    outcome = scene.choose.one_of(others)
    return scene.class_named(outcome), outcome


def contrastive(scene: Scene) -> None:
    scene.need(scene.literal)
    label, outcome = _target(scene)
    asked = {} if label is None else {"target": label}
    reference = scene.reference
    some(scene, "contrastive_reason", reference.contrastive(outcome), **asked)
    some(scene, "minimal_contrastive_reason", reference.minimal_contrastive(outcome), **asked)
    every = reference.contrastive_features(outcome)
    some(scene, "contrastive_reason", every, over="features", **asked)
    some(scene, "minimal_contrastive_reason", named(every, fewest=True), over="features", **asked)
    witnessed(scene, scene.explainer.minimal_contrastive_reason(over="features", **asked), outcome)
    nothing = [] if scene.kind.family == "multilabel" and scene.kind.near else [[]]  # so near is what it is itself
    for reason in (*map(sorted, list(every)[:2]), *nothing):
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
    scene.need(scene.literal)
    found = scene.explainer.contrastive_reasons().take(None)
    proved(found)
    assert {frozenset(one) for one in found} == set(map(frozenset, scene.reference.contrastive()))


CHANGES = {
    "contrastive_reason": contrastive,
    "contrastive_reasons": streamed,
}
