"""Where refinements start, and in which boxes they stay.

* from what FISTA found;
* from the origin towards each wanted class;
* across the gap of a pertinent negative: the sides that a linear picture at the origin finds cheapest;
* from what was found, with one feature on the other side of its gap;
* with some one-hot groups changed, the most telling first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from .best import Best
from .linear import LinearQuestion
from .objective import Objective
from .problem import Problem
from .refine import Runs

MOST_CLASSES = 9
MOST_SIDES = 24
ALL_SIDES = 4
MOST_GROUPS = 8


def box_of(problem: Problem, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the box around each state: per feature the interval that it lies in; groups keep their vector."""
    inside = (states >= problem.near_lo) & (states <= problem.near_hi)
    far = ~inside & (problem.far_lo <= problem.far_hi)
    lo = torch.where(far, problem.far_lo, problem.near_lo)
    hi = torch.where(far, problem.far_hi, problem.near_hi)
    if problem.groups is not None:
        for columns in problem.groups.columns:
            lo[:, columns] = hi[:, columns] = states[:, columns]
    return lo, hi


def from_found(problem: Problem, best: Best, *, sparse: bool) -> Runs:
    """Return one run for each row that has a state; `sparse` keeps unchanged features unchanged."""
    rows = torch.nonzero(best.found)[:, 0]
    part, states = problem.take(rows), best.state[rows]
    lo, hi = box_of(part, states)
    if sparse:
        same = states == part.origin
        lo, hi = torch.where(same, states, lo), torch.where(same, states, hi)
    return Runs(rows, part.wanted, lo, hi, states)


def single_classes(problem: Problem, objective: Objective) -> list[torch.Tensor]:
    """Return masks of one wanted class each, the likeliest at the origin first; rows with fewer repeat their last."""
    scores = objective.scorer.scores(problem.points(problem.origin)).masked_fill(~problem.wanted, -torch.inf)
    counts = problem.wanted.sum(dim=1)
    most = min(MOST_CLASSES, int(counts.max()) if len(problem) else 0)
    order = torch.argsort(torch.nan_to_num(scores, neginf=-torch.inf), dim=1, descending=True, stable=True)
    masks = []
    for place in range(most):
        column = torch.minimum(torch.full_like(counts, place), counts - 1)
        mask = torch.zeros_like(problem.wanted)
        mask[torch.arange(len(mask), device=mask.device), order.gather(1, column[:, None])[:, 0]] = True
        masks.append(mask)
    return masks


def from_origin(problem: Problem, masks: list[torch.Tensor], states: torch.Tensor) -> list[Runs]:
    """Return one run towards each wanted class: from `states` (the origin, or the origin with groups changed)."""
    rows = torch.arange(len(problem), device=states.device)
    lo, hi = box_of(problem, states)
    runs = []
    for place, mask in enumerate(masks):
        useful = torch.nonzero(problem.wanted.sum(dim=1) > place)[:, 0]
        runs.append(Runs(rows, mask, lo, hi, states).take(useful))
    return runs


@dataclass(frozen=True)
class SidedQuestion(LinearQuestion):
    """The linear question with a second interval a feature: for each price the cheaper side is taken."""

    far_lo: torch.Tensor
    far_hi: torch.Tensor

    def at(self, price: torch.Tensor) -> torch.Tensor:
        """Return the best change when the condition has this price."""
        near = LinearQuestion.at(self, price)
        gap = self.far_lo <= self.far_hi
        far = LinearQuestion.at(
            replace(self, lo=torch.where(gap, self.far_lo, self.lo), hi=torch.where(gap, self.far_hi, self.hi)), price
        )
        worth = price[:, None] * self.g

        def cost(change: torch.Tensor) -> torch.Tensor:
            return self.beta * change.abs() + change * change - worth * change

        return torch.where(cost(far) < cost(near), far, near)


def across(problem: Problem, objective: Objective, masks: list[torch.Tensor]) -> list[Runs]:
    """Return runs across the gap, one for each wanted class, for rows with more sides than can be tried in all ways."""
    many = _sided(problem)[2] > ALL_SIDES
    if not bool(many.any()):
        return []
    runs = []
    rows = torch.arange(len(problem), device=problem.origin.device)
    zero = torch.zeros_like(problem.origin)
    for place, mask in enumerate(masks):
        towards = problem.wanting(mask)
        scores, slope, _, _ = objective.slope(towards, problem.origin, torch.inf)
        need = -objective.excess_of(scores, mask, problem.others)
        shift = problem.origin
        question = SidedQuestion(
            objective.settings.beta, -slope, zero, zero, problem.near_lo - shift, problem.near_hi - shift,
            need, torch.zeros_like(need), problem.far_lo - shift, problem.far_hi - shift,
        )  # fmt: skip
        states = projected_sides(problem, shift + question.solve())
        lo, hi = box_of(problem, states)
        crossed = (states < problem.near_lo) | (states > problem.near_hi)
        useful = torch.nonzero(many & (problem.wanted.sum(dim=1) > place) & crossed.any(dim=1))[:, 0]
        runs.append(Runs(rows, mask, lo, hi, states).take(useful))
    return runs


