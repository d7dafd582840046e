"""Calibrated classifiers: every query against every row of small domains, and gates against ``predict_proba``."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from suffice.engine.errors import UnsupportedModelError

from tests.brute.strategies import budget
from tests.encoders.boosting_cases import compiled_with_space, rows_of
from tests.encoders.direct_cases import columns_of, labelled, types_of
from tests.encoders.meta.composed_cases import SMALL, TREES, calibrated
from tests.encoders.test_direct_reasons import compare

SEEDS = st.integers(0, 10**6)
KINDS = st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3)
CLASSES = st.sampled_from([(0, 1), ("no", "yes"), (2, 5, 7), (False, True), (-4, 0, 3)])


@budget(40)
@given(SEEDS, KINDS, CLASSES, st.sampled_from(list(SMALL)), st.sampled_from(["sigmoid", "isotonic"]), st.booleans())
def test_every_query_against_every_row(seed, kinds, classes, kind, method, ensemble):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    model = calibrated(kind, rng, columns, classes, method=method, ensemble=ensemble)
    compare(model, columns, rng, types=types_of(columns))


def contained(model, X):
    """Assert that the ends' intervals hold what ``predict_proba`` gets, and are narrow; return how wide they are."""
    compiled, space = compiled_with_space(model)
    rows = rows_of(compiled, space, X)
    scores = compiled.trees.scores_of_rows(rows, space.codes)
    low, high = compiled.circuit.intervals(scores, scores, compiled.circuit.ends)
    told = model.predict_proba(rows)
    assert (low <= told).all()
    assert (told <= high).all()
    sure = ~compiled.doubtful(scores)
    said = np.array(compiled.classes, dtype=object)[compiled.outcomes(space, rows)]
    assert (said[sure] == model.predict(rows)[sure]).all()
    return float((high - low).max())


@pytest.mark.parametrize("classes", [(0, 1), ("a", "b", "c")])
@pytest.mark.parametrize("method", ["sigmoid", "isotonic", "temperature"])
@pytest.mark.parametrize("kind", [kind for kind in SMALL if kind in TREES])
def test_the_intervals_hold_the_probabilities(kind, method, classes):
    rng = np.random.default_rng(5)
    X = rng.normal(size=(150, 4)).round(2)
    y = labelled(X[:, 0] + X[:, 1] * X[:, 2] + rng.normal(0, 0.3, 150), classes)
    model = CalibratedClassifierCV(SMALL[kind](1), method=method, cv=4)
    if method == "temperature" and len(classes) > 2 and kind in ("boosted", "hist"):
        with pytest.raises(UnsupportedModelError, match="takes for probabilities"):
            compiled_with_space(model.fit(X, y))
        return
    model.fit(X, y)
    rows = np.concatenate([X, rng.normal(size=(2000, 4)).round(1), np.float32(X) + np.float32(1e-7)])
    assert contained(model, rows) < 1e-11
