"""Equal rows are asked once, and only equal ones; what was stopped by time is asked again."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from suffice.batch import explain_batch
from suffice.explainers.runs import answering
from suffice.explainers.runs.seen import Seen, keys_of

from tests.explainers.batch.cases import FAMILIES, data, made

NAMES = ["f1", "f2", "f3", "f4"]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("query", ["sufficient_reason", "contrastive_reason", "n_sufficient_reasons"])
def test_repeated_rows_have_the_answers_that_they_have_alone(family, query, monkeypatch):
    frame = pd.DataFrame(data()[0][:10], columns=NAMES)
    again = frame.iloc[np.random.default_rng(0).integers(0, 10, 60)].reset_index(drop=True)
    asked = []
    ask = answering.ask_batch
    monkeypatch.setattr(
        answering, "ask_batch", lambda e, rows, *a, **k: asked.append(len(rows)) or ask(e, rows, *a, **k)
    )
    found = explain_batch(made(family), pa.Table.from_pandas(again), query).drop_columns(["row"])
    assert sum(asked) <= 10
    ones = [explain_batch(made(family), pa.Table.from_pandas(again[i : i + 1]), query) for i in range(60)]
    assert pa.concat_tables(ones).drop_columns(["row"]) == found


def test_only_equal_rows_are_equal():
    frame = pd.DataFrame({"x": [0.0, -0.0, np.nan, np.nan, 1.0], "y": ["a", "a", "a", "a", 1]}, dtype=object)
    assert len(set(keys_of(frame.astype({"x": float})))) == 4
    assert len(set(keys_of(pd.DataFrame({"x": pd.Series([1, True, 1.0, "1"], dtype=object)})))) == 4
    assert keys_of(pd.DataFrame({"x": [[1], [2]]})) is None
    assert len(set(keys_of(pd.DataFrame({"x": pd.Categorical(["a", "b", "a"])})))) == 2


def test_what_was_stopped_by_time_or_failed_is_not_remembered():
    seen = Seen(most=2)
    rows = [(1,), (2,), (3,), (4,), (5,)]
    told = [{"status": s, "stop": t} for s, t in (("proved", "none"), ("error", "none"), ("best_so_far", "time_limit"),
                                                  ("best_so_far", "node_limit"), ("proved", "none"))]  # fmt: skip
    seen.note(rows, told)
    assert sorted(seen.look(rows)) == [(4,), (5,)]  # the oldest was forgotten
    assert seen.look([(9,)]) == {}
