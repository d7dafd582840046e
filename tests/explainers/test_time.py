"""Time limits and Ctrl-C keep what was found."""

from __future__ import annotations

import os
import signal
import threading

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer


@pytest.fixture(scope="module")
def hard():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(80_000, 60)).astype(float)
    tree = DecisionTreeClassifier(max_leaf_nodes=20_000, random_state=0).fit(X, rng.integers(0, 2, 80_000))
    explainer = Explainer.initialize(tree, X[0], theory=None, check=False)
    explainer.sufficient_reason(n=3, time_limit=0.5)  # what is made once a model
    return explainer


def fresh(explainer):
    explainer.set_instance(explainer.instance)
    return explainer


@pytest.mark.parametrize("over", ["literals", "features"])
def test_all_reasons_in_a_short_time(hard, over):
    reasons = fresh(hard).sufficient_reason(n=Explainer.ALL, time_limit=0.3, over=over)
    assert str(reasons.status) == "best_so_far"
    assert str(reasons.stop) == "time_limit"
    assert len(reasons) >= 1
    assert all(hard.is_sufficient_reason(reason, over=over) for reason in reasons[:3])


def test_a_count_becomes_bounds(hard):
    assert fresh(hard).n_sufficient_reasons(time_limit=0.01) is None
    assert hard.elapsed_time == Explainer.TIMEOUT
    bounds = hard.count_bounds
    assert bounds.value is None
    assert bounds.lower >= 0
    assert str(bounds.stop) == "time_limit"


@pytest.fixture
def listening(monkeypatch):
    """Ctrl-C reaches Python, also where a shell started the tests to ignore it; one may soon follow another."""
    monkeypatch.setattr("suffice.engine.interrupts.AGAIN", 0.0)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("listening")
def test_ctrl_c_keeps_what_was_found(hard):
    explainer = fresh(hard)
    threading.Timer(0.6, os.kill, (os.getpid(), signal.SIGINT)).start()
    reasons = explainer.sufficient_reason(n=Explainer.ALL)
    assert str(reasons.stop) == "interrupt"
    assert str(reasons.status) == "best_so_far"
    assert len(reasons) >= 1


def test_a_stream_ends_in_time(hard):
    stream = fresh(hard).sufficient_reasons(time_limit=0.3)
    found = list(stream)
    assert str(stream.status) == "best_so_far"
    assert str(stream.stop) == "time_limit"
    assert len(set(found)) == len(found)
