"""Model counting by compiling into a sentential decision diagram with PySDD.

PySDD's own count wraps at 64 bits, so the diagram is walked here with integers of any size. The native code
holds the interpreter lock and ignores signals: it is offered in a process of its own only.
"""

from __future__ import annotations

import time
from collections import deque
from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import MissingBackendError
from ...engine.forms import Cnf
from ..protocols import Capabilities, Kind, Limit, Requirement, TimeLimit
from ..results import Count

REQUIREMENT = Requirement(modules=("pysdd",), distribution="PySDD", remedy='pip install "pysdd>=1.0"')

_GARBAGE = 200_000  # dead nodes before they are collected


class PySddCounter:
    """PySDD in this process; looks at the clock between two clauses."""

    name = "pysdd"
    requirement = REQUIREMENT
    capabilities = Capabilities(Kind.COUNTER, time_limit=TimeLimit.LATE)

    def count(self, cnf: Cnf, deadline: Limit = None) -> Count:
        """Count the models over all variables."""
        limit, started = Deadline.of(deadline), time.perf_counter()
        clauses, n_used = _dense(cnf)
        if any(not clause for clause in clauses):
            return Count.exact(0, time.perf_counter() - started)
        value = 1 if n_used == 0 else _compiled_count(clauses, n_used, limit)
        seconds = time.perf_counter() - started
        if value is None:
            return Count.stopped(cnf.n_vars, limit.stop, seconds)
        return Count.exact(value << (cnf.n_vars - n_used), seconds)


def _dense(cnf: Cnf) -> tuple[list[list[int]], int]:
    """Return the clauses over variables 1 … n in an order that keeps neighbours together, and n.

    Tautologies and repeated literals are left out. The order is a breadth-first walk over the
    variables that share clauses: small diagrams need related variables close to each other.
    """
    kept = [sorted(set(clause)) for clause in cnf.clauses()]
    kept = [clause for clause in kept if not any(-literal in clause for literal in clause)]
    neighbours: dict[int, set[int]] = {}
    for clause in kept:
        members = [abs(literal) for literal in clause]
        for v in members:
            neighbours.setdefault(v, set()).update(members)
    place: dict[int, int] = {}
    for root in sorted(neighbours, key=lambda v: (len(neighbours[v]), v)):
        queue = deque([root])
        while queue:
            v = queue.popleft()
            if v not in place:
                place[v] = len(place) + 1
                queue.extend(sorted(neighbours[v] - place.keys()))
    return [[place[abs(lit)] * (1 if lit > 0 else -1) for lit in clause] for clause in kept], len(place)


def _compiled_count(clauses: list[list[int]], n_vars: int, limit: Deadline) -> int | None:
    try:
        from pysdd.sdd import SddManager, Vtree
    except ImportError as error:
        raise MissingBackendError(f"pysdd needs PySDD: {REQUIREMENT.remedy} ({error})") from error
    tree = Vtree(var_count=n_vars, vtree_type="balanced")
    manager = SddManager.from_vtree(tree)
    diagram = manager.true()
    for clause in sorted(clauses, key=lambda c: max(map(abs, c))):
        if limit.expired():
            return None
        part = manager.false()
        for literal in clause:
            part = part | manager.literal(literal)
        before, diagram = diagram, diagram & part
        diagram.ref()
        before.deref()
        if manager.dead_count() > _GARBAGE:
            manager.garbage_collect()
    return _count(diagram, n_vars)


def _count(diagram: Any, n_vars: int) -> int:
    """Return the number of models, by one walk over the diagram without recursion."""
    if diagram.is_false():
        return 0
    if diagram.is_true():
        return int(2**n_vars)
    counts: dict[int, int] = {}  # over the variables of the node's own part of the tree
    stack = [diagram]
    while stack:
        node = stack[-1]
        pairs = list(node.elements()) if node.is_decision() else []
        waiting = [x for pair in pairs for x in pair if x.is_decision() and x.id not in counts]
        if waiting and node.id not in counts:
            stack.extend(waiting)
            continue
        stack.pop()
        if node.id not in counts:
            counts[node.id] = _combined(node.vtree(), pairs, counts) if pairs else 1
    return int(counts[diagram.id] << (n_vars - diagram.vtree().var_count()))


def _combined(tree: Any, pairs: list[tuple[Any, Any]], counts: dict[int, int]) -> int:
    left, right = tree.left(), tree.right()
    return sum(_lifted(prime, left, counts) * _lifted(sub, right, counts) for prime, sub in pairs)


def _lifted(node: Any, tree: Any, counts: dict[int, int]) -> int:
    """Return the count of a node over all variables of the part of the tree that it stands in."""
    if node.is_false():
        return 0
    size = tree.var_count()
    if node.is_true():
        return int(2**size)
    own = counts[node.id] if node.is_decision() else 1
    return int(own << (size - node.vtree().var_count()))
