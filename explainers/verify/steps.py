"""How questions about several bounds are asked: climb a while in all of them, search each quickly, then to the end."""

from __future__ import annotations

from collections.abc import Sequence

from ...engine import _native
from ...engine.budget import Deadline
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE, UNKNOWN
from ...engine.ensembles.question import EnsembleQuestion
from .hunt import Found

_CLIMBS = 24  # before a search for a proof begins
_QUICKLY = 2000  # nodes of the first search
_SEED = 1


def ask_all(todo: Sequence[tuple[Region, EnsembleQuestion]], deadline: Deadline, *, quickly: bool = False) -> Found:
    """Return a point in one of some boxes that answers a question there, or what is known (`quickly`: in moments)."""
    left = [one for one in todo if not one[0].empty]
    for step in (_climb, _quickly) if quickly else (_climb, _quickly, _answer):
        open_ones = []
        for box, question in left:
            question.set_region(box)
            code = step(question, deadline)
            if code == FOUND:
                return Found(FOUND, question.point.copy())
            if code == UNKNOWN:
                open_ones.append((box, question))
        left = open_ones
        if not left or deadline.expired():
            break
    return Found(UNKNOWN, None, len(todo) - len(left)) if left else Found(NONE)


def _climb(question: EnsembleQuestion, deadline: Deadline) -> int:
    if question.too_late(deadline):
        return UNKNOWN
    if _native.bounds_decide(question.problem.columns, question.box):
        return NONE
    if question.columns.goal is not None:  # its columns tell little of how near a point is
        return UNKNOWN
    return question.run(
        deadline, _native.climb, question.problem, question.box, question.guide, _SEED, _CLIMBS, question.work
    )


def _quickly(question: EnsembleQuestion, deadline: Deadline) -> int:
    work = question.work
    before, work.limit = work.limit, work.nodes + _QUICKLY
    try:
        return question.answer(deadline)
    finally:
        work.limit = before


def _answer(question: EnsembleQuestion, deadline: Deadline) -> int:
    return question.answer(deadline)
