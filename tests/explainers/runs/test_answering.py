"""Frames of answers: what each query says of each row, whatever the parts; rows that fail are rows."""

import json
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import polars
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Check, Explainer, Reason, Reasons
from suffice.batch import Mapper, answer_schema, explain_batch
from suffice.explainers.batch.asking import queries_of
from suffice.explainers.runs.shapes import as_json

from tests.brute.amounts import examples
from tests.explainers.batch.cases import FAMILIES, NEEDED, asked, data, made

NAMES = ["f1", "f2", "f3", "f4"]
SKIPPED = ("to_", "rectify")  # answers that are files or models: told as JSON, if at all


def frame_of(rows):
    frame = pd.DataFrame(data()[0][:rows], columns=NAMES)
    return frame.assign(key=[f"k{i}" for i in range(rows)])


def lists(column):
    return [None if one is None else list(one) for one in column]


def values_of(value, words=True):
    """What a row of the frame says of an answer, written down a second time."""
    if isinstance(value, Reason):
        witness = None if value.witness is None else {n: float(value.witness[n]) for n in value.witness.changed}
        return {"items": list(value), "size": len(value), "features": list(value.features), "witness": witness}
    if isinstance(value, Check):
        return {"value": value.value, "why": value.why or None}
    if isinstance(value, Reasons):
        return {"count": len(value), "reasons": sorted([list(one) for one in value], key=repr)}
    return {"value": value if isinstance(value, int) else json.loads(as_json(value))}


def read_row(row, value):
    """The same columns of a row of the frame."""
    found = {name: row[name] for name in values_of(value)}
    if found.get("witness") is not None and "items" in found:
        found["witness"] = {n: float(v) for n, v in json.loads(found["witness"]).items()}
    if "reasons" in found:
        found["reasons"] = sorted([one["items"] for one in found["reasons"]], key=repr)
    if not isinstance(value, (int, Check)) and "value" in found:
        found["value"] = json.loads(found["value"])
    return found


@pytest.mark.parametrize("family", FAMILIES)
def test_every_query_says_of_each_row_what_it_says_alone(family):
    explainer, frame = made(family), frame_of(5)
    for query in queries_of(type(explainer)):
        if query.startswith(SKIPPED):
            continue
        options = NEEDED.get(query, {})
        table = explain_batch(explainer, pa.Table.from_pandas(frame), query, keep="key", n_jobs=2, **options)
        assert table.schema == answer_schema(explainer, frame, query, keep=["key"], **options), query
        rows = table.to_pylist()
        assert [row["key"] for row in rows] == list(frame.key) and [row["row"] for row in rows] == list(range(5))
        for i, row in enumerate(rows):
            alone = asked(made(family), frame[NAMES].iloc[[i]], query, **options)
            if isinstance(alone, Exception):
                assert row["status"] == "error" and row["error"] == f"{type(alone).__name__}: {alone}", query
            elif alone is None:
                assert row["error"] is None and row["status"] != "error", query
            else:
                assert read_row(row, alone) == values_of(alone), (query, i)
                assert row["error"] is None and row["stop"] == "none", query


@pytest.mark.parametrize("family", ["tree", "forest", "labels"])
@given(cuts=st.lists(st.integers(0, 24), max_size=4), over=st.sampled_from(["literals", "features"]))
@settings(max_examples=examples(6), deadline=None)
def test_parts_of_any_size_hold_the_same_rows(family, cuts, over):
    explainer, frame = made(family), pa.Table.from_pandas(frame_of(24))
    whole = explain_batch(explainer, frame, over=over, keep="key")
    ends = sorted({0, 24, *cuts})
    parts = [
        explain_batch(explainer, frame.slice(low, high - low), over=over, keep="key", first_row=low, n_jobs=1)
        for low, high in pairwise(ends)
    ]
    assert pa.concat_tables(parts) == whole


def test_parts_of_any_size_where_rows_open_a_group_of_columns():
    rng = np.random.default_rng(0)
    kinds = rng.integers(0, 4, 200)  # 3: no column of the group is set
    X = np.column_stack([(kinds == 0), (kinds == 1), (kinds == 2), rng.normal(size=200)]).astype(float)
    model = RandomForestClassifier(7, max_depth=4, random_state=0).fit(X, (kinds == 1) | (X[:, 3] > 0.5))
    explainer = Explainer.initialize(model, features_type={"categorical": {"{f1,f2,f3}": ["a", "b", "c"]}})
    frame = pd.DataFrame(X[:30], columns=NAMES)
    whole = explain_batch(explainer, pa.Table.from_pandas(frame))
    ones = [explain_batch(explainer, pa.Table.from_pandas(frame[i : i + 1]), first_row=i) for i in range(30)]
    assert pa.concat_tables(ones) == whole


def test_a_poisoned_row_is_a_row_with_its_error():
    explainer, frame = made("forest"), frame_of(40)
    frame.loc[[3, 17], "f2"] = [math.inf, math.nan]
    table = explain_batch(explainer, frame)
    bad = table[table.status == "error"]
    assert list(bad.index) == [3, 17] and all(bad.error.str.contains("f2"))
    good = explain_batch(explainer, frame.drop([3, 17]))
    assert lists(table.drop([3, 17]).features) == lists(good.features)


def test_a_row_outside_the_domain_is_a_row_with_its_error():
    explainer = made("tree", ranges={"f1": (-1, 1)})
    table = explain_batch(explainer, frame_of(40))
    outside = (frame_of(40).f1.abs() > 1).to_numpy()
    assert outside.any() and (table.status == "error").tolist() == outside.tolist()
    assert table.error[outside].str.startswith("TheoryError").all()


