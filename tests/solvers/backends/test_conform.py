"""Every backend of the catalog, and what can be made of them, passes the kit."""

import shutil

import pytest
from suffice.solvers import get
from suffice.solvers.availability import missing_parts
from suffice.solvers.backends.maxsat_hitting import MaxSatHitting
from suffice.solvers.backends.optimizers import ExternalMaxSat
from suffice.solvers.backends.programs import KNOWN, ExternalSat
from suffice.solvers.backends.rc2 import Rc2Hitting, Rc2MaxSat
from suffice.solvers.catalog import BUILTIN
from suffice.solvers.conformance import run
from suffice.solvers.processes.isolated import isolate

from tests.brute.amounts import some

OUTSIDE = ("programs",)  # modules of backends that start a process for each question: a few rounds do
TOLERANCE = 0.3  # seconds: test machines are shared


def check(backend, rounds=20):
    gone = missing_parts(backend.requirement)
    if gone:
        pytest.skip(f"missing {', '.join(gone)}")
    report = run(backend, rounds, TOLERANCE)
    assert report.conforms, repr(report)
    assert len(report.passed) > len(report.skipped)


@pytest.mark.parametrize("entry", BUILTIN, ids=lambda entry: f"{entry.kind}-{entry.name}")
def test_catalog(entry):
    check(entry.load(), 5 if entry.module in OUTSIDE else some(20))


@pytest.mark.parametrize("solver", ["glucose4", "cadical153", "cadical195"])
def test_rc2_over_other_solvers(solver):
    check(Rc2MaxSat(solver), 10)
    check(Rc2Hitting(solver), 10)


@pytest.mark.parametrize("name", ["cpsat", "brute"])
def test_hitting_sets_over_maxsat(name):
    check(get(name, "hitting"), 8)


def test_isolated():
    check(get("glucose4", "sat", isolated=True), 5)
    check(get("rc2", "maxsat", isolated=True), 5)
    check(MaxSatHitting(get("rc2", "maxsat", isolated=True)), 5)
    check(get("brute", "counter", isolated=True), 5)
    check(isolate(get("cpsat", "mip")), 5)


@pytest.mark.skipif(shutil.which("clasp") is None, reason="clasp is not installed")
def test_clasp():
    check(ExternalSat("clasp"), 5)
    report = run(ExternalMaxSat("clasp", old_format=True), 10, TOLERANCE)
    assert set(report.failed) <= {"test_large_weights"}  # clasp holds 32 bits; it must not lie about it
    assert "best_so_far" in report.failed.get("test_large_weights", "best_so_far")


def test_known_programs_are_in_the_catalog():
    assert set(KNOWN) <= {entry.name for entry in BUILTIN}
