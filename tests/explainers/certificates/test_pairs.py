"""Certificates of pairs of inputs are accepted, and true by brute force; changed ones that are false are rejected."""

import contextlib
import copy
import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from suffice import Explainer, verify
from suffice.engine.errors import BadInputError, SelfCheckError, UndecidedError
from suffice.explainers.certificates import suffice_check, suffice_check_pairs
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check_sat import Clauses

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import drawn, what_is_wrong
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, some_conditions


def answers(case, explainer):
    """Answers about pairs of inputs of a case."""
    rng, regression = np.random.default_rng(drawn(case)), not explainer.session.compiled.classes
    names = [feature.name for feature in explainer.session.features]
    for _ in range(2):
        apart = rng.choice(names, size=min(len(names), rng.integers(1, 3)), replace=False).tolist()
        yield verify.discriminates(explainer, apart, margin=float(rng.choice([0.0, 0.0, 0.25, 0.5])))
        with contextlib.suppress(BadInputError):  # what has no order
            direction = ["increasing", "decreasing"][rng.integers(2)]
            score = {} if regression or len(explainer.session.compiled.classes) > 2 else {"of": "score"}
            yield verify.monotone(explainer, str(rng.choice(names)), direction, **(score if rng.random() < 0.3 else {}))


def certificates(case, explainer):
    """Certificates of them."""
    found = []
    if case.theory:
        for answer in answers(case, explainer):
            with contextlib.suppress(BadInputError, UndecidedError):  # of no such model; so near to a tie
                found.append(answer.certificate())
    return found


@each_forest(30, exclude=False)
def test_certificates_are_accepted_and_true(case):
    explainer, _ = pair(case)
    for certificate in certificates(case, explainer):
        verdict, why = certificate.check()
        assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
        assert not what_is_wrong(certificate)


@each_forest(20, exclude=False)
def test_false_mutants_are_rejected(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    for certificate in certificates(case, explainer):
        for what, mutant in mutants(certificate, rng, 6):
            wrong = what_is_wrong(mutant)
            if wrong:
                assert mutant.check()[0] == suffice_check.REJECTED, (what, wrong)


@pytest.mark.parametrize("family", [f for f in (*CLASSIFIERS, *REGRESSORS) if f != "voting"])
@pytest.mark.parametrize("seed", range(3))
def test_answers_of_every_family(family, seed):
    missing = family in ("histogram", "xgboost", "histogram-value") and seed % 3 == 0
    case = make(family, seed, missing=missing)
    explainer, rng = Explainer(case.model, **case.options), np.random.default_rng(seed)
    for _ in range(2):
        given = some_conditions(rng, case)[0]
        apart = rng.choice(("f1", "f2", "f3", "f4"), size=rng.integers(1, 3), replace=False).tolist()
        for verdict in (
            verify.discriminates(explainer, apart, allowed=given, margin=float(rng.choice([0.0, 0.1]))),
            verify.monotone(explainer, str(rng.choice(("f1", "f2", "f3"))), given=given),
        ):
            if not verdict.proven.boxes:
                with pytest.raises(BadInputError, match="no input"):
                    verdict.certificate()
                continue
            certificate = verdict.certificate()
            assert certificate.claims == (("no_pair",) if verdict else ("pair",))
            assert certificate.check()[0] == suffice_check.ACCEPTED
            assert not what_is_wrong(certificate)
            assert suffice_check.check(io.BytesIO(certificate.to_bytes()), Clauses)[0] == suffice_check.REJECTED


def test_models_that_were_fitted_monotone():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 4))
    y = X[:, 0] + 0.5 * X[:, 1] ** 2 + rng.normal(size=200)
    for kind, target, how in (
        (HistGradientBoostingRegressor, y, {}), (HistGradientBoostingClassifier, y > 0.5, {}),
        (HistGradientBoostingClassifier, y > 0.5, {"of": "score"}),
    ):  # fmt: skip
        model = kind(max_iter=20, max_depth=3, monotonic_cst=[1, 0, 0, 0]).fit(X, target)
        for feature, direction in (("f1", "increasing"), ("f1", "decreasing"), ("f2", "increasing")):
            verdict = verify.monotone(model, feature, direction, **how)
            assert verdict.certificate().claims == (("no_pair",) if verdict else ("pair",))
            assert verdict.value == (feature == "f1" and direction == "increasing")


def test_nothing_that_is_not_so_is_certified():
    case = make("forest", 1, classes=2)
    explainer = Explainer(case.model, **case.options)
    for verdict in (verify.discriminates(explainer, "f1"), verify.monotone(explainer, "f2")):
        with pytest.raises(SelfCheckError, match="not so"):
            replace(verdict, value=not verdict.value).certificate()


def test_rows_between_two_others_may_break_a_clause():
    case = make("forest", 6, classes=2)
    explainer = Explainer(case.model, theory=[(2, 4, -8)], **case.options)
    assert verify.monotone(explainer, "f2", "decreasing").certificate().claims == ("pair",)


def test_files_that_claim_too_much():
    case = make("xgboost", 0, missing=True)
    verdict = verify.monotone(Explainer(case.model, **case.options), "f1", given="f2 > 0.1")
    made = verdict.certificate()

    def rejected(why, **pairs):
        other = Certificate(copy.deepcopy(made.head), made.arrays)
        other.head["claim"]["pairs"] |= pairs
        found, told = other.check()
        assert found == suffice_check.REJECTED and why in told, told

    rejected("differ", apart=[0, 0])
    rejected("differ", apart=[9])
    rejected("", apart=[-1])
    rejected("number", apart=[0, 1])
    rejected("number", order=2)
    rejected("margin", margin="-0x1p+0")
    rejected("", margin="nan")
    rejected("outcomes", outcomes=[[0, 0]])
    rejected("outcomes", outcomes=[[0, 7]])
    rejected("", outcomes=[[0]])
    other = Certificate(copy.deepcopy(made.head), made.arrays)
    other.head["claim"]["says"] = {"forces": {}}
    assert other.check()[0] == suffice_check.REJECTED
    other.head["claim"]["says"] = made.head["claim"]["says"]
    del other.head["claim"]["pairs"]
    assert other.check()[0] == suffice_check.REJECTED


def test_trees_that_go_round_are_rejected():
    made = verify.discriminates(make("tree", 0).model, "f1").certificate()
    inner = int(np.nonzero(made.arrays["tree_literal"])[0][0])
    for side in ("tree_left", "tree_right"):
        arrays = {name: array.copy() for name, array in made.arrays.items()}
        arrays[side][inner] = inner
        found, told = Certificate(made.head, arrays).check()
        assert found == suffice_check.REJECTED and "trees" in told


def test_the_three_files_alone(tmp_path):
    made = verify.discriminates(make("forest", 0).model, "f1").certificate()
    made.save(tmp_path / "good")
    (tmp_path / "bad").write_text("x")
    good, bad = str(tmp_path / "good"), str(tmp_path / "bad")
    command = [sys.executable, suffice_check_pairs.__file__]
    for files, status in (([good], 0), ([good, bad], 1), ([bad], 1), ([], 1)):
        assert subprocess.run([*command, *files], capture_output=True, check=False).returncode == status, files
    assert "f1" in subprocess.run([*command, good], capture_output=True, text=True, check=True).stdout
