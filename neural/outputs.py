"""The tensor of scores in what a network returns: bare, named ``logits``, or the only one in a mapping or tuple."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from ..engine.errors import BadInputError, shown

_NAME = "logits"


def scores_of(told: Any, who: str = "the model") -> Tensor:
    """Return the scores among what a network returned, with their graph.

    Parameters
    ----------
    told : Tensor, object with ``logits``, mapping, or tuple of one tensor
        A mapping has the scores under ``"logits"``, or holds one tensor only.
    who : str
        The network, for messages.

    Raises
    ------
    BadInputError
        If there is no tensor, or it is in doubt which one holds the scores.
    """
    if isinstance(told, Tensor):
        return told
    named = told.get(_NAME) if isinstance(told, Mapping) else getattr(told, _NAME, None)
    if isinstance(named, Tensor):
        return named
    parts: list[Any] = []
    if isinstance(told, Mapping):
        parts = list(told.values())
    elif isinstance(told, (tuple, list)):
        parts = list(told)
    if len(parts) == 1 and isinstance(parts[0], Tensor):
        return parts[0]
    inside = f" with {', '.join(map(str, told))}" if isinstance(told, Mapping) and told else ""
    inside = f" of {len(parts)}" if isinstance(told, (tuple, list)) else inside
    said = type(told).__name__ if inside or not isinstance(told, (str, int, float)) else shown(told)
    raise BadInputError(
        f"{who} returns {said}{inside}: expected a tensor of scores (n, classes), or one named {_NAME!r} in an object "
        "or dict; pass a function that returns the scores alone"
    )
