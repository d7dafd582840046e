"""All reasons of small pipelines that read texts, against all texts that are left of one."""

import itertools

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from suffice import Explainer
from suffice.engine.errors import BadInputError

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
