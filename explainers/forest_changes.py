"""What contrastive questions on forests allow: immutable and monotone features, distances in feature units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..engine.ensemble_narrow import Outer
from ..engine.ensemble_views import outer_box
from ..engine.errors import BadInputError, shown
from ..engine.kernels import F64, I64

if TYPE_CHECKING:
    from .forest_core import ForestCore

_UP, _DOWN = ("increasing", "up", 1), ("decreasing", "down", -1)


def outer_of(explainer: ForestCore, immutable: Iterable[Any], monotone: Mapping[Any, Any] | None) -> Outer:
    """Return the box of what may change: excluded and immutable features stay, monotone ones move one way.

    Raises
    ------
    BadInputError
        If a name is unknown, a direction is none, or a feature with a direction is no number.
    """
    if isinstance(immutable, (str, int, np.integer)):
        immutable = [immutable]
    try:
        still = {explainer._feature_index(name) for name in immutable} | set(explainer._excluded)
    except TypeError:
        raise BadInputError(f"immutable={shown(immutable)}: expected a list of feature names") from None
    up: list[int] = []
    down: list[int] = []
    if monotone is not None and not isinstance(monotone, Mapping):
        raise BadInputError(f"monotone={shown(monotone)}: expected a mapping such as {{'age': 'increasing'}}")
    for name, way in (monotone or {}).items():
        feature = explainer._feature_index(name)
        if explainer._space.theory is None:
            raise BadInputError(f"monotone={{{name!r}: …}} needs the theory: with it off, features have no order")
        if way not in _UP and way not in _DOWN:
            raise BadInputError(f"monotone[{name!r}]={way!r}: expected 'increasing' or 'decreasing'")
        if len(explainer.features[feature].columns) > 1 or explainer.features[feature].kind.value == "categorical":
            raise BadInputError(f"monotone[{name!r}]: a category has no order; use immutable=[{name!r}] to keep it")
        attributes = [a for a, t in enumerate(explainer._space.attributes) if t.feature == feature]
        for a in attributes:
            _one_way(explainer, a, way in _UP, up, down, still)
    fixed = explainer._attributes_of(still)
    return outer_box(explainer._layout, explainer._here.cells, fixed, up, down)


def _one_way(explainer: ForestCore, a: int, rising: bool, up: list[int], down: list[int], still: set[int]) -> None:
    """Note the direction of an attribute; a listed one (missing values) keeps its place where it has no order."""
    attribute = explainer._space.attributes[a]
    if not attribute.interval:
        raise BadInputError(
            f"monotone[{explainer.features[attribute.feature].name!r}]: expected a number that is only compared by "
            "order; this one may be missing, or is tested for equality: use immutable to keep it as it is"
        )
    increasing = _increasing(explainer, a)
    (up if rising == increasing else down).append(a)


def _increasing(explainer: ForestCore, a: int) -> bool:
    """Tell whether cells of greater number hold greater values."""
    attribute = explainer._space.attributes[a]
    row = explainer._here.row
    column = explainer.features[attribute.feature].columns[0]
    low = attribute.nearest(0, row).get(column, 0.0)
    return low <= attribute.nearest(attribute.n_cells - 1, row).get(column, 0.0)


def cell_costs(explainer: ForestCore, weights: F64) -> tuple[I64, F64]:
    """Return where each attribute's costs begin, and the cost of its cells: the weighted distance of the nearest value.

    A changed category (or one that is missing on one side) counts as one unit.
    """
    space, situation = explainer._space, explainer._here
    at = [0]
    costs: list[float] = []
    for a, attribute in enumerate(space.attributes):
        for cell in range(attribute.n_cells):
            changed = attribute.nearest(cell, situation.row) if cell != situation.cells[a] else {}
            costs.append(_distance(explainer, attribute.feature, changed, situation.row, weights))
        at.append(len(costs))
    return np.array(at, np.int64), np.array(costs)


def _distance(explainer: ForestCore, feature: int, changed: dict[int, float], row: F64, weights: F64) -> float:
    declared = explainer.features[feature]
    moved = {c: v for c, v in changed.items() if v != row[c] and not (np.isnan(v) and np.isnan(row[c]))}
    if not moved:
        return 0.0
    if len(declared.columns) > 1 or declared.kind.value == "categorical":
        return float(np.mean([weights[c] for c in declared.columns]))
    return float(sum(weights[c] * (1.0 if np.isnan(v - row[c]) else abs(v - row[c])) for c, v in moved.items()))
