"""What every sufficient reason of a forest contains."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ...engine.arrays import Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import FOUND, UNKNOWN
from ...engine.ensembles.views.literals import AnyView, LiteralView


def necessary_items(view: AnyView, kept: Bools, deadline: Deadline) -> bool:
    """Mark in `kept` what every sufficient reason contains; return whether all of it was found in time.

    An item is necessary if the largest closed sets without it fail. Of the cuts on one side of a number the farther
    ones are necessary if a nearer one is, so the nearest one is found by halving.
    """
    for chain in _chains(view):
        near, far = -1, len(chain)  # the last that is not necessary, the first that is
        place = far - 1
        while far - near > 1:
            code = _necessary(view, chain[place], deadline)
            if code == UNKNOWN:
                break
            if code == FOUND:
                far = place
            else:
                near = place
            place = (near + far) // 2
        kept[chain[far:]] = True
        if far - near > 1:
            return False
    return True


def _necessary(view: AnyView, item: int, deadline: Deadline) -> int:
    """Return FOUND if all of the largest closed sets without an item fail; UNKNOWN if time is up."""
    code = FOUND  # what all values of the domain satisfy is in every closed set
    for rest in view.without(item):
        if deadline.expired():
            return UNKNOWN
        code = view.answer(rest, deadline)
        if code != FOUND:
            break
    return code


def _chains(view: AnyView) -> Iterator[list[int]]:
    """Yield the items that may be kept: those on one side of a number together, the nearest one first."""
    full = view.full
    if not isinstance(view, LiteralView):
        yield from ([int(item)] for item in np.nonzero(full)[0])
        return
    for a in range(len(view.space.attributes)):
        items = np.arange(view.space.element_base[a], view.space.element_base[a + 1])
        items = items[full[items]]
        if not view.space.interval[a]:
            yield from ([int(item)] for item in items)
            continue
        for chain in (items[view.below[items]][::-1], items[~view.below[items]]):
            if len(chain):
                yield chain.tolist()
