"""Groups as users say them."""

import numpy as np
import pandas as pd
import pytest
from suffice import BadInputError
from suffice.explainers.population.groups import Grouping, groupings_of

COLUMNS = {"sex": ["f", "m", "f"], "age": [30, 20, None]}


def column(name):
    return COLUMNS[name]


def told(found):
    return [(one.name, one.labels, one.of.tolist()) for one in found]


def test_columns_values_and_mappings():
    sex = ("sex", ("f", "m"), [0, 1, 0])
    assert told(groupings_of("sex", 3, column)) == [sex]
    assert told(groupings_of(["sex", "age", "sex"], 3, column)) == [sex, ("age", ("20", "30", "missing"), [1, 0, 2])]
    assert told(groupings_of({"own": ["a", "b", "a"], "again": "sex"}, 3, column)) == [
        ("own", ("a", "b"), [0, 1, 0]), ("again", ("f", "m"), [0, 1, 0]),
    ]  # fmt: skip
    assert told(groupings_of(np.array([2, 1, 2]), 3, column)) == [("group", ("1", "2"), [1, 0, 1])]
    own = pd.Series([True, False, True], name="s")
    assert told(groupings_of(own, 3, column)) == [("s", ("False", "True"), [1, 0, 1])]
    assert groupings_of(None, 3, column) == ()


def test_values_that_look_alike_stay_apart():
    one = Grouping("g", [1, "1", True, 1.0, None, float("nan"), pd.NA])
    assert len(set(one.labels)) == len(one.labels)
    assert one.of[0] != one.of[1] != one.of[2]
    assert one.of[4] == one.of[5] == one.of[6]


@pytest.mark.parametrize("said", [{"g": ["a"]}, {"g": 5}, np.array([1, 2]), 7, {"g": [[1], [2], [3]]}])
def test_what_is_no_grouping(said):
    with pytest.raises(BadInputError, match="groups"):
        groupings_of(said, 3, column)
