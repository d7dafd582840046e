"""One iteration after the other: against a reference of thirty lines, and against the recorded steps of a peer."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.neural import CEM
from suffice.neural.cem.model.margins import LOWEST
from suffice.neural.cem.search.domains import negative_domain, positive_domain
from suffice.neural.cem.search.problem import make_problem
from suffice.neural.cem.search.projection import projected_paper, shrunk_paper

from tests.neural.nets import rows, tabular
from tests.neural.peers import digits, digits_autoencoder, digits_cnn, iris, iris_model, needs_peers, stored

LOW, HIGH, BETA, KAPPA, RATE = -1.5, 1.5, 0.1, 0.1, 0.02


def reference(slope, x, b, c, mode, prox, steps, total):
    """FISTA of the paper for one row; `slope` differentiates the loss by what the model sees."""
    positive = mode == "PP"
    lo, hi = (np.minimum(b, x), np.maximum(b, x)) if positive else (np.full_like(x, LOW), np.full_like(x, HIGH))

    def inside(z):
        return np.abs(z - b) <= np.abs(x - b) if positive else np.abs(z - b) > np.abs(x - b)

    def project(z):
        if prox == "paper":
            return np.where(inside(z), z, x)
        if positive:
            return np.clip(z, lo, hi)
        mirror, gap = 2 * b - x, 1e-6 * np.maximum(np.maximum(np.abs(x), np.abs(b)), np.abs(x - b))
        own = np.where(x > b, np.clip(z, x, HIGH), np.clip(z, LOW, x))
        far = np.where(
            x > b, np.clip(z, LOW, np.maximum(mirror - gap, LOW)), np.clip(z, np.minimum(mirror + gap, HIGH), HIGH)
        )
        usable = np.where(x > b, mirror - gap >= LOW, mirror + gap <= HIGH)
        return own, np.where(usable, far, own)

    a, y, told = x.copy(), x.copy(), []
    for k in range(steps):
        rate = RATE * np.sqrt(1 - k / total)
        pull = -slope(x - y) if positive else slope(y)
        z = y - rate * np.clip(c * pull + 2 * (y - x), -1000, 1000)
        cut = BETA if prox == "paper" else rate * BETA
        moved = x + np.sign(z - x) * np.maximum(np.abs(z - x) - cut, 0)
        if prox == "paper":
            new = project(np.clip(moved, LOW, HIGH))
            y = project(new + (k + 1) / (k + 4) * (new - a))
        elif positive:
            new = project(moved)
            y = project(new + (k + 1) / (k + 4) * (new - a))
        else:
            near, far = project(moved)
            cost = [(t - z) ** 2 / 2 + cut * np.abs(t - x) for t in (near, far)]
            new = np.where(cost[1] < cost[0], far, near)
            ahead = new + (k + 1) / (k + 4) * (new - a)
            near, far = project(ahead)
            y = np.where(np.abs(far - ahead) < np.abs(near - ahead), far, near)
        a = new
        told.append((a, y))
    return told


def loss_slope(net, wanted):
    """The paper's loss, differentiated by hand: logits of a net with one hidden layer."""
    first, second = (np.float64(net[i].weight.detach().numpy()) for i in (0, 2))
    bias, top = (np.float64(net[i].bias.detach().numpy()) for i in (0, 2))

    def slope(p):
        hidden = np.tanh(first @ p + bias)
        scores = second @ hidden + top
        best = np.where(wanted, scores, LOWEST).argmax()
        rival = np.where(~wanted, scores, LOWEST).argmax()
        if scores[rival] - scores[best] < -KAPPA:
            return np.zeros_like(p)
        return ((second[rival] - second[best]) * (1 - hidden**2)) @ first

    return slope


@pytest.mark.parametrize("mode", ["PN", "PP"])
@pytest.mark.parametrize("prox", ["exact", "paper"])
def test_two_hundred_iterations_equal_the_reference(mode, prox):
    net = tabular(seed=3).double()
    X = rows(4, (6,), seed=1, kind=np.float64)
    b = np.array([0.0, 0.2, -0.3, 0.0, 0.5, -0.5])
    c = 7.0
    cem = CEM(
        net, mode, no_info=b, feature_range=(LOW, HIGH), kappa=KAPPA, beta=BETA, prox=prox, pp_space="delta", c_init=c,
        c_steps=1, max_iterations=200, learning_rate=RATE, patience=None, refine=False,
    )  # fmt: skip
    found = cem.explain(X, trace=True)
    moved = 0
    for row, x in enumerate(X):
        own = np.arange(3) == found.X_pred[row]
        told = found.trace.of(row, 0)
        length = len(told["k"])  # a row that stands still leaves early
        expected = reference(loss_slope(net, own if mode == "PP" else ~own), x, b, c, mode, prox, 200, 200)
        for k in range(length):
            np.testing.assert_allclose(told["a"][k], expected[k][0], rtol=0, atol=1e-9)
            np.testing.assert_allclose(told["y"][k], expected[k][1], rtol=0, atol=1e-9)
        for k in range(length, 200):
            np.testing.assert_allclose(expected[k][0], expected[length - 1][0], rtol=0, atol=1e-12)
        np.testing.assert_allclose(told["momentum"], (np.arange(length) + 1) / (np.arange(length) + 4))
        moved += int((told["a"] != x).any())
    assert moved >= 2


