"""Files that were made to fool the checker: each is rejected in words, and nothing is raised."""

import copy
import io
import json
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from suffice import Explainer, verify
from suffice.explainers.certificates import suffice_check
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED
from suffice.explainers.certificates.suffice_check_pb import Bounds

X, Y = load_iris(return_X_y=True)
HUGE = 10**30


@pytest.fixture(scope="module")
def made():
    explainer = Explainer.initialize(RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y), X[60])
    return explainer.minimal_sufficient_reason(over="features").certificate()


def rejected(certificate, why=""):
    verdict, told = certificate.check()
    assert verdict == REJECTED and why in told, told


def changed(certificate, **arrays):
    other = Certificate(copy.deepcopy(certificate.head), {k: v.copy() for k, v in certificate.arrays.items()})
    for name, change in arrays.items():
        other.arrays[name] = change(other.arrays[name])
    return other


def at(place, value):
    def change(array):
        array[place] = value
        return array

    return change


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none(made, value):
    rejected(changed(made, leaf_values=at((0, 0), value)), "finite")
    rejected(changed(made, base=at(0, value)), "finite")
    rejected(changed(made, row=at((0, 0), value)), "domain")
    rejected(changed(made, witness=at((0, 0), value)), "domain")


@pytest.mark.parametrize("name", ["near", "doubt", "divisor", "threshold"])
@pytest.mark.parametrize("value", ["nan", "-0x1p+60", "inf", 3, None, "x"])
def test_numbers_of_labels(made, name, value):
    other = changed(made)
    other.head["model"]["labels"][0][name] = value
    if name == "threshold":  # of other rules
        assert other.check()[0] in (ACCEPTED, REJECTED)
    else:
        rejected(other)


@pytest.mark.parametrize("dtype", [np.float64, np.complex128, np.uint8, np.bool_, "U3"])
def test_arrays_of_other_types(made, dtype):
    for name in ("tree_literal", "tree_root", "proof_split", "condition_operator", "unit", "prices"):
        rejected(changed(made, **{name: lambda array: array.astype(dtype)}), "damaged")
    rejected(changed(made, row=lambda array: array[0]), "damaged")


def test_trees_that_are_none(made):
    inner = int(np.nonzero(made.arrays["tree_literal"])[0][0])
    leaf = int(np.nonzero(made.arrays["tree_literal"] == 0)[0][0])
    rejected(changed(made, tree_left=at(inner, inner)), "trees")  # a circle
    rejected(changed(made, tree_left=at(inner, made.arrays["tree_right"][inner])), "trees")
    rejected(changed(made, tree_right=at(inner, -1)), "trees")
    rejected(changed(made, tree_leaf=at(leaf, 10**9)), "trees")
    rejected(changed(made, tree_root=at(0, 10**9)), "trees")
    rejected(changed(made, tree_root=lambda array: np.append(array, array[0])), "trees")
    rejected(changed(made, tree_literal=at(inner, np.iinfo(np.int64).min)))
    for name in ("proof_kind", "proof_way", "proof_bound", "proof_split", "leaf_values", "tree_leaf"):
        rejected(changed(made, **{name: lambda array: array[:-1]}))


@pytest.mark.parametrize("items", [[HUGE], [-1], [1.5], ["f1"], [None], None, {}, [[0]], [10**6]])
def test_items(made, items):
    other = changed(made)
    other.head["claim"]["items"] = items
    rejected(other)


@pytest.mark.parametrize(
    "says", [{}, {"perfect": {}}, {"check": {}}, {"__init__": {}}, [], None, {"forces": {}, "kept": {}}]
)
def test_claims_that_are_none(made, says):
    other = changed(made)
    other.head["claim"]["says"] = says
    rejected(other)


def test_other_versions_and_parts(made):
    for key in ("format", "version", "claim", "model", "features", "clauses"):
        other = changed(made)
        del other.head[key]
        rejected(other)
    for name in made.arrays:
        other = changed(made)
        del other.arrays[name]
        rejected(other)


def test_the_domain(made):
    def feature(**changes):
        other = changed(made)
        other.head["features"][0].update(changes)
        return other

    rejected(feature(values=["nan", "nan"]), "no value")
    rejected(feature(values=["0x1p+10", "0x1p+0"]), "no value")
    rejected(feature(values=[]))
    rejected(feature(kind="any"), "kind")
    rejected(feature(columns=[0, 1]), "columns")
    rejected(feature(columns=[]), "columns")
    other = changed(made)
    other.head["model"]["reading"][0] = "int8"
    rejected(other, "precision")
    other = changed(made)
    other.head["model"]["labels"].append(copy.deepcopy(other.head["model"]["labels"][0]))
    other.head["model"]["labels"][1]["divisor"] = "0x1p+20"
    rejected(other, "share out")
    other = changed(made)
    other.head["model"]["labels"][0]["rule"] = "least"
    rejected(other, "rule")


