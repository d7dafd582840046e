"""The shortest tree-specific reasons against all boxes of small domains."""

from __future__ import annotations

import dataclasses
import importlib.util
import itertools

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestRegressor
from suffice import Explainer
from suffice.encoders.covering.alone import alone_leaves, alone_program
from suffice.encoders.formulas.adder import at_least
from suffice.engine.errors import CapabilityError, SufficeError
from suffice.engine.forms import Cnf
from suffice.engine.oracles.universe import literal_universe, mask_of
from suffice.engine.status import Status
from suffice.solvers import is_available
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.brute.amounts import some

WIDTH = 3


def data(seed, n_classes, width=WIDTH):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, width)).astype(float)
    score = X @ rng.normal(size=width) + 0.5 * rng.normal(size=60)
    edges = np.quantile(score, np.linspace(0, 1, n_classes + 1)[1:-1])
    return X, np.digitize(score, edges)


def gradient_model(seed, n_classes):
    return GradientBoostingClassifier(n_estimators=4 + seed % 4, max_depth=1 + seed % 3, random_state=seed)


def xgboost_model(seed, n_classes):
    import xgboost

    return xgboost.XGBClassifier(n_estimators=4 + seed % 4, max_depth=1 + seed % 3, learning_rate=0.5, n_jobs=1)


no_xgboost = pytest.mark.skipif(importlib.util.find_spec("xgboost") is None, reason="xgboost is not installed")
MODELS = [gradient_model, pytest.param(xgboost_model, marks=no_xgboost)]


def literals_by_feature(explainer):
    """For each feature the choices of written literals: none or the strongest of a lower side, and of an upper one."""
    conditions = explainer.session.compiled.vocabulary.conditions
    truth = explainer.session.here.truth
    lower, upper = {}, {}
    for v, condition in enumerate(conditions):
        above = (condition.operator.name in ("GE", "GT")) == bool(truth[v])
        side = lower if above else upper
        side.setdefault(condition.feature, []).append(v + 1 if truth[v] else -v - 1)
    features = sorted({c.feature for c in conditions})
    return [(lower.get(f, []), upper.get(f, [])) for f in features]


def brute_literals(explainer):
    """All minimal tree-specific reasons of the least size, by trying every box around the instance."""
    sides = [[None, *side] for pair in literals_by_feature(explainer) for side in pair]
    found = []
    for chosen in itertools.product(*sides):
        reason = tuple(v for v in chosen if v is not None)
        if found and len(reason) > min(map(len, found)):
            continue
        if explainer.is_tree_specific_reason(reason):
            found.append(reason)
    least = min(map(len, found), default=None)
    return {
        frozenset(r) for r in found
        if len(r) == least and explainer.is_tree_specific_reason(r, check_minimal_inclusion=True)
    }  # fmt: skip


def brute_features(explainer, names):
    for size in range(len(names) + 1):
        found = {
            frozenset(s) for s in itertools.combinations(names, size)
            if explainer.is_tree_specific_reason(s, over="features")
        }  # fmt: skip
        if found:
            return found
    return set()


def compare(found, expected):
    assert {frozenset(r) for r in found} == expected
    assert len(found) == len(expected)
    assert found.status is Status.COMPLETE
    for reason in found:
        assert reason.proof.status is Status.OPTIMAL
        assert reason.proof.lower == reason.proof.cost == len(reason)


def brute_subsets(explainer):
    """All tree-specific reasons of the least size over independent literals, by trying all subsets."""
    literals = [v + 1 if t else -v - 1 for v, t in enumerate(explainer.session.here.truth)]
    for size in range(len(literals) + 1):
        found = {frozenset(s) for s in itertools.combinations(literals, size) if explainer.is_tree_specific_reason(s)}
        if found:
            return found
    return set()


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("make", MODELS)
@pytest.mark.parametrize("seed", range(5))
def test_least_reasons_of_small_models(seed, make, n_classes):
    X, y = data(seed, n_classes)
    explainer = Explainer.initialize(make(seed, n_classes).fit(X, y))
    names = sorted(
        {
            explainer.session.compiled.vocabulary.names[c.feature]
            for c in explainer.session.compiled.vocabulary.conditions
        }
    )
    for row in X[:3]:
        explainer.set_instance(row)
        compare(explainer.minimal_tree_specific_reasons(n=Explainer.ALL), brute_literals(explainer))
        expected = brute_features(explainer, names)
        compare(explainer.minimal_tree_specific_reasons(n=Explainer.ALL, over="features"), expected)


@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_without_theory(seed, n_classes):
    X, y = data(seed, n_classes)
    model = GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=seed).fit(X, y)
    explainer = Explainer.initialize(model)
    explainer.deactivate_theory()
    for row in X[:3]:
        explainer.set_instance(row)
        compare(explainer.minimal_tree_specific_reasons(n=Explainer.ALL), brute_subsets(explainer))


