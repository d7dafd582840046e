"""Counting minimal closed hitting sets by listing them: the better way where there are not too many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..budget import Deadline
from ..kernels import I32, I64
from ..kernels.watch import run_watched
from .edges import Edges
from .listing_kernels import list_and_count

_MEMORY_WORDS = 1 << 26  # critical edges of all depths: 512 MB at most


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Numbers of minimal closed hitting sets.

    Attributes
    ----------
    total : int
        How many sets were found.
    each, grouped : ndarray of int64
        How many of them have each local element, and an element of each group.
    complete : bool
        Whether these are all.
    """

    total: int
    each: I64
    grouped: I64
    complete: bool


def count_by_listing(
    edges: Edges, group: I32, n_groups: int, deadline: Deadline, node_limit: int | None = None
) -> Listed | None:
    """Count the minimal closed hitting sets of non-redundant edges by listing them.

    Parameters
    ----------
    edges : Edges
        The edges; joint literals are not taken.
    group : ndarray of int32, shape (m,)
        Group (feature) of each local element.
    deadline : Deadline
        Time allowed; what was listed by then is returned.
    node_limit : int, optional
        Search nodes allowed.

    Returns
    -------
    Listed or None
        ``None`` if the question is none for listing: joint literals, or tables that are too large.
    """
    m, n_edges = len(edges.ids), len(edges)
    words = (n_edges + 63) // 64
    if edges.joint or (min(m, n_edges) + 2) ** 2 * words > _MEMORY_WORDS:
        return None
    cover = np.zeros((m, words), dtype=np.uint64)
    own = np.zeros((m, words), dtype=np.uint64)
    hitters = np.zeros((max(n_edges, 1), (m + 63) // 64 or 1), dtype=np.uint64)
    parent = edges.parent.tolist()
    for k, edge in enumerate(edges):
        bit = np.uint64(1 << (k & 63))
        for item in edge.tolist():
            own[item, k >> 6] |= bit
            walk = item
            while walk >= 0:
                cover[walk, k >> 6] |= bit
                hitters[k, walk >> 6] |= np.uint64(1 << (walk & 63))
                walk = parent[walk]
    total, each, grouped, ended = run_watched(
        deadline, list_and_count, cover, own, hitters, n_edges, group, n_groups, node_limit or 0
    )
    return Listed(int(total), each, grouped, bool(ended))
