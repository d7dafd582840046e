"""Refinement: from a start to a local optimum of the distance on the boundary of validity.

FISTA oscillates around the kink of the loss and ends near a good state. From there, and from the origin towards each
wanted class, the margin is linearised again and again, and the cheapest change that satisfies the linear condition is
taken; a damping term grows where the linear picture was wrong and falls where it was right. Whatever is valid and
better on the way is kept. Each run stays in one box, so the gap of a pertinent negative is never entered.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ....engine.budget import Deadline
from ..model.sums import row_sum
from .best import Best
from .linear import LinearQuestion
from .objective import Objective
from .problem import Problem

ROUNDS = 24
SHRINKS = 12
APPROACH = 5


@dataclass(slots=True)
class Runs:
    """Refinements under way: each belongs to a row and moves its change within a box.

    Attributes
    ----------
    row : Tensor, shape (m,)
        The row of each run, ascending within one class.
    wanted : Tensor of bool, shape (m, K)
        The classes that this run goes for.
    lo, hi, start : Tensor, shape (m, d)
        The box and the start, as states.
    """

    row: torch.Tensor
    wanted: torch.Tensor
    lo: torch.Tensor
    hi: torch.Tensor
    start: torch.Tensor

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: torch.Tensor) -> Runs:
        """Return the runs at these places."""
        return Runs(self.row[places], self.wanted[places], self.lo[places], self.hi[places], self.start[places])


class Refinement:
    """Runs the refinements of a problem and keeps the best state of each row.

    Parameters
    ----------
    problem, objective, best
        The rows, what is minimised, and what has been found so far; `best` is updated.
    deadline : Deadline
        Looked at in every round.
    """

    def __init__(self, problem: Problem, objective: Objective, best: Best, deadline: Deadline) -> None:
        self._problem, self._objective, self._best, self._deadline = problem, objective, best, deadline

    def run(self, runs: Runs, batch: int, rounds: int = ROUNDS, *, guided: bool = False, damping: float = 0.0) -> None:
        """Refine all runs, `batch` at a time; `guided` starts each on log-probabilities, `damping` with short steps."""
        for places in torch.split(torch.arange(len(runs), device=runs.row.device), batch):
            part = runs.take(places)
            if guided and self._objective.guide is not None:
                part.start = self._approach(part, self._objective.guide)
            self._run_batch(part, rounds, damping)

    def _approach(self, runs: Runs, guide: Objective) -> torch.Tensor:
        """Return the states to which the guide leads from the starts.

        The slope of a probability vanishes where another class is certain, and may then lead to a third class.
        """
        problem = self._problem.take(runs.row).wanting(runs.wanted)
        low, high = runs.lo - problem.origin, runs.hi - problem.origin
        here = runs.start - problem.origin
        flat = torch.zeros_like(here)
        for _ in range(APPROACH):
            if self._deadline.expired():
                break
            states = torch.minimum(torch.maximum(problem.origin + here, runs.lo), runs.hi)
            scores, slope, _, _ = guide.slope(problem, states, torch.inf)
            need = -guide.excess_of(scores, problem.wanted, problem.others) - _dot(slope, here)
            damping = torch.ones_like(need)
            question = LinearQuestion(guide.settings.beta, -slope, flat, here, low, high, need, damping)
            here = torch.nan_to_num(question.solve())
        return torch.minimum(torch.maximum(problem.origin + here, runs.lo), runs.hi)

    def _run_batch(self, runs: Runs, rounds: int, start: float) -> None:
        """Linearise, solve, judge; runs that do not move any more leave."""
        problem = self._problem.take(runs.row).wanting(runs.wanted)
        here = runs.start - problem.origin
        damping = torch.full_like(here[:, 0], start)
        expected = torch.full_like(damping, torch.nan)
        short = torch.full_like(damping, torch.inf)  # how much was missing before the step
        slack = torch.full_like(damping, torch.nan)
        for turn in range(rounds):
            if self._deadline.expired() or not len(runs):
                return
            states = torch.minimum(torch.maximum(problem.origin + here, runs.lo), runs.hi)
            scores, slope, error, pull = self._objective.slope(problem, states, torch.inf)
            excess = self._objective.excess_of(scores, problem.wanted, problem.others)
            self._offer(runs, problem, states, excess, error)
            miss = (excess - expected).abs()
            wrong = miss > 0.25 * short.abs() + 1e-6
            fallen = torch.where(excess >= 0, damping * 0.3, damping * (0.3 if start == 0 else 0.9))
            damping = torch.where(wrong, torch.clamp(damping * 3, min=1.0), fallen)
            damping = torch.where(damping < 1e-3, 0.0, damping)
            slack = excess.abs() * 0.02 if turn == 0 else torch.clamp(slack * 0.4, min=0.0)
            slack = torch.where(slack < 1e-7, 0.0, slack)
            gradient = -slope  # the loss falls where the margin grows
            need = -excess + slack + _dot(gradient, here)
            pulled = torch.zeros_like(here) if pull is None else self._objective.settings.gamma * pull
            stiff = damping if pull is None else damping + self._objective.settings.gamma
            low, high = runs.lo - problem.origin, runs.hi - problem.origin
            there = LinearQuestion(
                self._objective.settings.beta, gradient, pulled, here, low, high, need, stiff
            ).solve()
            expected = excess + _dot(gradient, there - here)
            short = expected - excess
            moving = ((there - here).abs() > 1e-5 * (1 + here.abs())).any(dim=1) & torch.isfinite(there).all(dim=1)
            here = there
            if not bool(moving.all()):
                stay = torch.nonzero(moving)[:, 0]
                if not stay.shape[0]:
                    return
                runs, problem, here = runs.take(stay), problem.take(stay), here[stay]
                damping, expected, short, slack = (part[stay] for part in (damping, expected, short, slack))

    def _offer(
        self,
        runs: Runs,
        problem: Problem,
        states: torch.Tensor,
        excess: torch.Tensor,
        error: torch.Tensor | None,
    ) -> None:
        """Hand valid states to their rows, the cheapest of each row first."""
        total = problem.distance(states, self._objective.settings.beta)
        if error is not None:
            total = total + self._objective.settings.gamma * error
        self._best.saw(runs.row, excess)
        total = torch.where(excess >= 0, total, torch.inf)
        keep_best(self._best, runs.row, states, total)


def keep_best(best: Best, rows: torch.Tensor, states: torch.Tensor, totals: torch.Tensor) -> None:
    """Offer states of which several may belong to the same row; of equals the first counts."""
    useful = torch.nonzero(torch.isfinite(totals))[:, 0]
    if not len(useful):
        return
    by_total = useful[torch.argsort(totals[useful], stable=True)]
    order = by_total[torch.argsort(rows[by_total], stable=True)]
    first = torch.ones(len(order), dtype=torch.bool, device=rows.device)
    first[1:] = rows[order][1:] != rows[order][:-1]
    chosen = order[first]
    best.offer(rows[chosen], states[chosen], totals[chosen], None)


def shrink(problem: Problem, objective: Objective, best: Best, rows: torch.Tensor) -> None:
    """Pull the found states straight towards their origins as far as they stay valid and in their set."""
    part, states = problem.take(rows), best.state[rows]
    change = states - part.origin
    near = (states >= part.near_lo) & (states <= part.near_hi)
    edge = torch.where(part.origin > states, part.far_hi, part.far_lo)  # the end of the far interval towards the origin
    low, high = torch.zeros_like(best.total[rows]), torch.ones_like(best.total[rows])
    for _ in range(SHRINKS):
        middle = (low + high) / 2
        shorter = part.origin + middle[:, None] * change
        inner = torch.where(part.origin > states, torch.minimum(shorter, edge), torch.maximum(shorter, edge))
        shorter = part.rounded_groups(torch.where(near, shorter, inner))
        valid = objective.excess(part, shorter) >= 0
        total = objective.total(part, shorter)
        best.offer(rows[valid], shorter[valid], total[valid], None)
        high, low = torch.where(valid, middle, high), torch.where(valid, low, middle)


def _dot(first: torch.Tensor, second: torch.Tensor) -> torch.Tensor:
    return row_sum(first * second)
