"""Texts and surrogates in frames: as their batches say."""

import pandas as pd
import pyarrow as pa
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer
from suffice.batch import explain_batch, run

from tests.explainers.batch.test_surrogates import data
from tests.explainers.batch.test_surrogates import made as surrogate

TEXTS = ["good fun film", "bad dull film", "good film", "dull story", "fun story", "bad bad"]


def test_texts_are_a_column(tmp_path):
    model = make_pipeline(CountVectorizer(), DecisionTreeClassifier(random_state=0)).fit(TEXTS, [1, 0, 1, 0, 1, 0])
    explainer, frame = Explainer.initialize(model), pd.DataFrame({"key": range(6), "text": TEXTS})
    found = explain_batch(explainer, frame, "contrastive_reason", keep="key")
    batch = explainer.batch(TEXTS, "contrastive_reason")
    assert found.prediction.tolist() == batch.predictions.tolist()
    said = [None if one is None else list(one.features) for one in batch]
    assert [None if one is None else list(one) for one in found.features] == said
    parted = run(explainer, frame, tmp_path / "out", "contrastive_reason", keep="key", part_rows=2).to_frame()
    assert parted.status.tolist() == found.status.tolist() and parted.witness.tolist() == found.witness.tolist()
    with pytest.raises(BadInputError, match="one column"):
        explain_batch(explainer, frame)


def test_surrogates_say_where_to_ask(tmp_path):
    explainer, frame = surrogate(data()[0][0]), pd.DataFrame(data()[0][:4])
    for ask in (lambda: explain_batch(explainer, frame), lambda: run(explainer, frame, tmp_path / "out")):
        with pytest.raises(BadInputError, match=r"explainer\.batch"):
            ask()


def test_models_are_no_explainers():
    with pytest.raises(BadInputError, match="expected an explainer"):
        explain_batch(DecisionTreeClassifier(), pa.table({"a": [1]}))
