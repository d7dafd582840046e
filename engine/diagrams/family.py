"""The family of all minimal closed hitting sets in one diagram: counted, listed, and searched for the cheapest."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..budget import Deadline
from ..hitting.edges import Edges
from ..kernels import F64, I32, I64
from ..kernels.watch import run_watched
from . import family_kernels as fk
from . import kernels as dk

_FIRST_CAPACITY = 1 << 12
_UNWATCHED = 1 << 16  # so many nodes take some hundredths of a second: no watcher is needed
DEFAULT_NODE_LIMIT = 1 << 23


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """A family of sets of elements, as a zero-suppressed diagram.

    Attributes
    ----------
    element : ndarray of int32, shape (n_variables,)
        Element of each variable of the diagram; those from the number of local elements on are the joint ones.
    variable, low, high : ndarray of int32
        Nodes, children before parents, the root last; 0 is the empty family, 1 the family of the empty set.
    empty : bool
        Whether the family has no set at all.
    """

    element: I32
    variable: I32
    low: I32
    high: I32
    empty: bool

    def count(self) -> int:
        """Return the number of sets, exactly. Time is linear in the nodes and in the digits of the number."""
        return self.count_each()[0]

    def count_each(self) -> tuple[int, list[int]]:
        """Return the number of sets, and for each element (local ones, then joint ones) the number of sets with it."""
        m = len(self.element)
        if self.empty:
            return 0, [0] * m
        primes = self._primes()
        totals, parts = [], []
        for prime in primes:
            total, each = fk.count_modulo(self.variable, self.low, self.high, prime, m)
            totals.append(int(total))
            parts.append(each.tolist())
        counts = [0] * m
        combined = chinese(list(zip(*parts, strict=True)) if m else [], primes)
        for place, value in zip(self.element.tolist(), combined, strict=True):
            counts[place] = value
        return chinese([tuple(totals)], primes)[0], counts

    def count_groups(self, group_of_element: I32, n_groups: int) -> list[int]:
        """Return, for each group of elements, the number of sets with an element of the group."""
        if self.empty:
            return [0] * n_groups
        primes = self._primes()
        group = group_of_element[self.element].astype(np.int32)
        parts = [
            fk.count_groups_modulo(self.variable, self.low, self.high, prime, group, n_groups).tolist()
            for prime in primes
        ]
        return chinese(list(zip(*parts, strict=True)), primes)

    def _primes(self) -> list[int]:
        magnitude = fk.count_float(self.low, self.high)
        bits = math.log2(magnitude) if 0 < magnitude < math.inf else float(len(self.element))
        if magnitude <= 1:
            bits = 1.0
        return primes_for(int(bits) + 3)

    def least(self, cost: F64) -> float:
        """Return the least sum of costs of a set (inf if the family is empty).

        Parameters
        ----------
        cost : ndarray of float64, shape (n_elements,)
            Non-negative cost of each element.
        """
        if self.empty:
            return math.inf
        return float(fk.least_costs(self.variable, self.low, self.high, cost[self.element])[-1])

    def sets(self, n: int) -> list[tuple[int, ...]]:
        """Return n sets (or all, if there are fewer), in the order of the diagram, ascending elements."""
        if self.empty:
            return []
        keep = np.ones(len(self.low), dtype=np.bool_)
        start, flat = fk.first_sets(self.variable, self.low, self.high, n, len(self.element), keep)
        elements = self.element[flat].tolist()
        bounds = start.tolist()
        return [tuple(sorted(elements[a:b])) for a, b in pairwise(bounds)]

    def by_cost(self, cost: F64) -> Iterator[tuple[float, tuple[int, ...]]]:
        """Yield (cost, set) lazily in the order of cost: best-first search with exact remaining costs."""
        if self.empty:
            return
        variable, low, high = self.variable, self.low, self.high
        price = cost[self.element]
        least = fk.least_costs(variable, low, high, price).tolist()
        element = self.element.tolist()
        heap: list[tuple[float, int, float, int, tuple[int, ...]]] = [(least[-1], 0, 0.0, len(low) - 1, ())]
        ticket = 0
        while heap:
            bound, _, spent, node, chosen = heapq.heappop(heap)
            while node > 1:
                v = int(variable[node])
                a, b = int(low[node]), int(high[node])
                through_low, through_high = spent + least[a], spent + price[v] + least[b]
                ticket += 1
                if through_high <= bound:
                    if through_low < math.inf:
                        heapq.heappush(heap, (through_low, -ticket, spent, a, chosen))
                    spent, node, chosen = spent + float(price[v]), b, (*chosen, element[v])
                else:
                    heapq.heappush(heap, (through_high, -ticket, spent + float(price[v]), b, (*chosen, element[v])))
                    node = a
            if node == 1:
                yield spent, tuple(sorted(chosen))


def build(edges: Edges, hint: F64, deadline: Deadline, node_limit: int = DEFAULT_NODE_LIMIT) -> Family | None:
    """Build the family of minimal closed hitting sets of `edges`.

    Parameters
    ----------
    edges : Edges
        Non-redundant edges over a forest of elements.
    hint : ndarray of float64, shape (m,)
        Where each element should stand in the variable order; the elements of one tree stay together.
    deadline : Deadline
        Time allowed.
    node_limit : int
        Greatest number of diagram nodes.

    Returns
    -------
    Family or None
        ``None`` if time or nodes ran out (the deadline tells which).
    """
    layout = arrange(edges.parent, hint, edges.joint)
    start, member = _clauses(edges, layout)
    capacity = _FIRST_CAPACITY
    m = len(layout.element)
    while not deadline.expired():
        arguments = (start, member, capacity, m, layout.chain, layout.block_end, layout.joint)
        if capacity <= _UNWATCHED:
            answer = dk.build_family(*arguments, np.zeros(1, np.int32))
        else:
            answer = run_watched(deadline, dk.build_family, *arguments)
        root, variable, low, high = answer
        if root >= 0:
            return Family(layout.element, *fk.compact(root, variable, low, high), empty=root == 0)
        if capacity >= node_limit:
            return None
        capacity = min(capacity * 16, node_limit)
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Variables of a diagram: their elements, chains, the ends of the blocks that chains imply, and joint blocks."""

    element: I32
    position: I32
    chain: I32
    block_end: I32
    joint: I32


