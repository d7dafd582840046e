"""Published spellings answer as their queries do, and nothing tells of them."""

import pickle

import numpy as np
import pytest
from suffice import Builder, Explainer, SurrogateExplainer, TreeExplainer
from suffice.explainers.queries.offered import offers
from suffice.explainers.queries.table import PUBLISHED

TREE = Builder.DecisionTree(2, Builder.DecisionNode(1, left=0, right=Builder.DecisionNode(2, left=0, right=1)))
MODELS = {
    "tree": TREE,
    "forest": Builder.RandomForest([TREE, TREE, TREE]),
    "boosted": Builder.BoostedTreesRegression([TREE]),
    "multilabel": Builder.MultiLabel([TREE, TREE]),
}
NEEDED = {
    "prefered_sufficient_reason": {"method": "minimal"},
    "prefered_majoritary_reason": {"method": "minimal"},
    "is_implicant_BT": {"reason": ["f1 = 1", "f2 = 1"]},
}


def made(family):
    explainer = Explainer(MODELS[family], (1, 1))
    if family == "boosted":
        explainer.set_interval(0.5, 1.5)
    return explainer


@pytest.mark.parametrize("family", MODELS)
@pytest.mark.parametrize("spelling", PUBLISHED)
def test_they_answer(family, spelling):
    explainer, needed = made(family), NEEDED.get(spelling, {})
    if not offers(family, spelling):
        with pytest.raises((AttributeError, NotImplementedError, ValueError, TypeError)):
            getattr(explainer, spelling)(**needed)
        return
    found = getattr(explainer, spelling)(**needed)
    assert found == getattr(explainer, PUBLISHED[spelling])(**needed)
    assert found
    batch = explainer.batch([(1, 1), (1, 1)], spelling, **needed)
    assert batch.row_status.count("error") == 0
    assert list(batch) == list(explainer.batch([(1, 1), (1, 1)], PUBLISHED[spelling], **needed))


@pytest.mark.parametrize("family", MODELS)
def test_nothing_tells_of_them(family):
    explainer = made(family)
    assert set(PUBLISHED) & {*dir(explainer), *dir(type(explainer)), *vars(explainer)} == set()
    assert "sufficient_reason" in dir(explainer)


def test_other_names_are_errors_that_help():
    explainer = pickle.loads(pickle.dumps(made("tree")))
    assert explainer.prefered_sufficient_reason(method="minimal") == (1, 2)
    with pytest.raises(AttributeError, match="has no attribute 'sufficient_reasom'") as error:
        explainer.sufficient_reasom  # noqa: B018
    assert (error.value.name, error.value.obj) == ("sufficient_reasom", explainer)
    assert not hasattr(TreeExplainer, "prefered_sufficient_reason")


def test_surrogates_tell_what_they_answer():
    rows = np.random.default_rng(0).normal(size=(300, 2)).round(3)
    surrogate = SurrogateExplainer(lambda table: (table > 0).all(axis=1).astype(int), rows, rows[0], kind="tree")
    assert {"sufficient_reason", "to_features", "batch", "confirm", "fidelity"} <= set(dir(surrogate))
    assert {*PUBLISHED, "set_instance", "explain_rows", "rectify"} & set(dir(surrogate)) == set()
    assert surrogate.prefered_sufficient_reason(method="minimal") == surrogate.minimal_sufficient_reason()
    (answer,) = surrogate.batch(rows[:1], "prefered_sufficient_reason", method="minimal")
    assert answer == surrogate.minimal_sufficient_reason()


@pytest.mark.parametrize("family", [*MODELS, "surrogate"])
def test_an_error_within_a_property_is_not_hidden(family):
    if family == "surrogate":
        rows = np.random.default_rng(0).normal(size=(300, 2)).round(3)
        explainer = SurrogateExplainer(lambda table: (table > 0).all(axis=1).astype(int), rows, rows[0], kind="tree")
    else:
        explainer = made(family)
    told = explainer.target_prediction

    class Broken(type(explainer)):
        @property
        def target_prediction(self):
            return self.session_of_yesterday

    broken = object.__new__(Broken)
    vars(broken).update(vars(explainer))
    assert told is not None and broken.instance is not None
    with pytest.raises(AttributeError, match="session_of_yesterday"):
        broken.target_prediction  # noqa: B018
    assert not hasattr(broken, "target_prediction") and getattr(broken, "target_prediction", 7) == 7
