"""How good the answers are: beside the stored answers of a peer, and beside a strong multi-start optimum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from suffice.neural import CEM

from tests.neural.peers import (
    answers,
    digits,
    digits_autoencoder,
    digits_cnn,
    iris,
    iris_model,
    needs_peers,
    no_worse,
    softmax_function,
    stored,
)

pytestmark = needs_peers


@pytest.mark.parametrize("mode", ["PN", "PP"])
@pytest.mark.parametrize("loss", ["logit", "proba"])
def test_digits_are_no_worse_than_the_peers(mode, loss):
    X, found, objective, _, _ = answers("digits_cnn", "white", mode)
    ours = CEM(digits_cnn(), mode, pp_space="delta", loss=loss, **digits().options).explain(X)
    assert ours.found[found].all()
    assert no_worse(ours.objective, objective).all()
    if mode == "PN":
        assert ours.objective.mean() <= 0.75 * objective.mean()


@pytest.mark.parametrize("mode", ["PN", "PP"])
def test_iris_is_no_worse_than_the_peers(mode):
    X, found, objective, _, _ = answers("iris_lr", "white", mode)
    ours = CEM(iris_model(), mode, pp_space="delta", **iris().options).explain(X)
    assert ours.found[found].all()
    assert no_worse(ours.objective, objective).all()


def test_iris_is_as_good_as_a_strong_multi_start():
    oracle = stored("oracle_iris_lr_PN")["obj"]
    ours = CEM(iris_model(), **iris().options).explain(stored("iris_data")["xte"][:20])
    assert ours.found.all()
    assert ours.objective.mean() <= 1.05 * oracle.mean()


@pytest.mark.parametrize("space", ["data", "delta"])
def test_positives_of_a_black_box_are_found(space):
    X = answers("iris_lr", "white", "PP")[0]
    black = CEM(softmax_function(iris_model()), "PP", eps=(1e-2, 1e-2), pp_space=space, **iris().options).explain(X)
    assert black.found.sum() >= 9


@pytest.mark.parametrize("mode", ["PN", "PP"])
def test_a_black_box_is_no_worse_than_the_peers(mode):
    X, found, objective, _, _ = answers("iris_lr", "black", mode)
    ours = CEM(softmax_function(iris_model()), mode, pp_space="delta", eps=(1e-2, 1e-2), **iris().options).explain(X)
    assert ours.found[found].all()
    assert no_worse(ours.objective, objective).all()


@pytest.mark.parametrize("loss", ["logit", "proba"])
def test_the_published_step_is_as_sparse_as_the_peers(loss):
    X, _, objective, _, delta = answers("digits_cnn", "white", "PN")
    ours = CEM(digits_cnn(), prox="paper", loss=loss, **digits().options).explain(X)
    assert ours.found.all()
    assert ours.n_changed.mean() <= (delta != 0).sum(axis=1).mean()  # 14.4
    assert ours.objective.mean() <= objective.mean()


@pytest.mark.parametrize("mode", ["PN", "PP"])
def test_with_an_autoencoder_the_total_is_at_most_the_peers(mode):
    X, found, objective, points, _ = answers("digits_cnn", "white", mode, gamma=100)
    encoder = digits_autoencoder()
    with torch.no_grad():
        error = (torch.from_numpy(points) - encoder(torch.from_numpy(points))).flatten(1).double().pow(2).sum(dim=1)
    total = objective + 100 * error.numpy()
    options = {"max_iterations": 40, "c_steps": 6, **digits().options}
    cem = CEM(digits_cnn(), mode, pp_space="delta", gamma=100.0, autoencoder=encoder, **options)
    ours = cem.explain(X)
    assert ours.found[found].all()
    assert (ours.total <= total).all()
    np.testing.assert_allclose(ours.total, ours.objective + 100 * ours.autoencoder, rtol=1e-6)


def test_without_refinement_the_search_alone_beats_the_peer_on_the_mean():
    X, _, objective, _, _ = answers("digits_cnn", "white", "PN")
    ours = CEM(digits_cnn(), refine=False, **digits().options).explain(X)
    assert ours.found.all()
    assert ours.objective.mean() <= 0.75 * objective.mean()
