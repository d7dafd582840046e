"""Small models of several members over a few columns of few values."""

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.tree import DecisionTreeClassifier

from tests.encoders.direct_cases import grid, labelled

SMALL = {
    "tree": lambda seed: DecisionTreeClassifier(max_depth=3, random_state=seed),
    "forest": lambda seed: RandomForestClassifier(n_estimators=3, max_depth=2, random_state=seed),
    "boosted": lambda seed: GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=seed),
    "hist": lambda seed: HistGradientBoostingClassifier(max_iter=3, max_depth=2, min_samples_leaf=2, random_state=seed),
    "logistic": lambda seed: LogisticRegression(),
    "bayes": lambda seed: BernoulliNB(binarize=0.7),
}
TREES = ("tree", "forest", "boosted", "hist")


def table(columns, rng, n=80):
    """Rows of the domain, and a score that depends on them in no simple way."""
    every = grid(columns)
    X = every[rng.integers(len(every), size=n)]
    score = X @ rng.normal(size=X.shape[1]) + np.sin(X * 3).sum(axis=1) + rng.normal(0, 0.3, n)
    return X, score


def calibrated(kind, rng, columns, classes, *, folds=3, n=80, **more):
    """A calibrated classifier of small members."""
    X, score = table(columns, rng, n)
    seed = int(rng.integers(1000))
    return CalibratedClassifierCV(SMALL[kind](seed), cv=folds, **more).fit(X, labelled(score, classes))


def mixed(kinds, rng, columns, classes, *, n=80, **more):
    """A voting classifier of different small members."""
    X, score = table(columns, rng, n)
    members = [(f"m{i}", SMALL[kind](int(rng.integers(1000)))) for i, kind in enumerate(kinds)]
    return VotingClassifier(members, **more).fit(X, labelled(score, classes))
