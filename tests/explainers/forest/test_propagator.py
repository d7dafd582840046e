"""The forest as a propagator of CaDiCaL, against all inputs of the domain and against the native search."""

from __future__ import annotations

import time

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from suffice import Explainer
from suffice.engine.budget import Deadline
from suffice.engine.errors import BackendError, MissingBackendError
from suffice.engine.forms import Cnf
from suffice.engine.status import Stop
from suffice.explainers.forest.oracles import problems_of
from suffice.explainers.forest.propagator import LeafWatch, PropagatorOracle
from suffice.solvers.backends._propagated import PropagatedSession
from suffice.solvers.results import Verdict

from tests.brute.amounts import some
from tests.encoders.test_ensemble_cases import random_case
from tests.explainers.forest.test_backend_oracles import SHAPES, check, in_domain


@pytest.mark.parametrize("shape", [*SHAPES, {"n_outputs": 1, "depth": 2, "divisor": 5.0}], ids=str)
@pytest.mark.parametrize("voting", ["hard", "grid", "soft"])
@pytest.mark.parametrize("seed", range(some(6)))
def test_answers_are_those_of_all_inputs(shape, voting, seed):
    case = random_case(seed, voting=voting, **shape)
    if in_domain(case):
        check(case, np.random.default_rng(seed), PropagatorOracle)


@pytest.mark.parametrize("seed", range(some(6)))
def test_what_the_watch_refuses_is_refused_rightly(seed):
    """Partial assignments, levels and steps back: a clause is falsified, and no input of the domain breaks it."""
    case = random_case(seed, voting="soft", n_outputs=1, depth=3, n_trees=4)
    rng = np.random.default_rng(seed)
    truths = case.truths()
    value = case.compiled.value_at(case.situation.truth)
    for rows in problems_of(case.compiled, (value - 0.1, value + 0.1)).problems:
        watch = LeafWatch(case.compiled.trees, rows)
        leaves = np.array([case.compiled.trees.leaves_at(truth) for truth in truths])
        meant = np.all([row.offset + row.worth[leaves].sum(axis=1) >= row.need for row in rows], axis=0)
        true: list[tuple[int, int]] = []
        for _ in range(60):
            if true and rng.random() < 0.3:
                level = int(rng.integers(0, true[-1][1] + 1))
                true = [(literal, at) for literal, at in true if at <= level]
                watch.back_to(level)
            free = [v for v in watch.observed if all(abs(literal) != v for literal, _ in true)]
            if not free:
                continue
            at = (true[-1][1] if true else 0) + int(rng.random() < 0.7)
            literal = int(rng.choice(free)) * int(rng.choice([-1, 1]))
            true.append((literal, at))
            watch.assigned(literal, at)
            clause = watch.refused()
            here = [all(truth[abs(each) - 1] == (each > 0) for each, _ in true) for truth in truths]
            if clause is None:
                continue
            assert {-each for each in clause} <= {each for each, _ in true}
            assert not meant[here].any()
            kept = [any(truth[abs(each) - 1] == (each > 0) for each in clause) for truth in truths]
            assert np.array(kept)[meant].all()


MODELS = {
    "forest": lambda X, y: RandomForestClassifier(8, max_depth=4, random_state=0).fit(X, y),
    "boosted": lambda X, y: GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=0).fit(X, y),
    "numbers": lambda X, y: GradientBoostingRegressor(n_estimators=6, max_depth=2, random_state=0).fit(X, X[:, 0] + y),
}


@pytest.mark.parametrize("kind", MODELS)
@pytest.mark.parametrize("over", ["literals", "features"])
def test_reasons_are_reasons(kind, over):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4)).astype(np.float32)
    y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int) + (X[:, 3] > 1)
    model = MODELS[kind](X, y)
    for row in X[:3]:
        explainer = Explainer.initialize(model, row)
        if kind == "numbers":
            explainer.set_interval(*_around(explainer, model, row))
        reason = explainer.sufficient_reason(solver="propagator", over=over)
        assert reason.proof.status == "proved"
        assert reason.proof.solver == "propagator"
        assert explainer.is_sufficient_reason(reason)  # by the native search; minimal as well


