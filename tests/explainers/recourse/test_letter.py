"""The page for the person: what it says is what the plans say."""

from html.parser import HTMLParser

import pytest
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Explainer
from suffice.explainers.credit import synthetic_credit


class Texts(HTMLParser):
    """The texts of a page, and its tags as they open and close."""

    def __init__(self):
        super().__init__()
        self.texts, self.open = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def read(page):
    parser = Texts()
    parser.feed(page)
    assert not parser.open
    return " ".join(parser.texts)


def test_what_the_page_says(tmp_path):
    rows, granted = synthetic_credit(300)
    rows = rows.drop(columns=["purpose", "home"]).fillna(0.0).astype({"married": int})
    rows = rows.rename(columns={"income": "income <b>&"})
    model = RandomForestClassifier(8, max_depth=4, random_state=0).fit(rows, granted)
    explainer = Explainer(model, rows[model.predict(rows) == "no"].iloc[[2]], background=rows)
    found = explainer.recourse(n=2, data=rows, scale="mad")
    near = found.nearest_row()
    page = found.letter(tmp_path / "letter.html", title="A <title>", opening="Dear & all", near=near)
    said = read(page)
    assert (tmp_path / "letter.html").read_text(encoding="utf-8") == page
    assert all(plan.text in said for plan in (*found, near))
    assert "A <title>" in said
    assert "Dear & all" in said
    assert "no smaller effort" in said
    none = explainer.recourse(at_most=0)
    assert "that is proved" in read(none.letter())
    for wrong in ({"title": 3}, {"opening": None}, {"near": True}, {"path": tmp_path / "no" / "where"}):
        with pytest.raises(BadInputError):
            found.letter(**wrong)
