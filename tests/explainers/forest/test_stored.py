"""Stored forests of usual size: reasons stand against an adversary that asks scikit-learn's own ``predict``."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.brute.adversary import Adversary, box
from tests.house.layout import ROOT

MODELS = ROOT.parent / "shared" / "peers" / "pyxai" / "models"
SMALL = ("breast_cancer_rf25d6", "compas_rf25d6", "digits_odd_rf25d6")
LARGE = ("breast_cancer_rf100d8", "compas_rf100d8", "digits_odd_rf100d8")
SECONDS = 2.0  # for one reason; what is not proved by then is not looked at
LONG = "SUFFICE_EXAMPLES" in os.environ


def rows_asked(usual):
    return min(10, int(os.environ.get("SUFFICE_EXAMPLES", usual)))


@pytest.fixture(scope="module", params=SMALL + LARGE * LONG)
def stored(request):
    import joblib
    from suffice import Explainer

    path = MODELS / f"{request.param}.joblib"
    if not path.exists():
        pytest.skip("the stored forests are not here")
    model = joblib.load(path)
    rows = np.load(MODELS / f"{request.param}_instances.npz")["X"].astype(np.float32).astype(np.float64)
    return model, rows, Explainer.initialize(model, background=rows), Adversary(model, rows)


def proved(reason):
    return reason is not None and str(reason.status) in ("proved", "optimal")


def test_the_adversary_finds_what_is_there(stored):
    model, rows, _, adversary = stored
    everywhere = box((), (), rows.shape[1])
    found = adversary.attack(rows[0], everywhere)
    assert found is not None
    assert model.predict(found[None, :])[0] != model.predict(rows[:1])[0]


def test_sufficient_reasons_stand(stored):
    model, rows, explainer, adversary = stored
    conditions = explainer.vocabulary.conditions
    for row in rows[: rows_asked(1)]:
        explainer.set_instance(row)
        assert explainer.target_prediction == model.predict(row[None, :])[0]
        reason = explainer.sufficient_reason(time_limit=SECONDS)
        if not proved(reason):
            continue
        found = adversary.attack(row, box(reason, conditions, rows.shape[1]))
        assert found is None, f"{reason} is broken by {found.tolist()}"
        for literal in list(reason)[:2]:
            weaker = explainer.is_implicant([other for other in reason if other != literal])
            assert not weaker
            assert model.predict(np.array([weaker.witness], dtype=np.float64))[0] != explainer.target_prediction


def test_sufficient_reasons_over_features_stand(stored):
    _, rows, explainer, adversary = stored
    names = explainer.get_feature_names()
    for row in rows[: rows_asked(1)]:
        explainer.set_instance(row)
        reason = explainer.sufficient_reason(time_limit=SECONDS, over="features")
        if not proved(reason):
            continue
        kept = [v for v in explainer.binary_representation if name_of(explainer, names, v) in reason]
        found = adversary.attack(row, box(kept, explainer.vocabulary.conditions, rows.shape[1]))
        assert found is None, f"{reason} is broken by {found.tolist()}"


def name_of(explainer, names, literal):
    return names[explainer.vocabulary.conditions[abs(literal) - 1].feature]


def test_minimal_contrastive_reasons_change_the_class(stored):
    model, rows, explainer, adversary = stored
    conditions = explainer.vocabulary.conditions
    everywhere = box((), (), rows.shape[1])
    for row in rows[: rows_asked(1)]:
        explainer.set_instance(row)
        own = model.predict(row[None, :])[0]
        reason = explainer.minimal_contrastive_reason(time_limit=SECONDS)
        if not proved(reason):
            continue
        witness = np.array(reason.witness, dtype=np.float64)
        assert model.predict(witness[None, :])[0] != own
        touched = {conditions[abs(literal) - 1].feature for literal in reason}
        for column, operator, threshold, *_ in map(tuple, conditions):
            assert str(operator) == ">"
            if column not in touched:
                assert (np.float32(row[column]) > threshold) == (np.float32(witness[column]) > threshold)
        if len(reason) > 1:  # then no change of one feature alone does it
            assert (model.predict(adversary.neighbours(row, everywhere, None)) == own).all()


def test_nearest_changes(stored):
    model, rows, explainer, adversary = stored
    everywhere = box((), (), rows.shape[1])
    scale = 1 / np.maximum(np.ptp(rows, axis=0), 1.0)
    for row in rows[: rows_asked(1)]:
        explainer.set_instance(row)
        reason = explainer.minimal_contrastive_reason(distance="l1", weights=scale.tolist(), time_limit=SECONDS)
        if not proved(reason):
            continue
        witness = np.array(reason.witness, dtype=np.float64)
        own = model.predict(row[None, :])[0]
        assert model.predict(witness[None, :])[0] != own
        cost = (scale * np.abs(witness - row)).sum()
        near = adversary.neighbours(row, everywhere, None)
        nearer = near[(scale * np.abs(near - row)).sum(axis=1) < cost * (1 - 1e-9)]
        if len(nearer):
            assert (model.predict(nearer) == own).all()
