"""Plans in stages: in which order a plan is walked, so that every row on the way is allowed."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import I32
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.given import is_finite_from_0, is_whole, list_of
from ...engine.plans.parts import Rule, Task
from ...engine.plans.search import Found, PlanHunt
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop
from .plan import Plan, Step, listed
from .solving import Solved, told_row

if TYPE_CHECKING:
    from pandas import DataFrame

    from .asking import Asker

_MOST = 12  # features that a plan in stages changes: all their sets are looked at


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of a plan.

    Attributes
    ----------
    row : Row
        What the instance is after it, in the user's own types.
    steps : tuple of Step
        What changes in it.
    cost : float
        What that costs.
    """

    row: Row
    steps: tuple[Step, ...]
    cost: float

    @property
    def text(self) -> str:
        """What changes, in words."""
        return listed([step.text for step in self.steps])


@dataclass(frozen=True, slots=True, eq=False)
class Stages(Sequence[Stage]):
    """The cheapest plan that can be walked in stages, in the fewest.

    Attributes
    ----------
    stages : tuple of Stage
        In their order; empty where there is no such plan, or nothing has to change.
    plan : Plan or None
        Where they lead; None: there is no such plan, or none was found.
    status : Status
        ``OPTIMAL``: no plan that can be walked so costs less; ``INFEASIBLE``: there is none, which is proved;
        ``PROVED``, ``BEST_SO_FAR``: as of plans.
    stop : Stop
        Why the search was stopped, if so.
    lower : float
        No plan that can be walked so costs less.
    seconds : float
        How long it took.
    """

    stages: tuple[Stage, ...]
    plan: Plan | None
    status: Status
    stop: Stop
    lower: float
    seconds: float

    def __len__(self) -> int:
        return len(self.stages)

    def __getitem__(self, index: Any) -> Any:
        return self.stages[index]

    @property
    def cost(self) -> float:
        """What all stages cost together (infinite without a plan)."""
        return math.inf if self.plan is None else self.plan.cost

    def to_frame(self) -> DataFrame:
        """Return a pandas data frame: a row for each change, with the number of its stage (needs pandas)."""
        import pandas

        rows = [
            (number, step.feature, step.old, step.new, step.text, step.cost)
            for number, stage in enumerate(self.stages, 1)
            for step in stage.steps
        ]
        return pandas.DataFrame(rows, columns=["stage", "feature", "from", "to", "step", "step_cost"])

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes the stages again, without the model."""
        from .written import stages_form

        return json.dumps(stages_form(self))

    def __repr__(self) -> str:
        lines = [f"{i}. {stage.text} (cost {stage.cost:.6g})" for i, stage in enumerate(self.stages, 1)]
        return "\n".join([f"<Stages: {self._head}>", *lines])

    @property
    def _head(self) -> str:
        said, took = str(self.status).replace("_", " "), milliseconds(self.seconds)
        if self.status is Status.INFEASIBLE:
            return f"no plan can be walked in such stages (proved in {took})"
        if self.plan is None:
            return f"no plan in such stages was found ({self.stop}); none costs less than {self.lower:.6g}"
        many = "1 stage" if len(self.stages) == 1 else f"{len(self.stages)} stages"
        return f"{many} to {self.plan.wanted}, cost {self.plan.cost:.6g} ({said}; {took})"

    def _repr_html_(self) -> str:
        """Return the same as a table."""
        rows = [
            (f"{i}. cost {stage.cost:.6g}", "<br>".join(text(step.text) for step in stage.steps))
            for i, stage in enumerate(self.stages, 1)
        ]
        return card("in stages", rows, self._head)


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """What stages may be: how much each changes, what it costs at most, and what comes before what.

    Attributes
    ----------
    at_most : int
        How many features a stage changes.
    budget : float
        What it costs at most.
    before : tuple of pairs of int
        Features of which the first one, where both change, changes in an earlier stage.
    """

    at_most: int
    budget: float
    before: tuple[tuple[int, int], ...]

    def groups(self, task: Task, point: I32) -> list[frozenset[int]] | None:
        """Return which axes change in each stage, in the fewest stages; None if there is no way.

        Raises
        ------
        BadInputError
            If the point changes more features than are looked at.
        """
        levers = [a for a, axis in enumerate(task.axes) if point[a] != axis.own]
        if len(levers) > _MOST:
            raise BadInputError(
                f"stages: the cheapest plan changes {len(levers)} features, more than {_MOST}: ask for plans with "
                f"at_most={_MOST}"
            )
        place = {task.axes[a].feature: a for a in levers}
        before = [(place[i], place[j]) for i, j in self.before if i in place and j in place]
        cost = {a: float(task.cost[a][point[a]]) for a in levers}
        walked: dict[frozenset[int], list[frozenset[int]]] = {frozenset(): []}
        layer = [frozenset[int]()]
        while layer:
            after = []
            for done in layer:
                if len(done) == len(levers):
                    return walked[done]
                for group in self._next(levers, done, cost, before):
                    now = done | group
                    if now not in walked and not task.breaks(_part_way(task, point, now)):
                        walked[now] = [*walked[done], group]
                        after.append(now)
            layer = after
        return None

    def _next(
        self, levers: list[int], done: frozenset[int], cost: dict[int, float], before: list[tuple[int, int]]
    ) -> Iterable[frozenset[int]]:
        waiting = [a for a in levers if a not in done and not any(j == a and i not in done for i, j in before)]
        for size in range(1, min(self.at_most, len(waiting)) + 1):
            for group in itertools.combinations(waiting, size):
                if math.fsum(cost[a] for a in group) <= self.budget:
                    yield frozenset(group)


def _part_way(task: Task, point: I32, done: frozenset[int]) -> I32:
    """Return a point on the way: some axes have changed, the others not yet."""
    found = task.own.copy()
    chosen = sorted(done)
    found[chosen] = point[chosen]
    return found


def walk_of(asker: Asker, at_most: Any, budget: Any, before: Any) -> Walk:
    """Return what stages may be, as users say it."""
    if at_most is not None and (not is_whole(at_most) or at_most < 1):
        raise BadInputError(f"at_most={shown(at_most)}: expected how many features a stage changes, a number from 1")
    if budget is not None and not is_finite_from_0(budget):
        raise BadInputError(f"budget={shown(budget)}: expected what a stage costs at most, a finite number from 0")
    pairs = []
    for pair in list_of(before, "before", "pairs such as [('education', 'income')]"):
        if not isinstance(pair, (tuple, list)) or len(pair) != 2:
            raise BadInputError(f"before: {shown(pair)}: expected a pair, of which the first changes before the second")
        first, second = (asker.session.feature_index(name) for name in pair)
        if first == second:
            raise BadInputError(f"before: {shown(pair)} names one feature twice")
        pairs.append((first, second))
    most = len(asker.session.features) if at_most is None else int(at_most)
    return Walk(most, math.inf if budget is None else float(budget), tuple(pairs))


def stages_of(asker: Asker, walk: Walk, deadline: Deadline) -> Stages:
    """Return the cheapest plan that can be walked: points that cannot are passed over."""
    made = asker.bearing(asker.asked.task(), deadline)
    fits = [[(a, np.asarray(of <= walk.budget, np.bool_))] for a, of in enumerate(made.cost)]

    def bears(point: I32) -> Rule | None:
        broken = None if made.bears is None else made.bears(point)
        if broken is not None or walk.groups(made, point) is not None:
            return broken
        return [(a, np.arange(len(axis)) != point[a]) for a, axis in enumerate(made.axes)]

    task = replace(made, bears=bears, rules=(*made.rules, *fits))
    best = PlanHunt(task).cheapest(deadline, Found(None, math.inf, 0.0))
    stop = Stop.NONE if best.proved else deadline.stop
    if best.point is None:
        status = Status.INFEASIBLE if best.proved else Status.BEST_SO_FAR
        return Stages((), None, status, stop, best.lower, deadline.elapsed)
    status = Status.OPTIMAL if best.proved else Status.BEST_SO_FAR
    solved = Solved(asker.asked, asker.aims, task)
    plan = solved.plan(best.point, best.cost, best.lower, status, exact=True)
    groups, done, stages = walk.groups(made, best.point), frozenset[int](), []
    assert groups is not None
    for group in groups:
        done |= group
        names = {asker.session.features[task.axes[a].feature].name for a in group}
        steps = tuple(step for step in plan.steps if step.feature in names)
        row, _ = told_row(asker.asked, task.axes, _part_way(task, best.point, done), rounded=False)
        stages.append(Stage(row, steps, math.fsum(step.cost for step in steps)))
    return Stages(tuple(stages), plan, plan.status, stop, best.lower, deadline.elapsed)
