"""The moves of a universe are what moving one feature to another cell takes back."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer
from suffice.engine.oracles.universe import literal_universe, mask_of


@pytest.mark.parametrize("skipped", [frozenset(), frozenset({1})])
def test_moves_are_those_of_each_cell(skipped):
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(300, 3))  # more thresholds than are looked at together
    model = RandomForestClassifier(8, random_state=0).fit(rows, rows.sum(axis=1) > 0)
    here = Explainer.initialize(model, rows[0]).session.here
    universe = literal_universe(here, skipped)
    place = {v: e for e, v in enumerate(universe.names)}
    moves = []
    for number, attribute in enumerate(here.space.attributes):
        if attribute.feature in skipped:
            continue
        truth, own = attribute.truth_table(), here.cells[number]
        changed = [
            mask_of(place[int(v)] for v in attribute.variables[truth[:, cell] != truth[:, own]])
            for cell in range(attribute.n_cells)
        ]
        moves += sorted({move for move in changed if move}, key=lambda move: (move.bit_count(), move))
    assert len(moves) > 100
    assert universe.moves == tuple(moves)
