"""Data that many rows share is read once, and says the same as where each row reads it."""

import pickle

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer, audit_recourse
from suffice.explainers.queries.offered import kept_arguments
from suffice.explainers.session.kept import Kept, keeping

ASKED = [
    {"scale": "mad"}, {"scale": "std", "support": 4}, {"density": 0.2}, {"cost": "percentile", "within_data": True},
]  # fmt: skip


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(3)
    data = rng.normal(size=(120, 4)).round(1)
    labels = (data @ [2.0, -1.0, 1.0, 0.0] > 0).astype(int)
    return RandomForestClassifier(7, max_depth=4, random_state=0).fit(data, labels), data


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_as_row_by_row(fitted, asked):
    model, data = fitted
    refused = data[model.predict(data) == 0][:6]
    found = audit_recourse(model, refused, target=1, data=data, n_jobs=2, **asked)
    explainer = Explainer.initialize(model, refused[0], background=data)
    batch = explainer.batch(refused, "recourse", target=1, data=data, **asked)
    for row, plans, again in zip(refused, found, batch, strict=True):
        explainer.set_instance(row)
        alone = explainer.recourse(target=1, data=data, **asked)
        assert [plan.cost for plan in plans] == [plan.cost for plan in alone] == [plan.cost for plan in again]
        assert plans.status is alone.status is again.status


def test_data_is_read_once_for_each_model():
    data, made = [[1.0]], []
    one, other = object(), object()
    kept = keeping({"data": data, "n": 2}, kept_arguments("recourse"))["data"]
    assert isinstance(kept, Kept)
    assert keeping({"data": kept}, kept_arguments("recourse"))["data"] is kept
    assert keeping({"data": data}, kept_arguments("probable_reason"))["data"] is data
    for model in (one, one, other, one):
        kept.of(model, "rows", lambda: made.append(1))
    assert len(made) == 2
    assert pickle.loads(pickle.dumps(kept)).rows == data
