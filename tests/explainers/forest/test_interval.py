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


@pytest.fixture(scope="module")
def small_numbers():
    """A model whose numbers are far nearer to each other than its sums, of which the order of addition decides."""
    import numpy as np
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.ensemble import RandomForestRegressor, VotingRegressor

    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, (80, 3)).astype(float)
    forests = [(str(seed), RandomForestRegressor(3, max_depth=3, random_state=seed)) for seed in range(2)]
    told = TransformedTargetRegressor(VotingRegressor(forests), func=np.log, inverse_func=np.exp)
    return told.fit(X, np.exp(-25 + X @ [1, 0.5, 0.2])), X


def test_what_rounding_puts_beside_an_interval_is_measured_where_sums_are_added(small_numbers):
    import numpy as np
    from suffice import BadInputError, Explainer, UndecidedError
    from suffice.engine.budget import Deadline

    model, X = small_numbers
    explainer, rows = Explainer.initialize(model, X[0]), X[:4]
    compiled, said = explainer.session.compiled, model.predict(rows)
    assert 4 * compiled.slack > 1e-4 * said.max()
    above = np.column_stack([said * (1 + 1e-5), said * 2])
    with pytest.raises(BadInputError, match="is not in its interval"):
        explainer.explain_rows(rows, Deadline(), intervals=above)
    with pytest.raises(BadInputError, match="is not in the interval"):
        ask(explainer, *above[0])
    beside = np.column_stack([said * (1 + compiled.slack), said * 2])
    found = explainer.explain_rows(rows, Deadline(), intervals=beside)
    assert [found.row(i) for i in range(4)] == [None] * 4
    with pytest.raises(UndecidedError, match="nearer to an end"):
        ask(explainer, *beside[0])
    inside = np.column_stack([said * (1 - 1e-5), said * 2])
    found = explainer.explain_rows(rows, Deadline(), intervals=inside)
    assert found.row(0) == tuple(ask(explainer, *inside[0]))
