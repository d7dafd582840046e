"""Pipelines that read texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import BernoulliNB, MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from tests.taken.case import BAND, Case, Refused

TEXTS = [
    "an awful, boring film", "a good film", "good fun, good songs", "boring and awful", "great fun",
    "not good, awful plot", "a great plot", "dull songs, boring plot",
]  # fmt: skip
LABELS = ["bad", "fine", "fine", "bad", "fine", "bad", "fine", "bad"]
EVERY_NORM = "told by its words, over every norm that they allow"
FREE = "n-grams as if free of their words, where there are many; changes only with a text that has them"


def pipeline(*steps: Any) -> Callable[[], tuple[Any, Any]]:
    """Return what makes a fitted pipeline."""
    return lambda: (make_pipeline(*steps).fit(TEXTS, LABELS), TEXTS)


def searched() -> tuple[Any, Any]:
    """Return a search over a pipeline."""
    search = GridSearchCV(
        make_pipeline(TfidfVectorizer(), LogisticRegression()), {"logisticregression__C": [1, 9]}, cv=2
    )
    return search.fit(TEXTS, LABELS), TEXTS


CASES = [
    Case("text", "CountVectorizer, linear model", pipeline(CountVectorizer(), LogisticRegression()), BAND),
    Case(
        "text", "CountVectorizer(binary=True), BernoulliNB",
        pipeline(CountVectorizer(binary=True), BernoulliNB()), BAND,
    ),
    Case("text", "CountVectorizer, MultinomialNB", pipeline(CountVectorizer(), MultinomialNB()), BAND),
    Case("text", "CountVectorizer, a tree", pipeline(CountVectorizer(), DecisionTreeClassifier(random_state=0))),
    Case(
        "text", "CountVectorizer, a forest",
        pipeline(CountVectorizer(), RandomForestClassifier(4, max_depth=3, random_state=0, n_jobs=1)),
    ),
    Case(
        "text", "TfidfVectorizer(norm=None), boosted trees",
        pipeline(TfidfVectorizer(norm=None), GradientBoostingClassifier(n_estimators=4, random_state=0)),
    ),
    Case(
        "text", "CountVectorizer(ngram_range=(1, 2)), linear model",
        pipeline(CountVectorizer(ngram_range=(1, 2), binary=True), LogisticRegression()), BAND, FREE,
    ),
    Case(
        "text", "TfidfVectorizer, linear model",
        pipeline(TfidfVectorizer(), LogisticRegression(C=9)), BAND, EVERY_NORM,
    ),
    Case(
        "text", "TfidfVectorizer(norm='l1', sublinear_tf=True), LinearSVC",
        pipeline(TfidfVectorizer(norm="l1", sublinear_tf=True), LinearSVC()), BAND, EVERY_NORM,
    ),
    Case("text", "TfidfVectorizer, MultinomialNB", pipeline(TfidfVectorizer(), MultinomialNB()), BAND, EVERY_NORM),
    Case(
        "text", "HashingVectorizer, SGDClassifier",
        pipeline(HashingVectorizer(n_features=64), SGDClassifier(random_state=0)),
        BAND, f"{EVERY_NORM}; a column is named by all known words in it",
    ),
    Case(
        "text", "CountVectorizer, TfidfTransformer, SelectKBest, MaxAbsScaler, linear model",
        pipeline(CountVectorizer(), TfidfTransformer(), SelectKBest(chi2, k=6), MaxAbsScaler(), LogisticRegression()),
        BAND, EVERY_NORM,
    ),
    Case("text", "GridSearchCV over TfidfVectorizer and a linear model", searched, BAND, EVERY_NORM),
]  # fmt: skip
REFUSED = [
    Refused(
        "text", "trees behind a norm", pipeline(TfidfVectorizer(), DecisionTreeClassifier()),
        match="no sum of columns", why="each word moves all columns: use norm=None",
    ),
    Refused(
        "text", "TruncatedSVD behind a vectorizer",
        pipeline(CountVectorizer(), TruncatedSVD(2), LogisticRegression()),
        match="TruncatedSVD", why="it mixes all columns",
    ),
]  # fmt: skip