def all_sides(problem: Problem, masks: list[torch.Tensor]) -> list[Runs]:
    """Return runs with every choice of sides, for rows that have few features with two."""
    gap, rank, count = _sided(problem)
    few = (count > 0) & (count <= ALL_SIDES)
    if not bool(few.any()):
        return []
    edge = _far_edge(problem)
    rows = torch.arange(len(problem), device=problem.origin.device)
    runs = []
    for choice in range(1, 2 ** int(count[few].max())):
        chosen = gap & (torch.bitwise_right_shift(torch.full_like(rank, choice), rank.clamp(0, 30)) & 1).bool()
        possible = torch.nonzero(few & (2**count > choice))[:, 0]
        start = torch.where(chosen, edge, problem.origin)
        lo, hi = box_of(problem, start)
        for place, mask in enumerate(masks):
            useful = possible[(problem.wanted.sum(dim=1) > place)[possible]]
            runs.append(Runs(rows, mask, lo, hi, start).take(useful))
    return runs


def _sided(problem: Problem) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return which features have two sides, their number among those of their row, and how many a row has."""
    gap = problem.far_lo <= problem.far_hi
    return gap, torch.cumsum(gap.long(), dim=1) - 1, gap.sum(dim=1)


def _far_edge(problem: Problem) -> torch.Tensor:
    """Return the end of the far interval that is nearer to the origin."""
    return torch.where(problem.far_hi < problem.origin, problem.far_hi, problem.far_lo)


def projected_sides(problem: Problem, states: torch.Tensor) -> torch.Tensor:
    """Return states that rounding may have put just outside an interval, back on its edge."""
    near = torch.minimum(torch.maximum(states, problem.near_lo), problem.near_hi)
    gap = problem.far_lo <= problem.far_hi
    far = torch.where(gap, torch.minimum(torch.maximum(states, problem.far_lo), problem.far_hi), near)
    return torch.where((far - states).abs() < (near - states).abs(), far, near)


def other_sides(problem: Problem, best: Best, rows: torch.Tensor) -> list[Runs]:
    """Return, for each feature with a far side, runs that start with it on the other side."""
    part, states = problem.take(rows), best.state[rows]
    gap, rank, count = _sided(part)
    edge = _far_edge(part)
    on_far = gap & ((states < part.near_lo) | (states > part.near_hi))
    runs = []
    for place in range(min(MOST_SIDES, int(count.max()) if len(rows) else 0)):
        turned = gap & (rank == place)  # one feature of each row that has so many
        start = torch.where(turned, torch.where(on_far, part.origin, edge), states)
        lo, hi = box_of(part, start)
        runs.append(Runs(rows, part.wanted, lo, hi, start).take(torch.nonzero(count > place)[:, 0]))
    return runs


def group_prefixes(problem: Problem, objective: Objective) -> list[torch.Tensor]:
    """Return states with one, two, … groups changed: each time the change that gains the most margin."""
    if problem.groups is None:
        return []
    states, found = problem.origin, []
    here = objective.excess(problem, states)
    for _ in range(min(MOST_GROUPS, len(problem.groups.columns))):
        best_states, best_excess = states, here
        for group, option in problem.groups.moves():
            allowed = problem.groups.allowed[group][:, option]
            moved = torch.where(allowed[:, None], problem.groups.moved(states, group, option), states)
            excess = torch.where(allowed, objective.excess(problem, moved), here)
            better = excess > best_excess
            best_states = torch.where(better[:, None], moved, best_states)
            best_excess = torch.where(better, excess, best_excess)
        if not bool((best_excess > here).any()):
            break
        states, here = best_states, best_excess
        found.append(states)
    return found


def fewer_groups(problem: Problem, best: Best, rows: torch.Tensor) -> list[Runs]:
    """Return, for each group, runs in which it goes back to its origin."""
    part, states = problem.take(rows), best.state[rows]
    if part.groups is None:
        return []
    runs = []
    for columns in part.groups.columns:
        back = states.clone()
        back[:, columns] = part.origin[:, columns]
        useful = torch.nonzero((back != states).any(dim=1))[:, 0]
        lo, hi = box_of(part, back)
        runs.append(Runs(rows, part.wanted, lo, hi, back).take(useful))
    return runs


def joined(runs: list[Runs]) -> Runs | None:
    """Return several lists of runs as one; None if there is nothing to run."""
    runs = [part for part in runs if len(part)]
    if not runs:
        return None
    columns = zip(*((part.row, part.wanted, part.lo, part.hi, part.start) for part in runs), strict=True)
    return Runs(*(torch.cat(parts) for parts in columns))
