"""Which pipelines that read texts are taken, and what is said of the others."""

import contextlib

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, MaxAbsScaler, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, NotFittedModelError, UnsupportedModelError
from suffice.engine.errors import BadInputError, SufficeError, TheoryError

TEXTS = [
    "an awful, boring film",
    "a good film",
    "good fun, good songs",
    "boring and awful",
    "great fun",
    "not good",
] * 2
LABELS = ["bad", "fine", "fine", "bad", "fine", "bad"] * 2
TEXT = "Awful film, but good and good songs"


def fitted(*steps):
    return make_pipeline(*steps).fit(TEXTS, LABELS)


@pytest.mark.parametrize(
    "model",
    [
        make_pipeline(make_pipeline(CountVectorizer(), TfidfTransformer()), LogisticRegression()),
        make_pipeline(CountVectorizer(), make_pipeline(TfidfTransformer(), LogisticRegression())),
        make_pipeline(CountVectorizer(), "passthrough", StandardScaler(with_mean=False), LogisticRegression()),
        make_pipeline(CountVectorizer(), Binarizer(threshold=1.0), LogisticRegression(C=50)),
        make_pipeline(TfidfVectorizer(dtype=np.float32), MaxAbsScaler(), LogisticRegression()),
        make_pipeline(CountVectorizer(), GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2)),
        GridSearchCV(make_pipeline(CountVectorizer(), LogisticRegression()), {"logisticregression__C": [1, 2]}, cv=2),
        make_pipeline(CountVectorizer(), OneVsRestClassifier(LogisticRegression())),
        make_pipeline(CountVectorizer(stop_words="english", strip_accents="unicode", min_df=2), LogisticRegression()),
        make_pipeline(CountVectorizer(tokenizer=str.split, token_pattern=None), LogisticRegression()),
        make_pipeline(CountVectorizer(analyzer=str.split), LogisticRegression()),
        make_pipeline(CountVectorizer(vocabulary=["awful", "good", "songs"]), LogisticRegression()),
        make_pipeline(CountVectorizer(token_pattern="good|awful", lowercase=False), LogisticRegression()),
    ],
)  # fmt: skip
def test_a_pipeline_is_taken_and_stays_the_users_model(model):
    model.fit(TEXTS, LABELS)
    explainer = Explainer(model, TEXT)
    assert explainer.get_model() is model
    assert explainer.target_prediction == model.predict([TEXT])[0]
    assert explainer.is_implicant(explainer.sufficient_reason())
    for change in explainer.contrastive_reason(n=None):
        assert model.predict(change.witness.row)[0] != explainer.target_prediction


def test_letters_are_told_as_letters():
    model = fitted(CountVectorizer(analyzer="char_wb", ngram_range=(2, 2), binary=True), LogisticRegression())
    explainer = Explainer(model, "good awful")
    assert explainer.session.compiled.around.free
    assert explainer.is_implicant(explainer.sufficient_reason())


@pytest.mark.parametrize("analyzer", ["char", "char_wb"])
def test_changes_of_single_letters_are_texts(analyzer):
    model = fitted(CountVectorizer(analyzer=analyzer), DecisionTreeClassifier(random_state=0))
    done = 0
    for text in (*TEXTS, "Gold fungus"):
        explainer = Explainer(model, text)
        assert explainer.session.compiled.around.free
        for change in explainer.contrastive_reason(n=None):
            assert model.predict([change.witness["text"]])[0] != explainer.target_prediction
            done += 1
    assert done


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (make_pipeline(CountVectorizer(), TruncatedSVD(2), LogisticRegression()), "TruncatedSVD, which is not taken"),
        (make_pipeline(TfidfVectorizer(), DecisionTreeClassifier()), "no sum of columns"),
        (make_pipeline(TfidfVectorizer(), BernoulliNB(binarize=0.4)), r"binarize=0\.4.*norm \(l2\)"),
        (make_pipeline(TfidfVectorizer(), HashingVectorizer()), "is not taken|predicts nothing"),
        (make_pipeline(TfidfVectorizer(), TfidfTransformer(), LogisticRegression()), "both divide rows by a norm"),
        (make_pipeline(CountVectorizer(input="file"), LogisticRegression()), "input='file'"),
    ],
)
def test_what_is_refused(model, said):
    with contextlib.suppress(Exception):  # it cannot be fitted: what it is made of is told all the same
        model.fit(TEXTS, LABELS)
    with pytest.raises(SufficeError, match=said):
        Explainer(model, TEXT)


def test_a_text_beside_other_columns_is_refused():
    rows = np.array([[text, str(i)] for i, text in enumerate(TEXTS)], dtype=object)
    columns = ColumnTransformer([("text", CountVectorizer(), 0)])
    model = make_pipeline(columns, LogisticRegression()).fit(rows, LABELS)
    with pytest.raises(UnsupportedModelError, match="CountVectorizer"):
        Explainer(model, rows[0])


def test_what_is_not_fitted():
    with pytest.raises(NotFittedModelError, match=r"'countvectorizer'.*not fitted"):
        Explainer(make_pipeline(CountVectorizer(), LogisticRegression()), TEXT)
    model = fitted(CountVectorizer(), LogisticRegression())
    model.steps[-1] = ("logisticregression", LogisticRegression())
    with pytest.raises(NotFittedModelError, match="LogisticRegression is not fitted"):
        Explainer(model, TEXT)
    model = fitted(CountVectorizer(), LogisticRegression())
    model.steps[0] = ("countvectorizer", CountVectorizer().fit(["two words"]))
    with pytest.raises(UnsupportedModelError, match="fitted as a whole"):
        Explainer(model, TEXT)


@pytest.mark.parametrize("given", [3, None, ["a", "b"], [1], [["a", "b"]], b"good", np.zeros((2, 2))])
def test_what_is_no_text(given):
    model = fitted(CountVectorizer(), LogisticRegression())
    with pytest.raises(SufficeError):
        Explainer(model).set_instance(given)


@pytest.mark.parametrize(
    ("types", "error", "said"),
    [
        ({"binary": ["unknown"]}, SufficeError, "unknown"),
        ({"integer": ["great"]}, BadInputError, "declare how often"),
        ({"categorical": {"great": [0, 2]}}, TheoryError, "counts in a row"),
        ({"categorical": {"{great,fun}": ["x", "y"]}}, TheoryError, "one-hot group"),
        ({"integer": {"great": (0, 10**9)}}, BadInputError, "declare how often"),
    ],
)
def test_what_cannot_be_declared(types, error, said):
    model = fitted(CountVectorizer(), LogisticRegression())
    with pytest.raises(error, match=said):
        Explainer(model, TEXT, types)


def test_what_cannot_be_said_of_texts():
    model = fitted(CountVectorizer(), LogisticRegression())
    with pytest.raises(BadInputError, match="ranges are for columns"):
        Explainer(model, TEXT, ranges={"good": (0, 1)})
    with pytest.raises(BadInputError, match="not missing"):
        Explainer(model, TEXT, missing=True)
