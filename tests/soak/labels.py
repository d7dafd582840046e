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


def label_vectors(scene: Scene, rows: np.ndarray) -> np.ndarray:
    """The values of all labels at some rows."""
    return scene.vectors(scene.outcomes_of(rows))


def about_labels(scene: Scene, bad: Any) -> Reference:
    """Brute force for another idea of what is bad, told of vectors of labels."""
    return scene.table(lambda rows: bad(label_vectors(scene, rows)).astype(np.int64))


def one_label(scene: Scene) -> None:
    """Reasons for the value of one label."""
    scene.need(scene.kind.target == "labels" and scene.literal)
    label = scene.choose.whole(0, scene.said.shape[1] - 1)
    own = label_vectors(scene, scene.x[None])[0]
    every = about_labels(scene, lambda vectors: vectors[:, label] != own[label])
    some(scene, "sufficient_reason", every.sufficient, labels=[label])
    some(scene, "minimal_sufficient_reason", every.minimal_sufficient(), labels=[label])
    some(scene, "sufficient_reason", every.sufficient_features(), labels=[label], **OVER_FEATURES)
    assert scene.explainer.n_sufficient_reasons(labels=[label]) == len(every.sufficient)


def changed(scene: Scene) -> None:
    """What makes labels what is wanted: the others free, or kept."""
    scene.need(scene.kind.target == "labels" and scene.literal)
    own = label_vectors(scene, scene.x[None])[0]
    label = scene.choose.whole(0, scene.said.shape[1] - 1)
    keeps = scene.choose.coin()

    def bad(vectors: np.ndarray) -> np.ndarray:
        met = vectors[:, label] != own[label]
        return met & (np.delete(vectors, label, 1) == np.delete(own, label)).all(axis=1) if keeps else met

    every = about_labels(scene, bad)
    asked = {"flip": [label], **({"others": "kept"} if keeps else {})}
    some(scene, "contrastive_reason", every.contrastive(), **asked)
    some(scene, "minimal_contrastive_reason", every.minimal_contrastive(), **asked)
    some(scene, "contrastive_reason", every.contrastive_features(), **asked, **OVER_FEATURES)
    wanted = 1 - own
    both = about_labels(scene, lambda vectors: (vectors == wanted).all(axis=1))
    some(scene, "contrastive_reason", both.contrastive(), target=wanted.tolist())
    found = scene.explainer.minimal_contrastive_reason(target=wanted.tolist())
    if found is not None:
        proved(found)
        assert (label_vectors(scene, scene.row_of(found.witness)[None])[0] == wanted).all()


LABELS = {
    "implies": related,
    "reasons of a label": one_label,
    "changes of labels": changed,
}
