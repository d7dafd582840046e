"""What no query of a large model can do without is made when its instance is set, not within a time limit."""

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from suffice import Explainer
from suffice.engine.ensembles.views.literals import LiteralView, _firsts
from suffice.explainers.forest import core as forest_core
from suffice.explainers.forest.fewest import written_prices

RNG = np.random.default_rng(5)
X = RNG.normal(size=(150, 4))
Y = (X[:, 0] + X[:, 1] > 0).astype(int) + (X[:, 2] > 1)
MODELS = [
    RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y),
    GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0).fit(X, Y > 0),
    RandomForestRegressor(4, max_depth=3, random_state=0).fit(X, X[:, 0]),
]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_forms_of_large_models_are_made_when_the_instance_is_set(model, monkeypatch):
    def explainer():
        made = Explainer.initialize(model, X[0])
        if isinstance(model, RandomForestRegressor):
            made.set_interval(-2, 2)
        return made

    wanted = explainer().sufficient_reason()
    monkeypatch.setattr(forest_core, "_LARGE", 0)
    large = explainer()
    with monkeypatch.context() as later:
        later.delattr(forest_core, "lay_out")  # who calls it now, fails
        later.delattr(forest_core, "whole_values")
        assert large.sufficient_reason().literals == wanted.literals
        large.set_instance(X[1])
        assert large.contrastive_reason() is not None
    large.set_features_type({"numerical": ["f1", "f2", "f3", "f4"]})  # another domain, other forms
    assert large.sufficient_reason() is not None


def test_small_models_make_them_when_they_are_asked(monkeypatch):
    monkeypatch.delattr(forest_core, "lay_out")
    explainer = Explainer.initialize(MODELS[0], X[0])
    with pytest.raises(NameError, match="lay_out"):
        explainer.sufficient_reason()


def test_first_elements_of_attributes():
    base = np.array([0, 3, 3, 7, 8])
    cells = np.array([1, 0, 9, 0], np.int32)  # listed attributes have more cells than elements, or fewer
    owner = np.repeat(np.arange(4), np.diff(base))
    assert _firsts(base, cells).tolist() == (np.arange(8) - base[owner] < cells[owner]).tolist()
    assert _firsts(np.array([0]), np.zeros(0, np.int32)).tolist() == []


def test_intervals_alone_have_no_prices_of_several_literals():
    explainer = Explainer.initialize(MODELS[0], X[0])
    view = explainer.answers.view(False, explainer.answers.wanted())
    assert isinstance(view, LiteralView)
    assert view.space.all_interval

    class Asked:
        def expired(self):
            raise AssertionError("each cell was looked at")

    assert written_prices(view, Asked()) is None
