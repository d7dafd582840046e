"""Certificates of shares are accepted, and true by brute force; changed ones that are false are rejected."""

import copy
import io
import json
import pickle
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from suffice import BadInputError, Explainer, UndecidedError, UnsupportedModelError
from suffice.engine.errors import FormatError
from suffice.explainers.certificates import suffice_check_share
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.shares import CertifiedShare
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED, RELATIVE
from suffice.explainers.certificates.suffice_check_all import check
from suffice.explainers.command.checking import difference
from suffice.explainers.verify.robustness import certified_accuracy, robustness

from tests.brute.certified_share import what_is_wrong
from tests.brute.compare import pair
from tests.brute.forest_strategies import each_forest
from tests.explainers.certificates.mutants import mutants

NORMS = ("linf", "l1", "l0")
X, Y = load_iris(return_X_y=True)


def share_of(case, explainer, rng):
    """The certificates of some rows of a case, with labels of which some are wrong; None where there is none."""
    if case.regression:
        return None
    x = np.array(case.x, np.float32 if case.single else np.float64)
    rows = [x, x]
    for witness in (explainer.contrastive_reason(), explainer.contrastive_reason(over="features")):
        if witness and witness.witness is not None:
            rows.append(np.array(witness.witness.values, x.dtype))
    classes = list(explainer.session.compiled.classes)
    labels = [explainer.target_prediction, *(classes[k] for k in rng.integers(len(classes), size=len(rows) - 2)), "?"]
    eps, norm = float(rng.choice([0.0, 0.25, 0.5, 1.0, 2.0])), str(rng.choice(NORMS))
    columns = np.ones(len(case.names)) if rng.random() < 0.5 else rng.choice([0.5, 1.0, 0.3, 2.0], len(case.names))
    found = certified_accuracy(explainer, np.array(rows), labels, eps, norm, weights=columns, n_jobs=1)
    try:
        return found, found.certificate(time_limit=20)
    except UndecidedError:
        return None


def radii_of(case, explainer, rng):
    """The certificates of radii of some rows of a case, in one file; None where there is none."""
    x = np.array(case.x, np.float32 if case.single else np.float64)
    rows, how = [x, x], {}
    for witness in (explainer.contrastive_reason(), explainer.contrastive_reason(over="features")):
        if witness and witness.witness is not None:
            rows.append(np.array(witness.witness.values, x.dtype))
    if case.regression:
        how = {"within": float(rng.choice([0.0, 0.1, 1.0]))}
    columns = np.ones(len(case.names)) if rng.random() < 0.5 else rng.choice([0.5, 1.0, 0.3, 2.0], len(case.names))
    found = robustness(explainer, np.array(rows), str(rng.choice(NORMS)), weights=columns, n_jobs=1, **how)
    try:
        return found.certificate(time_limit=20)
    except (UndecidedError, UnsupportedModelError):  # rounding decides; sums overflow
        return None


@each_forest(40, exclude=True, theory=True)
def test_radii_are_accepted_and_true(case):
    explainer, _ = pair(case)
    made = radii_of(case, explainer, np.random.default_rng(case.seed))
    if made is not None:
        verdict, why = made.check()
        assert verdict in (ACCEPTED, RELATIVE), why
        assert not what_is_wrong(made)
        assert made.claims == ("radii",) and all(f"row {i} (" in why for i in made.certificates)