def arrange(parent: I32, hint: F64, joint: tuple[tuple[int, tuple[int, ...]], ...] = ()) -> Layout:
    """Order elements: each tree of the forest contiguous, its top chain first, then its subtrees.

    Chains go from weakest to strongest. A joint literal stands just before its children, which are contiguous.
    """
    m = len(parent)
    links = parent.tolist()
    for number, (_, members) in enumerate(joint):  # a joint literal takes the place of a parent, for the order only
        above = links[members[0]]
        links.append(above)
        for child in members:
            links[child] = m + number
    size = m + len(joint)
    children: dict[int, list[int]] = {}
    for i in range(size):
        children.setdefault(links[i], []).append(i)
    first = np.append(hint, np.full(len(joint), np.inf))
    for i in range(m):
        walk = i
        while links[walk] >= 0:
            walk = links[walk]
        first[walk] = min(first[walk], hint[i])
    element: list[int] = []
    chain = np.zeros(size + 1, dtype=np.int32)
    block_end = np.zeros(size + 1, dtype=np.int32)
    together = np.zeros(size + 1, dtype=np.int32)
    chain[size] = -1
    closing: list[tuple[int, int]] = []
    stack = [("tree", root) for root in sorted(children.get(-1, []), key=lambda i: -first[i])]
    n_chains = 0
    while stack:
        kind, item = stack.pop()
        if kind == "close":
            begin, end = closing[item]
            block_end[begin:end] = len(element)
            continue
        links_down = [item]
        while len(children.get(links_down[-1], [])) == 1 and children[links_down[-1]][0] < m:
            links_down.append(children[links_down[-1]][0])
        if item >= m:
            together[len(element) + 1] = len(children[item])
        begin = len(element)
        element.extend(reversed(links_down))
        chain[begin : len(element)] = n_chains
        n_chains += 1
        closing.append((begin, len(element)))
        stack.append(("close", len(closing) - 1))
        stack.extend(("tree", child) for child in reversed(children.get(links_down[-1], [])))
    order = np.array(element, dtype=np.int32)
    position = np.empty(size, dtype=np.int32)
    position[order] = np.arange(size, dtype=np.int32)
    return Layout(order, position, chain, block_end, together)


def _clauses(edges: Edges, layout: Layout) -> tuple[I64, I32]:
    """Return the edges over positions; an element below another chain brings that chain's weakest literal along."""
    position, chain = layout.position, layout.chain
    branching = np.bincount(edges.parent[edges.parent >= 0], minlength=len(edges.parent)) > 1
    if not branching.any():
        member = position[edges.member]
        widths = np.diff(edges.start)
        row = np.repeat(np.arange(len(widths)), widths)
        return edges.start, member[np.lexsort((member, row))].astype(np.int32)
    start, flat = [0], []
    for edge in edges:
        places = set()
        for item in edge.tolist():
            walk = item
            places.add(int(position[walk]))
            while edges.parent[walk] >= 0:
                above = int(edges.parent[walk])
                if chain[position[above]] != chain[position[walk]]:
                    places.add(int(position[above]))
                walk = above
        flat.extend(sorted(places))
        start.append(len(flat))
    return np.array(start, np.int64), np.array(flat, np.int32)


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test; these bases decide all numbers below 3.4e14."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7, 11, 13, 17):
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


_PRIMES: list[int] = []


def primes_for(bits: int) -> list[int]:
    """Return enough primes just below 2^31 for numbers of so many bits."""
    needed = bits // 30 + 1
    candidate = (_PRIMES[-1] if _PRIMES else 2**31 + 1) - 2
    while len(_PRIMES) < needed:
        if _is_prime(candidate):
            _PRIMES.append(candidate)
        candidate -= 2
    return _PRIMES[:needed]


def chinese(residues: list[tuple[int, ...]], primes: list[int]) -> list[int]:
    """Return the least non-negative numbers with the given residues (Chinese remainder theorem)."""
    product = math.prod(primes)
    weights = [product // p * pow(product // p, -1, p) for p in primes]
    return [sum(r * w for r, w in zip(row, weights, strict=True)) % product for row in residues]
