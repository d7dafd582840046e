"""Each walk on its own, the two together, and MARCO find the same reasons of both kinds."""

from __future__ import annotations

import functools
import itertools
import unittest.mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from suffice.engine.budget import Deadline
from suffice.engine.ensembles.answers import NONE
from suffice.engine.ensembles.walks import all as both
from suffice.engine.ensembles.walks.all import all_items
from suffice.engine.ensembles.walks.marco import enumerate_items
from suffice.engine.ensembles.walks.walk import Walk, both_ways
from suffice.engine.ensembles.walks.written import dropped_at
from suffice.explainers.forest.allowed import outer_of
from suffice.explainers.forest.sufficient import open_map_on
from suffice.explainers.solving.sessions import DEFAULT_SAT

from tests.brute.forest_strategies import each_forest

OPEN = functools.partial(open_map_on, DEFAULT_SAT)


def views(case):
    """Views of both granularities for sufficient reasons, and for contrastive ones, also with features that stay."""
    explainer = case.explainer()
    wanted = [
        explainer.answers.wanted(),
        *(explainer.answers.wanted(**case.asked(t)) for t in case.targets(case.reference().label)),
    ]
    for per_feature in (False, True):
        view = explainer.answers.view(per_feature, wanted[0])
        if not view.banned.any() or view.answer(view.full, Deadline()) == NONE:
            yield True, view
        for o in wanted:
            for still in ((), [explainer.features[0].name]):
                yield False, explainer.answers.view(per_feature, o, outer_of(explainer.answers, still, None))


def by_marco(view):
    both = {True: set(), False: set()}
    for found in enumerate_items(view, OPEN, Deadline()):
        assert found.proved
        both[found.sufficient].add(tuple(found.written_in(view).tolist()))
    return both


def changes_of(view, point):
    return view.written_change(dropped_at(view, point))


def walked(view, over_sufficient, given_up=False, **more):
    walk, deadline = Walk(view, over_sufficient, True, Deadline(), **more), Deadline()
    both = {True: [], False: []}
    work, nodes = view.question.work, 1
    while not walk.ended:
        assert given_up or not walk.stopped
        if given_up:
            nodes = 2 * nodes if walk.stopped else 1
            work.limit = work.nodes + nodes
        found = walk.advance(deadline)
        work.limit = 2**62
        for sufficient, batch in ((True, found.sufficient), (False, found.contrastive)):
            both[sufficient] += [tuple(np.nonzero(row)[0].tolist()) for row in batch.written]
        for row, point in zip(found.contrastive.written, found.contrastive.points, strict=True):
            assert view.question.bad(point)
            assert changes_of(view, point).tolist() == np.nonzero(row)[0].tolist()
    return both


@each_forest(20, exclude=True)
def test_each_walk_alone_finds_the_reasons_of_both_kinds(case):
    for _, view in views(case):
        expected = by_marco(view)
        for over_sufficient in (True, False) if both_ways(view) else (True,):
            found = walked(view, over_sufficient)
            assert len(set(found[over_sufficient])) == len(found[over_sufficient]), "a set was met twice"
            if not view.banned.any():
                assert set(found[False]) == expected[False]
            if not outside_is_barred(view):
                assert set(found[True]) == expected[True]


def outside_is_barred(view):
    """Whether inputs are looked for in a part of the domain: then sufficient reasons are a means only, not told."""
    return bool(view.fixed.any())


@each_forest(30, exclude=True)
def test_all_items_are_those_of_marco(case):
    for sufficient, view in views(case):
        expected = by_marco(view)[sufficient]
        deadline = Deadline()
        found = [tuple(one.written_in(view).tolist()) for one in all_items(view, sufficient, OPEN, deadline)]
        assert not deadline.expired()
        assert len(set(found)) == len(found)
        assert set(found) == expected


@each_forest(15, exclude=True)
def test_walks_that_are_given_up_at_every_search_go_on_where_they_were(case):
    for _, view in views(case):
        whole = walked(view, True)
        again = walked(view, True, given_up=True)
        assert {k: set(v) for k, v in again.items()} == {k: set(v) for k, v in whole.items()}


@each_forest(30, exclude=True)
def test_walks_that_begin_anew_find_the_same(case):
    for _, view in views(case):
        whole = walked(view, True)
        for most in (0, 6):
            again = walked(view, True, most_put_off=most)
            assert {k: set(v) for k, v in again.items()} == {k: set(v) for k, v in whole.items()}


