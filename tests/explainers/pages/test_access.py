"""Pages are well-formed, allow nothing but themselves, and can be read by everybody."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from sklearn.tree import DecisionTreeClassifier
from suffice import explain
from suffice.explainers.credit import synthetic_credit
from suffice.explainers.pages import writing

CSS = (Path(writing.__file__).parent / "templates" / "base.css").read_text(encoding="utf-8")
VOID = {"meta", "input", "br", "link", "img", "hr"}
SHAPES = {"rect", "circle", "line", "path"}


class Outline(HTMLParser):
    """The elements of a page; whether each is closed where it should be."""

    def __init__(self, text):
        super().__init__()
        self.open, self.names, self.ids, self.attributes = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        assert len(found) == len(attrs), f"{tag} has an attribute twice"
        self.names.append(tag)
        self.attributes.append((tag, found, tuple(self.open)))
        self.ids += [found["id"]] if "id" in found else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        assert tag in SHAPES
        self.attributes.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def pages():
    rows, granted = synthetic_credit(200)
    columns = ["age", "income", "debt", "late payments"]
    model = DecisionTreeClassifier(max_depth=6, random_state=0).fit(rows[columns], granted)
    many = explain(model, rows[columns])
    return many[0].to_html(data=rows[columns]), many.to_html(changes=True)


def test_elements_are_closed_and_ids_are_single(pages):
    for text in pages:
        outline = Outline(text)
        assert len(outline.ids) == len(set(outline.ids))
        assert text.startswith("<!DOCTYPE html>")
        labelled = [found["aria-labelledby"] for _, found, _ in outline.attributes if "aria-labelledby" in found]
        assert labelled
        assert set(labelled) <= set(outline.ids)


def test_landmarks_and_headings_in_their_order(pages):
    for text in pages:
        names = Outline(text).names
        assert [names.count(one) for one in ("header", "main", "footer", "h1")] == [1, 1, 1, 1]
        levels = [int(name[1]) for name in names if re.fullmatch(r"h[1-6]", name)]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))


def test_pictures_and_tables_have_words(pages):
    for text in pages:
        outline = Outline(text)
        for tag, found, above in outline.attributes:
            if tag == "svg":
                assert found.get("aria-label") or found.get("aria-hidden") == "true"
            if tag == "th":
                assert found["scope"] in {"row", "col"}
            if tag in {"select", "input"}:
                assert "label" in above
        assert outline.names.count("caption") >= 1


def test_only_the_page_itself_may_run(pages):
    for text in pages:
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)[1]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        for tag in ("style", "script"):
            inside = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.S)[1]
            told = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{told}'" in policy
        assert not re.search(r"\s(style|on\w+|src|href)=", re.sub(r"<(script|style).*?</\1>", "", text, flags=re.S))


def variables(block):
    return dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", block))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def themes():
    blocks = [variables(block) for block in re.findall(r":root[^{]*\{([^}]*)\}", CSS)]
    return [block for block in blocks if block]


def test_contrast_is_enough_in_every_theme():
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    found = themes()
    assert len(found) == 4  # light, dark by wish of the system, dark by the switch, print
    assert found[1] == found[2]
    for theme in found:
        for ground in ("paper", "raised"):
            for ink in ("ink", "soft", "holds", "changes", "ok", "open"):
                assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground, theme)
        for sign in ("edge", "holds", "changes"):
            assert contrast(theme[sign], theme["paper"]) >= 3
    assert "prefers-reduced-motion" in CSS
    assert ":focus-visible" in CSS