TRAJECTORIES = [
    ("digits_cnn", "PN", 0, 100), ("digits_cnn", "PP", 0, 100), ("digits_cnn", "PN", 100, 100),
    ("digits_cnn", "PP", 100, 100), ("iris_lr", "PN", 0, 10), ("iris_lr", "PN", 0, 100), ("iris_lr", "PP", 0, 100),
]  # fmt: skip


@needs_peers
@pytest.mark.parametrize(("model", "mode", "gamma", "c"), TRAJECTORIES)
def test_recorded_steps_of_a_peer_are_ours(model, mode, gamma, c):
    told = stored(f"traj_{model}_{mode}_g{gamma}_c{c}")
    net, setting = (digits_cnn(), digits()) if model == "digits_cnn" else (iris_model(), iris())
    encoder = digits_autoencoder() if gamma else None
    count, steps = told["adv"].shape[:2]
    flat = {name: told[name].reshape(count, steps, -1) for name in ("adv", "adv_s", "ystep", "grad")}
    for i in range(count):
        problem, x = _problem(told["X"][i], mode, setting)
        ours = shrunk_paper(problem, torch.from_numpy(flat["ystep"][i]), 0.1)
        assert torch.equal(ours, torch.from_numpy(flat["adv"][i]))  # a, bit for bit
        before = np.concatenate([x[None], flat["adv"][i][:-1]])
        moved = flat["adv"][i] - before
        k = np.arange(steps)[:, None]
        ahead, still = (
            projected_paper(problem, torch.from_numpy((flat["adv"][i] + weight * moved).astype(np.float32))).numpy()
            for weight in ((k + 1) / (k + 4), np.zeros_like(k))
        )
        away = [np.abs(part - flat["adv_s"][i]).max(axis=1) for part in (ahead, still)]
        assert (np.minimum(*away) <= 1e-6).all()  # the peer loses its momentum now and then; else it is k / (k + 3)
        gradient, steep = _gradient(net, encoder, gamma, c, mode, setting, told["X"][i], flat["adv_s"][i])
        size = np.linalg.norm(flat["grad"][i], axis=1)
        # Where a class is certain the slope is that of 1 - p: the peer's p, a float32, is off by half a unit in its
        # last place, and so the slope by that times the slope of the logits.
        allowed = 1e-4 * size + c * 2.0**-24 * steep + 1e-6
        assert (np.linalg.norm(gradient - flat["grad"][i], axis=1) <= allowed).all()


@needs_peers
def test_where_the_peer_kept_its_momentum_it_is_ours():
    told = stored("traj_digits_cnn_PN_g100_c100")
    k = np.arange(told["zt_eff"].shape[1])
    kept = np.abs(told["zt_eff"] - (k + 1) / (k + 4)) < 1e-3
    assert kept.sum() > 50


def _problem(instance, mode, setting):
    x = instance.reshape(1, -1).astype(np.float64)
    width = x.shape[1]
    b = np.broadcast_to(np.asarray(setting.options["no_info"], dtype=np.float64), width)
    low, high = (
        np.broadcast_to(np.asarray(v, dtype=np.float32), width).astype(float) for v in setting.options["feature_range"]
    )
    fixed = np.zeros(width, dtype=bool)
    if mode == "PN":
        domain = negative_domain(x, b, low, high, fixed)
    else:
        domain = positive_domain(x, b, low, high, fixed, published=True)
    wanted = np.ones((1, 2), dtype=bool)
    problem = make_problem(domain, b, (low, high), wanted, None, torch.float32, torch.device("cpu"))
    return problem, x[0].astype(np.float32)


def _gradient(net, encoder, gamma, c, mode, setting, instance, states):
    """The peer's record, recomputed: the slope of c times the loss, plus squares, plus auto-encoder, at y.

    And the length of the slope of the logits.
    """
    x = instance.reshape(1, -1).astype(np.float32)
    y = np.concatenate([x, states[:-1]])
    options = {key: value for key, value in setting.options.items() if key not in ("loss", "c_init")}
    cem = CEM(
        net, "PN", no_info=options["no_info"], kappa=options["kappa"], loss="proba",
        gamma=float(gamma), autoencoder=encoder,
    )  # fmt: skip
    points = torch.from_numpy((y if mode == "PN" else x - y).astype(np.float32))
    width = x.shape[1]
    machine = cem._machine(_Rows(instance[None]), (np.full(width, -np.inf), np.full(width, np.inf)), np.zeros(width))
    own = torch.nn.functional.one_hot(machine.scorer.scores(torch.from_numpy(x)).argmax(dim=1), machine.scorer.classes)
    own = own.bool().expand(len(y), -1)
    wanted = own if mode == "PP" else ~own
    everywhere = torch.ones_like(points, dtype=torch.bool)
    _, slope = machine.scorer.slope(points, wanted, ~wanted, options["kappa"], everywhere)
    steep = machine.guide.slope(points, wanted, ~wanted, np.inf, everywhere)[1].norm(dim=1).numpy()
    total = c * slope
    if machine.manifold is not None:
        total = total + gamma * machine.manifold.slope(points)[1]
    return (total if mode == "PN" else -total).numpy() + 2 * (y - x), steep


class _Rows:
    def __init__(self, array):
        self.array = array
        self.shape = array.shape[1:]
