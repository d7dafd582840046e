"""Explainers as files: what is loaded answers as what was saved."""

from __future__ import annotations

import copy
import io
import pickle

import joblib
import pytest
import suffice
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, ModelChangedError
from suffice.explainers.queries.table import NOT_OF_A_ROW, TABLE

from tests.explainers.batch.cases import FAMILIES, LIMIT, NEEDED, asked, data, made, model_of, told

ROWS = (0, 3, 7)


def queries(explainer):
    """The names of all queries that an explainer has."""
    of_rows = [query.name for query in TABLE if query.facet not in NOT_OF_A_ROW]
    return [name for name in of_rows if hasattr(type(explainer), name)]


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_loaded_answers_equally(family, tmp_path):
    X, _ = data()
    explainer = made(family, X[1])
    path = tmp_path / "one.suffice"
    explainer.save(path)
    loaded, attached = suffice.load(path), suffice.load(str(path), model=model_of(family))
    assert type(loaded) is type(attached) is type(explainer)
    assert list(loaded.instance) == list(explainer.instance) and loaded.target_prediction == explainer.target_prediction
    assert attached.get_model() is model_of(family)
    names = queries(explainer)
    assert len(names) > 10
    for query in names:
        for row in ROWS:
            how = NEEDED.get(query, {})
            answers = [told(asked(one, X[row], query, **how)) for one in (explainer, loaded, attached)]
            assert answers[0] == answers[1] == answers[2], query
    assert [loaded.predict(x) for x in X[:20]] == [explainer.predict(x) for x in X[:20]]


@pytest.mark.parametrize("family", FAMILIES)
def test_equal_explainers_are_equal_files(family, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    paths = [tmp_path / name for name in "abc"]
    made(family, data()[0][1]).save(paths[0])
    made(family, data()[0][1]).save(paths[1])
    suffice.load(paths[0]).save(paths[2])
    assert paths[0].read_bytes() == paths[1].read_bytes() == paths[2].read_bytes()


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one)), "joblib"])
@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_loaded_can_be_copied(family, again, tmp_path):
    X, _ = data()
    made(family, X[1]).save(tmp_path / "one")
    loaded = suffice.load(tmp_path / "one")
    if again == "joblib":
        stream = io.BytesIO()
        joblib.dump(loaded, stream)
        stream.seek(0)
        other = joblib.load(stream)
    else:
        other = again(loaded)
    query = {"time_limit": LIMIT, "over": "features"}
    assert told(other.sufficient_reason(**query)) == told(loaded.sufficient_reason(**query))


def test_another_model_is_refused(tmp_path):
    X, y = data()
    made("tree").save(tmp_path / "one")
    other = DecisionTreeClassifier(max_depth=3, random_state=1).fit(X[:60], y[:60])
    with pytest.raises(ModelChangedError, match="not what was explained"):
        suffice.load(tmp_path / "one", model=other)


def test_with_its_model_the_guards_are_back(tmp_path):
    X, y = data()
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
    Explainer.initialize(model).save(tmp_path / "one")
    attached = suffice.load(tmp_path / "one", model=model)
    model.fit(X[:50], y[:50])
    with pytest.raises(ModelChangedError, match="fitted again"):
        attached.set_instance(X[0])


def test_the_audit_line_stays(tmp_path):
    from suffice.explainers.keeping.audit import audit_of

    explainer = made("forest")
    explainer.save(tmp_path / "one")
    loaded = suffice.load(tmp_path / "one")
    one, other = audit_of(explainer.session.compiled), audit_of(loaded.session.compiled)
    assert one["model"] == other["model"] == "sklearn.RandomForestClassifier"
    assert one["form"] == other["form"] and one["versions"] == other["versions"]
    assert "saved RandomForestClassifier" in repr(loaded)
