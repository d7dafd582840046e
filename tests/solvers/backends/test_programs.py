"""Outside programs that behave and that do not: hang, crash, print garbage, fork, eat memory."""

import os
import stat
import sys
import time
import uuid
from dataclasses import replace

import pytest
from suffice.engine.errors import BackendError, BadInputError, MissingBackendError
from suffice.engine.forms import Cnf, Wcnf
from suffice.engine.status import Status, Stop
from suffice.solvers import Verdict, get
from suffice.solvers.backends.competition import read_count, read_output, read_result_file
from suffice.solvers.backends.optimizers import ExternalCounter, ExternalMaxSat
from suffice.solvers.backends.programs import ExternalSat
from suffice.solvers.conformance import run

from tests.solvers.children import MARK, none_left

FORMULA = Cnf.from_clauses([[1, 2], [-1]], 3)
SOFT = Wcnf.from_clauses([[1, 2]], [[-1], [-2]], [2, 3])


@pytest.fixture
def mark(monkeypatch):
    value = uuid.uuid4().hex
    monkeypatch.setenv(MARK, value)
    yield value
    assert none_left(value) == [], "a process was left behind"


@pytest.fixture
def program(tmp_path):
    def make(body):
        path = tmp_path / f"program{len(os.listdir(tmp_path))}"
        path.write_text(f"#!{sys.executable} -S\nimport os, sys, time\n{body}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


def solve(backend, deadline=None):
    with backend.open(FORMULA) as session:
        return session.solve(deadline=deadline)


def test_hanging_program_is_ended_in_time(program, mark):
    backend = ExternalSat(program("time.sleep(100)"))
    started = time.perf_counter()
    answer = solve(backend, 0.2)
    assert time.perf_counter() - started < 0.5
    assert (answer.verdict, answer.stop) == (Verdict.UNKNOWN, Stop.TIME_LIMIT)


def test_program_that_ignores_signals_and_forks_is_ended(program, mark):
    body = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.signal(signal.SIGINT, signal.SIG_IGN)
for _ in range(3):
    if os.fork() == 0:
        time.sleep(100)
time.sleep(100)
"""
    started = time.perf_counter()
    assert solve(ExternalSat(program(body)), 0.3).stop is Stop.TIME_LIMIT
    assert time.perf_counter() - started < 0.7


def test_children_of_a_program_that_ends_are_ended_too(program, mark):
    body = "if os.fork() == 0:\n    time.sleep(100)\nprint('s UNSATISFIABLE')"
    started = time.perf_counter()
    assert solve(ExternalSat(program(body))).verdict is Verdict.UNSAT
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit(3)", "exit code 3 and no answer"),
        ("print('hello'); sys.stderr.write('bad licence'); sys.exit(1)", "it said: bad licence"),
        ("import signal; os.kill(os.getpid(), signal.SIGABRT)", "signal SIGABRT"),
        ("print('garbage \\x00\\xff')", "no answer"),
        ("print('s PERHAPS')", "unknown status 'PERHAPS'"),
        ("print('s SATISFIABLE\\nv 1 -2 0')", "falsifies a clause"),
        ("print('s SATISFIABLE')", "model is missing"),
        ("print('s SATISFIABLE\\nv one two 0')", "the value 'one'"),
    ],
)
def test_bad_answers_are_errors(program, mark, body, message):
    with pytest.raises(BackendError, match=message):
        solve(ExternalSat(program(body), name="bad"))


def test_unknown_is_a_result(program):
    answer = solve(ExternalSat(program("print('s UNKNOWN')")))
    assert (answer.verdict, answer.stop) == (Verdict.UNKNOWN, Stop.SOLVER)


def test_memory_limit(program, mark):
    body = "x = bytearray(4 << 30)\nprint('s UNSATISFIABLE')"
    backend = ExternalSat(program(body), memory=1 << 30)
    answer = solve(backend)
    assert (answer.verdict, answer.stop) == (Verdict.UNKNOWN, Stop.MEMORY)
    assert solve(ExternalSat(program("print('s UNSATISFIABLE')"), memory=1 << 30)).is_unsat


def test_program_that_prints_without_end(program, mark):
    backend = ExternalSat(program("while True: sys.stdout.write('c nothing\\n' * 1000)"))
    assert solve(backend, 0.3).stop is Stop.TIME_LIMIT


def test_arguments_and_placeholders(program, tmp_path):
    seen = tmp_path / "seen"
    body = f"open({str(seen)!r}, 'w').write(repr(sys.argv[1:]) + os.getcwd())\nprint('s UNSATISFIABLE')"
    backend = ExternalSat([program(body), "--file={formula}", "--limit={seconds}"])
    assert solve(backend, 7.5).is_unsat
    text = seen.read_text()
    assert "'--limit=8'" in text
    assert "formula.cnf" in text
    folder = text.rsplit("]", 1)[1]
    assert not os.path.exists(folder)


def test_two_runs_never_share_a_folder(program, tmp_path):
    backend = ExternalSat(
        program(f"open({str(tmp_path / 'seen')!r}, 'a').write(os.getcwd() + '\\n'); print('s UNSATISFIABLE')")
    )
    solve(backend)
    solve(backend)
    first, second = (tmp_path / "seen").read_text().split()
    assert first != second


def test_missing_program():
    backend = ExternalSat("no-such-program-here", remedy="apt install it")
    with pytest.raises(MissingBackendError, match="no program 'no-such-program-here'"):
        solve(backend)
    assert backend.requirement.remedy == "apt install it"
    with pytest.raises(MissingBackendError, match=r"kissat|did you mean|needs"):
        get("kissat-not-there", "sat")


def test_bad_arguments():
    with pytest.raises(BadInputError, match="command"):
        ExternalSat([])
    with pytest.raises(BadInputError, match="style='xml'"):
        ExternalSat("x", style="xml")
    with pytest.raises(BadInputError, match="memory=0"):
        ExternalSat("x", memory=0)


MAXSAT = "print('c hi\\no 9\\no 2\\ns {}\\nv {}')"


@pytest.mark.parametrize(
    ("status", "values", "expected"),
    [
        ("OPTIMUM FOUND", "10", (Status.OPTIMAL, 2, (1, -2))),
        ("OPTIMUM FOUND", "1 -2 0", (Status.OPTIMAL, 2, (1, -2))),
        ("SATISFIABLE", "01", (Status.BEST_SO_FAR, 3, (-1, 2))),
        ("UNSATISFIABLE", "", (Status.INFEASIBLE, None, None)),
        ("UNKNOWN", "", (Status.BEST_SO_FAR, None, None)),
    ],
)
def test_maxsat_output(program, status, values, expected):
    found = ExternalMaxSat(program(MAXSAT.format(status, values))).solve(SOFT)
    assert (found.status, found.cost, found.model) == expected


@pytest.mark.parametrize(
    ("status", "values", "message"),
    [
        ("OPTIMUM FOUND", "01", "says cost 2, but its model costs 3"),
        ("OPTIMUM FOUND", "00", "breaks a hard clause"),
        ("DONE", "10", "unknown status 'DONE'"),
    ],
)
def test_wrong_maxsat_output(program, status, values, message):
    with pytest.raises(BackendError, match=message):
        ExternalMaxSat(program(MAXSAT.format(status, values))).solve(SOFT)


def test_maxsat_solver_that_prints_its_best_when_told_to_stop(program, mark):
    body = """
import signal
def tell(*_):
    print("o 3\\ns SATISFIABLE\\nv 01", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, tell)
time.sleep(100)
"""
    found = ExternalMaxSat(program(body)).solve(SOFT, 1.0)
    assert (found.status, found.cost, found.stop) == (Status.BEST_SO_FAR, 3, Stop.TIME_LIMIT)


COUNTER = """
from itertools import product
lines = open(sys.argv[1]).read().splitlines()
assert lines[0] == "c t mc"
head = lines[1].split()
clauses, clause = [], []
for word in " ".join(lines[2:]).split():
    if word == "0":
        clauses.append(clause)
        clause = []
    else:
        clause.append(int(word))
n = int(head[2])
used = sorted({abs(lit) for c in clauses for lit in c})
total = 0
for bits in product((False, True), repeat=len(used)):
    truth = dict(zip(used, bits))
    total += all(any(truth[abs(lit)] == (lit > 0) for lit in c) for c in clauses)
if len(used) > 100:
    time.sleep(100)
print("c o something", "s SATISFIABLE", "c s type mc", f"c s exact arb int {total << (n - len(used))}", sep="\\n")
"""


def test_counter_program_conforms(program, mark):
    body = COUNTER.replace("used = sorted", "if len(clauses) > 90:\n    time.sleep(100)\nused = sorted")
    backend = ExternalCounter(program(body))
    backend.capabilities = replace(backend.capabilities, max_vars=300)  # 2^400 is more than its loop can do
    report = run(backend, rounds=5, tolerance=0.3)
    assert report.conforms, repr(report)
    assert report.skipped == ["test_huge_counts"]


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("print('s mc 5')", 5),
        ("print('c s exact arb int 6')", 6),
        ("print('s UNSATISFIABLE')", 0),
    ],
)
def test_counter_output(program, body, value):
    assert ExternalCounter(program(body)).count(FORMULA).value == value


def test_wrong_counter_output(program):
    with pytest.raises(BackendError, match="counted 9 models over 3"):
        ExternalCounter(program("print('s mc 9')")).count(FORMULA)
    with pytest.raises(BackendError, match="no answer"):
        ExternalCounter(program("print('c s approx arb int 5')")).count(FORMULA)


def test_reading():
    printed = read_output("c x\ns  OPTIMUM   FOUND\no 4\no 3\nv -1 2\nv 3 0\nc bye")
    assert (printed.status, printed.costs) == ("OPTIMUM FOUND", (4, 3))
    assert printed.model(4) == (-1, 2, 3, -4)
    blocks = read_output("v 1 0\no 2\nv -1 0\no 1\ns OPTIMUM FOUND")
    assert blocks.model(1) == (-1,)
    assert read_output("v 0110").model(4) == (-1, 2, 3, -4)
    assert read_output("v 1").model(1) == (1,)
    assert read_output("v 0").model(1) == (-1,)
    assert read_output("v").model(2) == (-1, -2)
    assert read_output("s UNKNOWN").model(2) is None
    assert read_result_file("SAT\n1 -2 0\n").model(3) == (1, -2, -3)
    assert read_result_file("UNSAT\n").status == "UNSATISFIABLE"
    assert read_result_file("").status == ""
    assert read_count("c s exact arb int 123456789012345678901234567890\n") == 123456789012345678901234567890
    assert read_count("s SATISFIABLE") is None
