"""Questions about a whole model need no instance, and have the answers that they have with one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from suffice import BadInputError, Explainer, NoInstanceError, TheoryError

from tests.brute.compare import pair
from tests.brute.forest_reference import outcomes
from tests.brute.forest_strategies import each_forest
from tests.brute.labels import reached
from tests.brute.strategies import budget, cases
from tests.explainers.multilabel.cases import hand_built


def without_instance(case):
    """The explainer of a case, without its instance."""
    asked = case.arguments()
    return Explainer.initialize(case.model(), **asked)


def some_literals(case, rng):
    """Literals of either sign, now and then contradictory."""
    chosen = [int(v) for v in range(1, case.domain.n + 1) if rng.integers(3) == 0]
    return [v if rng.integers(2) else -v for v in chosen]


def inside(reference, literals):
    return np.array([all((int(m) >> (abs(v) - 1) & 1) == (v > 0) for v in literals) for m in reference.masks], bool)


def check_implicants(case):
    reference, rng = case.reference(), np.random.default_rng(case.seed)
    explainer = without_instance(case)
    for _ in range(4):
        literals = some_literals(case, rng)
        for index, label in enumerate(case.classes):
            if label not in explainer.session.compiled.classes:
                continue
            found = explainer.is_implicant(literals, prediction=label)
            assert found.value == bool((reference.labels[inside(reference, literals)] == index).all())
            if found.value is False and case.theory:
                row = [float(v) for v in found.witness]
                assert case.domain.contains(row)
                assert case.labels(np.array([row]))[0] != index
                mask = case.domain.truth_mask(row)
                assert all((mask >> (abs(v) - 1) & 1) == (v > 0) for v in literals)
    with pytest.raises(NoInstanceError, match="prediction="):
        explainer.is_implicant(())


@budget(40)
@given(cases())
def test_implicants_of_trees(case):
    check_implicants(case)


@each_forest(30, kinds=["hand", "classifier"])
def test_implicants_of_forests(case):
    check_implicants(case)


@each_forest(25, kinds=["regressor"])
def test_regressors(case):
    reference = case.reference()
    explainer = without_instance(case)
    with pytest.raises(NoInstanceError, match="set_interval"):
        explainer.is_implicant(())
    scores = reference.scores[:, 0]
    assert tuple(explainer.extremum_range()) == (scores.min(), scores.max())
    explainer.set_interval(*case.interval)
    rng = np.random.default_rng(case.seed)
    for _ in range(4):
        literals = some_literals(case, rng)
        held = outcomes(reference.scores, case.interval)[inside(reference, literals)] == 1
        assert explainer.is_implicant(literals).value == bool(held.all())
    assert len(explainer.to_counterexample_mips(()))
    placed, _ = pair(case)
    assert tuple(placed.extremum_range()) == (scores.min(), scores.max())


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("generic", [False, True])
def test_implicants_of_labels(seed, generic):
    rng = np.random.default_rng(seed)
    case = hand_built(rng)
    explainer = Explainer.initialize(case.model(), **case.arguments)
    explainer.answers.generic = generic
    wanted = [int(rng.integers(len(label.classes))) for label in explainer.answers.form.labels]
    values = [label.classes[k] for label, k in zip(explainer.answers.form.labels, wanted, strict=True)]
    good = reached(dict(enumerate(wanted)))
    reference = case.reference(lambda vectors: ~good(vectors))
    for _ in range(4):
        literals = some_literals(case, rng)
        expected = not reference.is_bad()[inside(reference, literals)].any()
        assert explainer.is_implicant(literals, target=values).value == expected
        assert explainer.is_implicant(literals, prediction=values).value == expected
    with pytest.raises(NoInstanceError):
        explainer.is_implicant(())
    with pytest.raises(BadInputError, match="give one of them"):
        explainer.is_implicant((), target=values, prediction=values)


def test_partial_instances_are_in_the_domain():
    from sklearn.ensemble import RandomForestRegressor

    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, 90, 200), rng.integers(0, 2, 200)]).astype(float)
    model = RandomForestRegressor(5, random_state=0).fit(X, X[:, 0] + 10 * X[:, 1])
    explainer = Explainer.initialize(model, features_type={"f2": "binary"}, ranges={"f1": (18, 60)})
    low, high = explainer.range_for_partial_instance({"f2": 0})
    rows = np.column_stack([np.linspace(18, 60, 4000), np.zeros(4000)])
    assert (low, high) == (model.predict(rows).min(), model.predict(rows).max())
    for partial, message in (({"f1": 17}, "outside its range"), ({"f2": 0.5}, "declared binary")):
        with pytest.raises(TheoryError, match=message):
            explainer.range_for_partial_instance(partial)
    for partial, message in (
        (..., "by name"),
        ("f2", "by name"),
        (3, "by name"),
        ([0], "expected 2"),
        (None, "by name"),
    ):
        with pytest.raises(BadInputError, match=message):
            explainer.range_for_partial_instance(partial)
    explainer.set_instance([20.0, 1.0])
    assert explainer.range_for_partial_instance({"f2": 0}) == (low, high)
