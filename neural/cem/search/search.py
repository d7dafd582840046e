"""The search of the paper for many rows at once: FISTA for each c, and for each row its own search over c.

One iteration (Dhurandhar et al. 2018, section 3.2; Beck & Teboulle 2009): a gradient step of the smooth part from y
with rate ``lr0 sqrt(1 - k/N)``, shrinkage and projection to a, then ``y = Pi(a_k + k/(k+3) (a_k - a_{k-1}))``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch

from ....engine.budget import Deadline
from ..model.margins import margin
from ..model.sums import row_sum
from .flight import Flight, launch
from .objective import Objective
from .problem import Problem
from .projection import allowed, overshot, projected_exact, projected_paper, shrunk_exact, shrunk_paper
from .trace import Trace

_NEARER = 1e-3


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


class Search:
    """FISTA with a search over c, for all rows of a problem.

    Parameters
    ----------
    problem, objective
        The rows, and what is minimised.
    deadline : Deadline
        Looked at in every iteration.
    batch : int
        Rows under way at the same time.
    trace : Trace or None
        Where every iteration is recorded.
    landed : callable
        Told the number of rows that have ended.
    """

    def __init__(
        self,
        problem: Problem,
        objective: Objective,
        deadline: Deadline,
        batch: int,
        trace: Trace | None,
        landed: Callable[[int], None],
    ) -> None:
        self._problem, self._objective, self._settings = problem, objective, objective.settings
        self._deadline, self._batch, self._trace, self._landed = deadline, batch, trace, landed
        self.best = Best.empty(problem)
        self._waiting = torch.arange(len(problem), device=problem.origin.device)

    def run(self) -> Best:
        """Search until all rows have ended or the deadline expires."""
        self._judge_origins()
        flight, rows = self._refill(None, None)
        while flight is not None and rows is not None and not self._deadline.expired():
            ended = self._iterate(flight, rows)
            if bool(ended.any()):
                flight.next_round(ended, rows.origin)
                over = flight.step >= self._settings.c_steps
                if bool(over.any()):
                    self._land(flight.row[over])
                    stay = torch.nonzero(~over)[:, 0]
                    flight, rows = self._refill(flight.take(stay), rows.take(stay))
        return self.best

    def _judge_origins(self) -> None:
        """Take rows whose origin already is valid (an empty positive): without an auto-encoder nothing is cheaper."""
        parts = []
        for rows in torch.split(self._waiting, self._batch):
            part = self._problem.take(rows)
            excess = self._objective.excess(part, part.origin)
            self.best.saw(rows, excess)
            valid = excess >= 0
            total = self._objective.total(part, part.origin)
            self.best.offer(rows[valid], part.origin[valid], total[valid], None)
            over = valid & torch.full_like(valid, not self._objective.penalised)
            still = ~part.free.any(dim=1)
            self._land(rows[over | still])
            parts.append(rows[~(over | still)])
        self._waiting = torch.cat(parts) if parts else self._waiting

    def _land(self, rows: torch.Tensor) -> None:
        self.best.finished[rows] = True
        if len(rows):
            self._landed(len(rows))

    def _refill(self, flight: Flight | None, rows: Problem | None) -> tuple[Flight | None, Problem | None]:
        """Let waiting rows in while there is room; None when nothing is left."""
        room = self._batch - (0 if flight is None else len(flight))
        coming, self._waiting = self._waiting[:room], self._waiting[room:]
        if len(coming):
            started = launch(self._problem.take(coming), coming, self._settings)
            flight = started if flight is None else flight.join(started)
        if flight is None or not len(flight):
            return None, None
        return flight, self._problem.take(flight.row) if len(coming) else rows

    def _iterate(self, flight: Flight, rows: Problem) -> torch.Tensor:
        """Make one iteration of all rows under way; return which ones ended their round."""
        settings, paper = self._settings, self._settings.prox == "paper"
        scores, slope, error, pull = self._objective.slope(rows, flight.y, settings.kappa)
        gradient = flight.c[:, None] * slope
        if pull is not None:
            gradient = gradient + settings.gamma * pull
        gradient = torch.clamp(gradient + 2 * (flight.y - rows.origin), *settings.clip)
        left = 1 - flight.k.to(gradient) / settings.max_iterations
        rate = (settings.learning_rate * torch.sqrt(left) * flight.scale)[:, None]
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
            steep = self._too_steep(rows, flight.y, moved, rate[:, 0], error, pull)
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
        self.best.iterations[flight.row] += 1
        flight.stale = flight.stale + 1
        self._approach(flight, rows, scores)
        self._judge(flight, rows)
        ended = still | (flight.k >= settings.max_iterations)
        if settings.patience is not None:
            ended = ended | (flight.stale >= settings.patience)
        return ended

    def _too_steep(
        self,
        rows: Problem,
        here: torch.Tensor,
        there: torch.Tensor,
        rate: torch.Tensor,
        error: torch.Tensor,
        pull: torch.Tensor,
    ) -> torch.Tensor:
        """Tell whether a step was longer than the auto-encoder's curvature allows (Beck & Teboulle, equation 2.6)."""
        manifold, gamma = self._objective.manifold, self._settings.gamma
        if manifold is None:
            return torch.zeros_like(rate, dtype=torch.bool)
        step = there - here
        bound = gamma * (error + row_sum(pull * step)) + row_sum(step * step) / (2 * rate)
        return gamma * manifold.value(rows.points(there)) > bound + 1e-6 * (1 + gamma * error)

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
        limit = torch.where(flight.hit, torch.minimum(self.best.total[flight.row], flight.best), torch.inf)
        places = torch.nonzero((totals < limit) & allowed(rows, states))[:, 0]
        if not len(places):
            return
        states, points, c = states[places], rows.points(states)[places], flight.c[places]
        excess = self._objective.excess_at(points, rows.wanted[places], rows.others[places])
        self.best.saw(flight.row[places], excess)
        valid = excess >= 0
        if not bool(valid.any()):
            return
        places, states, points, c = places[valid], states[valid], points[valid], c[valid]
        totals = self._objective.total_at(totals[places], points)
        improved = totals < flight.best[places]
        flight.hit[places] = True
        flight.best[places] = torch.minimum(flight.best[places], totals)
        flight.stale[places[improved]] = 0
        self.best.offer(flight.row[places], states, totals, c)
