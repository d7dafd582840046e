"""Several labels: reasons within a distance, chances and shares are those of all rows of cells."""

from __future__ import annotations

import numpy as np
import pytest
import suffice
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import UnsupportedModelError

from tests.brute.amounts import few
from tests.brute.chances import Chance, product_weights
from tests.brute.labels import any_change, reached
from tests.explainers.multilabel.cases import hand_built, some_labels
from tests.explainers.nearness.test_query import NORMS, Ball, distances
from tests.explainers.queries.test_attribution import shares, worth

seeds = st.integers(0, 2**32 - 1)


def questions(case, explainer, rng):
    """Labels, and what is bad about them; whether the question can be about a change alone."""
    own = case.reference(any_change([], [])).own
    labels = some_labels(rng, len(own))
    yield any_change(own, labels), {"labels": labels}, True
    flipped = [i for i in labels if len(explainer.answers.form.labels[i].classes) == 2]
    if flipped:
        yield reached({i: 1 - own[i] for i in flipped}), {"flip": flipped}, False


@settings(max_examples=few(30), deadline=None)
@given(seed=seeds, generic=st.booleans())
def test_within_a_distance(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer(generic)
    if not explainer.session.theory_on or not np.isfinite(case.x).all():
        return
    for bad, asked, whole in questions(case, explainer, rng):
        reference = case.reference(bad)
        norm = NORMS[rng.integers(3)]
        away = distances(reference, case, norm, np.ones(len(case.x)))
        radius = float(rng.choice(np.unique(away[away < 1e6]))) * 1.01 + 1e-4
        game = Ball(reference, away, radius).games("literals")
        how = {"radius": radius, "norm": norm, **asked}
        try:
            change = explainer.minimal_restricted_contrastive_reason(**how)
        except UnsupportedModelError as error:
            assert "no single ensemble" in str(error)
            continue
        written = {game.written(one, negated=True) for one in game.contrastive}
        if change is None:
            assert not written
        else:
            assert reference.mask(change) in written
            assert len(change) == min(bin(one).count("1") for one in written)
        if not whole:
            continue
        reason = explainer.restricted_reason(**how)
        assert game.close(reference.mask(reason)) in set(game.sufficient)
        nearest = float(away[reference.is_bad()].min(initial=np.inf))
        assert explainer.reach((), norm, **asked).lower == pytest.approx(nearest, rel=1e-5, abs=1e-5)


@settings(max_examples=few(30), deadline=None)
@given(seed=seeds)
def test_chances_and_shares(seed):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = case.explainer()
    own = case.reference(any_change([], [])).own
    labels = some_labels(rng, len(own))
    reference = case.reference(any_change(own, labels))
    names = [feature.name for feature in explainer.features]
    found = explainer.attribution(labels=labels)
    assert {i: s.value for i, s in found.items()} == shares(reference.sufficient_features(), names, "ffa")
    wanted = worth(reference.features, "shapley")
    scores = explainer.scores(labels=labels)
    drawn = explainer.scores(labels=labels, n_samples=40, seed=seed)
    for i, share in drawn.items():
        mean = share.value if share.found is None else share.found
        margin = max(share.upper - mean, mean - share.lower)
        assert abs(mean - scores[i].value) <= 2 * margin  # within one in 95 of 100 samples, within two in all but 1e-6
    assert all(scores[unit.name].value == wanted.get(i, 0) for i, unit in enumerate(reference.tested))
    chance = Chance(reference, product_weights(reference, None))
    chosen = tuple(v for v in reference.universe if rng.random() < 0.4)
    precision = explainer.precision(chosen, labels=labels, distribution="uniform")
    assert precision.value == chance.of(reference.mask(chosen))
    reason = explainer.probable_reason(delta=0.75, labels=labels, distribution="uniform")
    kept = chance.game.close(reference.mask(reason))
    assert chance.of(kept) >= 0.75
    assert not any(chance.reaches(less, 0.75) for less in chance.below(kept))
    assert reason.labels.keys() == {explainer.label_names[i] for i in labels}
    assert suffice.from_json(reason.to_json()).labels == reason.labels


def fitted(model):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(200, 4)).round(2)
    y = np.column_stack([X[:, 0] * X[:, 1] > 0, X[:, 2] > 0.3]).astype(int)
    return suffice.Explainer.initialize(model.fit(X, y), X[0], background=X), X


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(max_depth=4, random_state=0),
        RandomForestClassifier(5, max_depth=3, random_state=0),
        MultiOutputClassifier(RandomForestClassifier(5, max_depth=3, random_state=0)),
        ClassifierChain(DecisionTreeClassifier(max_depth=3, random_state=0), random_state=0),
    ],
    ids=["tree", "forest", "outputs", "chain"],
)
def test_fitted_models(model):
    explainer, X = fitted(model)
    rng = np.random.default_rng(0)
    said = explainer.predict(X[0])
    reach = explainer.reach((), "linf")
    assert reach.status == "proved"
    near = X[0] + rng.uniform(-reach.lower, reach.lower, size=(2000, 4)) * 0.999
    assert (np.asarray(model.predict(near)) == np.asarray(said)).all()
    reason = explainer.restricted_reason(1.0, "linf", over="features")
    assert reason.status == "proved"
    near = X[0] + rng.uniform(-1, 1, size=(2000, 4))
    kept = [explainer.get_feature_names().index(name) for name in reason]
    near[:, kept] = X[0, kept]
    assert (np.asarray(model.predict(near)) == np.asarray(said)).all()
    change = explainer.restricted_contrastive_reason(2.0, "l1")
    assert change.witness is not None
    assert np.abs(np.array(change.witness) - X[0]).sum() <= 2.0 * (1 + 1e-9)


def test_what_only_the_instance_agrees_with_has_its_labels():
    for seed in range(12):  # of the tenth rounding decides, which the labels' own votes settle
        rng = np.random.default_rng(seed)
        X, Y = rng.integers(0, 4, (12, 3)).astype(float), rng.integers(0, 2, (12, 2))
        model = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, Y)
        explainer = suffice.Explainer.initialize(model, np.array([9.0, 9.0, -9.0]), background=X)
        signed = explainer.session.space.literals(explainer.session.here.truth).tolist()
        found = explainer.precision(signed, distribution="rows", data=X[:2])
        assert (found.value, found.defined, found.status) == (1, True, "proved"), seed
