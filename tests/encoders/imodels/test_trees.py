"""imodels' FIGS and rule lists: equal to the library's own ``predict``; reasons by brute force."""

import numpy as np
import pandas as pd
import pytest
from suffice import BadInputError, Explainer, NotFittedModelError, UnsupportedModelError, explain

from tests.brute.compare import check_some, check_some_names
from tests.brute.tables import TableReference, conditions_of
from tests.encoders.boosting_cases import assert_faithful

imodels = pytest.importorskip("imodels")
pytestmark = pytest.mark.filterwarnings("ignore")


def data(seed, n=80):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 3)).round(1)
    return rng, X, X[:, 0] + np.abs(X[:, 1]) + rng.normal(0, 0.2, n)


LABELS = (["no", "yes"], [-1, 4], [False, True], [0.0, 2.0])


def classifiers(seed):
    _, X, score = data(seed)
    two = np.array(LABELS[seed % 4])[(score > 0.8).astype(int)]
    three = np.digitize(score, [0.3, 1.2]) + 5
    yield imodels.FIGSClassifier(max_rules=5).fit(X, two)
    yield imodels.FIGSClassifier(max_rules=9).fit(X, three)
    yield imodels.GreedyRuleListClassifier(max_depth=4).fit(X, two)
    yield imodels.OneRClassifier(max_depth=3).fit(X, two)


def near_borders(model, X, rng):
    """Rows whose numbers lie at, just below and just above the thresholds of a compiled model."""
    conditions = Explainer.initialize(model, X[0]).session.compiled.vocabulary.conditions
    rows = X[rng.integers(len(X), size=400)].copy()
    for row in rows:
        for c in rng.choice(conditions and len(conditions), 2) if conditions else ():
            border = conditions[c].threshold
            row[conditions[c].feature] = rng.choice(
                [border, np.nextafter(border, -np.inf), np.nextafter(border, np.inf), np.float32(border)]
            )
    return rows


@pytest.mark.parametrize("seed", range(4))
def test_classes_are_those_of_predict(seed):
    rng, X, _ = data(seed)
    for model in classifiers(seed):
        explainer = Explainer.initialize(model, X[0])
        compiled, space = explainer.session.compiled, explainer.session.space
        rows = near_borders(model, X, rng)
        sure = ~compiled.doubtful(compiled.trees.scores_of_rows(rows, space.codes))
        said = [compiled.classes[i] for i in compiled.outcomes(space, rows[sure]).tolist()]
        assert said == model.predict(rows[sure]).tolist()


@pytest.mark.parametrize("seed", range(4))
def test_numbers_are_those_of_predict(seed):
    _, X, score = data(seed)
    model = imodels.FIGSRegressor(max_rules=3, max_trees=2).fit(X, score)
    assert_faithful(model, X, frozenset(), model.predict, model.predict)
    many = imodels.FIGSRegressor(max_rules=14).fit(X, score)
    explainer = Explainer.initialize(many, X[0])
    assert abs(explainer.target_prediction - many.predict(X[:1])[0]) < 1e-12
    explainer.set_interval(explainer.target_prediction - 0.3, explainer.target_prediction + 0.3)
    assert explainer.is_sufficient_reason(explainer.sufficient_reason())


@pytest.mark.parametrize("seed", range(4))
def test_reasons_are_those_of_brute_force(seed):
    _, X, _ = data(seed, 40)
    for model in classifiers(seed):
        x = X[seed]
        explainer = Explainer.initialize(model, x)
        cuts = {}
        for condition in explainer.vocabulary.conditions:
            cuts.setdefault(condition.feature, set()).add(condition.threshold)
        columns = [
            (f"f{c + 1}", (c,), [(-9.0,), *((float(np.nextafter(cut, np.inf)),) for cut in sorted(cuts.get(c, ())))])
            for c in range(3)
        ]
        places = {label: i for i, label in enumerate(explainer.session.compiled.classes)}

        def predict(rows, model=model, places=places):
            return np.array([places[label] for label in model.predict(rows).tolist()])

        reference = TableReference(columns, conditions_of(explainer), predict, x)
        check_some(lambda n, e=explainer: e.sufficient_reason(n=n), reference.sufficient)
        check_some(lambda n, e=explainer: e.contrastive_reason(n=n), reference.contrastive())
        check_some(lambda n, e=explainer: e.minimal_sufficient_reason(n=n), reference.minimal_sufficient())
        names = reference.sufficient_features()
        check_some_names(lambda n, e=explainer: e.sufficient_reason(n=n, over="features"), names)


def test_frames_names_and_many_rows():
    _, X, score = data(5)
    frame = pd.DataFrame(X, columns=["age", "pay", "x"])
    model = imodels.FIGSClassifier(max_rules=4).fit(frame, score > 0.8)
    told = explain(model, frame[["x", "age", "pay"]])
    assert [one.prediction for one in told] == model.predict(frame).tolist()
    assert Explainer.initialize(model, frame.iloc[0]).get_feature_names() == ["age", "pay", "x"]


def test_trees_and_boosted_rules_are_scikit_learns():
    _, X, score = data(6)
    for kind in (imodels.GreedyTreeClassifier, imodels.BoostedRulesClassifier):
        model = kind().fit(X, score > 0.8)
        explainer = Explainer.initialize(model, X[0])
        assert explainer.target_prediction == model.predict(X[:1])[0]
        assert explainer.is_sufficient_reason(explainer.sufficient_reason())


@pytest.mark.parametrize("label", [0, 1, "a", -1])
def test_one_class(label):
    _, X, _ = data(3)
    explainer = Explainer.initialize(imodels.FIGSClassifier(max_rules=3).fit(X, np.array([label] * len(X))), X[0])
    assert explainer.target_prediction == label
    assert explainer.sufficient_reason() == ()
    assert explainer.contrastive_reason() is None


def test_what_is_refused():
    _, X, score = data(7)
    with pytest.raises(NotFittedModelError, match="call fit"):
        Explainer.initialize(imodels.FIGSClassifier(), X[0])
    with pytest.raises(BadInputError, match="missing"):
        Explainer.initialize(imodels.FIGSClassifier(max_rules=3).fit(X, score > 0.8), [np.nan, 1.0, 2.0])
    with pytest.raises(UnsupportedModelError, match=r"rules as texts.*Builder\.RuleSet"):
        Explainer.initialize(imodels.RuleFitRegressor(max_rules=3).fit(X, score), X[0])
