"""Questions are written down for every family and kind, and answered as the queries were."""

from pathlib import Path

import pytest
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.solvers import Kind, backends

from benchmarks.solver_questions import questions
from benchmarks.solvers import _answer


@pytest.fixture(scope="module")
def asked():
    return list(questions(Path("/no such folder"), 1, 2.0))


def test_all_kinds_and_families_are_there(asked):
    assert {question.kind for question in asked} == {Kind.SAT, Kind.MAXSAT, Kind.MIP, Kind.COUNTER}
    assert {question.family for question in asked} == {"tree", "forest", "forest, hard votes", "boosted"}
    forms = {Kind.SAT: Cnf, Kind.COUNTER: Cnf, Kind.MAXSAT: Wcnf, Kind.MIP: Linear}
    assert all(isinstance(question.form, forms[question.kind]) and question.size > 0 for question in asked)
    assert not [row for row in backends() if row.name.startswith("recorder")]


def test_checks_of_reasons_come_out_both_ways(asked):
    from suffice.solvers import get

    answers = set()
    for question in asked:
        if question.kind is Kind.SAT and question.query == "sufficient_reason":
            answers.add(str(_answer(get("minisat22", "sat"), question, 5.0).verdict))
        if question.kind is Kind.MIP and question.query == "is it sufficient":
            answers.add(str(_answer(get("cpsat", "mip"), question, 5.0).status))
    assert answers >= {"sat", "unsat", "optimal", "infeasible"}
