"""All reasons of small pipelines that read texts, against all texts that are left of one."""

import itertools

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from suffice import Explainer
from suffice.engine.errors import BadInputError
from xgboost import XGBClassifier

from tests.encoders.text.texts import (
    COUNTED,
    NORMED,
    SUMS,
    TREES,
    Truth,
    check,
    points_by_texts,
    random_pipeline,
)

SEEDS = range(3)
MOST = 9  # literals of a text that is gone through


def compared(vectorizer, model, seed, *, binary):
    """Compare one pipeline with the truth; tell whether it was."""
    pipeline, text = random_pipeline(vectorizer, model, seed)
    if pipeline is None:
        return False
    try:
        explainer = Explainer(pipeline, text)
    except BadInputError as error:  # logarithms of negative counts
        assert "logarithm" in str(error)
        return False
    truth = Truth(pipeline, explainer, points_by_texts(pipeline, explainer, text, binary=binary))
    if len(truth.literals) > MOST or truth.doubtful():
        return False
    check(truth, explainer, pipeline)
    return True


@pytest.mark.parametrize("name", COUNTED)
def test_counts(name):
    done = 0
    for model, seed in itertools.product([*SUMS.values(), *TREES.values()], SEEDS):
        done += compared(COUNTED[name](), model(), seed, binary="binary" in name)
    assert done > 8


@pytest.mark.parametrize("name", ["count", "binary", "idf", "hashed unsigned", "scaled", "selected"])
def test_counts_of_which_none_is_a_missing_value(name):
    """XGBoost sends a text without a word to either side: with those that have one, many, or between them."""
    done = 0
    for seed in range(16):
        model = XGBClassifier(n_estimators=3, max_depth=3, min_child_weight=0, n_jobs=1)
        done += compared(COUNTED[name](), model, seed, binary="binary" in name)
    assert done > 8


def test_a_word_that_counts_once_only():
    texts, labels = ["aa", "aa bb", "bb", "bb cc", "aa aa", "aa aa bb"] * 3, [0, 0, 1, 1, 1, 1] * 3
    model = XGBClassifier(n_estimators=4, max_depth=1, min_child_weight=0, n_jobs=1)
    pipeline = make_pipeline(CountVectorizer(), model).fit(texts, labels)
    assert pipeline.predict(["bb", "aa bb", "aa aa bb"]).tolist() == [1, 0, 1]
    explainer = Explainer(pipeline, "aa aa bb")
    assert [r.features for r in explainer.sufficient_reason(n=None)] == [("aa at least twice",)]
    assert pipeline.predict(explainer.minimal_contrastive_reason().witness.row).tolist() == [0]


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("aa bb", {"integer": {"aa": (1, 1)}}),
        ("aa bb", {"integer": {"aa": (1, 2)}}),
        ("bb aa aa", {"integer": {"aa": (2, 2)}, "binary": ["cc"]}),
        ("aa", {"integer": {"aa": (1, 1)}}),
    ],
)
@pytest.mark.parametrize("name", ["count", "binary", "hashed unsigned", "hashed binary"])
@pytest.mark.parametrize("model", ["logistic", "tree", "boosted"])
def test_a_word_that_has_to_stay(name, model, text, types):
    """It may be at both of its ends at once: it counts nevertheless, and no text that is told lacks it."""
    texts, labels = ["aa", "aa bb", "bb", "bb cc", "aa aa", "aa aa bb", "cc", "cc aa"] * 3, [0, 0, 1, 1, 1, 1, 1, 0] * 3
    pipeline = make_pipeline(COUNTED[name](), {**SUMS, **TREES}[model]()).fit(texts, labels)
    explainer = Explainer(pipeline, text, types)
    words = sorted({*text.split(), "aa", *types.get("binary", ())})
    ends = {word: (0, text.split().count(word)) for word in words} | dict.fromkeys(types.get("binary", ()), (0, 1))
    low, high = types["integer"]["aa"]
    ends["aa"] = min(low, text.split().count("aa")), max(high, text.split().count("aa"))
    inside = [
        " ".join(word for word, n in zip(words, counts, strict=True) for _ in range(n))
        for counts in itertools.product(*(range(a, b + 1) for a, b in (ends[word] for word in words)))
    ]
    said = dict(zip(inside, pipeline.predict(inside).tolist(), strict=True))
    own = pipeline.predict([text])[0]
    assert explainer.target_prediction == own
    change = explainer.minimal_contrastive_reason()
    assert (change is None) == (set(said.values()) == {own})
    if change is not None:
        assert change.witness["text"].split().count("aa") >= min(low, text.split().count("aa"))
        assert pipeline.predict(change.witness.row)[0] != own
    assert bool(explainer.is_implicant(())) == (set(said.values()) == {own})


@pytest.mark.parametrize("method", ["weights", "shapley"])
def test_preferences_about_a_text_without_a_known_word(method):
    """It has no columns that could be weighed."""
    pipeline = make_pipeline(CountVectorizer(), SUMS["logistic"]()).fit(["aa bb", "bb cc", "aa", "cc"], [0, 1, 0, 0])
    explainer = Explainer(pipeline, "zz yy")
    assert explainer.preferred_sufficient_reason(method=method, weights=[]) == ()
    assert explainer.most_general_reason(weight=[]) == ()


@pytest.mark.parametrize("name", NORMED)
def test_norms(name):
    done = 0
    for model, seed in itertools.product(SUMS.values(), SEEDS):
        done += compared(NORMED[name](), model(), 100 + seed, binary="binary" in name)
    assert done > 5


@pytest.mark.parametrize("model", [*SUMS, *TREES])
def test_ngrams_imply_their_words(model):
    """Presence of words and pairs: each combination in which pairs have their words is that of a text."""
    done = 0
    for seed in range(6):
        made = {**SUMS, **TREES}[model]()
        pipeline, text = random_pipeline(CountVectorizer(binary=True, ngram_range=(1, 2)), made, seed)
        if pipeline is None:
            continue
        explainer = Explainer(pipeline, text)
        around = explainer.session.compiled.around
        if len(explainer.vocabulary) > MOST:
            continue
        assert not around.free
        points, names = {}, [column.name for column in around.columns]
        for bits in itertools.product((0, 1), repeat=len(names)):
            there = dict(zip(names, bits, strict=True))
            parts = {n: [w for w in n.split() if w in there] for n in names if " " in n}
            if all(there[w] for n, words in parts.items() if there[n] for w in words):
                written = around.write(np.array(bits, float))
                assert written is not None
                points[bits] = pipeline.predict([written])[0]
        truth = Truth(pipeline, explainer, points)
        if truth.doubtful():
            continue
        check(truth, explainer, pipeline)
        done += 1
    assert done


def test_counted_ngrams_are_told_with_texts_only():
    done = 0
    for seed in range(12):
        pipeline, text = random_pipeline(CountVectorizer(ngram_range=(1, 2)), SUMS["logistic"](), seed)
        if pipeline is None:
            continue
        explainer = Explainer(pipeline, f"{text} {text}")
        assert explainer.session.compiled.around.free
        assert "free of each other" in repr(explainer)
        for change in explainer.contrastive_reason(n=None):
            assert pipeline.predict(change.witness.row)[0] != explainer.target_prediction
            done += 1
        reason = explainer.sufficient_reason()
        assert explainer.is_implicant(reason)
    assert done
