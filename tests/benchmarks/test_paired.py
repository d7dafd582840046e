"""Comparing versions: the statistics, and two fake versions asked in turns; no time is asserted."""

import argparse
import stat
import sys

import numpy as np
import pytest

from benchmarks import paired
from benchmarks.measure import ROOT
from benchmarks.paired import Effort, Pair, compare, compared, print_case
from benchmarks.paired_cases import PairedCase, paired_cases
from benchmarks.paired_side import SUBJECTS

PYTHON = sys.executable


def test_each_instance_counts_once():
    pairs = [Pair(0, 1.0, 2.0, True)] * 9 + [Pair(1, 2.0, 2.0, True), Pair(2, 4.0, 2.0, False), Pair(2, 4.0, 2.0, True)]
    line = compared("q", pairs)
    assert line is not None
    assert (line.ratio, line.least, line.most) == (1.0, 0.5, 2.0)
    assert (line.old, line.new, line.instances, line.pairs, line.same) == (2.0, 2.0, 3, 12, 2)
    assert not line.slower
    assert compared("q", []) is None


@pytest.mark.parametrize(("new", "slower"), [(1.04, False), (1.06, True), (0.5, False)])
def test_what_is_slower(new, slower, capsys):
    line = compared("q", [Pair(0, 1.0, new, True)])
    assert line is not None
    assert line.slower == slower
    print_case(PairedCase("m", "trees", ROOT, ROOT, 1), [line], ["words"])
    told = capsys.readouterr().out
    assert ("SLOWER" in told) == slower
    assert f"{new:.3f}" in told
    assert "words" in told


@pytest.fixture
def version(tmp_path):
    """Make programs that stand for the python of a version: a library of the same name, which answers as it is told."""

    def make(name, body):
        folder = tmp_path / name / "suffice"
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text(
            "class Explainer:\n    ALL = FEATURE_IMPORTANCE = None\n    def __getattr__(self, name):\n"
            "        if name == 'count_ways': raise AttributeError(name)\n        return lambda *a, **k: None\n"
            "    @staticmethod\n    def initialize(*a, **k): return Explainer()\n"
            "    def get_feature_names_from_literal(self, literal): return 'f'\n"
            f"    def direct_reason(self, **k):\n        {body}\n"
        )
        program = tmp_path / name / "python"
        program.write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path / name} exec {PYTHON} "$@"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return str(program)

    return make


@pytest.fixture
def case(tmp_path):
    import joblib

    joblib.dump(None, tmp_path / "m.joblib")
    np.savez(tmp_path / "rows.npz", X=np.zeros((3, 2)))
    return PairedCase("m", "boosting", tmp_path / "m.joblib", tmp_path / "rows.npz", 3)


def both(monkeypatch, case, old, new, queries=("direct",)):
    monkeypatch.setattr(sys, "executable", new)
    return compare(case, old, Effort(3, 0.5, 0.05, rounds=2), set(queries))


def test_two_versions_in_turns(version, case, monkeypatch):
    old = version("old", "return tuple(range(sum(1 for _ in range(20000)) // 10000))")
    lines, trouble = both(monkeypatch, case, old, version("new", "return (1, 2)"))
    assert [line.query for line in lines] == ["direct"]
    assert lines[0].instances == lines[0].same == 3
    assert lines[0].old > 0
    assert lines[0].new > 0
    assert len(trouble) == 2  # how long they took to start, each time
    lines, _ = both(monkeypatch, case, old, version("other", "return (1, 2, 3)"))
    assert lines[0].same == 0


def test_the_same_library_is_no_comparison(version, case, monkeypatch):
    old = version("old", "return ()")
    lines, trouble = both(monkeypatch, case, old, old)
    assert lines == []
    assert "has the same library" in trouble[0]


def test_a_version_that_fails(version, case, monkeypatch):
    fine = version("fine", "return ()")
    lines, trouble = both(monkeypatch, case, fine, version("error", "raise ValueError('on purpose')"))
    assert lines == []
    assert "new: error ValueError: on purpose" in trouble[1]
    lines, trouble = both(monkeypatch, case, version("dead", "import os; os._exit(3)"), fine)
    assert lines == []
    assert "old: crashed" in trouble[1]
    lines, trouble = both(monkeypatch, case, version("gone", "import os; os._exit(3)"), fine, ("direct", "sufficient"))
    assert [line.query for line in lines] == ["sufficient"]  # new processes went on
    broken = version("broken", "return (")
    lines, trouble = both(monkeypatch, case, broken, fine)
    assert lines == []
    assert trouble[0].startswith("old does not start: ")


@pytest.mark.parametrize("family", paired.FAMILIES)
def test_made_cases_answer(family, tmp_path):
    """Every family has cases of its own, and each query of theirs is answered."""
    from benchmarks.serve import Request

    cases = paired_cases(family, tmp_path, "^made-(rf|gb|tree)|numeric-100$")
    assert cases
    case = cases[0]
    subject = SUBJECTS[family](Request(str(case.model), str(case.instances), [], case.theory, voting=case.voting))
    assert len(subject.queries) >= 7
    subject.set_instance(0)
    for query in ("direct", "sufficient"):
        assert subject.describe(subject.queries[query](10.0))["status"] != "error"


def test_options():
    parser = argparse.ArgumentParser()
    paired.add_arguments(parser)
    options = parser.parse_args(["--with-old", "python"])
    assert (options.with_old, paired.wanted(options)) == ("python", None)
    options.queries = ["direct"]
    assert paired.wanted(options) == {"direct"}
