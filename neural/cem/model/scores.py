"""From what a model returns to one score a class, in the space of the loss.

Outputs are ``"logits"`` or ``"proba"``; a single column stands for two classes. The loss is taken on ``"logit"`` or
``"proba"``: logits become probabilities by the softmax, probabilities become logits (up to a constant of the row, which
no margin sees) by the logarithm.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from ....engine.errors import BadInputError
from ...outputs import scores_of
from .arrays import Array

_SLACK = 1e-3  # probabilities of float16 models sum to one no better
_CLOSE = 1e-5  # what decides whether unnamed outputs are probabilities
TINY = 1e-30  # logarithms of smaller probabilities tell nothing


def output_kind(told: Array, module: torch.nn.Module | None) -> str:
    """Tell from the outputs of some rows whether they are probabilities.

    Parameters
    ----------
    told : ndarray, shape (n, columns), float64
    module : Module or None
        The module that they come from: its last layer settles what a single column is.

    Raises
    ------
    BadInputError
        If a single column lies within [0, 1] and nothing tells what it is.
    """
    inside = bool((told >= 0).all() and (told <= 1).all())
    if told.shape[1] > 1:
        return "proba" if inside and bool((np.abs(told.sum(axis=1) - 1) <= _CLOSE).all()) else "logits"
    last = None if module is None else next(_leaves(module), None)
    if isinstance(last, torch.nn.Sigmoid):
        return "proba"
    if isinstance(last, torch.nn.Linear) or not inside:
        return "logits"
    raise BadInputError(
        'the model returns one column, within [0, 1]: say output="proba" if it is the probability of class 1, '
        'output="logits" if it is its logit'
    )


def _leaves(module: torch.nn.Module) -> Iterator[torch.nn.Module]:
    """Yield the layers from the last one on."""
    for layer in reversed(list(module.modules())):
        if next(layer.children(), None) is None:
            yield layer


def check_outputs(told: Array, kind: str) -> None:
    """Refuse outputs that are not finite, or that claim to be probabilities and are not.

    Raises
    ------
    BadInputError
        Names the row and what is wrong with it.
    """
    finite = np.isfinite(told).all(axis=1)
    if not finite.all():
        row = int(np.argmin(finite))
        raise BadInputError(f"the model returns {told[row].tolist()} for row {row}: expected finite numbers")
    if kind != "proba":
        return
    low, high = (told < -_SLACK).any(axis=1), (told > 1 + _SLACK).any(axis=1)
    off = np.zeros(len(told), dtype=bool) if told.shape[1] == 1 else np.abs(told.sum(axis=1) - 1) > _SLACK
    wrong = low | high | off
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadInputError(
            f"the model's outputs are no probabilities: row {row} gives {np.round(told[row][:6], 4).tolist()}"
            f"{'…' if told.shape[1] > 6 else ''}, sum {told[row].sum():.4g}; "
            'return probabilities that sum to 1, or say output="logits"'
        )


def module_scores(told: Any, rows: int, kind: str, loss: str) -> torch.Tensor:
    """Return the scores of a module's outputs, shape (n, K), with their graph.

    Raises
    ------
    BadInputError
        If the outputs are no matrix of scores.
    """
    outputs = scores_of(told)
    if outputs.ndim == 1:
        outputs = outputs[:, None]
    elif outputs.ndim > 2 and outputs.numel() == rows * outputs.shape[1]:
        outputs = outputs.reshape(rows, outputs.shape[1])
    if outputs.ndim != 2 or outputs.shape[0] != rows:
        raise BadInputError(
            f"the model returns shape {tuple(outputs.shape)} for {rows} rows: expected ({rows}, classes)"
        )
    single = outputs.shape[1] == 1
    if kind == "logits":
        logits = torch.cat([torch.zeros_like(outputs), outputs], dim=1) if single else outputs
        return logits if loss == "logit" else _softmax(logits)
    shares = torch.cat([1 - outputs, outputs], dim=1) if single else outputs
    return torch.log(torch.clamp(shares, min=TINY)) if loss == "logit" else shares


def _softmax(logits: torch.Tensor) -> torch.Tensor:
    """Return probabilities; in float64 within, for the slope of a certain class is the rounding error of 1 - p else."""
    if logits.device.type == "mps":  # knows no float64
        return torch.softmax(logits, dim=1)
    return torch.softmax(logits, dim=1, dtype=torch.float64)


def array_scores(outputs: Array, kind: str, loss: str) -> Array:
    """Return the scores of a matrix of outputs, shape (n, K), float64."""
    single = outputs.shape[1] == 1
    if kind == "logits":
        logits = np.concatenate([np.zeros_like(outputs), outputs], axis=1) if single else outputs
        if loss == "logit":
            return logits
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Array = powers / powers.sum(axis=1, keepdims=True)
        return shares
    shares = np.concatenate([1 - outputs, outputs], axis=1) if single else outputs
    return np.log(np.maximum(shares, TINY)) if loss == "logit" else shares
