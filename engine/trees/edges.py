"""The edges of a tree at an instance: what the reasons of every kind are made of."""

from __future__ import annotations

import numpy as np

from .. import _native
from ..arrays import I32, I64, Bools
from ..domain.instance import Situation
from ..domain.space import Space
from ..hitting.edges import Edges
from ..models.trees import LeafTable

EDGE_LIMIT = 200_000
_NO_FOREST = (np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32))


def tree_edges(
    situation: Situation, leaves: LeafTable, good: Bools, *, per_feature: bool, banned_features: frozenset[int]
) -> Edges | None:
    """Return the edges of a tree: what each leaf with an outcome outside O takes to be excluded.

    Parameters
    ----------
    situation : Situation
        The instance; its forests must be laminar unless reasons are made of features.
    leaves : LeafTable
        The leaves of the tree in the same space.
    good : ndarray of bool, shape (n_classes,)
        The outcomes in O.
    per_feature : bool
        Whether reasons are made of features (elements are then features) or of literals.
    banned_features : frozenset of int
        Features that no reason may use; edges lose their elements.

    Returns
    -------
    Edges or None
        ``None`` if there would be more than ``EDGE_LIMIT`` edges.
    """
    space = situation.space
    banned = banned_elements(space, per_feature, banned_features)
    asked = (space.core, leaves.core, situation.cells, good, per_feature, banned)
    if space.all_interval:
        return Edges(_native.edges_of_ranges(*asked))
    forest = _NO_FOREST if per_feature else _general_arrays(situation)
    found = _native.edges_of_cells(*asked, *forest, EDGE_LIMIT)
    if found is None:
        return None
    return Edges(found, () if per_feature else _joint(situation, found.ids))


def banned_elements(space: Space, per_feature: bool, features: frozenset[int]) -> Bools:
    """Return a mark for each element (feature) that no reason may use."""
    banned = np.zeros(len(space.features) if per_feature else len(space.element_literal), dtype=np.bool_)
    if features:
        wanted = np.array(sorted(features), dtype=np.int32)
        feature = np.array([a.feature for a in space.attributes], dtype=np.int32)
        banned[wanted if per_feature else np.isin(feature[space.element_attribute], wanted)] = True
    return banned


def _joint(situation: Situation, ids: I32) -> tuple[tuple[int, tuple[int, ...]], ...]:
    """Return the joint literals all of whose children are local, with the local children."""
    out = []
    for a, forest in situation.forests.items():
        base = int(situation.space.element_base[a])
        for element, children in forest.joint:
            wanted = np.array([base + child for child in children])
            places = np.searchsorted(ids, wanted)
            if len(ids) and (places < len(ids)).all() and (ids[places] == wanted).all():
                out.append((base + element, tuple(sorted(places.tolist()))))
    return tuple(out)


def _general_arrays(situation: Situation) -> tuple[I64, I32, I32]:
    """Return own elements of cells and upward links on global elements, for attributes without cuts."""
    space = situation.space
    sizes = [0 if space.interval[a] else space.attributes[a].n_cells for a in range(len(space.attributes))]
    cell_base = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    own = np.full(int(cell_base[-1]), -1, dtype=np.int32)
    up = np.full(len(space.element_literal), -1, dtype=np.int32)
    for a, forest in situation.forests.items():
        base = int(space.element_base[a])
        own[cell_base[a] : cell_base[a + 1]] = np.where(forest.own >= 0, forest.own + base, -1)
        up[base : base + len(forest.up)] = np.where(forest.up >= 0, forest.up + base, -1)
    return cell_base, own, up
