"""The rows that are under way: each with its own c, its own bisection and its own iteration.

Rows do not wait for each other. One that ends a round of its search over c starts the next one at once, one that has
ended its last round leaves, and another one takes its place.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import torch

from ..settings import Settings
from .problem import Problem


@dataclass(slots=True)
class Flight:
    """Rows under way; all tensors have as many rows.

    Attributes
    ----------
    row : place among all rows.
    c, lower, upper : the weight of the loss, and what is known about it: too small, large enough (inf: unknown).
    step, k : round of the search over c, iteration within it.
    a, y : states of FISTA.
    hit, best, near, stale : whether this round has a valid state, its best total, the best margin before there was one,
        iterations since these improved.
    scale : share of the learning rate that the curvature of the auto-encoder leaves.
    """

    row: torch.Tensor
    c: torch.Tensor
    lower: torch.Tensor
    upper: torch.Tensor
    step: torch.Tensor
    k: torch.Tensor
    a: torch.Tensor
    y: torch.Tensor
    hit: torch.Tensor
    best: torch.Tensor
    near: torch.Tensor
    stale: torch.Tensor
    scale: torch.Tensor

    def __len__(self) -> int:
        return len(self.row)

    def take(self, places: torch.Tensor) -> Flight:
        """Return the rows at these places."""
        return Flight(*(getattr(self, item.name)[places] for item in fields(self)))

    def join(self, other: Flight) -> Flight:
        """Return both, one after the other."""
        return Flight(*(torch.cat([getattr(self, item.name), getattr(other, item.name)]) for item in fields(self)))

    def next_round(self, ended: torch.Tensor, origin: torch.Tensor) -> None:
        """Move the rows that ended a round on, in place: bisect c, or multiply it by ten until something is found."""
        found, missed = ended & self.hit, ended & ~self.hit
        torch.where(found, torch.minimum(self.upper, self.c), self.upper, out=self.upper)
        torch.where(missed, torch.maximum(self.lower, self.c), self.lower, out=self.lower)
        following = torch.where(torch.isinf(self.upper), self.c * 10, (self.lower + self.upper) / 2)
        torch.where(ended, following, self.c, out=self.c)
        torch.where(ended[:, None], origin, self.a, out=self.a)
        torch.where(ended[:, None], origin, self.y, out=self.y)
        self.step += ended
        self.k.masked_fill_(ended, 0)
        self.hit.masked_fill_(ended, False)
        self.best.masked_fill_(ended, torch.inf)
        self.near.masked_fill_(ended, -torch.inf)
        self.stale.masked_fill_(ended, 0)


def launch(problem: Problem, rows: torch.Tensor, settings: Settings) -> Flight:
    """Return rows at their start; `problem` holds these rows alone."""
    count, like = len(problem), problem.origin
    zeros = torch.zeros(count, dtype=torch.long, device=like.device)
    flat = like.new_zeros(count)
    return Flight(
        row=rows,
        c=flat + settings.c_init,
        lower=flat.clone(),
        upper=flat + torch.inf,
        step=zeros,
        k=zeros.clone(),
        a=like.clone(),
        y=like.clone(),
        hit=zeros.bool(),
        best=flat + torch.inf,
        near=flat - torch.inf,
        stale=zeros.clone(),
        scale=flat + 1,
    )
