"""Bounds of measures: they hold for every choice of costs within the rows' bounds, and are reached."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice.explainers.population.bounds import NOTHING, Bounds, difference, mean, median, share_above, share_up_to

ENDS = (0.0, 1.0, 2.0, 3.5, math.inf)
FAR = 1e6  # stands for a cost without an upper bound


def choices(low, high):
    """Each cost at its ends, and in the middle; of a row that may have no plan, that as well."""
    each = []
    for lo, hi in zip(low, high, strict=True):
        each.append({lo, hi} if math.isfinite(hi) else {lo, FAR, math.inf} if math.isfinite(lo) else {math.inf})
    return [np.array(own) for own in itertools.product(*each)]


def median_of(costs):
    return next(c for c in sorted(costs) if (costs <= c).sum() * 2 >= len(costs))


def mean_of(costs):
    known = costs[costs < math.inf]
    return known.mean() if len(known) else math.nan


MEASURES = {
    "plan": (lambda lo, hi: share_up_to(lo, hi, math.inf), lambda c: (c < math.inf).mean()),
    "none": (lambda lo, hi: share_above(lo, hi, math.inf), lambda c: (c == math.inf).mean()),
    "within": (lambda lo, hi: share_up_to(lo, hi, 2.0), lambda c: (c <= 2.0).mean()),
    "beyond": (lambda lo, hi: share_above(lo, hi, 2.0), lambda c: (c > 2.0).mean()),
    "median": (median, median_of),
    "mean": (mean, mean_of),
}


@pytest.mark.parametrize("name", MEASURES)
@given(pairs=st.lists(st.tuples(st.sampled_from(ENDS), st.sampled_from(ENDS)), min_size=1, max_size=6))
def test_bounds_hold_and_are_reached(name, pairs):
    low, high = (np.array(ends) for ends in zip(*(sorted(pair) for pair in pairs), strict=True))
    bound, measure = MEASURES[name]
    found = bound(low, high)
    values = [v for own in choices(low, high) if not math.isnan(v := measure(own))]
    if not values:
        assert math.isnan(found.low)
        return
    assert found.low == pytest.approx(min(values))
    if found.high < math.inf:
        assert found.high == pytest.approx(max(values))
    else:
        assert max(values) >= FAR / 10


@pytest.mark.parametrize(
    "bound", [lambda lo, hi: share_up_to(lo, hi, 1.0), lambda lo, hi: share_above(lo, hi, 1.0), median, mean]
)
def test_nothing_to_measure(bound):
    none = np.zeros(0)
    assert math.isnan(bound(none, none).low)
    assert bound(none, none).told() == "–"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Bounds(1, 2), Bounds(0, 0.5), Bounds(0.5, 2)),
        (Bounds(1, math.inf), Bounds(2, 3), Bounds(-2, math.inf)),
        (Bounds(math.inf, math.inf), Bounds(2, 3), Bounds(math.inf, math.inf)),
        (Bounds(2, 3), Bounds(math.inf, math.inf), Bounds(-math.inf, -math.inf)),
        (Bounds(math.inf, math.inf), Bounds(math.inf, math.inf), Bounds(-math.inf, math.inf)),
        (Bounds(0, math.inf), Bounds(0, math.inf), Bounds(-math.inf, math.inf)),
    ],
)
def test_differences(one, other, expected):
    assert difference(one, other) == expected
    assert math.isnan(difference(one, NOTHING).low)
