"""What contrastive questions allow: immutable and monotone features, distances in feature units; for all families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.domain.instance import Situation
from ...engine.errors import BadInputError, shown
from ...engine.given import names_of
from ...engine.models.around import around_of
from ...engine.models.trees import LeafTable

if TYPE_CHECKING:
    from ..session.session import Session

DISTANCES = (None, "l1")
_UP, _DOWN = ("increasing", "up", 1), ("decreasing", "down", -1)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may change.

    Attributes
    ----------
    still : frozenset of int
        Features that stay as they are: excluded and immutable ones.
    up, down : tuple of int
        Attributes whose cell may only rise, or only fall.
    """

    still: frozenset[int]
    up: tuple[int, ...] = ()
    down: tuple[int, ...] = ()


def limits_of(
    session: Session[Any], immutable: Iterable[Any] = (), monotone: Mapping[Any, Any] | None = None
) -> Limits:
    """Return what may change: excluded and immutable features stay, monotone ones move one way.

    Raises
    ------
    BadInputError
        If a name is unknown, a direction is none, or a feature with a direction is no number.
    """
    if not immutable and not monotone:
        return Limits(session.excluded)
    named = names_of(immutable, "immutable")
    if monotone is not None and not isinstance(monotone, Mapping):
        raise BadInputError(f"monotone={shown(monotone)}: expected a mapping such as {{'age': 'increasing'}}")
    if around_of(session.compiled) is not None:  # words that this text's form does not have never change in it
        words = session.compiled.vocabulary.names
        named = [name for name in named if not isinstance(name, str) or name in words]
        monotone = {name: way for name, way in (monotone or {}).items() if not isinstance(name, str) or name in words}
    still = {session.feature_index(name) for name in named} | set(session.excluded)
    up: list[int] = []
    down: list[int] = []
    for name, way in (monotone or {}).items():
        feature = session.feature_index(name)
        if session.space.theory is None:
            raise BadInputError(f"monotone={{{name!r}: …}} needs the theory: with it off, features have no order")
        if not isinstance(way, (str, int)) or way not in (*_UP, *_DOWN):
            raise BadInputError(f"monotone[{name!r}]={shown(way)}: expected 'increasing' or 'decreasing'")
        if len(session.features[feature].columns) > 1 or session.features[feature].kind.value == "categorical":
            raise BadInputError(f"monotone[{name!r}]: a category has no order; use immutable=[{name!r}] to keep it")
        for a in (a for a, t in enumerate(session.space.attributes) if t.feature == feature):
            (up if (way in _UP) == _increasing(session, a) else down).append(a)
    return Limits(frozenset(still), tuple(sorted(up)), tuple(sorted(down)))


def _increasing(session: Session[Any], a: int) -> bool:
    """Tell whether cells of greater number hold greater values."""
    attribute = session.space.attributes[a]
    if not attribute.interval:
        raise BadInputError(
            f"monotone[{session.features[attribute.feature].name!r}]: expected a number that is only compared by "
            "order; this one may be missing, or is tested for equality: use immutable to keep it as it is"
        )
    row = session.where.row
    column = session.features[attribute.feature].columns[0]
    low = attribute.nearest(0, row).get(column, 0.0)
    return low <= attribute.nearest(attribute.n_cells - 1, row).get(column, 0.0)


def allowed_cells(session: Session[Any], limits: Limits) -> list[Bools]:
    """Return which cells each attribute may have."""
    cells = session.here.cells
    found = []
    for a, attribute in enumerate(session.space.attributes):
        place = np.arange(attribute.n_cells)
        here = place == cells[a] if attribute.feature in limits.still else np.ones(attribute.n_cells, np.bool_)
        if a in limits.up:
            here = here & (place >= cells[a])
        if a in limits.down:
            here = here & (place <= cells[a])
        found.append(here)
    return found


def kept_by(situation: Situation, limits: Limits | None) -> Bools:
    """Return the conditions that keep their truth within limits."""
    kept = np.zeros(len(situation.truth), dtype=np.bool_)
    if limits is None:
        return kept
    for a, attribute in enumerate(situation.space.attributes):
        if attribute.feature in limits.still:
            kept[attribute.variables] = True
        elif a in limits.up or a in limits.down:
            below = attribute.cut < situation.cells[a]
            barred = (below & (a in limits.up)) | (~below & (a in limits.down))
            kept[attribute.variables] = barred & (attribute.cut >= 0)
    return kept


def leaves_within(situation: Situation, leaves: LeafTable, limits: Limits) -> LeafTable:
    """Return the leaves of a tree that a change within limits reaches (each attribute on its own moves no more)."""
    owner = leaves.attribute
    still = np.array([a.feature in limits.still for a in situation.space.attributes], dtype=np.bool_)
    no_rise, no_fall = still.copy(), still.copy()
    no_rise[list(limits.down)] = True
    no_fall[list(limits.up)] = True
    cell, ranged = situation.cells[owner], leaves.low >= 0
    barred = ranged & (((leaves.low > cell) & no_rise[owner]) | ((leaves.high < cell) & no_fall[owner]))
    for e in np.nonzero(~ranged & still[owner])[0].tolist():
        barred[e] = cell[e] not in leaves.cells[leaves.first[e] : leaves.first[e + 1]]
    kept = np.ones(len(leaves), dtype=np.bool_)
    kept[leaves.owner[barred]] = False
    return leaves.only(kept)


def check_distance(distance: Any, weights: Any) -> None:
    """Raise unless a distance is known, and weights come with one."""
    if distance is not None and (not isinstance(distance, str) or distance not in DISTANCES):
        raise BadInputError(f"distance={shown(distance)}: expected one of {DISTANCES}")
    if weights is not None and distance is None:
        raise BadInputError("weights are for distance='l1': give both, or none")


def check_nearest(session: Session[Any], n: int | None) -> None:
    """Raise unless one nearest change can be asked for."""
    if n != 1:
        raise BadInputError(f"n={n!r}: distance='l1' gives one reason, expected n=1")
    if session.space.theory is None:
        raise BadInputError("distance='l1' needs the theory: with it off, inputs have no values")


def cell_costs(session: Session[Any], weights: F64) -> tuple[I64, F64]:
    """Return where each attribute's costs begin, and the cost of its cells: the weighted distance of the nearest value.

    A changed category (or one that is missing on one side) counts as one unit.
    """
    space, situation = session.space, session.here
    at = [0]
    costs: list[float] = []
    for a, attribute in enumerate(space.attributes):
        for cell in range(attribute.n_cells):
            changed = attribute.nearest(cell, situation.row) if cell != situation.cells[a] else {}
            costs.append(_distance(session, attribute.feature, changed, situation.row, weights))
        at.append(len(costs))
    return np.array(at, np.int64), np.array(costs)


def _distance(session: Session[Any], feature: int, changed: dict[int, float], row: F64, weights: F64) -> float:
    declared = session.features[feature]
    moved = {c: v for c, v in changed.items() if v != row[c] and not (np.isnan(v) and np.isnan(row[c]))}
    if not moved:
        return 0.0
    if len(declared.columns) > 1 or declared.kind.value == "categorical":
        return float(np.mean([weights[c] for c in declared.columns]))
    return float(sum(weights[c] * (1.0 if np.isnan(v - row[c]) else abs(v - row[c])) for c, v in moved.items()))
