"""The cheapest change under a linear condition: the core beside tensors."""

from __future__ import annotations

import pytest
import torch
from suffice.neural.cem.search.linear import LinearQuestion


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
@pytest.mark.parametrize("width", [1, 2, 7, 64])
def test_the_core_gives_the_bits_of_tensors(width, kind):
    generator = torch.Generator().manual_seed(width)

    def draw(*shape):
        return torch.randn(*shape, generator=generator, dtype=kind)

    lo, hi = draw(60, width) - 0.5, draw(60, width).abs() + 0.5
    lo, hi = torch.minimum(lo, hi), torch.maximum(lo, hi)
    lo[:5], hi[5:10] = -torch.inf, torch.inf
    g = draw(60, width)
    g[10:14] = 0.0  # the condition cannot be met, or always is
    g[14] = torch.nan
    need, damping = draw(60) * 3, draw(60).abs()
    damping[::2] = 0.0
    question = LinearQuestion(0.1, g, draw(60, width), draw(60, width), lo, hi, need, damping)
    ours, theirs = question.solve(), question.solve_by_tensors()
    assert torch.equal(torch.nan_to_num(ours, nan=9e9), torch.nan_to_num(theirs, nan=9e9))
