"""Certificates of radii are accepted, and true by brute force; changed ones that are false are rejected."""

import copy
import io
import math
import pickle
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer, SelfCheckError, UndecidedError, UnsupportedModelError
from suffice.explainers.certificates import suffice_check, suffice_check_near
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check_models import Models
from suffice.explainers.verify.robustness import robustness

from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.certificates.hand_made import bare_check
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make

NORMS = ("linf", "l1", "l0")


def radii(case, explainer):
    """Radii of the row of a case, by all norms."""
    rng = np.random.default_rng(case.seed)
    columns = np.ones(len(case.names)) if rng.random() < 0.5 else rng.choice([0.5, 1.0, 0.3, 2.0], len(case.names))
    row = np.array(case.x, np.float32 if case.single else np.float64)
    how = {}
    if case.regression:
        value = float(explainer.target_prediction)
        low, high = case.interval
        width = min(value - low, high - value)
        if not math.isfinite(width) or width < 0:
            return
        how = {"within": width}
    for norm in NORMS:
        yield robustness(explainer, row, norm, weights=columns, n_jobs=1, **how)


def certificate_of(found):
    """The certificate of a radius; None where rounding decides."""
    try:
        return found.certificate(time_limit=20)
    except UndecidedError as error:
        assert "rounding decides" in str(error) or "nothing is known" in str(error)
    except UnsupportedModelError as error:
        assert "overflow" in str(error)
    return None


@each_forest(40, exclude=True, theory=True)
def test_certificates_are_accepted_and_true(case):
    explainer, _ = pair(case)
    for found in radii(case, explainer):
        certificate = certificate_of(found)
        if certificate is None:
            continue
        verdict, why = certificate.check()
        assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
        assert not what_is_wrong(certificate)
        assert ("clear" in certificate.claims) == (found.radius > 0)
        assert ("reached" in certificate.claims) == (found.witness is not None)
        if found.witness is not None:
            distance = float.fromhex(certificate.head["claim"]["says"]["reached"]["distance"])
            told = found.distance if math.isfinite(found.distance) else sys.float_info.max  # it is rounded up
            assert min(distance, sys.float_info.max) == pytest.approx(told, rel=1e-9, abs=1e-300)
        assert suffice_check.check(io.BytesIO(certificate.to_bytes()), Models)[0] == suffice_check.REJECTED


@each_forest(30, exclude=True, theory=True)
def test_false_mutants_are_rejected(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    for found in radii(case, explainer):
        certificate = certificate_of(found)
        for what, mutant in mutants(certificate, rng, 8) if certificate is not None else ():
            wrong = what_is_wrong(mutant)
            if wrong:
                assert mutant.check()[0] == suffice_check.REJECTED, (what, wrong)


@pytest.mark.parametrize("family", [f for f in (*CLASSIFIERS, *REGRESSORS) if f != "voting"])
@pytest.mark.parametrize("missing", [False, True])
def test_rows_of_every_family(family, missing):
    if missing and "histogram" not in family and "xgboost" not in family:
        pytest.skip("no missing values")
    case = make(family, 3, missing=missing)
    explainer, rng = Explainer(case.model, **case.options), np.random.default_rng(3)
    rows = case.rows[rng.choice(len(case.rows), 6)]
    rows[:, 1] += np.where(rng.random(6) < 0.5, 0.1, 0.0)  # what float32 does not hold
    if missing:
        rows[0, 1] = np.nan
    how = {"within": 0.25} if family in REGRESSORS else {}
    for norm in NORMS:
        for immutable in ((), ("f1", "f4")):
            for found in robustness(explainer, rows, norm, immutable=immutable, **how):
                certificate = certificate_of(found)
                if certificate is not None:
                    assert certificate.check()[0] == suffice_check.ACCEPTED
                    assert not what_is_wrong(certificate)


@each_forest(20, exclude=True, theory=True)
def test_nothing_that_is_not_so_is_certified(case):
    explainer, _ = pair(case)
    for found in radii(case, explainer):
        if found.witness is None or found.distance > 1e300 or certificate_of(found) is None:
            continue
        for radius in (found.distance * (1 + 1e-6) + 1e-300, found.distance * 2 + 1, math.inf):
            with pytest.raises((SelfCheckError, UndecidedError)):
                found.proven.certificate(radius, None, "", 20)
        own = replace(found, witness=explainer.session.teller.instance(found.proven.here.row))  # it is inside
        with pytest.raises(SelfCheckError, match="decided alike"):
            replace(own, radius=0.0).certificate()


def test_borders_lie_between_numbers_that_are_read():
    """A radius ends where the first number of 64 bits is read on the other side; one more is too much."""
    model = DecisionTreeClassifier(max_depth=1).fit([[0.0], [0.2]], [0, 1])
    model.tree_.threshold[0] = edge = float(np.float32(0.1))
    middle = (edge + float(np.nextafter(np.float32(edge), np.float32(1)))) / 2
    found = robustness(model, [0.05])
    made = found.certificate()
    assert found.radius == pytest.approx(middle - 0.05, rel=1e-12) and found.radius > edge - 0.05
    for radius, verdict in (
        (found.radius, suffice_check.ACCEPTED), (np.nextafter(found.radius, 1), suffice_check.REJECTED),
    ):  # fmt: skip
        other = Certificate(copy.deepcopy(made.head), made.arrays)
        other.head["claim"]["ball"]["radius"] = float(radius).hex()
        assert other.check()[0] == verdict
    single = robustness(model, np.array([0.05], np.float32)).certificate()
    assert single.head["claim"]["ball"]["measured"][0][2] is False


def test_what_has_none():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 3))
    y = (X[:, 0] > X[:, 1]).astype(int)
    forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(X, y)
    found = robustness(forest, X[0])
    with pytest.raises(BadInputError, match="file"):
        pickle.loads(pickle.dumps(found)).certificate()
    assert pickle.loads(pickle.dumps(found)).told == found.told
    calibrated = robustness(CalibratedClassifierCV(forest, cv=2).fit(X, y), X[0])
    with pytest.raises(UnsupportedModelError, match="models of models"):
        calibrated.certificate()
    with pytest.raises(UndecidedError, match="more time"):
        replace(found, radius=0.0, witness=None).certificate()
    constant = robustness(DecisionTreeClassifier().fit(X, np.zeros(80)), X[0])
    assert constant.radius == math.inf and constant.certificate().claims == ("clear",)


