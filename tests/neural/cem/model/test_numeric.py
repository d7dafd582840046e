"""Slopes by differences: equal to automatic ones; few prediction calls, and their number is bounded."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.neural import CEM
from suffice.neural.cem.inputs import read_rows
from suffice.neural.cem.model.margins import loss_slope, margin

from tests.neural.nets import rows, tabular


def loss(scores, wanted, others, kappa):
    """The paper's loss, (n,)."""
    return torch.clamp(-margin(scores, wanted, others), min=-kappa)


def machines(net, loss_space, shape):
    """The same net by automatic differentiation and by differences, both in float64."""
    X = read_rows(rows(1, shape, kind=np.float64), None)
    bounds = np.full(shape[0], -np.inf), np.full(shape[0], np.inf)
    found = []
    for grad in ("auto", "numeric"):
        cem = CEM(net, no_info=0.0, loss=loss_space, grad=grad, dtype="float64")
        found.append(cem._machine(X, bounds, np.zeros(shape[0])).scorer)
    return found


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("loss_space", ["logit", "proba"])
@pytest.mark.parametrize("mode", ["PN", "PP"])
def test_differences_equal_automatic_differentiation(classes, loss_space, mode):
    net = tabular(features=6, classes=classes, seed=classes)
    exact, numeric = machines(net, loss_space, (6,))
    points = torch.from_numpy(rows(200, (6,), seed=1, low=-2, high=2, kind=np.float64))
    scores = exact.scores(points)
    top = scores.sort(dim=1, descending=True).values
    clear = top[:, 0] - top[:, 1] > 0.01
    if classes > 2:
        clear &= top[:, 1] - top[:, 2] > 0.01
    points = points[clear]  # away from the kinks, where a slope is one
    sides = set()
    for own_class in range(2):
        own = torch.zeros(len(points), classes, dtype=torch.bool)
        own[:, own_class] = True
        wanted = own if mode == "PP" else ~own
        everywhere = torch.ones_like(points, dtype=torch.bool)
        kappa = 0.05
        first = exact.slope(points, wanted, ~wanted, kappa, everywhere)[1]
        second = numeric.slope(points, wanted, ~wanted, kappa, everywhere)[1]
        gap = loss(exact.scores(points), wanted, ~wanted, np.inf)
        settled = (gap + kappa).abs() > 0.01  # nor at the cap
        sides |= set(torch.sign(gap[settled]).tolist())
        size = first[settled].norm(dim=1).clamp(min=1.0)
        assert ((first - second)[settled].norm(dim=1) <= 1e-3 * size).all()
    assert sides == {-1.0, 1.0}  # both sides of the boundary


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_the_slope_by_scores_equals_plain_differences(classes):
    generator = torch.Generator().manual_seed(classes)
    scores = torch.randn(40, classes, generator=generator, dtype=torch.float64)
    wanted = torch.zeros(40, classes, dtype=torch.bool)
    wanted[:, : classes // 2] = True
    step = torch.full((classes,), 0.3, dtype=torch.float64)
    told = loss_slope(scores, wanted, ~wanted, 0.2, step)
    for k in range(classes):
        move = torch.zeros(classes, dtype=torch.float64)
        move[k] = 0.3
        ahead, back = (loss(scores + sign * move, wanted, ~wanted, 0.2) for sign in (1, -1))
        torch.testing.assert_close(told[:, k], (ahead - back) / 0.6)


def test_search_by_differences_finds_the_same():
    net = tabular(seed=4)
    X = rows(4, (6,), seed=2, kind=np.float64)
    for mode in ("PN", "PP"):
        options = {"no_info": 0.0, "feature_range": (-2, 2), "max_iterations": 20, "c_steps": 4}
        exact = CEM(net, mode, dtype="float64", **options).explain(X)
        numeric = CEM(net, mode, grad="numeric", **options).explain(X)
        assert (exact.found == numeric.found).all()
        np.testing.assert_allclose(exact.objective, numeric.objective, rtol=0.02, atol=1e-3)
        assert np.abs(numeric.grads_num).max() > 0 and np.nanmax(np.abs(exact.grads_num)) == 0


class Counting:
    """A black box that counts."""

    def __init__(self, net):
        self.net, self.calls, self.largest = net, 0, 0

    def __call__(self, given):
        self.calls += 1
        self.largest = max(self.largest, len(given))
        with torch.no_grad():
            return torch.softmax(self.net(torch.from_numpy(given.astype(np.float32))), dim=1).numpy()


@pytest.mark.parametrize(("options", "rows_a_call"), [({}, 4096), ({"update_num_grad": 100}, 100)])
@pytest.mark.parametrize("mode", ["PN", "PP"])
def test_the_number_of_calls_is_told_and_bounded(options, rows_a_call, mode):
    black = Counting(tabular(seed=6))
    cem = CEM(black, mode, no_info=0.0, feature_range=(-2, 2), max_iterations=30, c_steps=4, **options)
    found = cem.explain(rows(5, (6,), seed=3))
    told = found.work.predict_calls + 1  # reading the outputs is one more
    assert black.calls <= told <= black.calls + 1
    assert found.work.predict_calls <= found.work.most_calls
    assert black.largest <= rows_a_call
    per_row = found.work.predict_rows / max(1, found.work.predict_calls)
    assert per_row > 8  # many points share a call


def test_features_that_cannot_move_are_not_asked_about():
    X = rows(2, (6,), seed=3)
    told = []
    for immutable in (None, [0, 1, 2, 3, 4]):
        net = tabular(seed=6)
        cem = CEM(net, no_info=0.0, feature_range=(-2, 2), immutable=immutable, grad="numeric", refine=False, c_steps=1)
        told.append(cem.explain(X).work)
    assert told[1].predict_rows < told[0].predict_rows / 2
    assert told[1].most_calls < told[0].most_calls


def test_the_model_is_not_asked_beyond_the_range():
    net = tabular(seed=6)

    def fragile(given):
        assert given.min() >= -1 and given.max() <= 1, "out of the range"
        with torch.no_grad():
            return torch.softmax(net(torch.from_numpy(given.astype(np.float32))), dim=1).numpy()

    X = rows(3, (6,), seed=3)
    found = CEM(fragile, no_info=0.0, feature_range=(-1, 1), max_iterations=20).explain(X)
    assert len(found) == 3


def test_pairs_of_eps_may_be_arrays():
    black = Counting(tabular(seed=6))
    eps = (np.array([[1e-2, 1e-2, 1e-2]]), np.full((1, 6), 1e-2))
    found = CEM(black, no_info=0.0, feature_range=(-2, 2), eps=eps, max_iterations=20).explain(rows(2, (6,)))
    plain = CEM(black, no_info=0.0, feature_range=(-2, 2), eps=(1e-2, 1e-2), max_iterations=20).explain(rows(2, (6,)))
    assert np.array_equal(found.point, plain.point, equal_nan=True)
