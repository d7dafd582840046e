"""Sums as CNF: every truth of the conditions against the model's own predict, by brute force and by a SAT solver."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pysat.solvers import Cadical153
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Perceptron
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import BernoulliNB, CategoricalNB
from suffice import BadInputError, Builder, CapabilityError, Explainer
from suffice.encoders.formulas.adder import reaches

from tests.brute.strategies import budget


def models_of(clauses, truth):
    """How many models extend the truth of the first variables (2: two or more)."""
    fixed = [v if value else -v for v, value in enumerate(truth, 1)]
    with Cadical153(bootstrap_with=clauses) as solver:
        if not solver.solve(assumptions=fixed):
            return 0
        solver.add_clause([-v for v in solver.get_model()] or [])
        return 2 if solver.solve(assumptions=fixed) else 1


def compare(explainer, rows, labels):
    """The formulas of all classes hold exactly where the model predicts them, each with one model."""
    compiled = explainer.session.compiled
    for label in compiled.classes:
        cnf = explainer.to_cnf(label)
        clauses = [list(clause) for clause in cnf.clauses()]
        for row, told in zip(rows, labels, strict=True):
            truth = explainer.session.space.truth(compiled.read(row.reshape(1, -1))[0])
            assert models_of(clauses, truth) == int(told == label), (label, row)


@budget(60)
@given(st.data())
def test_a_literal_for_a_weighted_sum(data):
    n = data.draw(st.integers(0, 5))
    terms = [
        (data.draw(st.integers(1, max(n, 1))) * data.draw(st.sampled_from([1, -1])), data.draw(st.integers(-6, 9)))
        for _ in range(n)
    ]
    bound = data.draw(st.integers(-15, 25))
    clauses, literal, fresh = reaches(terms, bound, n + 1)
    assert all(abs(v) < fresh for clause in clauses for v in clause)
    for truth in itertools.product([False, True], repeat=n):
        reached = sum(w for v, w in terms if truth[abs(v) - 1] == (v > 0)) >= bound
        if isinstance(literal, bool):
            assert literal == reached
            continue
        assert models_of([*map(list, clauses), [literal]], truth) == int(reached)
        assert models_of([*map(list, clauses), [-literal]], truth) == int(not reached)


def networks(rng, sizes, inputs=(0, 1), biases=True):
    weights = [rng.choice([-1, 0, 1], p=[0.4, 0.2, 0.4], size=(b, a)) for a, b in itertools.pairwise(sizes)]
    return Builder.BinarizedNetwork(
        weights, [rng.choice([-1.0, -0.5, 0.0, 0.5, 1.0], size=b) for b in sizes[1:]] if biases else None, inputs=inputs
    )


@budget(12)
@given(st.integers(0, 10**6), st.sampled_from([(4, 1), (5, 3, 1), (4, 3, 3), (4, 3, 2, 3)]), st.booleans())
def test_networks_on_every_input(seed, sizes, minus):
    rng = np.random.default_rng(seed)
    low, high = (-1.0, 1.0) if minus else (0.0, 1.0)
    network = networks(rng, sizes, (low, high))
    rows = np.array(list(itertools.product((low, high), repeat=sizes[0])))
    told = network.predict(rows)
    for label in network.classes:
        cnf = network.to_cnf(label)
        clauses = [list(clause) for clause in cnf.clauses()]
        for row, said in zip(rows, told, strict=True):
            assert models_of(clauses, row == high) == int(said == label)
    compare(Explainer.initialize(network), rows, told)


def test_a_network_that_is_too_large_for_trees():
    rng = np.random.default_rng(1)
    network = networks(rng, (60, 20, 10, 1), biases=False)
    cnf = network.to_cnf(1)
    clauses = [list(clause) for clause in cnf.clauses()]
    rows = rng.integers(0, 2, size=(40, 60)).astype(float)
    for row, said in zip(rows, network.predict(rows), strict=True):
        assert models_of(clauses, row == 1) == int(said)


def test_networks_whose_formula_is_refused():
    network = Builder.BinarizedNetwork([np.ones((2, 3)), np.ones((2, 2))], [[0, 0], [0.1, 0.30000000000000004]])
    network.to_cnf(0)
    with pytest.raises(BadInputError, match="label='x'"):
        network.to_cnf("x")
    unlike = Builder.BinarizedNetwork([np.ones((2, 3)), np.ones((2, 2))], [[0, 0], [-1e-16, 0.0]])
    with pytest.raises(CapabilityError, match="rounding decides"):
        unlike.to_cnf(0)
    wide = Builder.BinarizedNetwork([np.ones((400, 500)), np.ones((1, 400))])
    with pytest.raises(CapabilityError, match="200400 connections"):
        wide.to_cnf(1)


BITS = np.array(list(itertools.product((0.0, 1.0), repeat=5)))


@budget(10)
@given(
    st.integers(0, 10**6), st.sampled_from(["perceptron", "logistic", "bernoulli", "boosted", "soft"]), st.booleans()
)
def test_models_that_add_up_numbers(seed, kind, several):
    rng = np.random.default_rng(seed)
    X = BITS[rng.integers(32, size=50)]
    y = np.arange(50) % (3 if several else 2)
    y = np.array(["a", "b", "c"])[
        np.where(rng.random(50) < 0.3, y, X[:, 0] + (X[:, 1] * X[:, 2] if several else 0)).astype(int)
    ]
    if len(set(y)) < 2:
        return
    makes = {
        "perceptron": Perceptron(random_state=0), "logistic": LogisticRegression(), "bernoulli": BernoulliNB(),
        "boosted": GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0),
        "soft": RandomForestClassifier(n_estimators=3, max_depth=3, random_state=0),
    }  # fmt: skip
    model = makes[kind].fit(X, y)
    explainer = Explainer.initialize(model, None, {"binary": [f"f{i + 1}" for i in range(5)]})
    compiled = explainer.session.compiled
    scores = compiled.trees.scores_of_rows(compiled.read(BITS), explainer.session.space.codes)
    top = np.sort(scores, axis=1)
    lead = np.abs(scores[:, 0] - compiled.threshold) if compiled.one_score else top[:, -1] - top[:, -2]
    sure = (lead > 1e-9) | (kind == "perceptron")  # where rounding decides nothing is claimed
    compare(explainer, BITS[sure], model.predict(BITS[sure]))


def test_columns_of_several_values_and_a_reason_as_an_implicant():
    rng = np.random.default_rng(4)
    X = rng.integers(0, 3, size=(80, 3))
    model = CategoricalNB().fit(X, (X.sum(axis=1) + rng.integers(0, 2, 80)) % 3)
    explainer = Explainer.initialize(model, X[0])
    rows = np.array(list(itertools.product(range(3), repeat=3)))
    compare(explainer, rows, model.predict(rows))
    reason = explainer.sufficient_reason()
    for label in model.classes_:
        with Cadical153(bootstrap_with=[list(clause) for clause in explainer.to_cnf(label).clauses()]) as solver:
            assert solver.solve(assumptions=list(reason)) == (label == explainer.target_prediction)


def test_formulas_that_would_be_too_large(monkeypatch):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    model = GradientBoostingClassifier(n_estimators=5, random_state=0).fit(X, rng.integers(0, 2, 200))
    explainer = Explainer.initialize(model, X[0], check=False)
    n_clauses = explainer.to_cnf().n_clauses
    monkeypatch.setattr("suffice.encoders.formulas.sums.MOST", n_clauses // 2)
    with pytest.raises(CapabilityError, match="to_counterexample_mips"):
        explainer.to_cnf()


@pytest.mark.parametrize("threshold", [0.2, 0.25, 0.3, 0.5, 0.75])
@pytest.mark.parametrize("n_trees", [1, 3, 4])
def test_a_cut_that_is_moved_is_one_of_means(threshold, n_trees):
    """A forest's score is the mean of its trees, and so is what its threshold speaks of."""
    rng = np.random.default_rng(n_trees)
    rows = np.array(list(itertools.product((0.0, 1.0, 2.0), repeat=3)))
    y = (rows.sum(axis=1) + rng.normal(size=len(rows)) > 3).astype(int)
    forest = RandomForestClassifier(n_trees, random_state=0)  # leaves of one class: sums are exact
    model = FixedThresholdClassifier(forest, threshold=threshold, response_method="predict_proba").fit(rows, y)
    compare(Explainer.initialize(model, rows[0]), rows, model.predict(rows))
