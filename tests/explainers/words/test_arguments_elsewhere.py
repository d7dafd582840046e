"""An argument that a query takes of other models only is an error in words."""

from __future__ import annotations

import inspect

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer

X = np.random.default_rng(0).integers(0, 4, (60, 3)).astype(float)
Y = np.column_stack([X[:, 0] > 1, X[:, 1] > 2]).astype(int)
MODELS = [
    DecisionTreeClassifier(max_depth=2).fit(X, Y[:, 0]),
    RandomForestClassifier(3, max_depth=2).fit(X, Y[:, 0]),
    GradientBoostingRegressor(n_estimators=3, max_depth=2).fit(X, X[:, 0]),
    MultiOutputClassifier(DecisionTreeClassifier(max_depth=2)).fit(X, Y),
]


def options(explainer):
    """The options of each query."""
    return {
        name: set(inspect.signature(inspect.unwrap(getattr(type(explainer), name))).parameters)
        for name in dir(type(explainer))
        if not name.startswith("_") and inspect.isfunction(getattr(type(explainer), name))
    }


def test_every_known_option_is_taken_or_refused_in_words():
    explainers = [Explainer.initialize(model, X[0]) for model in MODELS]
    known = [options(explainer) for explainer in explainers]
    checked = 0
    for explainer, own in zip(explainers, known, strict=True):
        for query, mine in own.items():
            others = set().union(*(all_of[query] for all_of in known if query in all_of)) - mine
            for option in others:
                needed = [()] if "reason" in mine else []
                with pytest.raises(BadInputError, match=rf"\({option}="):
                    getattr(explainer, query)(*needed, **{option: None})
                checked += 1
    assert checked > 40


def test_other_names_are_the_usual_error():
    explainer = Explainer.initialize(MODELS[0], X[0])
    with pytest.raises(TypeError, match="unexpected keyword argument 'labls'"):
        explainer.sufficient_reason(labls=1)
