"""Batches in processes of their own, and batches that are cut short by limits, Ctrl-C or a dead process."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.tree import DecisionTreeClassifier
from suffice import BackendError, Explainer, Status, Stop
from suffice.explainers.batch.rooms import Asker, Question, TwinRoom
from suffice.solvers.processes.process import Worker

from tests.explainers.batch.cases import asked, data, made, told


@pytest.mark.parametrize("family", ["tree", "forest", "labels"])
def test_outside_solvers_go_by_processes_and_say_the_same(family):
    X = data()[0][:5]
    query = "sufficient_reason" if family == "labels" else "minimal_sufficient_reason"
    solver = {"tree": "rc2", "forest": "rc2", "labels": "glucose4"}[family]
    batch = made(family).batch(X, query, solver=solver, n_jobs=2)
    expected = [asked(made(family), row, query, solver=solver) for row in X]
    assert [told(one) for one in batch] == [told(one) for one in expected]
    assert batch.predictions.tolist() == [made(family, row).target_prediction for row in X]


def test_models_that_cannot_be_sent_are_asked_in_threads():
    class Own(DecisionTreeClassifier):  # a class of no module
        __reduce__ = None

    X, y = data()
    explainer = Explainer.initialize(Own(max_depth=3, random_state=0).fit(X, y))
    batch = explainer.batch(X[:4], "sufficient_reason", solver="glucose4", n_jobs=2)
    assert [told(one) for one in batch] == [
        told(asked(explainer, row, "sufficient_reason", solver="glucose4")) for row in X[:4]
    ]


def test_a_process_that_dies_loses_its_row_alone(monkeypatch):
    X = data()[0][:6]
    called, plain = [], Worker.call

    def call(self, method, *arguments, **more):
        if arguments[0] is not None:
            called.append(self)
            if len(called) == 3:
                os.kill(self.process.pid, signal.SIGKILL)
        return plain(self, method, *arguments, **more)

    monkeypatch.setattr(Worker, "call", call)
    batch = made("tree").batch(X, "sufficient_reason", solver="glucose4", n_jobs=2)
    assert sorted(batch.row_status) == ["error"] + ["proved"] * 5
    (lost,) = batch.errors
    assert isinstance(batch[lost], BackendError) and "died" in str(batch[lost])
    expected = [told(asked(made("tree"), row, "sufficient_reason", solver="glucose4")) for row in X]
    assert [told(batch[i]) for i in range(6) if i != lost] == [expected[i] for i in range(6) if i != lost]


def test_what_a_process_answers_is_sent():
    explainer = made("tree")
    from suffice.explainers.session.pickling import recipe_of

    question = Question("contrastive_reason", {"n": 1}, limited=True)
    asker = pickle.loads(pickle.dumps(Asker(pickle.dumps(recipe_of(explainer)), question)))
    from suffice.engine.budget import Deadline

    outcome, stop = pickle.loads(asker.solve((data()[0][0],), deadline=Deadline(60)))
    assert told(outcome.value) == told(asked(explainer, data()[0][0], "contrastive_reason"))
    assert stop is Stop.NONE and asker.solve(None, deadline=Deadline(60)) is None


# -- limits and Ctrl-C ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hard():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(600, 30))
    model = RandomForestClassifier(60, random_state=0).fit(X, rng.integers(0, 2, 600))
    return Explainer.initialize(model), X


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_limit_keeps_what_was_found(hard, n_jobs):
    explainer, X = hard
    batch = explainer.batch(X[:200], "minimal_sufficient_reason", n_jobs=n_jobs, time_limit=0.4)
    assert batch.stop is Stop.TIME_LIMIT and batch.status is Status.BEST_SO_FAR and len(batch) == 200
    assert batch.not_reached and all(batch[i] is None for i in batch.not_reached)
    assert "not reached" in repr(batch) and "time_limit" in repr(batch)
    reached = [i for i in range(200) if i not in batch.not_reached]
    assert reached and np.isnan(batch.row_seconds[list(batch.not_reached)]).all()
    for i in reached[:1]:
        if batch.row_status[i] != "error":
            explainer.set_instance(X[i])
            assert explainer.is_implicant(batch[i], time_limit=60)


@pytest.fixture
def listening(monkeypatch):
    """Ctrl-C reaches Python, also where a shell started the tests to ignore it; one may soon follow another."""
    monkeypatch.setattr("suffice.engine.interrupts.AGAIN", 0.0)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def interrupted_after(seconds):
    """Ctrl-C meanwhile; never afterwards, when it would end the tests."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_ctrl_c_keeps_what_was_found(hard, n_jobs):
    explainer, X = hard
    easy = explainer.batch(X[:1], "direct_reason")
    started = time.perf_counter()
    with interrupted_after(0.5):
        batch = explainer.batch(np.tile(X, (20, 1)), "minimal_sufficient_reason", n_jobs=n_jobs)
    assert time.perf_counter() - started < 60
    assert batch.stop is Stop.INTERRUPT and batch.status is Status.BEST_SO_FAR and batch.not_reached
    assert "interrupt" in repr(batch)
    assert explainer.batch(X[:1], "direct_reason")[0] == easy[0]


@pytest.mark.usefixtures("listening")
def test_ctrl_c_ends_processes(monkeypatch):
    plain, asked_for = Worker.call, []

    def call(self, method, *arguments, **more):
        if arguments[0] is not None:
            asked_for.append(self)
            if len(asked_for) == 4:  # in the midst of it: each process has been asked
                os.kill(os.getpid(), signal.SIGINT)
        return plain(self, method, *arguments, **more)

    monkeypatch.setattr(Worker, "call", call)
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 12))
    explainer = Explainer.initialize(RandomForestClassifier(30, random_state=0).fit(X, rng.integers(0, 2, 300)))
    batch = explainer.batch(X, "minimal_sufficient_reason", n_jobs=2, solver="rc2")
    assert batch.stop is Stop.INTERRUPT and batch.not_reached and not batch.errors
    assert len(asked_for) >= 4
    assert all(worker.process.poll() is not None for worker in asked_for)


SCRIPT = """
import numpy as np
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
model = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, X[:, 0] > 0)
batch = Explainer.initialize(model).batch(X[:3], "sufficient_reason", solver="glucose4", n_jobs=2)
print(batch.row_status)
"""


def test_scripts_need_no_guard(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["('proved',", "'proved',", "'proved')"]


def test_rows_that_rounding_may_decide_are_asked_within_the_limit(monkeypatch):
    rows = np.array([[0, 1], [1, 0], [0, 0], [1, 1]] * 2)
    explainer = Explainer.initialize(BernoulliNB().fit(rows, [0] * 4 + [1] * 4))  # all rows are ties
    limits = []
    asking = TwinRoom.__call__

    def ask(self, i, limit):
        limits.append(limit)
        return asking(self, i, limit)

    monkeypatch.setattr(TwinRoom, "__call__", ask)
    batch = explainer.batch(rows[:3], "sufficient_reason", time_limit=1000.0)
    assert batch.row_status == ("error",) * 3
    assert len(limits) == 3 and all(0 < limit.seconds < 1000.0 for limit in limits)
