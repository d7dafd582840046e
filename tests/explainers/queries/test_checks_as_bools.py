"""A check is true only if it is proved, false only if it is refuted; otherwise asking for a bool names the limit."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Check, Explainer, SurrogateExplainer, UndecidedError

LIMITS = (1e-9, 1e-4, 1e-3, None)


def data():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, (120, 6)).astype(float)
    return X, (X @ rng.random(6) + X[:, 1] * X[:, 2] + rng.random(120) > 2).astype(int)  # every feature counts


def made(family):
    X, y = data()
    if family == "regressor":
        explainer = Explainer.initialize(RandomForestRegressor(5, random_state=0).fit(X, y), X[0])
        explainer.set_interval(explainer.target_prediction - 0.3, explainer.target_prediction + 0.3)
        return explainer
    model = {
        "tree": DecisionTreeClassifier(random_state=0),
        "clauses": DecisionTreeClassifier(random_state=0),
        "forest": RandomForestClassifier(15, random_state=0),
        "boosted": GradientBoostingClassifier(n_estimators=15, random_state=0),
        "labels": RandomForestClassifier(5, max_depth=4, random_state=0),
    }[family]
    targets = np.column_stack([y, X[:, 0] > 0, X[:, 4] * X[:, 1]]) if family == "labels" else y
    return Explainer.initialize(model.fit(X, targets), X[0], theory=[(1, -1)] if family == "clauses" else "auto")


def answers(ask):
    """Return what a check says under each limit; a bool is there exactly if the check is decided."""
    found = []
    for limit in LIMITS:
        check = ask(limit)
        assert isinstance(check, Check)
        if check.value is None:
            assert limit is not None and str(check.stop) == "time_limit" and str(check.status) == "best_so_far"
            with pytest.raises(UndecidedError, match=rf"time_limit={limit:g} was up"):
                bool(check)
        else:
            assert bool(check) is check.value
        found.append(check.value)
    return found


@pytest.mark.parametrize("family", ["tree", "clauses", "forest", "boosted", "regressor", "labels"])
def test_reasons(family):
    explainer = made(family)
    X, _ = data()
    names = explainer.get_feature_names()
    for size in (0, 1, 3, 6):
        for kept in itertools.islice(itertools.combinations(names, size), 3):
            same = X[:, [names.index(name) for name in kept]] == X[0, [names.index(name) for name in kept]]
            inputs = np.array(list(itertools.product((0.0, 1.0), repeat=6)))
            agree = inputs[(inputs[:, [names.index(n) for n in kept]] == X[0, [names.index(n) for n in kept]]).all(1)]
            said = explainer.get_model().predict(agree)
            own = explainer.get_model().predict(X[:1])[0]
            if family == "regressor":
                right = bool(((said >= explainer.lower_bound) & (said <= explainer.upper_bound)).all())
            else:
                right = bool((said == own).all())
            assert same.shape[1] == size

            def ask(limit, kept=kept):
                return explainer.is_reason(list(kept), over="features", time_limit=limit)

            explainer.set_features_type({"binary": names})
            assert set(answers(ask)) <= {None, right} and answers(ask)[-1] is right


@pytest.mark.parametrize("family", ["tree", "clauses", "forest", "boosted", "labels"])
def test_reasons_of_every_kind(family):
    explainer = made(family)
    checks = {
        "is_implicant": explainer.sufficient_reason(), "is_sufficient_reason": explainer.sufficient_reason(),
        "is_contrastive_reason": explainer.contrastive_reason(),
    }  # fmt: skip
    if family == "forest":
        checks["is_majoritary_reason"] = explainer.majoritary_reason()
    if family == "boosted":
        checks["is_tree_specific_reason"] = explainer.tree_specific_reason()
    for query, reason in checks.items():
        for items, right in ((tuple(reason), True), (tuple(reason)[:-1], False)):

            def ask(limit, query=query, items=items):
                return getattr(explainer, query)(items, time_limit=limit)

            found = answers(ask)
            assert set(found) <= {None, right} and found[-1] is right, (query, items)


def test_relations_of_labels():
    explainer = made("labels")
    inputs = np.array(list(itertools.product((0.0, 1.0), repeat=6)))
    explainer.set_features_type({"binary": explainer.get_feature_names()})
    said = explainer.get_model().predict(inputs) == 1
    a, b, c = explainer.label_names
    for one, other in ((0, 1), (1, 0), (0, 2), (2, 1)):
        first, second = (a, b, c)[one], (a, b, c)[other]
        p, q = said[:, one], said[:, other]
        rights = {
            "implies": bool((~p | q).all()), "equivalent": bool((p == q).all()), "exclusive": not (p & q).any(),
            "co_occur": bool((p & q).any()),
        }  # fmt: skip
        for query, right in rights.items():

            def ask(limit, query=query, first=first, second=second):
                return getattr(explainer, query)(first, second, time_limit=limit)

            found = answers(ask)
            assert set(found) <= {None, right} and found[-1] is right, (query, first, second)
        found = answers(lambda limit, s=first, t=second: explainer.reasons_subsumed(s, t, time_limit=limit))
        assert set(found) <= {None, found[-1]}


def test_checks_of_surrogates():
    X, _ = data()
    explainer = SurrogateExplainer(
        lambda rows: (rows[:, 0] + rows[:, 3] > 0.5).astype(int), X, X[0], radius=6, minimum_held_out=5
    )
    reason = explainer.sufficient_reason()
    found = answers(lambda limit: explainer.is_sufficient_reason(reason, time_limit=limit))
    assert set(found) <= {None, True} and found[-1] is True


def test_doubt_has_no_bool():
    with pytest.raises(UndecidedError, match="neither yes nor no: rounding decides"):
        bool(Check(None, "rounding decides"))
