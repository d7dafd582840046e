"""A box that is swept at once is the box that is brought up to date node by node."""

import numpy as np
import pytest
from suffice.engine.ensembles.question import EnsembleQuestion
from suffice.engine.ensembles.search.widen import set_box, set_region

from tests.engine.ensembles.change_cases import random_case


def _same(one, other):
    for name, left, right in zip(one._fields, one, other, strict=True):
        assert (left == right).all() if name != "barred" else ((left == 0) == (right == 0)).all(), name


@pytest.mark.parametrize("seed", range(30))
def test_sweeps_and_walks_agree(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    q = case.question
    walked, swept = (EnsembleQuestion(q.layout, q.sums, q.columns, q.cells) for _ in range(2))
    for _ in range(6):
        kept = rng.random(len(case.space.element_literal)) < rng.random()
        set_box(q.layout, walked.box, q.cells, kept, False)
        set_box(q.layout, swept.box, q.cells, kept, True)
        _same(walked.box, swept.box)
        ends = np.sort([rng.integers(0, q.layout.n_cells) for _ in range(2)], axis=0).astype(np.int32)
        allowed = rng.random(q.layout.n_listed_cells) < 0.5
        for a in np.nonzero(~q.layout.interval)[0]:
            allowed[q.layout.cell_base[a]] = True
        set_region(q.layout, walked.box, *ends, allowed, False)
        set_region(q.layout, swept.box, *ends, allowed, True)
        _same(walked.box, swept.box)
