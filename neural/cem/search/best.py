"""The best valid state of each row so far."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from .problem import Problem


@dataclass(slots=True)
class Best:
    """The best valid state of each row; ``total`` is infinite where there is none, ``nearest`` the best excess met."""

    state: torch.Tensor
    total: torch.Tensor
    c: torch.Tensor
    iterations: torch.Tensor
    finished: torch.Tensor
    nearest: torch.Tensor

    @staticmethod
    def empty(problem: Problem) -> Best:
        """Return a record without any state."""
        flat = problem.origin.new_zeros(len(problem))
        none = torch.zeros(len(problem), dtype=torch.long, device=flat.device)
        return Best(problem.origin.clone(), flat + torch.inf, flat + torch.nan, none, none.bool(), flat - torch.inf)

    @property
    def found(self) -> torch.Tensor:
        """Which rows have a state."""
        return torch.isfinite(self.total)

    def saw(self, rows: torch.Tensor, excess: torch.Tensor) -> None:
        """Remember how near each row came to validity; a row may come several times."""
        self.nearest = self.nearest.scatter_reduce(0, rows, excess, "amax")

    def offer(self, rows: torch.Tensor, states: torch.Tensor, totals: torch.Tensor, c: torch.Tensor | None) -> None:
        """Take over what is better; a row may be offered once a call."""
        better = totals < self.total[rows]
        rows = rows[better]
        self.state[rows] = states[better]
        self.total[rows] = totals[better]
        if c is not None:
            self.c[rows] = c[better]
