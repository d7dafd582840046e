"""The fewest items where each tree tests one attribute: a prefix of the sorted losses, instead of a search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...engine.arrays import I64, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.additive import (
    Adds,
    Kept,
    Margins,
    adds_of,
    best_cells,
    fewest_changed,
    fewest_kept,
    margins_of,
)
from ...engine.ensembles.answers import NONE
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView
from .core import ForestCore
from .fewest import Change

METHOD = "greatest losses first"


class Prefix(NamedTuple):
    """What is known of the fewest items of a sufficient reason.

    Attributes
    ----------
    lower : int
        No sufficient reason has fewer.
    kept : ndarray of bool or None
        One that has so many; None if it takes a search.
    """

    lower: int = 0
    kept: Bools | None = None


def shortest_prefix(answers: ForestCore, view: AnyView, deadline: Deadline) -> Prefix:
    """Return the fewest items to keep, if items are free of each other and each tree tests one attribute."""
    found = _margins(answers, view)
    if found is None:
        return Prefix()
    kept = fewest_kept(found[1], ~view.full)
    return Prefix() if kept is None else _tried(view, kept, deadline)


def _tried(view: AnyView, kept: Kept, deadline: Deadline) -> Prefix:
    """Return the first set that holds, by the model's own arithmetic where whole numbers do not tell."""
    if kept.proved:
        return Prefix(kept.lower, kept.sets[0])
    return Prefix(kept.lower, next((one for one in kept.sets if view.answer(one, deadline) == NONE), None))


def shortest_change(answers: ForestCore, view: AnyView, deadline: Deadline) -> Change | None:
    """Return a change of the fewest items; None if it takes a search (also where there is none)."""
    found = _margins(answers, view)
    if found is None:
        return None
    adds, margins, item_of = found
    changed = fewest_changed(margins)
    if changed is None:
        return None
    question, allowed = view.question, _allowed(view, len(adds.worth))
    for column, items in changed.sets:
        moves = np.isin(item_of, items)
        point = np.where(moves, best_cells(adds, column, allowed), question.cells).astype(np.int32)
        if not question.bad(point):
            continue
        dropped = np.zeros(view.n_items, np.bool_)
        dropped[items] = True  # each of them moves, and no fewer do
        size = len(view.written_change(dropped))
        if size > changed.lower:
            dropped, point, _ = view.near(point, deadline)
            size = len(view.written_change(dropped))
        if size <= changed.lower:
            return Change(dropped, point, size, size)
    return None


def _margins(answers: ForestCore, view: AnyView) -> tuple[Adds, Margins, I64] | None:
    """Return what cells add, the margins of the instance by items, and the item of each attribute."""
    question = view.question
    columns = question.columns
    if columns.goal is not None or (columns.together and len(columns.need) > 1) or question.layout.n_clauses:
        return None
    trees = answers.apart
    if trees is None:
        return None
    item_of = _items_of_attributes(view)
    if item_of is None:
        return None
    adds: Adds = answers.form(("adds", id(columns)), lambda: (adds_of(trees, columns), columns))[0]
    whole = _is_whole(view)
    most = adds.most if whole else _most(adds, _allowed(view, len(adds.worth)))
    return adds, margins_of(adds, columns, question.cells, most, item_of, view.n_items), item_of


def _items_of_attributes(view: AnyView) -> I64 | None:
    """Return the item of each attribute (-1: none); None if an attribute may be kept in part."""
    if isinstance(view, FeatureView):
        return np.asarray(view.item_of, np.int64)
    layout = view.question.layout
    if not (layout.interval.all() and (layout.n_cells <= 2).all()):
        return None
    item_of = np.full(layout.n_attributes, -1, np.int64)
    item_of[view.owner] = np.arange(view.n_items)
    return item_of


def _is_whole(view: AnyView) -> bool:
    outer, layout = view.outer, view.question.layout
    return not (outer.lo.any() or outer.barred.any() or (outer.hi < layout.n_cells - 1).any())


def _allowed(view: AnyView, most_cells: int) -> Bools:
    """Return which cells the attributes may have in the outer box, shape (n_most_cells, n_attributes)."""
    outer, layout = view.outer, view.question.layout
    cell = np.arange(most_cells)[:, None]
    allowed: Bools = (cell >= outer.lo) & (cell <= outer.hi) & (cell < layout.n_cells)
    for a in np.nonzero(~layout.interval)[0].tolist():
        begin, end = int(layout.cell_base[a]), int(layout.cell_base[a + 1])
        allowed[: end - begin, a] &= outer.barred[begin:end] == 0
    return allowed


def _most(adds: Adds, allowed: Bools) -> I64:
    most: I64 = np.where(allowed[:, :, None], adds.worth, np.iinfo(np.int64).min).max(axis=0)
    return most
