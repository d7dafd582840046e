"""Boxes of cells in words: one statement a feature, true for exactly the values of the box."""

from __future__ import annotations

import numpy as np

from ...engine.arrays import Bools
from ...engine.domain.attributes import Attribute
from ...engine.domain.region import Region
from ...engine.domain.space import Space
from ..words.values import Values
from ..words.words import Words


def allowed_in(region: Region, attribute: Attribute, number: int) -> Bools:
    """Return which cells of an attribute a box allows."""
    if attribute.interval:
        place = np.arange(attribute.n_cells)
        inside: Bools = (place >= region.low[number]) & (place <= region.high[number])
        return inside
    return region.allowed[region.base[number] : region.base[number + 1]]


def box_words(words: Words, region: Region) -> tuple[str, ...]:
    """Return what a box says, in the order of the features; nothing of features that are free in it."""
    said: list[tuple[int, str]] = []
    for number, attribute in enumerate(words.space.attributes):
        cells = allowed_in(region, attribute, number)
        if cells.all():
            continue
        feature = words.space.features[attribute.feature]
        told = words.statements.say(feature, _values(words, attribute, number, cells))
        if told is not None:
            said.append((attribute.feature, told))
    return tuple(text for _, text in sorted(said))


def _values(words: Words, attribute: Attribute, number: int, cells: Bools) -> Values:
    """Return the values of some cells."""
    scale = words.statements.scale(words.space.features[attribute.feature])
    if attribute.interval:
        return scale.all_of(words.vocabulary.condition(v) for v in _ends(words.space, attribute, number, cells))
    found: Values | None = None
    for cell in np.nonzero(cells)[0].tolist():
        signs = np.where(attribute.truth[:, cell], 1, -1) * (attribute.variables + 1)
        values = scale.all_of(words.vocabulary.condition(int(literal)) for literal in signs)
        found = values if found is None else scale.join(found, values)
    assert found is not None, "a box has a cell of each attribute"
    return found


def _ends(space: Space, attribute: Attribute, number: int, cells: Bools) -> list[int]:
    """Return the literals that say from the first to the last cell of an attribute."""
    base = int(space.element_base[number])
    places = np.nonzero(cells)[0]
    first, last = int(places[0]), int(places[-1])
    above = [int(space.element_literal[base + first - 1])] if first else []
    return above + ([-int(space.element_literal[base + last])] if last + 1 < attribute.n_cells else [])
