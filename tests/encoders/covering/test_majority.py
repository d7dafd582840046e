"""Majoritary reasons as covering problems, against the definition."""

from __future__ import annotations

import numpy as np
import pytest
from suffice.encoders.covering.majority import majority_of
from suffice.encoders.covering.majority_forms import majority_clauses, majority_linear, majority_wcnf
from suffice.encoders.covering.majority_shrink import MajorityShrinker
from suffice.engine.errors import CapabilityError
from suffice.engine.forms import Linear, Wcnf
from suffice.engine.oracles.universe import bits
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.encoders.test_ensemble_cases import closed_sets, minimal, random_case

SHAPES = [
    {"theory": True, "depth": 3},
    {"theory": True, "depth": 3, "n_outputs": 3, "n_trees": 4},
    {"theory": True, "depth": 3, "columns": [3, 4, 5, 6, 7]},
    {"theory": True, "depth": 4, "columns": [0, 7], "voting": "soft"},
    {"theory": False, "depth": 2, "columns": [0, 1, 4]},
    {"theory": False, "depth": 2, "columns": [0, 2, 7], "voting": "grid", "n_outputs": 3},
]


def votes_everywhere(case):
    """All inputs, and each tree's vote there."""
    truths = case.truths()
    return truths, np.array([case.trees.values[case.trees.leaves_at(truth)].argmax(axis=1) for truth in truths])


def brute_forced(case, everywhere, universe, kept, outcome, per_feature):
    """Which trees vote for the outcome at every input that agrees on the kept elements."""
    truths, votes = everywhere
    return (votes[case.agreeing(truths, universe, kept, per_feature)] == outcome).all(axis=0)


def small(universe):
    return len(universe.moves) <= 9


def cases(n=25):
    for shape in SHAPES:
        for seed in range(n):
            case = random_case(seed, **shape)
            for per_feature in (False, True):
                universe = case.universe(per_feature)
                if small(universe):
                    yield case, universe, per_feature


def test_forced_trees_are_those_of_the_definition():
    rng = np.random.default_rng(1)
    for case, universe, per_feature in cases(12):
        outcome = case.compiled.outcome_at(case.situation.truth)
        majority = majority_of(case.trees, case.situation, universe, outcome, per_feature=per_feature)
        sets, everywhere = closed_sets(universe), votes_everywhere(case)
        for kept in rng.choice(sets, min(6, len(sets)), replace=False).tolist():
            expected = brute_forced(case, everywhere, universe, kept, outcome, per_feature)
            assert majority.forced(kept).tolist() == expected.tolist()


def test_skipped_features_block_nothing():
    for seed in range(15):
        case = random_case(seed, depth=3)
        universe = case.universe(skipped=frozenset({0, 4}))
        outcome = case.compiled.outcome_at(case.situation.truth)
        majority = majority_of(case.trees, case.situation, universe, outcome)
        everywhere = votes_everywhere(case)
        for kept in (0, universe.full):
            assert (majority.forced(kept) == brute_forced(case, everywhere, universe, kept, outcome, False)).all()


@pytest.mark.parametrize("equal", [True, False])
def test_both_forms_have_the_optimum_of_the_definition(equal):
    rng = np.random.default_rng(2)
    for case, universe, per_feature in cases(10):
        outcome = case.compiled.outcome_at(case.situation.truth)
        majority = majority_of(case.trees, case.situation, universe, outcome, per_feature=per_feature)
        by_feature = rng.integers(0, 6, 8) if not equal else np.ones(8, int)
        prices = [int(by_feature[g]) for g in universe.group]
        holding = [kept for kept in closed_sets(universe) if majority.enough(kept)]
        costs = [sum(prices[e] for e in range(universe.n) if universe.written(k) >> e & 1) for k in holding]
        for barred in ([], holding[len(holding) // 2 :][:1]):
            left = [c for k, c in zip(holding, costs, strict=True) if all(b & ~k for b in barred)]
            problem = majority_clauses(majority, prices, barred)
            linear = get("cpsat", Kind.MIP).solve(majority_linear(problem))
            wcnf, offset = majority_wcnf(problem)
            maxsat = get("rc2", Kind.MAXSAT).solve(wcnf)
            if not left:
                assert linear.cost is None and maxsat.cost is None
                continue
            assert linear.cost == maxsat.cost + offset == min(left)
            shrinker = MajorityShrinker(majority, prices)
            kept = shrinker.shrink(problem.blocked(linear.values > 0.5))
            assert kept in minimal(holding)
            assert shrinker.cost(kept) == sum(prices[e] for e in bits(universe.written(kept)))


def test_prices_may_differ_along_an_interval():
    for seed in range(20):
        case = random_case(seed, depth=3, columns=[0, 1])
        universe = case.universe()
        outcome = case.compiled.outcome_at(case.situation.truth)
        majority = majority_of(case.trees, case.situation, universe, outcome)
        prices = np.random.default_rng(seed).integers(0, 9, universe.n).tolist()
        holding = [kept for kept in closed_sets(universe) if majority.enough(kept)]
        if not holding:
            continue
        best = min(sum(prices[e] for e in range(universe.n) if universe.written(k) >> e & 1) for k in holding)
        problem = majority_clauses(majority, prices)
        assert get("cpsat", Kind.MIP).solve(majority_linear(problem)).cost == best
        wcnf, offset = majority_wcnf(problem)
        assert get("rc2", Kind.MAXSAT).solve(wcnf).cost + offset == best


def test_shrinking_gives_minimal_sets():
    for case, universe, per_feature in cases(15):
        outcome = case.compiled.outcome_at(case.situation.truth)
        majority = majority_of(case.trees, case.situation, universe, outcome, per_feature=per_feature)
        sets = closed_sets(universe)
        holding = {kept for kept in sets if majority.enough(kept)}
        smallest = set(minimal(sorted(holding)))
        shrinker = MajorityShrinker(majority, [1] * universe.n)
        for start in sets[:: max(1, len(sets) // 5)]:
            found = shrinker.shrink(universe.blocked(start))
            assert (found in smallest and found & ~start == 0) if start in holding else found is None


def test_files_hold_the_problem(tmp_path):
    case = random_case(3, depth=3)
    universe = case.universe()
    outcome = case.compiled.outcome_at(case.situation.truth)
    problem = majority_clauses(majority_of(case.trees, case.situation, universe, outcome), [1] * universe.n)
    linear, (wcnf, _) = majority_linear(problem), majority_wcnf(problem)
    for suffix in ("lp", "mps"):
        linear.write(tmp_path / f"m.{suffix}")
        again = Linear.read(tmp_path / f"m.{suffix}")
        assert get("cpsat", Kind.MIP).solve(again).cost == get("cpsat", Kind.MIP).solve(linear).cost
    wcnf.write(tmp_path / "m.wcnf")
    assert Wcnf.read(tmp_path / "m.wcnf") == wcnf


def test_user_clauses_are_refused():
    case = random_case(0, clauses=((1, 2),))
    with pytest.raises(CapabilityError, match="user clauses"):
        majority_of(case.trees, case.situation, case.universe(), 0)
