"""Threads that share an explainer: queries see one domain, switches wait, what fails leaves everything as it was."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, SufficeError, TheoryError, UndecidedError, explain
from suffice.explainers.boosted.explainer import BoostedExplainer
from suffice.explainers.multilabel.explainer import MultiLabelExplainer
from suffice.explainers.session.gate import Gated
from suffice.explainers.tree.explainer import TreeExplainer

SWITCHES = {
    "set_instance", "set_reference_instances", "set_features_type", "set_ranges", "activate_theory",
    "deactivate_theory", "set_excluded_features", "unset_excluded_features", "rectify", "set_interval",
    "set_label_names",
}  # fmt: skip
QUERIES = 60


def data():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=(150, 4)), rng.integers(0, 3, 150)])
    return X, (X[:, 0] * X[:, 1] + X[:, 2] > 0).astype(int)


def model_of(family):
    X, y = data()
    if family == "tree":
        return DecisionTreeClassifier(max_depth=6, random_state=0).fit(X, y)
    if family == "forest":
        return RandomForestClassifier(10, max_depth=4, random_state=0).fit(X, y)
    if family == "boosted":
        return GradientBoostingClassifier(n_estimators=10, max_depth=2, random_state=0).fit(X, y)
    if family == "regressor":
        return RandomForestRegressor(5, max_depth=4, random_state=0).fit(X, y + X[:, 0])
    return DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, np.column_stack([y, X[:, 1] > 0, X[:, 3] > 0.2]))


FAMILIES = ("tree", "forest", "boosted", "regressor", "labels")


def made(family, **more):
    explainer = Explainer.initialize(model_of(family), data()[0][1], **more)
    if family == "regressor":
        explainer.set_interval(explainer.target_prediction - 0.4, explainer.target_prediction + 0.4)
    return explainer


def theory(explainer):
    explainer.deactivate_theory()
    yield
    explainer.activate_theory()
    yield


def exclude(explainer):
    explainer.set_excluded_features(["f2"])
    yield
    explainer.unset_excluded_features()
    yield


def types(explainer):
    explainer.set_features_type({"integer": ["f5"]})
    yield
    explainer.set_features_type(None)
    yield


def answer(explainer):
    reason = explainer.sufficient_reason(over="literals")
    return None if reason is None else (tuple(reason), reason.status, reason.features)


def ask_while(explainer, turn, ask):
    """Ask many times while another thread switches to and fro; return the answers."""
    stop = threading.Event()
    failed = []

    def flip():
        while not stop.is_set():
            try:
                list(turn(explainer))
            except Exception as error:
                failed.append(error)

    other = threading.Thread(target=flip)
    other.start()
    try:
        found = {ask(explainer) for _ in range(QUERIES)}
    finally:
        stop.set()
        other.join()
    assert not failed
    return found


@pytest.mark.parametrize("turn", [theory, exclude, types])
@pytest.mark.parametrize("family", FAMILIES)
def test_answers_are_of_one_domain(family, turn):
    explainer = made(family)
    expected = {answer(explainer)} | {answer(explainer) for _ in turn(explainer)}
    assert ask_while(explainer, turn, answer) <= expected


@pytest.mark.parametrize("family", FAMILIES)
def test_properties_are_of_one_domain(family):
    explainer = made(family)
    explainer.deactivate_theory()

    def turn(it):
        it.activate_theory()
        yield
        it.deactivate_theory()
        yield

    def look(it):
        return it.binary_representation, it.features, str(it.target_prediction)

    assert len(ask_while(explainer, turn, look)) == 1


@pytest.mark.parametrize("family", ["tree", "forest", "boosted"])
def test_rectify_waits_for_queries(family):
    X, _ = data()
    other = 1 - Explainer.initialize(model_of(family), X[1]).target_prediction
    before, after = made(family), made(family)
    after.rectify(conditions=[("f1", ">", -100.0)], label=other)
    expected = {answer(before), answer(after)}
    explainer = made(family)
    changed = threading.Thread(target=lambda: explainer.rectify(conditions=[("f1", ">", -100.0)], label=other))
    changed.start()
    found = [answer(explainer) for _ in range(QUERIES)]
    changed.join()
    assert set(found) <= expected
    assert answer(explainer) == answer(after)


@contextmanager
def busy(explainer, *, changing=False):
    """Let another thread be in a query of the explainer itself, or change it."""
    held, done = threading.Event(), threading.Event()

    def hold():
        with explainer._rooms.changing if changing else explainer.session.gate.shared():
            held.set()
            done.wait()

    other = threading.Thread(target=hold)
    other.start()
    held.wait()
    try:
        yield
    finally:
        done.set()
        other.join()


def in_another_thread(work):
    """Return what ``work()`` returns in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(120)


