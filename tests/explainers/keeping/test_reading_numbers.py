"""Precisions, shares and reaches come back from JSON as they were."""

from __future__ import annotations

import json

import pytest
import suffice
from suffice import FormatError

from tests.explainers.batch.cases import data, made


def answers():
    X, _ = data()
    explainer = made("forest", X[0], background=X)
    yield explainer.precision((), distribution="rows")
    yield explainer.precision(["f1"], over="features")
    yield explainer.precision((), time_limit=1e-6)
    yield explainer.attribution(shap=[0.5, -1.0, 0.0, 2.0])
    yield explainer.attribution(kind="wffa", over="literals")
    yield explainer.scores(kind="banzhaf", n_samples=20)
    yield explainer.scores(kind="holler")
    yield explainer.reach((), "l1")


def test_there_and_back():
    for found in answers():
        again = suffice.from_json(found.to_json())
        assert type(again) is type(found)
        assert again == found
        assert (repr(again), again._repr_html_()) == (repr(found), found._repr_html_())
        assert again.to_json() == found.to_json()


@pytest.mark.parametrize("damage", ["kind", "shares", "status", "lower", "norm", "upper"])
def test_damage_is_noticed(damage):
    for found in answers():
        form = json.loads(found.to_json())
        if damage in form:
            with pytest.raises(FormatError):
                suffice.from_json(json.dumps({**form, damage: {"x": 1}}))
            del form[damage]
            with pytest.raises(FormatError):
                suffice.from_json(json.dumps(form))
