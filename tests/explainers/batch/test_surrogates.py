"""A batch of a surrogate says what surrogates made for each row would say."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.neighbors import KNeighborsClassifier
from suffice import BadInputError, FidelityError, Status, SurrogateExplainer

from tests.explainers.batch.cases import told


def data():
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.integers(0, 30, 400), rng.integers(0, 2, 400), rng.integers(0, 40, 400)]).astype(float)
    return X, (X[:, 0] + 9 * X[:, 1] > 15).astype(int)


def made(instance, rows=None, **more):
    X, y = data()
    X = X if rows is None else rows
    model = KNeighborsClassifier(1).fit(np.asarray(X), y)
    predict = (lambda given: model.predict(np.asarray(given))) if rows is not None else model
    return SurrogateExplainer(predict, X, instance, n_neighbors=300, n_estimators=5, max_depth=4, **more)


@pytest.mark.parametrize("query", ["minimal_sufficient_reason", "contrastive_reason", "is_reason"])
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_batch_is_a_loop(query, n_jobs):
    X = data()[0]
    options = {"reason": ["f1", "f2"], "over": "features"} if query == "is_reason" else {}
    explainer = made(X[0])
    before = told(explainer.sufficient_reason())
    batch = explainer.batch(X[:4], query, n_jobs=n_jobs, **options)
    expected = [made(row) for row in X[:4]]
    assert [told(one) for one in batch] == [told(getattr(one, query)(**options)) for one in expected]
    assert batch.predictions.tolist() == [one.target_prediction for one in expected]
    assert set(batch.row_status) == {"of_surrogate"} and batch.status is Status.COMPLETE
    assert [row.tolist() for row in batch.rows] == X[:4].tolist()
    assert told(explainer.sufficient_reason()) == before


def test_frames_and_single_rows():
    X, _ = data()
    frame = pd.DataFrame(X.astype(int), columns=["a", "b", "c"])
    explainer = made(frame.iloc[0], frame)
    batch = explainer.batch(frame[:3], "sufficient_reason")
    assert [told(one) for one in batch] == [told(made(frame.iloc[[i]], frame).sufficient_reason()) for i in range(3)]
    assert [row.to_dict() for row in batch.rows] == frame[:3].to_dict("records")
    assert list(explainer.batch(frame.iloc[1], "sufficient_reason")) == [batch[1]]
    assert list(explainer.batch(X[1].tolist(), "sufficient_reason")) == [batch[1]]


def test_rows_without_faithful_surrogates_fail_alone():
    X, _ = data()
    batch = made(X[0]).batch([X[0], ["x", 1, 2], X[2]], "sufficient_reason")
    assert batch.row_status[0] == batch.row_status[2] == "of_surrogate" and batch.row_status[1] == "error"
    explainer = made(X[0], minimum_fidelity=0.5)
    explainer.made_with["minimum_fidelity"] = 0.999
    batch = explainer.batch(X[:2])
    assert {type(one) for one in batch} == {FidelityError} and "2 failed" in repr(batch)


def test_wrong_queries():
    X, _ = data()
    explainer = made(X[0])
    with pytest.raises(BadInputError, match=r"expected the name of a query of this model: .*contrastive_reason"):
        explainer.batch(X[:2], "set_instance")
    with pytest.raises(BadInputError, match="takes no colour="):
        explainer.batch(X[:2], colour=1)
    with pytest.raises(BadInputError, match="n_jobs=0"):
        explainer.batch(X[:2], n_jobs=0)


def test_surrogates_are_pickled():
    X, _ = data()
    explainer = made(X[0])
    again = pickle.loads(pickle.dumps(explainer))
    assert told(again.sufficient_reason()) == told(explainer.sufficient_reason())
    assert told(again.contrastive_reason()) == told(explainer.contrastive_reason())