@pytest.mark.parametrize("seed", range(12))
def test_numbers_of_which_both_sides_count(seed):
    from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
    from suffice import Explainer

    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 3)).round(1)
    y = X[:, 0] * X[:, 1] - X[:, 2] + rng.normal(size=60)
    regressor = GradientBoostingRegressor(n_estimators=4, max_depth=2, random_state=0).fit(X, y)
    forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, np.digitize(y, [-0.5, 0.5]))
    for model in (regressor, forest):
        explainer = Explainer.initialize(model, X[0], check=False)
        if model is regressor:
            own = float(model.predict(X[:1])[0])
            explainer.set_interval(own - 0.3, own + 0.4)
        for per_feature in (False, True):
            view = explainer.answers.view(per_feature, explainer.answers.wanted())
            expected = by_marco(view)
            for over_sufficient in (True, False):
                assert {k: set(v) for k, v in walked(view, over_sufficient).items()} == expected
            for sufficient in (True, False):
                found = {tuple(f.written_in(view).tolist()) for f in all_items(view, sufficient, OPEN, Deadline())}
                assert found == expected[sufficient]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), sizes=st.lists(st.integers(2, 11), min_size=1, max_size=3), missing=st.booleans(),
    n=st.sampled_from([80, 400]),
)  # fmt: skip
def test_sets_of_categories(seed, sizes, missing, n):
    check_categories(view_of_categories(seed, sizes, missing, n, 12 if n == 80 else 30))


@pytest.mark.parametrize(("seed", "sizes"), [(16, [8, 8]), (31, [6, 8, 8, 9]), (69, [8, 9, 8])])
def test_literals_that_others_imply_only_together(seed, sizes):
    check_categories(view_of_categories(seed, sizes, False, 400, 60))


def check_categories(view):
    expected = by_marco(view)
    assert by_steps(view) in (None, expected[True])
    for most in (0, 6, 10**6):
        found = walked(view, True, most_put_off=most)
        assert {k: set(v) for k, v in found.items()} == expected
    assert len(set(found[True])) == len(found[True]), "a set was met twice"
    assert {k: set(v) for k, v in walked(view, True, given_up=True).items()} == expected
    for sufficient, walkable in itertools.product((True, False), repeat=2):
        with unittest.mock.patch.object(both, "walkable", lambda _, told=walkable: told):
            found = [tuple(f.written_in(view).tolist()) for f in all_items(view, sufficient, OPEN, Deadline())]
        assert len(set(found)) == len(found)
        assert set(found) == expected[sufficient]


def by_steps(view, most=2000):
    """Return the sufficient reasons: all closed sets that hold, from the greatest down. None: too many."""
    limit, minimal = Deadline(), set()
    left, seen = [view.closed(view.full)], set()
    while left:
        kept = left.pop()
        if kept.tobytes() in seen:
            continue
        seen.add(kept.tobytes())
        if len(seen) > most:
            return None
        lesser = [one for one in view.lesser(kept) if view.answer(one, limit) == NONE]
        if not lesser:
            minimal.add(tuple(view.written(kept).tolist()))
        left += lesser
    return minimal


def view_of_categories(seed, sizes, missing, n=80, trees=30):
    """Return a view of literals: trees whose tests are sets of categories, and cuts of a number."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from suffice import Explainer

    rng = np.random.default_rng(seed)
    columns = [rng.integers(0, size, n) for size in sizes]
    X = np.column_stack([*columns, rng.integers(0, 3, n)]).astype(float)
    if missing:
        X[rng.random(X.shape) < 0.1] = np.nan
    sums = sum(rng.normal(size=size)[column] for size, column in zip(sizes, columns, strict=True))
    y = sums + 0.5 * rng.normal(size=n) > np.median(sums)
    model = HistGradientBoostingClassifier(
        max_iter=int(rng.integers(1, trees)), max_depth=3, min_samples_leaf=1, learning_rate=0.3, random_state=0,
        categorical_features=list(range(len(sizes))),
    ).fit(X, y)  # fmt: skip
    view = Explainer.initialize(model, X[0], check=False).answers.view
    found = view(False, view.__self__.wanted())
    return found


def test_room_for_edges_grows():
    from sklearn.ensemble import RandomForestClassifier
    from suffice import Explainer

    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (600, 15)).astype(float)
    forest = RandomForestClassifier(25, max_depth=4, random_state=0).fit(X, X.sum(axis=1) > 7)
    explainer = Explainer.initialize(forest, np.ones(15), {"binary": [f"f{i + 1}" for i in range(15)]}, check=False)
    view = explainer.answers.view(False, explainer.answers.wanted())
    expected = by_marco(view)
    assert min(len(expected[True]), len(expected[False])) > 512  # edges that there is room for at first
    for over_sufficient in (True, False):
        assert {k: set(v) for k, v in walked(view, over_sufficient).items()} == expected
    again = walked(view, True, most_put_off=300)
    assert len(again[True]) > len(expected[True]), "it did not begin anew"
    assert {k: set(v) for k, v in again.items()} == expected
