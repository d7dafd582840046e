"""The edges of a tree at an instance: what the reasons of every kind are made of."""

from __future__ import annotations

import numpy as np

from .. import _native
from ..domain.instance import Situation
from ..hitting.edges import Edges, localise
from ..hitting.irredundant import reduced
from ..kernels import I32, I64, Bools
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
    n_elements = len(space.features) if per_feature else len(space.element_literal)
    cell_base, own, up = _NO_FOREST if space.all_interval or per_feature else _general_arrays(situation)
    asked = (space.core, leaves.core, situation.cells, good, per_feature)
    if space.all_interval:
        raw = _native.edges_of_ranges(*asked)
    else:
        found = _native.edges_of_cells(*asked, cell_base, own, up, EDGE_LIMIT)
        if found is None:
            return None
        raw = found
    start, member, source = raw.start, raw.member, raw.source
    banned = np.zeros(n_elements, dtype=np.bool_)
    if banned_features:
        wanted = np.array(sorted(banned_features), dtype=np.int32)
        feature = np.array([a.feature for a in space.attributes], dtype=np.int32)
        banned[wanted if per_feature else np.isin(feature[space.element_attribute], wanted)] = True
    mode = 0 if per_feature or space.theory is None else 1
    ids, parent, start, member = localise(
        start, member, source, n_elements, mode,
        situation.cells, space.element_base, space.element_attribute, space.interval, up, banned,
    )  # fmt: skip
    joint = () if per_feature else _joint(situation, ids)
    return Edges(ids, parent, start, member, source, joint)


def _distinct(edges: Edges) -> Edges:
    """Drop repeated edges where few elements make many of them (features, small vocabularies)."""
    if len(edges.ids) > 63 or len(edges) < 64:
        return edges
    row = np.repeat(np.arange(len(edges)), np.diff(edges.start))
    masks = np.zeros(len(edges), dtype=np.int64)
    np.bitwise_or.at(masks, row, np.int64(1) << edges.member.astype(np.int64))
    first = np.sort(np.unique(masks, return_index=True)[1])
    if len(first) == len(edges):
        return edges
    widths = np.diff(edges.start)[first]
    start = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
    index = np.repeat(edges.start[first] - start[:-1], widths) + np.arange(start[-1])
    return Edges(edges.ids, edges.parent, start, edges.member[index], edges.source[first], edges.joint)


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


def reduce_edges(edges: Edges) -> Edges:
    """Return the non-redundant edges only, smallest first (the contrastive reasons)."""
    edges = _distinct(edges)
    used, parent, start, member, source = reduced(edges.start, edges.member, edges.parent, edges.source)
    joint: tuple[tuple[int, tuple[int, ...]], ...] = ()
    if edges.joint:
        local = np.full(len(edges.ids), -1, dtype=np.int32)
        local[used] = np.arange(len(used), dtype=np.int32)
        joint = tuple(
            (element, tuple(local[list(children)].tolist()))
            for element, children in edges.joint
            if (local[list(children)] >= 0).all()
        )
    return Edges(edges.ids[used], parent, start, member, source, joint)
