"""The primitive question by SAT and MIP, against all inputs of the domain."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from suffice.engine.budget import Deadline
from suffice.engine.errors import CapabilityError
from suffice.engine.forms import Linear
from suffice.engine.oracles.universe import literal_mask
from suffice.explainers.forest.oracles import (
    Asked,
    MipForestOracle,
    SatForestOracle,
    counterexample_programs,
    forest_cnf,
)
from suffice.explainers.solving.oracles import truth_in_cells
from suffice.explainers.solving.sessions import open_sat
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.encoders.test_ensemble_cases import random_case

SHAPES = [
    {"depth": 3, "n_trees": 5},
    {"depth": 2, "n_trees": 5, "n_outputs": 3, "columns": [0, 4, 5, 6, 7]},
    {"depth": 2, "n_trees": 4, "theory": False, "columns": [0, 1]},
    {"depth": 3, "n_trees": 4, "columns": [0, 1], "clauses": ((1, -2), (2, 3))},
]


def wanted_of(case, rng):
    """A set of outcomes that contains the instance's own."""
    if case.trees.n_outputs == 1:
        value = case.compiled.value_at(case.situation.truth)
        return (value - float(rng.choice([0.0, 0.3, np.inf])), value + float(rng.choice([0.0, 0.2])))
    good = rng.random(case.trees.n_outputs) < 0.4
    good[case.compiled.outcome_at(case.situation.truth)] = True
    if good.all():
        good[:] = False
        good[case.compiled.outcome_at(case.situation.truth)] = True
    return good


def refutes(case, wanted, truth):
    if isinstance(wanted, tuple):
        return not wanted[0] <= case.compiled.value_at(truth) <= wanted[1]
    return not wanted[case.compiled.outcome_at(truth)]


def in_domain(case):
    """Whether the instance keeps the user's clauses."""
    clauses = () if case.space.theory is None else case.space.theory.clauses
    return all(any(case.situation.truth[abs(v) - 1] == (v > 0) for v in clause) for clause in clauses)


def check(case, rng, make, n_sets=6):
    """Compare some answers with all inputs of the domain."""
    truths = case.truths()
    wanted = wanted_of(case, rng)
    bad = np.array([refutes(case, wanted, truth) for truth in truths], bool)
    for per_feature in (False, True):
        universe = case.universe(per_feature)
        oracle = make(Asked(case.situation, case.compiled, wanted, universe, per_feature))
        sets = [
            0,
            universe.full,
            *(sum(1 << e for e in range(universe.n) if rng.random() < 0.6) for _ in range(n_sets)),
        ]
        for kept in sets:
            expected = not bad[case.agreeing(truths, universe, kept, per_feature)].any()
            answer = oracle.holds(kept, Deadline())
            assert answer.holds == expected
            if not answer.holds:
                truth = truth_in_cells(case.situation, answer.witness)
                assert (truths == truth).all(axis=1).any()
                assert refutes(case, wanted, truth)
                same = literal_mask(case.situation, universe, kept, per_feature)
                assert (truth == case.situation.truth)[same].all()
                assert kept & ~answer.agreed == 0
                assert not answer.agreed & ~_agreed(case, universe, truth, per_feature)
            elif answer.core is not None:
                assert answer.core & ~kept == 0
                assert not bad[case.agreeing(truths, universe, answer.core, per_feature)].any()


def _agreed(case, universe, truth, per_feature):
    same = truth == case.situation.truth
    if not per_feature:
        return sum(1 << e for e, v in enumerate(universe.names) if same[v])
    differing = {case.space.feature_of(v + 1) for v in np.nonzero(~same)[0]}
    return sum(1 << e for e, feature in enumerate(universe.names) if feature not in differing)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["minisat22", "cadical195"])
def test_sat(shape, name):
    rng = np.random.default_rng(1)
    for seed in range(8):
        case = random_case(seed, **shape)
        if in_domain(case):
            check(case, rng, functools.partial(SatForestOracle, open_session=functools.partial(open_sat, name)))


