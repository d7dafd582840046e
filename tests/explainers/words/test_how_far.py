"""Where rounding may decide near ties, nothing that was not found is told as proved; exact models say all they know."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, explain, from_json
from suffice.engine.reasons import Proof, Reason, Reasons
from suffice.engine.status import Status, Stop
from suffice.explainers.pages.view import view_of
from suffice.explainers.report.figures import alt_text
from suffice.explainers.report.plot_boundary import plot_boundary
from suffice.explainers.report.plot_changes import plot_changes
from suffice.explainers.report.plot_reason import plot_reason
from suffice.explainers.words import how_far

ALL = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
BITS = {"binary": ["f1", "f2"]}
CLAIMS = ("nothing that may change", "nothing smaller does", "can be left out", "Proved: no change", "none is smaller",
          "There is no other", "all there are", "the smallest", "cannot change", "is needed.")  # fmt: skip


def tie(coefficients=(-0.1, -0.2), intercept=0.3):
    """Return a model of bits in which 1 with all of them on is a tie: -0.1 - 0.2 + 0.3."""
    columns = len(coefficients)
    rows = np.array([[i >> j & 1 for j in range(columns)] for i in range(2**columns)])
    model = LogisticRegression().fit(rows, [0, 1] * (len(rows) // 2))
    model.coef_, model.intercept_ = np.array([coefficients]), np.array([intercept])
    return model


@pytest.fixture(scope="module")
def tied():
    return explain(tie(), ALL, features_type=BITS)


@pytest.fixture(scope="module")
def exact():
    tree = DecisionTreeClassifier().fit(ALL, [0, 0, 0, 1])
    return explain(tree, ALL, features_type=BITS)


def claims(text):
    return [claim for claim in CLAIMS if claim in text]


def words(page):
    """Return the text of a page."""
    return html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script).*?</\1>", "", page, flags=re.S)))


def shown(one):
    """Return all that is told of an explanation."""
    yield repr(one)
    yield one._repr_html_()
    yield words(one.to_html(time_limit=2.0))
    yield str(view_of(one))
    for picture in (plot_reason(one), plot_reason(one, kind="contrastive"), plot_changes(one)):
        yield alt_text(picture)


def test_nothing_is_claimed_that_rounding_may_undo(tied):
    for one in tied:
        assert one.rounding
        for text in shown(one):
            assert not claims(text), text
    assert "no change is certain" in repr(tied[0])
    assert "rounding decides" in alt_text(plot_boundary(tied[0], "f1", "f2"))
    assert "Whether less of it would do is not decided" in view_of(tied[0])["why"]["status"]


def test_changes_that_are_real_are_told_as_such():
    one = explain(tie((-0.1, -0.2, -0.1)), [[0, 0, 0]], features_type={"binary": ["f1", "f2", "f3"]})[0]
    assert len(one.contrastive) == 1 and len(one.contrastive[0]) == 3
    for text in shown(one):
        assert not claims(text), text
    assert view_of(one)["changes"][0]["status"].startswith("The change is real; ")


def test_exact_models_say_all_that_they_know(exact):
    one, last = exact[0], exact[3]
    assert not one.rounding and "proved, none is smaller" in repr(last)
    assert "none of it can be left out" in view_of(last)["why"]["status"]
    assert view_of(last)["changes"][0]["status"] == "Proved: no change of fewer conditions would do."
    assert "nothing of it can be left out" in alt_text(plot_reason(last))
    still = explain(DecisionTreeClassifier().fit(ALL, [0, 0, 1, 1]), ALL, features_type=BITS, immutable=["f1"])[0]
    assert view_of(still)["no changes because"] == "Proved: nothing that may change would change the decision."
    assert "nothing that may change would change it" in repr(still)


def test_a_row_that_is_a_tie_says_so(tied):
    one = tied[3]
    assert one.tied and one.sufficient is None and one.contrastive.status is Status.BEST_SO_FAR
    for text in shown(one):
        assert "tie within rounding" in text and not claims(text), text
    assert tied.to_frame(changes=True)["status"].tolist()[3] == "of a tie within rounding"
    outside = explain(tie(), ALL, features_type=BITS, excluded=["f1", "f2"])
    assert outside[0].none_because == "no reason without the excluded features"
    assert outside[3].none_because == "of a tie within rounding"


def test_kept_explanations_claim_no_more(tied, exact):
    for one in tied:
        kept = from_json(one.to_json())
        assert kept.rounding and kept.tied == one.tied
        assert repr(kept) == repr(one) and not claims(words(kept.to_html()))
        assert one.redacted(["f1"]).rounding
    assert '"rounding"' not in exact[0].to_json() and not from_json(exact[0].to_json()).rounding


def test_checks_are_open_where_rounding_decides():
    explainer = Explainer.initialize(tie((-0.1, -0.2, -0.1)), [0, 0, 0], features_type={"binary": ["f1", "f2", "f3"]})
    doubtful = explainer.is_contrastive_reason([-1, -2])
    assert doubtful.value is None and "rounding decides" in doubtful.why
    never = explainer.is_contrastive_reason([-1])
    assert never.value is False and never.why == how_far.CANNOT_CHANGE
    barely = explainer.is_sufficient_reason([-2])
    assert barely.value is True and "not proved" in barely.why
    change = explainer.is_contrastive_reason([-1, -2, -3])
    assert change.value is True and not claims(change.why)


def test_labels_of_which_one_may_tie():
    model = MultiOutputClassifier(LogisticRegression()).fit(ALL, np.array([[0, 1], [0, 1], [1, 0], [1, 0]]))
    model.estimators_[0].coef_, model.estimators_[0].intercept_ = np.array([[-0.1, -0.2]]), np.array([0.3])
    many = explain(model, ALL, features_type=BITS)
    assert [one.rounding for one in many] == [True] * 4 and [one.tied for one in many] == [False] * 3 + [True]
    for one in many:
        assert not claims(repr(one)) and not claims(str(view_of(one)))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Reasons([], Status.COMPLETE), "nothing that may change would change it to 3"),
        (Reasons([], Status.BEST_SO_FAR, Stop.INTERRUPT), "no change was found before the search ended (interrupt)"),
        (Reasons([], Status.BEST_SO_FAR), "no change was found before the search ended"),
        (Reasons([], Status.OF_SURROGATE),
         "nothing that may change would change what the surrogate says to 3; the function may decide otherwise"),
    ],
)  # fmt: skip
def test_words_of_no_change(found, said):
    assert how_far.no_change(found, False, "3") == said


def test_a_surrogate_proves_nothing_of_the_function():
    reason = Reason((1,), Proof("sufficient", Status.OF_SURROGATE))
    for rounding in (False, True):
        assert "surrogate" in how_far.forced_sentence(reason, rounding)
        assert "surrogate" in how_far.changed_sentence(reason, Reasons([reason], Status.COMPLETE), rounding)
        assert how_far.minimality(reason, rounding) == "of surrogate"
