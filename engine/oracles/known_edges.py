"""A question whose edges are all known, in the generic form of universe and oracle."""

from __future__ import annotations

from ..budget import Deadline
from ..hitting.edges import Edges
from .oracle import Answer
from .universe import Universe, bits, mask_of


def edge_universe(edges: Edges, group: list[int]) -> Universe:
    """Return the universe of the elements that occur in edges (then the joint ones).

    Parameters
    ----------
    edges : Edges
        Non-redundant edges.
    group : list of int
        Feature of each element of ``edges.all_ids``.
    """
    m = len(edges.ids)
    parent = edges.parent.tolist()
    joint_of: dict[int, list[int]] = {}
    for number, (_, children) in enumerate(edges.joint):
        for child in children:
            joint_of.setdefault(child, []).append(m + number)
    moves = []
    for element in range(m):
        move, walk = 0, element
        while walk >= 0:
            move |= 1 << walk | mask_of(joint_of.get(walk, ()))
            walk = parent[walk]
        moves.append(move)
    order = sorted(range(m), key=lambda e: moves[e].bit_count())  # nearer cells first within an attribute
    return Universe(tuple(edges.all_ids.tolist()), tuple(moves[e] for e in order), tuple(group))


class EdgeOracle:
    """Holds iff every edge is hit; a missed edge is the counterexample."""

    def __init__(self, edges: Edges, universe: Universe) -> None:
        smallest: dict[int, int] = {}
        for move in universe.moves:  # an element's own move drops it and what is stronger; others drop more
            for local in bits(move):
                if local not in smallest or move.bit_count() < smallest[local].bit_count():
                    smallest[local] = move
        self.dropped: list[int] = []
        for edge in edges:
            mask = 0
            for item in edge.tolist():
                mask |= smallest[item]
            self.dropped.append(mask)
        self._full = universe.full

    def holds(self, kept: int, deadline: Deadline) -> Answer:
        """Answer by going over the edges."""
        for dropped in self.dropped:
            if not kept & dropped:
                return Answer(False, agreed=self._full & ~dropped)
        return Answer(True)
