"""The same seed gives the same bits, whatever the batch size and the order of the rows; what guards that."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine.errors import BadInputError
from suffice.neural import CEM
from suffice.neural.cem.model.blocks import Blocked, same_bits
from suffice.neural.cem.model.sums import row_sum
from torch import nn

from tests.brute.amounts import sized
from tests.neural.nets import rows, small_cnn, tabular

TOLD = ("point", "margin", "objective", "c", "iterations", "grads_graph", "grads_num", "found")
QUICK = {"max_iterations": sized(8, 5), "c_steps": 3}


def assert_same(first, second, places=slice(None)):
    for name in TOLD:
        assert np.array_equal(
            getattr(first, name), getattr(second, name)[places], equal_nan=getattr(first, name).dtype.kind == "f"
        ), name


@pytest.mark.parametrize("mode", ["PN", pytest.param("PP", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("net", "shape", "options"),
    [
        (small_cnn(), (1, 6, 6), {"no_info": -1.0}),
        (tabular(features=7, hidden=33), (7,), {"no_info": 0.1, "loss": "proba", "kappa": 0.1}),
        pytest.param(
            tabular(features=5, activation=nn.GELU), (5,), {"no_info": 0.0, "prox": "paper"}, marks=pytest.mark.slow
        ),
        pytest.param(
            nn.Sequential(nn.Linear(5, 3), nn.Softmax(dim=1)).eval(), (5,), {"no_info": 0.0}, marks=pytest.mark.slow
        ),
    ],
    ids=["cnn", "tanh", "gelu", "softmax"],
)
def test_modules(net, shape, options, mode):
    X = rows(4, shape, seed=5)
    cem = CEM(net, mode, feature_range=(-1.5, 1.5), **options, **QUICK)
    whole = cem.explain(X)
    assert whole.work.reproducible
    order = np.random.default_rng(0).permutation(4)
    assert_same(cem.explain(X[order]), whole, order)
    for size in (2, 1000):  # with 1000, all rows at once again
        assert_same(cem.explain(X, batch_size=size), whole)
    for place in (0, 3):
        assert_same(cem.explain(X[place : place + 1]), whole, slice(place, place + 1))


def test_black_boxes():
    generator = np.random.default_rng(0)
    first, second = generator.standard_normal((6, 31)), generator.standard_normal((31, 3))

    def function(given):
        hidden = 1 / (1 + np.exp(-(given @ first)))
        powers = np.exp(hidden @ second)
        return powers / powers.sum(axis=1, keepdims=True)

    X = rows(5, (6,), seed=7, kind=np.float64)
    cem = CEM(function, no_info=0.0, feature_range=(-2, 2), **QUICK)
    whole = cem.explain(X)
    assert whole.found.any()
    order = np.random.default_rng(1).permutation(5)
    assert_same(cem.explain(X[order]), whole, order)
    assert_same(cem.explain(X, batch_size=2), whole)
    assert_same(cem.explain(X[4:5]), whole, slice(4, 5))


def test_an_autoencoder():
    net, encoder = tabular(features=6), tabular(features=6, classes=6, seed=3)
    X = rows(5, (6,), seed=8)
    cem = CEM(net, no_info=0.0, feature_range=(-2, 2), gamma=0.5, autoencoder=encoder, **QUICK)
    whole = cem.explain(X)
    assert_same(cem.explain(X, batch_size=3), whole)
    assert_same(cem.explain(X[::-1]), whole, slice(None, None, -1))
    assert_same(cem.explain(X[2:3]), whole, slice(2, 3))


def test_the_generators_of_the_process_are_left_alone():
    X = rows(4, (6,))
    torch.manual_seed(5)
    np.random.seed(5)  # noqa: NPY002  # it is this generator that must be left alone
    before = torch.random.get_rng_state(), np.random.get_state()[1].copy()  # noqa: NPY002
    CEM(tabular(), no_info=0.0, feature_range=(-2, 2), **QUICK).explain(X)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert (np.random.get_state()[1] == before[1]).all()  # noqa: NPY002


def sample(width):
    base = torch.arange(8.0 * width).reshape(8, width) / 7

    def points(count):
        return (base[torch.arange(count) % 8],)

    return points


def test_sizes_that_round_differently_stay_out():
    def moody(points):  # another rounding for large blocks
        return (points.sum(dim=1) * (1.0 if len(points) < 32 else 1.0 + 2**-23),)

    blocked = Blocked(moody, (8, 32, 128), sample(3))
    points = torch.rand(100, 3)
    whole = blocked(points)[0]
    assert torch.equal(whole[17:18], blocked(points[17:18])[0])
    assert blocked._trusted == [8]


def test_a_block_that_looks_at_the_place_is_left_for_single_rows():
    def placed(points):
        return (points.sum(dim=1) * (1 + torch.arange(len(points)) * 2.0**-22),)

    blocked = Blocked(placed, (8, 32), sample(3))
    points = torch.rand(20, 3)
    assert torch.equal(blocked(points)[0][5:6], blocked(points[5:6])[0])
    assert blocked._trusted == [1]


def test_random_models_are_refused():
    def noisy(given):
        p = np.random.default_rng().uniform(0.3, 0.7, len(given))
        return np.stack([p, 1 - p], axis=1)

    with pytest.raises(BadInputError, match="different outputs for the same rows"):
        CEM(noisy, no_info=0.0, feature_range=(-1, 1)).explain(rows(3, (4,)))


def test_places_that_differ_are_not_used():
    def alternating(points):
        return (points.sum(dim=1) * (1 + torch.arange(len(points)) % 4 * 2.0**-22),)

    blocked = Blocked(alternating, (8, 32), sample(3))
    points = torch.rand(50, 3)
    whole = blocked(points)[0]
    assert torch.equal(whole, points.sum(dim=1))
    assert torch.equal(whole[9:10], blocked(points[9:10])[0])
    assert (blocked._stride, blocked._trusted) == (4, [8, 32])


@pytest.mark.parametrize("total", [0, 1, 7, 8, 9, 31, 33, 100, 129, 1000])
def test_blocks_cover_all_rows(total):
    blocked = Blocked(lambda points: (points * 2,), (8, 32, 128), sample(3))
    points = torch.rand(total, 3)
    assert torch.equal(blocked(points)[0], points * 2)
    before = blocked.calls
    blocked(points)
    assert blocked.calls - before <= max(1, blocked.most_calls(total))


@pytest.mark.parametrize("exact", [True, False])
def test_no_rows_take_next_to_no_time(exact):
    blocked = Blocked(lambda points: (points * 2,), (8,) if exact else (1_000_000_000,), sample(3), exact)
    assert blocked(torch.rand(0, 3))[0].shape == (0, 3)
    assert blocked.rows <= 1


def test_columns_that_come_again_are_filled_up_once():
    seen = []

    def function(points, marks):
        seen.append(marks)
        return (torch.where(marks, points, -points),)

    def sampled(count):
        return (*sample(3)(count), torch.ones(count, 3, dtype=torch.bool))

    blocked = Blocked(function, (8, 32), sampled)
    marks, other = torch.rand(3, 3) < 0.5, torch.rand(3, 3) < 0.5
    for mask in (marks, marks, other, marks.clone(), marks):
        points = torch.rand(3, 3)
        assert torch.equal(blocked(points, mask)[0], torch.where(mask, points, -points))
    assert seen[-5] is seen[-4]
    many = torch.rand(100, 3) < 0.5
    points = torch.rand(100, 3)
    assert torch.equal(blocked(points, many)[0], torch.where(many, points, -points))


def test_row_sums_do_not_depend_on_the_number_of_rows():
    values = torch.randn(50, 1001)
    assert torch.equal(row_sum(values)[7:8], row_sum(values[7:8]))
    np.testing.assert_allclose(row_sum(values).numpy(), values.double().sum(dim=1).numpy(), atol=1e-3)
    assert torch.equal(row_sum(torch.zeros(3, 0)), torch.zeros(3))


def test_equal_bits_know_nan():
    a = torch.tensor([1.0, torch.nan])
    assert same_bits(a, a.clone())
    assert not same_bits(a, torch.tensor([torch.nan, 1.0]))


def test_rows_without_a_gap_do_not_change_the_starts_of_others():
    net = tabular(features=6, seed=9)
    X = rows(4, (6,), seed=10)
    X[0, :3] = 0.0  # at no information: only three of its features have two sides
    X[2, 1:] = 0.0
    whole = CEM(net, no_info=0.0, feature_range=(-2, 2), **QUICK).explain(X)
    for place in range(4):
        alone = CEM(net, no_info=0.0, feature_range=(-2, 2), **QUICK).explain(X[place : place + 1])
        assert_same(alone, whole, slice(place, place + 1))
