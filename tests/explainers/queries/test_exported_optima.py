"""Exported programs have the query's own optimum: by enumeration, by HiGHS as it is, over categories, in files."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, UndecidedError
from suffice.engine.budget import Deadline
from suffice.engine.forms import Linear
from suffice.engine.oracles.universe import literal_universe, mask_of
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.brute.amounts import some


def rows_of(linear):
    return [linear.row(i) for i in range(linear.n_rows)]


def meets(linear, point):
    """Whether a point meets all rows, in exact numbers."""
    for columns, values, low, high in rows_of(linear):
        total = sum(Fraction(v) * point[c] for c, v in zip(columns.tolist(), values.tolist(), strict=True))
        if (math.isfinite(low) and total < Fraction(low)) or (math.isfinite(high) and total > Fraction(high)):
            return False
    return True


def by_highs(linear):
    matrix = np.zeros((linear.n_rows, linear.n_vars))
    for i, (columns, values, _, _) in enumerate(rows_of(linear)):
        matrix[i, columns] = values
    rows = LinearConstraint(matrix, linear.row_lower, linear.row_upper)
    return milp(
        linear.costs,
        integrality=linear.integer.astype(int),
        bounds=Bounds(linear.lower, linear.upper),
        constraints=rows,
    )


def is_small(linear):
    for _, values, low, high in rows_of(linear):
        assert (values == np.rint(values)).all()
        assert np.abs(values).sum() * 1e-6 < 0.25
        assert high == np.inf
        assert low % 1 == 0.5


def boosted(seed, classes=2):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, 2 + seed % 3)).astype(float)
    score = X[:, 0] + rng.normal(size=60)
    y = np.digitize(score, np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1]))
    return GradientBoostingClassifier(n_estimators=2 + seed % 3, max_depth=2, random_state=0).fit(X, y), X


@pytest.mark.parametrize("seed", range(some(40)))
def test_every_solution_of_a_small_program_is_a_reason(seed):
    model, X = boosted(seed)
    explainer = Explainer.initialize(model, X[0])
    reason = explainer.minimal_tree_specific_reason()
    if reason is None:
        return
    linear = explainer.to_mip()
    is_small(linear)
    if not 0 < linear.n_vars <= 12:
        return
    problem, universe, best = (
        explainer.answers.exported(Deadline()).problem,
        literal_universe(explainer.session.here),
        math.inf,
    )
    signed = explainer.session.space.literals(explainer.session.here.truth)
    for point in itertools.product((0, 1), repeat=linear.n_vars):
        if meets(linear, point):
            blocked = problem.blocked(v == 1 for v in point)
            kept = mask_of(e for e, moves in enumerate(universe.moves_of) if moves & ~blocked == 0)
            literals = [int(signed[universe.names[e]]) for e in range(universe.n) if kept >> e & 1]
            assert explainer.is_tree_specific_reason(literals)
            best = min(best, linear.cost(np.array(point, float)))
    assert best == len(reason)
    found = by_highs(linear)
    assert round(found.fun) == best


@pytest.mark.parametrize("seed", range(12))
def test_highs_finds_the_length_of_the_query(seed):
    classes = 2 + seed % 2
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(150, 5)).round(2)
    score = X @ rng.normal(size=5) + 0.3 * rng.normal(size=150)
    y = np.digitize(score, np.quantile(score, np.linspace(0, 1, classes + 1)[1:-1]))
    model = GradientBoostingClassifier(n_estimators=12, max_depth=3, random_state=0).fit(X, y)
    explainer = Explainer.initialize(model)
    for row in X[: 1 if seed < 4 else 2]:
        explainer.set_instance(row)
        reason = explainer.minimal_tree_specific_reason()
        if reason is None:
            continue
        linear = explainer.to_mip()
        is_small(linear)
        assert round(by_highs(linear).fun) == len(reason) == get("cpsat", Kind.MIP).solve(linear).cost
        for solver in ("highs", "scip") if seed < 4 else ():
            other = explainer.minimal_tree_specific_reason(solver=solver)
            assert (len(other), str(other.status)) == (len(reason), "optimal")


def with_categories(seed):
    """A one-hot group of three to five columns beside two numbers."""
    rng = np.random.default_rng(seed)
    k = int(rng.integers(3, 6))
    X = np.hstack([np.eye(k)[rng.integers(0, k, 200)], rng.integers(0, 5, (200, 2))]).astype(float)
    score = X @ (rng.normal(size=k + 2) * np.r_[2 * np.ones(k), 0.6 * np.ones(2)])
    y = (score + 0.5 * rng.normal(size=200) > np.median(score)).astype(int)
    group = "{" + ",".join(f"f{i + 1}" for i in range(k)) + "}"
    return X, y, {"categorical": {group: [str(i) for i in range(k)]}}


MODELS = {
    "minimal_majoritary_reason": lambda s: RandomForestClassifier(3 + s % 8, max_depth=3, random_state=s),
    "minimal_sufficient_reason": lambda s: DecisionTreeClassifier(max_depth=6, random_state=s),
    "minimal_tree_specific_reason": lambda s: GradientBoostingClassifier(n_estimators=4, max_depth=3, random_state=s),
}


@pytest.mark.parametrize("query", MODELS)
def test_categories(query):
    shorter = 0
    for seed in range(max(6, some(14))):
        X, y, types = with_categories(seed)
        explainer = Explainer.initialize(MODELS[query](seed).fit(X, y), features_type=types)
        for row in X[:3]:
            explainer.set_instance(row)
            reason = getattr(explainer, query)()
            if reason is None:
                continue
            assert str(reason.status) == "optimal"
            every = getattr(explainer, query + ("s" if "tree" in query else ""))(n=None)
            assert {len(one) for one in every} == {len(reason)}
            assert every.complete
            assert get("rc2", Kind.MAXSAT).solve(explainer.to_wcnf()).cost == len(reason)
            assert round(by_highs(explainer.to_mip()).fun) == len(reason)
            shorter += any("!=" in word or "not in" in word for word in reason.features)
    assert shorter  # a value of the category would have been shorter, and is no reason


def test_a_limit_that_is_too_short_is_told():
    X, y, types = with_categories(0)
    for make in MODELS.values():
        explainer = Explainer.initialize(make(0).fit(X, y), X[0], types)
        with pytest.raises(UndecidedError, match="time was up"):
            explainer.to_wcnf(time_limit=1e-9)
        with pytest.raises(UndecidedError, match="time was up"):
            explainer.to_mip(time_limit=1e-9)


@pytest.mark.parametrize("suffix", [".lp", ".mps", ".opb"])
def test_files_hold_the_program(tmp_path, suffix):
    model, X = boosted(4)
    explainer = Explainer.initialize(model, X[0])
    linear = explainer.to_mip()
    linear.write(tmp_path / f"boosted{suffix}")
    again = Linear.read(tmp_path / f"boosted{suffix}")
    assert round(by_highs(again).fun) == round(by_highs(linear).fun) == len(explainer.minimal_tree_specific_reason())
    for point in itertools.product((0, 1), repeat=min(linear.n_vars, 12)):
        full = list(point) + [0] * (linear.n_vars - len(point))
        assert meets(again, full) == meets(linear, full)


@pytest.mark.parametrize("seed", range(10))
def test_programs_of_counterexamples(seed):
    model, X = boosted(seed, 2 + seed % 2)
    explainer = Explainer.initialize(model, X[0])
    reason = explainer.sufficient_reason()
    for literals in (reason, reason[1:], ()):
        programs = explainer.to_counterexample_mips(literals)
        found = [by_highs(program) for program in programs.values()]
        assert all((result.status == 2) == (result.x is None) for result in found)
        assert all(result.status == 2 for result in found) == bool(explainer.is_implicant(literals))
        for program in programs.values():
            for _, values, _, _ in rows_of(program):
                assert np.abs(values).sum() * 1e-6 < 0.25
                assert (values == np.rint(values)).all()


def test_programs_of_intervals():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3)).round(1)
    model = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0).fit(X, X[:, 0] + rng.normal(size=80))
    explainer = Explainer.initialize(model, X[0])
    said = float(model.predict(X[:1])[0])
    explainer.set_interval(said - 0.4, said + 0.4)
    reason = explainer.sufficient_reason()
    for literals in (reason, reason[1:], ()):
        found = [by_highs(program) for program in explainer.to_counterexample_mips(literals).values()]
        assert all(result.status == 2 for result in found) == bool(explainer.is_implicant(literals))
