"""Chances and shares under counted work: the same answers on a machine that is a hundred times slower."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
import suffice
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from suffice.engine import budget
from suffice.engine.budget import Deadline, Steps
from suffice.explainers.runs.shapes import as_json

ASKED = [
    ("precision", {"reason": (), "distribution": "data"}),
    ("probable_reason", {"distribution": "data", "over": "features"}),
    ("minimal_probable_reason", {"distribution": "rows", "over": "features"}),
    ("probable_majoritary_reason", {"distribution": "uniform"}),
    ("attribution", {}),
    ("attribution", {"kind": "wffa", "over": "literals"}),
    ("scores", {"kind": "shapley", "seed": 1}),
    ("scores", {"kind": "holler"}),
    ("restricted_reason", {"radius": 3.0, "norm": "l1"}),
    ("minimal_restricted_contrastive_reason", {"radius": 100.0}),
    ("reach", {"reason": (), "norm": "l1"}),
]


@pytest.fixture(scope="module")
def explainer():
    data, labels = load_breast_cancer(return_X_y=True)
    model = RandomForestClassifier(25, random_state=0).fit(data, labels)
    return suffice.Explainer.initialize(model, data[0], background=data)


def asked(explainer, query, how, steps):
    """The answer as JSON, and how much work it took."""
    explainer.set_instance(explainer.session.here.row)  # nothing that was found is kept
    limit = Deadline()
    limit.steps = Steps(steps)
    try:
        found = as_json(getattr(explainer, query)(time_limit=limit, **how))
    except suffice.UndecidedError as error:
        found = str(error)
    return found, limit.steps.left


@pytest.mark.parametrize("steps", [3_000, 100_000, 3_000_000])
@pytest.mark.parametrize(("query", "how"), ASKED, ids=lambda one: one if isinstance(one, str) else "")
def test_the_machine_does_not_matter(explainer, monkeypatch, query, how, steps):
    first = asked(explainer, query, how, steps)
    start = time.perf_counter()
    slow = SimpleNamespace(perf_counter=lambda: start + 100 * (time.perf_counter() - start))
    monkeypatch.setattr(budget, "time", slow)
    assert asked(explainer, query, how, steps) == first


def test_parts_take_of_the_whole():
    whole = Deadline(10)
    whole.steps = Steps(1000)
    part = whole.share(0.25)
    assert (part.steps.left, round(part.seconds)) == (250, 2)
    part.take(100)
    assert (part.steps.left, whole.steps.left) == (150, 900)
    part.take(150)
    assert part.expired()
    assert not whole.expired()
    last = whole.again(1.0)
    assert last.steps.left == int(budget._GRACE * budget.STEPS_A_SECOND)
    assert Deadline(4).share(0.5).seconds <= 2
    assert Deadline().share(0.5).seconds is None
    assert 0.5 <= Deadline(10).again(0.5).seconds <= 10