@pytest.mark.parametrize("seed", range(4))
def test_excluded_features(seed):
    X, y = data(seed, 2)
    explainer = Explainer.initialize(gradient_model(seed, 2).fit(X, y))
    names = explainer.session.compiled.vocabulary.names
    for row in X[:4]:
        explainer.set_instance(row)
        explainer.set_excluded_features([names[seed % WIDTH]])
        found = explainer.minimal_tree_specific_reasons(n=Explainer.ALL)
        assert {frozenset(r) for r in found} == brute_literals(explainer)
        if not found:
            assert found.status is Status.COMPLETE
            assert explainer.minimal_tree_specific_reason() is None
            assert explainer.tree_specific_reason() is None
        explainer.unset_excluded_features()


def closures(explainer, reasons):
    """What reasons say with all that they imply (several may say the same in other words)."""
    view = explainer.answers.view(False, explainer.answers.wanted())
    return {tuple(view.closed(explainer.answers.items_of(view, list(r))).tolist()) for r in reasons}


@pytest.mark.parametrize("seed", range(3))
def test_one_hot_groups(seed):
    """A literal that says which category it is implies those that say which it is not."""
    rng = np.random.default_rng(seed)
    category, number = rng.integers(0, 4, 80), rng.integers(0, 3, 80)
    X = np.column_stack([np.eye(4)[category], number]).astype(float)
    y = ((category % 3 + number + (rng.random(80) < 0.1)) % 3 > 0).astype(int)
    model = GradientBoostingClassifier(n_estimators=5, max_depth=3, random_state=seed).fit(X, y)
    explainer = Explainer.initialize(model)
    explainer.set_features_type({"categorical": {"{f1,f2,f3,f4}": list("abcd")}, "numerical": ["f5"]})
    for row in X[:4]:
        explainer.set_instance(row)
        literals = [v + 1 if t else -v - 1 for v, t in enumerate(explainer.session.here.truth)]
        expected = set()
        for size in range(len(literals) + 1):
            expected = {
                frozenset(s) for s in itertools.combinations(literals, size)
                if explainer.is_tree_specific_reason(s, check_minimal_inclusion=True)
            }  # fmt: skip
            if expected:
                break
        found = explainer.minimal_tree_specific_reasons(n=Explainer.ALL)
        assert {frozenset(r) for r in found} <= expected
        assert closures(explainer, found) == closures(explainer, expected)
        assert len(closures(explainer, found)) == len(found)


@pytest.mark.parametrize("seed", range(3))
def test_an_interval_of_a_regressor(seed):
    X, y = data(seed, 4)
    model = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=seed).fit(X, y + 0.0)
    explainer = Explainer.initialize(model)
    for row in X[:3]:
        explainer.set_instance(row)
        value = model.predict(row.reshape(1, -1))[0]
        explainer.set_interval(value - 0.9, value + 0.8)
        compare(explainer.minimal_tree_specific_reasons(n=Explainer.ALL), brute_literals(explainer))


@pytest.mark.parametrize("solver", ["scip", "highs", "highspy", "pyscipopt"])
def test_other_solvers(solver):
    if not is_available(solver, "mip"):
        pytest.skip(f"{solver} is not installed")
    X, y = data(1, 3)
    explainer = Explainer.initialize(gradient_model(1, 3).fit(X, y))
    for row in X[:3]:
        explainer.set_instance(row)
        one = explainer.minimal_tree_specific_reason(solver=solver)
        assert len(one) == len(explainer.minimal_tree_specific_reason())
        assert one.proof.solver == solver


@pytest.mark.parametrize("bits", [1, 3])
@pytest.mark.parametrize("seed", range(3))
def test_coarse_numbers_prove_the_same(seed, bits, monkeypatch):
    """Rounded gains let sets through that do not decide: they are struck off."""
    X, y = data(seed, 3)
    explainer = Explainer.initialize(gradient_model(seed, 3).fit(X, y))
    explainer.set_instance(X[0])
    expected = brute_literals(explainer)
    monkeypatch.setattr("suffice.encoders.covering.alone.BITS", bits)
    compare(explainer.minimal_tree_specific_reasons(n=Explainer.ALL), expected)


def larger():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 12))
    y = (X @ rng.normal(size=12) + X[:, 0] * X[:, 1] > 0).astype(int)
    explainer = Explainer.initialize(GradientBoostingClassifier(n_estimators=60, max_depth=4, random_state=0).fit(X, y))
    explainer.set_instance(X[0])
    return explainer


def test_time_is_up():
    explainer = larger()
    explainer.tree_specific_reason(n_iterations=1)
    short = explainer.minimal_tree_specific_reason(time_limit=1e-6)
    assert short.proof.status is Status.BEST_SO_FAR
    assert short.proof.lower <= len(short)
    assert explainer.is_tree_specific_reason(short)
    several = explainer.minimal_tree_specific_reasons(time_limit=1e-6)
    assert several.status is Status.BEST_SO_FAR


def test_ctrl_c_keeps_the_best(monkeypatch):
    explainer = larger()

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("suffice.explainers.boosted.tree_specific._Search._solve", interrupt)
    one = explainer.minimal_tree_specific_reason()
    assert one.proof.status is Status.BEST_SO_FAR
    assert explainer.is_tree_specific_reason(one, check_minimal_inclusion=True)


