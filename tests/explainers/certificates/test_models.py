"""Certificates of two models are accepted, and true by brute force; changed ones that are false are rejected."""

import copy
import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier
from suffice import Builder, Explainer
from suffice.engine.errors import BadInputError, SelfCheckError, UndecidedError, UnsupportedModelError
from suffice.explainers.certificates import suffice_check, suffice_check_models
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check_all import Every
from suffice.explainers.certificates.suffice_check_pairs import Pairs
from suffice.explainers.verify.compare import compare

from tests.brute.amounts import examples
from tests.explainers.certificates.mutants import mutants
from tests.explainers.certificates.test_suffice_check import what_is_wrong
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, some_conditions

SECONDS = 20
RNG = np.random.default_rng(5)
ROWS = RNG.normal(size=(200, 3))
Y = (ROWS[:, 0] + ROWS[:, 1] * ROWS[:, 2] > 0).astype(int)


def comparison(seed):
    """A comparison of two small models."""
    rng = np.random.default_rng(seed)
    missing = bool(rng.integers(4) == 0)
    known = [f for f in CLASSIFIERS if f != "voting"] if rng.random() < 0.7 else list(REGRESSORS)
    if missing:
        known = [f for f in known if "histogram" in f or "xgboost" in f]
    first, second = (str(one) for one in rng.choice(known, 2))
    if "xgboost" in (first, second) and known[0] in CLASSIFIERS:  # its labels are numbers
        second = first
    n = int(rng.integers(2, 4))
    case = make(first, seed, missing=missing, classes=n)
    other = make(second, seed + int(rng.integers(2)), missing=missing, classes=n)
    where = some_conditions(rng, case)[0] if rng.random() < 0.3 else None
    tolerance = float(rng.choice([0.0, 0.3, 2.0])) if case.model.__class__.__name__.endswith("Regressor") else 0.0
    boxes = None if rng.random() < 0.7 else int(rng.integers(4))
    return compare(
        case.model, other.model, where=where, boxes=boxes, tolerance=tolerance, time_limit=SECONDS, **case.options
    )


def certificate_of(found):
    """The certificate of a comparison; None where there is none."""
    try:
        return found.certificate(time_limit=SECONDS)
    except UndecidedError:
        assert found.value is None or not found.covered or "tie" in found.why or "time" not in found.why
    except UnsupportedModelError as error:
        assert "regressors" in str(error)
    except BadInputError as error:
        assert "no input" in str(error)
    return None


@settings(max_examples=examples(120), deadline=None)
@given(st.integers(0, 10**6))
def test_certificates_are_accepted_and_true(seed):
    found = comparison(seed)
    certificate = certificate_of(found)
    if certificate is None:
        return
    verdict, why = certificate.check()
    assert verdict in (suffice_check.ACCEPTED, suffice_check.RELATIVE), why
    assert not what_is_wrong(certificate)
    assert ("differ" in certificate.claims) == (found.value is False)
    assert ("agree" in certificate.claims) == found.covered
    assert ("apart" in certificate.claims) == bool(found.boxes)
    assert suffice_check.check(io.BytesIO(certificate.to_bytes()), Pairs)[0] == suffice_check.REJECTED


@settings(max_examples=examples(80), deadline=None)
@given(st.integers(0, 10**6))
def test_false_mutants_are_rejected(seed):
    certificate = certificate_of(comparison(seed))
    if certificate is None:
        return
    for what, mutant in mutants(certificate, np.random.default_rng(seed), 8):
        wrong = what_is_wrong(mutant)
        if wrong:
            assert mutant.check()[0] == suffice_check.REJECTED, (what, wrong)


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 10**6))
def test_nothing_that_is_not_so_is_certified(seed):
    found = comparison(seed)
    if certificate_of(found) is None or found.value is None:
        return
    proven = found.proven
    wrong = [replace(proven, boxes=(), covered=True)] if not found.value else []  # alike, or all over
    for i, (box, old, new) in enumerate(proven.boxes[:3]):
        rest = proven.boxes[:i] + proven.boxes[i + 1 :]
        wrong.append(replace(proven, boxes=(*rest, (box, new, old)) if old != new else rest))
        wrong.append(replace(proven, boxes=(*proven.boxes, (box, old, new)), covered=False))
    for one in wrong:
        with pytest.raises((SelfCheckError, UndecidedError)):
            one.certificate(False, "", SECONDS)
    with pytest.raises((SelfCheckError, UndecidedError)):
        replace(proven, points=(), boxes=()).certificate(not found.value, "", SECONDS)


def test_trees_of_both_are_shared_in_any_place():
    """Trees before, between and after those that both models have."""
    trees = [t.tree_ for t in RandomForestClassifier(5, max_depth=3, random_state=0).fit(ROWS, Y).estimators_]
    assert len(trees) == 5
    grown = GradientBoostingClassifier(n_estimators=6, max_depth=2, random_state=0).fit(ROWS, Y)
    fewer = copy.deepcopy(grown)
    fewer.estimators_ = np.delete(fewer.estimators_, [0, 3], axis=0)
    fewer.n_estimators_ = 4
    for one, other in ((grown, fewer), (fewer, grown)):
        found = compare(one, other, boxes=None, time_limit=60)
        certificate = found.certificate()
        n_trees = len(certificate.arrays["tree_root"])
        assert n_trees == 6 and certificate.check()[0] == suffice_check.ACCEPTED
        scores = found.proven.subject().scores
        for _ in range(50):
            truth = RNG.random(len(found.proven.space.vocabulary)) < 0.5
            own = [model.trees.scores_at(truth) for model in found.proven.pair.models]
            np.testing.assert_array_equal(scores(truth)[0], np.concatenate(own))
    turned = copy.deepcopy(grown)
    turned.estimators_ = turned.estimators_[::-1]
    assert len(compare(grown, turned, boxes=1, time_limit=60).proven.subject().trees.root) == 12


