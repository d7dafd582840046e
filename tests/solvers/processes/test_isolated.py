"""Processes of their own: crashes, limits, Ctrl-C, and parents that die."""

import os
import pickle
import signal
import subprocess
import sys
import textwrap
import time
import uuid

import pytest
from suffice.engine.budget import Deadline
from suffice.engine.errors import BackendError, CapabilityError, UnboundedError
from suffice.engine.forms import Cnf, Linear
from suffice.engine.status import Status, Stop
from suffice.solvers import Verdict, get
from suffice.solvers.backends.brute import BruteCounter, BruteSat
from suffice.solvers.conformance._common import pigeons
from suffice.solvers.processes.isolated import _POOL, isolate

from tests.solvers.children import MARK, marked, none_left

HERE = os.path.dirname(__file__)


@pytest.fixture
def mark(monkeypatch):
    _POOL.clear()
    value = uuid.uuid4().hex
    monkeypatch.setenv(MARK, value)
    yield value
    _POOL.clear()
    assert none_left(value) == [], "a process was left behind"


@pytest.fixture
def odd(tmp_path, monkeypatch):
    """Return a module of badly behaved backends, which workers can import as well."""
    (tmp_path / "odd_backends.py").write_text(textwrap.dedent(ODD))
    monkeypatch.syspath_prepend(str(tmp_path))
    import odd_backends

    yield odd_backends
    del sys.modules["odd_backends"]


ODD = """
import os, signal, sys, time
from suffice.solvers.backends.brute import BruteCounter

class Odd(BruteCounter):
    def __init__(self, how):
        self.how = how

    def count(self, cnf, deadline=None):
        how = self.how
        if how == "abort":
            sys.stderr.write("native trouble")
            sys.stderr.flush()
            os.abort()
        if how == "exit":
            os._exit(3)
        if how == "hang":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            10 ** 10 ** 8  # holds the interpreter lock for a long time
        if how == "raise":
            raise KeyError("oops")
        if how == "memory":
            bytearray(8 << 30)
        if how == "chatter":
            os.write(1, b"native code prints " * 10000)
            print("and so does Python")
        return super().count(cnf, deadline)
"""
CNF = Cnf.from_clauses([[1, 2]], 3)


def test_results_come_back_and_the_worker_is_kept(mark):
    backend = isolate(BruteCounter())
    assert backend.count(CNF).value == 6
    before = marked(mark)
    assert len(before) == 1
    started = time.perf_counter()
    assert backend.count(CNF).value == 6
    assert time.perf_counter() - started < 0.2
    assert marked(mark) == before


def test_crashes_are_errors_and_the_next_call_works(odd, mark):
    with pytest.raises(BackendError, match=r"signal SIGABRT: (?s:.)*native trouble"):
        isolate(odd.Odd("abort")).count(CNF)
    with pytest.raises(BackendError, match="exit code 3"):
        isolate(odd.Odd("exit")).count(CNF)
    with pytest.raises(BackendError, match=r"KeyError: 'oops'"):
        isolate(odd.Odd("raise")).count(CNF)
    assert isolate(odd.Odd("")).count(CNF).value == 6


def test_output_of_native_code_does_not_mix_with_answers(odd, mark, capfd):
    assert isolate(odd.Odd("chatter")).count(CNF).value == 6
    assert capfd.readouterr().out == ""


def test_hanging_native_code_is_killed_in_time(odd, mark):
    backend = isolate(odd.Odd("hang"))
    isolate(odd.Odd("")).count(CNF)
    deadline = Deadline(0.2)
    started = time.perf_counter()
    found = backend.count(CNF, deadline)
    assert time.perf_counter() - started < 0.45
    assert (found.status, found.stop, found.lower, found.upper) == (Status.BEST_SO_FAR, Stop.TIME_LIMIT, 0, 8)
    assert deadline.stop is Stop.TIME_LIMIT


def test_memory_limit(odd, mark):
    found = isolate(odd.Odd("memory"), memory=2 << 30).count(CNF)
    assert (found.status, found.stop) == (Status.BEST_SO_FAR, Stop.MEMORY)


def test_errors_of_the_library_keep_their_kind(mark):
    with pytest.raises(CapabilityError, match="at most 20"):
        isolate(BruteCounter()).count(Cnf.from_clauses([[30]]))
    with pytest.raises(UnboundedError):
        get("scip", "mip").solve(Linear.build([-1.0]))