@each_forest(40, exclude=True, theory=True)
def test_radii_that_are_false_are_rejected(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    made = radii_of(case, explainer, rng)
    for what, mutant in changed(made, rng) if made is not None else ():
        verdict, why = mutant.check()
        assert verdict == REJECTED or not what_is_wrong(mutant), (what, why)


@each_forest(40, exclude=True, theory=True)
def test_certificates_are_accepted_and_true(case):
    explainer, _ = pair(case)
    made = share_of(case, explainer, np.random.default_rng(case.seed))
    if made is None:
        return
    found, share = made
    verdict, why = share.check()
    assert verdict == ACCEPTED, why
    assert not what_is_wrong(share)
    counted = suffice_check_share.Share(*suffice_check_share.load(io.BytesIO(share.to_bytes())))
    assert set(counted.right) <= set(np.nonzero(found.certified)[0])
    assert set(counted.wrong) <= set(np.nonzero(found.refuted)[0])


def changed(share, rng):
    """Yield files with one thing changed."""
    for _ in range(12):
        one = CertifiedShare(copy.deepcopy(share.head), share.rows.copy(), dict(share.certificates))
        i = int(rng.choice([*one.certificates]))
        what = rng.integers(0 if "labels" in one.head else 2, 8)
        if what == 0:
            one.head["labels"][i] = int(rng.integers(-1, 3))
        elif what == 1:
            one.head["eps"] = float(rng.choice([0.0, 0.3, 0.6, 3.0])).hex()
        elif what == 2:
            one.head["ball"]["norm"] = str(rng.choice(NORMS))
        elif what == 3:
            one.head["ball"]["weights"][0] = float(rng.choice([0.0, 0.1, 5.0])).hex()
        elif what == 4:
            one.rows[i, int(rng.integers(one.rows.shape[1]))] += rng.choice([-1.0, 0.5, 1.0])
        elif what == 5:
            one.certificates[i] = one.certificates[int(rng.choice([*one.certificates]))]
        elif what == 6:
            one.head["ball"]["still"] = one.head["ball"]["still"][1:] or [0]
        else:
            for _, mutant in mutants(one.certificates[i], rng, 1):
                one.certificates[i] = mutant
        yield what, one


@each_forest(40, exclude=True, theory=True)
def test_false_mutants_are_rejected(case):
    explainer, _ = pair(case)
    rng = np.random.default_rng(case.seed)
    made = share_of(case, explainer, rng)
    for what, mutant in changed(made[1], rng) if made is not None else ():
        verdict, why = mutant.check()
        if verdict != REJECTED:
            assert not what_is_wrong(mutant), (what, why)


@pytest.fixture(scope="module")
def made():
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X[::2], Y[::2])
    explainer = Explainer(model)
    found = certified_accuracy(explainer, X[1::8], Y[1::8], 0.2)
    return explainer, found, found.certificate()


def test_a_file_says_what_the_answer_says(made, tmp_path):
    explainer, found, share = made
    verdict, why = share.check()
    n = len(found.certified)
    assert verdict == ACCEPTED
    assert f"of {n} rows {found.certified.sum()} are decided" in why
    assert f"{found.refuted.sum()} are not" in why
    assert "nothing is known" not in why
    share.save(tmp_path / "share.cert")
    again = CertifiedShare.load(tmp_path / "share.cert")
    assert again.check() == check(tmp_path / "share.cert") == (verdict, why)
    assert again.to_bytes() == share.to_bytes()
    done = subprocess.run([sys.executable, suffice_check_share.__file__, str(tmp_path / "share.cert")], check=False)
    assert done.returncode == 0
    assert difference(share.certificates[0], [explainer]) == ("", "")
    assert "rows" in repr(share) and share.claims == ("share",) and share.seconds and share.check_seconds
    with pytest.raises(FormatError):
        Certificate.load(tmp_path / "share.cert")


def test_what_is_left_out_is_not_known(made):
    _, found, share = made
    some = CertifiedShare(share.head, share.rows, {i: share.certificates[i] for i in (0, 1)})
    verdict, why = some.check()
    assert verdict == ACCEPTED
    assert f"of {len(found.certified) - 2} nothing is known" in why
    assert CertifiedShare(share.head, share.rows, {}).check()[0] == REJECTED


def test_another_model_among_them_is_rejected(made):
    _, _, share = made
    other = RandomForestClassifier(5, max_depth=3, random_state=1).fit(X, Y)
    others = certified_accuracy(Explainer(other), X[1::8], Y[1::8], 0.2).certificate()
    mixed = CertifiedShare(share.head, share.rows, {**share.certificates, 1: others.certificates[1]})
    assert mixed.check()[0] == REJECTED


def only(share, claim):
    return {i: one for i, one in share.certificates.items() if claim in one.claims}


@pytest.mark.parametrize("eps", ["inf", "nan", "-0x1p-3", 0.2, None])
def test_distances_that_are_none_are_rejected(made, eps):
    share = made[2]
    head = {**share.head, "eps": eps}  # rows that stay as they are would count as rows that do not
    assert CertifiedShare(head, share.rows, only(share, "clear")).check()[0] == REJECTED


