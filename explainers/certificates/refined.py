"""Boxes so fine that the checker follows them: it takes each test in a box by itself.

The core knows which values of a category, or of a group of columns, are left in a box, and which leaves of a tree they
reach together. The checker knows of each condition whether it can be true there, and whether it can be false. Where a
path asks several such conditions of one feature that is less: the box is split by them until it is enough.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.space import Space
from ...engine.reasons.certified import look_at_time
from . import suffice_check
from .boxes import Boxes
from .suffice_check import AT_ONCE, BOUND, CLAUSE, SUM, Way

Part = tuple[int, int, int, int]  # what is written in the walk (0: a leaf), its kind, its way, its bound


class Refined(suffice_check.Checker):
    """Looks at trees of boxes as the checker does, and splits what it does not follow.

    Parameters
    ----------
    domain, model : Domain, Model
        Those of the checker.
    tests : sequence of int
        Conditions, from 0, of which a path may ask several that say something together.
    deadline : Deadline
        When to stop.
    """

    def __init__(self, domain: Any, model: Any, tests: Sequence[int], deadline: Deadline) -> None:  # there is no file
        self.domain, self.model, self.tests, self.deadline = domain, model, tests, deadline
        self.clauses: list[Any] = []

    def refined(self, literals: I32, route: list[Way], boxes: Boxes, clauses: Sequence[Sequence[int]]) -> Boxes:
        """Return boxes that the checker follows, of all that satisfies literals; `clauses` hold of all rows."""
        self.clauses = [np.array(clause, np.int64) for clause in clauses]
        whole = self.part(self.domain.whole, *literals.tolist())
        walked = suffice_check.walk(boxes.split, whole, lambda one, v: [self.part(one, v), self.part(one, -v)], 1)
        finer: dict[int, list[Part]] = {}
        for first in range(0, len(boxes.kind), AT_ONCE):
            look_at_time(self.deadline)
            some, place = list(islice(walked, AT_ONCE)), slice(first, first + AT_ONCE)
            told = boxes.kind[place], boxes.way[place], boxes.bound[place]
            for i in np.nonzero(self.poor(np.stack([can for can, _ in some], axis=2), *told, route))[0].tolist():
                leaf = 0, int(told[0][i]), int(told[1][i]), int(told[2][i])
                finer[first + i] = list(self.finer(some[i], leaf, route))
        return replaced(boxes, finer) if finer else boxes

    def finer(self, box: Any, leaf: Part, route: list[Way]) -> Iterator[Part]:
        """Yield a walk through a box that is split until the checker follows what a leaf says of it."""
        kinds, ways, bounds = (np.array([part]) for part in leaf[1:])
        stack = [box]
        while stack:
            can, left = stack.pop()
            look_at_time(self.deadline)
            if not all(points.any() for points in left):
                yield 0, CLAUSE, 0, 0  # no row is there
                continue
            test = next((v for v in self.tests if can[0, v] and can[1, v]), None)
            if test is not None and self.poor(can[:, :, None], kinds, ways, bounds, route)[0]:
                yield test + 1, 0, 0, 0
                stack += [self.part((can, left), -test - 1), self.part((can, left), test + 1)]
            else:
                yield leaf

    def poor(self, can: Any, kinds: Any, ways: Any, bounds: Any, route: list[Way]) -> Bools:
        """Return which leaves the checker would not follow, of boxes `can`, shape (2, conditions, leaves)."""
        out, every = np.zeros(len(kinds), np.bool_), np.arange(len(self.model.values))
        for k in np.unique(ways[kinds == BOUND]).tolist():
            here = (kinds == BOUND) & (ways == k)
            reached = route[k].offset + self.model.reach(can[:, :, here], route[k].worth).sum(axis=0)
            out[here] = reached > bounds[here]
        if (here := kinds == SUM).any():
            out[here] = (self.model.reach(can[:, :, here], every) != -self.model.reach(can[:, :, here], -every)).any(
                axis=0
            )
        for i in np.nonzero(kinds == CLAUSE)[0]:
            met = (can[(clause > 0).astype(int), np.abs(clause) - 1, i].any() for clause in self.clauses)
            out[i] = can[:, :, i].any(axis=0).all() and all(met)
        return out


def asked_together(space: Space) -> list[int]:
    """Return the conditions on features without an order, of which a path may ask several."""
    return [int(v) for one in space.attributes if not one.interval and len(one.variables) > 1 for v in one.variables]


def replaced(boxes: Boxes, finer: dict[int, list[Part]]) -> Boxes:
    """Return a tree of boxes with walks in place of some leaves."""
    at, first = np.nonzero(boxes.split == 0)[0], 0
    splits: list[Any] = []
    leaves: list[Any] = []
    done = 0
    for leaf, walk in sorted(finer.items()):
        splits += [boxes.split[first : at[leaf]], np.array([part[0] for part in walk], np.int32)]
        mine = np.array([part[1:] for part in walk if not part[0]], np.int64)
        leaves += [_told(boxes, slice(done, leaf)), mine]
        first, done = int(at[leaf]) + 1, leaf + 1
    kind, way, bound = np.concatenate([*leaves, _told(boxes, slice(done, None))]).T
    split = np.concatenate([*splits, boxes.split[first:]]).astype(np.int32)
    return Boxes(split, kind.astype(np.int32), way.astype(np.int32), bound.copy())


def _told(boxes: Boxes, place: slice) -> Any:
    return np.stack([part[place].astype(np.int64) for part in (boxes.kind, boxes.way, boxes.bound)], axis=1)
