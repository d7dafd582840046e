"""The search of the paper for many rows at once: FISTA for each c, and for each row its own search over c.

What happens in an iteration is in `tensor_steps`; `core_steps` does the same on the processor.
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from ....engine.budget import Deadline
from .best import Best
from .core_steps import CoreSteps
from .flight import Flight, launch
from .objective import Objective
from .problem import Problem
from .tensor_steps import TensorSteps
from .trace import Trace


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
        self._deadline, self._batch, self._landed = deadline, batch, landed
        self.best = Best.empty(problem)
        if trace is None and CoreSteps.serve(problem, objective):
            self._steps: CoreSteps | TensorSteps = CoreSteps(objective, self.best)
        else:
            self._steps = TensorSteps(objective, self.best, trace)
        self._waiting = torch.arange(len(problem), device=problem.origin.device)

    def run(self) -> Best:
        """Search until all rows have ended or the deadline expires."""
        self._judge_origins()
        flight, rows = self._refill(None, None)
        while flight is not None and rows is not None and not self._deadline.expired():
            ended = self._steps.advance(flight, rows)
            if ended is not None:
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
