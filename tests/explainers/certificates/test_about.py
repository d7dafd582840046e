"""Certificates about texts: they are of the counts that the pipeline makes of a text, in the form of that text."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, explain
from suffice.engine.errors import BadInputError, UndecidedError, UnsupportedModelError
from suffice.explainers.certificates.suffice_check import RELATIVE, Domain, Model
from suffice.explainers.command.checking import difference

from tests.brute.amounts import examples
from tests.encoders.text.texts import COUNTED, SUMS, TREES, points_by_texts, random_pipeline
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong

MODELS = {**SUMS, **TREES}
TEXTS = ["aa bb", "aa aa cc", "bb cc", "cc dd aa", "bb bb dd", "dd"]
KIND = [0, 0, 1, 0, 1, 1]


def answers(explainer):
    for over in ("literals", "features"):
        yield explainer.sufficient_reason(over=over)
        yield explainer.minimal_sufficient_reason(over=over)
        yield explainer.sufficient_reason(n=Explainer.ALL, over=over)
        yield explainer.contrastive_reason(over=over)
        yield explainer.contrastive_reason(n=Explainer.ALL, over=over)
        yield explainer.necessary_features() if over == "features" else explainer.necessary_literals()
    yield explainer.is_sufficient_reason(explainer.sufficient_reason())


def certificates(explainer):
    for answer in answers(explainer):
        with contextlib.suppress(BadInputError, UndecidedError):  # none of such a list; rounding decides
            if answer is not None and answer != ():
                yield answer.certificate()


def drawn(name, model, seed):
    """A pipeline, a text and its explainer, if there is one."""
    pipeline, text = random_pipeline(COUNTED[name](), MODELS[model](), seed)
    if pipeline is None:
        return None
    try:
        return pipeline, text, Explainer(pipeline, text)
    except BadInputError as error:
        assert "logarithm" in str(error)
        return None


each_pipeline = given(st.sampled_from(sorted(COUNTED)), st.sampled_from(sorted(MODELS)), st.integers(0, 40))


@settings(max_examples=examples(120), deadline=None)
@each_pipeline
def test_all_that_is_claimed_is_so_and_the_numbers_are_those_of_the_pipeline(name, model, seed):
    found = drawn(name, model, seed)
    if found is None:
        return
    pipeline, text, explainer = found
    points, made = points_by_texts(pipeline, explainer, text, binary="binary" in name), [*certificates(explainer)]
    for certificate in made:
        verdict, why = certificate.check()
        assert verdict == RELATIVE, why
        assert "counts of words" in why
        assert not what_is_wrong(certificate)
        assert difference(certificate, [pipeline]) == ("", "")
    if not made:  # rounding decides the text's own class
        return
    domain = Domain({**certificate.head, "claim": {"given": []}}, certificate.arrays)
    (label,) = certificate.head["model"]["labels"]
    scores = Model(certificate.head, certificate.arrays, domain).at(domain.rows(np.array([*map(list, points)], float)))
    doubt = 4 * float.fromhex(label["doubt"]) + 1e-12
    if label["rule"] == "threshold":
        scores = np.hstack([np.zeros((len(scores), 1)), scores - float.fromhex(label["threshold"])])
    for said, own in zip(points.values(), scores, strict=True):
        best = [label["classes"][k] for k in np.nonzero(own >= own.max() - doubt)[0]]
        assert str(said) in best


@settings(max_examples=examples(60), deadline=None)
@each_pipeline
def test_what_is_changed_so_that_it_is_false_is_rejected(name, model, seed):
    found = drawn(name, model, seed)
    rng = np.random.default_rng(seed)
    for certificate in certificates(found[2]) if found else ():
        for what, mutant in mutants(certificate, rng, 4):
            assert not what_is_wrong(mutant) or mutant.check()[0] == "rejected", what


@pytest.fixture
def model():
    return make_pipeline(CountVectorizer(), LogisticRegression(C=10)).fit(TEXTS, KIND)


def test_a_text_that_was_left_has_its_own_certificate(model):
    explainer = Explainer(model, "aa bb bb")
    reason, check = explainer.sufficient_reason(), explainer.is_implicant("contains aa")
    explainer.set_instance("cc dd")
    found = reason.certificate()
    assert found.check()[0] == check.certificate().check()[0] == RELATIVE
    assert found.head["model"]["text"]["of"] == "aa bb bb"
    assert found.head["model"]["columns"] == check.certificate().head["model"]["columns"] != ["cc", "dd"]
    explainer.set_features_type({"binary": ["dd"]})
    with pytest.raises(BadInputError, match="another form"):
        reason.certificate()


def test_what_is_excluded_is_so_in_the_text_that_was_left():
    texts = ["aa bb cc", "aa cc", "bb cc", "cc", "aa bb", "dd"]
    model = make_pipeline(CountVectorizer(), LogisticRegression(C=10)).fit(texts, [1, 1, 1, 0, 1, 0])
    explainer = Explainer(model, "aa bb cc")
    explainer.set_excluded_features(["aa"])
    reason = explainer.minimal_sufficient_reason()
    explainer.set_instance("dd aa")
    assert "cheapest" in reason.certificate().claims
    assert difference(reason.certificate(), [model]) == ("", "")


def test_many_texts_have_theirs(model):
    found = explain(model, TEXTS)
    for i, text in enumerate(TEXTS):
        certificate = found.reason(i).certificate()
        assert certificate.check()[0] == RELATIVE
        assert certificate.head["model"]["text"]["of"] == text


@pytest.mark.parametrize("types", [{"binary": ["dd"]}, {"integer": {"dd": (0, 3), "bb": (1, 2)}}, {"integer": ["dd"]}])
@pytest.mark.parametrize("theory", [True, False])
def test_words_that_may_come_are_those_of_the_file(types, theory):
    model = make_pipeline(CountVectorizer(), DecisionTreeClassifier(random_state=0)).fit(TEXTS, KIND)
    explainer = Explainer(model, "aa bb", types)
    if not theory:
        explainer.deactivate_theory()
    certificate = explainer.sufficient_reason().certificate()
    again = type(certificate)(json.loads(json.dumps(certificate.head)), certificate.arrays)
    assert difference(again, [model]) == ("", "")
    assert difference(again, [explainer]) == ("", "")


def test_another_text_or_another_pipeline_is_seen(model):
    explainer = Explainer(model, "aa bb cc")
    certificate = explainer.sufficient_reason().certificate()
    certificate.head["model"]["text"]["of"] = "aa aa bb cc"
    assert "counts other words" in difference(certificate, [model])[0]
    certificate.head["model"]["text"]["of"] = "aa bb"
    assert difference(certificate, [model])[0]
    certificate.head["model"]["text"]["of"] = "aa bb cc"
    other = make_pipeline(CountVectorizer(), LogisticRegression(C=10)).fit(TEXTS, KIND[::-1])
    assert difference(certificate, [other])[0]
    assert "reads no texts" in difference(certificate, [DecisionTreeClassifier().fit([[0], [1]], [0, 1])])[0]


def test_counts_that_imply_others_and_such_that_are_free_of_each_other():
    texts = ["aa bb", "bb aa", "aa bb cc", "bb", "cc aa", "cc bb aa"]
    for binary in (True, False):
        vectorizer = CountVectorizer(ngram_range=(1, 2), binary=binary)
        model = make_pipeline(vectorizer, DecisionTreeClassifier(random_state=2)).fit(texts, [0, 1, 0, 1, 1, 1])
        explainer = Explainer(model, "cc aa bb aa bb")
        for certificate in certificates(explainer):
            verdict, why = certificate.check()
            assert verdict == RELATIVE
            assert ("free of each other" in why) != binary
            assert not what_is_wrong(certificate)
            assert difference(certificate, [model]) == ("", "")


def test_norms_have_none():
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10)).fit(TEXTS, KIND)
    explainer = Explainer(model, "aa bb cc")
    with pytest.raises(UnsupportedModelError, match="norm=None"):
        explainer.sufficient_reason().certificate()
