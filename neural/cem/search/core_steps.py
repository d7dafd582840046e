"""One iteration of the search by the compiled core: the same bits as in tensors, in a few calls.

On the processor, by the exact step, without a trace. A call of the tensor library costs more than all arithmetic of a
small row, and an iteration in tensors has some seventy of them beside those of the model.
"""

from __future__ import annotations

import sys
from typing import Any

import torch
from numpy.typing import NDArray

from ....engine import _native
from ..core import on_core, seen
from .best import Best
from .flight import Flight
from .objective import ROUNDING, Objective
from .problem import Problem
from .tensor_steps import rates_of, too_steep

_CORES: dict[torch.dtype, Any] = {torch.float32: _native.Descent32, torch.float64: _native.Descent64}


class CoreSteps:
    """Iterations of the rows under way.

    Parameters
    ----------
    objective : Objective
        What is minimised.
    best : Best
        Gets what is better.
    """

    def __init__(self, objective: Objective, best: Best) -> None:
        self._objective, self._settings, self._best = objective, objective.settings, best
        self._rates = rates_of(self._settings, best.total)
        self._flight: Flight | None = None
        self._core: Any = None

    @staticmethod
    def serve(problem: Problem, objective: Objective) -> bool:
        """Tell whether the core makes the steps of this search."""
        return objective.settings.prox == "exact" and on_core(problem.origin)

    def advance(self, flight: Flight, rows: Problem) -> torch.Tensor | None:
        """Make one iteration of all rows under way; return which ones ended their round, None if none did."""
        if flight is not self._flight:
            self._view(flight, rows)
        core, objective = self._core, self._objective
        scores, slope, error, pull = objective.slope(rows, flight.y, self._settings.kappa)
        core.move(seen(slope), None if pull is None else seen(pull))
        steep = None
        if error is not None and pull is not None:
            steep = self._hold(flight, rows, error, pull)
        states = rows.rounded_groups(self._moved)
        shown = self._shown if states is self._moved else seen(states)
        count = core.look(seen(scores), shown, steep)
        if count:
            self._judge(rows, states, shown, count)
        return self._ended if core.finish() else None

    def _judge(self, rows: Problem, states: torch.Tensor, shown: NDArray[Any], count: int) -> None:
        """Judge the states at the places that the core named, and hand it what is valid."""
        points = rows.points(states)
        if count < points.shape[0]:
            points = points[self._places[:count]]
        scores = self._objective.scorer.scores(points)
        valid = self._core.judge(seen(scores))
        if not valid:
            return
        errors = None
        if self._objective.manifold is not None and self._objective.penalised:
            errors = seen(self._objective.manifold.value(rows.points(states)[self._places[:valid]]))
        self._core.accept(shown, errors)

    def _hold(self, flight: Flight, rows: Problem, error: torch.Tensor, pull: torch.Tensor) -> Any:
        """Take steps back that were longer than the auto-encoder's curvature allows; return which ones."""
        rate = self._rates[flight.k] * flight.scale
        steep = too_steep(self._objective, rows, flight.y, self._moved, rate, error, pull)
        if bool(steep.any()):
            flight.scale[steep] *= 0.5
            self._moved[steep] = flight.a[steep]
            self._ahead[steep] = flight.y[steep]
        return seen(steep)

    def _view(self, flight: Flight, rows: Problem) -> None:
        """Show the core the rows that are under way now."""
        settings, best = self._settings, self._best
        self._flight = flight
        self._moved, self._ahead = torch.empty_like(flight.a), torch.empty_like(flight.a)
        self._shown = seen(self._moved)
        self._places, self._ended = torch.zeros_like(flight.k), torch.zeros_like(flight.hit)
        parts = {
            "origin": rows.origin, "near_lo": rows.near_lo, "near_hi": rows.near_hi, "far_lo": rows.far_lo,
            "far_hi": rows.far_hi, "wanted": rows.wanted, "others": rows.others, "row": flight.row, "c": flight.c,
            "k": flight.k, "a": flight.a, "y": flight.y, "moved": self._moved, "ahead": self._ahead,
            "hit": flight.hit, "best": flight.best, "near": flight.near, "stale": flight.stale, "scale": flight.scale,
            "places": self._places, "ended": self._ended, "state": best.state, "total": best.total, "found_c": best.c,
            "nearest": best.nearest, "iterations": best.iterations,
            "rates": self._rates,
        }  # fmt: skip
        self._core = _CORES[flight.a.dtype](
            **{name: part.numpy() for name, part in parts.items()},
            beta=settings.beta, gamma=settings.gamma,
            least_slope=settings.clip[0], most_slope=settings.clip[1], kappa=settings.kappa,
            rounding=ROUNDING[flight.a.dtype], patience=sys.maxsize if settings.patience is None else settings.patience,
        )  # fmt: skip
