"""Rows in tables of arrow, frames of other libraries and records: read as the frames that hold the same."""

from collections import namedtuple
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from suffice import Explainer, explain
from suffice.encoders.columns.containers import container_of
from suffice.encoders.columns.row_kind import RowKind
from suffice.encoders.columns.rows import plain_rows
from suffice.engine.errors import BadInputError

pa = pytest.importorskip("pyarrow")
pl = pytest.importorskip("polars")

Person = namedtuple("Person", ["x", "colour", "n", "more"])


@dataclass
class Record:
    n: int
    x: float
    colour: str


class Modelled:
    """What pydantic's models are like."""

    def __init__(self, **values):
        self.values = values

    def model_dump(self):
        return dict(self.values)


class Capsule:
    """A frame that only hands its columns over."""

    def __init__(self, frame):
        self._table = pa.Table.from_pandas(frame)

    def __arrow_c_stream__(self, schema=None):
        return self._table.__arrow_c_stream__(schema)


class Relation:
    """What DuckDB's relations are like."""

    def __init__(self, frame):
        self.columns, self.df = list(frame), lambda: frame


def narwhal(rows):
    return pytest.importorskip("narwhals").from_native(rows)


FORMS = {
    "table": pa.Table.from_pandas,
    "batch": pa.RecordBatch.from_pandas,
    "capsule": Capsule,
    "relation": Relation,
    "narwhals": narwhal,
    "narwhals of polars": lambda rows: narwhal(pl.from_pandas(rows)),
    "structured": lambda rows: np.array(rows.to_records(index=False)),
    "records": lambda rows: rows.to_records(index=False),
    "dataclasses": lambda rows: [Record(int(r.n), r.x, r.colour) for r in rows.itertuples()],
    "models": lambda rows: [Modelled(n=int(r.n), x=r.x, colour=r.colour) for r in rows.itertuples()],
    "named tuples": lambda rows: [Person(r.x, r.colour, int(r.n), None) for r in rows.itertuples()],
    "rows of a frame": lambda rows: list(rows.itertuples()),
    "dictionaries": lambda rows: rows.to_dict("records"),
}


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"colour": rng.choice(list("abc"), 90), "x": rng.normal(size=90), "n": rng.integers(0, 9, 90)})
    y = ((frame.colour == "a") | (frame.x > 0.1)).astype(int)
    columns = ColumnTransformer([("colour", OneHotEncoder(), ["colour"])], remainder="passthrough")
    return make_pipeline(columns, RandomForestClassifier(5, random_state=0)).fit(frame, y), frame


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("order", [["colour", "x", "n"], ["n", "colour", "x"]], ids=["own order", "other order"])
def test_forms_are_read_as_the_frame(fitted, form, order):
    model, frame = fitted
    wanted = explain(model, frame[:4])
    found = explain(model, form(frame[order][:4]))
    assert [one.prediction for one in found] == model.predict(frame[:4]).tolist()
    assert [one.sufficient for one in found] == [one.sufficient for one in wanted]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_changed_row_is_confirmed(fitted, form):
    model, frame = fitted
    given = form(frame[:1])
    given = given[0] if isinstance(given, list) else given
    explainer = Explainer.initialize(model, given, background=form(frame))
    change = explainer.minimal_contrastive_reason(time_limit=20)
    assert model.predict(change.witness.row)[0] != explainer.target_prediction == model.predict(frame[:1])[0]


def test_a_record_alone():
    structured = np.array([(1.0, "a")], dtype=[("x", float), ("colour", "U3")])
    assert plain_rows(structured[0]) == {"x": 1.0, "colour": "a"}
    assert plain_rows(Record(1, 2.0, "b")) == {"n": 1, "x": 2.0, "colour": "b"}


def test_frames_that_have_no_rows_yet(fitted):
    model, frame = fitted
    for lazy in (pl.from_pandas(frame).lazy(), narwhal(pl.from_pandas(frame).lazy())):
        with pytest.raises(BadInputError, match=r"LazyFrame .* pass rows.collect\(\)"):
            Explainer.initialize(model, lazy)


def test_a_frame_that_breaks():
    class Broken:
        columns = ("x",)

        def to_pandas(self):
            raise RuntimeError("the connection is closed")

    with pytest.raises(BadInputError, match=r"Broken of .*, which gives no data frame .*the connection is closed"):
        plain_rows(Broken())


def test_missing_values_and_other_dtypes_of_arrow(fitted):
    model, frame = fitted
    dictionary = pa.table(
        {"colour": pa.array(["a", "b"]).dictionary_encode(), "x": [0.5, -1.0], "n": pa.array([3, 4], "uint8")}
    )
    assert Explainer.initialize(model, dictionary.slice(0, 1)).target_prediction == 1
    holes = pa.table({"colour": ["a"], "x": pa.array([None], "float64"), "n": [3]})
    wanted = Explainer.initialize(model, frame[:1].assign(x=np.nan, colour="a"), missing=["x"])
    assert Explainer.initialize(model, holes, missing=["x"]).target_prediction == wanted.target_prediction
    decimals = pa.table({"colour": ["a"], "x": pa.array([Decimal("1.5")]), "n": [3]})
    assert Explainer.initialize(model, decimals).target_prediction == 1


@pytest.mark.parametrize("dtype", [pl.Boolean, pl.String, pl.Int8, None])
def test_values_of_several_kinds_stay_themselves_in_a_column_of_polars(dtype):
    values = [True, "(any other value)", 3, None]
    made = container_of([(value,) for value in values], RowKind("polars", ("a",), (dtype,), ""))
    assert made["a"].to_list() == values
