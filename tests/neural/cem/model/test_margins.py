"""Margins and their slopes: by the core, by tensors, and by PyTorch's own differentiation."""

from __future__ import annotations

import pytest
import torch
from suffice.neural.cem.model.margins import excess, loss_gradient, margin, tensor_excess, tensor_gradient

KINDS = (torch.float32, torch.float64)


def drawn(seed, kind):
    """Scores with ties, infinite ones and NaN among them, and two disjoint sets of classes for each row."""
    generator = torch.Generator().manual_seed(seed)
    count = 2 + seed % 4
    scores = torch.randint(-3, 4, (40, count), generator=generator).to(kind) / 3
    odd = torch.rand(40, count, generator=generator)
    for value, share in ((torch.nan, 0.03), (torch.inf, 0.06), (-torch.inf, 0.12)):
        scores = torch.where((odd < share) & (odd >= share - 0.03), value, scores)
    part = torch.randint(0, 3, (40, count), generator=generator)
    return scores, part == 0, part == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_the_core_and_tensors_agree(seed, kind):
    scores, wanted, others = drawn(seed, kind)
    for kappa in (0.0, 0.1):
        ours = excess(scores, wanted, others, kappa, 1e-5)
        assert torch.equal(ours, tensor_excess(scores, wanted, others, kappa, 1e-5))
        assert torch.equal(loss_gradient(scores, wanted, others, kappa), tensor_gradient(scores, wanted, others, kappa))
    assert torch.equal(
        loss_gradient(scores, wanted, others, torch.inf), tensor_gradient(scores, wanted, others, torch.inf)
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_the_slope_is_that_of_the_loss(seed, kind):
    scores, wanted, others = drawn(seed, kind)
    scores.requires_grad_(True)
    for kappa in (0.0, 0.1, torch.inf):
        raw = -margin(scores, wanted, others)
        flat = torch.full_like(raw, -kappa)
        (slope,) = torch.autograd.grad(torch.where(raw >= flat, raw, flat).sum(), scores)
        assert torch.equal(slope, loss_gradient(scores.detach(), wanted, others, kappa))
