"""What is withheld is nowhere in what is written, shown or drawn."""

from __future__ import annotations

import json
import pickle
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, MissingQueryError, explain, from_json
from suffice.explainers.credit import synthetic_credit
from suffice.explainers.credit_demo import credit_model

SECRET = re.compile(r"(?<!\d)618\d\d(?!\d)")  # all values and borders of a column


@pytest.fixture(scope="module")
def people():
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({name: draw.integers(0, 50, 300) + 0.5 for name in ("age", "income", "debt")})
    frame["age"] += 61803 - 20  # values and borders that are found nowhere else
    model = RandomForestClassifier(10, max_depth=4, random_state=0)
    return model.fit(frame, (frame.age - 61783 + frame.income > frame.debt + 20).astype(int)), frame


def written(one):
    """Everything that an explanation can be written or shown as."""
    reasons = [one.sufficient, *one.contrastive]
    yield one.to_json()
    yield repr(one)
    yield one._repr_html_()
    yield one.to_html()
    yield str(pickle.dumps(one))
    for reason in reasons:
        yield str((tuple(reason), reason.features, reason.own_values, reason.parts, reason.to_json(), repr(reason)))
        yield reason._repr_html_()
        yield f"{reason.witness!r} {reason.witness.tolist()}" if reason.witness is not None else ""
    yield f"{one.instance!r} {one.instance.tolist()} {one.instance.to_dict()} {one.change()!r}"


def test_nothing_of_a_withheld_column_is_left(people):
    model, frame = people
    many = explain(model, frame[:30])
    kept = many.redacted(["age"], changes=True)
    assert kept.withheld == ("age",)
    assert SECRET.search(many.to_json())
    for i, one in enumerate(kept):
        for text in written(one):
            assert not SECRET.search(text)
        assert not SECRET.search(many[i].to_html(redact=["age"], data=frame))
        assert not SECRET.search(many[i].to_json(redact=["age"]))
        assert one.prediction == many[i].prediction
        names = [part.feature for part in many[i].sufficient.parts]
        assert [part.feature for part in one.sufficient.parts] == names
        open_ = [said for said, name in zip(many[i].sufficient.features, names, strict=True) if name != "age"]
        assert [said for said in one.sufficient.features if "withheld" not in said] == open_
        assert [said for said in one.sufficient.features if "withheld" in said] == ["age: withheld"] * ("age" in names)
    texts = (kept.to_json(), kept.to_frame(changes=True).to_csv(), kept.to_html(changes=True), repr(kept))
    for text in (*texts, kept._repr_html_(), many.to_json(changes=True, redact=["age"]), repr(kept.summary())):
        assert not SECRET.search(text)
    assert not SECRET.search(many.to_frame(changes=True, redact=["age"]).to_csv())
    assert any("withheld" in said for one in kept for said in one.sufficient.features)
    again = from_json(kept.to_json())
    assert again.to_json() == kept.to_json()
    assert "Withheld on request: age" in kept.to_html()
    assert "Withheld on request: age" in kept[0].to_html()


def test_features_made_of_several_columns_and_reasons_of_features():
    rows, granted = synthetic_credit(400)
    model = credit_model(rows[:300], granted[:300])
    one = explain(model, rows[300:301], time_limit=20)[0]
    text = one.to_html(redact=["home", "income"])
    for name in ("home", "income"):
        assert str(rows[name].iloc[300]) not in text.partition("<footer")[0].partition("</style>")[2].replace("svg", "")
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit([[0, 61803], [1, 61804], [1, 7]], ["a", "b", "c"])
    found = explain(tree, [[0.0, 61803.0]], over="features", feature_names=["x", "y"])
    kept = found.redacted(["y"], changes=True)[0]
    for text in written(kept):
        assert not SECRET.search(text)


def test_unknown_columns_and_kept_ones(people):
    model, frame = people
    many = explain(model, frame[:3])
    with pytest.raises(BadInputError, match="redact='nobody'"):
        many.redacted(["nobody"])
    with pytest.raises(BadInputError, match="redact"):
        many[0].to_json(redact=3)
    told = many.to_json(changes=True)
    kept = from_json(told)
    for text in written(kept[0].redacted(["age"])):
        assert not SECRET.search(text)
    with pytest.raises(MissingQueryError, match="kept without its model"):
        kept.necessary_counts()
    assert kept.to_json() == told


def test_a_feature_of_several_columns_is_withheld_with_each_of_them():
    draw = np.random.default_rng(0)
    own = draw.integers(0, 3, 200)
    frame = pd.DataFrame({f"home_{name}": (own == i).astype(int) for i, name in enumerate(("61801", "rent", "none"))})
    frame["income"] = draw.integers(0, 9, 200)
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(frame, (own == 0) ^ (frame.income > 4))
    many = explain(model, frame[:6], features_type={"numerical": ["income"], "categorical": ["home_*"]})
    kept = from_json(many.to_json(changes=True))
    earlier = many.to_form(changes=True)  # as written before what features are made of was
    earlier["rows"] = [{key: one[key] for key in one if key != "groups"} for one in earlier["rows"]]
    for rows in (many, kept, from_json(json.dumps(earlier))):
        for column in ("home_rent", "home_*"):
            for one in rows.redacted([column], changes=True):
                assert one.instance.values[:3] == ("withheld",) * 3
                assert "home =" not in repr(one)
                assert "home !=" not in repr(one)
                assert any(said == "home_*: withheld" for said in one.sufficient.features)


def test_what_was_withheld_before_stays_so(people):
    model, frame = people
    twice = explain(model, frame[:3]).redacted(["age"]).redacted(["debt"])
    assert twice.withheld == twice[0].withheld == from_json(twice.to_json()).withheld == ("age", "debt")
    assert twice.redacted(["age"]).withheld == ("age", "debt")
    with pytest.raises(BadInputError, match="redact='nobody'"):
        explain(model, frame, time_limit=1e-9).redacted(["nobody"])


def test_labels_of_rows_are_withheld_with_their_column(people):
    model, frame = people
    many = explain(model, frame[:3].set_index(frame.age[:3]))
    assert many.to_frame().index.tolist() == frame.age[:3].tolist()
    assert not SECRET.search(many.to_json(redact=["age"]))
    assert many.to_frame(redact=["age"]).index.tolist() == [0, 1, 2]


@pytest.mark.parametrize("over", ["literals", "features"])
def test_no_word_of_a_withheld_text_is_left(over):
    texts = ["good film", "bad film", "bad 61803 play", "good 61803"] * 5
    model = make_pipeline(CountVectorizer(), DecisionTreeClassifier(random_state=0)).fit(texts, [1, 0, 1, 0] * 5)
    many = explain(model, texts[:4], over=over)
    kept = many.redacted(["text"], changes=True)
    assert kept.withheld == ("text",)
    for i, one in enumerate(kept):
        for text in (*written(one), many[i].to_html(redact=["text"]), many[i].to_json(redact=["text"])):
            assert not re.search(r"61803|film|good", text)


@pytest.mark.parametrize("theory", ["auto", None])
def test_borders_of_several_labels_are_withheld(theory):
    draw = np.random.default_rng(0)
    frame = pd.DataFrame({"a": draw.integers(0, 9, 200) + 61800, "b": draw.integers(0, 9, 200)})
    labels = np.column_stack([frame.a > 61803, (frame.b > 3) & (frame.a < 61806)])
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(frame, labels)
    many = explain(model, frame[:5], theory=theory)
    for one in many.redacted(["a"], changes=True):
        for text in written(one):
            assert not SECRET.search(text)
