"""How good counterfactuals are: valid, close, sparse, and how the decision passes over. One function a metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown
from ...arguments import whole
from ..images.pixels import as_tensor, unit
from .encoding import encode, encode_maps, probabilities

_EPS = 1e-10
FACE_THRESHOLD = 0.5


def l1(originals: Any, counterfactuals: Any) -> Tensor:
    """Return the sum of the absolute changes of each image, for values in [0, 1]: float64 (n,)."""
    return _delta(originals, counterfactuals).abs().flatten(1).sum(1)


def l2(originals: Any, counterfactuals: Any) -> Tensor:
    """Return the Euclidean length of the change of each image, for values in [0, 1]: float64 (n,)."""
    return _delta(originals, counterfactuals).square().flatten(1).sum(1).sqrt()


def similarity(originals: Any, counterfactuals: Any, encoder: Any) -> Tensor:
    """Return the cosine of the features of each pair of images: float64 (n,), in [-1, 1].

    With a self-supervised encoder this is S³ (Jeanneret et al., CVPR 2023; there SimSiam), with a network of faces FS.

    Raises
    ------
    BadInputError
        If the features of an image are all zero.
    """
    _same_length(originals, counterfactuals)
    before, after = encode(encoder, originals), encode(encoder, counterfactuals)
    lengths = torch.linalg.vector_norm(before, dim=1) * torch.linalg.vector_norm(after, dim=1)
    if bool((lengths == 0).any()):
        raise BadInputError(f"the encoder's features of image {int((lengths == 0).nonzero()[0, 0])} are all zero")
    found: Tensor = (before * after).sum(1) / lengths
    return found


def face_verification(
    originals: Any, counterfactuals: Any, encoder: Any, *, threshold: float = FACE_THRESHOLD
) -> Tensor:
    """Tell of each pair of images whether a network of faces takes both for one person: bool (n,); its share is FVA.

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W)
    encoder : Module or callable
        From images in [0, 1] to features of faces.
    threshold : float
        The cosine above which two faces are of one person.
    """
    return similarity(originals, counterfactuals, encoder) > threshold


def lpips(originals: Any, counterfactuals: Any, encoder: Any, *, weights: Sequence[Any] | None = None) -> Tensor:
    """Return the perceptual distance of each pair of images: float64 (n,).

    Feature maps of several layers are brought to unit length at each place; the squared differences are weighted by
    channel, summed, averaged over places, and summed over layers (Zhang et al., CVPR 2018, equation 1).

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W)
    encoder : Module or callable
        From images in [0, 1] to a sequence of feature maps (n, c, h, w), or to one.
    weights : sequence of array, optional
        One weight a channel for each layer; default 1.

    Raises
    ------
    BadInputError
        If weights and layers do not go together.
    """
    _same_length(originals, counterfactuals)
    rows = []
    pairs = (torch.split(unit(images), 16) for images in (originals, counterfactuals))
    for before, after in zip(*pairs, strict=True):
        if len(before):
            rows.append(_perceptual(encode_maps(encoder, before), encode_maps(encoder, after), weights))
    return torch.cat(rows) if rows else torch.zeros(0, dtype=torch.float64)


def cout(
    originals: Any,
    counterfactuals: Any,
    classifier: Any,
    source: Any,
    target: Any,
    *,
    steps: int = 50,
    multi_label: bool = False,
) -> Tensor:
    """Return the counterfactual transition score of each image: float64 (n,), in [-1, 1].

    Pixels of the counterfactual are put into the original in `steps` equal parts, those with the largest change
    (summed over channels) first; the score is the area under the target's probability less that under the source's, by
    trapezoids (Khorram and Li, *Cycle-Consistent Counterfactuals by Latent Transformations*, CVPR 2022).

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W)
    classifier : Module or callable
        From images in [0, 1] to logits (n, K).
    source, target : Tensor
        int64 (n,): classes. A target bool (n, K): the sum over these classes. For several labels, target int8 (n, K)
        with 1 on, 0 off, -1 whatever: the mean probability that a label is as wanted, against that it is not; `source`
        is not looked at.
    steps : int
    multi_label : bool
    """
    _same_length(originals, counterfactuals)
    steps = whole("steps", steps)
    before, after = unit(originals), unit(counterfactuals).to(as_tensor(originals, "originals").device)
    change = (after.double() - before.double()).abs().sum(1).flatten(1)
    rank = torch.argsort(torch.argsort(change, dim=1, descending=True, stable=True), dim=1).reshape(
        -1, 1, *before.shape[2:]
    )
    count = rank[0].numel() if len(rank) else 0
    gains = []
    for step in range(steps + 1):
        mixed = torch.where(rank < count * step // steps, after, before)
        table = probabilities(classifier, mixed, multi_label=multi_label)
        gains.append(_for_target(table, target, multi_label) - _for_source(table, source, target, multi_label))
    curve = torch.stack(gains)
    return (curve[:-1] + curve[1:]).sum(0) / (2 * steps)


def agreement(counterfactuals: Any, judge: Any, targets: Any) -> Tensor:
    """Tell of each counterfactual whether another classifier sees the target class too: bool (n,).

    Parameters
    ----------
    counterfactuals : Tensor, shape (n, C, H, W)
    judge : Module or callable
        A classifier that had no part in the search; from images in [0, 1] to logits (n, K).
    targets : Tensor
        int64 (n,), or bool (n, K) where any of these classes will do.
    """
    answers = probabilities(judge, counterfactuals).argmax(1)
    wanted = as_tensor(targets, "targets").cpu()
    if len(wanted) != len(answers):
        raise BadInputError(f"{len(wanted)} targets for {len(answers)} images: expected one for each")
    return answers == wanted if wanted.ndim == 1 else wanted.gather(1, answers[:, None])[:, 0]


def attributes_changed(originals: Any, counterfactuals: Any, attributes: Any) -> Tensor:
    """Return how many attributes changed in each image: int64 (n,); their mean is MNAC.

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W)
    attributes : Module or callable
        From images in [0, 1] to one logit an attribute, (n, L); above 0 it is there.
    """
    _same_length(originals, counterfactuals)
    before, after = (encode(attributes, images, name="attributes") > 0 for images in (originals, counterfactuals))
    return (before != after).sum(1)


def correlation_difference(
    originals: Any, counterfactuals: Any, attributes: Any, query: int, *, reference: Any = None
) -> float:
    """Return the correlation difference, CD: the lower, the less a method changes what does not go with the query.

    The sum over attributes a of |c(q, a) - c'(q, a)|: c is Pearson's correlation of the query q and a in data, c' that
    of the changes of their probabilities from original to counterfactual (Jeanneret et al., CVPR 2023). What never
    varies correlates with nothing: 0.

    Parameters
    ----------
    originals, counterfactuals : Tensor, shape (n, C, H, W)
    attributes : Module or callable
        From images in [0, 1] to one logit an attribute, (n, L).
    query : int
        The attribute that was to be changed.
    reference : array, shape (N, L), optional
        The attributes of a data set. Default: their probabilities in the originals.

    Raises
    ------
    BadInputError
        If there is no such attribute, or less than two images.
    """
    _same_length(originals, counterfactuals)
    before, after = (encode(attributes, images, name="attributes").sigmoid() for images in (originals, counterfactuals))
    data = before if reference is None else as_tensor(reference, "reference").cpu().to(torch.float64)
    if len(before) < 2 or data.ndim != 2 or len(data) < 2 or data.shape[1] != before.shape[1]:
        raise BadInputError(
            f"{len(before)} images and a reference of shape {tuple(data.shape)}: correlations need at least two rows, "
            "and a column for each attribute"
        )
    if isinstance(query, bool) or not isinstance(query, (int, np.integer)) or not 0 <= query < data.shape[1]:
        raise BadInputError(f"query={shown(query)}: expected the number of one of {data.shape[1]} attributes")
    return float((_correlations(data, int(query)) - _correlations(after - before, int(query))).abs().sum())


def _correlations(table: Tensor, query: int) -> Tensor:
    """Return Pearson's correlation of one column with each."""
    varies = table.amax(0) > table.amin(0)
    centred = table - table.mean(0)
    lengths = torch.linalg.vector_norm(centred, dim=0)
    products = (centred * centred[:, query : query + 1]).sum(0)
    known = varies & varies[query]
    return torch.where(known, products / torch.where(known, lengths * lengths[query], 1.0), 0.0)


