"""Changes that are chosen leaf by leaf are those of the generic way, and of the map in a SAT solver."""

from __future__ import annotations

import functools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier
from suffice import Builder, Explainer
from suffice.engine.budget import Deadline
from suffice.engine.ensembles.walks.all import all_items
from suffice.engine.ensembles.walks.chosen import Chosen, choosable
from suffice.engine.ensembles.walks.marco import enumerate_items
from suffice.explainers.forest.allowed import outer_of
from suffice.explainers.forest.sufficient import open_map_on
from suffice.explainers.solving.sessions import DEFAULT_SAT

from tests.brute.amounts import few

OPEN = functools.partial(open_map_on, DEFAULT_SAT)
seeds = st.integers(0, 2**32 - 1)


def labels_of_trees(rng, bits, **more):
    """A model of two to five labels, a tree each, an instance, and a vector of labels that another row has."""
    columns, rows = int(rng.integers(3, 7)), int(rng.integers(8, 40))
    X = rng.integers(0, 2 if bits else 5, (rows, columns)).astype(float)
    Y = rng.integers(0, 1 + rng.integers(1, 3), (rows, int(rng.integers(2, 6))))
    Y[0], Y[1] = 0, 1
    models = [
        DecisionTreeClassifier(max_leaf_nodes=int(rng.integers(2, 9)), random_state=0).fit(X, column) for column in Y.T
    ]
    types = {"binary" if bits else "numerical": list(range(1, columns + 1))}
    explainer = Explainer.initialize(Builder.MultiLabel(models), X[0], types, check=False, **more)
    labels = explainer.predict(X[0])
    others = [explainer.predict(row) for row in X if explainer.predict(row) != labels]
    return explainer, others[int(rng.integers(len(others)))] if others else None


def view_of(explainer, target, still=()):
    problem, _ = explainer.answers.change(target, None, None, "free")
    answers = explainer.answers.sub(problem).answers
    return answers.view(False, answers.wanted(), outer_of(answers, still, None))


def by_marco(view):
    found = enumerate_items(view, OPEN, Deadline())
    return {tuple(one.written_in(view).tolist()) for one in found if not one.sufficient}


def chosen(view, **limit):
    source, told = Chosen(view, Deadline()), []
    work, nodes = view.question.work, 1
    while not source.ended:
        if limit:
            nodes = 2 * nodes
            work.limit = work.nodes + nodes
        batch = source.advance(Deadline()).contrastive
        assert all(view.question.bad(point) for point in batch.points)
        told += [tuple(np.nonzero(row)[0].tolist()) for row in batch.written]
        work.limit = 2**62
    return told


@settings(max_examples=few(60), deadline=None)
@given(seed=seeds, bits=st.booleans(), still=st.booleans())
def test_chosen_changes_are_those_of_the_map(seed, bits, still):
    explainer, target = labels_of_trees(np.random.default_rng(seed), bits)
    if target is None:
        return
    view = view_of(explainer, target, [explainer.features[0].name] if still else ())
    if not choosable(view):  # one label alone differs from a constant
        return
    expected = by_marco(view)
    found = chosen(view)
    assert len(set(found)) == len(found)
    assert set(found) == expected
    assert set(chosen(view, given_up=True)) == expected
    told = {tuple(one.written.tolist()) for one in all_items(view, False, OPEN, Deadline())}
    assert told == expected


@settings(max_examples=few(40), deadline=None)
@given(seed=seeds, bits=st.booleans(), one_way=st.booleans())
def test_changes_to_a_vector_are_those_of_the_slow_way(seed, bits, one_way):
    rng = np.random.default_rng(seed)
    explainer, target = labels_of_trees(rng, bits)
    if target is None:
        return
    own = [v if true else -v for v, true in enumerate(explainer.session.here.truth.tolist(), 1)]
    if len(own) > 2 and rng.random() < 0.5:  # the instance meets a clause by one of its literals
        held, broken = rng.choice(own, 2, replace=False).tolist()
        explainer, _ = labels_of_trees(np.random.default_rng(seed), bits, theory=[(held, -broken)])
    more = {"monotone": {explainer.features[0].name: "increasing"}} if one_way and not bits else {}
    found = explainer.contrastive_reason(target=target, n=None, **more)
    explainer.answers.generic = True
    explainer.answers.own_room()
    slow = explainer.contrastive_reason(target=target, n=None, **more)
    assert {frozenset(reason) for reason in found or ()} == {frozenset(reason) for reason in slow or ()}


def test_many_labels_are_chosen():
    explainer, target = labels_of_trees(np.random.default_rng(5), True)
    assert target is not None
    assert choosable(view_of(explainer, target))
