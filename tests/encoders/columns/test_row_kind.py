"""How rows were given is described in the order of the model's columns."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from suffice.encoders.columns.containers import container_of
from suffice.encoders.columns.row_kind import column_type, kind_of
from suffice.engine.domain.column_type import ColumnType

NAMES = ("a", "b", "c")


def test_a_frame_is_told_in_the_models_order() -> None:
    frame = pd.DataFrame({"c": pd.array([1, None], "Int8"), "x": [0, 0], "a": [1.5, 2.0], "b": [True, False]})
    kind = kind_of(frame, NAMES, NAMES)
    assert kind.container == "pandas" and kind.labels == NAMES
    assert [str(d) for d in kind.dtypes] == ["float64", "bool", "Int8"]
    assert kind.columns == (
        ColumnType("float", "float64"), ColumnType("bool", "bool"), ColumnType("integer", "int8", True)
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(kind)) == kind
    other = kind_of(pl.DataFrame({"a": [1], "b": ["x"], "c": [1.0]}), NAMES)
    assert other.container == "polars" and [c.kind for c in other.columns] == ["integer", "text", "float"]
    assert other.signature != kind.signature == kind_of(frame.iloc[:1], NAMES, NAMES).signature


@pytest.mark.parametrize(
    ("rows", "container", "kinds"),
    [
        ([1, 2, 3], "list", [""] * 3),
        ({"a": 1, "b": 2, "c": 3}, "mapping", [""] * 3),
        (np.zeros(3, np.uint8), "array", ["integer"] * 3),
        (np.zeros((2, 3), bool), "array", ["bool"] * 3),
        (np.zeros((2, 3), object), "array", [""] * 3),
        (pd.Series([1, 2, 3]), "series", ["integer"] * 3),
        (pd.Series([1, "x", 3]), "series", [""] * 3),
        (pl.Series([1.0, 2.0, 3.0]), "series", ["float"] * 3),
        (sparse.csr_matrix(np.eye(3)), "sparse", ["float"] * 3),
    ],
)
def test_containers(rows: Any, container: str, kinds: list[str]) -> None:
    kind = kind_of(rows, NAMES)
    assert kind.container == container and [c.kind for c in kind.columns] == kinds


@pytest.mark.parametrize(
    ("dtype", "told"),
    [
        (np.dtype("float16"), ("float", "float16", (-65504.0, 65504.0))),
        (np.dtype("uint8"), ("integer", "uint8", (0.0, 255.0))),
        (np.dtype("int64"), ("integer", "int64", (-(2.0**63), 2.0**63 - 1024))),
        (pd.BooleanDtype(), ("bool", "bool", (0.0, 1.0))),
        (pd.UInt16Dtype(), ("integer", "uint16", (0.0, 65535.0))),
        (pd.SparseDtype("float32"), ("float", "float32", (-3.4028234663852886e38, 3.4028234663852886e38))),
        (pd.CategoricalDtype(["a"]), ("category", "", (-np.inf, np.inf))),
        (pd.StringDtype(), ("text", "", (-np.inf, np.inf))),
        (np.dtype("datetime64[ns]"), ("date", "", (-np.inf, np.inf))),
        (pl.Int8(), ("integer", "int8", (-128.0, 127.0))),
        (pl.Boolean(), ("bool", "bool", (0.0, 1.0))),
        (pl.Float32(), ("float", "float32", (-3.4028234663852886e38, 3.4028234663852886e38))),
        (pl.Enum(["a"]), ("category", "", (-np.inf, np.inf))),
        (pl.Datetime("us"), ("date", "", (-np.inf, np.inf))),
        (None, ("", "", (-np.inf, np.inf))),
    ],
)
def test_column_types(dtype: Any, told: Any) -> None:
    found = column_type(dtype)
    assert (found.kind, found.dtype, found.limits) == told


def test_polars_has_no_nan_among_texts() -> None:
    kind = kind_of(pl.DataFrame({"n": [0.5], "t": ["a"], "i": [1]}), ("n", "t", "i"))
    made = container_of([(float("nan"), float("nan"), float("nan")), (1.0, "b", 2)], kind)
    assert made.dtypes == [pl.Float64, pl.String, pl.Int64]
    assert made["n"].is_nan().to_list() == [True, False]
    assert made["t"].to_list() == [None, "b"]
    assert made["i"].to_list() == [None, 2]
