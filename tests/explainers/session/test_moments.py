"""While a session becomes what another one is, or what it was, other threads find its own gate and answers."""

from __future__ import annotations

import gc
import sys
import threading
import weakref

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer
from suffice.explainers.session.session import Session

from tests.explainers.batch.cases import FAMILIES, data, made


def explainer_of_tree():
    rows = np.random.default_rng(0).random((60, 3))
    return Explainer.initialize(DecisionTreeClassifier(random_state=0).fit(rows, rows[:, 0] > rows[:, 1]), rows[0])


def seen_within(method, act):
    """Return what a session holds before each line of one of its methods, and at its end."""
    seen = []

    def traced(frame, event, _):
        if frame.f_code is not method.__code__:
            return None
        held = vars(frame.f_locals["self"])
        seen.append((held.get("gate"), held["_answers"](), held.get("space") is not None))
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        act()
    finally:
        sys.settrace(before)
    assert seen
    return seen


def test_a_switch_that_fails_leaves_no_moment_without_a_gate():
    explainer = explainer_of_tree()
    own = explainer.session.gate, explainer.session.answers, True

    def act():
        with pytest.raises(BadInputError):
            explainer.set_excluded_features(["no such feature"])

    assert set(seen_within(Session.restore, act)) == {own}


def test_what_a_failed_switch_added_is_gone():
    explainer = explainer_of_tree()
    session = explainer.session
    before = session.state()
    session.added, session.usual = 1, None
    session.restore(before)
    assert vars(session) == before[0]
    assert vars(session.answers) == before[1]


def test_a_twin_that_follows_keeps_its_own_gate_at_every_moment():
    explainer, found = explainer_of_tree(), []
    asked, switched = threading.Event(), threading.Event()

    def twin():
        explainer.sufficient_reason()
        asked.set()
        switched.wait(20)
        found.extend(seen_within(Session.follow, explainer.sufficient_reason))

    thread = threading.Thread(target=twin)
    thread.start()
    assert asked.wait(20)
    explainer.deactivate_theory()
    switched.set()
    thread.join(20)
    home = explainer.session
    assert len(set(found)) == 1
    assert found[0][0] is not home.gate
    assert found[0][1] is not home.answers


@pytest.mark.parametrize("family", FAMILIES)
def test_an_explainer_goes_with_its_last_name(family):
    """Its model may be large: its memory does not wait for the garbage collector."""
    explainer = made(family, data()[0][0])
    assert explainer.sufficient_reason() is not None
    gone = weakref.ref(explainer), weakref.ref(explainer.session), weakref.ref(explainer.answers)
    gc.collect()
    gc.disable()
    try:
        del explainer
        assert [one() for one in gone] == [None, None, None]
    finally:
        gc.enable()
