"""The search for the cheapest plan of a task: from a first one on, within budgets that grow."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from .._native import Clock, PlanSearch, Workspace
from ..arrays import F64, I32
from ..budget import Deadline
from ..clock import run_with
from ..ensembles.answers import FOUND, NONE, UNKNOWN
from ..errors import UndecidedError
from ..status import Stop
from .joined import Joined, join
from .parts import Rule, Task

DIVE = 400  # nodes for a first plan
_FIRST = 16.0  # the first budget is this part of the cost of a known plan
_QUICK = 0.005  # seconds: what is so quick is answered even if time was up
_SURE = 1e-12  # costs that differ by less are the same

Listed = list[tuple[int, list[tuple[int, int]]]]


@dataclass(slots=True)
class Found:
    """The best plan that is known.

    Attributes
    ----------
    point : ndarray of int32 or None
        An option of each axis; None: none is known.
    cost : float
        What it costs.
    lower : float
        No plan costs less (infinite: there is none).
    nodes : int
        How many boxes were looked at.
    """

    point: I32 | None
    cost: float
    lower: float
    nodes: int = 0

    @property
    def proved(self) -> bool:
        """Whether nothing is left to find out."""
        return self.lower >= self.cost or (self.point is None and self.lower == math.inf)


class PlanHunt:
    """Looks for the cheapest plan of a task; asked again, it knows the rules that came meanwhile."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self.joined: Joined = join(task)
        self._clock = Clock()
        tables = [task.cost, *(table.of for table in task.tables)]
        of = np.ascontiguousarray([np.concatenate(row) if row else np.zeros(0) for row in tables], np.float64)
        most = np.array([math.inf, *(table.most for table in task.tables)], np.float64)
        joined = self.joined
        self._searches = [
            PlanSearch(question.problem, joined.at, of, most, joined.single, question.only, task.own)
            for question in joined.questions
        ]
        self._work = Workspace(joined.layout, max(1, joined.n_columns), max(1, joined.n_scores), self._clock)
        for rule in task.rules:
            self._tell(rule)

    def _tell(self, rule: Rule) -> None:
        listed = _listed(rule)
        for search in self._searches:
            search.add(listed)

    def add(self, rule: Rule) -> None:
        """Let plans obey one more rule."""
        self._tell(rule)

    def within(self, low: I32, high: I32) -> None:
        """Look only at these options of each axis, from the next question on."""
        for search in self._searches:
            search.restrict(low, high)

    def accepts(self, point: I32) -> bool:
        """Tell whether a point is a plan, by the models' own arithmetic; with a new rule where it is refused."""
        if self.task.breaks(point):
            self.add([(a, _other_than(len(axis), point[a])) for a, axis in enumerate(self.task.axes)])
            return False
        for part, leaves in zip(self.task.parts, self.joined.leaves(self.task, point), strict=True):
            if not part.accepts(part.trees.add_up(leaves)):
                return False
        broken = None if self.task.bears is None else self.task.bears(point)
        if broken is not None:
            self.add(broken)
        return broken is None

    def cheapest(self, deadline: Deadline, known: Found | None = None) -> Found:
        """Return the cheapest plan, as far as it is proved when time is up; `known` is one to begin with."""
        best = known or Found(None, math.inf, 0.0)
        try:
            self._look(best, deadline)
        except KeyboardInterrupt:
            deadline.halt(Stop.INTERRUPT)
        except UndecidedError:  # time was up while a point was looked at
            deadline.expired()
        best.nodes = self._work.nodes
        return best

    def _look(self, best: Found, deadline: Deadline) -> None:
        if best.point is None and self._dive(best, deadline):
            best.lower = best.cost
            return
        budget = max(best.cost / _FIRST if best.point is not None else 0.0, self._least_step(), best.lower)
        most = sum(float(cost.max(initial=0.0)) for cost in self.task.cost)
        while best.lower < best.cost:
            if budget > most * (1 + _SURE):
                budget = math.inf
            limit = min(budget, best.cost)
            for search in self._searches:
                if self._below(search, min(limit, best.cost), best, deadline) == UNKNOWN:
                    return
            if best.cost <= limit:
                best.lower = best.cost
                return
            best.lower = max(best.lower, limit)
            budget *= 2

    def _dive(self, best: Found, deadline: Deadline) -> bool:
        """Look for a first plan for a moment; tell whether none is cheaper than what is known then."""
        codes = [self._below(search, best.cost, best, deadline, nodes=DIVE) for search in self._searches]
        return all(code == NONE for code in codes)

    def _below(
        self, search: PlanSearch, limit: float, best: Found, deadline: Deadline, nodes: int | None = None
    ) -> int:
        """Look for plans below a limit until there are no more; UNKNOWN if it was given up."""
        search.begin(limit, nodes is not None)
        self._work.limit = 1 << 62 if nodes is None else self._work.nodes + nodes
        while True:
            code = self._run(search, deadline)
            if code != FOUND:
                return code
            point = search.point
            if not self.accepts(point):
                search.refuse()
                continue
            search.accept()
            cost = self.task.price(point)
            if cost < best.cost:
                best.point, best.cost = point, cost

    def _run(self, search: PlanSearch, deadline: Deadline) -> int:
        if deadline.stop is Stop.INTERRUPT:
            return UNKNOWN
        return run_with(self._clock, deadline, search.next, self._work, at_least=_QUICK)

    def _least_step(self) -> float:
        """Return more than the least cost of any change."""
        every: F64 = np.concatenate([*self.task.cost, np.zeros(1)])
        positive = every[every > 0]
        return 1.5 * float(positive.min()) if len(positive) else 1.0


def _other_than(n: int, option: int) -> np.ndarray:
    others = np.ones(n, np.bool_)
    others[option] = False
    return others


def _listed(rule: Rule) -> Listed:
    """Return a rule as the core takes it: runs of options of each axis, once an axis."""
    together: dict[int, np.ndarray] = {}
    for axis, inside in rule:
        together[axis] = together[axis] | inside if axis in together else inside
    return [(axis, _runs(inside)) for axis, inside in together.items()]


def _runs(inside: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    return [(int(lo), int(hi) - 1) for lo, hi in edges.reshape(-1, 2)]
