"""All queries on naive Bayes, linear models and binarised networks, against every row of the domain."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import Explainer, UndecidedError

from tests.brute.compare import check_some, check_some_names, plain
from tests.brute.strategies import budget
from tests.brute.tables import TableReference, conditions_of
from tests.encoders.direct_cases import LINEAR, bayes_model, columns_of, grid, linear_model, network, types_of

SEEDS = st.integers(0, 10**6)
KINDS = st.lists(st.sampled_from([0, 1, 2, "hot"]), min_size=1, max_size=4).filter(
    lambda kinds: sum({0: 1, 1: 2, 2: 3, "hot": 3}[k] for k in kinds) <= 9
)
CLASSES = st.sampled_from([(0, 1), ("no", "yes"), (2, 5, 7), (False, True)])


def compare(model, columns, rng, *, types=None, exact=False):
    """Ask an explainer everything about a row; near ties may be refused."""
    rows = grid(columns)
    explainer = Explainer.initialize(model, features_type=types, background=rows)
    assert explainer.session.compiled.slack == 0.0 or not exact
    x = rows[rng.integers(len(rows))]
    explainer.set_instance(x)
    compiled = explainer.session.compiled
    places = {label: i for i, label in enumerate(compiled.classes)}

    def predict(rows):
        return np.array([places[label] for label in model.predict(rows).tolist()])

    reference = TableReference(columns, conditions_of(explainer), predict, x)
    doubts = compiled.doubtful(compiled.trees.scores_of_rows(rows, explainer.session.space.codes))
    if doubts.any():
        sound(explainer, reference, bool(doubts[(rows == x).all(axis=1)].any()))
        return
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())
    check_some(lambda n: explainer.minimal_sufficient_reason(n=n), reference.minimal_sufficient())
    check_some(lambda n: explainer.minimal_contrastive_reason(n=n), reference.minimal_contrastive())
    check_some_names(lambda n: explainer.sufficient_reason(n=n, over="features"), reference.sufficient_features())
    check_some_names(lambda n: explainer.contrastive_reason(n=n, over="features"), reference.contrastive_features())
    assert tuple(explainer.necessary_literals()) == reference.necessary()
    assert tuple(explainer.relevant_literals()) == reference.relevant()
    assert explainer.n_sufficient_reasons() == len(reference.sufficient)
    for label, place in places.items():
        if place != reference.label:
            found = plain(explainer.contrastive_reason(n=Explainer.ALL, target=label))
            assert found == reference.contrastive(place)
    for reason in reference.sufficient[:3]:
        assert explainer.is_sufficient_reason(reason)
    subset = tuple(v for v in reference.universe if rng.random() < 0.6)
    assert bool(explainer.is_reason(subset)) == reference.holds(subset)
    assert bool(explainer.is_sufficient_reason(subset)) == reference.is_sufficient(subset)
    assert bool(explainer.is_contrastive_reason(subset)) == reference.is_contrastive(subset)
    for reason in explainer.contrastive_reason(n=Explainer.ALL):
        assert model.predict(reason.witness.reshape(1, -1))[0] != model.predict(x.reshape(1, -1))[0]


def sound(explainer, reference, here):
    """Where rows are near a tie, what is claimed must still hold of the model's own predictions."""
    if here:
        for ask in (explainer.sufficient_reason, explainer.contrastive_reason, explainer.necessary_literals):
            with pytest.raises(UndecidedError, match="nearer to a tie"):
                ask()
        return
    for reason in explainer.sufficient_reason(n=Explainer.ALL):
        assert reference.holds(reason)
    for reason in explainer.contrastive_reason(n=Explainer.ALL):
        assert reference.predict(np.array([reason.witness]))[0] != reference.label


@budget(25)
@given(SEEDS, KINDS, CLASSES, st.integers(0, len(LINEAR) - 1))
def test_linear_models(seed, kinds, classes, which):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    compare(linear_model(rng, columns, classes, which), columns, rng, types=types_of(columns))


@budget(10)
@given(SEEDS, KINDS, st.booleans())
def test_whole_weights_are_exact_at_ties(seed, kinds, several):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    model = linear_model(rng, columns, (0, 1, 2) if several else (0, 1), 0)
    model.coef_ = rng.integers(-2, 3, size=model.coef_.shape) * 0.5
    model.intercept_ = rng.integers(-2, 3, size=model.intercept_.shape) * 1.0
    compare(model, columns, rng, types=types_of(columns), exact=True)


@budget(25)
@given(SEEDS, st.sampled_from(["bernoulli", "bits", "counts", "categorical"]), st.integers(1, 4), CLASSES)
def test_naive_bayes(seed, kind, width, classes):
    rng = np.random.default_rng(seed)
    columns = columns_of([{"bits": 0, "bernoulli": int(rng.integers(0, 3))}.get(kind, 1)] * width)
    model = bayes_model(rng, columns, classes, kind)
    types = types_of(columns) if kind == "counts" else None
    compare(model, columns, rng, types=types, exact=kind == "categorical")


@budget(20)
@given(SEEDS, st.lists(st.integers(1, 4), min_size=0, max_size=2), st.integers(1, 7), st.integers(1, 3), st.booleans())
def test_binarised_networks(seed, hidden, width, outputs, zeros):
    rng = np.random.default_rng(seed)
    model = network(rng, [width, *hidden, outputs], zeros=zeros, inputs=(-1, 1) if rng.random() < 0.5 else (0, 1))
    columns = [(f"f{i + 1}", (i,), [(v,) for v in model.inputs]) for i in range(width)]
    compare(model, columns, rng, exact=True)


@pytest.mark.parametrize("target", [None, "types"])
def test_the_theory_can_be_switched_off(target):
    rng = np.random.default_rng(3)
    columns = columns_of([0, 0, 0, 0])
    model = linear_model(rng, columns, (0, 1), 0)
    on = Explainer.initialize(model, grid(columns)[5], types_of(columns))
    off = Explainer.initialize(model, grid(columns)[5], types_of(columns), theory=None)
    assert plain(on.sufficient_reason(n=None)) == plain(off.sufficient_reason(n=None))
