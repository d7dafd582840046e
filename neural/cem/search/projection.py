"""Shrinkage and projection: one step of the state after its gradient step.

Two ways are offered. ``exact`` is the proximal step of ``beta * L1`` plus the allowed set: it thresholds by rate times
beta and, where the set has a gap, takes the cheaper side. ``paper`` is the published step: it thresholds by beta
itself, clips to the range, and sends a feature that has left its set back to the origin.
"""

from __future__ import annotations

import torch

from ..model.sums import soft
from .problem import Problem


def shrunk_exact(problem: Problem, stepped: torch.Tensor, rate: torch.Tensor, beta: float) -> torch.Tensor:
    """Return the minimiser of ``|z - stepped|^2 / (2 rate) + beta |z - origin|`` over the allowed set.

    Parameters
    ----------
    stepped : Tensor, shape (n, d)
    rate : Tensor, shape (n, 1)
    """
    threshold = rate * beta
    moved = problem.origin + soft(stepped - problem.origin, threshold)
    near = torch.minimum(torch.maximum(moved, problem.near_lo), problem.near_hi)
    gap = problem.far_lo <= problem.far_hi
    if not bool(gap.any()):
        return near
    far = torch.where(gap, torch.minimum(torch.maximum(moved, problem.far_lo), problem.far_hi), near)

    def cost(state: torch.Tensor) -> torch.Tensor:
        away = state - stepped
        return 0.5 * (away * away) + threshold * (state - problem.origin).abs()

    return torch.where(cost(far) < cost(near), far, near)


def projected_exact(problem: Problem, states: torch.Tensor) -> torch.Tensor:
    """Return the nearest allowed state, feature by feature."""
    near = torch.minimum(torch.maximum(states, problem.near_lo), problem.near_hi)
    gap = problem.far_lo <= problem.far_hi
    if not bool(gap.any()):
        return near
    far = torch.where(gap, torch.minimum(torch.maximum(states, problem.far_lo), problem.far_hi), near)
    return torch.where((far - states).abs() < (near - states).abs(), far, near)


def shrunk_paper(problem: Problem, stepped: torch.Tensor, beta: float) -> torch.Tensor:
    """Return the published step: soft threshold by beta, clip to the range, back to the origin outside the set."""
    change = stepped - problem.origin
    up = torch.minimum(stepped - beta, problem.range_hi)
    down = torch.maximum(stepped + beta, problem.range_lo)
    moved = torch.where(change > beta, up, torch.where(change < -beta, down, problem.origin))
    return projected_paper(problem, moved)


def projected_paper(problem: Problem, states: torch.Tensor) -> torch.Tensor:
    """Return the states with every feature outside the published set back at the origin.

    The published sets are told by distances: farther from b than the instance (PN), no farther (PP).
    """
    near = torch.minimum(torch.maximum(states, problem.near_lo), problem.near_hi)
    if problem.is_positive and not problem.mirrored:
        kept = near  # there is no published form of the positive on data: the interval itself
    else:
        away = (states - problem.no_info).abs()
        own = (problem.instance - problem.no_info).abs()
        inside = away <= own if problem.is_positive else away > own
        kept = torch.where(inside & problem.free, states, problem.origin)
    if problem.groups is not None:
        for columns in problem.groups.columns:
            kept[:, columns] = near[:, columns]
    return kept


def overshot(problem: Problem, stepped: torch.Tensor, moved: torch.Tensor) -> torch.Tensor:
    """Tell which rows have a feature that went past its whole set and was sent back, (n,) of bool.

    A shorter step may stay inside: such a row does not stand still for good. Only published positives can do so.
    """
    if not problem.mirrored:
        return torch.zeros(len(stepped), dtype=torch.bool, device=stepped.device)
    inwards = (stepped - problem.origin) * (problem.no_info - problem.origin) > 0
    return (inwards & (moved == problem.origin) & problem.free).any(dim=1)


def allowed(problem: Problem, states: torch.Tensor) -> torch.Tensor:
    """Tell for each row whether its state lies in the allowed set, (n,) of bool."""
    near = (states >= problem.near_lo) & (states <= problem.near_hi)
    far = (states >= problem.far_lo) & (states <= problem.far_hi)
    return (near | far | (states == problem.origin)).all(dim=1)
