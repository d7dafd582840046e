"""Slopes that are no numbers: the search goes on without them, and tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from ...engine import _native
from .core import on_core, seen

_NAMED = 6


@dataclass
class Holes:
    """Where a model's slope was NaN or infinite.

    Attributes
    ----------
    points, asked : int
        Points with such a feature, and all points that were asked.
    features : ndarray of bool, shape (d,)
        The features that it happened to.
    """

    points: int = 0
    asked: int = 0
    features: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, np.bool_))

    def filled(self, slope: torch.Tensor) -> torch.Tensor:
        """Return slopes, shape (n, d), with 0 in place of what is no finite number, and remember where that was."""
        self.asked += slope.shape[0]
        if on_core(slope) and _native.all_finite(seen(slope)):
            return slope
        odd = ~torch.isfinite(slope)
        if not bool(odd.any()):
            return slope
        self.points += int(odd.any(dim=1).sum())
        here = odd.any(dim=0).cpu().numpy()
        self.features = here | self.features if len(self.features) else here
        return torch.where(odd, 0.0, slope)

    def told(self, names: Sequence[str] | None) -> str:
        """Say it in words, with what to do; an empty text if there was none."""
        if not self.points:
            return ""
        places = np.flatnonzero(self.features).tolist()
        said = ", ".join(repr(names[i]) if names is not None else str(i) for i in places[:_NAMED])
        more = f", … ({len(places)} in all)" if len(places) > _NAMED else ""
        return (
            f"the model's gradient is NaN or infinite at {self.points} of {self.asked} points "
            f"(feature{'s' if len(places) > 1 else ''} {said}{more}) and counts as 0 there: "
            'grad="numeric" takes differences instead'
        )
