"""Networks are used and given back as they were found: mode, flags, weights, device."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint

_BLOCKS = ("ResnetBlock2D", "Attention")


@contextlib.contextmanager
def undisturbed(*networks: Any) -> Iterator[None]:
    """Evaluate networks without gradients for their parameters; at the end they are as before.

    Parameters
    ----------
    networks : Module or anything else
        What is no module is left alone.
    """
    parts = [part for network in networks if isinstance(network, nn.Module) for part in network.modules()]
    modes = [(part, part.training) for part in parts]
    wanted = [(own, own.requires_grad) for part in parts for own in part.parameters(recurse=False)]
    try:
        for part, _ in modes:
            part.training = False
        for own, _ in wanted:
            own.requires_grad_(False)
        yield
    finally:
        for part, mode in modes:
            part.training = mode
        for own, grad in wanted:
            own.requires_grad_(grad)


@contextlib.contextmanager
def checkpointed(network: Any, wanted: bool) -> Iterator[Callable[..., Any]]:
    """Yield the network as it is to be called: with `wanted`, so that it keeps few activations for its gradient.

    U-Nets of diffusers forget block by block, also the blocks that change the resolution and those that attend (their
    own switch leaves these out); of other networks only the input is kept, which helps where other networks follow in
    the same graph.
    """
    inner = getattr(network, "network", network)
    blocks = (
        [part for part in inner.modules() if type(part).__name__ in _BLOCKS] if isinstance(inner, nn.Module) else []
    )
    if not wanted:
        yield network
    elif not blocks:
        yield _forgetting(network)
    else:
        found = [(block, block.__dict__.get("forward")) for block in blocks]
        try:
            for block in blocks:
                block.forward = _forgetting(block.forward)
            yield network
        finally:
            for block, own in found:
                if own is None:
                    block.__dict__.pop("forward", None)
                else:
                    block.forward = own


def _forgetting(network: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that computes a network's activations again when its gradient is taken."""

    def call(*inputs: Any, **named: Any) -> Any:
        if not torch.is_grad_enabled():
            return network(*inputs, **named)
        return checkpoint(network, *inputs, use_reentrant=False, **named)

    return call


def autocast(precision: str, device: torch.device) -> Any:
    """Return the context in which networks run: mixed precision for ``"bf16"`` and ``"fp16"``."""
    if precision in ("bf16", "fp16"):
        return torch.autocast(device.type, dtype=torch.bfloat16 if precision == "bf16" else torch.float16)
    return contextlib.nullcontext()


def home_of(*networks: Any) -> torch.device | None:
    """Return where the first parameter or buffer lies; None if there is none."""
    for network in networks:
        if isinstance(network, nn.Module):
            for tensor in (*network.parameters(), *network.buffers()):
                return tensor.device
    return None
