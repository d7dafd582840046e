"""The family of all minimal closed hitting sets in one diagram: counted, and listed by cost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .._native import Diagram, FamilyBuild
from ..arrays import F64, I32
from ..budget import Deadline, OutOfTimeError
from ..clock import run
from ..hitting.edges import Edges
from .remainders import numbers_of, primes_for

DEFAULT_NODE_LIMIT = 1 << 23


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family of sets of elements, as a zero-suppressed diagram.

    Attributes
    ----------
    element : ndarray of int32, shape (n_variables,)
        Element of each variable of the diagram; those from the number of local elements on are the joint ones.
    diagram : Diagram
        The sets of variables.
    """

    element: I32
    diagram: Diagram

    def count_each(self, deadline: Deadline | None = None) -> tuple[int, list[int]]:
        """Return the number of sets, and for each element (local ones, then joint ones) the number of sets with it.

        Raises
        ------
        OutOfTimeError
            If the time is up before.
        """
        n = len(self.element)
        total, *each = self._count(self.element, n, deadline)
        return total, each

    def count_groups(self, group_of_element: I32, n_groups: int, deadline: Deadline | None = None) -> list[int]:
        """Return, for each group of elements, the number of sets with an element of the group.

        Raises
        ------
        OutOfTimeError
            If the time is up before.
        """
        return self._count(group_of_element[self.element].astype(np.int32), n_groups, deadline)[1:]

    def _count(self, group: I32, n_groups: int, deadline: Deadline | None) -> list[int]:
        limit = Deadline() if deadline is None else deadline
        magnitude = run(limit, self.diagram.magnitude)
        if magnitude is None:
            raise OutOfTimeError
        bits = math.log2(magnitude) if 1 <= magnitude < math.inf else float(len(self.element))
        primes = primes_for(int(bits) + 3)
        remainders = run(limit, self.diagram.count_sets, primes, group, n_groups)
        if remainders is None:
            raise OutOfTimeError
        return numbers_of(remainders, primes)

    def by_cost(self, cost: F64) -> Iterator[tuple[float, I32]]:
        """Yield costs and sets (elements, ascending), cheapest first: a best-first search with exact remaining costs.

        Parameters
        ----------
        cost : ndarray of float64, shape (n_elements,)
            Non-negative cost of each element.
        """
        cheapest = self.diagram.cheapest_first(self.element, cost)
        while (found := cheapest.next()) is not None:
            yield found


class Building:
    """The family of minimal closed hitting sets of edges while it is built: what was stopped goes on where it was.

    Parameters
    ----------
    edges : Edges
        Non-redundant edges over a forest of elements.
    hint : ndarray of float64, shape (m,)
        Where each element should stand in the variable order; the elements of one tree stay together.
    """

    __slots__ = ("_build",)

    def __init__(self, edges: Edges, hint: F64) -> None:
        widths = [len(members) for _, members in edges.joint]
        joint_start = np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)
        joint_member = np.array([i for _, members in edges.joint for i in members], dtype=np.int32)
        self._build = FamilyBuild(edges.start, edges.member, edges.parent, joint_start, joint_member, hint)

    def go_on(self, deadline: Deadline, node_limit: int = DEFAULT_NODE_LIMIT) -> Family | None:
        """Return the family, or None if time or nodes ran out (the deadline tells which).

        Parameters
        ----------
        deadline : Deadline
            Time allowed.
        node_limit : int
            Greatest number of diagram nodes.
        """
        diagram = run(deadline, self._build.go_on, node_limit)
        return None if diagram is None else Family(self._build.element.copy(), diagram)


def build(edges: Edges, hint: F64, deadline: Deadline, node_limit: int = DEFAULT_NODE_LIMIT) -> Family | None:
    """Build the family of minimal closed hitting sets of `edges` in one go: see `Building`."""
    return Building(edges, hint).go_on(deadline, node_limit)