def test_outcomes(made):
    for outcomes in ([], [{"label": 0, "classes": [0, 1, 2]}]):  # nothing is outside: no witness can be
        other = changed(made)
        other.head["claim"]["outcomes"] = outcomes
        rejected(other)
    for outcomes in ([{"label": 7, "classes": [1]}], [{"label": 0}], None, [{"label": 0, "classes": [9]}]):
        other = changed(made)
        other.head["claim"]["outcomes"] = outcomes
        rejected(other)


@pytest.mark.parametrize(
    "more",
    [{"lead": "-0x1p-3"}, {"lead": "nan"}, {"lead": 1}, {"lead": None}, {"of": -1, "range": ["0x0p+0", "0x1p+0"]},
     {"of": 3, "range": ["0x0p+0", "0x1p+0"]}, {"of": "0", "range": []}, {"of": [0], "range": ["0x0p+0", "0x1p+0"]},
     {"range": ["0x1p+0"]}, {"range": ["nan", "nan"]}, {"lead": "inf"}],
)  # fmt: skip
def test_leads_and_scores_that_are_none(made, more):
    other = changed(made)
    other.head["claim"]["outcomes"][0].update(more)
    rejected(other)


def test_ranges_of_no_numbers():
    """Nothing is below or above what is no number; that says nothing of what is within."""
    model = RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y)
    certificate = verify.range(model, label=0).certificate()
    assert certificate.check()[0] == ACCEPTED
    certificate.head["claim"]["outcomes"][0]["range"] = ["nan", "nan"]
    rejected(certificate, "NaN")


def test_ranges_of_rules_that_are_none(made):
    other = changed(made)
    other.head["model"]["labels"][0]["rule"] = "number"
    rejected(other, "rule")


def test_names_that_are_there_twice(made):
    out = io.BytesIO(made.to_bytes())
    with zipfile.ZipFile(out) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    told = parts["certificate.json"].decode()
    for text in (
        told.replace('"claim":', '"claim": {}, "claim":', 1),
        told.replace('"told":', '"version": 1, "told":', 1),
    ):
        assert json.loads(text)
        again = io.BytesIO()
        with zipfile.ZipFile(again, "w") as file:
            for name, part in {**parts, "certificate.json": text.encode()}.items():
                file.writestr(name, part)
        again.seek(0)
        verdict, why = suffice_check.check(again, Bounds)
        assert verdict == REJECTED and "twice" in why


@pytest.mark.parametrize("content", [b"", b"PK", b"x" * 100, b"\x93NUMPY"])
def test_what_is_no_file(content):
    assert suffice_check.check(io.BytesIO(content))[0] == REJECTED


def test_rows_between_the_values_of_the_precision():
    """A float32 model: a number between two floats is no row, however near."""
    explainer = Explainer.initialize(RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y), X[60])
    certificate = explainer.is_implicant([], prediction=1).certificate()
    assert certificate.check()[0] == ACCEPTED
    column = int(np.nonzero(certificate.arrays["witness"][0])[0][0])
    value = certificate.arrays["witness"][0, column]
    rejected(changed(certificate, witness=at((0, column), np.nextafter(value, np.inf))), "domain")


def test_zeros_have_no_sign():
    data = np.array([[-1.0], [0.0], [1.0], [2.0]] * 5)
    model = RandomForestClassifier(3, random_state=0).fit(data, data[:, 0] > 0)
    for row in (-0.0, 0.0):
        explainer = Explainer.initialize(model, np.array([row]))
        assert explainer.sufficient_reason().certificate().check()[0] == ACCEPTED


def test_a_proof_of_another_region(made):
    model = RandomForestClassifier(5, max_depth=3, random_state=0).fit(X, Y)
    certificate = verify.never(model, 2, "f4 < 0.5").certificate()
    assert certificate.check()[0] == ACCEPTED
    for clauses in ([], [[HUGE]], [[0]], [[1.5]], None, [[]]):
        other = changed(certificate)
        other.head["claim"]["given"] = clauses
        if clauses == [[]]:  # no row is meant: whatever is said of none is true
            assert other.check()[0] in (ACCEPTED, REJECTED)
        else:
            rejected(other)
    other = changed(certificate)
    other.head["claim"]["sets"] = []
    rejected(other)


def test_items_are_whole_features():
    """A group of three columns: two of its conditions are not an item with another feature's."""
    rows = np.column_stack([np.eye(3)[np.arange(60) % 3], np.arange(60) // 3 % 2])
    labels = rows[:, 1] + rows[:, 2] * rows[:, 3] > 0
    model = RandomForestClassifier(8, max_features=None, random_state=0).fit(rows, labels)
    names = ["g_1", "g_2", "g_3", "h"]
    explainer = Explainer.initialize(model, rows[1], {"categorical": ["g_*"], "binary": ["h"]}, feature_names=names)
    certificate = explainer.sufficient_reason(n=explainer.ALL).certificate()
    column = certificate.arrays["condition_column"]
    first = min(column.tolist())
    assert len({0, 1, 2} & {*column.tolist()}) > 1 and 3 in column
    mixed = np.where(column == first, 1, 0)  # of the group one column, and the others with h
    rejected(changed(certificate, unit=lambda _: mixed), "an item has a part of a feature")
