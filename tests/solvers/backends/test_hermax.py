"""Engines of hermax that err, stand still or die: nothing that they claim is believed unseen."""

import os
import signal
import threading
import time
from enum import Enum
from types import SimpleNamespace

import pytest
from suffice.engine.errors import BackendError, CapabilityError, MissingBackendError
from suffice.engine.forms import Wcnf
from suffice.engine.status import Status, Stop
from suffice.solvers import get
from suffice.solvers.backends import hermax
from suffice.solvers.backends.hermax import ENGINES, HermaxMaxSat

SOFT = Wcnf.from_clauses([[1, 2]], [[-1], [-2]], [2, 3])  # costs 2: (1, -2)


def engine(monkeypatch, status, model, cost):
    class Engine:
        def new_var(self):
            pass

        add_clause = set_soft = set_terminate = lambda *args: None
        close = lambda self: None  # noqa: E731 - a stand-in

        def solve(self, **limits):
            return model is not None

        def get_status(self):
            return Enum("SolveStatus", [status])[status]

        def get_model(self):
            return model

        def get_cost(self):
            return cost

    names = {entry.factory: Engine for entry in ENGINES.values()}
    monkeypatch.setattr(hermax, "loaded", lambda *modules: [SimpleNamespace(**names)])


@pytest.mark.parametrize(
    ("status", "model", "cost", "message"),
    [
        ("OPTIMUM", [-1, -2, 3], 0, "breaks a hard clause"),
        ("OPTIMUM", [1, -2, 3], 1, "says cost 1, but its model costs 2"),
        ("OPTIMUM", None, 0, "shows no model"),
        ("ERROR", None, 0, "status 'ERROR'"),
    ],
)
def test_answers_that_contradict_themselves(monkeypatch, status, model, cost, message):
    engine(monkeypatch, status, model, cost)
    with pytest.raises(BackendError, match=message):
        HermaxMaxSat("evalmaxsat").solve(SOFT)


def test_an_anytime_engine_never_proves(monkeypatch):
    engine(monkeypatch, "OPTIMUM", [-1, 2, 3], 3)
    found = HermaxMaxSat("loandra").solve(SOFT)
    assert (found.status, found.cost, found.lower, found.stop) == (Status.BEST_SO_FAR, 3, 0, Stop.SOLVER)
    engine(monkeypatch, "UNSAT", None, 0)
    assert HermaxMaxSat("loandra").solve(SOFT).status is Status.BEST_SO_FAR
    assert HermaxMaxSat("evalmaxsat").solve(SOFT).status is Status.INFEASIBLE


def test_what_nothing_can_be_cheaper_than_is_optimal_whoever_found_it(monkeypatch):
    engine(monkeypatch, "INTERRUPTED_SAT", [1, -2, 3], 2)
    one = Wcnf.from_clauses([[1, 2]], [[-2], []], [3, 4])
    found = HermaxMaxSat("loandra").solve(one)
    assert (found.status, found.cost, found.lower) == (Status.OPTIMAL, 4, 4)


def test_weights_that_are_too_large_are_refused():
    with pytest.raises(CapabilityError, match="weights that add up to 4611686018427387904"):
        HermaxMaxSat("uwrmaxsat").solve(Wcnf.from_clauses([], [[1], [2]], [2**61, 2**61]))


def test_without_the_package_the_remedy_is_named(monkeypatch):
    def gone(*names):
        raise ImportError(names[0])

    monkeypatch.setattr(hermax, "loaded", gone)
    with pytest.raises(MissingBackendError, match=r"pip install .hermax"):
        HermaxMaxSat("coretrail").solve(SOFT)
    with pytest.raises(MissingBackendError, match="known: evalmaxsat"):
        HermaxMaxSat("nothing")


@pytest.mark.parametrize("name", ["loandra", "openwbo-inc"])
def test_no_query_takes_an_anytime_engine(name):
    pytest.importorskip("hermax")
    with pytest.raises(CapabilityError, match="complete"):
        get(name, "maxsat", needs=["complete"])


@pytest.mark.parametrize("name", ["cashwmaxsat", "uwrmaxsat", "coretrail"])
def test_engines_that_listen_give_what_they_have(name):
    pytest.importorskip("hermax")
    from suffice.solvers.conformance.maxsat import _hard_problem

    wcnf = _hard_problem()
    backend = get(name, "maxsat")
    backend.solve(SOFT)
    for seconds in (0.5, 2.0, 8.0):  # a busy machine may leave no time for a first solution
        found = backend.solve(wcnf, seconds)
        assert found.status is Status.BEST_SO_FAR
        assert found.stop is Stop.TIME_LIMIT
        if found.model is not None:
            break
    assert found.model is not None
    assert wcnf.cost(found.model) == found.cost


def test_a_worker_that_dies_is_an_error():
    pytest.importorskip("hermax")
    from suffice.solvers.conformance.maxsat import _hard_problem
    from suffice.solvers.processes import isolated

    backend = get("wmaxcdcl", "maxsat")
    backend.solve(SOFT)  # its worker waits in the pool
    pids = [worker.process.pid for worker in isolated._POOL._idle.values() if b"wmaxcdcl" in worker.payload]

    def kill():
        time.sleep(0.3)
        os.kill(pids[0], signal.SIGSEGV)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(BackendError, match="SIGSEGV"):
        backend.solve(_hard_problem(), 5.0)
    assert backend.solve(SOFT).cost == 2
