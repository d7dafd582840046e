"""A copy of the template is a backend, without a change and under another name."""

import importlib.util
import sys

import pytest
from suffice.engine.budget import Deadline
from suffice.engine.forms import Cnf
from suffice.engine.status import Stop
from suffice.solvers import TEMPLATE, SatBackend, get, register, unregister
from suffice.solvers.conformance import run
from suffice.solvers.results import Verdict

from tests.house.layout import ROOT
from tests.house.test_circles import copy_at, out_of_order

FILE = ROOT / "solvers" / "TEMPLATE.py"


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """The module of a copy with the names of another solver."""
    text = FILE.read_text(encoding="utf-8").replace("Dpll", "Own").replace('"dpll"', '"own"')
    path = tmp_path / "own_solver.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("own_solver", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "own_solver", module)
    spec.loader.exec_module(module)
    return module


def test_the_template_conforms():
    report = run(TEMPLATE.DpllBackend(), 20, 0.3)
    assert report.conforms, repr(report)
    assert len(report.passed) > len(report.skipped)


def test_a_long_propagation_looks_at_the_clock():
    class Soon(Deadline):
        looks = 0

        def expired(self):
            self.looks += 1
            if self.looks > 10:
                self.halt(Stop.TIME_LIMIT)
            return super().expired()

    chain = Cnf.from_clauses([[1], *([-i, i + 1] for i in range(1, 100))])
    answer = TEMPLATE.DpllBackend().open(chain).solve(deadline=Soon())
    assert (answer.verdict, answer.stop) == (Verdict.UNKNOWN, Stop.TIME_LIMIT)
    assert TEMPLATE.DpllBackend().open(chain).solve(deadline=60).verdict is Verdict.SAT


def test_a_copy_conforms(copied):
    backend: SatBackend = copied.OwnBackend()
    assert (backend.name, backend.open().__class__.__module__) == ("own", "own_solver")
    report = run(backend, 20, 0.3)
    assert report.conforms, repr(report)


def test_a_copy_can_be_asked_for(copied):
    register(copied.OwnBackend())
    try:
        with get("own", "sat", needs=["assumptions"]).open(Cnf.from_clauses([[1, 2], [-1, 3]])) as session:
            assert session.solve([-2]).model == (1, -2, 3)
            assert session.solve([-2, -3]).is_unsat
    finally:
        unregister("own", "sat")


def test_a_copy_among_the_backends_keeps_the_order():
    assert out_of_order("solvers", copy_at(FILE, "suffice.solvers.backends.own")) == []


def test_the_page_shows_the_template():
    page = (ROOT / "docs" / "add-a-solver.md").read_text(encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") in page
