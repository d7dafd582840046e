"""Checks of several labels are certified: what they ask is true by brute force of the file, and of the model."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.errors import BadInputError, UndecidedError, UnsupportedModelError
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED

from tests.brute.amounts import examples
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong

ROWS = np.array([*itertools.product((0.0, 1.0), repeat=4)])
MODELS = (
    lambda: MultiOutputClassifier(RandomForestClassifier(3, max_depth=3, random_state=0)),
    lambda: DecisionTreeClassifier(max_depth=3, random_state=0),
    lambda: RandomForestClassifier(3, max_depth=3, random_state=1),
)


def drawn(kind, seed):
    rng = np.random.default_rng(seed)
    target = np.column_stack([rng.integers(2, size=16), rng.integers(2, size=16), rng.integers(3, size=16)])
    model = MODELS[kind]().fit(ROWS, target)
    return model, Explainer(model, ROWS[rng.integers(16)], {"binary": Explainer.DEFAULT}), rng


def checks(explainer, rng):
    """Checks of labels, some true and some not."""
    own = list(explainer.target_prediction)
    for over in ("literals", "features"):
        reason = list(explainer.sufficient_reason(over=over, labels=[0, 2]))
        change = explainer.contrastive_reason(over=over, flip=[1])
        direct = explainer.direct_reason()
        tested = sorted({a.feature for a in explainer.session.space.attributes})
        some = list(direct) if over == "literals" else [f"f{i + 1}" for i in tested if rng.random() < 0.5]
        for items in (reason, reason[1:], some):
            yield explainer.is_reason(items, over=over, labels=[0, 2])
            yield explainer.is_sufficient_reason(items, over=over)
            if over == "literals":
                yield explainer.is_implicant(items, target=[1 - own[0], own[1], own[2]])
                yield explainer.is_implicant(items, labels=[1])
        for items in (list(change or ()), list(change or ())[1:], reason):
            if items:
                yield explainer.is_contrastive_reason(items, over=over, flip=[1])
                yield explainer.is_contrastive_reason(items, over=over, labels=[0, 1])
                yield explainer.is_contrastive_reason(items, over=over, flip=[0], others="kept")


def certificates(explainer, rng):
    for check in checks(explainer, rng):
        if check.asked is not None:
            try:
                yield check, check.certificate()
            except UndecidedError as error:
                assert "rounding" in str(error)


each_model = given(st.integers(0, len(MODELS) - 1), st.integers(0, 10**6))


@settings(max_examples=examples(60), deadline=None)
@each_model
def test_certificates_are_accepted_and_true(kind, seed):
    model, explainer, rng = drawn(kind, seed)
    said = model.predict(ROWS)
    for check, certificate in certificates(explainer, rng):
        verdict, why = certificate.check()
        assert verdict == ACCEPTED, why
        assert not what_is_wrong(certificate)
        claim = certificate.head["claim"]
        inside = np.array(
            [[str(row[one["label"]]) in _names(certificate, one) for one in claim["outcomes"]] for row in said]
        )
        inside = inside.any(axis=1) if claim["together"] else inside.all(axis=1)
        truth = _truth(certificate)
        kept = np.array([_own(certificate, v) for v in claim["items"]] or np.zeros((0, 16)))
        region = kept.astype(bool).all(axis=0) & truth
        if "forces" in claim["says"]:
            assert inside[region].all()
        if "refuted" in claim["says"]:
            assert not inside[region].all()
        if check.asked.query in ("is_implicant", "is_reason"):
            assert ("forces" in claim["says"]) == check.value


def _names(certificate, one):
    return [certificate.head["model"]["labels"][one["label"]]["classes"][k] for k in one["classes"]]


def _true(certificate, literal):
    """Where a literal is true of the rows (all tests are of numbers)."""
    arrays, v = certificate.arrays, abs(literal) - 1
    values, border = ROWS[:, arrays["condition_column"][v]], arrays["condition_threshold"][v]
    test = (np.greater_equal, np.greater, np.less_equal, np.less, np.equal, np.not_equal)[
        arrays["condition_operator"][v]
    ]
    return test(values, border) == (literal > 0)


def _truth(certificate):
    met = np.ones(len(ROWS), bool)
    for clause in certificate.head["claim"]["given"]:
        met &= np.any([_true(certificate, literal) for literal in clause], axis=0)
    return met


def _own(certificate, item):
    """Where the rows are as the row on an item."""
    own = np.array([_true(certificate, v + 1) for v in np.nonzero(certificate.arrays["unit"] == item)[0]])
    own = own.reshape(-1, len(ROWS))  # a feature may have no test
    here = int(np.nonzero((certificate.arrays["row"][0] == ROWS).all(axis=1))[0][0])
    return (own == own[:, [here]]).all(axis=0)


@settings(max_examples=examples(40), deadline=None)
@each_model
def test_false_mutants_are_rejected(kind, seed):
    _, explainer, rng = drawn(kind, seed)
    for _, certificate in certificates(explainer, rng):
        for what, mutant in mutants(certificate, rng, 2):
            assert not what_is_wrong(mutant) or mutant.check()[0] == REJECTED, what


def test_what_is_not_certified_says_so():
    target = np.column_stack([ROWS[:, 0] * ROWS[:, 1], ROWS[:, 1], ROWS[:, 2]]).astype(int)
    explainer = Explainer(DecisionTreeClassifier().fit(ROWS, target), ROWS[3], {"binary": Explainer.DEFAULT})
    with pytest.raises(BadInputError, match="alone"):
        explainer.is_contrastive_reason(["f2"], over="features", labels=[0, 1], others="kept").certificate()
    first = target[:, 0]
    asking = np.column_stack([first, first ^ target[:, 2]])
    chain = ClassifierChain(DecisionTreeClassifier(random_state=0)).fit(ROWS, asking)
    explainer = Explainer(chain, ROWS[3], {"binary": Explainer.DEFAULT})
    with pytest.raises(UnsupportedModelError, match="chains"):
        explainer.is_reason(["f1"], over="features").certificate()


@pytest.mark.parametrize("query", ["contrastive_reason", "minimal_contrastive_reason"])
@pytest.mark.parametrize(("labels", "others"), [([0, 1], "free"), ([1], "free"), ([2], "kept"), (None, "kept")])
@pytest.mark.parametrize("over", ["literals", "features"])
def test_any_change_in_labels_is_certified_of_these_labels(query, labels, others, over):
    """It was certified of all labels, which is another question, or refused as a model without outcomes."""
    some = False
    for seed in range(examples(40)):
        model, explainer, _ = drawn(seed % len(MODELS), seed)
        own, said = list(explainer.target_prediction), model.predict(ROWS)
        reason = getattr(explainer, query)(labels=labels, others=others, over=over)
        if reason is None:
            continue
        certificate = reason.certificate()
        verdict, why = certificate.check()
        assert verdict == ACCEPTED, why
        assert not what_is_wrong(certificate) and certificate.claims == ("changed",)
        claim = certificate.head["claim"]
        inside = np.array(
            [[str(row[one["label"]]) in _names(certificate, one) for one in claim["outcomes"]] for row in said]
        )
        inside = inside.any(axis=1) if claim["together"] else inside.all(axis=1)
        named = range(3) if labels is None else labels
        stays = (said == own)[:, list(named)].all(axis=1)
        if others == "kept":
            stays |= (said != own)[:, [i for i in range(3) if i not in named]].any(axis=1)
        assert np.array_equal(inside, stays)
        some = True
    assert some


def test_any_of_several_labels_with_all_others_kept_has_none():
    _, explainer, _ = drawn(0, 1)
    reason = explainer.contrastive_reason(labels=[0, 1], others="kept")
    with pytest.raises(BadInputError, match="any one of several labels"):
        reason.certificate()
    with pytest.raises(BadInputError, match="any one of several labels"):
        reason.with_proof(seconds=1.0).certificate()
