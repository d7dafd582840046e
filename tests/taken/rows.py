"""Containers in which rows come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.ensemble import RandomForestClassifier

from tests.taken.case import Case, Refused
from tests.taken.pipelines import NUMBERS, Y

polars = pytest.importorskip("polars")
pyarrow = pytest.importorskip("pyarrow")
GROUP = "rows"


def given(make: Any) -> Any:
    """Return what makes a forest and its rows in a container."""
    return lambda: (RandomForestClassifier(3, max_depth=3, random_state=0).fit(NUMBERS, Y), make(NUMBERS))


def plain(make: Any) -> Any:
    """Return the same for a forest without names of columns."""
    matrix = NUMBERS.to_numpy()
    return lambda: (RandomForestClassifier(3, max_depth=3, random_state=0).fit(matrix, Y), make(matrix))


@dataclass
class Person:
    """A record."""

    age: float
    income: float
    rate: float


CASES = [
    Case(GROUP, "arrays, lists, data frames of pandas", given(lambda rows: rows)),
    Case(GROUP, "data frames of polars", given(polars.from_pandas)),
    Case(GROUP, "pandas' own dtypes, and arrow's", given(lambda rows: rows.convert_dtypes(dtype_backend="pyarrow"))),
    Case(GROUP, "sparse matrices and arrays of scipy", plain(sparse.csr_array)),
    Case(GROUP, "Table and RecordBatch of pyarrow", given(pyarrow.Table.from_pandas), note="told as frames of pandas"),
    Case(GROUP, "mappings, named tuples, dataclasses, structured arrays",
         given(lambda rows: np.array(rows.to_records(index=False))), note="told as frames of pandas"),
]  # fmt: skip
REFUSED = [
    Refused(GROUP, "LazyFrame", given(lambda rows: polars.from_pandas(rows).lazy()), match="rows.collect",
            why="it has no rows before it is computed"),
]  # fmt: skip
