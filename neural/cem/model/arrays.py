"""A model as a function from arrays of rows to arrays of scores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Outputs = Callable[[Array], Array]


@dataclass(frozen=True)
class ArrayModel:
    """A model that takes arrays of rows and returns arrays of scores.

    Attributes
    ----------
    outputs : callable
        Array (m, ...) -> array (m, K), (m, 1) or (m,).
    kind : str
        ``"proba"``, ``"logits"``, or ``"auto"`` where the outputs themselves have to tell.
    classes : tuple or None
        The labels of the classes, in the order of the columns.
    names : tuple of str or None
        The names of the features.
    said : str
        What the model is, for messages.
    precision : str
        The float type that the model computes in, as far as known.
    """

    outputs: Outputs
    kind: str
    classes: tuple[Any, ...] | None
    names: tuple[str, ...] | None
    said: str
    precision: str = "float64"
