"""The pages on further models and on surrogates: their code runs and gives what they say."""

import contextlib
import io
import re

import pytest

from tests.house.layout import ROOT


def run_page(name):
    space = {}
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
            exec(block, space)
    return space, printed.getvalue()


def test_further_models():
    space = {}
    for page in ("further-models.md", "onnx.md", "models-of-models.md", "pipelines.md"):
        space |= run_page(page)[0]
    assert space["loan"].target_prediction == "grant"
    told = {("f1 = 1", "f3 >= 3"), ("f2 = 0", "f3 >= 4"), ("f1 = 1", "f2 = 0", "f3 >= 2")}
    assert {reason.features for reason in space["why"]} == told
    assert space["change"].features == ("f3 <= 1",)
    assert space["change"].witness.tolist() == [1, 0, 1]
    assert space["served"].target_prediction == "grant"
    assert space["served"].is_sufficient_reason(space["served"].sufficient_reason())
    assert space["agreed"].target_prediction == "grant"
    assert space["agreed"].is_sufficient_reason(space["forced"])
    assert space["calibrated"].predict([space["refused"].witness])[0] == "deny"
    for reason in space["told"].sufficient_reason(n=None):
        assert space["told"].is_sufficient_reason(reason)


def test_boosted_trees():
    pytest.importorskip("catboost")
    _, printed = run_page("boosted-trees.md")
    assert "('age > 40', 'job != cook')" in printed


def test_surrogates():
    space, printed = run_page("surrogates.md")
    assert "within radius 8" in printed
    assert "of_surrogate" in printed
    assert space["bits"].conditions[:2] == ("age > 35", "age > 55")
    assert space["bits"].words(space["bits"].transform(space["table"])[3]) == ("35 < age <= 55", "colour = red")
    assert bool(space["why"].confirm(space["change"]))
