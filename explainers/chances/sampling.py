"""Shapley and Banzhaf values of the game of sufficiency from samples, with intervals that hold all at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ...engine.arrays import Bools
from ...engine.budget import Deadline
from ...engine.ensembles.answers import NONE, UNKNOWN
from ...engine.ensembles.views.features import FeatureView
from ...engine.reasons.attribution import Share

CONFIDENCE = 0.95


class _Game:
    """Whether sets of features suffice: of each way out of O, none of its inputs agrees with them."""

    def __init__(self, views: Sequence[FeatureView], deadline: Deadline) -> None:
        self._views, self._deadline = views, deadline
        self.players = np.flatnonzero(views[0].full)

    def wins(self, kept: Bools) -> bool | None:
        """Tell whether a set suffices; None if time was up."""
        for view in self._views:
            code = UNKNOWN if self._deadline.expired() else view.answer(kept, self._deadline)
            if code != NONE:
                return None if code == UNKNOWN else False
        return True

    def set_of(self, players: np.ndarray) -> Bools:
        """Return a set of players as items."""
        kept = np.zeros(self._views[0].n_items, np.bool_)
        kept[players] = True
        return kept


def sampled(
    views: Sequence[FeatureView], kind: str, n_samples: int, seed: int, deadline: Deadline
) -> tuple[dict[int, Share], int]:
    """Return an interval of each item's value, and how many samples were drawn in time.

    Parameters
    ----------
    views : sequence of FeatureView
        One for each way out of O.
    kind : {"shapley", "banzhaf"}
        Which values.
    n_samples : int
        How many samples at most.
    seed : int
        The same seed gives the same samples.
    deadline : Deadline
        Shared limit.

    Notes
    -----
    A sample of Shapley values is an order, in which the player who makes the growing set suffice is found by halving;
    one of Banzhaf values is a set, in which each player is tried. Each value is a mean of numbers from 0 to 1, so that
    it lies within sqrt(ln(2 n / 0.05) / (2 m)) of the mean of m samples, for all n players at once with 95 %
    confidence (Hoeffding 1963, corrected for n by Bonferroni). Where time was up before, the first 2^k samples count,
    with the risk shared out among all k, since how long samples take may depend on what they say.
    """
    game = _Game(views, deadline)
    n = len(game.players)
    random, samples = np.random.default_rng(seed), list[np.ndarray]()
    while len(samples) < n_samples:
        decisive = _pivot(game, random) if kind == "shapley" else _swings(game, random)
        if decisive is None:
            break
        samples.append(decisive)
    drawn, risk = len(samples), 1 - CONFIDENCE
    if drawn < n_samples and drawn:  # time chose the number: what holds for each power of two holds for any of them
        power = drawn.bit_length() - 1
        drawn, risk = 1 << power, risk / ((power + 1) * (power + 2))
    counts = np.zeros(views[0].n_items, np.int64)
    for decisive in samples[:drawn]:
        counts[decisive] += 1
    margin = _margin(n, drawn, risk)
    out = {}
    for i in game.players.tolist():
        mean = Fraction(int(counts[i]), drawn) if drawn else Fraction(0)
        out[i] = Share(max(Fraction(0), mean - margin), min(Fraction(1), mean + margin), mean if drawn else None)
    return out, drawn


def _margin(n: int, drawn: int, risk: float) -> Fraction:
    """Return how far values may be from means, rounded up."""
    if not drawn or not n:
        return Fraction(1)
    return Fraction(math.ceil(1e6 * math.sqrt(math.log(2 * n / risk) / (2 * drawn))), 10**6)


def _pivot(game: _Game, random: np.random.Generator) -> np.ndarray | None:
    """Return the player of a random order with whom the growing set suffices (none, if it never does)."""
    order = random.permutation(game.players)
    for size in (0, len(order)):
        wins = game.wins(game.set_of(order[:size]))
        if wins is None:
            return None
        if wins == (size == 0):
            return order[:0]
    low, high = 0, len(order)  # the set of `low` players fails, that of `high` suffices
    while high - low > 1:
        middle = (low + high) // 2
        wins = game.wins(game.set_of(order[:middle]))
        if wins is None:
            return None
        low, high = (low, middle) if wins else (middle, high)
    return order[low:high]


def _swings(game: _Game, random: np.random.Generator) -> np.ndarray | None:
    """Return the players who decide whether a random set of the others suffices."""
    chosen = random.random(len(game.players)) < 0.5
    own = game.wins(game.set_of(game.players[chosen]))
    if own is None:
        return None
    out = []
    for place, player in enumerate(game.players.tolist()):
        if bool(chosen[place]) != own:
            continue  # with one player more a set that suffices still does; with one less, one that fails
        other = chosen.copy()
        other[place] = not other[place]
        wins = game.wins(game.set_of(game.players[other]))
        if wins is None:
            return None
        if wins != own:
            out.append(player)
    return np.array(out, dtype=np.int64)
