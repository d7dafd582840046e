"""The sets that every reason must hit, in local elements (where they come from: see ``trees.edges``).

Guaranteed form (``Edges``)
---------------------------
Local elements 0 … m-1 in the order of their global numbers; ``parent[i]`` is the next stronger element among them that
implies i (-1: none), so that the closed sets are the sets that are closed from parent to child. No edge holds two
elements of which one implies the other, elements ascend within an edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..kernels import I32, I64, Bools, kernel


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """A hypergraph over a forest of elements: see the module's text.

    Attributes
    ----------
    ids : ndarray of int32, shape (m,)
        Global element of each local one.
    parent : ndarray of int32, shape (m,)
        The forest of implications.
    start, member : ndarray of int64 / int32
        Edge k is ``member[start[k]:start[k + 1]]``.
    source : ndarray of int32, shape (n_edges,)
        Row of the leaf table that each edge comes from.
    joint : tuple of (int, tuple of int)
        Global elements that say the same as several local ones together, with these (all of them occur in edges).
    """

    ids: I32
    parent: I32
    start: I64
    member: I32
    source: I32
    joint: tuple[tuple[int, tuple[int, ...]], ...] = ()

    @property
    def all_ids(self) -> I32:
        """Global elements: the local ones, then the joint ones."""
        return np.append(self.ids, np.array([e for e, _ in self.joint], dtype=np.int32)).astype(np.int32)

    @property
    def chains(self) -> bool:
        """Whether the forest is made of chains only and there are no joint literals."""
        links = self.parent[self.parent >= 0]
        return not self.joint and len(np.unique(links)) == len(links)

    def written(self, kept: Bools) -> I32:
        """Return the written global elements of a closed set of local elements."""
        top = kept.copy()
        linked = self.parent >= 0
        top[linked] &= ~kept[self.parent[linked]]
        extra = []
        for element, children in self.joint:
            if top[list(children)].all():
                top[list(children)] = False
                extra.append(element)
        return np.append(self.ids[top], np.array(extra, dtype=np.int32)).astype(np.int32)

    def __len__(self) -> int:
        return len(self.start) - 1

    def edge(self, k: int) -> I32:
        """Return the local elements of edge k."""
        return self.member[self.start[k] : self.start[k + 1]]

    def __iter__(self) -> Iterator[I32]:
        return (self.edge(k) for k in range(len(self)))


@kernel
def localise(
    start: I64, member: I32, source: I32, n_elements: int, parent_mode: int,
    cells: I32, base: I64, owner: I32, interval: Bools, up: I32, banned: Bools,
) -> tuple[I32, I32, I64, I32]:  # fmt: skip
    """Renumber the elements that occur, drop banned ones, sort and deduplicate each edge, and link the forest.

    `parent_mode` 0: no implications; 1: chains of interval attributes, forests `up` elsewhere.
    """
    local = np.full(n_elements, -1, np.int32)
    for i in range(len(member)):
        if not banned[member[i]]:
            local[member[i]] = 0
    m = 0
    for e in range(n_elements):
        if local[e] == 0:
            local[e] = m
            m += 1
    ids = np.empty(m, np.int32)
    for e in range(n_elements):
        if local[e] >= 0:
            ids[local[e]] = e
    parent = np.full(m, -1, np.int32)
    if parent_mode == 1:
        for i in range(m):
            a = owner[ids[i]]
            if interval[a]:
                middle = base[a] + cells[a]  # cuts below it lie under the instance's cell
                if ids[i] < middle:
                    if i + 1 < m and ids[i + 1] < middle and owner[ids[i + 1]] == a:
                        parent[i] = i + 1
                elif i > 0 and ids[i - 1] >= middle and owner[ids[i - 1]] == a:
                    parent[i] = i - 1
            else:
                walk = up[ids[i]]
                while walk >= 0 and local[walk] < 0:
                    walk = up[walk]
                if walk >= 0:
                    parent[i] = local[walk]
    new_start = np.empty(len(start), np.int64)
    new_member = np.empty(len(member), np.int32)
    new_start[0] = 0
    size = 0
    for k in range(len(start) - 1):
        begin = size
        for i in range(start[k], start[k + 1]):
            item = local[member[i]]
            if item < 0:
                continue
            place = size
            while place > begin and new_member[place - 1] > item:
                place -= 1
            if place > begin and new_member[place - 1] == item:
                continue
            for j in range(size, place, -1):
                new_member[j] = new_member[j - 1]
            new_member[place] = item
            size += 1
        new_start[k + 1] = size
    return ids, parent, new_start, new_member[:size]
