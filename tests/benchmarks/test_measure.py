"""The harness's own statistics and reading; no time is asserted."""

import sys

import pytest

from benchmarks import measure
from benchmarks.measure import Run, ask, figures, quantile
from benchmarks.serve import Clock, Request

FAKE = [sys.executable, "-m", "tests.benchmarks.fake_subject"]


def a_run(instance, cpu, turn=0, **more):
    return Run(query="q", instance=instance, turn=turn, status=more.pop("status", "proved"), cpu=cpu, wall=cpu, **more)


def a_request(*jobs, **more):
    return Request("model", "instances", [(query, list(indices)) for query, indices in jobs], **more)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([3.0], 0.95, 3.0), ([4.0, 1.0, 2.0], 0.5, 2.0), ([0.0, 10.0], 0.95, 9.5), ([1.0, 2.0, 3.0, 4.0], 0.5, 2.5)],
)
def test_quantile(values, share, expected):
    assert quantile(values, share) == pytest.approx(expected)


def test_quantile_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


def test_each_instance_counts_once():
    runs = [a_run(0, 9.0, turn=-1), *[a_run(0, 1.0, turn=t) for t in range(9)], a_run(1, 3.0, set_cpu=2.0)]
    runs.append(a_run(0, 0.5, turn=9))
    summed = figures(runs)
    assert summed is not None
    assert (summed.instances, summed.median, summed.quiet, summed.max) == (2, 2.0, 1.75, 3.0)
    assert summed.alone == pytest.approx(1.0)
    assert summed.cold == 9.0


def test_the_first_run_alone_is_no_figure():
    assert figures([a_run(0, 9.0, turn=-1)]) is None


def test_late_answers_and_sizes():
    summed = figures(
        [a_run(0, 1.0, size=4), a_run(1, 1.0, size=5, status="best_so_far"), a_run(2, 1.0, status="killed")]
    )
    assert summed is not None
    assert summed.late == 2
    assert summed.size == pytest.approx(4.5)


def test_a_run_is_read_from_a_line():
    line = {"kind": "run", "query": "q", "instance": 1, "turn": 0, "cpu": 1.0, "wall": 2.0, "status": "ok", "new": 1}
    assert not Run.from_line(line).late
    assert Run.from_line({**line, "status": "error", "error": "ValueError"}).late


def test_the_clock_counts_work():
    clock = Clock()
    sum(range(300_000))
    cpu, wall = clock.read()
    assert cpu > 0
    assert wall > 0


def test_runs_come_back_and_the_first_one_is_told_apart():
    measured = ask(FAKE, a_request(("size", range(3)), ("not there", range(3)), passes=2))
    assert [(run.instance, run.turn, run.size) for run in measured.runs] == [
        (2, -1, 3), (0, 0, 1), (1, 0, 2), (2, 0, 3), (0, 1, 1), (1, 1, 2), (2, 1, 3),
    ]  # fmt: skip
    assert measured.trouble == []
    assert measured.load_cpu is not None
    assert measured.peak_mb["size"] > 0


def test_the_budget_ends_the_passes():
    measured = ask(FAKE, a_request(("works", range(2)), passes=1000, budget=0.05))
    assert 3 <= len(measured.runs) < 2001


def test_a_failing_query_is_recorded_and_the_next_one_runs():
    measured = ask(FAKE, a_request(("fails", range(2)), ("size", range(2)), passes=1))
    assert [run.error for run in measured.runs if run.query == "fails"] == ["ValueError: on purpose"] * 3
    assert sum(run.query == "size" for run in measured.runs) == 3


def test_after_three_late_answers_in_a_row_the_rest_is_left_out():
    measured = ask(FAKE, a_request(("fails", range(9)), ("size", [0]), passes=2))
    assert [run.instance for run in measured.runs if run.query == "fails" and run.turn >= 0] == [0, 1, 2]


def test_a_hanging_query_is_killed_and_the_rest_runs(monkeypatch):
    monkeypatch.setattr(measure, "COLD_SECONDS", 10.0)
    monkeypatch.setattr(measure, "SILENCE_SECONDS", 0.5)
    measured = ask(FAKE, a_request(("hangs-on-1", [0, 1, 2]), ("size", [0]), passes=1, limit=0.1))
    told = {run.instance: run.status for run in measured.runs if run.query == "hangs-on-1" and run.turn >= 0}
    assert told == {0: "proved", 1: "killed", 2: "proved"}
    assert any(run.query == "size" for run in measured.runs)


def test_a_crash_is_told_and_the_rest_runs():
    measured = ask(FAKE, a_request(("dies-on-0", [0, 1]), ("size", [0]), passes=1))
    assert {run.instance: run.status for run in measured.runs if run.query == "dies-on-0"} == {
        0: "crashed",
        1: "proved",
    }
    assert "last words" in measured.trouble[0]
    assert any(run.query == "size" for run in measured.runs)


def test_a_process_that_cannot_start_is_told():
    measured = ask([sys.executable, "-c", "import no_such_module_here"], a_request(("size", [0])))
    assert measured.runs == []
    assert "no_such_module_here" in measured.trouble[0]


def test_a_process_that_ends_before_it_is_asked_is_told():
    child = measure.Child([sys.executable, "-c", "raise SystemExit('gone')"], "x" * 10**7)  # more than a pipe holds
    assert child.line(60) is None
    assert child.last_words() == "gone"
    child.end()
