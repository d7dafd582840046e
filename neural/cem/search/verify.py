"""Verification: what the search found is built anew from the user's own numbers, and judged by another forward pass.

Unchanged features get back the user's very values, the rest is rounded into the allowed set in the type of the
instances. Then everything is checked in float64: class and margin, range, set, groups, immutable features. What fails
is moved a little further along its own direction; what still fails is not returned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..inputs import F64
from ..model.margins import margin
from ..model.scorers import Scorer
from .domains import Domain, rounded

NUDGES = (0.0, 1e-5, 1e-4, 1e-3, 1e-2, 0.1)
_DUST = 1e-9  # relative size of a change that is none


@dataclass(frozen=True)
class Rules:
    """What must hold, in the user's own numbers; nothing here is shared with the search.

    Attributes
    ----------
    kind : str
        ``"PN"``, ``"PP"`` or ``"PP delta"``.
    instance, no_info, low, high, fixed
        As the user gave them, flat: (n, d) and (d,).
    groups : sequence of ndarray of int
        The columns of each one-hot group.
    """

    kind: str
    instance: F64
    no_info: F64
    low: F64
    high: F64
    fixed: NDArray[np.bool_]
    groups: Sequence[NDArray[np.int64]]

    def hold(self, points: F64) -> NDArray[np.bool_]:
        """Tell for each row whether its point obeys range, set, groups and immutable features."""
        loose = np.ones(points.shape[1], dtype=bool)
        for columns in self.groups:
            loose[columns] = False
        fine: NDArray[np.bool_]
        if self.kind == "PN":
            fine = self._negative(points)
        elif self.kind == "PP":
            fine = self._between(points, np.clip(self.no_info, self.low, self.high))
        else:
            removed = self.instance - points
            base = np.clip(self.no_info, self.low, self.high)
            fine = np.where(self.fixed, points == 0, self._near(removed, base))
        whole = np.asarray((fine | ~loose).all(axis=1))
        for columns in self.groups:
            whole &= self._one_vector(points[:, columns], columns)
        return whole

    def _negative(self, points: F64) -> NDArray[np.bool_]:
        same = points == self.instance
        farther = np.abs(points - self.no_info) > np.abs(self.instance - self.no_info)
        inside = (points >= self.low) & (points <= self.high)
        return np.asarray(same | (farther & inside & ~self.fixed))

    def _between(self, points: F64, base: F64) -> NDArray[np.bool_]:
        inside = (points >= np.minimum(base, self.instance)) & (points <= np.maximum(base, self.instance))
        return np.asarray(np.where(self.fixed, points == self.instance, inside))

    def _near(self, removed: F64, base: F64) -> NDArray[np.bool_]:
        """Tell the same of instance minus difference, up to one rounding of that subtraction."""
        slack = 1e-6 * (np.abs(self.instance) + np.abs(base))
        least, most = np.minimum(base, self.instance) - slack, np.maximum(base, self.instance) + slack
        return np.asarray((removed >= least) & (removed <= most))

    def _one_vector(self, part: F64, columns: NDArray[np.int64]) -> NDArray[np.bool_]:
        own = (part == self.instance[:, columns]).all(axis=1)
        one_hot = ((part == 0) | (part == 1)).all(axis=1) & (part.sum(axis=1) == 1)
        bare = (part == np.clip(self.no_info, self.low, self.high)[columns]).all(axis=1)
        return np.asarray(own | one_hot if self.kind == "PN" else own | bare)


@dataclass(frozen=True)
class Verified:
    """Points that were judged anew, flat; rows without a point hold their origin.

    Attributes
    ----------
    points, delta : ndarray, shape (n, d), type of the instances
    found : ndarray of bool, shape (n,)
    scores : ndarray, shape (n, K), float64
    margin : ndarray, shape (n,), float64
    """

    points: NDArray[Any]
    delta: NDArray[Any]
    found: NDArray[np.bool_]
    scores: F64
    margin: F64


@dataclass(frozen=True)
class Verifier:
    """Judges the points of one kind.

    Attributes
    ----------
    domain : Domain
        The allowed set in float64.
    rules : Rules
        The same, written down independently.
    scorer, judge : Scorer
        In the type of the search, and in float64; a point must satisfy both.
    wanted : ndarray of bool, shape (n, K)
    kappa : float
    type : dtype
        Of the instances, and so of the points.
    """

    domain: Domain
    rules: Rules
    scorer: Scorer
    judge: Scorer
    wanted: NDArray[np.bool_]
    kappa: float
    type: np.dtype[Any]

    def verify(self, states: F64, origin: F64, claimed: NDArray[np.bool_]) -> Verified:
        """Return the points of the states, judged.

        Parameters
        ----------
        states, origin : ndarray, shape (n, d), float64
            What the search found, and its own (rounded) origin.
        claimed : ndarray of bool, shape (n,)
            Which rows it found something for.
        """
        target = rounded(self.domain, self.type) if self.type != np.float64 else self.domain
        change = np.where(states == origin, 0.0, states - target.origin)
        dust = np.abs(change) <= _DUST * (np.abs(states) + np.abs(target.origin))
        change = np.where(dust, 0.0, change)
        points = self.domain.points(target.origin).astype(self.type)
        delta = np.zeros_like(points)
        found = np.zeros(len(points), dtype=bool)
        scores = self._ask(self.judge, points)
        for nudge in NUDGES:
            rows = np.flatnonzero(claimed & ~found)
            if not len(rows):
                break
            tried = _placed(target, target.origin + change * (1 + nudge), rows)
            some = np.where(change[rows] == 0, self.domain.points(target.origin)[rows], _seen(target, tried, rows))
            some = some.astype(self.type)
            told = self._ask(self.judge, some)
            fine = self._valid(told, rows) & self._valid(self._ask(self.scorer, some), rows)
            fine &= self._hold(some, rows)
            good = rows[fine]
            points[good], scores[good], found[good] = some[fine], told[fine], True
        delta[found] = self._delta(points, target)[found]
        return Verified(points, delta, found, scores, self._margins(scores, np.arange(len(points))))

    def _ask(self, scorer: Scorer, points: NDArray[Any]) -> F64:
        given = torch.from_numpy(np.ascontiguousarray(points)).to(device=scorer.device, dtype=scorer.dtype)
        return np.asarray(scorer.scores(given).cpu().numpy(), dtype=np.float64)

    def _margins(self, scores: F64, rows: NDArray[np.int64]) -> F64:
        wanted = torch.from_numpy(self.wanted[rows])
        return np.asarray(margin(torch.from_numpy(scores), wanted, ~wanted).numpy())

    def _valid(self, scores: F64, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        margins = self._margins(scores, rows)
        return np.asarray((margins >= self.kappa) & (margins > 0))

    def _hold(self, points: NDArray[Any], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        part = Rules(
            self.rules.kind, self.rules.instance[rows], self.rules.no_info, self.rules.low, self.rules.high,
            self.rules.fixed, self.rules.groups,
        )  # fmt: skip
        return part.hold(points.astype(np.float64))

    def _delta(self, points: NDArray[Any], target: Domain) -> NDArray[Any]:
        if self.domain.kind == "PP delta":
            return points.copy()
        return np.asarray(points.astype(np.float64) - target.origin).astype(self.type)


def _placed(domain: Domain, states: F64, rows: NDArray[np.int64]) -> F64:
    """Return the states of some rows inside their set: the nearer interval, clipped."""
    states = states[rows]
    near = np.clip(states, domain.near_lo[rows], domain.near_hi[rows])
    gap = domain.far_lo[rows] <= domain.far_hi[rows]
    far = np.where(gap, np.clip(states, domain.far_lo[rows], np.maximum(domain.far_lo, domain.far_hi)[rows]), near)
    return np.asarray(np.where(np.abs(far - states) < np.abs(near - states), far, near))


def _seen(domain: Domain, states: F64, rows: NDArray[np.int64]) -> F64:
    return domain.instance[rows] - states if domain.kind == "PP delta" else states
