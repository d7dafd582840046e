"""Where the rows of data lie is where each of them lies alone."""

import math

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from suffice import Explainer
from suffice.engine.chances.masses import cells_of_rows
from suffice.engine.domain.instance import situate


def test_the_cells_of_many_rows():
    rng = np.random.default_rng(0)
    rows = np.round(rng.normal(size=(80, 3)), 1).astype(np.float32).astype(float)
    holes = np.where(rng.random(rows.shape) < 0.2, math.nan, rows)
    labels = rows.sum(axis=1) > 0
    for model, given in (
        (RandomForestClassifier(6, random_state=0), rows),
        (HistGradientBoostingClassifier(max_iter=4, min_samples_leaf=5), holes),
    ):
        space = Explainer.initialize(model.fit(given, labels), background=given).session.space
        found = cells_of_rows(space, given)
        assert found.tolist() == [situate(space, row).cells.tolist() for row in given]
        assert cells_of_rows(space, given[:0]).shape == (0, len(space.attributes))
