"""Random small pipelines that read texts, and what is true of them by going through all texts."""

import itertools
import random
import warnings
from collections import Counter

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, RidgeClassifier, SGDClassifier
from sklearn.naive_bayes import BernoulliNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

WORDS = ("aa", "bb", "cc", "dd", "ee", "ff")

COUNTED = {
    "count": CountVectorizer,
    "binary": lambda: CountVectorizer(binary=True),
    "idf": lambda: TfidfVectorizer(norm=None),
    "sublinear": lambda: TfidfVectorizer(norm=None, sublinear_tf=True),
    "hashed": lambda: HashingVectorizer(norm=None, n_features=8),
    "hashed unsigned": lambda: HashingVectorizer(norm=None, n_features=4, alternate_sign=False),
    "hashed binary": lambda: HashingVectorizer(norm=None, n_features=4, binary=True),
    "scaled": lambda: make_pipeline(CountVectorizer(), MaxAbsScaler()),
    "selected": lambda: make_pipeline(CountVectorizer(), SelectKBest(chi2, k=3)),
    "transformer": lambda: make_pipeline(CountVectorizer(), TfidfTransformer(norm=None)),
}
NORMED = {
    "l2": TfidfVectorizer,
    "l1": lambda: TfidfVectorizer(norm="l1"),
    "l2 sublinear": lambda: TfidfVectorizer(sublinear_tf=True, use_idf=False),
    "l2 binary": lambda: TfidfVectorizer(binary=True),
    "l2 hashed": lambda: HashingVectorizer(n_features=8),
    "l1 hashed": lambda: HashingVectorizer(norm="l1", n_features=4, alternate_sign=False),
    "l2 scaled": lambda: make_pipeline(CountVectorizer(), TfidfTransformer(), MaxAbsScaler()),
    "l2 selected": lambda: make_pipeline(CountVectorizer(), TfidfTransformer(), SelectKBest(chi2, k=3)),
    "selected l1": lambda: make_pipeline(CountVectorizer(), SelectKBest(chi2, k=3), TfidfTransformer(norm="l1")),
}
SUMS = {
    "logistic": lambda: LogisticRegression(C=10),
    "bayes": MultinomialNB,
    "found": BernoulliNB,
    "svc": LinearSVC,
    "sgd": lambda: SGDClassifier(random_state=0),
    "ridge": RidgeClassifier,
}
TREES = {
    "tree": lambda: DecisionTreeClassifier(random_state=0),
    "forest": lambda: RandomForestClassifier(3, random_state=0),
    "extra": lambda: ExtraTreesClassifier(3, random_state=1),
    "boosted": lambda: GradientBoostingClassifier(n_estimators=3, random_state=0),
}


def random_pipeline(vectorizer, model, seed):
    """A fitted pipeline, or None if it cannot be fitted; and a text."""
    rng = random.Random(seed)
    texts = [" ".join(rng.choices(WORDS, k=rng.randint(1, 6))) for _ in range(14)]
    labels = [rng.randint(0, 1 + (seed % 3 == 0)) for _ in texts]
    text = " ".join(rng.choices(WORDS, k=rng.randint(1, 5)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return make_pipeline(vectorizer, model).fit(texts, labels), text
        except ValueError:  # one class, or negative numbers
            return None, text


def parts_of(text):
    """All texts that are left of a text if words go: how often each occurs."""
    own = Counter(text.split())
    for counts in itertools.product(*(range(n + 1) for n in own.values())):
        yield dict(zip(own, counts, strict=True))


def minimal(sets):
    found = []
    for one in sorted(map(frozenset, sets), key=len):
        if not any(other <= one for other in found):
            found.append(one)
    return set(found)


class Truth:
    """What is true of a text: all texts left of it, told in the columns of its form, and predicted by the pipeline."""

    def __init__(self, pipeline, explainer, points):
        self.form, self.space = explainer.session.compiled, explainer.session.space
        self.columns, self.points = self.form.around.columns, points
        self.conditions = self.form.vocabulary.conditions
        self.own = tuple(column.own for column in self.columns)
        self.label = points[self.own]
        self.literals = [v if self.true(v, self.own) else -v for v in range(1, len(self.conditions) + 1)]

    def true(self, literal, point):
        condition = self.conditions[abs(literal) - 1]
        return bool(condition.true_at(np.array([float(point[condition.feature])]))[0]) == (literal > 0)

    def holds(self, kept):
        return all(
            label == self.label
            for point, label in self.points.items()
            if all(self.true(literal, point) for literal in kept)
        )

    def closed(self, kept):
        """A set of literals with those that it implies, column by column."""
        out = set()
        for literal in self.literals:
            f = self.conditions[abs(literal) - 1].feature
            mine = [v for v in kept if self.conditions[abs(v) - 1].feature == f]
            column, point = self.columns[f], list(self.own)
            implied = True
            for value in range(column.low, int(column.high) + 1):
                point[f] = value
                implied &= self.true(literal, point) or not all(self.true(v, point) for v in mine)
            if implied:
                out.add(literal)
        return frozenset(out)

    def reasons(self):
        """All sufficient and all contrastive reasons, as sets of literals."""
        sizes = range(len(self.literals) + 1)
        closed = {self.closed(kept) for r in sizes for kept in itertools.combinations(self.literals, r)}
        good = [kept for kept in closed if self.holds(kept)]
        return minimal(good), minimal(frozenset(self.literals) - kept for kept in closed - set(good))

    def doubtful(self):
        """Whether rounding decides about a text."""
        if not getattr(self.form, "slack", 0.0):
            return False
        rows = np.array(list(self.points), float).reshape(len(self.points), -1)
        return bool(self.form.doubtful(self.form.trees.scores_of_rows(rows, self.space.codes)).any())


def check(truth, explainer, pipeline):
    """Compare all reasons of an explainer with what is true; each change is a text that is decided otherwise."""
    sufficient, contrastive = truth.reasons()
    assert explainer.target_prediction == truth.label
    found = explainer.sufficient_reason(n=None)
    assert found.complete
    assert {truth.closed(reason) for reason in found} == sufficient
    changes = explainer.contrastive_reason(n=None)
    assert changes.complete
    assert len(changes) == len(contrastive)
    for reason in found:
        assert explainer.is_sufficient_reason(list(reason.features))
    for change in changes:
        (said,) = pipeline.predict(change.witness.row)
        assert said != truth.label
        assert explainer.is_contrastive_reason(list(change.features))


def points_by_texts(pipeline, explainer, text, *, binary):
    """The columns of each text left of a text, and what the pipeline predicts of it."""
    left = list(parts_of(text))
    said = pipeline.predict([" ".join(word for word, n in one.items() for _ in range(n)) for one in left])
    points = {}
    for one, label in zip(left, said.tolist(), strict=True):
        point = tuple(
            sum((side if column.sign == 0 else 1) * one.get(token, 0) for token, side in column.tokens)
            for column in explainer.session.compiled.around.columns
        )
        point = tuple(min(value, 1) for value in point) if binary else point
        assert points.setdefault(point, label) == label
    return points
