"""A copy of the template is a backend, without a change and under another name."""

import importlib.util
import sys

import pytest
from suffice.engine.forms import Cnf
from suffice.solvers import TEMPLATE, SatBackend, get, register, unregister
from suffice.solvers.conformance import run

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