def test_backends_that_do_not_pickle_say_so(mark):
    class Local(BruteCounter):
        pass

    with pytest.raises(BackendError, match="does not pickle"):
        isolate(Local()).count(CNF)
    with pytest.raises(CapabilityError, match="cannot be isolated"):
        isolate(get("rc2", "hitting"))


def test_a_killed_session_goes_on(mark):
    cnf = pigeons(12)
    with get("glucose4", "sat", isolated=True).open(cnf) as session:
        assert session.solve([1], deadline=0.3).stop is Stop.TIME_LIMIT
        session.add([200])
        assert session.solve([-200]).is_unsat
        assert session.solve([-1, -200]).core == (-200,)
        assert session.n_vars == 200


def test_sessions_share_nothing(mark):
    backend = isolate(BruteSat())
    with backend.open(Cnf.from_clauses([[1], [-1]])) as one:
        assert one.solve().verdict is Verdict.UNSAT
    with backend.open(Cnf.from_clauses([[1]])) as two, backend.open(Cnf.from_clauses([[-1]])) as three:
        assert two.solve().model == (1,)
        assert three.solve().model == (-1,)
        assert len(marked(mark)) == 2


def test_wrappers_pickle():
    backend = pickle.loads(pickle.dumps(isolate(BruteCounter())))
    assert backend.count(CNF).value == 6


def script(code, mark):
    boot = f"import signal, sys; sys.path[:] = {[HERE, *sys.path]!r}\n"
    boot += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job in the background inherits "ignore"
    boot += textwrap.dedent(code)
    return subprocess.Popen(
        [sys.executable, "-c", boot],
        env={**os.environ, MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_scripts_need_no_main_guard(tmp_path):
    path = tmp_path / "script.py"
    path.write_text(
        f"import sys; sys.path[:] = {sys.path!r}\nprint('start')\n"
        "from suffice.solvers import get\nfrom suffice.engine.forms import Cnf\n"
        "print(get('pysdd', 'counter').count(Cnf.from_clauses([[1, 2]])).value)\n"
    )
    done = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["start", "3"], done.stderr


HEAD = """
from suffice.engine.forms import Cnf, Linear, Wcnf
from suffice.solvers import get
from suffice.solvers.conformance._common import pigeons
from suffice.solvers.conformance.mip import _hard_program
from suffice.solvers.conformance.maxsat import _hard_problem
from suffice.solvers.backends.programs import ExternalSat
"""
LONG = {
    "minisat22": "get('minisat22', 'sat').open(pigeons(13)).solve()",
    "cadical195": "get('cadical195', 'sat').open(pigeons(13)).solve()",
    "rc2": "get('rc2', 'maxsat').solve(_hard_problem(300))",
    "cpsat": "get('cpsat', 'mip').solve(_hard_program())",
    "isolated": "get('scip', 'mip').solve(_hard_program())",
    "program": "ExternalSat(['sh', '-c', 'exec sleep 100 # {formula}']).open(pigeons(2)).solve()",
}


@pytest.mark.parametrize("name", LONG)
def test_ctrl_c(name):
    mark = uuid.uuid4().hex
    code = (
        HEAD
        + f"""
print("ready", flush=True)
try:
    {LONG[name]}
except KeyboardInterrupt:
    print("interrupted", flush=True)
try:
    {LONG[name]}
except KeyboardInterrupt:
    print("again", flush=True)
"""
    )
    process = script(code, mark)
    try:
        assert process.stdout.readline() == "ready\n"
        for word in ("interrupted\n", "again\n"):
            time.sleep(0.4)
            started = time.monotonic()
            os.kill(process.pid, signal.SIGINT)
            assert process.stdout.readline() == word, process.stderr.read()
            assert time.monotonic() - started < 1.0
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()
    assert none_left(mark) == []


@pytest.mark.parametrize("name", ["isolated", "program"])
def test_nothing_outlives_a_killed_parent(name):
    mark = uuid.uuid4().hex
    process = script(HEAD + f"print('ready', flush=True)\n{LONG[name]}", mark)
    try:
        assert process.stdout.readline() == "ready\n"
        end = time.monotonic() + 10
        while len(marked(mark)) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.5)
        assert len(marked(mark)) >= 2
    finally:
        process.kill()
        process.communicate()
    assert none_left(mark) == []
