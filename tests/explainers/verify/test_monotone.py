"""``monotone`` against all pairs of rows of small domains."""

from __future__ import annotations

import numpy as np
import pytest
from suffice import BadInputError, Explainer
from suffice.verify import monotone

from tests.brute import amounts
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, meets, some_conditions
from tests.explainers.verify.test_discriminates import COLUMNS, groups, scores_of

SEEDS = range(amounts.some(12))


def expected(case, column, value, met, rises):
    """Whether a pair of rows refutes it."""
    for group in groups(case, (COLUMNS[column],)):
        for i in group:
            for j in group:
                worse = value[i] > value[j] if rises else value[i] < value[j]
                if worse and met[i] and met[j] and case.rows[i, column] < case.rows[j, column]:
                    return True
    return False


@pytest.mark.parametrize("family", (*CLASSIFIERS, *REGRESSORS))
@pytest.mark.parametrize("seed", SEEDS)
def test_brute(family, seed):
    missing = family in ("tree", "histogram", "xgboost", "histogram-value") and seed % 3 == 0
    case = make(family, seed, missing=missing)
    rng = np.random.default_rng(4000 + seed)
    explainer = Explainer(case.model, **case.options)
    labels = list(explainer.session.compiled.classes)
    for _ in range(3):
        given, met = some_conditions(rng, case) if rng.integers(2) else ({}, np.ones(len(case.rows), bool))
        column, rises = int(rng.integers(3)), bool(rng.integers(2))
        order = rng.permutation(len(labels)).tolist() if labels else None
        told = {"order": [labels[k] for k in order]} if labels else {}
        value = case.said if not labels else np.array([told["order"].index(label) for label in case.said])
        verdict = monotone(explainer, COLUMNS[column], "increasing" if rises else "decreasing", given=given, **told)
        assert verdict.value == (not expected(case, column, value, met, rises)), (verdict, given)
        if verdict.value is False:
            one, other = verdict.witnesses[0].rows
            assert meets(given, one)
            assert meets(given, other)
            assert (one[column] < other[column]) == rises
            assert sum(one[i] != other[i] for i in range(4) if one[i] == one[i]) == 1


@pytest.mark.parametrize("family", ("boosted", "xgboost", "histogram"))
@pytest.mark.parametrize("seed", SEEDS)
def test_scores(family, seed):
    case = make(family, seed, classes=2)
    explainer = Explainer(case.model, **case.options)
    value = scores_of(case)[:, 0]
    for column in range(3):
        verdict = monotone(explainer, COLUMNS[column], of="score")
        assert verdict.value == (not expected(case, column, value, np.ones(len(value), bool), True)), verdict


@pytest.mark.parametrize("seed", (6, 12, 36, 53, *SEEDS))
def test_rows_between_may_break_a_clause(seed):
    case = make("forest", seed, classes=2)
    plain = Explainer(case.model, **case.options)
    truth = np.array([plain.session.space.truth(row) for row in case.rows])
    value = np.array([list(case.model.classes_).index(label) for label in case.said])
    rng = np.random.default_rng(seed)
    for _ in range(6):
        clause = [int(v) for v in (rng.choice(truth.shape[1], 3, replace=False) + 1) * rng.choice([-1, 1], 3)]
        met = np.any([truth[:, abs(v) - 1] == (v > 0) for v in clause], axis=0)
        explainer = Explainer(case.model, theory=[tuple(clause)], **case.options)
        for column in range(2):
            for rises in (True, False):
                verdict = monotone(explainer, COLUMNS[column], "increasing" if rises else "decreasing")
                assert verdict.value == (not expected(case, column, value, met, rises)), (clause, verdict)


def test_constrained_models_are_proved():
    import xgboost

    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 4))
    y = X[:, 0] + 0.5 * X[:, 1] ** 2 + rng.normal(size=300)
    kinds = (
        (xgboost.XGBRegressor, y, {}),
        (xgboost.XGBClassifier, (y > 0.5).astype(int), {}),
        (xgboost.XGBClassifier, (y > 0.5).astype(int), {"of": "score"}),
    )
    for kind, target, how in kinds:
        model = kind(n_estimators=40, max_depth=4, monotone_constraints=(1, 0, 0, 0)).fit(X, target)
        assert monotone(model, "f1", **how)
        assert monotone(model, "f2", **how).value is False
        assert monotone(model, "f1", "decreasing", **how).value is False


def test_bad_input():
    case = make("forest", 0, classes=3)
    for arguments, message in (
        (("f4",), "no order"),
        (("f1", "sideways"), "direction="),
    ):
        with pytest.raises(BadInputError, match=message):
            monotone(case.model, *arguments, **case.options)
    with pytest.raises(BadInputError, match="has no place"):
        monotone(case.model, "f1", order=["low", "high"], **case.options)
    with pytest.raises(BadInputError, match="score for each class"):
        monotone(case.model, "f1", of="score", **case.options)