def test_as_many_as_asked_for():
    X, y = data(2, 2)
    explainer = Explainer.initialize(gradient_model(2, 2).fit(X, y))
    for row in X[:5]:
        explainer.set_instance(row)
        every = explainer.minimal_tree_specific_reasons(n=Explainer.ALL)
        some = explainer.minimal_tree_specific_reasons(n=2)
        assert len(some) == min(2, len(every))
        assert set(some) <= set(every)
        assert explainer.minimal_tree_specific_reasons(n=1) in every
    with pytest.raises(SufficeError):
        explainer.minimal_tree_specific_reasons(n=0)
    with pytest.raises(SufficeError):
        explainer.minimal_tree_specific_reason(solver="nothing")


def test_the_program_holds_what_decides():
    """Fixing which moves are blocked leaves a feasible program iff the set decides (exact numbers, no merged sides)."""
    X, y = data(3, 3)
    explainer = Explainer.initialize(gradient_model(3, 3).fit(X, y))
    explainer.set_instance(X[0])
    view = explainer.answers.view(False, explainer.answers.wanted())
    universe = literal_universe(explainer.session.here)
    leaves = alone_leaves(explainer.session.compiled.trees, explainer.session.here, universe)
    rng = np.random.default_rng(0)
    for _ in range(40):
        kept = view.closed(rng.random(view.n_items) < rng.random())
        view.place(kept)
        decides = view.question.decides_alone()
        conditions = np.abs(explainer.session.space.element_literal[kept]) - 1
        elements = universe.close(mask_of(e for e, v in enumerate(universe.names) if v in set(conditions.tolist())))
        # what is left of the program when its other moves are not blocked
        program = alone_program(leaves, view.question.columns, [1] * universe.n, barred=[universe.full])
        linear = program.linear()
        assert linear.is_binary
        point = program.point(universe.blocked(elements))
        chosen = np.array([bool(moves) for moves in program.problem.moves])
        fixed = dataclasses.replace(linear, lower=np.where(chosen, point, 0), upper=np.where(chosen, point, 1))
        found = get("cpsat", Kind.MIP).solve(fixed)
        assert (found.status is not Status.INFEASIBLE) == (decides and elements != universe.full)


@pytest.mark.parametrize("seed", range(some(12)))
@pytest.mark.parametrize("theory", ["auto", None])
def test_exported_programs_have_the_length_as_optimum(seed, theory):
    X, y = data(seed, 2 + seed % 2)
    explainer = Explainer.initialize(gradient_model(seed, 2 + seed % 2).fit(X, y), theory=theory)
    equal = asked = 0
    for row in X[:3]:
        explainer.set_instance(row)
        reason = explainer.minimal_tree_specific_reason()
        if reason is None:
            with pytest.raises(CapabilityError, match="no tree-specific reason"):
                explainer.to_mip()
            continue
        assert get("rc2", Kind.MAXSAT).solve(explainer.to_wcnf()).cost == len(reason)
        least = get("cpsat", Kind.MIP).solve(explainer.to_mip()).cost
        assert least <= len(reason)
        equal += least == len(reason)
        asked += 1
    assert equal * 2 >= asked  # ties are rare


@pytest.mark.parametrize("seed", range(some(20)))
def test_adders_count(seed):
    rng = np.random.default_rng(seed)
    weights = {int(v): int(w) for v, w in enumerate(rng.integers(1, 20, rng.integers(1, 7)), 1)}
    bound = int(rng.integers(1, sum(weights.values()) + 2))
    n = len(weights)
    clauses, fresh = at_least(weights, bound, n + 1)
    for bits in itertools.product((False, True), repeat=n):
        given = [v if bit else -v for v, bit in zip(weights, bits, strict=True)]
        found = (
            get("cadical195", Kind.SAT).open(Cnf.from_clauses([*clauses, *((v,) for v in given)], fresh - 1)).solve()
        )
        reached = sum(w for (_, w), bit in zip(weights.items(), bits, strict=True) if bit) >= bound
        assert (str(found.verdict) == "sat") == reached


@pytest.mark.parametrize("query", ["minimal_tree_specific_reason", "minimal_sufficient_reason"])
def test_a_value_of_a_group_is_shorter_than_all_that_forces_and_no_reason(query):
    X = np.vstack([np.eye(4), np.zeros(4)] * 6)
    model = RandomForestRegressor(3, random_state=0, bootstrap=False).fit(X, [0.2, 1, 1, 1, 0] * 6)
    group = {"values": ["a", "b", "c", "d"], "reference": "none"}
    explainer = Explainer.initialize(model, X[0], features_type={"categorical": {"{f1,f2,f3,f4}": group}})
    explainer.set_interval(-0.1, 0.5)  # of "a" and "none": that none of the others is there forces it
    reason = getattr(explainer, query)()
    assert len(reason) == 3
    assert reason.status is Status.OPTIMAL
