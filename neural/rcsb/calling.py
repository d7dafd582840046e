"""Networks of users are called in one place: what they raise becomes an error that says what they were given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from ...engine.errors import BadInputError, SufficeError

_USUAL = (  # not Exception: checkpointing ends a recomputation by an exception of its own
    RuntimeError, ValueError, TypeError, IndexError, KeyError, AttributeError, AssertionError, NotImplementedError,
)  # fmt: skip
_SAID = 200


def called(who: str, network: Callable[..., Any], images: Tensor, *others: Any) -> Any:
    """Return what a network tells about images.

    Raises
    ------
    BadInputError
        If it fails on them; memory that runs out stays the error that it is.
    """
    try:
        return network(images, *others)
    except (SufficeError, torch.OutOfMemoryError):
        raise
    except _USUAL as error:
        said = " ".join(str(error).split()) or "no message"
        said = said if len(said) <= _SAID else f"{said[: _SAID - 1]}…"
        channels, height, width = images.shape[1:]
        raise BadInputError(
            f"the {who} fails on images of {channels} channels and {height} x {width} pixels "
            f"({type(error).__name__}: {said}): give images of the channels and the size that it takes"
        ) from error
