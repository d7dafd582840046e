"""Small rows say the same as rows of great numbers, for every point, with room for the tolerances of solvers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from suffice.encoders.formulas.small_rows import MOST, _scaled, small_rows
from suffice.engine.errors import CapabilityError


def made(terms, least):
    extra = []

    def add(name):
        extra.append(len(terms) + len(extra))
        return extra[-1]

    return small_rows(terms, least, add), extra


def meets(rows, extra, point):
    """Whether some values of the new variables meet all rows: carries from the lowest digit on, as great as can be."""
    truth = dict(enumerate(point))
    for row, least in rows:
        have = sum(a * truth[v] for v, a in row.items() if v in truth)
        carry = sorted((v for v in row if v not in truth), key=lambda v: row[v])  # the highest digit first
        for v in carry:
            truth[v] = int(have + row[v] >= least)
            have += row[v] * truth[v]
        if have < least:
            return False
    return True


@pytest.mark.parametrize("digits", [10, 20, 34, 50, 62])
@pytest.mark.parametrize("seed", range(8))
def test_every_point(digits, seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 10))
    terms = {v: int(a) for v, a in enumerate(rng.integers(0, 2**digits, n))}
    if seed % 2:  # sums near to the border
        terms = {v: a >> 20 << 20 | int(rng.integers(0, 3)) for v, a in terms.items()}
    points = list(itertools.product((0, 1), repeat=n))
    sums = [sum(a * x for a, x in zip(terms.values(), point, strict=True)) for point in points]
    everything = sum(terms.values())
    for least in {0, 1, everything, everything + 1, *(total + d for total in sums[:9] for d in (-1, 0, 1))}:
        rows, extra = made(terms, least)
        for row, bound in rows:
            assert sum(map(abs, row.values())) <= MOST
            assert all(isinstance(a, int) for a in row.values())
            assert bound % 1 == 0.5
        for point, total in zip(points, sums, strict=True):
            assert meets(rows, extra, point) == (total >= least), (terms, least, point)


@pytest.mark.parametrize("seed", range(4))
def test_digits_of_many_terms(seed):
    rng = np.random.default_rng(seed)
    terms = {v: int(a) for v, a in enumerate(rng.integers(1, 2**50, 300))}
    assert _scaled(terms, 5) is None
    for _ in range(20):
        point = rng.integers(0, 2, 300).tolist()
        total = sum(a * x for a, x in zip(terms.values(), point, strict=True))
        for least in (total - 1, total, total + 1):
            rows, extra = made(terms, least)
            assert len(rows) > 3
            assert all(sum(map(abs, row.values())) <= MOST for row, _ in rows)
            assert meets(rows, extra, point) == (total >= least)


def test_too_many_terms():
    with pytest.raises(CapabilityError, match="no program"):
        made({v: 2**40 + v for v in range(90_000)}, 2**50)
