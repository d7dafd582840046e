"""Smallest and nearest changes of a forest's outcome."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ..engine.budget import Deadline
from ..engine.ensemble_enumerate import enumerate_items
from ..engine.ensemble_views import AnyView
from ..engine.kernels import F64, I32, I64, Bools
from ..engine.status import Stop


@dataclass(frozen=True, slots=True, eq=False)
class Fewest:
    """A smallest change: the dropped set, its counterexample, its size and a proved lower bound of all sizes."""

    dropped: Bools
    point: I32
    size: int
    lower: int
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """A nearest change: the dropped set, its counterexample, its cost and a proved lower bound of all costs."""

    dropped: Bools
    point: I32
    cost: float
    lower: float


def fewest_changes(view: AnyView, deadline: Deadline) -> Fewest | None:
    from .backends import DEFAULT_SAT
    from .forest_reasons import open_map_on

    best = None
    for found in enumerate_items(view, partial(open_map_on, DEFAULT_SAT), deadline):
        if not found.sufficient:
            size = len(view.written_change(found.items))
            if best is None or size < best[0]:
                best = (size, found.items, found.point)
    if best is None:
        return None
    lower = best[0] if deadline.stop is Stop.NONE else 1
    return Fewest(best[1], best[2], best[0], lower, "enumeration")


def nearest_change(view: AnyView, at: I64, costs: F64, deadline: Deadline) -> Nearest | None:
    raise NotImplementedError
