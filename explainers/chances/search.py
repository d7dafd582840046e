"""Small sets that hold with a chance of at least delta: by dropping, and the smallest ones by trying all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import NONE, UNKNOWN
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import LiteralView, importance_order
from .weighing import Weighing

_QUICK = 20_000  # boxes for a set in a first round, in which what takes more stays
_GLANCE = 256  # boxes for a set that may be the next one while one grows


class FoundSet(NamedTuple):
    """A set of items.

    Attributes
    ----------
    kept : ndarray of bool or None
        The set; None where there is none, or it is not known.
    proved : bool
        Whether it is proved that nothing can be weakened (of a smallest one: that no smaller set does; of none: that
        there is none).
    lower : int
        Of a smallest one: how many items it has at least.
    """

    kept: Bools | None
    proved: bool
    lower: int = 0


def locally_minimal(weighing: Weighing, delta: Fraction, deadline: Deadline) -> FoundSet:
    """Return a set that reaches delta, and does no longer where any of it is weakened by one step.

    Notes
    -----
    A chance may rise when something is dropped, so that the set need not be one of the smallest. It begins with a
    sufficient reason, and drops what matters least first: a whole bound, else as much of it as can be.
    """
    view = weighing.view
    order = importance_order(view, deadline)
    start = _start(weighing, delta, order, deadline)
    if start.kept is None:
        return start
    found = _weakened(weighing, start.kept, order, delta, deadline)
    if not deadline.expired():
        grown = _grown(weighing, delta, order, deadline)
        other = None if grown is None else _weakened(weighing, grown, order, delta, deadline)
        if other is not None and _better(weighing, other, found):
            return other
    return found


def _better(weighing: Weighing, one: FoundSet, other: FoundSet) -> bool:
    sizes = [len(weighing.view.written(found.kept)) for found in (one, other) if found.kept is not None]
    return (not one.proved, sizes[0]) < (not other.proved, sizes[1])


def _grown(weighing: Weighing, delta: Fraction, order: I32, deadline: Deadline) -> Bools | None:
    """Return a set that reaches delta, grown from nothing by the feature that seems to raise the chance most.

    Few rows agree with much that is kept: what begins with all of it ends where one row is left.
    """
    view = weighing.view
    kept = view.closed(np.zeros(view.n_items, np.bool_))
    groups = [_items_of(weighing, group) for group in order.tolist()]
    while not weighing.reaches(kept, delta, deadline, _QUICK):
        best: tuple[tuple[Fraction, int], Bools] | None = None
        for items in groups:
            if deadline.expired():
                return None
            larger = kept.copy()
            larger[items] = True
            larger = view.closed(larger & view.full)
            if (larger == kept).all():
                continue
            shared = weighing.share(larger, deadline, None, _GLANCE)
            rank = (shared.weighed.lower + shared.weighed.upper, shared.agree or 0)
            if shared.weighed.defined and (best is None or rank > best[0]):
                best = rank, larger
        if best is None:
            return None
        kept = best[1]
    return kept


def _items_of(weighing: Weighing, group: int) -> np.ndarray:
    """Return the items of a group: a feature, or the literals of an attribute."""
    view = weighing.view
    if isinstance(view, FeatureView):
        return np.array([group])
    base = view.space.element_base
    return np.arange(int(base[group]), int(base[group + 1]))


def _weakened(weighing: Weighing, kept: Bools, order: I32, delta: Fraction, deadline: Deadline) -> FoundSet:
    """Return what is left of a set that reaches delta once nothing of it can be weakened by a step."""
    view = weighing.view
    changed = True
    while changed and not deadline.expired():
        before = kept
        for group in order.tolist():
            kept = _without_group(weighing, kept, group, delta, deadline)
        changed = bool((before != kept).any())
    while True:
        rest, sure = None, True
        for rest in view.lesser(kept):
            reached = None if deadline.expired() else weighing.reaches(rest, delta, deadline)
            if reached:
                break
            sure = sure and reached is not None
        else:
            return FoundSet(kept, sure)
        kept = rest


def _start(weighing: Weighing, delta: Fraction, order: I32, deadline: Deadline) -> FoundSet:
    """Return a set to begin with: a sufficient reason, or all that may be kept."""
    view, full = weighing.view, weighing.view.full
    code = view.answer(full, deadline.with_grace())
    if code == NONE:
        kept, _ = view.shrink(full, order, deadline)
        return FoundSet(kept, True)
    reached = None if code == UNKNOWN and deadline.expired() else weighing.reaches(full, delta, deadline.with_grace())
    if reached:
        return FoundSet(full, True)
    return smallest(weighing, delta, None, deadline)  # what is not monotone may still have a smaller set that does


def _without_group(weighing: Weighing, kept: Bools, group: int, delta: Fraction, deadline: Deadline) -> Bools:
    """Return a set of which as little as can be is kept of a feature, or of one attribute's literals."""
    view = weighing.view
    if isinstance(view, FeatureView):
        if not kept[group]:
            return kept
        return _tried(weighing, kept, np.array([group]), delta, deadline)
    mine = _items_of(weighing, group)
    own = mine[kept[mine]]
    if not len(own):
        return kept
    rest = _tried(weighing, kept, own, delta, deadline)
    if rest is not kept or not view.space.interval[group]:
        return rest
    for side in (own[view.below[own]][::-1], own[~view.below[own]]):  # strongest bound first
        left, step = side, len(side)
        while step and len(left):
            rest = _tried(weighing, kept, left[:step], delta, deadline)
            if rest is kept:
                step //= 2
            else:
                kept, left = rest, left[step:]
                step = min(step, len(left))
    return kept


