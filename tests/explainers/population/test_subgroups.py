"""Descriptive groups against all conjunctions of the declared conditions."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from suffice.engine.budget import Deadline
from suffice.explainers.population.subgroups import Wanted, conditions_of, listed, search

from tests.brute.strategies import budget


def columns(rng, n):
    return {
        "a": [None if rng.random() < 0.2 else int(v) for v in rng.integers(0, 4, n)],
        "b": rng.normal(size=n).tolist(),
        "c": rng.choice(["x", "y", "z"], n).tolist(),
    }


@budget(20)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 3), share=st.sampled_from([0.6, 1.0]), least=st.integers(1, 4))
def test_the_largest_groups(seed, length, share, least):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 25))
    declared = conditions_of(columns(rng, n))[:12]
    without = rng.random(n) < 0.5
    wanted = Wanted(length, least, share, 5)
    hits, looked, whole = search(declared, without, wanted, Deadline())
    assert whole
    assert looked >= (len(declared) > 0)
    good = []
    for size in range(length + 1):
        for items in itertools.combinations(range(len(declared)), size):
            rows = np.logical_and.reduce([np.ones(n, np.bool_), *(declared[i][1] for i in items)])
            if (rows & without).sum() >= least and (rows & without).sum() >= share * rows.sum():
                good.append(rows)
    found = listed(hits, without, wanted.n)
    for items, rows in found:
        assert (np.logical_and.reduce([np.ones(n, np.bool_), *(declared[i][1] for i in items)]) == rows).all()
    told = [int((rows & without).sum()) for _, rows in found]
    assert told == sorted(told, reverse=True)
    assert bool(found) == bool(good)
    if good:
        assert told[0] == max(int((rows & without).sum()) for rows in good)
    if len(found) < wanted.n:  # whatever is good is in one that is listed
        assert all(any((rows <= own).all() for _, own in found) for rows in good)


def test_conditions():
    found = conditions_of({"n": [1, 2, 2, None], "c": ["x", "y", "x", "x"], "one": [5, 5, 5, 5]})
    told = {condition.text: rows.tolist() for condition, rows in found}
    assert list(told.values()) == [
        [False, False, False, True], [True, False, False, False], [False, True, True, False],
        [True, False, True, True], [False, True, False, False],
    ]  # fmt: skip
    assert list(told)[:3] == ["n is missing", "n <= 1", "n > 1"]


def test_no_time():
    halted = Deadline(1e-9)
    halted.expired()
    declared = conditions_of({"c": ["x", "y"]})
    assert search(declared, np.array([True, False]), Wanted(2, 1, 1.0, 5), halted)[2] is False
