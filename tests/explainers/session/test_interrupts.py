"""Ctrl-C at chosen calls of a query of any family: what was found is kept, and nothing is claimed that is not so.

The signal is raised when the query enters its k-th function of this library, so that no test depends on the time.
"""

import os
import signal
import sys
import threading

import numpy as np
import pytest
import suffice
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, explain
from suffice.engine import interrupts
from suffice.engine.budget import Deadline
from suffice.engine.errors import UndecidedError
from suffice.engine.interrupts import Interruptible
from suffice.engine.reasons import Check, Reason, Reasons
from suffice.engine.status import Status, Stop
from suffice.explainers.batch import rooms as batch_rooms

HOME = os.path.dirname(os.path.dirname(os.path.abspath(suffice.__file__)))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(120, 5)).round(1)
Y = (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype(int)
PAIR = np.stack([Y, (X[:, 3] > 0).astype(int)], axis=1)
MODELS = {
    "tree": DecisionTreeClassifier(max_depth=6, random_state=0).fit(X, Y),
    "forest": RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y),
    "boosted": GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0).fit(X, Y),
    "multilabel": RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, PAIR),
}
EASY = (1, 2)  # literals of any model
QUERIES = {
    "one": lambda e: e.sufficient_reason(),
    "several": lambda e: e.sufficient_reason(n=4),
    "all": lambda e: e.sufficient_reason(n=None),
    "fewest": lambda e: e.minimal_sufficient_reason(),
    "outside": lambda e: e.minimal_sufficient_reason(solver="rc2"),
    "contrastive": lambda e: e.contrastive_reason(n=3),
    "smallest change": lambda e: e.minimal_contrastive_reason(),
    "necessary": lambda e: e.necessary_literals(),
    "relevant": lambda e: e.relevant_literals(),
    "count": lambda e: e.n_sufficient_reasons(),
    "check": lambda e: e.is_sufficient_reason(EASY),
    "implicant": lambda e: e.is_implicant(EASY),
    "stream": lambda e: e.sufficient_reasons().take(None),
    "batch": lambda e: e.batch(X[:3], "minimal_sufficient_reason", n_jobs=1),
    "together": lambda e: e.batch(X[:3], "sufficient_reason", n_jobs=1),
}
CHECKS = ("check", "implicant")  # no answer is lost while the reason that they ask about is read
BEFORE_WORK = 200  # calls in which arguments are looked at, less than a millisecond
LONG = ("all", "several", "fewest", "outside", "stream", "batch", "together")  # of a small tree, others are quick


@pytest.fixture(autouse=True)
def listening(monkeypatch):
    """Ctrl-C reaches Python, also where a shell started the tests to ignore it; one may soon follow another."""
    monkeypatch.setattr(interrupts, "AGAIN", 0.0)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def called(function, at=()):
    """Call a function, Ctrl-C at these calls within; return what it returns or raises, and how many calls it made."""
    calls, where = 0, []

    def look(frame, event, _):
        nonlocal calls
        if event == "call" and frame.f_code.co_filename.startswith(HOME):
            calls += 1
            if calls in at:
                where.append(frame.f_code.co_qualname)
                signal.raise_signal(signal.SIGINT)

    try:
        sys.setprofile(look)
        found = function()
    except (KeyboardInterrupt, UndecidedError) as error:
        found = type(error)(*error.args, where)
    finally:
        sys.setprofile(None)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    return found, calls


def told(found):
    """Return all that an answer tells, without times."""
    if isinstance(found, Reasons):  # in which order a stream finds them may depend on the time
        return sorted(found)
    if isinstance(found, suffice.Batch):
        return [told(one) for one in found]
    return found.value if isinstance(found, Check) else found


def check_reason(explainer, query, found, whole):
    """Check one reason: if it is claimed to be proved, it is the one that is found without Ctrl-C (or one as short)."""
    proof = found.proof
    if proof.status is not Status.BEST_SO_FAR:
        assert len(found) == len(whole) if query in ("fewest", "outside", "smallest change") else found == whole
        return
    assert proof.stop is Stop.INTERRUPT
    if proof.kind in ("sufficient", "minimal sufficient"):
        assert explainer.is_implicant(found)
    if proof.lower is not None:
        assert proof.lower <= len(whole)


def check(explainer, query, found, whole):
    """Check that what an answer claims is so, and that one that was cut short says so."""
    if query == "count":
        assert found == whole or (found is None and explainer.count_bounds.stop is Stop.INTERRUPT)
    elif isinstance(found, Check):
        assert found.value == whole.value or (found.value is None and found.stop is Stop.INTERRUPT)
    elif isinstance(found, suffice.Batch):
        assert found.stop is Stop.INTERRUPT or not found.not_reached
        assert not found.errors and all(i in found.not_reached or found[i] is not None for i in range(len(found)))
    elif isinstance(found, Reason):
        check_reason(explainer, query, found, whole)
    elif found.stop is Stop.NONE:
        assert told(found) == told(whole)
    else:
        assert found.stop is Stop.INTERRUPT and found.status is Status.BEST_SO_FAR
        proved = {tuple(one) for one in found if one.proof.status is not Status.BEST_SO_FAR}
        assert query not in ("all", "stream") or proved <= {tuple(one) for one in whole}


