"""Pages of every kind of model say what its explanations say."""

from __future__ import annotations

import html
import json
import re

import numpy as np
import pytest
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import explain
from suffice.engine.status import Status
from suffice.explainers.credit import synthetic_credit
from suffice.explainers.pages.asked import Asked, Relaxed
from suffice.explainers.pages.view import view_of

NUMBERS = ["age", "income", "debt", "late payments"]
ROWS, GRANTED = synthetic_credit(250)


def made(name):
    """Return a fitted model of a family, and rows."""
    inputs, wide = ROWS[NUMBERS], ROWS[[*NUMBERS, "purpose", "home"]]
    if name == "tree":
        return DecisionTreeClassifier(max_depth=5, random_state=0).fit(inputs, GRANTED), inputs
    if name == "forest":
        return RandomForestClassifier(7, max_depth=4, random_state=0).fit(inputs, GRANTED), inputs
    if name == "boosted":
        return GradientBoostingClassifier(n_estimators=8, max_depth=2, random_state=0).fit(inputs, GRANTED), inputs
    if name == "composed":
        columns = make_column_transformer((StandardScaler(), NUMBERS), (OneHotEncoder(), ["purpose", "home"]))
        forest = RandomForestClassifier(7, max_depth=4, random_state=0)
        return make_pipeline(columns, forest).fit(wide, GRANTED), wide
    if name == "labels":
        both = np.column_stack([GRANTED == "yes", inputs["debt"] > 8000]).astype(int)
        return DecisionTreeClassifier(max_depth=4, random_state=0).fit(inputs, both), inputs
    few = inputs[["debt", "late payments"]]
    return RandomForestRegressor(4, max_depth=3, random_state=0).fit(few, inputs["income"] / 1000.0), few


TEXTS = ["good fun film", "good plot", "lovely good cast", "awful dull film", "dull plot", "awful cast bore"]


@pytest.mark.parametrize("name", ["tree", "forest", "boosted", "composed", "labels", "number"])
def test_each_family_has_its_pages(name):
    model, inputs = made(name)
    wish = {"interval": (25.0, 45.0)} if name == "number" else {}
    many = explain(model, inputs[:12], **wish)
    rows = json.loads(re.search(r'id="data">(.*?)</script>', many.to_html(changes=name != "labels"), re.S)[1])["rows"]
    assert [row["prediction"] for row in rows] == [one.predicted for one in many]
    assert [row["reason"] for row in rows] == [[] if r is None else list(r.features) for r in many.reasons()]
    one = next(one for one in many if one.sufficient is not None)
    text = html.unescape(one.to_html(data=inputs, time_limit=2.0))
    for said in one.sufficient.features:
        assert said in text
    assert f"<h1>{one.predicted}</h1>" in text
    found = one.known_changes()
    for said in found[0].features if found else ():
        assert said in text


def test_texts_have_pages():
    model = make_pipeline(CountVectorizer(), LogisticRegression(C=10)).fit(TEXTS, [1, 1, 1, 0, 0, 0])
    many = explain(model, TEXTS)
    assert many[0].sufficient.features[0] in html.unescape(many[0].to_html())
    assert html.unescape(many.to_html()).count(many[0].sufficient.features[0]) >= 1


def test_a_row_without_a_reason_says_why():
    model = DecisionTreeClassifier(max_depth=5, random_state=0).fit(ROWS[NUMBERS], GRANTED)
    many = explain(model, ROWS[NUMBERS][:40], excluded=NUMBERS[:3])
    place = next(i for i, reason in enumerate(many.reasons()) if reason is None)
    assert many.none_because in html.unescape(many[place].to_html())
    assert many.none_because in html.unescape(many.to_html())


def test_what_is_not_proved_is_not_called_proved():
    model = DecisionTreeClassifier(max_depth=5, random_state=0).fit(ROWS[NUMBERS], GRANTED)
    one = explain(model, ROWS[NUMBERS][:1])[0]
    for status in (Status.BEST_SO_FAR, Status.OF_SURROGATE):
        one.sufficient = one.sufficient.with_proof(status=status)
        why = view_of(one)["why"]
        assert not why["proved"]
        assert "whatever else changes" not in why["status"]
    opened = view_of(one, asked=Asked((Relaxed(None, why="time was up"),)))["why"]["statements"][0]["relaxed"]
    assert opened == {"answer": "open", "says": "Not decided: time was up."}
