"""Hand-built rules: sets and lists, against what the rules say."""

import itertools
import operator
import pickle

import numpy as np
import pytest
from suffice import BadInputError, Builder, Explainer

SIGNS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "=": operator.eq, "!=": operator.ne}
NAMES = ["age", "pay rate", "job"]


def random_rules(rng, n):
    """Rules as triples, in words, or mixed; and as plain tests."""
    said, plain = [], []
    for _ in range(n):
        tests = [
            (int(rng.integers(3)), str(rng.choice(list(SIGNS))), float(rng.integers(-2, 3)))
            for _ in range(int(rng.integers(1, 4)))
        ]
        plain.append(tests)
        texts = [f"{NAMES[c]} {sign} {number:g}" for c, sign, number in tests]
        triples = [(NAMES[c], sign, number) for c, sign, number in tests]
        said.append([" and ".join(texts), texts, triples, [texts[0], *triples[1:]]][int(rng.integers(4))])
    return said, plain


def fires(tests, row):
    return all(SIGNS[sign](row[c], number) for c, sign, number in tests)


GRID = np.array(list(itertools.product([-2.5, -2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0], repeat=3)))


@pytest.mark.parametrize("seed", range(10))
def test_sets_and_lists_decide_as_their_rules_say(seed):
    rng = np.random.default_rng(seed)
    said, plain = random_rules(rng, int(rng.integers(1, 7)))
    union = Builder.RuleSet(said, feature_names=NAMES, class_names=["none", "some"])
    assert union.predict(GRID).tolist() == [
        "some" if any(fires(tests, row) for tests in plain) else "none" for row in GRID
    ]
    labels = rng.choice(["a", "b", "c"][: 2 + seed % 2], len(said)).tolist()
    listed = Builder.RuleList(list(zip(said, labels, strict=True)), "b", feature_names=NAMES)
    first = [
        next((label for tests, label in zip(plain, labels, strict=True) if fires(tests, row)), "b") for row in GRID
    ]
    assert listed.predict(GRID).tolist() == first
    for model in (union, listed):
        row = GRID[int(rng.integers(len(GRID)))]
        explainer = Explainer.initialize(model, row)  # with the self-check
        assert explainer.target_prediction == model.predict([row])[0]
        reason = explainer.sufficient_reason(over="features")
        kept = [NAMES.index(name) for name in reason]
        same = (GRID[:, kept] == row[kept]).all(axis=1)
        assert set(model.predict(GRID[same])) == {explainer.target_prediction}
        change = explainer.minimal_contrastive_reason()
        if change is not None:
            assert model.predict([change.witness])[0] != explainer.target_prediction
        assert tuple(pickle.loads(pickle.dumps(explainer)).sufficient_reason()) == tuple(explainer.sufficient_reason())


def test_a_long_list_is_exact_as_far_as_it_goes():
    rules = [(f"x = {i}", i % 2) for i in range(45)]
    model = Builder.RuleList(rules, 7)
    assert model.predict([[float(i)] for i in range(46)]).tolist() == [*(i % 2 for i in range(45)), 7]
    with pytest.raises(BadInputError, match="48 turns"):
        Builder.RuleList([(f"x = {i}", i % 2) for i in range(60)], 0)
    alike = Builder.RuleList([(f"x = {i}", "in") for i in range(500)], "out")
    assert alike.predict([[3.0], [600.0]]).tolist() == ["in", "out"]


def test_missing_values_fire_no_rule_and_empty_lists_have_a_default():
    model = Builder.RuleList([("x != 2", "other")], "two")
    explainer = Explainer.initialize(model, [np.nan], missing=True)
    assert explainer.target_prediction == "two"
    empty = Builder.RuleList([], "always", feature_names=["x"])
    assert empty.predict([[1.0]]).tolist() == ["always"]
    assert tuple(Explainer.initialize(empty, [1.0]).sufficient_reason()) == ()
    assert Builder.RuleSet([], feature_names=["x"]).predict([[1.0]]).tolist() == [0]
    assert Builder.RuleSet(["2 < x <= 5", "7 <= x"]).predict([[2.0], [5.0], [6.0], [7.0]]).tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("rule", "match"),
    [("age", "expected"), ("age >= old", "finite number"), (("age", "in", [1]), "expected"), ("age >= nan", "finite"),
     ("height >= 3", "speaks of 'height'"), (3, "expected conditions"),
     (("age", ">=", np.complex128(1 + 1j)), "finite number"), ((9, ">=", 1), "number from 1")],
)  # fmt: skip
def test_what_is_no_condition_is_refused(rule, match):
    with pytest.raises(BadInputError, match=match):
        Builder.RuleSet([rule], feature_names=["age"])


def test_what_is_no_pair_is_refused():
    with pytest.raises(BadInputError, match="pair of a rule and its label"):
        Builder.RuleList(["age >= 3"], "no")
