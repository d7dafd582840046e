"""Boxes of a reason that is given: how far its features may move as long as the decision holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, UNKNOWN
from ...engine.ensembles.cheapest.boxes import Heaviest, Weighing, allowed_cells, heaviest_box, ranges_of, weight_of
from ...engine.ensembles.layout import elements_of_conditions
from ...engine.ensembles.views.literals import LiteralView, importance_order
from ...engine.errors import BadInputError, shown

if TYPE_CHECKING:
    from .asked_checks import Given


def narrowed(view: LiteralView, given: Given, name: Any, deadline: Deadline) -> Bools:
    """Let a view keep literals on the features of a reason only, and return those that the reason keeps.

    Raises
    ------
    BadInputError
        If the reason does not force the outcome.
    UndecidedError
        If time was up before this was known.
    """
    space = view.space
    kept = np.zeros(view.n_items, np.bool_)
    if given.per_feature:
        features = set(map(_index_of(view), given.items))
    else:
        element = elements_of_conditions(space)[0]
        features = {int(space.attributes[int(space.attribute_of[abs(v) - 1])].feature) for v in given.items}
        chosen = [int(element[abs(v) - 1]) for v in given.items]
        kept[[e for e in chosen if e >= 0]] = True
    view.banned = view.banned | ~np.array([a.feature in features for a in space.attributes], dtype=np.bool_)
    start = view.full if given.per_feature else view.closed(kept)
    code = view.answer(start, deadline.with_grace())
    if code == FOUND:
        raise BadInputError(
            f"reason={shown(name)} does not force the decision: expected a reason that does, see is_reason"
        )
    if code == UNKNOWN:
        raise deadline.undecided("whether the reason forces the decision")
    return start


def _index_of(view: LiteralView) -> Any:
    """Return what tells the number of a feature by its name."""
    places = {feature.name: i for i, feature in enumerate(view.space.features)}
    return lambda item: places[item] if item in places else int(item) - 1


def inflated_box(
    view: LiteralView, weighing: Weighing, start: Bools, per_feature: bool, deadline: Deadline
) -> Heaviest:
    """Return the heaviest box around the row (`per_feature`), or around the box of a set of literals that holds.

    Where weights are whole numbers, cells of the given box count more than all others together, so that the heaviest
    box has all of them; other weights are proved only where the given box cannot grow at all.
    """
    kept, maximal = view.shrink(start, importance_order(view, deadline), deadline)
    if per_feature:
        return heaviest_box(view, weighing, kept, deadline)
    inner = _masses(view, start)
    own = float(weighing.mass.sum() * weighing.scale.max(initial=0.0)) + 1.0
    if weighing.whole and own * len(inner) < 2.0**50:
        scale = np.repeat(weighing.scale, np.diff([*weighing.first, len(weighing.mass)]))
        told = Weighing(weighing.mass * scale + own * inner, weighing.first, np.ones(len(weighing.scale)), False, True)
        found = heaviest_box(view, told, kept, deadline)
        weight = weight_of(view, found.kept, weighing)
        return found._replace(weight=weight, bound=weight if found.proved else found.bound - own * float(inner.sum()))
    weight = weight_of(view, kept, weighing)
    alone = maximal and bool((kept == start).all())
    return Heaviest(kept, maximal, weight, weight if alone else _all(view, weighing), alone)


def _masses(view: LiteralView, kept: Bools) -> F64:
    """Return 1 for each cell of the box of some literals, else 0, attribute after attribute."""
    view.place(kept)
    parts = []
    for a, (low, high) in enumerate(zip(*ranges_of(view), strict=True)):
        count = view.space.attributes[a].n_cells
        inside = np.arange(count)
        parts.append(
            ((inside >= low) & (inside <= high)) if view.space.interval[a] else allowed_cells(view, a, kept)[:count]
        )
    return np.concatenate(parts).astype(np.float64) if parts else np.zeros(0)


def _all(view: LiteralView, weighing: Weighing) -> float:
    """Return what a box of all inputs weighs, which no box exceeds."""
    return weight_of(view, np.zeros(view.n_items, np.bool_), weighing)
