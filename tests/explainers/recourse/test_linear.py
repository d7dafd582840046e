"""Linear constraints, against every row of a small domain, for all costs and with all other options."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from suffice import BadInputError, Explainer, Status

from tests.brute import recourse as brute
from tests.brute.strategies import budget
from tests.explainers.recourse.test_brute import check, drawn_question, fitted

WEIGHTS = (1, -1, 0.5, 2, 0.1, -0.3)


def exact(value):
    return Fraction(repr(float(value)))


def drawn_linear(rng):
    """Constraints as the library takes them, and as functions."""
    said, checks = [], []
    for _ in range(rng.integers(1, 3)):
        chosen = [str(f) for f in rng.permutation(brute.NUMBERS)[: rng.integers(1, 4)]]
        weights = {f: float(rng.choice(WEIGHTS)) for f in chosen}
        low, high = sorted(np.round(rng.uniform(-2, 8, 2), 1).tolist())
        ends = [(low, None), (None, high), (low, high)][rng.integers(3)]
        said.append((weights, ends))

        def holds(_, new, weights=weights, ends=ends):
            total = sum(exact(w) * Fraction(float(new[f])) for f, w in weights.items())
            low, high = ends
            return (low is None or total >= exact(low)) and (high is None or total <= exact(high))

        checks.append(holds)
    return said, checks


@pytest.mark.parametrize("kind", ["tree", "forest", "boosted"])
@budget(20)
@given(seed=st.integers(0, 10**6))
def test_the_cheapest_plan(kind, seed):
    rng = np.random.default_rng(seed)
    data = brute.drawn_rows(rng, 60)
    model = fitted(kind, rng, data)
    row = brute.drawn_rows(rng, 1)[0]
    said, asked = drawn_question(rng, row)
    for question in (said, asked):
        question["steps"] = {"a": 0.5, "b": (1.0, 0.25), **question.get("steps", {})}
        question["ranges"] = dict.fromkeys(brute.NUMBERS, (-1.0, 4.5))
    said["linear"], checks = drawn_linear(rng)
    asked["checks"] += checks
    now = model.predict(row[None])[0]
    wanted = lambda rows: model.predict(rows) != now  # noqa: E731  # as said
    least = brute.cheapest(row, asked, wanted, data)
    found = Explainer(model, row, brute.TYPES, feature_names=brute.NAMES).recourse(data=data, **said)
    check(found, least, row, asked, data, wanted)


def asked_once():
    rng = np.random.default_rng(5)
    data = brute.drawn_rows(rng, 60)
    model = fitted("forest", rng, data)
    return Explainer(model, data[0], brute.TYPES, feature_names=brute.NAMES), data


def test_what_is_no_constraint():
    explainer, data = asked_once()
    for wrong, told in (
        ([{"a": 1}], "coefficients"), ([({}, (0, 1))], "coefficients"), ([({"a": 0}, (0, 1))], "other than 0"),
        ([({"k": 1}, (0, 1))], "no number"), ([({"a": 1}, (None, None))], "bounds nothing"),
        ([({"a": 1}, (2, 1))], "2"), ([({"a": 1, "b": 1}, (0, 3))], "steps="), ([({"n": 1}, (0, 3))], "ranges="),
        ([({"x": 1}, (0, 3))], "x"), (3, "linear"),
    ):  # fmt: skip
        with pytest.raises(BadInputError, match=told):
            explainer.recourse(linear=wrong)
    assert explainer.recourse(linear=[({"n": 1}, (0, 3))], within_data=True, data=data)


def test_constraints_are_named_and_can_be_left_out():
    explainer, data = asked_once()
    asked = {"linear": [({"n": 2, "a": -0.5}, (None, -100))], "steps": {"a": 1}, "within_data": True, "data": data}
    found = explainer.recourse(**asked)
    assert found.status is Status.INFEASIBLE
    assert "linear: 2 n - 0.5 a <= -100" in found.constraints
    assert found.relaxed() == ("linear: 2 n - 0.5 a <= -100",)
    assert found.nearest_row() is None
