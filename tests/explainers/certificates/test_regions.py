"""Certificates of answers about whole models are accepted, and true by brute force."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.multioutput import MultiOutputClassifier
from suffice import Explainer, verify
from suffice.engine.errors import BadInputError, SelfCheckError, UndecidedError
from suffice.explainers.certificates import suffice_check
from suffice.explainers.certificates.regions import clauses_of
from suffice.explainers.verify.verdict import Verdict

from tests.explainers.certificates.test_suffice_check import what_is_wrong
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make

X, Y = load_iris(return_X_y=True)
GIVEN = (
    None, "f2 > 0.1", "f1 in {0, 2, 3} and f2 <= 1", {"f4": [0, 2]}, "f4 != 1 and f1 >= 1", {"f1": [0, 4], "f3": 1},
)  # fmt: skip


def accepted(answer):
    certificate = answer.certificate(time_limit=60)
    verdict, why = certificate.check()
    assert verdict == suffice_check.ACCEPTED, why
    assert not what_is_wrong(certificate)
    return certificate.claims


@pytest.mark.parametrize("family", [f for f in CLASSIFIERS if f != "voting"])
@pytest.mark.parametrize("missing", [False, True])
def test_classifiers(family, missing):
    if missing and family in ("tree", "forest", "boosted"):
        pytest.skip("no missing values")
    for seed in range(2):
        case = make(family, seed, missing=missing)
        explainer = Explainer.initialize(case.model, None, **case.options)
        for given in GIVEN:
            for label, verdict in verify.reachable(explainer, given).items():
                assert accepted(verdict) == (("refuted",) if verdict else ("forces",))
                never = verify.never(explainer, label, given)
                assert accepted(never) == (("forces",) if never else ("refuted",))
            labels = list(case.model.classes_[:2])
            verdict = verify.verify(explainer, given, labels)
            assert accepted(verdict) == (("forces",) if verdict else ("refuted",))


@pytest.mark.parametrize("family", REGRESSORS)
def test_regressors(family):
    case = make(family, 1)
    explainer = Explainer.initialize(case.model, None, **case.options)
    for given in GIVEN:
        found = verify.range(explainer, given)
        assert accepted(found) == ("forces", "attained")
        middle = (found.low + found.high) / 2
        for then in (f">= {found.low!r}", f"<= {middle!r}", (found.low, middle), f"!= {middle!r}"):
            verdict = verify.verify(explainer, given, then)
            assert accepted(verdict) == (("forces",) if verdict else ("refuted",))


def test_scores():
    case = make("forest", 3)
    explainer = Explainer.initialize(case.model, None, **case.options)
    for label in case.model.classes_:
        assert accepted(verify.range(explainer, "f2 > 0.1", label=label)) == ("forces", "attained")


def test_several_labels():
    target = np.column_stack([Y == 1, Y == 2]).astype(int)
    model = MultiOutputClassifier(RandomForestClassifier(4, max_depth=2, random_state=0)).fit(X, target)
    for verdict in (
        verify.never(model, {0: 1, 1: 1}, "f4 < 0.5"), verify.never(model, {0: 1, 1: 0}),
        verify.verify(model, "f4 < 0.5", {0: 0, 1: 0}), verify.verify(model, None, {0: 0, 1: 0}),
    ):  # fmt: skip
        assert accepted(verdict) == (("forces",) if verdict else ("refuted",))


def test_without_theory():
    explainer = Explainer.initialize(RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y), X[0])
    explainer.deactivate_theory()
    for verdict in verify.reachable(explainer).values():
        assert accepted(verdict) == (("refuted",) if verdict else ("forces",))


def _further(rule):
    """A literal on a feature that the rule says nothing of, true of its row, and of not all others."""
    space, truth = rule.proven.space, rule.proven.somewhere.truth
    said = {space.attribute_of[abs(v) - 1] for v in rule.literals}
    free = [v for v in range(len(truth)) if space.attribute_of[v] not in said and 0 < _share(space, v) < 1]
    return [v + 1 if truth[v] else -v - 1 for v in free[:1]]


def _share(space, v):
    attribute = space.attributes[space.attribute_of[v]]
    return attribute.truth_table()[list(attribute.variables).index(v)].mean()


def test_a_rule_is_said_of_a_row_that_keeps_all_clauses():
    model = RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, Y)
    free = Explainer.initialize(model)
    for number in range(1, len(free.session.space.vocabulary) + 1):
        explainer = Explainer.initialize(model, theory=[(number,)])
        for label in (0, 2):
            for rule in verify.rules(explainer, label, data=X[::10])[:2]:
                assert "forces" in accepted(rule)


@pytest.mark.parametrize("family", [f for f in (*CLASSIFIERS, *REGRESSORS) if f != "voting"])
def test_rules(family):
    case = make(family, 2)
    explainer = Explainer.initialize(case.model, None, **case.options)
    middle = float(np.median(case.said)) if family in REGRESSORS else None
    for label in list(case.model.classes_) if middle is None else [f">= {middle!r}", f"<= {middle!r}"]:
        found = verify.rules(explainer, label, data=case.rows[::7])
        for rule in found[:3]:
            assert accepted(rule) == (("forces", "minimal") if rule.maximal else ("forces",))
            assert accepted(replace(rule, proven=replace(rule.proven, literals=None))) == ("forces",)
            for literals in (rule.literals[1:], (*rule.literals, *_further(rule))):  # too weak, too strong
                if literals != rule.literals:
                    with pytest.raises(SelfCheckError):
                        replace(rule.proven, literals=literals).certificate(True, "", 20)
            with pytest.raises(BadInputError, match="file"):
                pickle.loads(pickle.dumps(rule)).certificate()


def test_what_has_none():
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
    with pytest.raises(BadInputError, match="not certified"):
        verify.verify(model, "f4 < 0.5", "P(0) >= 0.1").certificate()
    with pytest.raises(BadInputError, match="file"):
        pickle.loads(pickle.dumps(verify.never(model, 0))).certificate()
    with pytest.raises(BadInputError, match="no input"):
        verify.never(model, 0, "f4 < 0.5 and f4 > 0.7").certificate()
    with pytest.raises(UndecidedError):
        Verdict(None, "something", "time was up").certificate()
    with pytest.raises(BadInputError, match="certified"):
        pickle.loads(pickle.dumps(verify.range(model, label=0))).certificate()


def test_clauses_say_exactly_the_boxes():
    case = make("histogram", 0)
    explainer = Explainer.initialize(case.model, None, **case.options)
    for given in GIVEN[1:]:
        verdict = verify.never(explainer, case.model.classes_[0], given)
        space, boxes = verdict.proven.space, verdict.proven.boxes
        clauses = clauses_of(space, boxes)
        tables = [(a.variables, a.truth_table()) for a in space.attributes]
        for point in np.ndindex(*(a.n_cells for a in space.attributes)):
            truth = np.zeros(len(space.vocabulary), bool)
            for (variables, table), cell in zip(tables, point, strict=True):
                truth[variables] = table[:, cell]
            inside = any(
                all(
                    box.low[a] <= c <= box.high[a] if one.interval else box.allowed[box.base[a] + c]
                    for a, (one, c) in enumerate(zip(space.attributes, point, strict=True))
                )
                for box in boxes
            )
            assert inside == all(any(truth[abs(v) - 1] == (v > 0) for v in clause) for clause in clauses)
