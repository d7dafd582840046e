"""Explainers in several threads, after a fork, and in other processes."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from suffice import NoInstanceError, SufficeError, TheoryError
from suffice.explainers.session.gate import room_of

from tests.explainers.batch.cases import FAMILIES, asked, data, made, told

QUERIES = (
    "sufficient_reason", "minimal_sufficient_reason", "contrastive_reason", "necessary_literals", "direct_reason",
)  # fmt: skip


def in_threads(work, n=8):
    """Run ``work(i)`` in n threads at the same time; return what they return."""
    ready = threading.Barrier(n)

    def begin(i):
        ready.wait()
        return work(i)

    with ThreadPoolExecutor(n) as pool:
        return list(pool.map(begin, range(n)))


def answers(explainer):
    found = []
    for query in QUERIES:
        try:
            found.append(told(getattr(explainer, query)()))
        except SufficeError as error:
            found.append(str(error))
    return found


# -- threads on one explainer --------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_eight_threads_get_the_sequential_answers(family):
    x = data()[0][3]
    expected = answers(made(family, x))
    explainer = made(family, x)
    assert in_threads(lambda i: [answers(explainer) for _ in range(3)]) == [[expected] * 3] * 8


@pytest.mark.parametrize("family", FAMILIES)
def test_each_thread_explains_its_own_instance(family):
    X = data()[0]
    expected = [told(asked(made(family), X[i], "contrastive_reason")) for i in range(8)]
    explainer = made(family, X[20])

    def work(i):
        return [told(asked(explainer, X[i], "contrastive_reason")) for _ in range(5)]

    assert in_threads(work) == [[one] * 5 for one in expected]
    mine = told(asked(made(family), X[20], "contrastive_reason"))
    assert explainer.instance.tolist() == X[20].tolist()
    assert told(asked(explainer, X[20], "contrastive_reason")) == mine


def test_queries_run_side_by_side():
    explainer = made("forest", data()[0][0])
    inside, both = threading.Barrier(2, timeout=30), []
    plain = type(explainer.answers).passed

    class Meeting(type(explainer.answers)):
        def passed(self):
            inside.wait()  # broken unless two threads are in the query at the same time
            both.append(threading.get_ident())
            return plain(self)

    explainer.answers.__class__ = Meeting
    found = in_threads(lambda i: told(explainer.direct_reason()), 2)
    assert found[0] == found[1] and len(set(both)) == 2


def test_threads_keep_no_explainer_alive():
    explainer = made("tree", data()[0][0])
    with ThreadPoolExecutor(2) as pool:
        assert pool.submit(asked, explainer, data()[0][1], "direct_reason").result() is not None
        gone = weakref.ref(explainer)
        del explainer
        gc.collect()
        assert gone() is None


def test_times_and_counts_are_of_the_thread():
    explainer = made("tree", data()[0][0])
    explainer.n_sufficient_reasons()
    mine = explainer.count_bounds, explainer.elapsed_time

    def other():
        explainer.set_instance(data()[0][5])
        explainer.n_sufficient_reasons()
        return explainer.count_bounds.value, explainer.elapsed_time

    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(other).result()
    assert (explainer.count_bounds, explainer.elapsed_time) == mine
    assert theirs[0] == made("tree", data()[0][5]).n_sufficient_reasons()


def test_changes_of_the_domain_reach_all_threads():
    X = data()[0]
    explainer = made("tree", X[0])
    own, changed, done = threading.Event(), threading.Event(), []

    def other():
        explainer.set_instance(X[7])
        done.append(told(explainer.sufficient_reason()))
        own.set()
        changed.wait(30)
        done.append(told(explainer.sufficient_reason()))
        try:
            explainer.sufficient_reason()
        finally:
            done.append(explainer.instance.tolist())

    thread = threading.Thread(target=other)
    thread.start()
    own.wait(30)
    explainer.set_excluded_features(["f1"])
    changed.set()
    thread.join()
    loop = made("tree", X[7])
    first = told(loop.sufficient_reason())
    loop.set_excluded_features(["f1"])
    assert done == [first, told(loop.sufficient_reason()), X[7].tolist()]


def test_an_own_instance_outside_the_new_domain_is_an_error():
    X = data()[0]
    low, high = X[X[:, 3] < 2][0], X[X[:, 3] == 2][0]
    explainer = made("tree", low)
    steps = threading.Barrier(2, timeout=30)

    def other():
        explainer.set_instance(high)
        steps.wait()
        steps.wait()
        for _ in range(2):
            with pytest.raises(TheoryError):
                explainer.sufficient_reason()
            with pytest.raises(TheoryError):  # what fails changes nothing
                explainer.set_instance(high)
        explainer.set_instance(low)
        return told(explainer.sufficient_reason())

    with ThreadPoolExecutor(1) as pool:
        theirs = pool.submit(other)
        steps.wait()
        explainer.set_ranges({"f4": (0, 1)})
        steps.wait()
        assert theirs.result(60) == told(explainer.sufficient_reason())


def test_threads_without_an_instance_say_so():
    explainer = made("tree")

    def other():
        explainer.set_instance(data()[0][0])
        return told(explainer.sufficient_reason())

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(other).result() is not None
    with pytest.raises(NoInstanceError):
        explainer.sufficient_reason()


def test_a_thread_that_ended_leaves_the_explainer_to_others():
    X = data()[0]
    with ThreadPoolExecutor(1) as pool:
        explainer = pool.submit(lambda: made("forest", X[4])).result()
    expected = told(made("forest", X[4]).sufficient_reason())
    assert told(explainer.sufficient_reason()) == expected
    explainer.set_instance(X[5])
    expected = told(made("forest", X[5]).sufficient_reason())
    assert in_threads(lambda i: told(explainer.sufficient_reason())) == [expected] * 8


def test_streams_of_several_threads_do_not_mix():
    X = data()[0]
    expected = [told(made("forest", X[i]).sufficient_reasons().take(None)) for i in range(4)]
    explainer = made("forest", X[9])

    def work(i):
        explainer.set_instance(X[i])
        return told(explainer.sufficient_reasons().take(None))

    assert in_threads(work, 4) == expected


def test_batches_of_several_threads():
    X = data()[0][:12]
    explainer = made("forest")
    expected = [told(one) for one in made("forest").batch(X, "contrastive_reason")]
    found = in_threads(lambda i: [told(one) for one in explainer.batch(X, "contrastive_reason", n_jobs=2)], 4)
    assert found == [expected] * 4


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_do_not_depend_on_the_number_of_threads(family):
    X = data()[0][:20]
    explainer = made(family)
    for query in ("contrastive_reason", "minimal_sufficient_reason"):
        one, many = explainer.batch(X, query, n_jobs=1), explainer.batch(X, query, n_jobs=8)
        assert [told(answer) for answer in one] == [told(answer) for answer in many]
        assert one.row_status == many.row_status and one.predictions.tolist() == many.predictions.tolist()


# -- forks and processes -------------------------------------------------------------------------------------------


def in_a_fork(work):
    """Run ``work()`` in a forked child; return what it returned."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with os.fdopen(writer, "wb") as pipe:
                pickle.dump(work(), pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(found)


forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")


@forks
@pytest.mark.parametrize("family", FAMILIES)
def test_explainers_work_after_a_fork(family):
    X = data()[0]
    explainer = made(family, X[3])
    expected = answers(explainer)
    assert in_a_fork(lambda: answers(explainer)) == expected
    with ThreadPoolExecutor(1) as pool:  # the child's thread is another one than the explainer's
        assert pool.submit(in_a_fork, lambda: answers(explainer)).result(60) == expected
    assert answers(explainer) == expected


@forks
def test_a_fork_in_the_middle_of_a_query_of_another_thread():
    explainer = made("forest", data()[0][3])
    expected = answers(explainer)
    held, done = threading.Event(), threading.Event()

    def hold():
        with room_of(explainer).session.gate.shared():
            held.set()
            done.wait(60)

    for keeper in (explainer, made("forest", data()[0][3])):
        thread = threading.Thread(target=hold)
        thread.start()
        held.wait()
        assert in_a_fork(lambda one=keeper: answers(one)) == expected
        done.set()
        thread.join()
        held.clear()
        done.clear()


@forks
def test_a_fork_in_the_middle_of_a_switch_of_another_thread(monkeypatch):
    X = data()[0]
    explainer = made("tree", X[3])
    expected = answers(explainer)
    begun, done = threading.Event(), threading.Event()
    plain = type(explainer.session).instance_changed

    def slow(self):
        if self is explainer.session and threading.current_thread() is thread:
            begun.set()
            done.wait(60)
        plain(self)

    monkeypatch.setattr(type(explainer.session), "instance_changed", slow)
    thread = threading.Thread(target=lambda: explainer.set_excluded_features(["f1"]))
    thread.start()
    begun.wait()
    assert in_a_fork(lambda: (answers(explainer), explainer.session.excluded)) == (expected, frozenset())
    done.set()
    thread.join()
    assert explainer.session.excluded


@forks
def test_batches_run_after_a_fork():
    X = data()[0][:8]
    explainer = made("forest")
    expected = [told(one) for one in explainer.batch(X, n_jobs=2)]
    assert in_a_fork(lambda: [told(one) for one in explainer.batch(X, n_jobs=2)]) == expected


def ask_in_a_process(task):
    explainer, row = task
    return told(asked(explainer, row, "contrastive_reason"))


@pytest.mark.parametrize("method", [m for m in multiprocessing.get_all_start_methods() if m != "forkserver"])
def test_explainers_are_sent_to_processes(method):
    X = data()[0]
    explainer = made("forest", X[0])
    expected = [told(asked(made("forest"), row, "contrastive_reason")) for row in X[:3]]
    with multiprocessing.get_context(method).Pool(1) as pool:
        assert pool.map(ask_in_a_process, [(explainer, row) for row in X[:3]]) == expected


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_explainers_in_joblib(backend):
    joblib = pytest.importorskip("joblib")
    X = data()[0]
    explainer = made("tree", X[0])
    expected = [told(asked(made("tree"), row, "contrastive_reason")) for row in X[:4]]
    found = joblib.Parallel(2, backend=backend)(joblib.delayed(ask_in_a_process)((explainer, row)) for row in X[:4])
    assert found == expected
