"""Pages say what the results say, in any words that users have, and need nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, explain, from_json
from suffice.engine.reasons import Check
from suffice.explainers.pages.asked import Asked, Relaxed, asked_of
from suffice.explainers.pages.view import view_of
from suffice.explainers.pages.withheld import withheld_view

HOSTILE = '</script><img src=x onerror="alert(1)"> & \u202e'


@pytest.fixture(scope="module")
def data():
    found = load_breast_cancer(as_frame=True)
    return found.data, found.target_names[found.target]


@pytest.fixture(scope="module")
def model(data):
    return DecisionTreeClassifier(random_state=0).fit(data[0][100:], data[1][100:])


def test_each_condition_that_is_relaxed_shows_a_row_that_is_decided_otherwise(data, model):
    for i in range(10):
        one = explain(model, data[0].iloc[i])
        asked = asked_of(one, 5.0)
        assert len(asked.relaxed) == len(one.sufficient.features)
        for said, relaxed in zip(one.sufficient.parts, asked.relaxed, strict=True):
            assert relaxed.check.value is False  # a minimal reason needs each of them
            witness = relaxed.check.witness
            assert model.predict(witness.row)[0] == relaxed.prediction != one.prediction
            assert said.feature in witness.changed


def test_a_page_says_what_the_explanation_says_and_is_small(data, model, tmp_path):
    one = explain(model, data[0].iloc[0])
    text = one.to_html(tmp_path / "one.html", data=data[0])
    assert (tmp_path / "one.html").read_text(encoding="utf-8") == text
    assert len(text.encode()) < 300_000
    view = view_of(one, data=data[0])
    assert [part["says"] for part in view["why"]["statements"]] == list(one.sufficient.features)
    for said in (*one.sufficient.features, *one.contrastive[0].features, str(one.prediction)):
        assert said.replace(">", "&gt;").replace("<", "&lt;") in text
    assert not re.search(r'(src|href)\s*=\s*"?(https?:)?//', text)


def test_hostile_words_are_only_words(data, model, tmp_path):
    frame = data[0].rename(columns=dict.fromkeys(["worst area"], HOSTILE))
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(frame[[HOSTILE, "mean texture"]], data[1] + HOSTILE)
    many = explain(tree, frame[[HOSTILE, "mean texture"]][:20])
    for text in (many.to_html(title=HOSTILE, changes=True), many[0].to_html(title=HOSTILE)):
        assert "<img" not in text
        assert text.count("</script>") == text.count("<script")
    rows = json.loads(re.search(r'id="data">(.*?)</script>', many.to_html(changes=True), re.S)[1])["rows"]
    assert [row["reason"] for row in rows] == [list(reason.features) for reason in many.reasons()]
    assert rows[0]["prediction"] == many[0].prediction


def test_many_rows_and_what_was_kept(data, model):
    many = explain(model, data[0][:30])
    kept = from_json(many.to_json(changes=True))
    for text in (kept.to_html(changes=True), kept[0].to_html()):
        assert many[0].sufficient.features[0].replace(">", "&gt;") in text
    assert "was not asked for" in from_json(many.to_json())[0].to_html()


def test_a_path_that_cannot_be_written_is_told_and_leaves_nothing(data, model, tmp_path: Path):
    one = explain(model, data[0].iloc[0])
    with pytest.raises(BadInputError, match="cannot be written"):
        one.to_html(tmp_path / "missing" / "one.html")
    with pytest.raises(BadInputError, match="path=3"):
        one.to_html(3)
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadInputError, match="cannot be written"):
        one.to_html(tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


@pytest.mark.parametrize("kind", [DecisionTreeClassifier, RandomForestClassifier])
def test_further_changes_keep_what_must_not_change(data, kind):
    frame = data[0].iloc[:, :6]
    model = kind(max_depth=4, random_state=0, **({"n_estimators": 7} if kind is RandomForestClassifier else {}))
    model.fit(frame, data[1])
    fixed = [str(frame.columns[0]), str(frame.columns[3])]
    free, kept = (explain(model, frame[:12], **more) for more in ({}, {"immutable": fixed}))
    touched = [
        [set(reason.witness.changed) & set(fixed) for one in many for reason in asked_of(one, 5.0).contrastive or ()]
        for many in (free, kept)
    ]
    assert any(touched[0])  # without the wish there are such changes
    assert touched[1]
    assert not any(touched[1])


def test_an_error_of_the_library_itself_is_not_hidden(data, model, monkeypatch):
    one = explain(model, data[0][:2])[0]

    def broken(query, *what, **how):
        raise TypeError("a fault")

    monkeypatch.setattr(one, "ask", broken)
    with pytest.raises(TypeError, match="a fault"):
        asked_of(one, 1.0)


def test_grounds_that_name_withheld_values_are_not_shown(data, model):
    one = explain(model, data[0][:2])[0]
    named = str(one.instance.names[0])
    grounds = "literal 3 (mean radius > 12.3456) is not true at the instance"
    for check in (None, Check(None, grounds), Check(False, grounds)):
        view = view_of(one, asked=Asked((Relaxed(check, why=grounds),)))
        assert "12.3456" in str(view) and "12.3456" not in str(withheld_view(view, frozenset({named})))
