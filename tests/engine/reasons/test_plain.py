"""Values come back from JSON as they were, of the type that they had; what has no form there is refused."""

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from suffice.engine.errors import BadInputError, FormatError
from suffice.engine.reasons.plain import plain, value_of

DTYPES = ("f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?", "U4", "M8[D]", "M8[ns]", "m8[s]")
NUMPY = st.sampled_from(DTYPES).flatmap(lambda name: hnp.arrays(name, 1)).map(lambda array: array[0])
TIMES = (st.datetimes() | st.times()).map(lambda time: time.replace(fold=0))
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.decimals(allow_nan=False), st.dates(),
    st.timedeltas(), TIMES, NUMPY,
)  # fmt: skip
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple))


def there_and_back(value):
    return value_of(json.loads(json.dumps(plain(value), allow_nan=False)))


@given(VALUES)
def test_values_come_back(value):
    again = there_and_back(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)


@pytest.mark.parametrize(
    "value",
    [
        pandas.NA, pandas.NaT, pandas.Timestamp("2020-02-29 01:02:03.000000004"), pandas.Timedelta("3h 1ns"),
        pandas.Timestamp("2021-06-01", tz="Europe/Berlin"), np.datetime64("NaT"), np.longdouble(1) > 0, -0.0,
    ],
    ids=repr,
)  # fmt: skip
def test_values_of_pandas_come_back(value):
    again = there_and_back(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)


OTHERS = (object(), {1: 2}, {1}, b"x", np.longdouble(1), np.complex64(1), pandas.Period("2020"))


@pytest.mark.parametrize("value", OTHERS, ids=lambda value: type(value).__name__)
def test_other_values_are_refused(value):
    with pytest.raises(BadInputError, match="cannot be written as JSON"):
        plain(value)


@pytest.mark.parametrize(
    "told",
    [
        [1], {}, {"float": "1"}, {"float": "nan", "more": 1}, {"numpy": "O", "value": 1},
        {"numpy": "<i1", "value": 999},
        {"numpy": "<f4"}, {"tuple": 3}, {"decimal": "x"}, {"datetime": "yesterday"}, {"pandas": "NB"},
        {"timestamp": [1, "parsecs", None]}, {"timedelta": "x"}, {"numpy": "<V9", "value": 1}, {"duration": []},
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_value_is_refused(told):
    with pytest.raises(FormatError, match=r"expected a value|no value of the type"):
        value_of(told)


def test_numbers_that_look_alike_stay_apart():
    told = [plain(value) for value in (1, 1.0, True, "1", np.float32(1), np.int8(1), Decimal(1))]
    assert len({json.dumps(one) for one in told}) == len(told)


def test_a_datetime_is_no_date():
    assert there_and_back(dt.datetime(2020, 1, 1)) != there_and_back(dt.date(2020, 1, 1))
