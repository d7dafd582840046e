"""Networks of the user's that look at images: run in parts, without gradients, left as they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from ....engine.budget import Deadline
from ....engine.errors import BadInputError, shown
from ..explainer import RCSB
from ..images.pixels import unit
from ..sampling.classifier import Classifier, Meter, own_type
from ..sampling.models import home_of, undisturbed

_FIELDS = ("pooler_output", "image_embeds", "logits", "last_hidden_state")  # of what transformers' models return
BATCH = 64


def encode(encoder: Any, images: Any, *, batch: int = BATCH, name: str = "encoder") -> Tensor:
    """Return the features of images.

    Parameters
    ----------
    encoder : Module or callable
        From images in [0, 1], (m, C, H, W), to (m, ...); it does its own resizing and normalisation.
    images : Tensor or array, shape (n, C, H, W)
        uint8, or floating in [0, 1].
    batch : int
        Images at a time.
    name : str
        What messages call the encoder.

    Returns
    -------
    Tensor of float64, shape (n, d), on the CPU

    Raises
    ------
    BadInputError
        If the encoder returns no finite features.
    """
    parts = [_flat(encoder, part, name) for part in _parts(encoder, images, batch, name)]
    found = torch.cat(parts) if parts else torch.zeros(0, 0, dtype=torch.float64)
    if not bool(torch.isfinite(found).all()):
        raise BadInputError(f"{name} returns features that are not finite")
    return found


def encode_maps(encoder: Any, images: Any, *, name: str = "encoder") -> list[Tensor]:
    """Return the feature maps (n, c, h, w), float64, of all layers that an encoder returns for images in one batch."""
    (part,) = _parts(encoder, images, max(1, len(images)), name)
    found = _run(encoder, part)
    layers = list(found) if isinstance(found, (list, tuple)) else [found]
    for layer in layers:
        if not isinstance(layer, Tensor) or layer.ndim != 4 or len(layer) != len(part):
            what = f"shape {tuple(layer.shape)}" if isinstance(layer, Tensor) else type(layer).__name__
            raise BadInputError(f"{name} returns {what}: expected feature maps ({len(part)}, channels, height, width)")
    return [layer.detach().to("cpu", torch.float64) for layer in layers]


def probabilities(classifier: Any, images: Any, *, multi_label: bool = False, batch: int = BATCH) -> Tensor:
    """Return a classifier's probabilities.

    Parameters
    ----------
    classifier : Module, callable or RCSB
        From images in [0, 1] to logits (m, K), or to one score of the second of two classes; a softmax at the end is
        noticed.
    images : Tensor or array, shape (n, C, H, W)
    multi_label : bool
        Whether several labels may hold at once.
    batch : int
        Images at a time.

    Returns
    -------
    Tensor of float64, shape (n, K), on the CPU
    """
    if isinstance(classifier, RCSB):
        classifier = classifier.tools(Deadline()).classifier
    reader = classifier
    if not isinstance(classifier, Classifier):
        reader = Classifier(classifier, "unit", "auto" if not multi_label else "logits", multi_label, Meter())
    found = []
    for part in _parts(classifier, images, batch, "classifier"):
        with undisturbed(classifier):
            _settle(reader, part)
            found.append(reader.probabilities(reader.checked(part)).to("cpu", torch.float64))
    return torch.cat(found) if found else torch.zeros(0, 0, dtype=torch.float64)


def _settle(reader: Classifier, images: Tensor) -> None:
    try:
        reader.settle(images)
    except BadInputError:
        raise BadInputError(
            "all outputs of the classifier lie in [0, 1], and do not tell whether they are probabilities: let it "
            "return logits, or give the RCSB that explains it, which knows"
        ) from None


def _parts(network: Any, images: Any, batch: int, name: str) -> Sequence[Tensor]:
    """Return images in [0, 1] in parts, where the network is and in its type."""
    if not callable(network):
        raise BadInputError(f"{name}={shown(network)}: expected a module or a function of images")
    given = unit(images)
    home = home_of(network)
    return [part if home is None else part.to(home) for part in torch.split(given, batch)] if len(given) else []


def _run(network: Any, images: Tensor) -> Any:
    kind = own_type(network)
    with torch.no_grad(), undisturbed(network):
        found = network(images if kind is None else images.to(kind))
    if isinstance(found, (Tensor, list, tuple)):
        return found
    return next((getattr(found, name) for name in _FIELDS if getattr(found, name, None) is not None), found)


def _flat(encoder: Any, images: Tensor, name: str) -> Tensor:
    found = _run(encoder, images)
    if not isinstance(found, Tensor) or not found.ndim or len(found) != len(images):
        what = f"shape {tuple(found.shape)}" if isinstance(found, Tensor) else type(found).__name__
        raise BadInputError(f"{name} returns {what} for {len(images)} images: expected one row of features for each")
    return found.detach().to("cpu", torch.float64).reshape(len(images), -1)
