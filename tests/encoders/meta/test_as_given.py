"""The model's own ``predict``, asked in one thread about few rows."""

import numpy as np
import pytest
from suffice.encoders.meta.as_given import few_threads
from threadpoolctl import threadpool_info


def threads():
    return [own["num_threads"] for own in threadpool_info() if own["user_api"] == "openmp"]


xgboost = pytest.importorskip("xgboost")


def test_few_rows_are_predicted_in_one_thread_alike():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(200, 6)).astype(np.float32)
    model = xgboost.XGBClassifier(n_estimators=60, max_depth=5).fit(
        rows, (rows[:, 0] > rng.normal(size=200)).astype(int)
    )
    told = model.predict(rows, output_margin=True)
    before = threads()
    with few_threads(3):
        assert set(threads()) == {1}
        assert (model.predict(rows, output_margin=True) == told).all()
    assert threads() == before
    with few_threads(10**6):
        assert threads() == before
