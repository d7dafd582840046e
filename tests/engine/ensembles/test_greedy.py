"""All runs in one kernel find what runs one after another find."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from suffice import Explainer
from suffice.engine.budget import Deadline
from suffice.engine.ensembles.views.literals import losses_of
from suffice.explainers.forest.core import Votes, forces_alone
from suffice.explainers.forest.majoritary import ForestMajoritary

RUNS = 7


def _explainers(seed):
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, 6, (80, 5)) if seed % 2 else rng.random((80, 5))
    labels = rng.integers(0, 2 + seed % 3, 80)
    theory = "auto" if seed % 4 < 2 else None
    forest = RandomForestClassifier(9, max_depth=5, random_state=seed).fit(rows, labels)
    boosted = GradientBoostingClassifier(n_estimators=6, random_state=seed).fit(rows, labels)
    for model, more in ((forest, {"voting": "hard"}), (boosted, {})):
        explainer = Explainer.initialize(model, theory=theory, **more)
        for row in rows[:6]:
            explainer.set_instance(row)
            if seed % 5 == 0:
                explainer.set_excluded_features([explainer.get_feature_names()[0]])
            yield explainer, Votes(explainer.answers.needed(None)) if model is forest else explainer.answers.wanted()


def _both(view, seed, deadline=None):
    for way in ("_greedy_sets", "_greedy_boxes"):
        limit = deadline or Deadline.of(None)
        losses, random = losses_of(view, limit), np.random.default_rng(seed)
        yield getattr(ForestMajoritary, way)(view, losses, RUNS, random, limit)


@pytest.mark.parametrize("seed", range(20))
def test_one_kernel_finds_what_single_runs_find(seed):
    compared = 0
    for explainer, wanted in _explainers(seed):
        view = explainer.answers.view(False, wanted)
        if not forces_alone(view, view.full):
            continue
        (slow, proved, made), (fast, proved_too, made_too) = _both(view, seed)
        assert (slow == fast).all()
        assert proved and proved_too
        assert made == made_too == RUNS
        compared += 1
    assert compared


def test_without_time_what_was_found_still_decides():
    for explainer, wanted in _explainers(1):
        view = explainer.answers.view(False, wanted)
        if forces_alone(view, view.full):
            limit = Deadline.of(1e-9)
            for kept, _, _ in _both(view, 0, limit):
                assert forces_alone(view, kept)
