"""``discriminates`` against all pairs of rows of small domains."""

from __future__ import annotations

import numpy as np
import pytest
from suffice import BadInputError, Explainer, TheoryError
from suffice.explainers.verify import differing as module
from suffice.explainers.verify import steps
from suffice.verify import discriminates

from tests.brute import amounts
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, meets, some_conditions

SEEDS = range(amounts.some(12))
COLUMNS = ("f1", "f2", "f3", "f4")


def groups(case, apart):
    """The rows that are equal outside some columns, as lists of their places."""
    found: dict[bytes, list[int]] = {}
    others = [i for i, name in enumerate(COLUMNS) if name not in apart]
    for place, row in enumerate(case.rows):
        found.setdefault(row[others].tobytes(), []).append(place)
    return found.values()


def scores_of(case):
    """What margins are about: probabilities, or raw scores of boosted models."""
    model = case.model
    if hasattr(model, "decision_function"):
        raw = model.decision_function(case.rows)
        return raw.reshape(len(case.rows), -1)
    if type(model).__name__ == "XGBClassifier":
        return model.predict(case.rows, output_margin=True).reshape(len(case.rows), -1)
    return model.predict_proba(case.rows) if hasattr(model, "predict_proba") else case.said[:, None]


def check(case, verdict, apart, given, met, fits):
    expected = any(
        fits(i, j) for group in groups(case, apart) for i in group for j in group if met[i] and met[j] and i != j
    )
    assert verdict.value == (not expected), (verdict, apart, given)
    if verdict.value:
        return
    (witness,) = verdict.witnesses
    one, other = witness.rows
    for name in COLUMNS:
        same = one[name] == other[name] or (np.isnan(one[name]) and np.isnan(other[name]))
        assert same or name in apart
    assert meets(given, one)
    assert meets(given, other)
    assert case.model.predict(np.array([one, other], float)).tolist() == list(witness.outcomes)


def go(monkeypatch, way):
    """Let searches end with a proof, by all pairs of cells or in both copies, without what is found in moments."""
    if way == "usual":
        return
    monkeypatch.setattr(steps, "_CLIMBS", 1)
    monkeypatch.setattr(steps, "_QUICKLY", 0)
    if way == "search":
        monkeypatch.setattr(module, "_PAIRS", 0)


@pytest.mark.parametrize("family", (*CLASSIFIERS, *REGRESSORS))
@pytest.mark.parametrize("seed", SEEDS)
def test_pairs(family, seed, monkeypatch):
    go(monkeypatch, ("cells", "search", "usual")[seed % 3])
    missing = family in ("tree", "histogram", "xgboost", "histogram-value") and seed % 3 == 0
    case = make(family, seed, missing=missing)
    rng = np.random.default_rng(2000 + seed)
    explainer = Explainer(case.model, **case.options)
    for _ in range(3):
        given, met = some_conditions(rng, case) if rng.integers(2) else ({}, np.ones(len(case.rows), bool))
        apart = tuple(rng.choice(COLUMNS, size=rng.integers(1, 3), replace=False).tolist())
        verdict = discriminates(explainer, apart, allowed=given)
        check(case, verdict, apart, given, met, lambda i, j: case.said[i] != case.said[j])


@pytest.mark.parametrize("family", ("forest", "boosted", "xgboost", "histogram", "voting", *REGRESSORS))
@pytest.mark.parametrize("seed", SEEDS)
def test_margins(family, seed, monkeypatch):
    go(monkeypatch, ("cells", "usual")[seed // 2 % 2])
    case = make(family, seed, classes=2 + seed % 2)
    rng = np.random.default_rng(3000 + seed)
    explainer = Explainer(case.model, **case.options)
    scores = scores_of(case).astype(float)
    codes = {label: k for k, label in enumerate(explainer.session.compiled.classes)}
    met = np.ones(len(case.rows), bool)
    spread = float(np.ptp(scores, axis=0).max())
    for share in (0.2, 0.5):
        margin = round(share * spread, 3) + 1e-4
        apart = tuple(rng.choice(COLUMNS, size=rng.integers(1, 3), replace=False).tolist())
        verdict = discriminates(explainer, apart, margin=margin)

        def fits(i, j, margin=margin):
            if case.said[i] == case.said[j]:
                return False
            if scores.shape[1] == 1:
                return abs(scores[i, 0] - scores[j, 0]) >= margin
            one, other = codes[case.said[i]], codes[case.said[j]]
            return scores[i, one] - scores[j, one] >= margin or scores[j, other] - scores[i, other] >= margin

        check(case, verdict, apart, {}, met, fits)


@pytest.mark.parametrize("way", ["usual", "cells", "search"])
def test_clauses_hold_of_both_inputs(way, monkeypatch):
    go(monkeypatch, way)
    case = make("forest", 1, classes=2)
    plain = Explainer(case.model, **case.options)
    literals = plain.session.space.literals(plain.session.space.truth(case.rows[7]))
    for clause in ([-int(literals[0]), int(literals[1])], [int(literals[2])], [-int(literals[0])]):
        explainer = Explainer(case.model, theory=[tuple(clause)], **case.options)
        met = np.array([any((plain.session.space.truth(r)[abs(v) - 1]) == (v > 0) for v in clause) for r in case.rows])
        for apart in (("f1",), ("f2",), ("f3", "f4")):
            verdict = discriminates(explainer, apart)
            check(case, verdict, apart, {}, met, lambda i, j: case.said[i] != case.said[j])


def test_an_untested_feature_is_proved_at_once():
    rng = np.random.default_rng(0)
    from sklearn.ensemble import RandomForestClassifier

    X = np.column_stack([rng.normal(size=80), np.zeros(80)])
    model = RandomForestClassifier(5, random_state=0).fit(X, X[:, 0] > 0)
    assert discriminates(model, "f2")


def test_bad_input():
    case = make("forest", 0)
    with pytest.raises(BadInputError, match="unknown"):
        discriminates(case.model, "sex", **case.options)
    with pytest.raises(BadInputError, match="at least one"):
        discriminates(case.model, [], **case.options)
    with pytest.raises(BadInputError, match="margin=-1"):
        discriminates(case.model, "f1", margin=-1, **case.options)
    with pytest.raises(TheoryError, match="theory"):
        discriminates(case.model, "f1", theory=None)
