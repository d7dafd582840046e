"""Wrong arguments of the queries about labels: each error names the value and what was expected."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer, NotFittedModelError, UnsupportedModelError
from suffice import explain as explain_rows

X = np.random.default_rng(0).integers(0, 2, size=(40, 4)).astype(float)
Y = np.column_stack([X[:, 0], X[:, 1] * X[:, 2], np.zeros(40)]).astype(int)


@pytest.fixture(scope="module")
def explainer():
    found = Explainer.initialize(MultiOutputClassifier(DecisionTreeClassifier(random_state=0)).fit(X, Y), X[0])
    found.set_label_names(["first", "both", "never"])
    return found


@pytest.mark.parametrize(
    "ask, words",
    [
        ({"target": [0, 1]}, "target has 2 values: expected 3"),
        ({"target": "101"}, "expected a value for each label"),
        ({"target": {"second": 1}}, "label 'second' is unknown"),
        ({"target": {"first": 7}}, "label 'first' has no value 7"),
        ({"target": {}}, "target is empty"),
        ({"target": {"first": 1}, "flip": "both"}, "give one of them"),
        ({"flip": []}, "labels is empty"),
        ({"flip": 3}, "from 0 to 2"),
        ({"labels": {"first": 1}}, "expected names of labels"),
        ({"others": "fixed"}, "others='fixed'"),
        ({"mode": "fast"}, "mode='fast'"),
        ({"n": 0}, "n=0"),
        ({"over": "pixels"}, "over='pixels'"),
        ({"mode": "joined", "labels": "first", "others": "kept"}, "mode='exact'"),
        ({"immutable": ["f9"]}, "f9"),
    ],
)
def test_contrastive_arguments(explainer, ask, words):
    with pytest.raises(BadInputError, match=words.replace("[", r"\[")):
        explainer.contrastive_reason(**ask)


def test_a_target_that_is_the_prediction(explainer):
    with pytest.raises(BadInputError, match="is what the model predicts"):
        explainer.contrastive_reason(target=explainer.target_prediction)


def test_labels_that_are_unknown(explainer):
    for query in (explainer.sufficient_reason, explainer.n_sufficient_reasons, explainer.necessary_literals):
        with pytest.raises(BadInputError, match="label 'third' is unknown"):
            query(labels="third")
    with pytest.raises(BadInputError, match="label 'third' is unknown"):
        explainer.implies("first", "third")


def test_constant_labels(explainer):
    assert explainer.contrastive_reason(flip="never") is None
    assert explainer.contrastive_reason(target={"never": 1, "first": 1 - Y[0, 0]}) is None
    assert explainer.contrastive_reason(flip=["never", "first"], n=None, mode="joined") == ()
    assert explainer.sufficient_reason(labels="never") == ()
    assert not explainer.co_occur("never")
    assert explainer.label_graph().nodes["never"]["always"] is False


def test_names_of_labels(explainer):
    for names in (["a"], ["a", "a", "b"], "abc"):
        with pytest.raises(BadInputError, match="expected 3 distinct names"):
            explainer.set_label_names(names)


def test_models_that_are_not_taken():
    with pytest.raises(NotFittedModelError, match="call fit"):
        Explainer.initialize(MultiOutputClassifier(DecisionTreeClassifier()), X[0])
    with pytest.raises(UnsupportedModelError, match="expected a matrix of labels"):
        Builder.MultiLabel(OneVsRestClassifier(DecisionTreeClassifier()).fit(X, Y[:, 0] + 2 * Y[:, 1]))
    with pytest.raises(UnsupportedModelError, match="GaussianNB"):
        Explainer.initialize(MultiOutputClassifier(GaussianNB()).fit(X, Y), X[0])
    with pytest.raises(UnsupportedModelError, match="GaussianNB"):
        Explainer.initialize(OneVsRestClassifier(GaussianNB()).fit(X, Y[:, :2]), X[0])
    chain = ClassifierChain(DecisionTreeClassifier(), chain_method="predict_proba").fit(X, Y[:, :2])
    with pytest.raises(UnsupportedModelError, match="chain_method='predict_proba'"):
        Explainer.initialize(chain, X[0])
    with pytest.raises(UnsupportedModelError, match="predicts numbers"):
        Explainer.initialize(Builder.MultiLabel([RandomForestRegressor(2).fit(X, Y[:, 0])]), X[0])


def test_lists_of_models():
    tree = DecisionTreeClassifier().fit(X, Y[:, 0])
    with pytest.raises(BadInputError, match="labels is empty"):
        Builder.MultiLabel([])
    with pytest.raises(BadInputError, match="expected a list of models"):
        Builder.MultiLabel("trees")
    with pytest.raises(BadInputError, match="label 1 reads 2 columns"):
        Builder.MultiLabel([tree, DecisionTreeClassifier().fit(X[:, :2], Y[:, 0])])
    with pytest.raises(BadInputError, match="expected 1 distinct names"):
        Builder.MultiLabel([tree], ["a", "b"])
    with pytest.raises(BadInputError, match="speaks of"):
        Builder.MultiLabel([tree, Builder.LabelCNF("(colour)")])


@pytest.mark.parametrize("clauses", [3, "a | b", [3], [("a", 1)], [(0,)], [("",)], [(True,)]])
def test_formulas(clauses):
    with pytest.raises(BadInputError):
        Builder.LabelCNF(clauses)


def test_formulas_that_are_empty_or_always_hold():
    for clauses, label in (([], 1), ([()], 0), ([(1, -1)], 1)):
        model = Builder.MultiLabel(
            [Builder.LabelCNF(clauses, feature_names=["a"]), Builder.LabelCNF([(1,)], feature_names=["a"])]
        )
        explainer = Explainer.initialize(model, [1])
        assert explainer.target_prediction == (label, 1)
        assert explainer.sufficient_reason(labels=0) == ()


def test_what_an_instance_is_needed_for():
    found = Explainer.initialize(MultiOutputClassifier(DecisionTreeClassifier()).fit(X, Y))
    assert found.implies(0, 0)
    with pytest.raises(Exception, match="set_instance"):
        found.sufficient_reason()


def test_reasons_that_outlive_their_instance(explainer):
    explainer.set_instance(X[1])
    reason = explainer.sufficient_reason()
    known = explainer.sufficient_reason()
    assert known.by_label
    explainer.set_instance(X[2])
    with pytest.raises(Exception, match="ask for the reason anew"):
        assert reason.by_label
    assert known.by_label
    again = pickle.loads(pickle.dumps(known))
    assert again == known and again.by_label == known.by_label and again.labels == known.labels
    assert again.mode == "exact" and again.to_dict()["mode"] == "exact"


def test_pictures_of_other_shapes(explainer):
    pytest.importorskip("matplotlib").use("Agg")
    with pytest.raises(BadInputError, match="expected 4"):
        explainer.draw_reason(shape=(3, 3))
    with pytest.raises(BadInputError, match="expected one that this explainer"):
        explainer.draw_reason((1, 2))


def test_many_rows():
    model = MultiOutputClassifier(DecisionTreeClassifier(random_state=0)).fit(X, Y)
    found = explain_rows(model, X[:5])
    assert [tuple(p) for p in found.predictions] == [tuple(row) for row in model.predict(X[:5])]
    explainer = Explainer.initialize(model)
    for row, reason in zip(X[:5], found.reasons(), strict=True):
        explainer.set_instance(row)
        assert explainer.is_sufficient_reason(reason)
    one = explain_rows(model, X[0])
    assert tuple(one.prediction) == tuple(model.predict(X[:1])[0])
    assert one.contrastive and "unless" in repr(one)


def test_a_time_limit_is_told():
    rng = np.random.default_rng(1)
    wide = rng.integers(0, 2, size=(3000, 60)).astype(float)
    labels = rng.integers(0, 2, size=(3000, 6))
    model = MultiOutputClassifier(DecisionTreeClassifier(random_state=0)).fit(wide, labels)
    explainer = Explainer.initialize(model, wide[0], features_type={"binary": Explainer.DEFAULT})
    for mode, limit in (("exact", 0.01), ("joined", 0.3)):
        found = explainer.sufficient_reason(n=None, mode=mode, time_limit=limit)
        assert found.status == "best_so_far" and found.stop == "time_limit"
        assert all(explainer.is_reason(reason) for reason in found[:1])
    assert explainer.n_sufficient_reasons(time_limit=0.2) is None or explainer.count_bounds.value is not None
