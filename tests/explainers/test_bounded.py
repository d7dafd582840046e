"""Linear models whose bounds are told later: their reasons are those of brute force over the bounds."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from suffice import BadInputError, Builder, Explaining, NoInstanceError, TheoryError


def smallest_sets(model, x, low, high):
    """The minimal sets of columns that force the class of x: all corners of the bounds, by brute force."""
    n, own = len(x), model.predict_instance(x)

    def forces(kept):
        ends = [(x[i],) if i in kept else (low[i], high[i]) for i in range(n)]
        return all(model.predict_instance(corner) == own for corner in itertools.product(*ends))

    found: list[set[int]] = []
    for size in range(n + 1):
        for kept in map(set, itertools.combinations(range(n), size)):
            if forces(kept) and not any(one <= kept for one in found):
                found.append(kept)
    return found


@pytest.mark.parametrize("seed", [*range(60), 1003])  # in the last one a tie at the worst end keeps the class
def test_model_specific_reasons_of_random_linear_models(seed):
    rng = np.random.default_rng(seed)
    n, classes = int(rng.integers(1, 6)), int(rng.choice([2, 2, 3, 4]))
    sums = 1 if classes == 2 else classes
    names = [["a", "b", "c", "d"], [3, 1, 2, 0], [True, False, 7, "x"]][seed % 3][:classes]
    model = Builder.LinearModelSimple(
        n, coefficients=rng.integers(-3, 4, (sums, n)).tolist(), intercepts=rng.integers(-3, 4, sums).tolist(),
        class_names=names,
    )  # fmt: skip
    rows = rng.integers(-4, 5, (3, n)).astype(float)
    low, high = rows.min(axis=0), rows.max(axis=0)
    explainer = Explaining.initialize(model, rows[0])
    explainer.set_upper_lower_bounds(rows)
    every = [{f"f{i + 1}" for i in kept} for kept in smallest_sets(model, rows[0], low, high)]
    # what a column without a weight is never matters, nor what it is where it cannot vary
    for reason in (explainer.model_specific_reason(), explainer.sufficient_reason(over="features")):
        assert set(reason) in every
        assert explainer.is_sufficient_reason(reason)
    fewest = explainer.minimal_sufficient_reason(over="features")
    assert len(fewest) == min(map(len, every))
    assert {frozenset(reason) for reason in explainer.sufficient_reason(over="features", n=None)} == set(
        map(frozenset, every)
    )


def test_nothing_is_asked_before_there_are_bounds():
    model = Builder.LinearModelSimple(3, coefficients=[(5, 2, -3)], intercepts=[-1])
    explainer = Explaining.initialize(model)
    assert "no bounds yet" in repr(explainer)
    with pytest.raises(NoInstanceError, match="set_instance"):
        explainer.target_prediction  # noqa: B018  # it raises
    explainer.set_instance((1, 1, 0))
    assert explainer.target_prediction == 1
    with pytest.raises(BadInputError, match=r"set_upper_lower_bounds\(rows\)"):
        explainer.model_specific_reason()
    explainer.set_upper_lower_bounds([(0, 0, 0), (1, 1, 1)])
    assert explainer.model_specific_reason() == ("f1",)
    explainer.set_ranges({"f1": (0, 1), "f2": (0, 1), "f3": (0, 9)})
    assert explainer.model_specific_reason() == ("f1", "f3")
    explainer.set_instance((0, 1, 1))
    assert explainer.target_prediction == 0
    with pytest.raises(AttributeError):
        explainer.nothing_such  # noqa: B018  # it raises


@pytest.mark.parametrize("rows", [[], [(1, 2)], [(1, 2, "x")], [(1, 2, np.nan)], 3, [(0, 0, np.inf)], None])
def test_bounds_that_are_none(rows):
    explainer = Explaining.initialize(
        Builder.LinearModelSimple(3, coefficients=[(5, 2, -3)], intercepts=[-1]), (1, 1, 0)
    )
    with pytest.raises(BadInputError, match="expected rows of 3 finite numbers"):
        explainer.set_upper_lower_bounds(rows)


def test_an_instance_outside_of_the_bounds():
    explainer = Explaining.initialize(Builder.LinearModelSimple(1, coefficients=[(1,)], intercepts=[0]), (5,))
    with pytest.raises(TheoryError, match="f1"):
        explainer.set_upper_lower_bounds([(0,), (1,)])


def test_libraries_models_have_it_too():
    from sklearn.linear_model import LogisticRegression

    rows = np.random.default_rng(0).integers(0, 5, (60, 3)).astype(float)
    model = LogisticRegression().fit(rows, rows @ [3, 1, 0] > 7)
    explainer = Explaining.initialize(model, rows[0], background=rows)
    reason = explainer.model_specific_reason()
    assert explainer.is_sufficient_reason(reason)
    assert set(reason) <= {"f1", "f2", "f3"}
