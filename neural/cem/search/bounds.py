"""How many prediction calls a search takes at most: known before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .objective import Objective
from .problem import Problem
from .refine import APPROACH, ROUNDS, SHRINKS
from .solve import SHORT_ROUNDS, SIDE_ROUNDS, SIDE_TURNS
from .starts import ALL_SIDES, MOST_CLASSES, MOST_GROUPS, MOST_SIDES
from .verify import NUDGES


@dataclass(frozen=True)
class Size:
    """What the bound depends on."""

    rows: int
    batch: int
    features: int
    width: int
    sided: int
    classes: int
    groups: int
    moves: int

    @staticmethod
    def of(problem: Problem, wanted: np.ndarray[Any, Any], batch: int) -> Size:
        """Read the size of a problem."""
        groups = problem.groups
        return Size(
            rows=len(problem),
            batch=batch,
            features=int(problem.free.any(dim=0).sum()),
            width=problem.free.shape[1],
            sided=int((problem.far_lo <= problem.far_hi).any(dim=0).sum()),
            classes=min(MOST_CLASSES, int(wanted.sum(axis=1).max())),
            groups=0 if groups is None else len(groups.columns),
            moves=0 if groups is None else len(groups.moves()),
        )


def most_calls(size: Size, objective: Objective) -> int:
    """Return an upper bound of the prediction calls of one search, its verification included.

    Each iteration of FISTA asks for one slope and one score of the rows under way; rows that leave are replaced, so
    there are at most ``rows * rounds / batch + rounds`` of them. Refinements are counted one by one: sharing calls only
    lowers their number.
    """
    settings, scorer = objective.settings, objective.scorer
    under_way = min(size.batch, size.rows)
    rounds = settings.c_steps * settings.max_iterations
    loops = -(-size.rows * rounds // size.batch) + rounds
    each = scorer.most_slope_calls(under_way, size.features) + scorer.most_score_calls(under_way)
    calls = loops * each + 2 * scorer.most_score_calls(size.rows) * (len(NUDGES) + 3)
    calls += scorer.most_slope_calls(size.rows, size.width)
    if not settings.refine:
        return calls
    slope, score = scorer.most_slope_calls(1, size.features), scorer.most_score_calls(1)
    sides = (1 << min(size.sided, ALL_SIDES)) + 1
    prefixes = min(MOST_GROUPS, size.groups)
    starts = size.classes * (sides + prefixes)
    a_row = slope * ROUNDS + starts * slope * (ROUNDS + APPROACH + 1) + size.classes * slope * SHORT_ROUNDS
    a_row += SIDE_TURNS * (min(MOST_SIDES, size.sided) + size.groups) * SIDE_ROUNDS * slope
    a_row += score * (SHRINKS + 2 + prefixes * (1 + size.moves))
    return calls + size.rows * a_row
