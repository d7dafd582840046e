"""Small random edges over forests of elements, and their minimal closed hitting sets by brute force."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from suffice.engine.hitting.edges import Edges
from suffice.engine.hitting.listing import Listing


@dataclass(frozen=True)
class Case:
    """Edges; `above[i]` are the elements that imply element i, itself among them."""

    edges: Edges
    above: list[set[int]]

    @staticmethod
    def of(members, parent, joint=()):
        """Make edges of sets of elements over a forest."""
        start = np.concatenate([[0], np.cumsum([len(edge) for edge in members])]).astype(np.int64)
        flat = np.array([i for edge in members for i in edge], dtype=np.int32)
        m = len(parent)
        edges = Edges.of(
            np.arange(m, dtype=np.int32), np.array(parent, dtype=np.int32), start, flat,
            np.zeros(len(members), np.int32), tuple(joint),
        )  # fmt: skip
        return Case(edges, _above(parent) if m < 1000 else [])


def _above(parent):
    out = []
    for i in range(len(parent)):
        walk, chain = i, set()
        while walk >= 0:
            chain.add(walk)
            walk = parent[walk]
        out.append(chain)
    return out


def random_case(rng, kind):
    """Return a case of elements apart, in chains, in a forest, or in a forest with joint elements."""
    m = int(rng.integers(1, 9))
    parent = [-1] * m
    for i in range(1, m):
        if kind == "chains" and rng.random() < 0.6:
            parent[i] = i - 1
        if kind in {"forest", "joint"} and rng.random() < 0.7:
            parent[i] = int(rng.integers(0, i))
    above = _above(parent)
    members = []
    for _ in range(rng.integers(0, 9)):
        edge = set(rng.choice(m, rng.integers(1, min(m, 4) + 1), replace=False).tolist())
        members.append(sorted(i for i in edge if not any(i in above[j] for j in edge - {i})))
    joint = []
    if kind == "joint":
        leaves = [i for i in range(m) if i not in parent]
        groups = [[i for i in leaves if parent[i] == p and rng.random() < 0.8] for p in range(-1, m)]
        joint = [(m + k, tuple(g)) for k, g in enumerate(g for g in groups if len(g) > 1)]
    return Case.of(members, parent, joint)


def minimal_sets(case):
    """Return the minimal closed hitting sets, each by its written elements, ascending."""
    m = len(case.edges.ids)
    parent = case.edges.parent.tolist()
    hitting = []
    for bits in product((False, True), repeat=m):
        chosen = {i for i in range(m) if bits[i]}
        closed = all(parent[i] < 0 or i in chosen or parent[i] not in chosen for i in range(m))
        if closed and all(chosen & set(edge.tolist()) for edge in case.edges):
            hitting.append(chosen)
    out = []
    for chosen in hitting:
        if not any(other < chosen for other in hitting):
            written = {i for i in chosen if parent[i] not in chosen}
            for k, (_, children) in enumerate(case.edges.joint):
                if set(children) <= written:
                    written = written - set(children) | {m + k}
            out.append(tuple(sorted(written)))
    return out


def count_by_listing(edges, group, n_groups, deadline, node_limit=None):
    """Count the minimal closed hitting sets in one go; None if it is no question for listing."""
    return Listing(edges, group, n_groups).go_on(deadline, node_limit) if Listing.takes(edges) else None
