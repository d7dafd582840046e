"""The formula of each label holds exactly where the model gives the label its value."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, CapabilityError, Explainer
from suffice.solvers.protocols import Kind
from suffice.solvers.registry import get

N = 5
BITS = np.array(list(itertools.product((0.0, 1.0), repeat=N)))
TYPES = {"binary": [f"f{i + 1}" for i in range(N)]}


def data(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 2, (150, N)).astype(float)
    Y = (X @ rng.normal(size=(N, 3)) + 0.5 * rng.normal(size=(150, 3)) > 0).astype(int)
    Y[:2] = [[0] * 3, [1] * 3]
    return X, Y


MODELS = {
    "trees": lambda: MultiOutputClassifier(DecisionTreeClassifier(max_depth=4, random_state=0)),
    "forests": lambda: MultiOutputClassifier(RandomForestClassifier(5, max_depth=3, random_state=0)),
    "boosted": lambda: MultiOutputClassifier(GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0)),
    "linear": lambda: MultiOutputClassifier(LogisticRegression()),
    "bayes": lambda: MultiOutputClassifier(BernoulliNB()),
    "one tree": lambda: DecisionTreeClassifier(max_depth=4, random_state=0),
    "extra trees": lambda: ExtraTreesClassifier(4, max_depth=3, random_state=0),
    "one against the rest": lambda: OneVsRestClassifier(DecisionTreeClassifier(max_depth=3, random_state=0)),
    "one linear one against the rest": lambda: OneVsRestClassifier(LogisticRegression()),
}


def satisfied(cnf, explainer, rows):
    """For each row whether the formula holds at its conditions."""
    session = get("minisat22", Kind.SAT).open(cnf)
    space = explainer.session.space
    return [session.solve(space.literals(space.truth(row)).tolist()).is_sat for row in rows]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("seed", range(2))
def test_each_label_on_every_row(name, seed):
    X, Y = data(seed)
    model = MODELS[name]().fit(X, Y)
    said = np.asarray(model.predict(BITS)).astype(int)
    explainer = Explainer.initialize(model, BITS[seed], TYPES)
    formulas = explainer.to_cnf()
    assert tuple(formulas) == explainer.label_names
    for i, label in enumerate(explainer.label_names):
        own = said[seed, i]
        assert satisfied(formulas[label], explainer, BITS) == (said[:, i] == own).tolist()
        for value in (0, 1):
            assert satisfied(explainer.to_cnf(i, value), explainer, BITS) == (said[:, i] == value).tolist()


def test_numbers_and_the_domain():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 8, (200, 3)).astype(float)
    Y = np.column_stack([X[:, 0] > 3, (X[:, 1] > 2) & (X[:, 0] > 5), np.ones(200)]).astype(int)
    model = MultiOutputClassifier(DecisionTreeClassifier(random_state=0)).fit(X, Y)
    explainer = Explainer.initialize(model)
    rows = rng.integers(-1, 10, (60, 3)).astype(float)
    for i in range(3):
        assert satisfied(explainer.to_cnf(i, 1), explainer, rows) == (model.predict(rows)[:, i] == 1).tolist()
    # a number cannot be above a border and not above a lower one
    first, second = [c for c, one in enumerate(explainer.vocabulary.conditions, 1) if one.feature == 0][:2]
    session = get("minisat22", Kind.SAT).open(explainer.to_cnf(0, 1))
    found = {(a, b): session.solve([a, b]).is_sat for a in (first, -first) for b in (second, -second)}
    assert not all(found.values())


def test_formulas_that_are_given():
    a, b = Builder.LabelCNF("(p | -q)(r)"), Builder.LabelCNF("(q)(r | p)")
    explainer = Explainer.initialize(Builder.MultiLabel([a, b], ["a", "b"]), [1, 0, 1])
    names = explainer.get_feature_names()
    p, q, r = (BITS[:8, 2:] * 0 + np.array(list(itertools.product((0.0, 1.0), repeat=3)))).T
    rows = np.column_stack([{"p": p, "q": q, "r": r}[name] for name in names])
    assert satisfied(explainer.to_cnf("a", 1), explainer, rows) == (((p > 0) | (q == 0)) & (r > 0)).tolist()
    assert satisfied(explainer.to_cnf("b", 1), explainer, rows) == ((q > 0) & ((r > 0) | (p > 0))).tolist()


def test_what_is_not_written():
    X, Y = data(0)
    chain = ClassifierChain(DecisionTreeClassifier(max_depth=4, random_state=0), chain_method="predict").fit(X, Y)
    explainer = Explainer.initialize(chain, X[0], TYPES)
    assert explainer.to_cnf(0).n_clauses > 0  # the first one asks no other
    asking = next(i for i, label in enumerate(explainer.answers.form.labels) if label.tests)
    with pytest.raises(CapabilityError, match="asks the labels"):
        explainer.to_cnf(asking)
    with pytest.raises(BadInputError, match="without a label"):
        explainer.to_cnf(value=1)
    with pytest.raises(BadInputError, match="unknown"):
        explainer.to_cnf("nobody")
    with pytest.raises(BadInputError, match="no value 7"):
        explainer.to_cnf(0, 7)
