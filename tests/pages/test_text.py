"""The page on texts: its code runs and gives what it says."""

from tests.pages.test_further_models import run_page


def test_text():
    space, printed = run_page("text.md")
    model, text = space["model"], space["text"]
    assert space["why"].features == ("contains boring", "contains dull")
    assert space["explainer"].is_sufficient_reason("contains boring and contains dull")
    changed = space["change"].witness["text"]
    assert model.predict([text])[0] == "poor"
    assert model.predict([changed])[0] == "fine"
    assert printed.splitlines()[0] == "poor because it contains boring contains dull"
    assert printed.splitlines()[-1] == "True"
