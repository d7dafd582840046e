"""Maximum covers against all choices of sets."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice.engine.budget import Deadline
from suffice.engine.errors import MissingBackendError
from suffice.explainers.population import cover

from tests.brute.strategies import budget


@budget(60)
@given(seed=st.integers(0, 10**6), n_sets=st.integers(0, 8), n_rows=st.integers(0, 14), k=st.integers(1, 4))
def test_the_largest(seed, n_sets, n_rows, k):
    rng = np.random.default_rng(seed)
    covers = rng.random((n_sets, n_rows)) < rng.choice([0.15, 0.3, 0.6])
    covers = covers[:, rng.integers(0, n_rows, n_rows)] if n_rows else covers  # equal rows
    found = cover.largest_cover(covers, k, Deadline())
    best = max(int(covers[list(c)].any(axis=0).sum()) for c in itertools.combinations(range(n_sets), min(k, n_sets)))
    assert (found.n_covered, found.most) == (best, best)
    assert len(found.chosen) <= k
    assert int(covers[list(found.chosen)].any(axis=0).sum()) == best


def greedy_trap():
    """Two sets cover all; the largest one is neither of them."""
    covers = np.zeros((3, 12), np.bool_)
    covers[0, 1:11], covers[1, :6], covers[2, 6:] = True, True, True
    covers[0, [5, 6]] = False
    return covers


def test_greed_is_not_enough():
    assert len(cover.greedy_cover(greedy_trap(), np.ones(12, np.int64), 2)) == 2
    assert cover.largest_cover(greedy_trap(), 2, Deadline()) == cover.Cover((1, 2), 12, 12)


def test_without_a_solver_the_bound_is_told(monkeypatch):
    def none(*_):
        raise MissingBackendError("cpsat is not there")

    monkeypatch.setattr(cover, "get", none)
    found = cover.largest_cover(greedy_trap(), 2, Deadline())
    assert found.n_covered < 12
    assert found.most == 12


@pytest.mark.parametrize("shape", [(0, 0), (3, 0), (0, 3), (3, 4)])
def test_nothing_to_cover(shape):
    assert cover.largest_cover(np.zeros(shape, np.bool_), 2, Deadline()) == cover.Cover((), 0, 0)


def test_no_time():
    halted = Deadline(1e-9)
    halted.expired()
    found = cover.largest_cover(greedy_trap(), 2, halted)
    assert 0 < found.n_covered <= found.most == 12
