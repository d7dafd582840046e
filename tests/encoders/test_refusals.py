"""What is not taken is named in three lines, with the way out."""

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    StackingClassifier,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import SelectFromModel
from sklearn.model_selection import FixedThresholdClassifier, GridSearchCV
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from suffice import Binarizer, Explainer, NotFittedModelError, UnsupportedModelError

X = np.random.default_rng(0).normal(size=(60, 3))
Y = (X[:, 0] > 0).astype(int)
TEXTS, MOODS = ["good day", "bad day", "fine", "worse"] * 10, [1, 0, 1, 0] * 10
SURROGATE = r"SurrogateExplainer\(model.predict, rows, instance\)"


def tree():
    return DecisionTreeClassifier(max_depth=2, random_state=0)


def search(model, **options):
    return GridSearchCV(model, {}, cv=2, **options)


def refused(model, message, kind=UnsupportedModelError):
    with pytest.raises(kind, match=message) as caught:
        Explainer.initialize(model)
    told = str(caught.value)
    assert len(told.splitlines()) <= 3
    assert len(told) < 600
    return told


@pytest.mark.parametrize(
    ("model", "fitted", "unfitted"),
    [
        (search(SVC()), SURROGATE, "is not fitted"),
        (CalibratedClassifierCV(KNeighborsClassifier(), cv=2), SURROGATE, "is not fitted"),
        (FixedThresholdClassifier(SVC()), SURROGATE, "is not fitted"),
        (VotingClassifier([("a", KNeighborsClassifier())]), SURROGATE, "is not fitted"),
        (StackingClassifier([("a", tree())], tree(), cv=2), "expected a linear classifier", "is not fitted"),
        (VotingRegressor([("a", KNeighborsRegressor())]), "on which side of a limit", "is not fitted"),
        (KNeighborsClassifier(), SURROGATE, SURROGATE),
        (SVC(), SURROGATE, SURROGATE),
        (MLPClassifier((2,), max_iter=2), SURROGATE, SURROGATE),
        (TransformedTargetRegressor(KNeighborsRegressor()), "on which side of a limit", "is not fitted"),
        (KNeighborsRegressor(), "on which side of a limit", "on which side of a limit"),
        (SelectFromModel(tree()), "hand over a pipeline", "hand over a pipeline"),
        (StandardScaler(), "hand over a pipeline", "hand over a pipeline"),
        (make_pipeline(StandardScaler(), SVC()), SURROGATE, SURROGATE),
        (make_pipeline(StandardScaler(), search(SVC())), SURROGATE, "is not fitted"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")
def test_models(model, fitted, unfitted):
    refused(model, unfitted, NotFittedModelError if unfitted == "is not fitted" else UnsupportedModelError)
    refused(model.fit(X, Y), fitted)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            make_pipeline(PCA(2), tree()),
            r"'pca' is a PCA, which makes .* of several ones: .*pipeline\[-1\].*SurrogateExplainer",
        ),
        (make_pipeline(Binarizer(), tree()), r"'binarizer' is a suffice.Binarizer, which is not taken"),
        (make_pipeline(FunctionTransformer(np.sin), tree()), "FunctionTransformer.*sin"),
        (BaggingClassifier(SVC(), 2), "is made of SVC, which is not taken: expected trees.*SurrogateExplainer"),
    ],
)
def test_steps_and_members(model, message):
    refused(model, "is not fitted", NotFittedModelError)
    refused(model.fit(X, Y), message)


@pytest.mark.parametrize(
    "steps", [(CountVectorizer(), TfidfTransformer(), tree()), (HashingVectorizer(n_features=8), tree())]
)
def test_fitted_pipelines_of_texts(steps):
    """Trees behind a norm are refused, and told to be so."""
    pipeline = make_pipeline(*steps)
    refused(pipeline, "is not fitted", NotFittedModelError)
    refused(pipeline.fit(TEXTS, MOODS), r"divides the counts of a text by their norm \(l2\)")


def test_texts_beside_other_columns():
    frame = pd.DataFrame({"t": TEXTS, "n": range(40)})
    before = ColumnTransformer([("t", TfidfVectorizer(), "t")], remainder="passthrough")
    refused(make_pipeline(before, tree()).fit(frame, MOODS), "TfidfVectorizer, which is not taken")


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (None, "the model is None: expected a fitted model"),
        (3, "the model is 3"), (2.5, "the model is 2.5"), (True, "the model is True"),
        (object(), "the model is <object"),
        (X, "is an array: the model comes first"), (pd.DataFrame(X), "is a data frame: the model comes first"),
        ({}, "is a dictionary"), ([tree()], r"Builder.MultiLabel\(\[...\]\)"), ((1, 2), "a tuple"),
        (bytearray(b"{}"), "content of a file; write it"), (lambda rows: 0, "SurrogateExplainer.*a class for each row"),
        (tree().fit(X, Y).predict, "SurrogateExplainer"), (RandomForestClassifier, r"is a class.*\(\).fit\(X, y\)"),
        (object, "object is a class: expected a fitted model$"), (np, "the model is <module"),
    ],
)  # fmt: skip
def test_things_that_are_no_models(thing, message):
    refused(thing, message)


def test_explainers():
    refused(Explainer.initialize(tree().fit(X, Y)), r"its get_model\(\) gives the model")


def test_other_libraries():
    torch = pytest.importorskip("torch")
    refused(torch.nn.Linear(3, 2), "suffice.neural.*SurrogateExplainer")