def test_frames_come_back_in_their_library():
    explainer, frame = made("boosted"), frame_of(6).set_index(pd.Index(list("uvwxyz"), name="who"))
    own = explain_batch(explainer, frame, keep="key")
    assert isinstance(own, pd.DataFrame) and own.index.equals(frame.index) and str(own["size"].dtype) == "Int64"
    table = explain_batch(explainer, pa.Table.from_pandas(frame, preserve_index=False), keep="key")
    assert explain_batch(explainer, polars.from_pandas(frame), keep="key").to_arrow().to_pylist() == table.to_pylist()
    batch = explain_batch(explainer, pa.RecordBatch.from_pandas(frame, preserve_index=False), keep="key")
    assert isinstance(batch, pa.RecordBatch) and batch.to_pylist() == table.to_pylist()
    assert explain_batch(explainer, frame[:0], keep="key").columns.tolist() == own.columns.tolist()


def test_steps_stop_rows_at_the_same_place_whoever_asks():
    X, y = data()
    forest = RandomForestClassifier(25, max_depth=8, random_state=0).fit(X, y)
    explainer = Explainer.initialize(forest)
    table = pa.Table.from_pandas(frame_of(30))
    how = {"query": "minimal_sufficient_reason", "row_steps": 10_000}
    one = explain_batch(explainer, table, n_jobs=1, **how)
    stops = one.column("stop").to_pylist()
    assert "node_limit" in stops and "none" in stops
    assert explain_batch(Explainer.initialize(forest), table, n_jobs=4, **how) == one
    free = explain_batch(explainer, table, "minimal_sufficient_reason").to_pylist()
    for cut, whole in zip(one.to_pylist(), free, strict=True):
        if cut["stop"] == "none":
            assert cut["size"] == whole["size"] and cut["status"] == "optimal"
        else:
            assert cut["status"] in ("best_so_far", "undecided")
            assert cut["size"] is None or cut["size"] >= whole["size"]


def test_seconds_stop_single_rows_and_not_the_others():
    X, y = data()
    forest = RandomForestClassifier(60, random_state=0).fit(X, y)
    found = explain_batch(Explainer.initialize(forest), frame_of(4), "n_sufficient_reasons", row_seconds=1e-4, n_jobs=1)
    assert len(found) == 4 and set(found.status) <= {"undecided", "best_so_far", "complete"}
    assert (found.stop == "time_limit").sum() >= 2 and not (found.status == "not_reached").any()


def test_regressors_say_what_is_explained():
    explainer = Explainer.initialize(made("regressor").get_model())
    frame = frame_of(12)
    with pytest.raises(BadInputError, match="tolerance"):
        explain_batch(explainer, frame)
    near = explain_batch(explainer, frame, tolerance=0.4, n_jobs=3)
    for i, row in enumerate(near.itertuples()):
        single = Explainer.initialize(explainer.get_model(), frame[NAMES].iloc[[i]])
        single.set_interval(row.prediction - 0.4, row.prediction + 0.4)
        assert list(single.sufficient_reason().features) == list(row.features)
    inside = explain_batch(explainer, frame, interval=(0.2, math.inf))
    assert ((inside.prediction < 0.2) == (inside.status == "error")).all()
    with pytest.raises(BadInputError, match="regressors"):
        explain_batch(made("tree"), frame, tolerance=1)


def test_what_is_wrong_is_said_before_any_row():
    explainer, frame = made("tree"), frame_of(3)
    for wrong, words in (
        ({"query": "nothing"}, "query="),
        ({"query": "is_reason"}, "reason="),
        ({"surprise": 1}, "surprise"),
        ({"keep": "no"}, "keep"),
        ({"row_steps": 0}, "row_steps"),
        ({"row_seconds": -1}, "time_limit|row_seconds"),
        ({"first_row": "a"}, "first_row"),
    ):
        with pytest.raises(BadInputError, match=words):
            explain_batch(explainer, frame, **wrong)
    with pytest.raises(BadInputError, match="lack"):
        explain_batch(Explainer.initialize(made("tree").get_model(), feature_names=NAMES), frame.drop(columns="f1"))
    with pytest.raises(BadInputError, match="frame="):
        explain_batch(explainer, [[1, 2, 3, 4]])
    with pytest.raises(BadInputError, match="keep"):
        explain_batch(explainer, frame.assign(size=1), keep="size")


def test_without_words_there_are_numbers_alone():
    table, told = (explain_batch(made("forest"), frame_of(4), words=words) for words in (False, True))
    assert "features" not in table.columns and lists(table["items"]) == lists(told["items"])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_mapper_travels_with_its_explainer(family):
    import pickle

    own = made(family)
    mapper = Mapper(own, "contrastive_reason", keep="key")
    far = pickle.loads(pickle.dumps(mapper))
    frame = frame_of(6)
    here = explain_batch(own, frame, "contrastive_reason", keep="key").drop(columns="row")
    pd.testing.assert_frame_equal(far(frame), here)
    pd.testing.assert_frame_equal(mapper(frame), here)
    assert far.meta(frame).dtypes.equals(here.dtypes) and not len(far.meta(frame))
    table = pa.Table.from_pandas(frame, preserve_index=False)
    (batch,) = far.batches(table.to_batches())
    assert batch.schema == far.schema(table.schema) and batch.to_pylist() == far(table).to_pylist()
