"""The trees of a pipeline in the original columns."""

from __future__ import annotations

import numpy as np

from ...engine.domain.conditions import Reading
from ...engine.domain.theory import Feature, Kind, bounded
from ..assembly.growth import Grown, grow_many
from ..assembly.members import Parts
from ..assembly.node_tests import LIMIT, Spoken, Tests
from ..columns.coded_columns import CodeColumn, NumberColumn
from .conditions import code_tests, number_tests
from .probe import Probe
from .sources import Survey

_FAR = 1e299  # numbers beyond it are as good as any


def grown_in_sources(
    parts: Parts, probe: Probe, found: Survey, reading: Reading, plain: bool
) -> tuple[Grown, list[tuple[int, int]]]:
    """Return the trees in the original columns, and the (tree, node) of the model that each leaf row stands for."""
    numbers, limits, above = number_tests(parts.members, probe, found, reading, plain=plain)
    for source, (low, high) in limits.items():
        found.columns[source] = NumberColumn(low, high, probe.plan.sources[source].partial)
    spoken = Spoken(LIMIT + sum(len(member.left) for member in parts.members))
    walks = [
        Tests(member, {**tests, **code_tests(member, probe.plan, found)}, found.missing, spoken, above)
        for member, tests in zip(parts.members, numbers, strict=True)
    ]
    grown = grow_many(
        [walk.root for walk in walks], lambda t, place: walks[t].split_of(place), reading, missing=found.missing
    )
    return grown, [(t, Tests.place(place)) for t, place in grown.leaves]


def features_of(names: tuple[str, ...], found: Survey) -> tuple[Feature, ...]:
    """Return what the original columns are: numbers, or categories."""
    features = []
    for c, (name, column) in enumerate(zip(names, found.columns, strict=True)):
        if isinstance(column, CodeColumn):
            features.append(
                Feature(name, Kind.CATEGORICAL, (c,), tuple(float(code) for code in range(len(column.tokens))))
            )
        else:
            number = Feature(name, Kind.NUMERICAL, (c,))
            if isinstance(column, NumberColumn) and column.partial:
                number = bounded(number, *(end if abs(end) < _FAR else np.sign(end) * np.inf for end in column.ends))
            features.append(number)
    return tuple(features)
