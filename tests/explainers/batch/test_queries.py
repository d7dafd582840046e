"""A batch says what a loop over its rows would say: every query of every family."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Batch, Explainer, Status, Stop, TheoryError
from suffice.explainers.batch.asking import queries_of
from suffice.explainers.boosted.explainer import BoostedExplainer
from suffice.explainers.forest.explainer import ForestExplainer
from suffice.explainers.multilabel.explainer import MultiLabelExplainer
from suffice.explainers.queries.offered import about_a_row
from suffice.explainers.queries.table import TABLE
from suffice.explainers.tree.answers import TreeAnswers
from suffice.explainers.tree.explainer import TreeExplainer

from tests.explainers.batch.cases import FAMILIES, NEEDED, asked, data, made, model_of, told

CLASSES = {
    "tree": TreeExplainer, "forest": ForestExplainer, "boosted": BoostedExplainer, "regressor": BoostedExplainer,
    "labels": MultiLabelExplainer,
}  # fmt: skip
CASES = [(family, query) for family in FAMILIES for query in queries_of(CLASSES[family])]


@pytest.mark.parametrize(("family", "query"), CASES)
def test_a_batch_is_a_loop(family, query):
    rows, options = data()[0][:4], NEEDED.get(query, {})
    explainer = made(family, rows[0])
    before = told(explainer.direct_reason()) if family != "regressor" else explainer.instance.tolist()
    batch = explainer.batch(rows, query, n_jobs=2, **options)
    loop = made(family)
    assert [told(one) for one in batch] == [told(asked(loop, row, query, **options)) for row in rows]
    assert batch.predictions.tolist() == [made(family, row).target_prediction for row in rows]
    after = told(explainer.direct_reason()) if family != "regressor" else explainer.instance.tolist()
    assert after == before


def test_the_default_query_and_what_a_batch_tells():
    rows = data()[0][:6]
    explainer = made("tree")
    batch = explainer.batch(rows)
    assert isinstance(batch, Batch) and len(batch) == 6 and batch.query == "minimal_sufficient_reason"
    assert batch.status is Status.COMPLETE and batch.stop is Stop.NONE and batch.seconds > 0
    assert set(batch.row_status) == {"optimal"} and (batch.row_seconds >= 0).all() and not batch.errors
    assert batch[1:3] == [batch[1], batch[2]] and batch[-1] == batch[5]
    assert [row.tolist() for row in batch.rows] == rows.tolist()
    assert all(word in repr(batch) for word in ("6 of 6 rows answered", "[optimal]", batch[0].features[0]))
    assert "minimal_sufficient_reason" in batch._repr_html_() and "<script" not in batch._repr_html_()
    frame = batch.to_frame()
    assert frame["status"].tolist() == ["optimal"] * 6 and frame["answer"][0].count("f") >= 1
    with pytest.raises(IndexError):
        batch[6]


@pytest.mark.parametrize("family", ["tree", "forest", "labels"])
@pytest.mark.parametrize("excluded", [(), ("f1",), ("f1", "f2", "f3", "f4")])
@pytest.mark.parametrize("over", ["literals", "features"])
def test_quick_ways_say_the_same(family, excluded, over):
    rows = data()[0][:30]
    explainer = made(family)
    explainer.set_excluded_features(excluded)
    loop = made(family)
    loop.set_excluded_features(excluded)
    batch = explainer.batch(rows, "sufficient_reason", over=over)
    expected = [told(asked(loop, row, "sufficient_reason", over=over)) for row in rows]
    assert [told(one) for one in batch] == expected
    assert batch.predictions.tolist() == [made(family, row).target_prediction for row in rows]


def test_unknown_queries_and_arguments():
    explainer, rows = made("tree"), data()[0][:3]
    for name in ("sufficient", "predict", "set_instance", "_here", "instance", "batch", 3, None):
        with pytest.raises(BadInputError, match=r"expected the name of a query of this model: .*contrastive_reason"):
            explainer.batch(rows, name)
    with pytest.raises(BadInputError, match=r"sufficient_reason takes no colour=…: it takes n, over, solver"):
        explainer.batch(rows, "sufficient_reason", colour=1)
    with pytest.raises(BadInputError, match=r"preferred_sufficient_reason needs method=…"):
        explainer.batch(rows, "preferred_sufficient_reason")
    with pytest.raises(BadInputError, match="over='words'"):
        explainer.batch(rows, "sufficient_reason", over="words")
    with pytest.raises(BadInputError, match="it is for models of several labels"):
        explainer.batch(rows, "sufficient_reason", labels=[1])
    with pytest.raises(BadInputError, match="n_jobs=0"):
        explainer.batch(rows, n_jobs=0)
    with pytest.raises(BadInputError, match="time_limit=-1"):
        explainer.batch(rows, time_limit=-1)
    with pytest.raises(BadInputError, match="a row has 2 values"):
        explainer.batch(rows[:, :2])


def test_aliases_are_queries():
    rows = data()[0][:3]
    explainer = made("tree")
    one, two = (
        explainer.batch(rows, f"{word}_sufficient_reason", method="minimal") for word in ("preferred", "prefered")
    )
    assert list(one) == list(two)


def test_arguments_that_are_used_up_once_serve_all_rows():
    rows = data()[0][:4]
    batch = made("tree").batch(rows, "is_reason", reason=iter(["f1", "f2", "f3", "f4"]), over="features")
    assert [one.value for one in batch] == [True] * 4


def test_a_row_that_fails_leaves_the_others(monkeypatch):
    rows = data()[0][:6]
    explainer = made("tree", features_type={"binary": ["f4"]})
    rows[:, 3] = [0, 1, 2, 0, 1, 2]
    batch = explainer.batch(rows, n_jobs=2)
    assert batch.row_status == ("optimal", "optimal", "error", "optimal", "optimal", "error")
    assert sorted(batch.errors) == [2, 5] and isinstance(batch[2], TheoryError)
    assert batch.status is Status.BEST_SO_FAR and batch.stop is Stop.NONE
    assert "2 failed" in repr(batch) and batch.predictions[2] is None

    def broken(self, *arguments, **more):
        raise ZeroDivisionError("a fault of the row")

    monkeypatch.setattr(TreeAnswers, "passed", broken)
    batch = made("tree").batch(rows, "direct_reason")
    assert {type(one) for one in batch} == {ZeroDivisionError}


def test_rows_of_all_kinds():
    X = data()[0][:4]
    names = ["a", "b", "c", "d"]
    whole = pd.DataFrame(data()[0], columns=names)
    frame = whole[:4]
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(whole, data()[1])
    explainer, plain = Explainer.initialize(model), list(Explainer.initialize(model).batch(X))
    for rows in (
        X.astype(np.float32), X.tolist(), frame, frame[["d", "b", "a", "c"]], sparse.csr_matrix(X), list(X),
        frame.to_dict("records"), [frame.iloc[i] for i in range(4)],
    ):  # fmt: skip
        loop = Explainer.initialize(model)
        expected = [asked(loop, row, "minimal_sufficient_reason") for row in _each(rows)]
        batch = explainer.batch(rows)
        assert [told(one) for one in batch] == [told(one) for one in expected], type(rows)
        assert len(batch.rows) == 4 and batch.rows[2].tolist() == pytest.approx(X[2].tolist(), abs=1e-6)
    for one in (X[0], X[0].tolist(), frame.iloc[0], frame.iloc[[0]], frame.to_dict("records")[0], X[:1]):
        assert list(explainer.batch(one)) == plain[:1]
    assert len(explainer.batch(X[:0])) == 0


def _each(rows):
    if hasattr(rows, "iloc"):
        return [rows.iloc[[i]] for i in range(len(rows))]
    return [rows[i] for i in range(rows.shape[0])] if hasattr(rows, "shape") else rows


def test_rows_of_mixed_kinds_and_a_typed_background():
    X = data()[0]
    frame = pd.DataFrame(X, columns=["a", "b", "c", "d"]).astype({"d": "int64"})
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(frame, data()[1])
    explainer = Explainer.initialize(model, background=frame)
    rows = [frame.iloc[[0]], frame.iloc[1], X[2], X[3].tolist(), frame.iloc[4].to_dict(), ["x"] * 4]
    batch = explainer.batch(rows, "contrastive_reason")
    loop = Explainer.initialize(model, background=frame)
    assert [told(one) for one in batch] == [told(asked(loop, row, "contrastive_reason")) for row in rows]
    assert batch.row_status[5] == "error" and batch.rows[5] == ["x"] * 4
    again = explainer.batch(X[:5].tolist(), "contrastive_reason")
    assert [told(one) for one in again] == [told(asked(loop, row, "contrastive_reason")) for row in X[:5].tolist()]


def test_rows_are_kept_as_they_were_given():
    rows = data()[0][:3]
    batch = made("tree").batch(rows)
    before = rows.tolist()
    rows[:] = 0
    assert [row.tolist() for row in batch.rows] != [[0] * 4] * 3 or before == rows.tolist()


@pytest.mark.parametrize("family", FAMILIES)
def test_batches_are_pickled(family):
    batch = made(family).batch(data()[0][:4], "contrastive_reason")
    again = pickle.loads(pickle.dumps(batch))
    assert [told(one) for one in again] == [told(one) for one in batch]
    assert [row.tolist() for row in again.rows] == [row.tolist() for row in batch.rows]
    assert repr(again) == repr(batch) and again.row_status == batch.row_status


@pytest.mark.parametrize("family", FAMILIES)
def test_explainers_are_pickled(family):
    X = data()[0]
    explainer = made(family, X[2])
    explainer.set_excluded_features(["f2"])
    again = pickle.loads(pickle.dumps(explainer))
    for one in (again, pickle.loads(pickle.dumps(again))):
        assert told(asked(one, X[2], "sufficient_reason")) == told(asked(explainer, X[2], "sufficient_reason"))
        assert told(one.contrastive_reason()) == told(explainer.contrastive_reason())
        assert one.instance.tolist() == explainer.instance.tolist() and repr(one) == repr(explainer)
    again.deactivate_theory()
    assert "theory off" in repr(pickle.loads(pickle.dumps(again)))


def test_a_rectified_explainer_is_asked_in_threads():
    X = data()[0]
    explainer = made("forest", X[1])
    explainer.rectify(conditions=["f1 > 0.1", "f2 < 0.7"], label=0)
    with pytest.raises(TypeError, match="rectified model cannot be pickled"):
        pickle.dumps(explainer)
    many = explainer.batch(X[:4], "minimal_sufficient_reason", solver="rc2", n_jobs=2)
    assert [told(one) for one in many] == [
        told(asked(explainer, row, "minimal_sufficient_reason", solver="rc2")) for row in X[:4]
    ]
    assert {int(one) for one in many.predictions} == {0, 1}


def test_models_of_several_families_keep_their_domain():
    X = data()[0]
    explainer = Explainer.initialize(model_of("forest"), X[0], {"integer": ["f4"]}, ranges={"f4": (0, 2)})
    explainer.set_excluded_features(["f1"])
    loop = Explainer.initialize(model_of("forest"), X[0], {"integer": ["f4"]}, ranges={"f4": (0, 2)})
    loop.set_excluded_features(["f1"])
    for query in ("sufficient_reason", "contrastive_reason"):
        expected = [told(asked(loop, row, query)) for row in X[:6]]
        assert [told(one) for one in explainer.batch(X[:6], query)] == expected
        assert [told(one) for one in pickle.loads(pickle.dumps(explainer)).batch(X[:6], query)] == expected


def test_what_no_batch_asks():
    whole = {row.name for row in TABLE if not about_a_row(row.name)}
    for family, explainer in CLASSES.items():
        assert "sufficient_reason" in queries_of(explainer) and not whole & {*queries_of(explainer)}
        with pytest.raises(BadInputError, match="expected the name of a query"):
            made(family, data()[0][0]).batch(data()[0][:2], "get_feature_names")
    assert {"predict", "to_features", "implies", "extremum_range", "set_instance", "batch"} <= whole
