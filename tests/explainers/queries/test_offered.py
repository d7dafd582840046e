"""What a family does not offer is an error that says why, in the words of the table, and what to do instead."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, MissingQueryError, SurrogateExplainer, UnsupportedModelError
from suffice.explainers.queries.offered import arguments_of, row_of, why_no_argument, why_no_query
from suffice.explainers.queries.table import PUBLISHED, TABLE

X = np.random.default_rng(0).integers(0, 4, (60, 3)).astype(float)
Y = np.column_stack([X[:, 0] > 1, X[:, 1] > 2]).astype(int)
MODELS = {
    "tree": [DecisionTreeClassifier(max_depth=2)],
    "forest": [RandomForestClassifier(3, max_depth=2)],
    "boosted": [GradientBoostingRegressor(n_estimators=3), GradientBoostingClassifier(n_estimators=3)],
    "composed": [CalibratedClassifierCV(DecisionTreeClassifier(max_depth=2), cv=3)],
    "multilabel": [MultiOutputClassifier(DecisionTreeClassifier(max_depth=2))],
}


def explainers():
    for family, models in MODELS.items():
        for model in models:
            yield family, Explainer.initialize(model.fit(X, Y if family == "multilabel" else Y[:, 0]), X[0])
    yield "surrogate", SurrogateExplainer(lambda rows: rows[:, 0] > 1, X, X[0], kind="tree", source="perturbed")


EXPLAINERS = list(explainers())
each = pytest.mark.parametrize(("family", "explainer"), EXPLAINERS, ids=[family for family, _ in EXPLAINERS])


@each
def test_queries_that_a_family_lacks(family, explainer):
    old = {name: new for name, new in PUBLISHED.items() if family in row_of(new).absent}
    lacking = [row.name for row in TABLE if family in row.absent] + list(old)
    assert lacking
    for name in lacking:
        assert not hasattr(explainer, name)
        with pytest.raises(MissingQueryError) as caught:
            getattr(explainer, name)
        assert str(caught.value) == why_no_query(family, name)
        assert isinstance(caught.value, (AttributeError, UnsupportedModelError))


@each
def test_arguments_that_a_family_lacks(family, explainer):
    family = explainer.explainer.family if family == "surrogate" else family
    checked = 0
    for row in TABLE:
        for argument in row.lacks:
            why = why_no_argument(family, row.name, argument)
            if why is None or not hasattr(explainer, row.name):
                continue
            needed = {
                name: ()
                for name, (_, default) in arguments_of(row, family).items()
                if default is None and not name.startswith("*")
            }
            with pytest.raises(BadInputError) as caught:
                getattr(explainer, row.name)(**needed, **{argument: None})
            assert str(caught.value) == why
            checked += 1
    assert checked or family == "multilabel"


@each
def test_batches_say_it_as_well(family, explainer):
    if family == "surrogate":
        return
    for row in TABLE:
        if family in row.absent:
            with pytest.raises(BadInputError) as caught:
                explainer.batch(X, row.name)
            assert why_no_query(family, row.name) in str(caught.value)


@each
def test_what_is_no_query_is_pythons_own_error(family, explainer):
    with pytest.raises(AttributeError, match="no_such_query") as caught:
        _ = explainer.no_such_query
    assert not isinstance(caught.value, MissingQueryError)
    with pytest.raises(TypeError, match="unexpected keyword argument 'labls'"):
        explainer.sufficient_reason(labls=1)


@each
def test_published_spellings_answer_and_are_not_listed(family, explainer):
    for old, new in PUBLISHED.items():
        assert old not in dir(explainer)
        if hasattr(explainer, new):
            how = {"method": Explainer.MINIMAL} if new.startswith("preferred") else {}
            how |= {"reason": ()} if new.startswith("is_") else {}
            if family == "boosted" and isinstance(explainer.get_model(), GradientBoostingRegressor):
                explainer.set_interval(-1, 2)
            one, other = (getattr(explainer, name)(**how) for name in (old, new))
            assert getattr(one, "value", one) == getattr(other, "value", other)
    own = (family, explainer.explainer.family) if family == "surrogate" else (family,)
    listed = {row.name for row in TABLE if not set(own) & set(row.absent)} | ({"confirm"} & set(dir(explainer)))
    assert {row.name for row in TABLE} & set(dir(explainer)) == listed


@pytest.mark.parametrize("family", ["tree", "forest"])
def test_copies_lack_the_same(family):
    explainer = dict(EXPLAINERS)[family]
    for other in (pickle.loads(pickle.dumps(explainer)), copy.copy(explainer)):
        assert not hasattr(other, "implies")
        assert other.sufficient_reason() == explainer.sufficient_reason()


def test_an_explainer_made_by_hand_is_of_its_family():
    models = [(family, explainer) for family, explainer in EXPLAINERS if family != "surrogate"]
    for made in {type(explainer) for _, explainer in models}:
        for family, explainer in models:
            if made.family == family:
                assert made(explainer.get_model(), X[0]).target_prediction == explainer.target_prediction
            else:
                with pytest.raises(UnsupportedModelError, match=r"use Explainer\.initialize"):
                    made(explainer.get_model(), X[0])
