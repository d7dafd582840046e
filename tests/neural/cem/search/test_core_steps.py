"""Steps by the compiled core beside the same in tensors: not a bit differs."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.engine import _native
from suffice.neural import CEM
from suffice.neural.cem import holes
from suffice.neural.cem.model import margins
from suffice.neural.cem.search import core_steps, linear
from torch import nn

from tests.brute.amounts import sized
from tests.neural.nets import rows, tabular

TOLD = (
    "point", "margin", "objective", "total", "c", "iterations", "grads_graph", "found", "outcome", "reason",
)  # fmt: skip
ONE_HOT = [5, 6, 7]


def drawn(seed):
    """A model, instances and options, drawn by chance."""
    generator = np.random.default_rng(seed)

    def one_of(*choices):
        return choices[int(generator.integers(len(choices)))]

    groups, kind = one_of(None, None, [ONE_HOT]), one_of(np.float32, np.float64)
    net = tabular(8, int(generator.integers(2, 5)), seed, int(generator.integers(2, 18)), one_of(nn.Tanh, nn.ReLU))
    how = {
        "no_info": one_of(0.0, -0.25), "feature_range": one_of(None, (-1.0, 1.0), (-1.5, 2.0)), "groups": groups,
        "kappa": one_of(0.0, 0.1, 0.3), "beta": one_of(0.0, 0.1, 1.0), "loss": one_of("logit", "proba"),
        "pp_space": "data" if groups else one_of("data", "delta"), "patience": one_of(None, 4, 20),
        "clip": one_of((-1000.0, 1000.0), (-0.5, 0.7)), "scale": one_of(None, generator.uniform(0.5, 2, 8)),
        "c_init": one_of(0.1, 1.0, 10.0), "c_steps": 4, "max_iterations": one_of(8, 25),
        "refine": one_of(True, False), "immutable": one_of(None, [0]),
    }  # fmt: skip
    if one_of(True, False):
        encoder = tabular(8, 8, seed + 1)
        how |= {"gamma": one_of(0.1, 1.0, 50.0), "autoencoder": encoder.double() if kind == np.float64 else encoder}
    X = rows(int(generator.integers(1, 6)), (8,), seed, kind=kind)
    X[0, 1] = how["no_info"]
    if groups:
        X[:, ONE_HOT] = np.eye(3)[generator.integers(3, size=len(X))]
    return net.double() if kind == np.float64 else net, X, how


def by_tensors(patch):
    """Leave everything to tensors, as on a GPU."""
    for module in (holes, margins, linear):
        patch.setattr(module, "on_core", lambda tensor: False)
    patch.setattr(core_steps.CoreSteps, "serve", staticmethod(lambda problem, objective: False))


@pytest.mark.parametrize("mode", ["PN", "PP"])
@pytest.mark.parametrize("seed", range(sized(24, 10)))
def test_the_core_gives_the_bits_of_tensors(seed, mode, monkeypatch):
    net, X, how = drawn(seed)
    ours = CEM(net, mode, **how).explain(X)
    with monkeypatch.context() as patch:
        by_tensors(patch)
        theirs = CEM(net, mode, **how).explain(X)
    for name in TOLD:
        first, second = np.array(getattr(ours, name)), np.array(getattr(theirs, name))
        assert np.array_equal(first, second, equal_nan=first.dtype.kind == "f"), name
    assert (ours.work.predict_calls, ours.work.reproducible) == (theirs.work.predict_calls, theirs.work.reproducible)


def test_the_draws_find_something_and_use_all_options():
    drawings = [drawn(seed) for seed in range(sized(24, 10))]
    assert {how["groups"] is None for _, _, how in drawings} == {True, False}
    assert {"gamma" in how for _, _, how in drawings} == {True, False}
    assert {X.dtype for _, X, _ in drawings} == {np.dtype(np.float32), np.dtype(np.float64)}
    assert sum(int(CEM(net, **how).explain(X).found.any()) for net, X, how in drawings) > len(drawings) // 2


def test_a_record_of_steps_changes_nothing():
    net, X, how = drawn(3)
    cem = CEM(net, **how)
    assert np.array_equal(cem.explain(X).point, cem.explain(X, trace=True).point, equal_nan=True)


def test_other_shapes_are_refused():
    numbers = np.zeros((2, 3), np.float32)
    with pytest.raises(ValueError, match="wanted: expected the shape of the scores"):
        _native.excess_of32(numbers, np.ones((2, 2), bool), np.ones((2, 3), bool), 0.0, 1e-5)
    with pytest.raises(ValueError, match="expected the shape of g"):
        flat = np.zeros(2, np.float32)
        _native.cheapest_change32(0.1, numbers, numbers, numbers, numbers, numbers[:, :2].copy(), flat, flat, 1, 1)
    with pytest.raises(TypeError):
        _native.all_finite(np.zeros((2, 3), np.int64))


def test_finite_numbers():
    values = torch.rand(3, 4).numpy()
    assert _native.all_finite(values)
    for odd in (np.nan, np.inf, -np.inf):
        values[1, 2] = odd
        assert not _native.all_finite(values)
