"""Stored boosted trees of usual size: reasons stand against an adversary that asks XGBoost's own ``predict``."""

from __future__ import annotations

import os
import warnings

import numpy as np
import pytest

from tests.brute.adversary import LARGEST, Adversary
from tests.house.layout import ROOT

pytest.importorskip("xgboost")
MODELS = ROOT.parent / "shared" / "peers" / "pyxai" / "models"
NAMES = ("breast_cancer_xgb100d6", "compas_xgb100d6", "digits_odd_xgb100d6", "digits10_xgb20d4")
ROWS = min(10, int(os.environ.get("SUFFICE_EXAMPLES", "2")))


class XgboostAdversary(Adversary):
    """Takes the borders from the library's own dump of the trees: x < t, in float32."""

    def __init__(self, model, rows):
        self.model, self.rows, self.rng = model, np.asarray(rows, dtype=np.float64), np.random.default_rng(0)
        frame = model.get_booster().trees_to_dataframe()
        tests = frame[frame.Feature != "Leaf"]
        self.borders = []
        for column in range(self.rows.shape[1]):
            splits = tests.Split[tests.Feature == f"f{column}"].to_numpy(np.float32)
            below = np.nextafter(splits, np.float32(-np.inf))
            self.borders.append(np.unique(np.concatenate([splits, below])).astype(np.float64))


def box(literals, conditions, n):
    """Least and greatest float32 of each column that satisfy all literals on conditions ``x >= t``, shape (n, 2)."""
    found = np.tile([-LARGEST, LARGEST], (n, 1))
    for literal in literals:
        column, operator, threshold = tuple(conditions[abs(literal) - 1])[:3]
        assert str(operator) == ">="
        if literal > 0:
            found[column, 0] = max(found[column, 0], threshold)
        else:
            below = float(np.nextafter(np.float32(threshold), np.float32(-np.inf)))
            found[column, 1] = min(found[column, 1], below)
    return found


@pytest.fixture(scope="module", params=NAMES)
def stored(request):
    import joblib
    from suffice import Explainer

    path = MODELS / f"{request.param}.joblib"
    if not path.exists():
        pytest.skip("the stored models are not here")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pickled by another version of the library
        model = joblib.load(path)
    rows = np.load(MODELS / f"{request.param}_instances.npz")["X"].astype(np.float32).astype(np.float64)
    return model, rows, Explainer.initialize(model, background=rows), XgboostAdversary(model, rows)


def test_the_adversary_finds_what_is_there(stored):
    model, rows, _, adversary = stored
    found = adversary.attack(rows[0], box((), (), rows.shape[1]))
    assert found is not None
    assert model.predict(found[None, :])[0] != model.predict(rows[:1])[0]


@pytest.mark.parametrize("kind", ["sufficient", "tree_specific"])
def test_reasons_stand(stored, kind):
    model, rows, explainer, adversary = stored
    for row in rows[:ROWS]:
        explainer.set_instance(row)
        assert explainer.target_prediction == model.predict(row[None, :])[0]
        reason = getattr(explainer, f"{kind}_reason")()
        assert str(reason.status) == "proved"
        found = adversary.attack(row, box(reason, explainer.vocabulary.conditions, rows.shape[1]))
        assert found is None, f"{reason} is broken by {found.tolist()}"


def test_nothing_can_be_left_out_of_sufficient_reasons(stored):
    model, rows, explainer, _ = stored
    for row in rows[:ROWS]:
        explainer.set_instance(row)
        reason = explainer.sufficient_reason()
        for literal in reason:
            weaker = explainer.is_implicant([other for other in reason if other != literal])
            assert not weaker
            assert model.predict(np.array([weaker.witness], dtype=np.float64))[0] != explainer.target_prediction


@pytest.mark.parametrize("theory", ["auto", None])
def test_minimal_contrastive_reasons_flip(stored, theory):
    from suffice import Explainer

    model, rows, explainer, adversary = stored
    explainer = Explainer.initialize(model, theory=theory)
    everywhere = box((), (), rows.shape[1])
    for row in rows:
        explainer.set_instance(row)
        own = model.predict(row[None, :])[0]
        reason = explainer.minimal_contrastive_reason(time_limit=20)
        assert str(reason.status) == "optimal"
        if theory is None:
            assert reason.witness is None  # conditions are free: no values are promised
            continue
        witness = np.array(reason.witness, dtype=np.float64)
        assert model.predict(witness[None, :])[0] != own
        touched = {explainer.vocabulary.conditions[abs(literal) - 1].feature for literal in reason}
        assert set(np.flatnonzero(witness != row)) == touched
        if (
            len(touched) > 1
        ):  # then no change of one feature with so few literals is looked for; one literal does not do
            one = [r for r in adversary.neighbours(row, everywhere, None) if _literals(explainer, row, r) == 1]
            assert not one or (model.predict(np.array(one)) == own).all()


def _literals(explainer, row, other):
    """How many conditions tell two rows apart."""
    conditions = explainer.vocabulary.conditions
    return sum((row[f] >= t) != (other[f] >= t) for f, _, t, *_ in map(tuple, conditions))
