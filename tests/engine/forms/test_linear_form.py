import pickle

import numpy as np
import pytest
from suffice.engine.errors import BadInputError
from suffice.engine.forms import Linear

INF = float("inf")


def knapsack():
    return Linear.build(
        [3, -1, 2], [({0: 1, 2: 4}, 1, INF), ({1: 2, 0: -1}, -INF, 3)], 0, [1, 5, 1], [True, False, True], 2.5, "abc"
    )


def test_rows_are_sorted_and_zeros_left_out():
    linear = Linear.build([0, 0], [({1: 2, 0: 1}, 0, 1), ({0: 0.0}, 0, 1)])
    columns, values, low, high = linear.row(0)
    assert (columns.tolist(), values.tolist(), low, high) == ([0, 1], [1.0, 2.0], 0.0, 1.0)
    assert len(linear.row(1)[0]) == 0


def test_values_at_a_point():
    linear = knapsack()
    assert linear.cost([1, 2, 0]) == 3.5
    assert linear.activities([1, 2, 1]).tolist() == [5.0, 3.0]
    assert linear.violation([1, 2, 1]) == 0.0
    assert linear.violation([0, 0, 0]) == 1.0
    assert linear.violation([1, 6, 0]) == 8.0
    assert linear.violation([0.75, 0, 1]) == 0.25
    assert Linear.build(np.zeros(0)).violation([]) == 0.0
    with pytest.raises(BadInputError, match="3 numbers"):
        linear.violation([1])


def test_kinds():
    assert not knapsack().is_pure_integer
    assert Linear.build([1, 2], (), 0, 1, True).is_binary
    assert not Linear.build([1, 2], (), 0, 2, True).is_binary
    assert Linear.build([1, 2], (), 0, 2, True).is_pure_integer
    assert knapsack().name(1) == "b"
    assert Linear.build([1]).name(0) == "x0"
    assert repr(knapsack()) == "Linear(3 variables (2 integer), 2 rows, 4 coefficients)"


def test_equality_hash_pickle():
    assert knapsack() == knapsack()
    assert hash(knapsack()) == hash(knapsack())
    assert pickle.loads(pickle.dumps(knapsack())) == knapsack()
    assert knapsack() != Linear.build([3, -1, 2])
    plus, minus = Linear.build([0.0]), Linear.build([-0.0])
    assert plus == minus
    assert hash(plus) == hash(minus)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"costs": [np.nan]}, "costs: expected finite"),
        ({"costs": [INF]}, "costs: expected finite"),
        ({"costs": [1], "offset": np.nan}, "offset"),
        ({"costs": [1], "lower": 2, "upper": 1}, r"lower\[0\]=2"),
        ({"costs": [1], "lower": INF}, r"lower\[0\]=inf"),
        ({"costs": [1], "upper": np.nan}, "upper"),
        ({"costs": [1], "lower": [0, 1]}, "lower: expected 1"),
        ({"costs": [[1]]}, "one-dimensional"),
        ({"costs": [1], "rows": [({1: 1}, 0, 1)]}, "1 is not among the 1 variables"),
        ({"costs": [1], "rows": [({-1: 1}, 0, 1)]}, "-1 is not among"),
        ({"costs": [1], "rows": [({0: INF}, 0, 1)]}, "values: expected finite"),
        ({"costs": [1], "rows": [({0: 1}, 2, 1)]}, r"row_lower\[0\]=2"),
        ({"costs": [1, 2], "names": ["a"]}, "names: expected 2"),
        ({"costs": [1, 2], "names": ["a", "a"]}, "different names"),
    ],
)
def test_bad_programs(arguments, message):
    with pytest.raises(BadInputError, match=message):
        Linear.build(**arguments)


def test_raw_arrays_are_checked():
    fine = knapsack()
    parts = {f: getattr(fine, f) for f in Linear.__slots__}
    assert Linear(**parts) == fine
    for field, value, message in (
        ("values", np.array([1.0, 0.0, 2.0, 1.0]), "stored coefficient is 0"),
        ("columns", np.array([2, 0, 0, 1]), "not ascending"),
        ("starts", np.array([0, 3, 2, 4]), "decrease"),
        ("columns", np.array([0, 2]), "2 columns for 4 values"),
    ):
        with pytest.raises(BadInputError, match=message):
            Linear(**{**parts, field: value})


def test_columns_may_fall_between_rows_also_over_empty_ones():
    rows = [({1: 1}, 0, 1), ({}, 0, 1), ({}, 0, 1), ({0: 1, 1: 1}, 0, 1), ({0: 1}, 0, 1), ({}, 0, 1)]
    assert Linear.build([0, 0], rows).n_rows == 6


def test_integers_that_a_float_cannot_hold_are_refused():
    with pytest.raises(BadInputError, match="does not fit float64"):
        Linear(
            np.array([2**53 + 1]),
            [],
            np.zeros(0, int),
            np.array([0]),
            [],
            [],
            np.zeros(1),
            np.ones(1),
            np.array([True]),
        )