def test_models_with_the_same_trees_need_one_box_a_route():
    for model in (RandomForestClassifier(20, random_state=0), GradientBoostingClassifier(random_state=0)):
        found = compare(model.fit(ROWS, Y), model)
        certificate = found.certificate()
        assert certificate.claims == ("agree",) and certificate.boxes == 2


def test_boxes_that_were_not_asked_for_are_not_all():
    """One box is found where none is told."""
    one, other = (
        Builder.DecisionTree(
            1, Builder.DecisionNode(1, operator=Builder.GT, threshold=t, left=0, right=1), feature_names=["f1"]
        )
        for t in (1.0, 2.0)
    )  # fmt: skip
    within = "f1 > 1.2 and f1 < 1.8"
    found = compare(one, other, where=within, boxes=0)
    assert found.value is False and not found.boxes and not found.covered
    assert found.certificate().claims == ("differ",)
    assert compare(one, other, where=within, boxes=1).covered


def test_what_has_none():
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(ROWS, Y)
    circuit = compare(CalibratedClassifierCV(forest, cv=2).fit(ROWS, Y), forest, boxes=1, time_limit=SECONDS)
    with pytest.raises((UnsupportedModelError, UndecidedError), match=r"models of models|ask with more time"):
        circuit.certificate()
    few, many = (RandomForestRegressor(n, max_depth=2, random_state=0).fit(ROWS, Y) for n in (2, 3))
    numbers = compare(few, many, boxes=1, tolerance=0.1, time_limit=SECONDS)
    with pytest.raises(UnsupportedModelError, match="forests of other numbers of trees"):
        numbers.certificate()
    nowhere = compare(forest, forest, where="f1 > 1 and f1 < 0")
    with pytest.raises(BadInputError, match="no input"):
        nowhere.certificate()
    other = RandomForestClassifier(3, max_depth=2, random_state=1).fit(ROWS, Y)
    unknown = replace(compare(forest, other, boxes=1), value=None)
    with pytest.raises(UndecidedError, match="ask with more time"):
        unknown.certificate()


def test_files_that_claim_too_much():
    one, other = (DecisionTreeClassifier(max_depth=3, random_state=0).fit(ROWS[i::2], Y[i::2]) for i in (0, 1))
    found = compare(one, other, boxes=None)
    made = found.certificate()
    assert made.claims == ("differ", "agree", "apart")

    def rejected(why, **said):
        changed = Certificate(copy.deepcopy(made.head), made.arrays)
        changed.head["claim"]["models"] |= said
        verdict, told = changed.check()
        assert verdict == suffice_check.REJECTED and why in told, told

    boxes = made.head["claim"]["models"]["boxes"]
    rejected("", same=[])
    rejected("", boxes=boxes[:-1])
    rejected("share rows", boxes=[*boxes, boxes[0]])
    rejected("no such outcomes", boxes=[{**boxes[0], "decided": [0, 0]}, *boxes[1:]])
    rejected("no such outcomes", boxes=[{**boxes[0], "decided": [-1, 0]}, *boxes[1:]])
    rejected("not compared", within="0x0p+0")
    rejected("", boxes=[{**boxes[0], "given": []}, *boxes[1:]])
    for says in ({"forces": {}}, {"agree": {}, "pair": {}}):
        changed = Certificate(copy.deepcopy(made.head), made.arrays)
        changed.head["claim"]["says"] = says
        assert changed.check()[0] == suffice_check.REJECTED


def test_checkers_do_not_take_each_others_names():
    """A method that is called like that of another checker would take its place where all claims are checked."""
    kinds = [kind for kind in Every.__mro__ if kind not in (object, Every)]
    for i, kind in enumerate(kinds):
        own = {name for name in vars(kind) if not name.startswith("__")} - {"claims", "routes_of", "words", "listed"}
        assert not any(own & {*vars(other)} for other in kinds[i + 1 :]), kind


def test_the_four_files_alone(tmp_path):
    forest = RandomForestClassifier(3, max_depth=2, random_state=0).fit(ROWS, Y)
    found = compare(Explainer.initialize(forest), DecisionTreeClassifier(max_depth=2).fit(ROWS, Y), boxes=None)
    found.certificate().save(tmp_path / "good")
    (tmp_path / "bad").write_text("x")
    good, bad = str(tmp_path / "good"), str(tmp_path / "bad")
    command = [sys.executable, suffice_check_models.__file__]
    for files, status in (([good], 0), ([good, bad], 1), ([bad], 1), ([], 1)):
        assert subprocess.run([*command, *files], capture_output=True, check=False).returncode == status, files
    said = subprocess.run([*command, good], capture_output=True, text=True, check=True).stdout
    assert "differ, agree, apart: two models, alike are 0 and 0, 1 and 1; box: " in said
