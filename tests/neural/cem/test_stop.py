"""A time limit and Ctrl-C return what was found so far; progress is shown."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest
import torch
from suffice.engine.status import Status, Stop
from suffice.neural import CEM

from tests.neural.nets import rows, tabular

LONG = {"no_info": 0.0, "feature_range": (-2, 2), "max_iterations": 100_000, "patience": None}


def black_box(pause=0.0, then=None):
    net = tabular()
    asked = []

    def function(given):
        asked.append(len(given))
        time.sleep(pause)
        if then is not None:
            then(len(asked))
        with torch.no_grad():
            return torch.softmax(net(torch.from_numpy(given.astype(np.float32))), dim=1).numpy()

    return function


@pytest.mark.parametrize("mode", ["PN", "both"])
def test_a_time_limit_returns_the_best_so_far(mode):
    X = rows(6, (6,), seed=1)
    start = time.monotonic()
    found = CEM(black_box(0.002), **LONG).explain(X, mode, time_limit=1.0)
    assert time.monotonic() - start < 15
    assert found.status is Status.BEST_SO_FAR and found.stop is Stop.TIME_LIMIT
    part = found if mode == "PN" else found.pn
    assert part.found.any()
    assert "time_limit" in repr(part)
    for row in part:
        assert row.found or "time_limit" in row.reason


def test_a_limit_that_is_over_at_once_flags_everything():
    found = CEM(tabular(), **LONG).explain(rows(3, (6,)), time_limit=1e-9)
    assert found.status is Status.BEST_SO_FAR and not found.found.any()
    assert all(str(outcome) == "stopped" for outcome in found.outcome)
    assert np.isnan(found.point).all()


def test_an_interrupt_within_the_model_returns_the_best_so_far():
    def then(calls):
        if calls == 300:
            raise KeyboardInterrupt

    found = CEM(black_box(then=then), **LONG).explain(rows(4, (6,), seed=1))
    assert found.stop is Stop.INTERRUPT and found.status is Status.BEST_SO_FAR
    assert found.found.any()


def test_ctrl_c_during_the_search():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may have started us to ignore it
    timer = threading.Timer(2.0, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    try:
        found = CEM(tabular(), **LONG).explain(rows(4, (6,), seed=1), "both")
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, before)
    assert found.stop is Stop.INTERRUPT
    assert found.pn.found.any()


def test_progress_is_shown_when_asked_for(capsys):
    cem = CEM(tabular(), no_info=0.0, feature_range=(-2, 2), max_iterations=5, c_steps=2)
    cem.explain(rows(4, (6,)), "both")
    assert capsys.readouterr().err == ""
    cem.explain(rows(4, (6,)), "both", progress=True)
    assert "8/8" in capsys.readouterr().err
