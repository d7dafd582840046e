"""Problems that take long to write down are given up in the middle, and what is known is still told."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, NoneInTime, Status, UndecidedError
from suffice.engine.budget import Deadline, OutOfTimeError
from suffice.engine.ensembles.views.view import View, losses_of
from suffice.engine.hitting.edges import Edges
from suffice.engine.oracles.cheapest import cheapest_reasons, covering_clauses
from suffice.engine.oracles.marco import closure_clauses, enumerate_reasons
from suffice.engine.oracles.oracle import Answer
from suffice.engine.oracles.universe import literal_universe
from suffice.engine.status import Stop
from suffice.explainers.solving.oracles import RegionOracle, SatOracle
from suffice.explainers.tree import core

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 4))
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0).astype(int)


@dataclass
class Looks(Deadline):
    """A deadline that strikes when it is looked at for the k-th time."""

    left: int = 0
    seen: int = 0

    def expired(self) -> bool:
        self.seen += 1
        if self.stop is Stop.NONE and self.seen >= self.left:
            self.stop = Stop.TIME_LIMIT
        return self.stop is not Stop.NONE


def striking(left):
    return Looks(seconds=1000.0, left=left)


def explainer_of(family):
    if family == "boosted":
        model = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0).fit(X, Y)
    elif family == "regressor":
        model = RandomForestRegressor(4, max_depth=3, random_state=0).fit(X, X[:, 0] + X[:, 1])
    else:
        model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
    explainer = Explainer.initialize(model, X[0], voting="hard" if family == "forest" else "soft")
    if family == "regressor":
        explainer.set_interval(explainer.target_prediction - 1, explainer.target_prediction + 1)
    return explainer


def test_items_come_while_there_is_time():
    assert list(Deadline(1000.0).while_time("abc")) == list(Deadline().while_time("abc")) == list("abc")
    got = []
    with pytest.raises(OutOfTimeError):
        got += list(striking(4).while_time("abc"))
        for letter in striking(3).while_time("abc"):
            got.append(letter)
    assert got == list("abcab")


@pytest.mark.parametrize("query", ["to_mip", "to_wcnf"])
@pytest.mark.parametrize("family", ["forest", "boosted", "regressor"])
def test_exports_look_at_the_clock_at_every_step(family, query):
    whole = striking(10**9)
    explainer = explainer_of(family)
    expected = getattr(explainer, query)()
    assert str(getattr(explainer, query)(time_limit=whole)) == str(expected)
    assert whole.seen > 15  # several steps of it look
    for left in {1, 2, 5, *range(10, whole.seen, max(1, whole.seen // 12))}:
        with pytest.raises(UndecidedError, match="time was up before"):
            getattr(explainer, query)(time_limit=striking(left))


@pytest.mark.parametrize("query", ["minimal_tree_specific_reason", "minimal_majoritary_reason"])
def test_shortest_reasons_of_single_trees_are_given_up_at_every_step(query):
    explainer = explainer_of("boosted" if "specific" in query else "forest")
    whole = striking(10**9)
    best = getattr(explainer, query)(time_limit=whole)
    assert str(best.status) == "optimal"
    for left in {1, 2, 5, *range(10, whole.seen, max(1, whole.seen // 12))}:
        reason = getattr(explainer, query)(time_limit=striking(left))
        assert explainer.is_sufficient_reason(reason) or explainer.is_implicant(reason)
        assert len(reason) >= len(best)
        if str(reason.status) != "optimal":
            assert str(reason.stop) == "time_limit"
            assert reason.proof.lower <= len(best)


def universe():
    explainer = explainer_of("forest")
    return literal_universe(explainer.session.here)


@pytest.mark.parametrize(
    "write",
    [
        lambda deadline: closure_clauses(universe(), deadline),
        lambda deadline: covering_clauses(universe(), [], deadline),
        lambda deadline: literal_universe(explainer_of("forest").session.here, frozenset(), deadline),
    ],
)
def test_clauses_are_given_up_in_the_middle(write):
    whole = striking(10**9)
    write(whole)
    for left in (1, whole.seen // 2, whole.seen):
        with pytest.raises(OutOfTimeError):
            write(striking(left))


class Nothing:
    """An oracle (and a session) that must not be reached."""

    def __getattr__(self, name):
        raise AssertionError(name)


def test_enumerations_end_before_their_problem_is_written():
    for source in (enumerate_reasons, lambda u, o, s, d: cheapest_reasons(u, o, s, [1] * u.n, d)):
        deadline = striking(3)
        assert list(source(universe(), Nothing(), lambda *_: Nothing(), deadline)) == []
        assert deadline.stop is Stop.TIME_LIMIT


def test_a_moment_is_left_for_what_has_to_be_known():
    late = Deadline(1e-9)
    assert late.expired()
    assert 0 < late.with_grace().remaining <= 0.05
    long = Deadline(1000.0)
    assert long.with_grace() is long


@pytest.mark.parametrize("family", ["tree", "forest"])
def test_nothing_is_claimed_where_it_is_not_known_whether_there_is_a_reason(family, monkeypatch):
    model = (DecisionTreeClassifier if family == "tree" else RandomForestClassifier)(max_depth=4, random_state=0)
    explainer = Explainer.initialize(model.fit(X, Y), X[0], theory=None)
    explainer.set_excluded_features(["f1", "f2"])
    exact = explainer.sufficient_reason()

    def unknown(self, *_):
        return Answer(None) if family == "tree" else 2

    for holder in (RegionOracle, SatOracle):
        monkeypatch.setattr(holder, "holds", unknown)
    monkeypatch.setattr(View, "answer", unknown)
    named = {"solver": "minisat22"} if family == "tree" else {}
    with pytest.raises(UndecidedError, match="it is not known whether"):
        explainer.sufficient_reason(time_limit=1e-9, **named)
    several = explainer.sufficient_reason(n=3, time_limit=1e-9, **named)
    assert len(several) == 0
    assert str(several.stop) == "time_limit"
    monkeypatch.undo()
    assert explainer.sufficient_reason() == exact


@pytest.mark.parametrize("large", [False, True])
def test_large_models_do_no_quick_work_once_time_was_up_a_moment_ago(large):
    explainer = explainer_of("forest")
    question = explainer.answers.view(False, explainer.answers.wanted()).question
    question._large, called = large, []

    def answering(*arguments):
        called.append(arguments)
        return 0

    past = Deadline(1.0, started=time.perf_counter() - 10)
    assert question.run(past, answering, question.work) == (2 if large else 0)
    assert len(called) == (not large)
    assert question.run(Deadline(1000.0), answering, question.work) == 0


def test_all_majoritary_reasons_are_given_up_at_every_step():
    explainer = explainer_of("forest")
    whole = striking(10**9)
    every = set(explainer.majoritary_reason(n=None, time_limit=whole))
    assert len(every) > 1
    for left in range(1, whole.seen, max(1, whole.seen // 40)):
        deadline = striking(left)
        found = explainer.majoritary_reason(n=None, time_limit=deadline)
        assert all(reason in every for reason in found if str(reason.status) == "proved")
        assert all(explainer.is_implicant(reason) for reason in found)
        assert str(found.stop) == "time_limit"
        assert deadline.seen < left + 60  # once it strikes, no long step begins


@pytest.mark.parametrize(
    "query", ["necessary_literals", "relevant_features", "contrastive_reason", "minimal_contrastive_reason"]
)
def test_edges_of_a_large_tree_are_reduced_within_the_limit(query, monkeypatch):
    random = np.random.default_rng(0)
    rows, labels = random.normal(size=(2000, 4)), random.integers(0, 2, size=2000)
    model = DecisionTreeClassifier(random_state=0).fit(rows, labels)
    assert model.tree_.node_count > 1000
    whole = getattr(Explainer.initialize(model, rows[0]), query)()
    looked = []

    def reduced(self, deadline):
        looked.append(deadline)

    with monkeypatch.context() as patch, pytest.raises(UndecidedError):
        patch.setattr(Edges, "reduced", reduced)
        getattr(Explainer.initialize(model, rows[0]), query)(time_limit=1000.0)
    assert [deadline.seconds for deadline in looked] == [1000.0]
    monkeypatch.setattr(core, "FEW", 10**6)  # as a small tree
    assert getattr(Explainer.initialize(model, rows[0]), query)() == whole


def test_an_order_by_losses_that_were_not_all_found_is_not_kept():
    answers = explainer_of("forest").answers
    view = answers.view(False, answers.wanted())
    interrupted, whole = Deadline(), Deadline()
    interrupted.halt(Stop.INTERRUPT)
    expected = np.argsort(losses_of(view, whole), kind="stable").tolist()
    assert view.back_order(interrupted).tolist() != expected
    assert view.back_order(whole).tolist() == expected


@pytest.mark.parametrize("why", [Stop.TIME_LIMIT, Stop.INTERRUPT])
def test_what_is_known_of_a_large_tree_is_told_where_its_edges_are_not_reduced_in_time(why, monkeypatch):
    random = np.random.default_rng(0)
    rows = random.normal(size=(2000, 4))
    model = DecisionTreeClassifier(random_state=0).fit(rows, random.integers(0, 2, size=2000))

    def late(self, deadline):
        deadline.halt(why)

    monkeypatch.setattr(Edges, "reduced", late)

    def ask(query, **options):
        return getattr(Explainer.initialize(model, rows[0]), query)(**options)

    for query in ("contrastive_reason", "minimal_contrastive_reason"):
        assert isinstance(ask(query), NoneInTime)
    for query in ("contrastive_reason", "minimal_contrastive_reason", "sufficient_reason", "minimal_sufficient_reason"):
        for n in (3, None):
            found = ask(query, n=n)
            assert found.status is Status.BEST_SO_FAR and found.stop is why
    explainer = Explainer.initialize(model, rows[0])
    assert explainer.is_implicant(explainer.minimal_sufficient_reason())
    assert explainer.n_sufficient_reasons() is None
    assert explainer.count_bounds.upper is None and explainer.count_bounds.stop is why
    for query in ("contrastive_reasons", "sufficient_reasons"):
        found = ask(query).take(None)
        assert not found and found.status is Status.BEST_SO_FAR and found.stop is why
    for query in ("necessary_literals", "relevant_literals"):
        with pytest.raises(UndecidedError):
            ask(query)
