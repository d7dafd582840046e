"""Many texts are explained one after the other; one that rounding decides does not end the others."""

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from suffice import Status, explain

TEXTS = ["aa", "aa bb cc", "cc"]


def test_a_tie_within_rounding_is_of_its_text_alone():
    model = make_pipeline(CountVectorizer(), LogisticRegression()).fit([*TEXTS, "bb"], ["p", "n", "p", "n"])
    model[-1].coef_[:] = [[0.1, 0.2, -0.3]]  # which add up to 5.6e-17, or to 0 in another order
    model[-1].intercept_[:] = 0.0
    many = explain(model, TEXTS)
    assert many.status is Status.COMPLETE
    assert [reason is None for reason in many.reasons()] == [False, True, False]
    assert "of a tie within rounding" in repr(many)
    assert many.to_frame()["status"].tolist() == ["proved", "of a tie within rounding", "proved"]
