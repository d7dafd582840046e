"""Labels of every form stay what they are; the check of a compiled model runs by chunks."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer, SelfCheckError, UnsupportedModelError
from suffice.encoders import selfcheck
from suffice.encoders.registry import compile_model
from suffice.engine.domain.conditions import Reading
from suffice.engine.domain.space import build_space
from suffice.engine.domain.theory import Theory
from suffice.engine.models import class_index, label_array

ROWS = [[1.0, 10.0, 100.0], [2.0, 20.0, 200.0], [3.0, 30.0, 300.0], [4.0, 40.0, 400.0]]
FRAME = pd.DataFrame(ROWS, columns=["a", "b", "c"])
LABELS = [0, 1, 0, 1]


@pytest.fixture(scope="module")
def named():
    return DecisionTreeClassifier(random_state=0).fit(FRAME, LABELS)


@pytest.fixture(scope="module")
def unnamed():
    return DecisionTreeClassifier(random_state=0).fit(ROWS, LABELS)


def stump(left=0, right=1, n=3, **options):
    return Builder.DecisionTree(n, Builder.DecisionNode(1, threshold=2, left=left, right=right), **options)


def read(model, rows, **options):
    explainer = Explainer.initialize(model, **options)
    explainer.set_instance(rows)
    return explainer.instance.tolist()


# -- labels ----------------------------------------------------------------------------------------------------

PAIRS = [
    ((1, 2), (3, 4)),
    ((1, 2), (3,)),
    (b"yes", b"no"),
    (np.True_, np.False_),
    (True, 1),
    (None, 0),
    (datetime.datetime(2020, 1, 1), datetime.datetime(2021, 1, 1)),
    (np.datetime64("2020-01-01"), np.datetime64("2021-01-01")),
    (frozenset("ab"), frozenset("cd")),
    (frozenset("ab"), "ab"),
    (float("nan"), 1.0),
    (np.str_("a"), "b"),
    ("a", 1),
]


@pytest.mark.parametrize(("left", "right"), PAIRS, ids=lambda label: type(label).__name__)
def test_labels_stay_what_they_are(left, right):
    tree = stump(left, right)
    for found, wanted in zip(tree.predict([[1, 0, 0], [3, 0, 0]]), (left, right), strict=True):
        assert found is wanted
    explainer = Explainer.initialize(tree, [1, 0, 0])
    assert explainer.target_prediction is left
    assert explainer.predict([3, 0, 0]) is right
    assert explainer.sufficient_reason() == (-1,)
    assert explainer.contrastive_reason(target=right) == (-1,)
    assert explainer.rectify(conditions=["f1 >= 5"], label=left).predict([6, 0, 0])[0] is left
    assert class_index((left, right), left) == 0
    assert class_index((left, right), right) == 1
    kept = label_array((left, right))
    assert kept.shape == (2,)
    assert kept[0] is left


def test_labels_that_are_unknown():
    for label in (np.array([1, 2]), [1], {}, pd.NA, 2, "1", (1,), float("nan")):
        with pytest.raises(BadInputError, match="is unknown"):
            class_index((0, 1), label)
    assert class_index((0, True, 1), np.int64(1)) == 2
    assert class_index((0, 1, True), np.True_) == 2
    assert class_index(("a", 1), 1.0) == 1
    assert class_index((float("nan"), 1), np.float32("nan")) == 0
    with pytest.raises(BadInputError, match="expected a label"):
        stump([1], 2)


def test_nan_is_one_label():
    tree = stump(float("nan"), Builder.DecisionNode(2, left=float("nan"), right=1.0))
    assert len(tree.classes) == 2
    assert Explainer.initialize(tree, [1, 0, 0]).sufficient_reason() is not None


@pytest.mark.parametrize("names", [5, "no", {0: "no", 1: "yes"}, {"no", "yes"}, ["no"], ["no", "no"]])
def test_class_names(names):
    with pytest.raises(BadInputError, match="class_names="):
        stump(class_names=names)
    assert stump(np.int64(0), np.int64(1), class_names=np.array(["no", "yes"])).classes == ("no", "yes")
    assert stump(class_names=(True, 1)).classes == (True, 1)


@pytest.mark.parametrize("kind", ["M8[ns]", "M8[D]", "S3", "?"])
def test_labels_of_scikit_learn(kind):
    labels = np.array(["2020-01-01", "2021-01-01"], dtype="M8[D]").astype(kind) if kind[0] == "M" else None
    labels = np.array([0, 1]).astype(kind) if labels is None else labels
    tree = DecisionTreeClassifier().fit([[0], [1]], labels)
    explainer = Explainer.initialize(tree, [0])
    assert explainer.target_prediction == explainer.predict([0]) == labels[0]


# -- the check -------------------------------------------------------------------------------------------------


def space_of(compiled):
    return build_space(compiled.vocabulary, compiled.features, Theory(compiled.features, (), compiled.missing))


def test_rows_at_borders_come_in_chunks(monkeypatch):
    rng = np.random.default_rng(0)
    tree = DecisionTreeClassifier(random_state=0).fit(rng.normal(size=(200, 30)), rng.integers(0, 3, 200))
    compiled = compile_model(tree, missing=frozenset([3]))
    space = space_of(compiled)
    whole = selfcheck.border_rows(compiled, space)
    assert np.array_equal(whole, selfcheck.border_rows(compiled, space), equal_nan=True)
    monkeypatch.setattr(selfcheck, "_CELLS", 30 * 7)
    chunks = list(selfcheck.border_chunks(compiled))
    assert max(len(chunk) for chunk in chunks) == 7
    parts = np.concatenate(chunks)
    assert parts.shape == whole.shape
    assert selfcheck.self_check(compiled, space, whole[:5]) == len(whole) + 5
    for condition in compiled.vocabulary.conditions:
        below = Reading.FLOAT32.floor(condition.threshold)
        for rows in (whole, parts):
            assert {below, Reading.FLOAT32.above(below)} <= set(rows[:, condition.feature].tolist())
    assert np.isnan(parts[:, 3]).any()


def test_a_wrong_model_is_found_in_a_later_chunk(monkeypatch):
    tree = stump((1, 2), (3, 4))
    compiled = compile_model(tree)
    monkeypatch.setattr(selfcheck, "_CELLS", 3)
    tree.root.threshold = 2.5
    rows = np.array([[1.0, 0, 0], [2.25, 0, 0]])
    with pytest.raises(SelfCheckError, match=r"\(3, 4\).*\(1, 2\).*2.25"):
        selfcheck.self_check(compiled, space_of(compiled), rows)


def test_pipelines_read_the_same_values():
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)).fit(FRAME, LABELS)
    assert read(model, FRAME[["c", "b", "a"]][:1]) == ROWS[0]
    with pytest.raises(BadInputError, match="absent"):
        read(model, FRAME.rename(columns={"a": "x"})[:1])
    with pytest.raises(UnsupportedModelError, match="Cannot center sparse matrices"):  # the scaler itself says so
        read(model, sparse.csr_matrix(ROWS[:1]))
    with pytest.raises(BadInputError, match="feature_names has 1 names: the model has 3 columns"):
        Explainer.initialize(model, ROWS[0], feature_names=["a"])
