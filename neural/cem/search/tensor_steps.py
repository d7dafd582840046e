"""One iteration of the search in tensors: on any device, with a trace, and by the published step.

One iteration (Dhurandhar et al. 2018, section 3.2; Beck & Teboulle 2009): a gradient step of the smooth part from y
with rate ``lr0 sqrt(1 - k/N)``, shrinkage and projection to a, then ``y = Pi(a_k + k/(k+3) (a_k - a_{k-1}))``.
"""

from __future__ import annotations

import torch

from ..model.margins import margin
from ..model.sums import row_sum
from ..settings import Settings
from .best import Best
from .flight import Flight
from .objective import Objective
from .problem import Problem
from .projection import allowed, overshot, projected_exact, projected_paper, shrunk_exact, shrunk_paper
from .trace import Trace

_NEARER = 1e-3


class TensorSteps:
    """Iterations of the rows under way.

    Parameters
    ----------
    objective : Objective
        What is minimised.
    best : Best
        Gets what is better.
    trace : Trace or None
        Where every iteration is recorded.
    """

    def __init__(self, objective: Objective, best: Best, trace: Trace | None) -> None:
        self._objective, self._settings, self._best, self._trace = objective, objective.settings, best, trace
        self._rates = rates_of(self._settings, best.total)

    def advance(self, flight: Flight, rows: Problem) -> torch.Tensor | None:
        """Make one iteration of all rows under way; return which ones ended their round, None if none did."""
        settings, paper = self._settings, self._settings.prox == "paper"
        scores, slope, error, pull = self._objective.slope(rows, flight.y, settings.kappa)
        gradient = flight.c[:, None] * slope
        if pull is not None:
            gradient = gradient + settings.gamma * pull
        gradient = torch.clamp(gradient + 2 * (flight.y - rows.origin), *settings.clip)
        rate = (self._rates[flight.k] * flight.scale)[:, None]
        stepped = flight.y - rate * gradient
        if paper:
            moved = shrunk_paper(rows, stepped, settings.beta)
        else:
            moved = shrunk_exact(rows, stepped, rate, settings.beta)
        turn = flight.k.to(gradient)
        weight = ((turn + 1) / (turn + 4))[:, None]
        project = projected_paper if paper else projected_exact
        ahead = project(rows, moved + weight * (moved - flight.a))
        if error is not None and pull is not None and not paper:
            steep = too_steep(self._objective, rows, flight.y, moved, rate[:, 0], error, pull)
            flight.scale = torch.where(steep, flight.scale * 0.5, flight.scale)
            moved = torch.where(steep[:, None], flight.a, moved)
            ahead = torch.where(steep[:, None], flight.y, ahead)
        else:
            steep = torch.zeros_like(flight.hit)
        if self._trace is not None:
            self._trace.record(flight, moved, ahead, stepped, gradient, weight[:, 0])
        still = ~steep & self._stands_still(flight, rows, moved, ahead)
        if paper:
            still = still & ~overshot(rows, stepped, moved)
        flight.a, flight.y, flight.k = moved, ahead, flight.k + 1
        self._best.iterations[flight.row] += 1
        flight.stale = flight.stale + 1
        self._approach(flight, rows, scores)
        self._judge(flight, rows)
        ended = still | (flight.k >= settings.max_iterations)
        if settings.patience is not None:
            ended = ended | (flight.stale >= settings.patience)
        return ended if bool(ended.any()) else None

    def _stands_still(self, flight: Flight, rows: Problem, moved: torch.Tensor, ahead: torch.Tensor) -> torch.Tensor:
        """Tell which rows cannot move any more in this round.

        At the origin the slope stays what it is and the rate only falls. The exact step stays at any fixed point, since
        that is one for every rate; the published threshold is not scaled by the rate, so only the origin is safe there.
        """
        home = rows.origin if self._settings.prox == "paper" else flight.y
        return (moved == home).all(dim=1) & (ahead == home).all(dim=1)

    @staticmethod
    def _approach(flight: Flight, rows: Problem, scores: torch.Tensor) -> None:
        """Remember how near the rows without a valid state came; who comes nearer is not stale."""
        gap = margin(scores, rows.wanted, rows.others)
        nearer = ~flight.hit & (gap > flight.near + _NEARER * (1 + gap.abs()))
        flight.near = torch.where(nearer, gap, flight.near)
        flight.stale = torch.where(nearer, 0, flight.stale)

    def _judge(self, flight: Flight, rows: Problem) -> None:
        """Judge the new states: those that could be better than what their row has, or would be its round's first."""
        states = rows.rounded_groups(flight.a)
        totals = rows.distance(states, self._settings.beta)
        limit = torch.where(flight.hit, torch.minimum(self._best.total[flight.row], flight.best), torch.inf)
        places = torch.nonzero((totals < limit) & allowed(rows, states))[:, 0]
        if not len(places):
            return
        states, points, c = states[places], rows.points(states)[places], flight.c[places]
        excess = self._objective.excess_at(points, rows.wanted[places], rows.others[places])
        self._best.saw(flight.row[places], excess)
        valid = excess >= 0
        if not bool(valid.any()):
            return
        places, states, points, c = places[valid], states[valid], points[valid], c[valid]
        totals = self._objective.total_at(totals[places], points)
        improved = totals < flight.best[places]
        flight.hit[places] = True
        flight.best[places] = torch.minimum(flight.best[places], totals)
        flight.stale[places[improved]] = 0
        self._best.offer(flight.row[places], states, totals, c)


def rates_of(settings: Settings, like: torch.Tensor) -> torch.Tensor:
    """Return the learning rate of each iteration of a round."""
    left = 1 - torch.arange(settings.max_iterations, device=like.device).to(like) / settings.max_iterations
    return settings.learning_rate * torch.sqrt(left)


def too_steep(
    objective: Objective,
    rows: Problem,
    here: torch.Tensor,
    there: torch.Tensor,
    rate: torch.Tensor,
    error: torch.Tensor,
    pull: torch.Tensor,
) -> torch.Tensor:
    """Tell whether a step was longer than the auto-encoder's curvature allows (Beck & Teboulle, equation 2.6)."""
    manifold, gamma = objective.manifold, objective.settings.gamma
    if manifold is None:
        return torch.zeros_like(rate, dtype=torch.bool)
    step = there - here
    bound = gamma * (error + row_sum(pull * step)) + row_sum(step * step) / (2 * rate)
    return gamma * manifold.value(rows.points(there)) > bound + 1e-6 * (1 + gamma * error)
