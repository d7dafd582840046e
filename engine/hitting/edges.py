"""The sets that every reason must hit, in local elements (where they come from: see ``trees.edges``).

Guaranteed form (``Edges``)
---------------------------
Local elements 0 … m-1 in the order of their global numbers; ``parent[i]`` is the next stronger element among them that
implies i (-1: none), so that the closed sets are the sets that are closed from parent to child. No edge holds two
elements of which one implies the other, elements ascend within an edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np

from .. import _native
from ..arrays import F64, I32, I64, Bools
from ..budget import Deadline
from ..clock import run

Joint = tuple[tuple[int, tuple[int, ...]], ...]


class Edges:
    """A hypergraph over a forest of elements: see the module's text.

    Parameters
    ----------
    core : Edges of the core
        The edges.
    joint : tuple of (int, tuple of int)
        Global elements that say the same as several local ones together, with these (all of them occur in edges).

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
    """

    def __init__(self, core: _native.Edges, joint: Joint = ()) -> None:
        self.core, self.joint = core, joint

    @staticmethod
    def of(ids: I32, parent: I32, start: I64, member: I32, source: I32, joint: Joint = ()) -> Edges:
        """Return edges made of arrays."""
        return Edges(_native.Edges(ids, parent, start, member, source), joint)

    @cached_property
    def ids(self) -> I32:
        """The global element of each local one."""
        return self.core.ids

    @cached_property
    def parent(self) -> I32:
        """The forest of implications."""
        return self.core.parent

    @cached_property
    def start(self) -> I64:
        """Where each edge begins, and the last one ends."""
        return self.core.start

    @cached_property
    def member(self) -> I32:
        """The elements of all edges."""
        return self.core.member

    @cached_property
    def source(self) -> I32:
        """The leaf of each edge."""
        return self.core.source

    @property
    def all_ids(self) -> I32:
        """Global elements: the local ones, then the joint ones."""
        return np.append(self.ids, np.array([e for e, _ in self.joint], dtype=np.int32)).astype(np.int32)

    @property
    def chains(self) -> bool:
        """Whether the forest is made of chains only and there are no joint literals."""
        return not self.joint and self.core.chains

    def minimal_set(self, costs: F64 | None = None, within: Bools | None = None) -> Bools | None:
        """Return a minimal closed set of local elements that hits all edges; None if there is none.

        Parameters
        ----------
        costs : ndarray of float64, optional
            Cost of each global element: dear ones are left out first. Default: 1.
        within : ndarray of bool, shape (m,), optional
            A closed set that hits all edges; default: all.
        """
        prices = np.ones(len(self.ids)) if costs is None else np.ascontiguousarray(costs[self.ids], np.float64)
        return self.core.minimal_set(prices, within)

    @property
    def hopeless(self) -> bool:
        """Whether nothing hits one of them: it has no elements."""
        return self.core.hopeless

    def minimal_elements(self) -> I32 | None:
        """Return the written global elements of ``minimal_set()``."""
        if not self.joint:
            return self.core.minimal_elements()
        kept = self.minimal_set()
        return None if kept is None else self.written(kept)

    def written(self, kept: Bools) -> I32:
        """Return the written global elements of a closed set of local elements."""
        if not self.joint:
            return self.core.written(kept)
        top = kept.copy()
        linked = self.parent >= 0
        top[linked] &= ~kept[self.parent[linked]]
        extra = []
        for element, children in self.joint:
            if top[list(children)].all():
                top[list(children)] = False
                extra.append(element)
        return np.append(self.ids[top], np.array(extra, dtype=np.int32)).astype(np.int32)

    def necessary(self) -> I32:
        """Return the written global elements of what is in every closed set that hits all edges."""
        if not self.joint:
            return self.core.singles()
        kept = np.zeros(len(self.ids), np.bool_)
        kept[self.member[self.start[:-1][np.diff(self.start) == 1]]] = True
        for i in range(len(kept)):
            walk = i
            while not kept[i] and self.parent[walk] >= 0:
                walk = int(self.parent[walk])
                kept[i] = kept[walk]
        return self.written(kept)

    def reduced(self, deadline: Deadline) -> Edges | None:
        """Return the edges that no others make redundant, smallest first (the contrastive reasons).

        None if time was up: then nothing is known of them.
        """
        found = run(deadline, self.core.reduced)
        if found is None:
            return None
        core, used = found
        if not self.joint:
            return Edges(core)
        local = np.full(len(self.ids), -1, dtype=np.int32)
        local[used] = np.arange(len(used), dtype=np.int32)
        joint = tuple(
            (element, tuple(local[list(children)].tolist()))
            for element, children in self.joint
            if (local[list(children)] >= 0).all()
        )
        return Edges(core, joint)

    def __len__(self) -> int:
        return len(self.core)

    def edge(self, k: int) -> I32:
        """Return the local elements of edge k."""
        return self.member[self.start[k] : self.start[k + 1]]

    def __iter__(self) -> Iterator[I32]:
        return (self.edge(k) for k in range(len(self)))
