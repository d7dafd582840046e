"""Reasons that cover references are those of brute force over all sets of literals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingRegressor, RandomForestClassifier
from suffice import BadInputError, Builder, CapabilityError, Explainer

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases
from tests.explainers.queries.test_general import sample

DATA = load_breast_cancer(as_frame=True)


def covers(reference, kept, row):
    """Whether all literals of a mask are true of a row."""
    return not (reference.domain.truth_mask(row) ^ reference.x_mask) & kept


def anchors(reference, literals, references):
    """How many references a reason covers; None if it covers one with another label."""
    kept = reference.mask(literals)
    own = [row for label, row in references if label == reference.label]
    others = [row for label, row in references if label != reference.label]
    return None if any(covers(reference, kept, row) for row in others) else sum(covers(reference, kept, r) for r in own)


def forcing(reference):
    """All closed sets of literals that force the outcome, without excluded features."""
    game = reference.game
    found = []
    for mask in range(1 << reference.n):
        literals = reference.literals(mask)
        if all(reference.domain.units and not _excluded(reference, v) for v in literals) and game.holds(mask):
            found.append(literals)
    return found


def _excluded(reference, literal):
    column = reference.domain.conditions[abs(literal) - 1].column
    return any(column in unit.columns and unit.name in reference.excluded for unit in reference.domain.units)


def check(case):
    explainer, reference = pair(case)
    if reference.n > 9 or not explainer.session.compiled.classes:
        return
    rng = np.random.default_rng(case.seed)
    rows = [tuple(row) for row in sample(reference)]
    if case.clauses and reference.theory:
        rows = [row for row in rows if reference.domain.truth_mask(row) in set(reference.masks.tolist())]
    classes = explainer.session.compiled.classes
    labels = list(range(len(classes)))
    if classes[reference.label : reference.label + 1] != (explainer.target_prediction,):
        return
    references = [(int(rng.choice([reference.label, rng.choice(labels)])), row) for row in rows]
    given_rows = {}
    for label, row in references:
        given_rows.setdefault(classes[label], []).append(list(row))
    every = forcing(reference)
    for kind in ("normal", "one_side"):
        listed = references if kind == "normal" else [one for one in references if one[0] == reference.label]
        counts = [n for s in every if (n := anchors(reference, s, listed)) is not None]
        explainer.set_reference_instances(given_rows)
        most = explainer.most_anchored_reason(type_references=kind)
        if not counts:
            assert most is None
        else:
            assert most.status == "optimal"
            assert most.proof.cost == anchors(reference, most, listed) == max(counts)
            assert reference.holds(most)
        for n in (0, 1, 2, 4):
            one = explainer.anchored_reason(n_anchors=n, type_references=kind)
            if not counts or max(counts) < n:
                assert one is None
            else:
                assert reference.holds(one)
                assert anchors(reference, one, listed) >= n
    own = [row for row in rows if rng.random() < 0.4]
    group = explainer.group_reason([list(row) for row in own]) if own else None
    if own:
        fits = any(all(covers(reference, reference.mask(s), row) for row in own) for s in every)
        assert (group is not None) == fits
        assert group is None or all(covers(reference, reference.mask(group), row) for row in own)


@budget(60)
@given(cases(exclude=True))
def test_trees(case):
    check(case)


@each_forest(30, exclude=True)
def test_forests(case):
    check(case)


def loan():
    """A tree over four bits, with references of the published example."""
    one = Builder.DecisionNode(1, operator=Builder.EQ, threshold=1, left=0, right=1)
    two = Builder.DecisionNode(2, operator=Builder.EQ, threshold=1, left=1, right=0)
    three = Builder.DecisionNode(4, operator=Builder.EQ, threshold=1, left=1, right=one)
    four = Builder.DecisionNode(1, operator=Builder.EQ, threshold=1, left=0, right=two)
    five = Builder.DecisionNode(4, operator=Builder.EQ, threshold=1, left=four, right=two)
    root = Builder.DecisionNode(3, operator=Builder.EQ, threshold=1, left=three, right=five)
    tree = Builder.DecisionTree(4, root, feature_names=["a", "b", "c", "d"])
    return Explainer.initialize(tree, (1, 0, 0, 0), features_type={"binary": ["a", "b", "c", "d"]})


REFERENCES = {
    0: [(0, 0, 0, 0), (0, 0, 1, 0), (0, 1, 1, 0)],
    1: [(0, 0, 1, 1), (1, 0, 1, 0), (1, 1, 0, 0), (1, 1, 0, 1)],
}


def test_a_published_example():
    explainer = loan()
    assert explainer.anchored_reason(n_anchors=3, reference_instances=REFERENCES) is None
    assert explainer.anchored_reason(reference_instances=REFERENCES).features == ("a = 1", "c = 0")
    explainer.set_reference_instances(REFERENCES)
    most = explainer.most_anchored_reason(check=True)
    assert most.sentence == "holds for a = 1 and c = 0; covers 2 references"
    assert explainer.is_reason(most)
    explainer.set_instance((0, 0, 0, 0))  # it is a reference of class 0 itself
    assert explainer.most_anchored_reason() is None
    assert explainer.most_anchored_reason(type_references="one_side") is not None


def test_larger_forests():
    model = RandomForestClassifier(20, max_depth=4, random_state=0).fit(DATA.data, DATA.target)
    explainer = Explainer.initialize(model, DATA.data.iloc[3])
    references = {label: DATA.data[DATA.target == label][:12] for label in (0, 1)}
    explainer.set_reference_instances(references)
    most = explainer.most_anchored_reason(time_limit=20)
    assert explainer.is_reason(most)
    assert most.proof.cost <= most.proof.upper
    group = explainer.group_reason(DATA.data.iloc[[0, 1]])
    if group is not None:
        for row in (0, 1, 3):
            explainer.set_instance(DATA.data.iloc[row])
            assert explainer.is_reason(group)


def test_what_is_not_known_is_refused():
    explainer = loan()
    with pytest.raises(BadInputError, match="call set_reference_instances"):
        explainer.most_anchored_reason()
    with pytest.raises(BadInputError, match="class 7 is unknown"):
        explainer.set_reference_instances({7: [(0, 0, 0, 0)]})
    with pytest.raises(BadInputError, match="type_references='both'"):
        explainer.anchored_reason(reference_instances=REFERENCES, type_references="both")
    with pytest.raises(BadInputError, match="reference_instances"):
        explainer.set_reference_instances([(0, 0, 0, 0)])
    model = GradientBoostingRegressor(n_estimators=2, max_depth=2, random_state=0).fit(DATA.data, DATA.target)
    numbers = Explainer.initialize(model, DATA.data.iloc[3])
    with pytest.raises(CapabilityError, match="use group_reason"):
        numbers.set_reference_instances({0: DATA.data[:2]})
    numbers.set_interval(-1, 0.9)
    assert numbers.is_reason(numbers.group_reason(DATA.data.iloc[[3, 3]]))
