"""Forests that predict numbers: the prediction stays in an interval, or leaves it."""

from __future__ import annotations

import math

import pytest

from tests.brute.compare import check_some, numbered_alike, plain
from tests.brute.forest_strategies import each_forest


@each_forest(12, kinds=["regressor"])
def test_one_interval_after_the_other(case):
    from suffice import Explainer

    explainer = case.explainer()
    numbered_alike(case, explainer)
    lower, upper = case.interval
    own = float(explainer.target_prediction)
    for bounds in ((lower, upper), (own, own), (lower - 1, upper), (lower, math.inf), (-math.inf, upper)):
        case.interval = bounds
        reference = case.reference()
        explainer.set_interval(*bounds)
        assert plain(explainer.sufficient_reason(n=Explainer.ALL)) == reference.sufficient
        assert plain(explainer.contrastive_reason(n=Explainer.ALL)) == reference.contrastive()
        assert explainer.n_sufficient_reasons() == len(reference.sufficient)
        assert tuple(explainer.necessary_literals()) == reference.necessary()
        assert tuple(explainer.relevant_literals()) == reference.relevant()
        check_some(lambda n: explainer.minimal_sufficient_reason(n=n), reference.minimal_sufficient())


def ask(explainer, lower, upper):
    explainer.set_interval(lower, upper)
    return explainer.sufficient_reason()


@each_forest(15, kinds=["regressor"], theory=True)
def test_an_interval_must_hold_the_prediction(case):
    from suffice import BadInputError

    explainer = case.explainer()
    own = float(explainer.target_prediction)
    for bounds in (
        (own + 1, own + 2),
        (math.nextafter(own, math.inf), own + 2),
        (own - 2, own - 1),
        (own + 1, own - 1),
    ):
        with pytest.raises(BadInputError):
            ask(explainer, *bounds)
