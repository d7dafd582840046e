"""Votes of mixed members: every query against every row of small domains."""

import numpy as np
import pytest
import suffice
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier, VotingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from tests.brute.strategies import budget
from tests.encoders.direct_cases import columns_of, types_of
from tests.encoders.meta.composed_cases import SMALL, mixed
from tests.encoders.test_direct_reasons import compare

SEEDS = st.integers(0, 10**6)
KINDS = st.lists(st.sampled_from([0, 1, 2]), min_size=1, max_size=3)
CLASSES = st.sampled_from([(0, 1), ("no", "yes"), (2, 5, 7), (False, True)])
MEMBERS = st.lists(st.sampled_from(list(SMALL)), min_size=1, max_size=4)
WEIGHTS = st.sampled_from([None, [1, 2, 1, 3], [0.3, 0.1, 0.4, 0.2], [0, 1, 1, 1]])


@budget(40)
@given(SEEDS, KINDS, CLASSES, MEMBERS, st.sampled_from(["soft", "hard"]), WEIGHTS)
def test_every_query_against_every_row(seed, kinds, classes, members, voting, weights):
    rng = np.random.default_rng(seed)
    columns = columns_of(kinds)
    weights = None if weights is None else weights[-len(members) :]
    model = mixed(members, rng, columns, classes, voting=voting, weights=weights)
    compare(model, columns, rng, types=types_of(columns))


@pytest.mark.parametrize("make", [
    lambda: HistGradientBoostingClassifier(max_iter=2),
    lambda: make_pipeline(StandardScaler(), HistGradientBoostingClassifier(max_iter=2)),
    lambda: VotingClassifier([(str(depth), DecisionTreeClassifier(max_depth=depth)) for depth in (1, 2)]),
    lambda: VotingClassifier(
        [(str(n), HistGradientBoostingClassifier(max_iter=n)) for n in (2, 3)], voting="soft"),
    lambda: VotingClassifier([("a", RandomForestClassifier(2)), ("b", DecisionTreeClassifier())], voting="soft"),
    lambda: RandomForestClassifier(2),
], ids=["histogram", "pipeline", "votes", "means", "means of forests", "forest"])  # fmt: skip
def test_models_of_one_class_are_forced_by_nothing(make):
    X = np.random.default_rng(0).integers(0, 3, (30, 2)).astype(float)
    explainer = suffice.Explainer.initialize(make().fit(X, ["a"] * 30), X[0])
    assert explainer.target_prediction == "a"
    assert explainer.sufficient_reason() == explainer.minimal_sufficient_reason() == ()
    assert explainer.contrastive_reason() is None and explainer.minimal_contrastive_reason() is None
    with pytest.raises(suffice.BadInputError, match="one class"):
        explainer.recourse()
    assert explainer.recourse(target="a").cost == 0
    assert explainer.precision((), data=X).value == 1
    assert explainer.probable_reason(data=X) == ()
    if hasattr(explainer, "to_counterexample_mips") and explainer.family != "composed":
        assert explainer.to_counterexample_mips() == {}