def places(calls):
    """Return at which calls Ctrl-C comes."""
    return sorted({1 + round(share * (calls - 1)) for share in (0.02, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 0.97)})


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("family", MODELS)
def test_ctrl_c_at_any_call_keeps_what_was_found(family, query):
    explainer = Explainer.initialize(MODELS[family], X[0])

    def ask():
        return QUERIES[query](explainer)

    def anew():  # what is kept of an instance would make the next question another one
        explainer.set_instance(X[1])
        explainer.set_instance(X[0])

    whole = ask()
    anew()
    _, calls = called(ask)
    for at in places(calls):
        anew()
        found, _ = called(ask, [at])
        if isinstance(found, KeyboardInterrupt):  # before the work, or after it: there is nothing to lose
            quick = query in CHECKS or (family == "tree" and query not in LONG)
            assert quick or at <= BEFORE_WORK or at >= calls - BEFORE_WORK, (at, calls, found.args)
        elif isinstance(found, UndecidedError):
            assert "interrupt" in str(found), found
        else:
            check(explainer, query, found, whole)
    anew()
    assert told(ask()) == told(whole)


@pytest.mark.parametrize("family", MODELS)
def test_explain_keeps_what_was_found(family):
    def ask():
        return explain(MODELS[family], X[:12], n_jobs=1, check=False)

    whole = ask()
    _, calls = called(ask)
    cut = 0
    for at in places(calls):
        found, _ = called(ask, [at])
        if isinstance(found, KeyboardInterrupt):  # while the explainer is made
            continue
        cut += found.stop is Stop.INTERRUPT
        assert found.stop is Stop.INTERRUPT or len(found) == len(whole)
        for one, other in zip(found, whole, strict=False):
            assert tuple(one.sufficient) == tuple(other.sufficient)


def interrupt():
    signal.raise_signal(signal.SIGINT)


def test_a_second_ctrl_c_raises_at_once():
    limit = Deadline()
    with pytest.raises(KeyboardInterrupt), Interruptible(limit):
        interrupt()
        assert limit.stop is Stop.INTERRUPT
        interrupt()
        pytest.fail("it goes on")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_that_is_caught_within_is_raised_at_the_end():
    with pytest.raises(KeyboardInterrupt), Interruptible(Deadline()):  # it is about the end of the block
        interrupt()
        with pytest.raises(KeyboardInterrupt):
            interrupt()
        with Interruptible(Deadline()):
            pass


def test_a_loop_over_quick_queries_can_be_left(monkeypatch):
    monkeypatch.setattr(interrupts, "AGAIN", 60.0)
    monkeypatch.setattr(Interruptible, "_last", -1e9)
    with Interruptible(Deadline()) as first:
        interrupt()
    assert first.stop is Stop.INTERRUPT
    with pytest.raises(KeyboardInterrupt), Interruptible(Deadline()):
        interrupt()


def test_blocks_within_a_block_are_halted_as_well():
    outer, before, after = Deadline(), Deadline(), Deadline()
    with Interruptible(outer):
        with Interruptible(before):
            part = before.part(5.0)
            interrupt()
        with Interruptible(after):
            pass
        assert before.part(5.0).stop is Stop.INTERRUPT
    assert [one.stop for one in (outer, before, after, part)] == [Stop.INTERRUPT] * 4
    with Interruptible(Deadline()) as later:
        pass
    assert later.stop is Stop.NONE


def test_a_block_that_listens_late_is_halted_after_one_within_it():
    outermost, late, within = Deadline(), Deadline(), Deadline()
    with Interruptible(outermost):
        block = Interruptible(late)
        with Interruptible(within):
            block.listen()  # as quick queries do, once they look at their limit
        interrupt()
        block.__exit__(None, None, None)
    assert [limit.stop for limit in (outermost, late, within)] == [Stop.INTERRUPT, Stop.INTERRUPT, Stop.NONE]


def test_a_limit_of_a_part_is_its_own():
    whole = Deadline()
    one, other = whole.part(1e-9), whole.part(None)
    assert one.expired() and one.stop is Stop.TIME_LIMIT
    assert not whole.expired() and not other.expired()
    whole.end(other)
    whole.halt(Stop.INTERRUPT)
    assert other.stop is Stop.NONE


def test_handlers_of_others_stay():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    with Interruptible(Deadline()) as limit:
        interrupt()
    assert heard == [1] and limit.stop is Stop.NONE


def test_other_threads_leave_the_handler_alone():
    seen = []

    def ask():
        with Interruptible(Deadline()) as limit:
            seen.append((signal.getsignal(signal.SIGINT), limit))

    with Interruptible(Deadline()):
        inside = signal.getsignal(signal.SIGINT)
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        interrupt()
    assert seen[0][0] is inside and seen[0][1].stop is Stop.NONE


def test_rows_that_processes_have_begun_are_told(monkeypatch):
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(300, 12))
    model = RandomForestClassifier(30, random_state=0).fit(rows, rng.integers(0, 2, 300))
    explainer = Explainer.initialize(model, rows[0])
    begun, ask = [], batch_rooms.ProcessRoom.__call__

    def asked(room, i, limit):
        begun.append(i)
        if len(begun) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return ask(room, i, limit)

    monkeypatch.setattr(batch_rooms.ProcessRoom, "__call__", asked)
    monkeypatch.setattr(batch_rooms, "_GRACE", 60.0)  # for a busy machine
    batch = explainer.batch(rows[:40], "minimal_sufficient_reason", n_jobs=2, solver="rc2")
    assert batch.stop is Stop.INTERRUPT and not batch.errors
    assert sorted(set(range(40)) - set(batch.not_reached)) == sorted(begun)
    for i in begun:
        explainer.set_instance(rows[i])
        assert batch[i].proof.status is Status.OPTIMAL or batch[i].proof.stop is Stop.INTERRUPT
        assert explainer.is_implicant(batch[i])
