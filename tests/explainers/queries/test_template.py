"""The template of a query can be copied: the copy answers of trees, forests and boosted trees as brute force does."""

from __future__ import annotations

import pytest
from hypothesis import given
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, UndecidedError
from suffice.explainers.forest.explainer import ForestExplainer
from suffice.explainers.session.gate import over
from suffice.explainers.tree.explainer import TreeExplainer

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.strategies import budget, cases
from tests.house.copies import copied


@pytest.fixture(scope="module")
def facet(tmp_path_factory):
    return copied("explainers/queries/TEMPLATE.py", tmp_path_factory.mktemp("copy")).NeededQueries


def compare(facet, case):
    explainer, reference = pair(case)
    found, direct = over(facet, explainer.answers).needed_literals(), explainer.direct_reason()
    if direct is None:
        assert found is None
        return
    needed = [v for v in direct if not reference.holds([other for other in direct if other != v])]
    assert list(found) == needed
    assert (found.kind, found.status) == ("needed", "proved")


def test_trees(facet):
    @budget(60)
    @given(cases(exclude=True))
    def property_of_trees(case):
        compare(facet, case)

    property_of_trees()


def test_forests(facet):
    @each_forest(20, exclude=True)
    def property_of_forests(case):
        compare(facet, case)

    property_of_forests()


@pytest.mark.parametrize(
    ("model", "family"),
    [(DecisionTreeClassifier(random_state=0), TreeExplainer),
     (RandomForestClassifier(5, max_depth=3, random_state=0), ForestExplainer)],
)  # fmt: skip
def test_an_explainer_takes_it_beside_the_others(facet, model, family):
    data = load_iris(as_frame=True)
    own = type("Own", (facet, family), {})
    explainer = own(model.fit(data.data, data.target), data.data.iloc[60])
    needed = explainer.needed_literals()
    assert set(needed) <= set(explainer.direct_reason())
    assert len(needed.features) >= 1
    assert explainer.needed_literals(time_limit=10) == needed
    assert explainer.sufficient_reason() == Explainer.initialize(model, data.data.iloc[60]).sufficient_reason()
    with pytest.raises(BadInputError, match="time_limit"):
        explainer.needed_literals(time_limit="soon")
    explainer.set_instance(data.data.iloc[0])
    assert set(explainer.needed_literals()) <= set(explainer.direct_reason())


def test_what_is_not_decided_is_not_proved(facet, monkeypatch):
    data = load_iris(as_frame=True)
    explainer = Explainer.initialize(DecisionTreeClassifier().fit(data.data, data.target), data.data.iloc[60])
    whole, asked = over(facet, explainer.answers).needed_literals(), explainer.answers.suffices
    assert len(explainer.direct_reason()) > 1

    def some(items, *how):
        monkeypatch.setattr(explainer.answers, "suffices", undecided)
        return asked(items, *how)

    def undecided(*how):
        raise UndecidedError

    monkeypatch.setattr(explainer.answers, "suffices", some)
    found = over(facet, explainer.answers).needed_literals()
    assert found.status == "best_so_far"
    assert found == whole[: len(found)]
