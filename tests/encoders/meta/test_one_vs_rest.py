"""One-vs-rest models of classes: the library's own decision, ties included, by brute force."""

import itertools

import numpy as np
import pytest
import suffice
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import BaggingClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, UnsupportedModelError

from tests.brute.compare import check_some
from tests.brute.strategies import budget
from tests.brute.tables import TableReference, conditions_of

VALUES = (0.0, 1.0, 2.0)
ROWS = np.array(list(itertools.product(VALUES, repeat=3)))
TYPES = {f"f{i}": list(VALUES) for i in (1, 2, 3)}
SMALL = {"n_estimators": 2, "max_depth": 2, "random_state": 0}
MAKES = (
    lambda: DecisionTreeClassifier(max_depth=2, random_state=0),
    lambda: RandomForestClassifier(**SMALL),
    lambda: BaggingClassifier(DecisionTreeClassifier(max_depth=2), n_estimators=2, random_state=0),
    lambda: GradientBoostingClassifier(**SMALL),
    LogisticRegression,
    lambda: Perceptron(random_state=0),
)


@budget(20)
@given(st.integers(0, 10**6), st.sampled_from(MAKES), st.integers(2, 4))
def test_against_every_row(seed, make, n_classes):
    rng = np.random.default_rng(seed)
    X = ROWS[rng.integers(len(ROWS), size=40)]
    y = np.array(["a", "b", "c", "d"])[(np.arange(40) + (X.sum(axis=1) > 3)) % n_classes]
    model = OneVsRestClassifier(make()).fit(X, y)
    x = ROWS[rng.integers(len(ROWS))]
    explainer = Explainer.initialize(model, None, TYPES)
    said = model.predict(ROWS)
    compiled = explainer.session.compiled
    told = np.array(compiled.classes)[compiled.outcomes(explainer.session.space, compiled.read(ROWS))]
    scores = compiled.trees.scores_of_rows(compiled.read(ROWS), explainer.session.space.codes)
    sure = ~compiled.doubtful(scores)
    assert (told == said)[sure].all()  # ties too, where sums are exact
    if not sure.all():
        return
    explainer.set_instance(x)
    places = {label: i for i, label in enumerate(compiled.classes)}
    columns = [(f"f{c + 1}", (c,), [(v,) for v in VALUES]) for c in range(3)]

    def predict(rows):
        return np.array([places[label] for label in compiled.predict(rows).tolist()])

    reference = TableReference(columns, conditions_of(explainer), predict, x)
    check_some(lambda n: explainer.sufficient_reason(n=n), reference.sufficient)
    check_some(lambda n: explainer.contrastive_reason(n=n), reference.contrastive())


def test_ties_go_where_the_library_says():
    X = np.array([[0.0], [1.0], [2.0]])
    model = OneVsRestClassifier(DecisionTreeClassifier(max_depth=1)).fit(np.repeat(X, 4, axis=0), [0, 1, 2, 2] * 3)
    explainer = Explainer.initialize(model, features_type={"f1": list(VALUES)})
    for row in X:
        explainer.set_instance(row)
        assert explainer.target_prediction == model.predict([row])[0]


def test_models_whose_scores_are_no_sums():
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.arange(60) % 3
    with pytest.raises(UnsupportedModelError, match="made of GaussianNB: expected trees"):
        Explainer.initialize(OneVsRestClassifier(GaussianNB()).fit(X, y), X[0])


@pytest.mark.filterwarnings("ignore:Label not 0 is present")
@pytest.mark.parametrize("make", [MAKES[0], MAKES[1]])
def test_one_class_is_decided_everywhere(make, tmp_path):
    explainer = Explainer.initialize(OneVsRestClassifier(make()).fit(ROWS, np.zeros(len(ROWS), int)), ROWS[0], TYPES)
    assert explainer.sufficient_reason() == ()
    assert explainer.to_cnf().n_clauses == 0
    explainer.save(tmp_path / "one")
    assert suffice.load(tmp_path / "one").target_prediction == 0
