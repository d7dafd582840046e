"""Sums over the features of a row whose bits do not depend on the other rows.

A library's reduction may split its work by the size of the whole array. Halving the columns and adding the halves
uses elementwise additions only, which every machine rounds the same way.
"""

from __future__ import annotations

import torch


def row_sum(values: torch.Tensor) -> torch.Tensor:
    """Return the sums over the last axis.

    Parameters
    ----------
    values : Tensor, shape (..., d), floating

    Returns
    -------
    Tensor, shape (...)
    """
    width = values.shape[-1]
    if width == 0:
        return values.new_zeros(values.shape[:-1])
    while width > 1:
        half = width // 2
        folded = values[..., :half] + values[..., half : 2 * half]
        if width % 2:
            folded = torch.cat([folded, values[..., -1:]], dim=-1)
        values, width = folded, half + width % 2
    return values[..., 0]


def soft(values: torch.Tensor, threshold: torch.Tensor | float) -> torch.Tensor:
    """Shrink towards zero: the proximal step of ``threshold * |values|``."""
    return torch.clamp(values - threshold, min=0.0) + torch.clamp(values + threshold, max=0.0)