@pytest.mark.parametrize("family", FAMILIES)
def test_queries_of_other_threads_are_not_waited_for(family):
    explainer = made(family)
    expected = answer(explainer)
    with busy(explainer):
        assert in_another_thread(lambda: answer(explainer)) == expected


@pytest.mark.parametrize("family", FAMILIES)
def test_a_limit_covers_the_wait(family):
    explainer = made(family)
    with busy(explainer, changing=True):

        def ask():
            with pytest.raises(UndecidedError, match=r"time_limit=0\.01.*another thread"):
                explainer.sufficient_reason(time_limit=0.01)
            with pytest.raises(UndecidedError, match="another thread"):
                explainer.is_reason([], time_limit=0.01)

        in_another_thread(ask)
    assert explainer.sufficient_reason(time_limit=60) is not None


@pytest.mark.parametrize("family", FAMILIES)
def test_a_query_of_the_same_room_waits_until_its_limit(family):
    explainer = made(family)
    with busy(explainer), pytest.raises(UndecidedError, match=r"time_limit=0\.01.*another thread"):
        explainer.sufficient_reason(time_limit=0.01)


def test_a_switch_waits():
    explainer = made("tree")
    switched = threading.Event()

    def flip():
        explainer.deactivate_theory()
        switched.set()

    with busy(explainer):
        other = threading.Thread(target=flip)
        other.start()
        assert not switched.wait(0.05)
    other.join()
    assert switched.is_set()


def test_a_switch_within_a_query_is_refused():
    explainer = made("forest")
    with explainer.session.gate.shared(), pytest.raises(SufficeError, match="query of this explainer is running"):
        explainer.deactivate_theory()


@pytest.mark.parametrize("family", FAMILIES)
def test_iterators_are_of_the_domain_of_their_call(family):
    explainer = made(family)
    begun, fresh = explainer.sufficient_reasons(), explainer.sufficient_reasons()
    assert next(begun) is not None
    explainer.deactivate_theory()
    for stream in (begun, fresh):
        with pytest.raises(SufficeError, match="ask for the reasons anew"):
            next(stream)


@pytest.mark.parametrize("family", FAMILIES)
def test_iterators_do_not_wait_beyond_their_limit(family):
    explainer = made(family)
    stream = explainer.sufficient_reasons(time_limit=0.2)
    with busy(explainer):
        assert list(stream) == []
    assert str(stream.stop) == "time_limit" and str(stream.status) == "best_so_far"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_switch_that_fails_changes_nothing(family):
    explainer = made(family)
    before = answer(explainer), explainer.features, explainer.instance.tolist()
    with pytest.raises(TheoryError):
        explainer.set_features_type({"binary": ["f1"]})
    with pytest.raises(BadInputError):
        explainer.set_excluded_features(["f1", "nothing"])
    with pytest.raises(BadInputError):
        explainer.set_instance([1.0])
    if family != "labels":
        with pytest.raises(SufficeError):
            explainer.rectify(conditions=["f1 > 0"], label="no such label")
    assert (answer(explainer), explainer.features, explainer.instance.tolist()) == before


@pytest.mark.parametrize("family", ["tree", "forest", "labels"])
def test_rows_are_looked_at_in_several_threads(family):
    X, _ = data()
    rows = X[:6]

    def told(found):
        reasons = found.contrastive
        return found.prediction, [(tuple(r), r.features) for r in reasons], tuple(found.minimal)

    for _ in range(2):  # the first answers may be cut short while machine code is compiled
        expected = [str(told(found)) for found in explain(model_of(family), rows)]
    explanations = explain(model_of(family), rows)
    seen = [None] * len(rows)

    def look(i):
        seen[i] = str(told(explanations[i]))

    threads = [threading.Thread(target=look, args=(i,)) for i in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == expected


def test_all_public_methods_pass_the_gate():
    switches = set()
    for cls in (TreeExplainer, BoostedExplainer, MultiLabelExplainer):
        assert issubclass(cls, Gated)
        for name in dir(cls):
            value = getattr(cls, name)
            value = value.fget if isinstance(value, property) else value
            if name.startswith("_") or not callable(value) or isinstance(value, type):
                continue
            assert hasattr(value, "__wrapped__") or hasattr(value, "_ungated"), name
            if hasattr(value, "_switches"):
                switches.add(name)
    assert switches == SWITCHES
