"""How far a point is from being valid, and the loss that pulls it there.

Scores are logits, log-probabilities or probabilities, one column a class. Every row has a set of *wanted* classes: all
but the predicted one for a pertinent negative (or those that the user asks for), the predicted one for a pertinent
positive. The margin is the best wanted score minus the best other score: at least `kappa` means valid. The loss of the
paper (Dhurandhar et al. 2018, equations 1 and 3) is ``max(-margin, -kappa)``.
"""

from __future__ import annotations

import torch

from ..core import EXCESS_OF, LOSS_SLOPE, on_core, seen

LOWEST = float("-inf")


def best(scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the largest score of the masked classes, shape (n,)."""
    return scores.masked_fill(~mask, LOWEST).max(dim=1).values


def margin(scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Return the best wanted score minus the best other score.

    Parameters
    ----------
    scores : Tensor, shape (n, K)
    wanted, others : Tensor of bool, shape (n, K)
        Disjoint sets of classes.

    Returns
    -------
    Tensor, shape (n,)
    """
    return best(scores, wanted) - best(scores, others)


def excess(
    scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, rounding: float
) -> torch.Tensor:
    """Return by how much the margin exceeds `kappa` and a rounding error, (n,); what is no number is lowest.

    Parameters
    ----------
    scores, wanted, others
        As above.
    rounding : float
        Relative rounding error of the scores.
    """
    if on_core(scores):
        return torch.from_numpy(EXCESS_OF[scores.dtype](seen(scores), seen(wanted), seen(others), kappa, rounding))
    return tensor_excess(scores, wanted, others, kappa, rounding)


def tensor_excess(
    scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, rounding: float
) -> torch.Tensor:
    """Return the same, computed by tensors."""
    top = torch.clamp(torch.nan_to_num(scores).abs().amax(dim=1), min=1.0, max=1e4)
    needed = kappa + rounding * top
    return torch.nan_to_num(margin(scores, wanted, others) - needed, nan=LOWEST, posinf=torch.inf)


def loss_gradient(scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float) -> torch.Tensor:
    """Return the paper's loss ``max(-margin, -kappa)`` differentiated by the scores, shape (n, K).

    It is 1 at the best other class and -1 at the best wanted one, and 0 where the margin exceeds `kappa`.
    """
    if on_core(scores):
        return torch.from_numpy(LOSS_SLOPE[scores.dtype](seen(scores), seen(wanted), seen(others), kappa))
    return tensor_gradient(scores, wanted, others, kappa)


def tensor_gradient(scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float) -> torch.Tensor:
    """Return the same, computed by tensors."""
    best_wanted, rival = (scores.masked_fill(~mask, LOWEST).max(dim=1) for mask in (wanted, others))
    slope = torch.zeros_like(scores)
    slope.scatter_(1, best_wanted.indices[:, None], -1.0)
    slope = slope.masked_fill(~wanted, 0.0)
    slope += torch.zeros_like(scores).scatter_(1, rival.indices[:, None], 1.0).masked_fill(~others, 0.0)
    return slope.masked_fill(~(rival.values - best_wanted.values >= -kappa)[:, None], 0.0)


def loss_slope(
    scores: torch.Tensor, wanted: torch.Tensor, others: torch.Tensor, kappa: float, step: torch.Tensor
) -> torch.Tensor:
    """Return the loss differentiated by the scores, by central differences.

    Moving one score moves a maximum only as far as the runner-up allows, so two sorted scores a set are enough: no
    table of all classes against all classes.

    Parameters
    ----------
    scores, wanted, others, kappa
        As above.
    step : Tensor, shape (K,)
        Half of the difference, for each class.

    Returns
    -------
    Tensor, shape (n, K)
    """
    told = {}
    for sign in (1.0, -1.0):
        moved = scores + sign * step
        told[sign] = torch.clamp(
            _others_moved(scores, moved, others) - _others_moved(scores, moved, wanted), min=-kappa
        )
    return (told[1.0] - told[-1.0]) / (2 * step)


def _others_moved(scores: torch.Tensor, moved: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Return the maximum of a set when one class after the other takes its moved score, shape (n, K)."""
    inside = scores.masked_fill(~mask, LOWEST)
    top = torch.topk(inside, min(2, inside.shape[1]), dim=1)
    first = top.values[:, :1]
    second = top.values[:, 1:2] if top.values.shape[1] > 1 else torch.full_like(first, LOWEST)
    classes = torch.arange(scores.shape[1], device=scores.device)
    rest = torch.where(classes[None] == top.indices[:, :1], second, first)
    return torch.where(mask, torch.maximum(rest, moved), first)
