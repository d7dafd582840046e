"""What is plausible by data: within its box, and in leaves that hold enough of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.domain.attributes import options_of
from ...engine.domain.theory import Feature, Kind
from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole
from ...engine.models.ensembles import EnsembleArrays
from ...engine.plans.parts import Column, Part
from .axes import Room

if TYPE_CHECKING:
    from .planning import Plans

WITHIN, SUPPORT, DENSITY, SLACK = "within_data", "support", "density", "slack"  # names of constraints


def narrow(rooms: Sequence[Room], features: Sequence[Feature], data: F64 | None, row: F64) -> None:
    """Let changed values lie within the box of the data."""
    if data is None:
        raise BadInputError("within_data is taken from rows: give data=")
    for room, feature in zip(rooms, features, strict=True):
        seen = data[:, list(feature.columns)]
        known = seen[~np.isnan(seen).any(axis=1)]
        if not len(known):
            room.still = True
        elif feature.kind in (Kind.NUMERICAL, Kind.INTEGER) or feature.listed:
            room.low = max(room.low, float(known.min()))
            room.high = min(room.high, float(known.max()))
        else:
            options = options_of(feature)
            there = (options[:, None, :] == known[None, :, :]).all(axis=2).any(axis=1)
            room.moves = there if room.moves is None else room.moves & there


def support_of(value: Any) -> int:
    """Return how many rows leaves have to hold, as a user says it."""
    if not is_whole(value) or value < 0:
        raise BadInputError(f"support={shown(value)}: expected how many rows a leaf holds, a whole number from 0")
    return int(value)


def with_support(asked: Plans, parts: Sequence[Part]) -> list[Part]:
    """Return parts that only reach leaves with enough rows of the data."""
    found = []
    for part in parts:
        column = Column(few_rows(asked, part.trees), 0, 0)
        found.append(replace(part, ways=tuple((*way, column) for way in part.ways)))
    return found


def few_rows(asked: Plans, trees: EnsembleArrays) -> I64:
    """Return -1 for each leaf that holds too few rows of the data, else 0."""
    data = asked.data
    if data is None:
        raise BadInputError("support is taken from rows: give data=")
    truths = asked.once("truths", lambda: [asked.session.space.truth(row) for row in data])
    held = asked.once("held", partial(_held, trees, truths), trees)
    return np.where(held < asked.least_support, -1, 0).astype(np.int64)


def _held(trees: EnsembleArrays, truths: Sequence[Bools]) -> I64:
    """Return how many rows each leaf holds."""
    held: I64 = np.zeros(trees.n_leaves, np.int64)
    for truth in truths:
        np.add.at(held, trees.leaves_at(truth), 1)
    return held
