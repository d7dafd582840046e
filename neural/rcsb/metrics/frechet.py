"""Fréchet distances between sets of images: how real counterfactuals look, whole or in their region."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from ....engine.errors import BadInputError
from ..images.pixels import as_tensor, unit
from .encoding import encode


def frechet_distance(first: Tensor, second: Tensor) -> float:
    """Return the squared Fréchet distance of two Gaussians fitted to features.

    |m1 - m2|² + tr(S1 + S2 - 2 (S1 S2)^½), with means m and covariances S (divisor n - 1; Heusel et al., NeurIPS 2017,
    equation 6). The trace of the root is the nuclear norm of A1 A2ᵀ for S = AᵀA, so that no root of a singular matrix
    is taken.

    Parameters
    ----------
    first, second : Tensor, shape (n, d) and (m, d)

    Raises
    ------
    BadInputError
        If a set has less than two rows, or the widths differ.
    """
    for rows in (first, second):
        if rows.ndim != 2 or len(rows) < 2:
            raise BadInputError(f"features of shape {tuple(rows.shape)}: a Fréchet distance needs at least two rows")
    if first.shape[1] != second.shape[1]:
        raise BadInputError(f"features of {first.shape[1]} and of {second.shape[1]} columns cannot be compared")
    means, roots = [], []
    for rows in (first.to(torch.float64), second.to(torch.float64)):
        mean = rows.mean(0)
        centred = (rows - mean) / (len(rows) - 1) ** 0.5
        means.append(mean)
        roots.append(torch.linalg.qr(centred).R if len(rows) > rows.shape[1] else centred)
    cross = torch.linalg.matrix_norm(roots[0] @ roots[1].T, ord="nuc")
    total = (means[0] - means[1]).square().sum() + roots[0].square().sum() + roots[1].square().sum() - 2 * cross
    return max(0.0, float(total))


def fid(originals: Any, counterfactuals: Any, encoder: Any) -> float:
    """Return the Fréchet distance between the features of two sets of images; 0 for equal sets, the lower the better.

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W) and (m, C, H, W)
    encoder : Module or callable
        From images in [0, 1] to features (n, d); published figures use Inception-v3's last pooling layer.
    """
    return frechet_distance(encode(encoder, originals), encode(encoder, counterfactuals))


def split_fid(
    originals: Any, counterfactuals: Any, encoder: Any, *, valid: Any = None, repeats: int = 10, seed: int = 0
) -> float:
    """Return the distance between counterfactuals of one half of the images and originals of the other half.

    `fid` favours images that hardly changed, as each is compared with its own original; here halves are crossed
    (Jeanneret et al., *Adversarial Counterfactual Visual Explanations*, CVPR 2023): the mean over both ways and over
    several splits.

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W)
        Row by row.
    encoder : Module or callable
    valid : Tensor of bool, shape (n,), optional
        Which counterfactuals count; default all.
    repeats : int
        Random splits.
    seed : int
        Of the splits.

    Raises
    ------
    BadInputError
        If a half has less than two images.
    """
    before, after = encode(encoder, originals), encode(encoder, counterfactuals)
    counted = torch.ones(len(after), dtype=torch.bool) if valid is None else as_tensor(valid, "valid").cpu().bool()
    if not len(before) == len(after) == len(counted):
        raise BadInputError(
            f"{len(before)} originals, {len(after)} counterfactuals, {len(counted)} valid: expected as many"
        )
    numbers = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(repeats):
        order = torch.randperm(len(before), generator=numbers)
        halves = (order[: len(order) // 2], order[len(order) // 2 :])
        for here, there in (halves, halves[::-1]):
            found.append(frechet_distance(before[there], after[here[counted[here]]]))
    return sum(found) / len(found)


def region_crops(images: Any, masks: Any, size: tuple[int, int] | None = None) -> Tensor:
    """Return the box around each region, resized to one size.

    Parameters
    ----------
    images : Tensor, shape (n, C, H, W)
    masks : Tensor of bool, shape (n, 1, H, W)
    size : pair of int, optional
        Height and width; default those of the images.

    Returns
    -------
    Tensor of float, shape (m, C, *size)
        Images whose region is empty are left out.
    """
    given, where = unit(images), as_tensor(masks, "masks").cpu().bool()
    if where.shape != (len(given), 1, *given.shape[2:]):
        raise BadInputError(f"masks has shape {tuple(where.shape)}: expected {(len(given), 1, *given.shape[2:])}")
    into = size or (int(given.shape[2]), int(given.shape[3]))
    crops = []
    for image, mask in zip(given, where[:, 0], strict=True):
        places = mask.nonzero()
        if len(places):
            (top, left), (bottom, right) = (part.tolist() for part in (places.amin(0), places.amax(0)))
            crop = image[None, :, top : bottom + 1, left : right + 1]
            crops.append(functional.interpolate(crop, into, mode="bilinear", antialias=True).clamp(0, 1))
    return torch.cat(crops) if crops else given.new_zeros((0, given.shape[1], *into))
