"""Linear models, naive Bayes and binarised networks as the labels of multi-label models, on every row of the domain."""

import itertools

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB, MultinomialNB
from sklearn.svm import LinearSVC
from suffice import Builder, Explainer

RNG = np.random.default_rng(0)
X = RNG.integers(0, 2, (200, 5)).astype(float)
Y = np.column_stack([X[:, 0] + X[:, 1] > 1, X[:, 2] + RNG.random(200) > 1, X[:, 3] != X[:, 4]]).astype(int)
EVERY = np.array(list(itertools.product((0.0, 1.0), repeat=5)))
BINARY = {"binary": Explainer.DEFAULT}
BY_NAME = {f"f{i + 1}": "binary" for i in range(5)}


def mixed():
    weights = [RNG.choice([-1, 1], (3, 5)), RNG.choice([-1, 1], (1, 3))]
    first, second = LogisticRegression().fit(X, Y[:, 0]), BernoulliNB().fit(X, Y[:, 1])
    return Builder.MultiLabel([Builder.BinarizedNetwork(weights), first, second])


MODELS = [
    (lambda: ClassifierChain(LogisticRegression()).fit(X, Y), BINARY),
    (lambda: ClassifierChain(LogisticRegression(), order=[2, 0, 1]).fit(X, Y), BY_NAME),
    (lambda: ClassifierChain(BernoulliNB()).fit(X, Y), None),
    (lambda: MultiOutputClassifier(CategoricalNB()).fit(X, Y), None),
    (lambda: MultiOutputClassifier(MultinomialNB()).fit(X, Y), BINARY),
    (lambda: OneVsRestClassifier(LogisticRegression()).fit(X, Y), BINARY),
    (lambda: OneVsRestClassifier(LinearSVC()).fit(X, Y), BY_NAME),
    (mixed, BINARY),
]


@pytest.mark.parametrize(("make", "types"), MODELS)
def test_reasons_hold_on_every_row(make, types):
    model = make()
    explainer = Explainer.initialize(model, X[0], types, background=X)
    own, said = model.predict(X[:1])[0], model.predict(EVERY)
    reasons = explainer.sufficient_reason(n=None)
    assert reasons.complete
    assert reasons
    for reason in reasons:
        for left_out in (None, *reason):
            kept = np.ones(len(EVERY), dtype=bool)
            for literal in reason:
                condition = explainer.vocabulary.condition(literal)
                kept &= condition.true_at(EVERY[:, condition.feature]) | (literal == left_out)
            assert (said[kept] == own).all() == (left_out is None)
    for change in explainer.contrastive_reason(n=None):
        assert (model.predict([change.witness])[0] != own).any()