@pytest.mark.parametrize(
    "told",
    [{"norm": "linf; all rows stay"}, {"norm": "l0"}, {"weights": ["nan"] * 4}, {"weights": ["inf"] * 4},
     {"weights": ["-0x1p+0"] * 4}, {"weights": ["0x1p+0"]}, {"still": [-1]}, {"still": [True]}, {"measured": [4]},
     {"missing": 1}, {"missing": 0}, {"missing": None}],
)  # fmt: skip
def test_how_distances_are_told_is_checked_where_no_row_has_any(made, told):
    share = made[2]
    for known in (only(share, "refuted"), share.certificates):
        head = {**share.head, "ball": {**share.head["ball"], **told}}
        assert CertifiedShare(head, share.rows, known).check()[0] == REJECTED


@pytest.mark.parametrize("shape", [(10**12, 0), (10**12,), (), (2, 2, 2)])
@pytest.mark.parametrize("kind", ["<f8", "|V0", "<f4", ">f8"])
def test_rows_that_are_none_take_no_time(made, shape, kind):
    out, told = io.BytesIO(), shape
    width = np.dtype(kind).itemsize
    np.lib.format.write_array_header_1_0(out, {"descr": kind, "fortran_order": False, "shape": told})
    out.write(b"\0" * width * 8)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("share.json", json.dumps(made[2].head))
        parts.writestr("rows.npy", out.getvalue())
    began = time.process_time()
    assert suffice_check_share.check(file)[0] == REJECTED
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "name", ["00.cert", "-1.cert", "19.cert", "1", "x.cert", "1.cert.cert", "\u0661.cert", "a/0.cert"]
)
def test_parts_that_are_not_known_are_rejected(made, name):
    file = io.BytesIO(made[2].to_bytes())
    with zipfile.ZipFile(file, "a") as parts:
        parts.writestr(name, made[2].certificates[0].to_bytes())
    verdict, why = suffice_check_share.check(file)
    assert verdict == REJECTED and "not known" in why


def test_a_share_that_was_read_has_none(made):
    again = pickle.loads(pickle.dumps(made[1]))
    assert again.lower == made[1].lower
    with pytest.raises(BadInputError, match="read from a file"):
        again.certificate()


def test_nothing_in_time(made):
    with pytest.raises(UndecidedError):
        made[1].certificate(time_limit=1e-9)


def test_rows_whose_own_class_rounding_may_decide_are_left_out():
    """Two classes that no row tells apart: equal sums are decided, but a checker that allows for rounding cannot."""
    lightgbm = pytest.importorskip("lightgbm")
    X = np.repeat([[0.0], [1.0]], 12, axis=0)
    y = np.array([0, 2] * 6 + [1] * 12)
    model = lightgbm.LGBMClassifier(n_estimators=1, learning_rate=1, min_child_samples=1, min_data_in_bin=1, verbose=-1)
    explainer = Explainer(model.fit(X, y))
    found = certified_accuracy(explainer, np.array([[0.0], [1.0]]), [0, 1], 0.5)
    assert list(found.certificate().certificates) == [1]


def test_radii_of_many_rows_in_one_file(tmp_path):
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X[::2], Y[::2])
    many = robustness(Explainer(model), X[1::20], "l1")
    made = many.certificate()
    verdict, why = made.check()
    assert verdict == ACCEPTED and f"radii: of {len(many)} rows by l1" in why
    for i, one in enumerate(many):
        assert f"row {i} ({one.prediction}): {one.radius!r} is clear, one at " in why
    made.save(tmp_path / "radii.cert")
    assert check(tmp_path / "radii.cert") == (verdict, why)
    assert CertifiedShare.load(tmp_path / "radii.cert").claims == ("radii",)
    assert difference(made.certificates[0], [Explainer(model)]) == ("", "")
    some = CertifiedShare(made.head, made.rows, {0: made.certificates[0]})
    assert f"of {len(many) - 1} nothing is known" in some.check()[1]
    labelled = CertifiedShare({**made.head, "format": "suffice share"}, made.rows, made.certificates)
    assert labelled.check()[0] == REJECTED
    with pytest.raises(BadInputError, match="read from a file"):
        pickle.loads(pickle.dumps(many)).certificate()
    with pytest.raises(UndecidedError):
        many.certificate(time_limit=1e-9)


def test_what_is_left_of_a_file_that_was_cut_off_is_no_certificate(made):
    content = made[2].to_bytes()
    end = content.rindex(b"PK\x05\x06", 0, content.rindex(b"PK\x05\x06"))  # of the last row's own file
    verdict, why = check(io.BytesIO(content[: end + 22]))
    assert verdict == REJECTED and "cut off" in why
