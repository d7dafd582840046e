"""Minimal sets by chains are those of all subsets."""

from __future__ import annotations

import numpy as np
import pytest
from suffice.engine.budget import Deadline
from suffice.engine.oracles.oracle import Answer
from suffice.engine.oracles.universe import Universe
from suffice.explainers.nearness.chains import chains_of, first_that, least_change, minimal, moves_by_feature
from suffice.explainers.nearness.fewest import fewest_changed, fewest_kept


def universe_of(rng, n_features=3):
    """Elements and moves as attributes have them: numbers on two sides, and sets of categories."""
    moves, group = [], []
    for feature in range(n_features):
        base = len(group)
        if rng.random() < 0.5:
            up, down = rng.integers(0, 3, 2)
            moves += [((1 << k) - 1) << base for k in range(1, up + 1)]
            moves += [((1 << k) - 1) << base + int(up) for k in range(1, down + 1)]
            group += [feature] * int(up + down)
        else:
            own = {int(m) << base for m in rng.integers(1, 8, rng.integers(1, 5))}
            own |= {(7 << base) & ~sum(own)} - {0}  # each element falls with some move
            moves += sorted(own, key=lambda m: (bin(m).count("1"), m))
            group += [feature] * 3
    return Universe(tuple(range(len(group))), tuple(moves), tuple(group))


class Table:
    """An oracle that knows all bad points: the elements on which they agree."""

    def __init__(self, bad):
        self.bad = bad

    def holds(self, kept, deadline):
        agreed = next((one for one in self.bad if not kept & ~one), None)
        return Answer(agreed is None, 0 if agreed is None else agreed)


def closed_sets(universe):
    return {universe.close(s) for s in range(1 << universe.n)}


def points(universe, rng):
    """Some bad points: one move, or none, of each feature."""
    out = []
    for _ in range(rng.integers(1, 5)):
        dropped = 0
        for feature in set(universe.group):
            own = [m for m in universe.moves if universe.group[m.bit_length() - 1] == feature]
            if own and rng.random() < 0.6:
                dropped |= own[rng.integers(len(own))]
        if dropped:
            out.append(universe.full & ~dropped)
    return out


@pytest.mark.parametrize("seed", range(200))
def test_minimal_sets_and_changes(seed):
    rng = np.random.default_rng(seed)
    universe = universe_of(rng)
    bad = points(universe, rng)
    oracle, groups = Table(bad), moves_by_feature(universe)
    holding = [s for s in closed_sets(universe) if oracle.holds(s, None).holds]
    least = [s for s in holding if not any(t != s and not t & ~s for t in holding)]
    kept, proved = minimal(universe, oracle, universe.full, groups, Deadline())
    assert proved
    assert kept in least
    best = fewest_kept(universe, oracle, kept, groups, Deadline())
    assert best.proved
    assert best.elements in least
    assert best.cost == min(universe.written(s).bit_count() for s in least)
    if not bad:
        return
    changing = [universe.full & ~s for s in closed_sets(universe) if not oracle.holds(s, None).holds]
    least = [c for c in changing if not any(d != c and not d & ~c for d in changing)]
    change, proved = least_change(universe, oracle, universe.full & ~bad[0], groups, Deadline())
    assert proved
    assert change in least
    best = fewest_changed(universe, oracle, change, groups, Deadline())
    assert best.proved
    assert best.elements in least
    assert best.cost == min(universe.written_change(c).bit_count() for c in least)


def test_chains_and_halving():
    assert chains_of([0b1, 0b11, 0b100, 0b111]) == ((0b1, 0b11, 0b111), (0b100,))
    for first in range(6):
        assert first_that(lambda move, first=first: move >= first, range(5)) == first
