"""Dtypes come back from JSON equal; what has no form there is left out, and what is none is refused."""

import json

import numpy as np
import pandas
import polars
import pytest
from suffice.encoders.columns.plain_dtypes import dtype_of, plain_dtype
from suffice.encoders.columns.plain_rows import kind_form, kind_of_form
from suffice.encoders.columns.row_kind import kind_of
from suffice.engine.errors import FormatError

PANDAS = pandas.DataFrame(
    {
        "a": [1, 2],
        "b": ["x", "y"],
        "c": pandas.Categorical(["u", "v"], categories=["v", "u"], ordered=True),
        "d": pandas.array([1, None], dtype="Int64"),
        "e": pandas.to_datetime(["2020-01-01", "2021-01-01"]).tz_localize("UTC"),
        "f": pandas.array([True, None], dtype="boolean"),
        "g": pandas.Categorical([1, 2]),
        "h": np.array([1, 2], np.float32),
    }
)
POLARS = polars.DataFrame(
    {
        "a": [1], "b": ["x"], "c": [True], "d": polars.Series(["x"], dtype=polars.Categorical),
        "e": polars.Series(["x"], dtype=polars.Enum(["x", "y"])), "f": polars.Series([1.5], dtype=polars.Float32),
        "g": polars.Series([0]).cast(polars.Datetime("ms", "UTC")),
    }
)  # fmt: skip


@pytest.mark.parametrize("frame", [PANDAS, POLARS], ids=["pandas", "polars"])
def test_dtypes_come_back(frame):
    for dtype in frame.dtypes:
        again = dtype_of(json.loads(json.dumps(plain_dtype(dtype))))
        assert again == dtype
        assert str(again) == str(dtype)


ROWS = (PANDAS, POLARS, np.zeros((1, 3), np.float32), [[1, 2.5]])


@pytest.mark.parametrize("rows", ROWS, ids=["pandas", "polars", "array", "list"])
def test_kinds_of_rows_come_back(rows):
    names = [f"{i}" for i in range(2)] if isinstance(rows, list) else list(getattr(rows, "columns", "xyz"))
    kind = kind_of(rows, names)
    again = kind_of_form(json.loads(json.dumps(kind_form(kind))))
    assert again == kind
    assert again.signature == kind.signature


def test_objects_declare_nothing():
    assert plain_dtype(np.dtype(object)) is None
    assert plain_dtype(polars.List(polars.Int64)) is None
    assert dtype_of(None) is None


NONE = (
    {}, 3, {"numpy": "zzz"}, {"polars": "Float128"}, {"polars": "exec"}, {"pandas": "no such"}, {"category": [[1]]},
    {"category": ["a"]}, {"polars": "Datetime"}, {"polars": "Datetime", "unit": "years", "zone": None},
)  # fmt: skip


@pytest.mark.parametrize("told", NONE, ids=repr)
def test_what_is_no_dtype_is_refused(told):
    with pytest.raises(FormatError, match=r"expected a dtype|no dtype of|expected a value"):
        dtype_of(told)
