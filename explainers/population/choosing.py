"""From refused rows and candidates to few actions: every row is asked about all candidates, then covers are chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ...engine.arrays import F64, I64, Bools
from ...engine.budget import Deadline
from ...engine.errors import SelfCheckError
from ...engine.status import Stop
from ..batch.rows import AnyRows
from ..batch.run import Answer, Outcome, Rows
from ..recourse.plan import Plan
from ..session.gate import twin_of
from .actions import Action, drawn_actions, said_actions
from .bounds import NOTHING, Bounds
from .common import CommonActions, CoverStep
from .cover import largest_cover
from .groups import Grouping
from .serving import Served

_ASKING, _CHOOSING = 0.6, 0.8  # shares of the time by which rows are asked, and covers chosen


class People(NamedTuple):
    """The rows that actions are for.

    Attributes
    ----------
    leader : explainer
        A twin of the explainer.
    rows : rows
        All rows.
    said : mapping
        The arguments of ``recourse``.
    refused : ndarray of int64
        The rows that are refused.
    hopeless : ndarray of bool
        Which of these are proved to have no plan (within the budget).
    lower : ndarray of float64
        Proved lower bounds of their costs.
    groupings : tuple of Grouping
        The groups of all rows.
    budget : float
        What a plan may cost.
    """

    leader: Any
    rows: AnyRows
    said: Mapping[str, Any]
    refused: I64
    hopeless: Bools
    lower: F64
    groupings: tuple[Grouping, ...]
    budget: float


def candidates_of(
    people: People, said: Any, plans: Sequence[Plan], length: int, most: int, each: int
) -> list[Action]:  # fmt: skip
    """Return the actions to choose from: those that a user says, or what plans change."""
    session = people.leader.session

    def is_numeric(index: int) -> bool:
        feature = session.features[index]
        return feature.kind.value in ("numerical", "integer") or feature.listed

    if said is not None:
        return said_actions(said, session.feature_index, is_numeric)
    return drawn_actions(plans, length, most, each, lambda name: is_numeric(session.feature_index(name)))


class _Asking:
    """Asks rows about actions, in one thread."""

    def __init__(self, people: People, actions: Sequence[Action], told: Mapping[int, tuple[int, ...]] | None) -> None:
        self._people, self._actions, self._told = people, actions, told
        self._twin = twin_of(people.leader)

    def __call__(self, i: int, limit: Deadline) -> Outcome:
        """Return what each action costs row i (infinite: it does not serve it); or its cheapest of some, as a plan."""
        people = self._people
        numbers = range(len(self._actions)) if self._told is None else self._told[i]
        actions = [self._actions[number] for number in numbers]
        try:
            people.rows.place(self._twin, i)
            with self._twin.session.query(limit) as deadline:
                changes = list(dict.fromkeys(change for action in actions for change in action.changes))
                asked = Served(self._twin.session, people.said, changes, deadline)
                found = [None if limit.expired() else asked.by(action) for action in actions]
                if limit.expired():
                    return Outcome(None)
                serving = [one for one in found if one is not None and one.cost <= people.budget]
                if self._told is None:
                    asked.confirmed(serving)
                    costs = [math.inf if o is None or o.cost > people.budget else o.cost for o in found]
                    return Outcome(np.array(costs))
                best = min(serving, key=lambda one: one.cost)
                place = int(np.searchsorted(people.refused, i))
                number = next(n for n, one in zip(numbers, found, strict=True) if one is best)
                return Outcome((number, asked.plan(best, float(people.lower[place]))))
        except Exception as error:
            return Outcome(error.with_traceback(None), failed=True)

    def close(self) -> None:
        """Do nothing: it holds nothing."""


def choose(people: People, actions: Sequence[Action], k: int, n_jobs: int | None, deadline: Deadline) -> CommonActions:
    """Return up to k of the candidates that serve most rows."""
    asked = people.refused[~people.hopeless]
    costs, late = _costs(people, actions, asked, n_jobs, deadline)
    serves = costs < math.inf
    curve = _curve(actions, serves, k, late, deadline)
    chosen = _ordered(curve[-1], actions, serves)
    curve[-1] = curve[-1]._replace(actions=chosen)
    place = {action: number for number, action in enumerate(actions)}
    last = [place[action] for action in chosen]
    plans = _plans(people, chosen, last, costs, asked, n_jobs, deadline)
    covered = serves[last].any(axis=0) if last else np.zeros(len(asked), np.bool_)
    unknown = np.isnan(costs).any(axis=0) if len(costs) else np.zeros(len(asked), np.bool_)
    by_group = _by_group(people, asked[covered], asked[unknown])
    stop = Stop.TIME_LIMIT if late and deadline.stop is Stop.NONE else deadline.stop
    return CommonActions(
        tuple(CoverStep(*step) for step in curve), plans, len(people.refused), tuple(actions),
        tuple(int(row.sum()) for row in serves), by_group, late, stop, deadline.elapsed,
    )  # fmt: skip


def nobody_served(k: int, deadline: Deadline) -> CommonActions:
    """Return what there is to say where there are no rows."""
    curve = tuple(CoverStep(number, (), 0, 0) for number in range(1, k + 1))
    return CommonActions(curve, {}, 0, (), (), {}, 0, deadline.stop, deadline.elapsed)


class _Step(NamedTuple):
    k: int
    actions: tuple[Action, ...]
    served: int
    most: int


def _costs(
    people: People, actions: Sequence[Action], asked: I64, n_jobs: int | None, deadline: Deadline
) -> tuple[F64, int]:
    """Return what each action costs each row (NaN: not asked in time), and how many rows were not asked."""
    costs = np.full((len(actions), len(asked)), math.nan)
    if not len(actions):
        return costs, 0
    answers = _run(people, actions, None, asked, n_jobs, deadline, _ASKING)
    for j, i in enumerate(asked.tolist()):
        answer = answers[i]
        if answer is not None and isinstance(answer.outcome.value, SelfCheckError):
            raise answer.outcome.value
        if answer is not None and not answer.outcome.failed and answer.outcome.value is not None:
            costs[:, j] = answer.outcome.value
    return costs, int(np.isnan(costs).any(axis=0).sum())


def _run(
    people: People, actions: Sequence[Action], told: Mapping[int, tuple[int, ...]] | None, only: I64,
    n_jobs: int | None, deadline: Deadline, until: float,
) -> list[Answer | None]:  # fmt: skip
    """Ask rows until a share of the time is over."""
    seconds = None if deadline.seconds is None else deadline.seconds * until - deadline.elapsed
    limit = deadline.part(seconds)
    try:
        rows = Rows(lambda: _Asking(people, actions, told), limit)
        return rows.run(len(people.rows), n_jobs, only=only.tolist()) if len(only) else [None] * len(people.rows)
    finally:
        deadline.end(limit)
        if limit.stop is Stop.INTERRUPT:
            deadline.halt(limit.stop)


def _curve(actions: Sequence[Action], serves: Bools, k: int, late: int, deadline: Deadline) -> list[_Step]:
    """Return maximum covers by 1 to k actions."""
    curve: list[_Step] = []
    before: tuple[int, ...] = ()
    for number in range(1, k + 1):
        seconds = (
            None if deadline.seconds is None else (deadline.seconds * _CHOOSING - deadline.elapsed) / (k - number + 1)
        )
        limit = deadline.part(seconds)
        try:
            found = largest_cover(serves, number, limit, before)
        finally:
            deadline.end(limit)
        before = found.chosen
        curve.append(_Step(number, tuple(actions[i] for i in found.chosen), found.n_covered, found.most + late))
    return curve


def _ordered(step: _Step, actions: Sequence[Action], serves: Bools) -> tuple[Action, ...]:
    """Return the actions of a cover, the one that serves most first."""
    place = {action: number for number, action in enumerate(actions)}
    return tuple(sorted(step.actions, key=lambda action: (-int(serves[place[action]].sum()), place[action])))


def _plans(
    people: People, chosen: tuple[Action, ...], last: list[int], costs: F64, asked: I64, n_jobs: int | None,
    deadline: Deadline,
) -> dict[int, tuple[int, Plan]]:  # fmt: skip
    """Return what each served row does, of its cheapest action: as many of them as there is time for."""
    told: dict[int, tuple[int, ...]] = {}
    for j, i in enumerate(asked.tolist()):
        own = costs[last, j]
        if len(own) and np.nanmin(np.append(own, math.inf)) < math.inf:
            told[i] = (int(np.nanargmin(own)),)
    answers = _run(people, chosen, told, np.array(list(told), np.int64), n_jobs, deadline, 1.0)
    found: dict[int, tuple[int, Plan]] = {}
    for i in told:
        answer = answers[i]
        if answer is not None and answer.outcome.failed:
            raise answer.outcome.value
        if answer is not None and answer.outcome.value is not None:
            found[i] = answer.outcome.value
    return found


def _by_group(people: People, served: I64, unknown: I64) -> dict[tuple[str, str], Bounds]:
    """Return the share of each group's refused rows that is served."""
    n = len(people.rows)
    refused, inside, open_ = (np.zeros(n, np.bool_) for _ in range(3))
    refused[people.refused], inside[served], open_[unknown] = True, True, True
    found = {}
    for grouping in people.groupings:
        for label, own in grouping.each():
            count = int((refused & own).sum())
            low = int((inside & own).sum())
            high = low + int((open_ & own & ~inside).sum())
            found[grouping.name, label] = Bounds(low / count, high / count) if count else NOTHING
    return found