def _tried(weighing: Weighing, kept: Bools, dropped: np.ndarray, delta: Fraction, deadline: Deadline) -> Bools:
    """Return a set without some items if it still reaches delta, else itself."""
    rest = kept.copy()
    rest[dropped] = False
    rest = weighing.view.closed(rest)
    if (rest == kept).all() or deadline.expired():
        return kept
    return rest if weighing.reaches(rest, delta, deadline, _QUICK) else kept


def smallest(weighing: Weighing, delta: Fraction, known: Bools | None, deadline: Deadline) -> FoundSet:
    """Return a set of the fewest items (as they are written) that reaches delta.

    Parameters
    ----------
    known : ndarray of bool or None
        A set that does.

    Notes
    -----
    All sets of no item, of one, of two, … are tried: chances are not monotone, so that no other proof is at hand.
    """
    view = weighing.view
    most = int(view.full.sum()) if known is None else len(view.written(known)) - 1
    for size in range(most + 1):
        sure = True
        for kept in sets_of(weighing, size):
            reached = None if deadline.expired() else weighing.reaches(kept, delta, deadline)
            if reached:
                return FoundSet(kept, sure, size)
            if reached is None:
                sure = False
                if deadline.expired():
                    return FoundSet(known, False, size)
        if not sure:
            return FoundSet(known, False, size)
    return FoundSet(known, True, most + 1)


def sets_of(weighing: Weighing, size: int) -> Iterator[Bools]:
    """Yield the closed sets that are written with so many items."""
    view = weighing.view
    full = view.full
    seen: set[bytes] = set()
    for chosen in itertools.combinations(np.flatnonzero(full).tolist(), size):
        kept = np.zeros(len(full), np.bool_)
        kept[list(chosen)] = True
        if isinstance(view, LiteralView):
            if not _apart(view, chosen):
                continue
            kept = view.closed(kept)
            key = kept.tobytes()
            if key in seen or len(view.written(kept)) != size:
                continue
            seen.add(key)
        yield kept


def _apart(view: LiteralView, chosen: tuple[int, ...]) -> bool:
    """Tell whether no two items are bounds of one number on the same side: one of them would be implied."""
    sides = [(int(view.owner[i]), bool(view.below[i])) for i in chosen if view.space.interval[view.owner[i]]]
    return len(set(sides)) == len(sides)
