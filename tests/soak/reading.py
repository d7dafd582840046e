"""Questions about texts: what is told in words, as texts, and of many texts."""

from __future__ import annotations

from typing import Any

import numpy as np
from suffice import explain

from tests.soak.scenes import OpenError, Scene
from tests.soak.texts import GAPS


def texts(scene: Scene) -> None:
    """What is told in words and as texts; the same of other texts, one by one and together."""
    scene.need(scene.kind.family == "text")
    model, explainer = scene.model, scene.explainer
    assert explainer.target_prediction == scene.class_named(scene.own)
    for change in explainer.contrastive_reason(n=5):
        text = change.witness["text"]
        assert model.pipeline.predict([text])[0] != explainer.target_prediction, f"{text!r} is decided alike"
        assert set(text.split()) <= {*model.bounds(), *GAPS}, f"{text!r} has words that may not come"
    found = explainer.sufficient_reason()
    if found is not None:
        kept = np.array([all(_true(explainer, v, row) for v in found) for row in scene.world.rows])
        assert (scene.labels[kept] == scene.own).all(), f"{found} does not force the outcome"
    _statements(scene)
    others = [model.write(row) for row in scene.data[:2]]
    told = list(explain(model.pipeline, others)) if not scene.excluded and not model.declared else []
    for text, one in zip(others, told, strict=bool(told)):
        (said,) = model.pipeline.predict([text])
        assert explainer.predict(text) == one.prediction == said, (text, one, said)
    answers = explainer.batch(others, "minimal_sufficient_reason", n_jobs=1, over="features")
    for text, one in zip(others, answers, strict=True):
        explainer.set_instance(text)
        again = explainer.minimal_sufficient_reason(over="features")
        assert (again is None) == (one is None)
        assert again is None or len(again) == len(one), (text, again, one)
    explainer.set_instance(model.text)


def _true(explainer: Any, literal: int, row: np.ndarray) -> bool:
    condition = explainer.vocabulary.conditions[abs(literal) - 1]
    return bool(condition.true_at(np.array([row[condition.feature]]))[0]) == (literal > 0)


def _statements(scene: Scene) -> None:
    """Checks of what is written in words."""
    said, met = [], np.ones(len(scene.world.rows), dtype=bool)
    for i, column in enumerate(scene.world.columns):
        values = scene.world.rows[:, i]
        if column.values[0][0] < 0 or " - " in column.name or scene.choose.coin():
            continue
        n = scene.choose.one_of([1, 2])
        way = scene.choose.one_of([0, 0, 1, 2])
        if way == 0:
            positive = scene.choose.coin()
            said.append(f"contains {column.name}" if positive else f"does not contain {column.name}")
            met &= (values >= 1) == positive
        else:
            times = "once" if n == 1 else "twice"
            said.append(f"{column.name} at {'least' if way == 1 else 'most'} {times}")
            met &= values >= n if way == 1 else values <= n
    if not said or not scene.literal or scene.model.pairs:
        return
    found = scene.explainer.is_implicant(" and ".join(said))
    if found.value is None:
        raise OpenError(str(found))
    assert found.value == bool((scene.labels[met] == scene.own).all()), (said, found)


READING = {"texts": texts}
