"""Packages of MIP solvers that err, have no licence, or say "infeasible or unbounded"."""

import numpy as np
import pytest
from suffice.engine.errors import BackendError, MissingBackendError, UnboundedError
from suffice.engine.forms import Linear
from suffice.engine.status import Status, Stop
from suffice.solvers.availability import missing_parts
from suffice.solvers.backends import _native_mip
from suffice.solvers.backends._native_mip import Ended, NativeMip
from suffice.solvers.backends.copt import CoptMip
from suffice.solvers.backends.cplex import CplexMip
from suffice.solvers.backends.gurobi import GurobiMip
from suffice.solvers.backends.highspy import HighspyMip
from suffice.solvers.backends.pyscipopt import PyScipMip
from suffice.solvers.protocols import Requirement

PROGRAM = Linear.build([1, 1], [({0: 1, 1: 1}, 1, np.inf)], 0, 3, True)  # costs 1
ALL = [HighspyMip, PyScipMip, GurobiMip, CplexMip, CoptMip]


class Scripted(NativeMip):
    name = "scripted"
    requirement = Requirement(modules=("no_such_module_here",), remedy="pip install it")

    def __init__(self, *answers):
        self.answers = list(answers)

    def run(self, linear, costs, limit, hint):
        return self.answers.pop(0)


def test_a_claim_against_its_own_bound_is_not_believed():
    found = Scripted(Ended("proved", np.array([1.0, 1.0]), 1.0)).solve(PROGRAM)
    assert (found.status, found.cost, found.lower, found.stop) == (Status.BEST_SO_FAR, 2.0, 1.0, Stop.SOLVER)
    assert Scripted(Ended("proved", np.array([1.0, 0.0]), 1.0)).solve(PROGRAM).status is Status.OPTIMAL


def test_a_plain_linear_program_that_stops_early_claims_no_bound():
    linear = Linear.build([-1.0, -2.0], [({0: 1, 1: 1}, -np.inf, 4)], 0, 3)
    found = Scripted(Ended("stopped", np.array([1.0, 1.0]), 0.0)).solve(linear)  # 0: what HiGHS has before a tree
    assert (found.status, found.cost, found.lower) == (Status.BEST_SO_FAR, -3.0, None)
    assert Scripted(Ended("stopped", None, 0.0)).solve(linear).lower is None


def test_a_point_that_breaks_the_program_is_an_error():
    with pytest.raises(BackendError, match="breaks the program by 1"):
        Scripted(Ended("proved", np.array([0.0, 0.0]), 0.0)).solve(PROGRAM)


def test_infeasible_or_unbounded_is_asked_again():
    with pytest.raises(UnboundedError, match="scripted"):
        Scripted(Ended("unclear"), Ended("proved", np.zeros(2), 0.0)).solve(PROGRAM)
    assert Scripted(Ended("unclear"), Ended("infeasible")).solve(PROGRAM).status is Status.INFEASIBLE
    assert Scripted(Ended("unclear"), Ended("stopped")).solve(PROGRAM).status is Status.BEST_SO_FAR


def test_what_native_solvers_stumble_over_is_answered_here():
    nobody = Scripted()
    assert nobody.solve(Linear.build(np.zeros(0), offset=2.0)).cost == 2.0
    assert nobody.solve(Linear.build([1], [({}, 1, 2)], 0, 3, True)).status is Status.INFEASIBLE
    assert nobody.solve(Linear.build([1], (), 0.25, 0.75, True)).status is Status.INFEASIBLE


def test_statuses_that_nobody_knows_are_errors():
    with pytest.raises(BackendError, match="status '77'"):
        Scripted().meaning_of(77, {"1": "proved"})


@pytest.mark.parametrize("kind", ALL)
def test_without_the_package_the_remedy_is_named(kind, monkeypatch):
    def gone(*names):
        raise ImportError(names[0])

    monkeypatch.setattr(_native_mip, "loaded", gone)
    with pytest.raises(MissingBackendError, match=r"pip install"):
        kind().solve(PROGRAM)


@pytest.mark.parametrize("kind", ALL)
def test_no_time_is_a_result(kind):
    assert kind().solve(PROGRAM, 1e-9).status is Status.BEST_SO_FAR


@pytest.mark.parametrize(("kind", "most"), [(GurobiMip, 2000), (CplexMip, 1000), (CoptMip, 2000)])
def test_a_program_beyond_the_licence_says_so(kind, most):
    gone = missing_parts(kind.requirement)
    if gone:  # no extra brings them
        pytest.skip(f"missing {', '.join(gone)}")
    n = 20 * most
    rng = np.random.default_rng(0)
    rows = [(dict.fromkeys(rng.choice(n, 4, replace=False).tolist(), 1.0), 1, np.inf) for _ in range(n)]
    try:
        found = kind().solve(Linear.build(np.ones(n), rows, 0, 1, True), 5.0)
    except MissingBackendError as error:
        assert "licence" in str(error)
    else:
        assert found.has_solution or found.status is Status.BEST_SO_FAR
