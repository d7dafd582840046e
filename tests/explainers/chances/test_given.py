"""Distributions as users tell them: masses of values, functions of numbers, rows; and what is refused."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import suffice
from sklearn.tree import DecisionTreeClassifier
from suffice.engine.errors import BadInputError, TheoryError


def explainer(**more):
    """A tree over a colour (one-hot), an age, and a number of debts."""
    rng = np.random.default_rng(3)
    colour = rng.integers(0, 3, 300)
    rows = np.column_stack([*(colour == c for c in range(3)), rng.integers(18, 80, 300), rng.integers(0, 5, 300)])
    rows = rows.astype(float)
    labels = ((rows[:, 3] > 40) & (rows[:, 0] == 1)) | (rows[:, 4] > 3)
    model = DecisionTreeClassifier(random_state=0).fit(rows, labels)
    types = {
        "categorical": {"c*": ("red", "green", "blue")},
        "integer": ["age", "debts"],
        "numerical": suffice.Explainer.DEFAULT,
    }
    names = ["c0", "c1", "c2", "age", "debts"]
    found = suffice.Explainer.initialize(
        model, [1, 0, 0, 50, 0], features_type=types, feature_names=names, ranges={"age": (18, 80), "debts": (0, 4)},
        **more,
    )  # fmt: skip
    return found, rows, labels


def test_masses_of_values():
    found, _, _ = explainer()
    told = {"c*": {"red": 0.5, "blue": 0.3, "green": 0.2}, "debts": {0: 3, 4: 1}, "age": {30: 1, 60: 4}}
    assert found.precision(["c*"], over="features", distribution=told).value == Fraction(3, 4) * Fraction(
        4, 5
    ) + Fraction(1, 4)
    assert found.precision([], over="features", distribution=told).value == Fraction(3, 4) * Fraction(
        4, 5
    ) / 2 + Fraction(1, 4)


def test_a_function_of_a_number():
    found, _, _ = explainer()
    told = {"age": lambda age: min(max((age - 17) / 63, 0), 1), "debts": {0: 1}}
    value = found.precision(["c*"], over="features", distribution=told).value
    border = next(c.threshold for c in found.vocabulary.conditions if c.feature == 3)
    assert float(value) == pytest.approx((80 - np.floor(border)) / 63)


def test_what_is_not_named_is_as_in_the_rows():
    found, rows, _ = explainer()
    told = {"c*": {"red": 1}}
    share = found.precision([], distribution=told, data=rows).value
    assert share == found.precision(["c*"], over="features", distribution="data", data=rows).value


def test_the_background_stands_in_for_data():
    found, rows, labels = explainer(background=explainer()[1])
    assert found.precision([], distribution="rows").value == Fraction(int(labels.sum()), len(rows))
    told = found.precision(["c*"], over="features", distribution="rows")
    assert (told.agree, told.n_rows) == (int(rows[:, 0].sum()), 300)
    assert "of 300 rows agree" in told.said


def test_one_hot_columns_are_independent_given_one_of_them():
    found, rows, _ = explainer()
    n = [int(rows[:, c].sum()) for c in range(3)]
    odds = [Fraction(one, 300 - one) for one in n]
    debts = Fraction(int((rows[:, 4] <= 3).sum()), 300)
    border = next(c.threshold for c in found.vocabulary.conditions if c.feature == 3)
    old = Fraction(int((rows[:, 3] > border).sum()), 300)
    wanted = 1 - debts * (1 - old * odds[0] / sum(odds))
    assert found.precision([], distribution="data", data=rows).value == wanted


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"distribution": "data"}, "pass data=X"),
        ({"distribution": "gauss"}, "expected one of"),
        ({"distribution": {"c*": {"pink": 1}}}, "pink"),
        ({"distribution": {"age": {"old": 1}}}, "expected a number"),
        ({"distribution": {"age": {17: 1}}}, "outside"),
        ({"distribution": {"age": {30: -1}}}, "from 0"),
        ({"distribution": {"age": {30: 0}}}, "all 0"),
        ({"distribution": {"age": 3}}, "cumulative"),
        ({"distribution": {"age": lambda age: -age}}, "from 0 to 1"),
        ({"distribution": {"c*": lambda age: 0.5}}, "masses of its values"),
        ({"distribution": "rows", "data": np.zeros((0, 5))}, "rows"),
        ({"distribution": "data", "data": [[1, 0, 0, 99, 0]]}, "row 0 of data"),
        ({"distribution": "data", "data": [[1, 1, 0, 20, 0]]}, "row 0 of data"),
    ],
)
def test_refused(how, said):
    found, _, _ = explainer()
    with pytest.raises((BadInputError, TheoryError), match=said):
        found.precision([], **how)


@pytest.mark.parametrize("delta", [0, 1.5, "much", float("nan"), True])
def test_refused_shares(delta):
    found, _, _ = explainer()
    with pytest.raises(BadInputError, match="delta="):
        found.probable_reason(delta=delta, distribution="uniform")


def test_borders_that_the_model_lacks_are_refused():
    found, _, _ = explainer()
    with pytest.raises(BadInputError, match="chances are those of their cells"):
        found.precision("age > 33", distribution="uniform")


def test_rows_change_nothing_that_was_read_before():
    found, rows, _ = explainer()
    first = found.precision([], distribution="data", data=rows).value
    rows[:, 4] = 4
    assert found.precision([], distribution="data", data=rows).value == 1 != first
