"""A box that is swept at once is the box that is brought up to date node by node."""

import numpy as np
import pytest
from suffice.engine._native import Box, set_box, set_point, set_region, settle

from tests.engine.ensembles.change_cases import random_case


def _same(one, other):
    for name in ("lo", "hi", "barred", "side", "best", "bound"):
        left, right = getattr(one, name), getattr(other, name)
        assert (left == right).all() if name != "barred" else ((left == 0) == (right == 0)).all(), name


@pytest.mark.parametrize("seed", range(30))
def test_sweeps_and_walks_agree(seed):
    case, rng = random_case(seed), np.random.default_rng(seed)
    q, layout = case.question, case.layout
    walked, swept = (Box(layout, q.problem.columns, q.cells) for _ in range(2))
    for _ in range(6):
        kept = rng.random(len(case.space.element_literal)) < rng.random()
        set_box(layout, walked, q.cells, kept, False)
        set_box(layout, swept, q.cells, kept, True)
        settle(layout, swept, True)
        _same(walked, swept)
        ends = np.sort([rng.integers(0, layout.n_cells) for _ in range(2)], axis=0).astype(np.int32)
        allowed = rng.random(layout.n_listed_cells) < 0.5
        for a in np.nonzero(~layout.interval)[0]:
            allowed[layout.cell_base[a]] = True
        set_region(layout, walked, *ends, allowed, False)
        set_region(layout, swept, *ends, allowed, True)
        settle(layout, swept, True)
        _same(walked, swept)


@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_what_waits_is_settled_once(seed, whole):
    case, rng = random_case(seed), np.random.default_rng(seed)
    q, layout = case.question, case.layout
    steady, late = (Box(layout, q.problem.columns, q.cells) for _ in range(2))
    for _ in range(4):
        for _ in range(rng.integers(1, 12)):
            kept = rng.random(len(case.space.element_literal)) < rng.random()
            set_box(layout, late, q.cells, kept, True)
            if rng.random() < 0.5:
                set_point(layout, late, q.cells, True)
        set_box(layout, late, q.cells, kept, True)
        settle(layout, late, whole)
        set_box(layout, steady, q.cells, kept, False)
        _same(steady, late)
    point = rng.integers(0, layout.n_cells).astype(np.int32)
    set_point(layout, late, point, False)
    _same(Box(layout, q.problem.columns, point), late)
