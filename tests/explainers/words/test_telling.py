"""What explainers and undecided checks say of themselves."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer
from suffice.engine.errors import UndecidedError

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]] * 5)


@pytest.mark.parametrize(
    ("model", "labels", "words"),
    [
        (DecisionTreeClassifier(), ["no", "no", "no", "yes"] * 5, ("TreeExplainer", "3 leaves", "'no', 'yes'")),
        (RandomForestClassifier(3, random_state=0), [0, 0, 1, 1] * 5, ("3 trees, votes averaged", "classes 0, 1")),
        (RandomForestRegressor(2, random_state=0), [0.0, 0.5, 1.0, 2.0] * 5, ("2 trees", "a number")),
        (DecisionTreeClassifier(), [0] * 20, ("1 leaf;", "classes 0;")),
    ],
)  # fmt: skip
def test_the_repr_tells_the_model_and_the_decision(model, labels, words):
    explainer = Explainer.initialize(model.fit(X, labels))
    said = repr(explainer)
    assert all(word in said for word in words), said
    assert "no instance yet" in said
    explainer.set_instance(X[0])
    assert f"the instance is {explainer.target_prediction!r}" in repr(explainer)
    assert "theory off" in repr(Explainer.initialize(model, theory=None))


def test_many_classes_are_counted():
    model = DecisionTreeClassifier().fit(np.arange(10.0)[:, None], np.arange(10))
    assert "10 classes" in repr(Explainer.initialize(model))


@pytest.mark.parametrize("kind", ["sufficient", "contrastive", "majoritary"])
def test_checks_without_time_are_undecided(kind):
    rows = np.random.default_rng(0).random((300, 12))
    forest = RandomForestClassifier(60, random_state=0).fit(rows, rows.sum(axis=1) > 6)
    explainer = Explainer.initialize(forest, rows[0])
    reason = getattr(explainer, f"{kind}_reason")()
    check = getattr(explainer, f"is_{kind}_reason")
    said = check(reason, time_limit=1e-9)
    assert said.value is None and said.status == "best_so_far" and said.stop == "time_limit"
    with pytest.raises(UndecidedError, match=r"time_limit=1e-09 was up"):
        bool(said)
    assert check(reason).value is True


def test_tree_specific_check_without_time_is_undecided():
    rows = np.random.default_rng(0).random((300, 6))
    boosted = GradientBoostingClassifier(n_estimators=20, random_state=0).fit(rows, rows.sum(axis=1) > 3)
    explainer = Explainer.initialize(boosted, rows[0])
    reason = explainer.tree_specific_reason()
    assert explainer.is_tree_specific_reason(reason, True).value is True
    assert explainer.is_tree_specific_reason(reason, True, time_limit=1e-9).value is None
