"""Where time is up before there is one change, the answer says so: it is empty, and not None."""

import copy
import pickle

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer, NoneInTime, Reasons, Status, Stop
from suffice.explainers.session.running import first_of

X, Y = make_classification(400, 12, n_informative=8, random_state=0)
LABELS = np.column_stack([Y, X[:, 0] > 0])
LATE = 1e-9


@pytest.fixture(scope="module")
def explainer():
    return Explainer(RandomForestClassifier(20, max_depth=6, random_state=0).fit(X, LABELS), X[0], check=False)


@pytest.mark.parametrize("query", ["contrastive_reason", "minimal_contrastive_reason"])
@pytest.mark.parametrize("over", ["literals", "features"])
def test_one_change(explainer, query, over):
    found = getattr(explainer, query)(time_limit=LATE, over=over)
    assert type(found) is NoneInTime
    assert not found
    assert (found == (), found.status, found.stop) == (True, Status.BEST_SO_FAR, Stop.TIME_LIMIT)
    several = getattr(explainer, query)(n=2, time_limit=LATE, over=over)
    assert type(several) is Reasons
    assert (len(several), several.stop) == (0, Stop.TIME_LIMIT)


def test_the_nearest_change():
    forest = Explainer(RandomForestClassifier(40, max_depth=7, random_state=0).fit(X, Y), X[0], check=False)
    found = forest.minimal_contrastive_reason(distance="l1", time_limit=LATE)
    assert type(found) is NoneInTime or found.status is Status.BEST_SO_FAR


def test_of_a_joined_reason(explainer):
    found = explainer.sufficient_reason(mode="joined", time_limit=LATE)
    assert type(found) is NoneInTime or found.mode == "joined"


@pytest.mark.parametrize("stop", Stop)
def test_first_of_none(stop):
    none = Reasons([], Status.COMPLETE if stop is Stop.NONE else Status.BEST_SO_FAR, stop, 0.5)
    found = first_of(none, 1)
    assert found is None if stop is Stop.NONE else (type(found), found.stop) == (NoneInTime, stop)
    assert first_of(none, 2) is first_of(none, None) is none


def test_it_stays_what_it_is(explainer):
    found = explainer.contrastive_reason(time_limit=LATE)
    for same in (pickle.loads(pickle.dumps(found)), copy.copy(found), copy.deepcopy(found)):
        assert type(same) is NoneInTime
        assert (same.status, same.stop, same.seconds) == (found.status, found.stop, found.seconds)
    assert found.to_dict()["reasons"] == []
    assert "no reasons" in found._repr_html_()


def test_it_is_none_where_there_is_none(explainer):
    names = explainer.get_feature_names()
    assert explainer.contrastive_reason(immutable=names) is None
