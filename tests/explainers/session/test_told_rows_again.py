"""Told rows as instances: they are read as what they were told from."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, Explanation, explain

RNG = np.random.default_rng(1)
FRAME = pd.DataFrame({"a": RNG.normal(size=120).round(2), "n": RNG.integers(0, 9, 120), "t": RNG.random(120) < 0.5})
LABELS = (((FRAME.a > 0) & (FRAME.n > 3)) | FRAME.t).astype(int).to_numpy()
MODEL = DecisionTreeClassifier(max_depth=4, random_state=0).fit(FRAME.to_numpy(float), LABELS)
KINDS: dict[str, Any] = {
    "pandas": FRAME,
    "nullable": FRAME.astype({"n": "Int64", "t": "boolean"}),
    "polars": pl.DataFrame(FRAME.to_dict("list")),
    "sparse": sparse.csr_matrix(FRAME.to_numpy(float)),
    "array": FRAME.to_numpy(np.float32),
    "list": FRAME.to_numpy(float).tolist(),
}


def first(rows: Any) -> Any:
    return rows.iloc[[0]] if isinstance(rows, pd.DataFrame) else rows[:1]


@pytest.mark.parametrize("kind", KINDS)
def test_told_rows_are_instances(kind: str) -> None:
    explainer = Explainer.initialize(MODEL, first(KINDS[kind]), background=KINDS[kind])
    before = explainer.target_prediction
    row = explainer.contrastive_reason().witness
    for instance in (row, [row]):
        explainer.set_instance(instance)
        assert explainer.target_prediction == 1 - before == explainer.predict(row)
        assert explainer.instance.tolist() == row.tolist()
        assert explainer.instance.row_kind.container == row.row_kind.container
    assert len(explain(MODEL, [row])) == 1
    one, two = explain(MODEL, row), explain(MODEL, [row, row])
    assert isinstance(one, Explanation) and one.prediction == 1 - before and one.instance.tolist() == row.tolist()
    assert two.predictions.tolist() == [1 - before] * 2 and two[1].change()[1] == before


def test_columns_of_a_row_are_taken_by_several_names() -> None:
    row = explain(MODEL, FRAME)[0].instance
    assert row[list(row.names[:2])].tolist() == row.tolist()[:2]
    for wrong in (1.5, ["nothing"], {"a": 1}):
        with pytest.raises(BadInputError, match="column"):
            row[wrong]