@pytest.mark.parametrize("voting", ["hard", "grid", "soft"])
@pytest.mark.parametrize("shape", SHAPES)
def test_cpsat(shape, voting):
    rng = np.random.default_rng(2)
    for seed in range(5):
        case = random_case(seed, voting=voting, **shape)
        if in_domain(case):
            check(case, rng, MipForestOracle, n_sets=3)


@pytest.mark.parametrize("voting", ["grid", "soft"])
def test_cpsat_regressors(voting):
    rng = np.random.default_rng(3)
    for seed in range(6):
        for divisor in (1.0, 5.0):
            case = random_case(seed, voting=voting, n_outputs=1, depth=2, columns=[0, 4, 7], divisor=divisor)
            check(case, rng, MipForestOracle, n_sets=3)


@pytest.mark.parametrize("solver", ["scip", "highs"])
@pytest.mark.parametrize("voting", ["hard", "soft"])
def test_floating_point_backends(solver, voting):
    rng = np.random.default_rng(4)
    for seed in range(3):
        case = random_case(seed, voting=voting, n_outputs=3, depth=2, columns=[0, 4, 5])
        check(case, rng, functools.partial(MipForestOracle, solver=solver), n_sets=2)


def test_ties_in_floating_point_are_confirmed_by_the_model():
    # 0.1 + 0.2 is more than 0.3 in floating point: within rounding both orders look possible
    case = random_case(0, voting="grid", n_trees=3, depth=1, columns=[0])
    for row in range(len(case.trees.values)):
        case.trees.values[row] = [(0.1, 0.3), (0.2, 0.0), (0.0, 0.0)][row % 3]
    case.trees.base[:] = 0.0
    for _ in range(3):
        check(case, np.random.default_rng(5), MipForestOracle)


def test_no_time_no_answer():
    case = random_case(2, voting="soft", depth=3)
    limit = Deadline(1e-9)
    universe = case.universe()
    good = np.zeros(2, bool)
    good[case.compiled.outcome_at(case.situation.truth)] = True
    oracle = MipForestOracle(Asked(case.situation, case.compiled, good, universe, False))
    assert oracle.holds(0, limit).holds is not False


def test_sat_refuses_weights_and_numbers():
    for shape in ({"voting": "soft"}, {"voting": "grid", "n_outputs": 1}):
        case = random_case(0, **shape)
        wanted = (0.0, 1.0) if case.trees.n_outputs == 1 else np.array([True, False])
        with pytest.raises(CapabilityError, match="native"):
            SatForestOracle(
                Asked(case.situation, case.compiled, wanted, case.universe(), False),
                functools.partial(open_sat, "minisat22"),
            )


def test_exported_programs_and_formulas(tmp_path):
    case = random_case(5, depth=3)
    good = np.zeros(2, bool)
    good[case.compiled.outcome_at(case.situation.truth)] = True
    programs = counterexample_programs(case.compiled, case.space, good, np.zeros(0, np.int32))
    found = False
    for number, (name, program) in enumerate(programs.items()):
        assert name.startswith("class")
        program.write(tmp_path / f"{number}.lp")
        again = get("cpsat", Kind.MIP).solve(Linear.read(tmp_path / f"{number}.lp"))
        assert again.has_solution == get("cpsat", Kind.MIP).solve(program).has_solution
        found |= again.has_solution
    outcomes = {case.compiled.outcome_at(truth) for truth in case.truths()}
    assert found == bool(outcomes - {int(good.argmax())})
    own = case.space.literals(case.situation.truth).tolist()
    with get("minisat22", Kind.SAT).open(forest_cnf(case.compiled, case.space, good)) as session:
        assert session.solve(own).is_sat
    with get("minisat22", Kind.SAT).open(forest_cnf(case.compiled, case.space, ~good)) as session:
        assert session.solve(own).is_unsat