def _perceptual(before: list[Tensor], after: list[Tensor], weights: Sequence[Any] | None) -> Tensor:
    if weights is not None and len(weights) != len(before):
        raise BadInputError(f"{len(weights)} weights for {len(before)} layers: expected one array for each")
    total = torch.zeros(len(before[0]), dtype=torch.float64)
    for place, (one, other) in enumerate(zip(before, after, strict=True)):
        squares = (_directions(one) - _directions(other)).square()
        if weights is not None:
            scale = as_tensor(weights[place], "weights").cpu().to(torch.float64).flatten()
            if len(scale) != one.shape[1]:
                raise BadInputError(f"weights[{place}] has {len(scale)} numbers: the layer has {one.shape[1]} channels")
            squares = squares * scale[:, None, None]
        total += squares.sum(1).mean(dim=(1, 2))
    return total


def _directions(maps: Tensor) -> Tensor:
    found: Tensor = maps / (torch.linalg.vector_norm(maps, dim=1, keepdim=True) + _EPS)
    return found


def _for_target(table: Tensor, target: Any, multi_label: bool) -> Tensor:
    wanted = as_tensor(target, "target").cpu()
    if not multi_label:
        return _column(table, wanted, "target") if wanted.ndim == 1 else (table * wanted).sum(1)
    asked = wanted >= 0
    hits = torch.where(wanted > 0, table, 1 - table) * asked
    return hits.sum(1) / asked.sum(1).clamp_min(1)


def _for_source(table: Tensor, source: Any, target: Any, multi_label: bool) -> Tensor:
    if multi_label:
        return 1 - _for_target(table, target, multi_label)
    return _column(table, as_tensor(source, "source").cpu(), "source")


def _column(table: Tensor, labels: Tensor, name: str) -> Tensor:
    """Return the probability of one class of each row."""
    if labels.ndim != 1 or len(labels) != len(table):
        raise BadInputError(
            f"{name} has shape {tuple(labels.shape)}: expected one class for each of {len(table)} images"
        )
    if len(labels) and not 0 <= int(labels.min()) <= int(labels.max()) < table.shape[1]:
        raise BadInputError(
            f"{name}={shown(labels.tolist())}: the classifier has the classes 0 to {table.shape[1] - 1}"
        )
    return table.gather(1, labels.long()[:, None])[:, 0]


def _delta(originals: Any, counterfactuals: Any) -> Tensor:
    before, after = unit(originals, "originals"), unit(counterfactuals, "counterfactuals")
    if before.shape != after.shape:
        raise BadInputError(
            f"originals {tuple(before.shape)} and counterfactuals {tuple(after.shape)}: expected one shape"
        )
    return after.cpu().double() - before.cpu().double()


def _same_length(originals: Any, counterfactuals: Any) -> None:
    if len(originals) != len(counterfactuals):
        raise BadInputError(f"{len(originals)} originals and {len(counterfactuals)} counterfactuals: expected as many")