def test_numbers_that_a_model_weighs():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 6, size=(80, 2)).astype(float)
    model = LogisticRegression().fit(X, X[:, 0] > X[:, 1])
    for norm in NORMS:
        found = robustness(model, X[0], norm, data=X)
        certificate = certificate_of(found)
        assert certificate is None or (certificate.check()[0] == "accepted" and not what_is_wrong(certificate))


def test_files_that_claim_too_much():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(80, 3))
    boosted = GradientBoostingClassifier(n_estimators=5, max_depth=2, random_state=0).fit(X, X[:, 0] > X[:, 1])
    made = robustness(boosted, X[0], "l1").certificate()
    assert made.claims == ("clear", "reached") and made.check()[0] == suffice_check.ACCEPTED

    def rejected(why, **said):
        other = Certificate(copy.deepcopy(made.head), made.arrays)
        other.head["claim"]["ball"] |= said
        verdict, told = bare_check(other)
        assert verdict == suffice_check.REJECTED and why in told, told
        assert other.check()[0] == suffice_check.REJECTED

    measured = made.head["claim"]["ball"]["measured"]
    rejected("a radius", radius="-0x1p+0")
    rejected("", radius="nan")
    rejected("", radius="inf")
    rejected("a norm", norm="l2")
    rejected("counted", norm="l0")
    rejected("weights", weights=["0x1p+0"])
    rejected("weights", weights=["-0x1p+0"] * 3)
    rejected("no such feature", still=[7])
    rejected("no such feature", still=[True])
    rejected("no such feature", measured=[[0.0, *measured[0][1:]], *measured[1:]])
    rejected("twice", measured=[*measured, measured[0]])
    rejected("another number", measured=[[0, "0x1p+5", True], *measured[1:]])
    rejected("still", still=[0, 1, 2])
    for says in ({"forces": {}}, {"clear": {}, "pair": {}}):
        other = Certificate(copy.deepcopy(made.head), made.arrays)
        other.head["claim"]["says"] = says
        assert other.check()[0] == suffice_check.REJECTED


def test_the_two_files_alone(tmp_path):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(60, 2))
    found = robustness(DecisionTreeClassifier(max_depth=3).fit(X, X[:, 0] > 0), X[0], weights=[1.0, 2.0])
    found.certificate().save(tmp_path / "good")
    (tmp_path / "bad").write_text("x")
    good, bad = str(tmp_path / "good"), str(tmp_path / "bad")
    command = [sys.executable, suffice_check_near.__file__]
    for files, status in (([good], 0), ([good, bad], 1), ([bad], 1), ([], 1)):
        assert subprocess.run([*command, *files], capture_output=True, check=False).returncode == status, files
    said = subprocess.run([*command, good], capture_output=True, text=True, check=True).stdout
    assert "clear, reached: of rows around [" in said and "f2 counts 2.0" in said


def test_sums_that_no_float_holds_are_infinite():
    """Each number may be changed alone; only both together, which is further than all floats, change the outcome."""
    largest = np.finfo(np.float64).max
    nodes = Builder.DecisionNode(1, operator=Builder.LT, threshold=0.0, left=0, right=1)
    root = Builder.DecisionNode(2, operator=Builder.LT, threshold=0.0, left=0, right=nodes)
    model = Builder.DecisionTree(2, root, feature_names=["f1", "f2"])
    found = robustness(model, [0.75 * largest, 0.75 * largest], "l1")
    assert found.radius == math.inf
    made = found.certificate()
    assert "clear" in made.claims and made.check()[0] == suffice_check.ACCEPTED and not what_is_wrong(made)
    assert float.fromhex(made.head["claim"]["ball"]["radius"]) == largest
    assert "floats hold" in made.head["told"]
