"""Every backend gives the same answer; the artefacts are real."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.solvers.catalog import BUILTIN
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get, is_available


def further(*kinds):
    """Names of the backends of some kinds that come with an extra or by themselves, and prove."""
    found = (e for e in BUILTIN if e.kind in kinds and e.note and e.name != "brute" and e.load().capabilities.complete)
    return sorted({entry.name for entry in found})


def needed(solver, *kinds):
    if not any(is_available(solver, kind) for kind in kinds):
        pytest.skip(f"{solver} is not installed")


def explainers():
    for load in (load_iris, load_wine):
        X, y = load(return_X_y=True)
        tree = DecisionTreeClassifier(random_state=0, max_features=2).fit(X, y)
        for theory in ("auto", None):
            yield Explainer.initialize(tree, X[len(X) // 2], theory=theory)


@pytest.mark.parametrize("solver", ["minisat22", "glucose4", "cadical153", "cadical195"])
def test_sat_backends_enumerate_the_same_reasons(solver):
    for explainer in explainers():
        assert set(explainer.sufficient_reason(n=Explainer.ALL, solver=solver)) == set(
            explainer.sufficient_reason(n=Explainer.ALL)
        )
        assert set(explainer.contrastive_reason(n=Explainer.ALL, solver=solver)) == set(
            explainer.contrastive_reason(n=Explainer.ALL)
        )
        one = explainer.sufficient_reason(solver=solver)
        assert one.solver == solver
        assert explainer.is_sufficient_reason(one)


@pytest.mark.parametrize("solver", ["rc2", "cpsat", "scip", "highs", *further(Kind.MAXSAT, Kind.MIP)])
def test_optimisers_find_the_same_minimum(solver):
    needed(solver, Kind.MAXSAT, Kind.MIP)
    for explainer in explainers():
        own = explainer.minimal_sufficient_reason()
        other = explainer.minimal_sufficient_reason(solver=solver)
        assert len(other) == len(own)
        assert str(other.status) == "optimal"
        assert explainer.is_sufficient_reason(other)


@pytest.mark.parametrize("solver", ["zdd", "pysdd", *further(Kind.COUNTER)])
def test_counters_agree(solver):
    needed(solver, Kind.COUNTER)
    for explainer in explainers():
        explainer.deactivate_theory()
        assert explainer.n_sufficient_reasons(solver=solver) == explainer.n_sufficient_reasons()


def test_artefacts_solve_to_the_minimum():
    for explainer in explainers():
        size = len(explainer.minimal_sufficient_reason())
        optimum = get("rc2", Kind.MAXSAT).solve(explainer.to_wcnf())
        assert optimum.cost == size
        written = [v for v in optimum.model[: len(explainer.vocabulary)] if v > 0]
        assert len(written) == size
        assert explainer.is_reason([v if v in explainer.binary_representation else -v for v in written])
        assert get("scip", Kind.MIP).solve(explainer.to_mip()).cost == size


def test_the_cnf_decides_the_class():
    for explainer in explainers():
        cnf = explainer.to_cnf()
        session = get("minisat22", Kind.SAT).open(cnf)
        assert session.solve(explainer.binary_representation).is_sat
        other = next(c for c in (0, 1, 2) if c != explainer.target_prediction)
        assert get("minisat22", Kind.SAT).open(explainer.to_cnf(other)).solve(explainer.binary_representation).is_unsat


def test_artefacts_survive_a_file(tmp_path):
    explainer = next(explainers())
    explainer.to_cnf().write(tmp_path / "tree.cnf")
    assert Cnf.read(tmp_path / "tree.cnf") == explainer.to_cnf()
    explainer.to_wcnf().write(tmp_path / "tree.wcnf")
    assert Wcnf.read(tmp_path / "tree.wcnf") == explainer.to_wcnf()
    explainer.to_mip().write(tmp_path / "tree.lp")
    assert np.array_equal(Linear.read(tmp_path / "tree.lp").costs, explainer.to_mip().costs)