def _around(explainer, model, row):
    value = float(model.predict([row])[0])
    return value - 0.2, value + 0.2


def test_a_limit_is_kept():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(400, 12)).astype(np.float32)
    model = RandomForestClassifier(40, max_depth=8, random_state=0).fit(X, (np.sin(3 * X).sum(axis=1) > 0).astype(int))
    explainer = Explainer.initialize(model, X[0])
    started = time.perf_counter()
    reason = explainer.sufficient_reason(solver="propagator", time_limit=0.3)
    assert time.perf_counter() - started < 5
    assert reason.proof.status in ("proved", "best_so_far")


def test_a_tree_has_no_propagator():
    from sklearn.tree import DecisionTreeClassifier

    tree = DecisionTreeClassifier(random_state=0).fit([[0], [1]], [0, 1])
    with pytest.raises(MissingBackendError, match="propagator"):
        Explainer.initialize(tree, [1]).sufficient_reason(solver="propagator")


class Watch:
    """At most one of three variables, told by clauses; or an error."""

    def __init__(self, fails=False):
        self.true, self.fails = [], fails

    def assigned(self, literal, level):
        if self.fails:
            raise ZeroDivisionError("by zero")
        self.true.append((level, literal))

    def back_to(self, level):
        self.true = [(at, literal) for at, literal in self.true if at <= level]

    def refused(self):
        positive = sorted({literal for _, literal in self.true if literal > 0})
        return [-positive[0], -positive[1]] if len(positive) > 1 else None

    def refused_model(self, model):
        return self.refused()


def test_the_session_alone():
    with PropagatedSession(Cnf.from_clauses([[1, 2, 3]], 4), Watch(), [1, 2, 3]) as session:
        answer = session.solve()
        assert sum(literal > 0 for literal in answer.model[:3]) == 1
        assert session.solve([1, 2]).verdict is Verdict.UNSAT
        assert set(session.solve([1, 4, 2]).core) <= {1, 2, 4}
        assert session.solve([-1, -2]).model[2] == 3
        session.add([-3])
        assert session.solve([-1, -2]).is_unsat
        assert session.solve(deadline=Deadline(1e-9)).verdict is Verdict.UNKNOWN


def test_an_error_of_the_propagator_is_told():
    with (
        PropagatedSession(Cnf.from_clauses([[1, 2]], 2), Watch(fails=True), [1, 2]) as session,
        pytest.raises(BackendError, match=r"ZeroDivisionError\('by zero'\)"),
    ):
        session.solve()


class Halting(Watch):
    """Ends the limit when it is asked for the first time, and counts how often it is asked."""

    def __init__(self, limit):
        super().__init__()
        self.limit, self.asked = limit, 0

    def refused(self):
        self.asked += 1
        self.limit.halt(Stop.TIME_LIMIT)
        return super().refused()


def test_nothing_is_asked_once_time_is_up():
    limit = Deadline(1000.0)
    watch = Halting(limit)
    clauses = [[1, 2, 3], [-1, 4], [-4, 2]]
    with PropagatedSession(Cnf.from_clauses(clauses, 4), watch, [1, 2, 3]) as session:
        answer = session.solve([1], deadline=limit)
        assert (answer.verdict, answer.stop, watch.asked) == (Verdict.UNKNOWN, Stop.TIME_LIMIT, 1)
        assert session.solve([1]).is_unsat
        assert sum(literal > 0 for literal in session.solve().model[:3]) == 1


def test_a_second_ctrl_c_leaves():
    class Pressed(Watch):
        def refused(self):
            raise KeyboardInterrupt

    with (
        PropagatedSession(Cnf.from_clauses([[1, 2]], 2), Pressed(), [1, 2]) as session,
        pytest.raises(KeyboardInterrupt),
    ):
        session.solve()


def test_several_reasons_need_a_sat_backend():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)).astype(np.float32)
    explainer = Explainer.initialize(MODELS["forest"](X, (X[:, 0] > 0).astype(int)), X[0])
    for solver in ("propagator", "cpsat"):
        with pytest.raises(MissingBackendError, match="finds one reason, several need a SAT backend"):
            explainer.sufficient_reason(n=2, solver=solver)
