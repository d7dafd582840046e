"""A record of every iteration, for those who want to see the search at work."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from .flight import Flight


@dataclass
class Trace:
    """Every iteration of every row.

    Attributes
    ----------
    shape : tuple of int
        The shape of one instance.
    """

    shape: tuple[int, ...]
    _lines: list[dict[str, NDArray[Any]]] = field(default_factory=list, repr=False)

    def record(
        self,
        flight: Flight,
        moved: torch.Tensor,
        ahead: torch.Tensor,
        stepped: torch.Tensor,
        gradient: torch.Tensor,
        momentum: torch.Tensor,
    ) -> None:
        """Keep one iteration of all rows under way."""
        line = {
            "row": flight.row, "step": flight.step, "k": flight.k, "c": flight.c, "momentum": momentum,
            "a": moved, "y": ahead, "stepped": stepped, "gradient": gradient,
        }  # fmt: skip
        self._lines.append({name: value.detach().cpu().numpy().copy() for name, value in line.items()})

    def __len__(self) -> int:
        return sum(len(line["row"]) for line in self._lines)

    def of(self, row: int, step: int) -> dict[str, NDArray[Any]]:
        """Return the iterations of one row in one round of its search over c.

        Parameters
        ----------
        row, step : int
            The row among those explained, and the round, both from 0.

        Returns
        -------
        dict
            ``k``, ``c``, ``momentum``: shape (m,); ``a`` (the state), ``y`` (after momentum), ``stepped`` (after the
            gradient step), ``gradient``: shape (m, *instance).
        """
        found: dict[str, list[Any]] = {name: [] for name in ("k", "c", "momentum", "a", "y", "stepped", "gradient")}
        for line in self._lines:
            for place in np.flatnonzero((line["row"] == row) & (line["step"] == step)):
                for name, values in found.items():
                    values.append(line[name][place])
        arrays = {name: np.array(values) for name, values in found.items()}
        for name in ("a", "y", "stepped", "gradient"):
            arrays[name] = arrays[name].reshape(-1, *self.shape)
        return arrays
