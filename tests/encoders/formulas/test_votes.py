"""Hard votes as CNF: one model for each input that decides that way."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from suffice.encoders.formulas.votes import counterexample_votes, decision_cnf, votes_hard
from suffice.engine.errors import CapabilityError
from suffice.engine.forms import Cnf
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

from tests.encoders.test_ensemble_cases import random_case

SHAPES = [
    {"depth": 2, "n_trees": 4},
    {"depth": 2, "n_trees": 5, "columns": [0, 3, 7]},
    {"depth": 3, "n_trees": 4, "n_outputs": 3, "columns": [0, 4, 5, 6]},
    {"depth": 2, "n_trees": 3, "n_outputs": 4, "columns": [2, 3, 4, 5]},
    {"depth": 2, "n_trees": 4, "theory": False, "columns": [0, 1]},
    {"depth": 2, "n_trees": 4, "n_outputs": 3, "theory": False, "columns": [0, 2]},
    {"depth": 2, "n_trees": 4, "columns": [0, 1], "clauses": ((1, -2), (-1, 3))},
]


def good_sets(n):
    return [np.array(signs) for signs in itertools.product((False, True), repeat=n) if any(signs)]


@pytest.mark.parametrize("shape", SHAPES)
def test_models_are_the_inputs_that_decide_so(shape):
    for seed in range(5):
        case = random_case(seed, **shape)
        truths = case.truths()
        outcomes = np.array([case.compiled.outcome_at(truth) for truth in truths])
        for good in good_sets(case.trees.n_outputs):
            cnf = decision_cnf(case.compiled, case.space, good)
            inside = good[outcomes]
            assert get("zdd", Kind.COUNTER).count(cnf).value == inside.sum()
            with get("minisat22", Kind.SAT).open(cnf) as session:
                for place in range(0, len(truths), 1 + len(truths) // 40):
                    given = case.space.literals(truths[place]).tolist()
                    assert session.solve(given).is_sat == inside[place]


@pytest.mark.parametrize("shape", SHAPES)
def test_selectors_ask_for_a_class_outside(shape):
    for seed in range(5):
        case = random_case(seed, **shape)
        truths = case.truths()
        outcomes = np.array([case.compiled.outcome_at(truth) for truth in truths])
        for good in good_sets(case.trees.n_outputs):
            cnf, selectors = counterexample_votes(case.compiled, case.space, good)
            assert len(selectors) == (~good).sum()
            with get("minisat22", Kind.SAT).open(cnf) as session:
                for place in range(0, len(truths), 1 + len(truths) // 40):
                    given = case.space.literals(truths[place]).tolist()
                    assert any(session.solve([*given, s]).is_sat for s in selectors) == (not good[outcomes[place]])


def test_weights_are_refused():
    case = random_case(0, voting="grid")
    assert not votes_hard(case.trees)
    with pytest.raises(CapabilityError, match=r"native.*cpsat.*scip.*highs"):
        decision_cnf(case.compiled, case.space, np.array([True, False]))


def test_files(tmp_path):
    case = random_case(1)
    cnf = decision_cnf(case.compiled, case.space, np.array([True, False]))
    cnf.write(tmp_path / "f.cnf")
    assert Cnf.read(tmp_path / "f.cnf") == cnf
