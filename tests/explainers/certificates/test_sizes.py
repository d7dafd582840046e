"""Files that are small, and would be large once they are read: they are rejected before anything is made of them."""

import io
import json
import tracemalloc
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from suffice import Explainer, verify
from suffice.engine.errors import FormatError
from suffice.explainers.certificates import suffice_check, suffice_check_share
from suffice.explainers.certificates.shares import CertifiedShare
from suffice.explainers.certificates.suffice_check import REJECTED
from suffice.explainers.certificates.suffice_check_all import Every, check

from tests.explainers.certificates.hand_made import feature, whole, written

MOST = 1 << 28  # bytes that are in use at once, numbers that files have included
NUMBER = feature(0.0, 3.0)
STUMP = (1, [0.0], [1.0])
ALWAYS = {"split": [0], "proof": [[1, 0, 0]]}


def rejected_at_once(content, most=MOST):
    tracemalloc.start()
    try:
        verdict, told = check(io.BytesIO(content))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert verdict == REJECTED and "large" in told, told
    assert peak < most, peak


def test_many_witnesses_times_many_items():
    made = written([(0, ">=", 1.0)], [STUMP], [NUMBER], says={"refuted": {}}, wanted=[0], sets=[], unit=[(1 << 20) - 1])
    made.arrays["witness"] = np.full((1 << 20, 1), 2.0)
    rejected_at_once(made.to_bytes())


def test_many_witnesses_times_many_conditions():
    tests = [(0, ">=", 1.0)] * (1 << 16)
    made = written(tests, [STUMP], [NUMBER], says={"refuted": {}}, wanted=[0], sets=[])
    made.arrays["witness"] = np.full((1 << 16, 1), 2.0)
    rejected_at_once(made.to_bytes())


def test_many_sets():
    made = written([(0, ">=", 1.0)] * 3000, [[1.0]], [NUMBER], sets=[[]] * 200_000, **ALWAYS)
    rejected_at_once(made.to_bytes())


def test_many_values_times_many_columns():
    listed = feature(*range(10_000), kind="listed")
    made = written([(0, ">=", 1.0)], [[1.0]], [listed, *(feature(0.0, 1.0, column=i) for i in range(1, 30_000))])
    rejected_at_once(made.to_bytes())


def test_many_trees_times_many_scores():
    made = written([(0, ">=", 1.0)], [[1.0]], [NUMBER], **ALWAYS)
    n, scores = 100_000, 10_000
    (label,) = made.head["model"]["labels"]
    label |= {"rule": "greatest", "outputs": [0, scores], "classes": [str(k) for k in range(scores)]}
    made.arrays |= {
        "tree_root": whole(range(n)), "tree_literal": whole([0] * n), "tree_left": whole([-1] * n),
        "tree_right": whole([-1] * n), "tree_leaf": whole([0] * n), "leaf_values": np.zeros((1, scores)),
        "base": np.zeros(scores),
    }  # fmt: skip
    rejected_at_once(made.to_bytes())


def test_a_deep_tree_of_many_features():
    """What is known on the way down is kept for each part that is left."""
    n = 4_000
    tests = [(i, ">=", 0.5) for i in range(n)]
    made = written(tests, [[1.0]], [feature(0.0, 1.0, kind="listed", column=i) for i in range(n)], **ALWAYS)
    inner, leaves = whole(range(n)), whole(range(n, 2 * n + 1))
    made.arrays |= {
        "tree_root": whole([0]), "tree_literal": np.append(inner + 1, np.zeros(n + 1, np.int64)),
        "tree_left": np.append(leaves[1:], [-1] * (n + 1)), "tree_right": np.append(inner + 1, [-1] * (n + 1)),
        "tree_leaf": np.append([-1] * n, [0] * (n + 1)),
    }  # fmt: skip
    rejected_at_once(made.to_bytes(), MOST << 3)


def zipped(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name.replace("_json", ".json"), part)
    return out.getvalue()


def test_a_large_text():
    text = json.dumps({"format": "suffice certificate", "version": 1}) + " " * (1 << 27)
    rejected_at_once(zipped(certificate_json=text))


@pytest.fixture(scope="module")
def share():
    X, y = load_iris(return_X_y=True)
    explainer = Explainer(DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y))
    return verify.certified_accuracy(explainer, X[::30], y[::30], 0.1).certificate()


@pytest.fixture(scope="module")
def inflated():
    """A file of a megabyte that has a gigabyte, less a few bytes, unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file, file.open("more.npy", "w") as part:
        for _ in range(suffice_check.LARGEST - 1000 >> 20):
            part.write(bytes(1 << 20))
    return out.getvalue()


def test_rows_whose_certificates_are_large_together(share, inflated, tmp_path):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(share.to_bytes())) as old, zipfile.ZipFile(out, "w") as file:
        for name in old.namelist():
            file.writestr(name, inflated if name.endswith(".cert") else old.read(name))
    rejected_at_once(out.getvalue())
    (tmp_path / "share.cert").write_bytes(out.getvalue())
    with pytest.raises(FormatError, match="large"):
        CertifiedShare.load(tmp_path / "share.cert")


def test_rows_with_a_large_text(share):
    out = io.BytesIO(share.to_bytes())
    with zipfile.ZipFile(out) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, part in parts.items():
            file.writestr(name, part + b" " * (1 << 27) if name == suffice_check_share.HEAD else part)
    rejected_at_once(out.getvalue())


def test_texts_that_go_deep():
    for text in ("[" * 10**6, '{"a":' * 10**5, "[" * 900 + "]" * 900):
        verdict, why = suffice_check.check(io.BytesIO(zipped(certificate_json=text)), Every)
        assert verdict == REJECTED and why
