"""What features carry: the shares of all sufficient reasons, and scores by all subsets."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

import numpy as np
import pytest
import suffice
from hypothesis import given
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.brute.game import bits
from tests.brute.strategies import budget, cases


def shares(reasons, items, kind):
    """The share of each item by the definition."""
    if kind == "holler":
        total = sum(len(reason) for reason in reasons)
        return {i: Fraction(sum(i in r for r in reasons), total) if total else 0 for i in items}
    weight = {"ffa": lambda r: Fraction(1)}.get(kind, lambda r: Fraction(1, max(1, len(r))))
    return {i: sum((weight(r) for r in reasons if i in r), Fraction(0)) / len(reasons) if reasons else 0 for i in items}


def worth(game, kind):
    """The score of each atom by all subsets: excluded atoms do not play."""
    players = [i for i in range(game.n) if not game.excluded >> i & 1]
    n, out = len(players), {}
    wins = [s for s in range(1 << game.n) if not s & game.excluded and game.holds(s)]
    wins = set(wins)
    for i in players:
        value = Fraction(0)
        for s in range(1 << game.n):
            if s & game.excluded or s >> i & 1:
                continue
            if (s | 1 << i) in wins and s not in wins:
                size = len(bits(s))
                value += (
                    Fraction(factorial(size) * factorial(n - size - 1), factorial(n))
                    if kind == "shapley"
                    else Fraction(1, 2 ** (n - 1))
                )
        out[i] = value
    return out


def check(case):
    explainer, reference = pair(case)
    names = [feature.name for feature in explainer.features]
    reasons = reference.sufficient_features()
    for kind in ("ffa", "wffa"):
        found = explainer.attribution(kind=kind)
        assert found.status == "complete"
        assert {item: share.value for item, share in found.items()} == shares(reasons, names, kind)
        own = explainer.attribution(kind=kind, over="literals")
        wanted = shares([set(r) for r in reference.sufficient], reference.universe, kind)
        assert {item: share.value for item, share in own.items()} == wanted
    assert set(found.irrelevant) == set(names) - set().union(*reasons)
    assert set(found.necessary) == (set.intersection(*map(set, reasons)) if reasons else set())
    for kind, like in (("deegan-packel", "wffa"), ("holler", "holler")):
        assert {i: s.value for i, s in explainer.scores(kind=kind).items()} == shares(reasons, names, like)
    for kind in ("shapley", "banzhaf"):
        wanted = worth(reference.features, kind)
        found = explainer.scores(kind=kind)
        for i, unit in enumerate(reference.tested):
            assert found[unit.name].value == wanted.get(i, 0), (kind, unit.name)


@budget(24)
@given(cases(exclude=True))
def test_trees(case):
    check(case)


@each_forest(20, exclude=True)
def test_forests(case):
    check(case)


@each_forest(6)
def test_samples_hold_what_is_exact(case):
    explainer, _ = pair(case)
    for kind in ("shapley", "banzhaf"):
        exact, drawn = explainer.scores(kind=kind), explainer.scores(kind=kind, n_samples=64, seed=case.seed)
        assert (drawn.n_samples, drawn.confidence, drawn.status) == (64, 0.95, "best_so_far")
        assert drawn.shares == explainer.scores(kind=kind, n_samples=64, seed=case.seed).shares
        wrong = [i for i, share in drawn.items() if not share.lower <= exact[i].value <= share.upper]
        assert not wrong  # of 64 samples five in a hundred cases may miss; seeds are fixed


def forest(n_trees=25, **more):
    """A forest whose reasons are many."""
    data, labels = load_breast_cancer(return_X_y=True)
    model = RandomForestClassifier(n_trees, random_state=0, **more).fit(data, labels)
    return suffice.Explainer.initialize(model, data[0])


def test_a_list_that_did_not_end_claims_only_what_is_proved():
    found = forest().attribution(time_limit=0.5)
    assert (found.status, found.stop, len(found)) == ("best_so_far", "time_limit", 30)
    assert found.n_reasons > 0
    for share in found.values():
        assert share.lower is None or share.lower <= share.found <= share.upper
    assert "there may be others" in repr(found)
    rest = forest().scores(kind="shapley", time_limit=1.0)
    assert rest.n_samples & (rest.n_samples - 1) == 0
    assert all(0 <= share.lower <= share.upper <= 1 for share in rest.values())


def test_what_no_reason_can_have_is_irrelevant_at_once():
    data, labels = load_breast_cancer(return_X_y=True)
    wide = np.hstack([data, np.zeros((len(data), 2))])  # the last ones are never tested
    model = RandomForestClassifier(25, random_state=0).fit(wide, labels)
    explainer = suffice.Explainer.initialize(model, wide[0])
    explainer.set_excluded_features(["f3"])
    found = explainer.attribution(time_limit=0.3)
    assert found.status == "best_so_far"
    assert {"f3", "f31", "f32"} <= set(found.irrelevant)
    assert all(found[name].value == 0 for name in ("f3", "f31", "f32"))
    literals = explainer.attribution(over="literals", time_limit=0.3)
    assert {explainer.session.space.feature_of(v) for v in literals.irrelevant} >= {2}


def test_bounds_of_a_list_that_did_not_end_hold():
    from suffice.engine.reasons.attribution import Share
    from suffice.explainers.chances.attributing import Listed, shares_of

    reasons = [("a", "b"), ("a", "c"), ("b", "c"), ("d",)]
    for n in range(1, 4):
        part = Listed(reasons[:n], irrelevant=frozenset("e"), most=6)
        for kind in ("ffa", "wffa"):
            for item, share in shares_of(part, "abcde", kind).items():
                assert share.lower <= shares(reasons, "abcde", kind)[item] <= share.upper
        assert shares_of(part, "abcde", "ffa")["e"] == Share(Fraction(0), Fraction(0))
        assert shares_of(part, "abcde", "holler")["a"].value is None


def test_shap_beside():
    from xgboost import XGBClassifier

    data, labels = load_breast_cancer(return_X_y=True)
    model = XGBClassifier(n_estimators=8, max_depth=2, random_state=0).fit(data, labels)
    explainer = suffice.Explainer.initialize(model, data[1])
    found = explainer.attribution(shap="model")
    assert len(found.compared) == 30
    assert {one.feature for one in found.misled if one.value} <= set(found.irrelevant)
    given = np.zeros(30)
    given[[explainer.get_feature_names().index(name) for name in found.irrelevant[:1]]] = 0.5
    told = explainer.attribution(shap=given).misled
    assert [one.feature for one in told if "irrelevant" in one.wrong] == list(found.irrelevant[:1])
    assert [one.feature for one in told if "necessary" in one.wrong] == [
        name for name in explainer.get_feature_names() if name in found.necessary
    ]
    assert "irrelevant" in found._repr_html_() or not found.misled


@pytest.mark.parametrize(
    ("query", "how"),
    [
        ("attribution", {"kind": "shapley"}),
        ("scores", {"kind": "ffa"}),
        ("scores", {"kind": "holler", "n_samples": 3}),
        ("attribution", {"shap": [1.0]}),
        ("attribution", {"shap": "model"}),
        ("scores", {"seed": -1}),
    ],
)
def test_refused(query, how):
    with pytest.raises(suffice.BadInputError):
        getattr(forest(3, max_depth=2), query)(**how)
