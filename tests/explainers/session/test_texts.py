"""Texts as instances: containers, what is kept from text to text, and what comes back."""

import pickle
import threading

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from suffice import Explainer, explain
from suffice.engine.errors import BadInputError, ModelChangedError, SufficeError, UnsupportedModelError

TEXTS = [
    "an awful, boring film",
    "a good film",
    "good fun, good songs",
    "boring and awful",
    "great fun",
    "not good",
] * 2
LABELS = ["bad", "fine", "fine", "bad", "fine", "bad"] * 2
TEXT = "Awful film, boring but good and good songs"


@pytest.fixture
def model():
    return make_pipeline(CountVectorizer(), LogisticRegression(C=5)).fit(TEXTS, LABELS)


CONTAINERS = {
    "text": lambda text: text,
    "list": lambda text: [text],
    "tuple": lambda text: (text,),
    "array": lambda text: np.array([text]),
    "objects": lambda text: np.array([text], dtype=object),
    "column": lambda text: np.array([[text]], dtype=object),
    "series": lambda text: pd.Series([text], name="review"),
    "frame": lambda text: pd.DataFrame({"review": [text]}),
    "mapping": lambda text: {"review": text},
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_any_container_is_read_and_told_so_that_predict_takes_it(model, name):
    explainer = Explainer(model, CONTAINERS[name](TEXT))
    assert explainer.instance["text"] == TEXT
    assert model.predict(explainer.instance.row)[0] == explainer.target_prediction
    change = explainer.contrastive_reason()
    assert model.predict(change.witness.row)[0] != explainer.target_prediction
    assert explainer.predict(CONTAINERS[name]("great fun")) == "fine"
    explainer.set_instance(change.witness)
    assert explainer.instance["text"] == change.witness["text"]


def test_polars(model):
    pl = pytest.importorskip("polars")
    explainer = Explainer(model, pl.Series("review", [TEXT]))
    assert isinstance(explainer.contrastive_reason().witness.row, pl.Series)


def test_what_is_excluded_stays_so_in_other_texts(model):
    explainer = Explainer(model, TEXT)
    explainer.set_excluded_features(["boring"])
    for text in (TEXT, TEXTS[3], TEXTS[1], TEXT):
        explainer.set_instance(text)
        reason = explainer.sufficient_reason()
        assert reason is None or not any("boring" in said for said in reason.features)
        assert all("boring" not in said for change in explainer.contrastive_reason(n=None) for said in change.features)
    explainer.unset_excluded_features()
    explainer.set_instance(TEXTS[3])
    explainer.set_instance(TEXT)
    assert any("boring" in said for said in explainer.sufficient_reason().features)


def test_declared_words_may_come(model):
    explainer = Explainer(model, TEXTS[3])
    assert explainer.get_feature_names() == ["boring", "and", "awful"]
    explainer.set_features_type({"binary": ["great"], "integer": {"good": (0, 3)}})
    assert set(explainer.get_feature_names()) >= {"great", "good"}
    changes = explainer.contrastive_reason(n=None)
    assert any("great" in change.witness["text"] for change in changes)
    assert "2 declared words come in" in repr(explainer)
    explainer.set_features_type(None)
    assert explainer.get_feature_names() == ["boring", "and", "awful"]
    every = Explainer(model, TEXTS[3], {"binary": Explainer.DEFAULT})
    assert len(every.get_feature_names()) == len(model[0].vocabulary_)


def test_many_texts(model):
    found = explain(model, TEXTS[:4])
    assert len(found) == 4
    assert found.predictions.tolist() == model.predict(TEXTS[:4]).tolist()
    assert [found[i].instance["text"] for i in range(4)] == TEXTS[:4]
    for i in (3, 0):  # in any order: each in its own form
        one = Explainer(model, TEXTS[i])
        assert found[i].sufficient.features == one.sufficient_reason().features
        assert [c.features for c in found[i].contrastive] == [
            c.features for c in [one.minimal_contrastive_reason(time_limit=10)] if c is not None
        ]
        assert found[i].minimal.proof.status.value == "optimal"
    assert list(found.to_frame()["prediction"]) == found.predictions.tolist()
    assert explain(model, TEXTS[0]).sufficient.features == found[0].sufficient.features
    assert explain(model, TEXTS[:1])[0].prediction == "bad"
    without = explain(model, pd.Series(TEXTS[:4]), excluded=["awful", "boring"])
    assert without[0].sufficient is None
    by_feature = explain(model, TEXTS[:1], over="features")
    assert set(by_feature[0].sufficient) <= {"an", "awful", "boring", "film"}


def test_numbers():
    regressor = make_pipeline(CountVectorizer(), GradientBoostingRegressor(n_estimators=5, random_state=0))
    regressor.fit(TEXTS, np.arange(12) % 6)
    found = explain(regressor, TEXTS[:3], tolerance=0.5)
    assert found.predictions.tolist() == regressor.predict(TEXTS[:3]).tolist()
    with pytest.raises(SufficeError, match="tolerance"):
        explain(regressor, TEXTS[:3])


def test_it_is_pickled_with_its_text(model):
    explainer = Explainer(model, TEXT, {"binary": ["great"]})
    explainer.set_excluded_features(["film"])
    again = pickle.loads(pickle.dumps(explainer))
    assert again.instance["text"] == TEXT
    assert again.sufficient_reason().features == explainer.sufficient_reason().features
    assert "film" not in str(again.sufficient_reason().features)


def test_each_thread_has_its_text(model):
    explainer = Explainer(model, TEXT)
    mine, found = explainer.sufficient_reason().features, []

    def work():
        explainer.set_instance(TEXTS[2])
        found.append((explainer.target_prediction, explainer.instance["text"]))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [("fine", TEXTS[2])]
    assert explainer.sufficient_reason().features == mine


def test_a_model_that_is_fitted_again_is_noticed(model):
    explainer = Explainer(model, TEXT)
    model.fit(TEXTS[:4], LABELS[:4])
    with pytest.raises(ModelChangedError):
        explainer.set_instance(TEXTS[0])


def test_a_form_is_not_rectified(model):
    explainer = Explainer(model, TEXT)
    with pytest.raises(UnsupportedModelError, match="a form of its own"):
        explainer.rectify(conditions=["contains good"], label="fine")


def test_a_failed_instance_leaves_the_old_one(model):
    explainer = Explainer(model, TEXT)
    before = explainer.sufficient_reason().features
    for wrong in (3, ["a", "b"], None):
        with pytest.raises(BadInputError):
            explainer.set_instance(wrong)
    assert explainer.instance["text"] == TEXT
    assert explainer.sufficient_reason().features == before


@pytest.mark.parametrize("text", ["", "unknown words only", "GOOD " * 300, "\n\tgood\u00a0film\x00"])
def test_odd_texts(model, text):
    for one in (model, make_pipeline(TfidfVectorizer(), LogisticRegression(C=5)).fit(TEXTS, LABELS)):
        explainer = Explainer(one, text)
        assert explainer.target_prediction == one.predict([text])[0]
        assert explainer.is_implicant(explainer.sufficient_reason())
        change = explainer.contrastive_reason()
        assert change is None or one.predict(change.witness.row)[0] != explainer.target_prediction
