"""Questions about several labels: some of them, changes to what is wanted, and how they go together."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.brute.reference import Reference
from tests.soak.scenes import OpenError, Scene
from tests.soak.why import OVER_FEATURES, proved, some


def related(scene: Scene) -> None:
    """Implied, equivalent and exclusive labels."""
    scene.need(scene.kind.target == "labels")
    one, other = (scene.said[:, i] == 1 for i in range(2))
    for name, expected in (("implies", (~one | other).all()), ("equivalent", (one == other).all()),
                           ("exclusive", not (one & other).any()), ("co_occur", (one & other).any())):  # fmt: skip
        found = getattr(scene.explainer, name)(0, 1)
        if found.value is None:
            raise OpenError(name)
        assert found.value == bool(expected), f"{name}: {found}, expected {expected}"


def _vectors(scene: Scene, rows: np.ndarray) -> np.ndarray:
    return scene.vectors(scene.outcomes_of(rows))


def _about(scene: Scene, bad: Any) -> Reference:
    """Brute force for another idea of what is bad, told of vectors of labels."""
    return scene.table(lambda rows: bad(_vectors(scene, rows)).astype(np.int64))


def one_label(scene: Scene) -> None:
    """Reasons for the value of one label."""
    scene.need(scene.kind.target == "labels" and scene.literal)
    label = scene.choose.whole(0, 1)
    own = _vectors(scene, scene.x[None])[0]
    every = _about(scene, lambda vectors: vectors[:, label] != own[label])
    some(scene, "sufficient_reason", every.sufficient, labels=[label])
    some(scene, "minimal_sufficient_reason", every.minimal_sufficient(), labels=[label])
    some(scene, "sufficient_reason", every.sufficient_features(), labels=[label], **OVER_FEATURES)
    assert scene.explainer.n_sufficient_reasons(labels=[label]) == len(every.sufficient)


def changed(scene: Scene) -> None:
    """What makes labels what is wanted: the others free, or kept."""
    scene.need(scene.kind.target == "labels" and scene.literal)
    own = _vectors(scene, scene.x[None])[0]
    label = scene.choose.whole(0, 1)
    keeps = scene.choose.coin()

    def bad(vectors: np.ndarray) -> np.ndarray:
        met = vectors[:, label] != own[label]
        return met & (vectors[:, 1 - label] == own[1 - label]) if keeps else met

    every = _about(scene, bad)
    asked = {"flip": [label], **({"others": "kept"} if keeps else {})}
    some(scene, "contrastive_reason", every.contrastive(), **asked)
    some(scene, "minimal_contrastive_reason", every.minimal_contrastive(), **asked)
    some(scene, "contrastive_reason", every.contrastive_features(), **asked, **OVER_FEATURES)
    wanted = 1 - own
    both = _about(scene, lambda vectors: (vectors == wanted).all(axis=1))
    some(scene, "contrastive_reason", both.contrastive(), target=wanted.tolist())
    found = scene.explainer.minimal_contrastive_reason(target=wanted.tolist())
    if found is not None:
        proved(found)
        assert (_vectors(scene, scene.row_of(found.witness)[None])[0] == wanted).all()


LABELS = {
    "implies": related,
    "reasons of a label": one_label,
    "changes of labels": changed,
}
