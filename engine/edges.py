"""From the leaves of other classes to the sets that every reason must hit.

A leaf with an outcome outside O is excluded by a closed set S iff S contains, for some attribute, the weakest
literal that excludes every cell of the leaf there. These elements form an **edge**. Dropping an edge's elements, with
every stronger literal, is what it takes to reach the leaf.

Guaranteed form (``Edges``)
---------------------------
Local elements 0 … m-1 in the order of their global numbers; ``parent[i]`` is the next stronger element among them that
implies i (-1: none), so that the closed sets are the sets that are closed from parent to child. No edge holds two
elements of which one implies the other, elements ascend within an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .kernels import I32, I64, Bools, kernel
from .ordering import stable_order


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

    def __iter__(self):  # type: ignore[no-untyped-def]  # iterates over views
        return (self.edge(k) for k in range(len(self)))


@kernel
def raw_edges_interval(
    cells: I32, base: I64, element: I32, per_feature: bool,
    start: I64, attribute: I32, low: I32, high: I32, outcome: I32, good: Bools,
) -> tuple[I64, I32, I32]:  # fmt: skip
    """Return the edges of all leaves with an outcome outside O, for interval attributes (one edge a leaf).

    ``element[a]`` is the feature of attribute a where reasons are made of features (``per_feature``).
    """
    n = len(outcome)
    edge_start = np.empty(n + 1, np.int64)
    source = np.empty(n, np.int32)
    member = np.empty(len(attribute), np.int32)
    count = 0
    size = 0
    edge_start[0] = 0
    for leaf in range(n):
        if good[outcome[leaf]]:
            continue
        for e in range(start[leaf], start[leaf + 1]):
            a = attribute[e]
            c = cells[a]
            if c < low[e]:
                item = base[a] + low[e] - 1
            elif c > high[e]:
                item = base[a] + high[e]
            else:
                continue
            member[size] = element[a] if per_feature else item
            size += 1
        source[count] = leaf
        count += 1
        edge_start[count] = size
    return edge_start[: count + 1], member[:size], source[:count]


@kernel
def raw_edges_general(
    cells: I32, base: I64, element: I32, per_feature: bool,
    start: I64, attribute: I32, low: I32, high: I32, first: I64, listed: I32, outcome: I32, good: Bools,
    cell_base: I64, own: I32, up: I32, limit: int,
) -> tuple[I64, I32, I32]:  # fmt: skip
    """Return the edges where some attributes are not intervals: one for each choice of a nearest cell.

    ``own[cell_base[a] + v]`` is the weakest element that excludes cell v (-1 for the instance's own cell), ``up``
    the forest on
    global elements. Empty arrays with ``edge_start == [-1]`` say that there would be more than `limit` edges.
    """
    edge_start = [np.int64(0)]
    source = [np.int32(0)]
    member = [np.int32(0)]
    for leaf in range(len(outcome)):
        if good[outcome[leaf]]:
            continue
        fixed = [np.int32(0)]
        choice_start = [0]
        choice = [np.int32(0)]
        for e in range(start[leaf], start[leaf + 1]):
            a = attribute[e]
            c = cells[a]
            if low[e] >= 0:
                if c < low[e]:
                    fixed.append(element[a] if per_feature else np.int32(base[a] + low[e] - 1))
                elif c > high[e]:
                    fixed.append(element[a] if per_feature else np.int32(base[a] + high[e]))
                continue
            inside = False
            for i in range(first[e], first[e + 1]):
                inside = inside or listed[i] == c
            if inside:
                continue
            if per_feature:
                fixed.append(element[a])
                continue
            mark = len(choice)
            for i in range(first[e], first[e + 1]):
                item = own[cell_base[a] + listed[i]]
                # keep the item unless a listed one is implied by the same drop or less (an ancestor, or seen before)
                nearest = True
                for j in range(first[e], first[e + 1]):
                    other = own[cell_base[a] + listed[j]]
                    walk = up[item]
                    while walk >= 0 and nearest:
                        nearest = walk != other
                        walk = up[walk]
                for j in range(mark, len(choice)):
                    nearest = nearest and choice[j] != item
                if nearest:
                    choice.append(item)
            choice_start.append(len(choice) - 1)
        n_groups = len(choice_start) - 1
        digit = np.zeros(n_groups + 1, np.int64)
        while True:
            for i in range(1, len(fixed)):
                member.append(fixed[i])
            for g in range(n_groups):
                member.append(choice[1 + choice_start[g] + digit[g]])
            edge_start.append(np.int64(len(member) - 1))
            source.append(np.int32(leaf))
            if len(edge_start) > limit:
                return np.full(1, -1, np.int64), np.empty(0, np.int32), np.empty(0, np.int32)
            g = 0
            while g < n_groups:
                digit[g] += 1
                if digit[g] < choice_start[g + 1] - choice_start[g]:
                    break
                digit[g] = 0
                g += 1
            if g == n_groups:
                break
    return np.array(edge_start), np.array(member[1:]), np.array(source[1:])


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


@kernel
def forest_spans(parent: I32) -> tuple[I32, I32, I32]:
    """Return entry and exit numbers of a walk of the forest, and the root of each element."""
    m = len(parent)
    root = np.empty(m, np.int32)
    depth = np.zeros(m, np.float64)
    size = np.ones(m, np.int32)
    for i in range(m):
        walk = i
        while parent[walk] >= 0:
            walk = parent[walk]
            depth[i] += 1
            size[walk] += 1
        root[i] = walk
    order = stable_order(depth)
    enter = np.zeros(m, np.int32)
    used = np.ones(m, np.int32)  # places already given out below each element
    following = 0
    for place in range(m):
        i = order[place]
        if parent[i] < 0:
            enter[i] = following
            following += size[i]
        else:
            enter[i] = enter[parent[i]] + used[parent[i]]
            used[parent[i]] += size[i]
    leave = enter + size
    return enter, leave.astype(np.int32), root


@kernel
def minimal_edges(start: I64, member: I32, enter: I32, leave: I32, root: I32) -> I32:
    """Return the edges that no other edge makes redundant, by size, then by position.

    Edge B makes edge A redundant if each element of B implies, or is, an element of A: who hits B hits A.
    """
    n = len(start) - 1
    sizes = np.empty(n, np.float64)
    signature = np.zeros(n, np.uint64)
    for k in range(n):
        sizes[k] = start[k + 1] - start[k]
        for i in range(start[k], start[k + 1]):
            signature[k] |= np.uint64(1) << np.uint64(root[member[i]] & 63)
    order = stable_order(sizes)
    kept = np.empty(n, np.int32)
    count = 0
    group = 0  # first kept edge of the current size
    for place in range(n):
        a = order[place]
        if count and sizes[kept[count - 1]] < sizes[a]:
            group = count
        redundant = False
        for q in range(count):
            b = kept[q]
            if signature[b] & ~signature[a]:
                continue
            covered = True
            for i in range(start[b], start[b + 1]):
                found = False
                x = member[i]
                for j in range(start[a], start[a + 1]):
                    y = member[j]
                    if enter[x] <= enter[y] and enter[y] < leave[x]:
                        found = True
                        break
                if not found:
                    covered = False
                    break
            if covered:
                redundant = True
                break
        if redundant:
            continue
        # an edge of the same size met earlier may be made redundant by this one
        write = group
        for q in range(group, count):
            b = kept[q]
            drop = False
            if not (signature[a] & ~signature[b]):
                drop = True
                for i in range(start[a], start[a + 1]):
                    found = False
                    x = member[i]
                    for j in range(start[b], start[b + 1]):
                        y = member[j]
                        if enter[x] <= enter[y] and enter[y] < leave[x]:
                            found = True
                            break
                    if not found:
                        drop = False
                        break
            if not drop:
                kept[write] = b
                write += 1
        kept[write] = a
        count = write + 1
    return kept[:count]
