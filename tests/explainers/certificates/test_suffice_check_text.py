"""Texts of certificates have the parts that they have to have, and no others."""

import copy

import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from suffice import Builder, Explainer, verify
from suffice.engine.errors import FormatError, UnsupportedModelError
from suffice.explainers.certificates.certificate import Certificate
from suffice.explainers.certificates.shares import CertifiedShare
from suffice.explainers.certificates.suffice_check import ACCEPTED, REJECTED
from suffice.explainers.certificates.suffice_check_text import ALIKE, fit

from tests.explainers.certificates.fuzzing import found, places

X, Y = load_iris(return_X_y=True)
OTHER = (None, 1.5, {}, [], "x", True, 7, [None], {"x": 1}, float("nan"))


@pytest.fixture(scope="module")
def made():
    explainer = Explainer(RandomForestClassifier(3, max_depth=2, random_state=0).fit(X, Y), X[60])
    share = verify.certified_accuracy(explainer, X[:3], Y[:3], 0.1).certificate()
    pair = verify.discriminates(explainer, ["f1"]).certificate()
    return [explainer.minimal_sufficient_reason(over="features").certificate(), pair, share]


def with_head(one, head):
    if isinstance(one, Certificate):
        return Certificate(head, one.arrays)
    return CertifiedShare(head, one.rows, one.certificates)


def test_a_part_of_another_kind_is_rejected_in_words(made):
    for one in made:
        assert one.check()[0] == ACCEPTED
        for at in [at for at in places(one.head) if at]:
            old = found(one.head, at)
            for other in OTHER:
                if type(other) is type(old) and not isinstance(other, dict | list):
                    continue
                head = copy.deepcopy(one.head)
                found(head, at[:-1])[at[-1]] = other
                verdict, why = with_head(one, head).check()
                if type(other) is not type(old):
                    assert verdict == REJECTED and why.startswith("ValueError: "), (at, other, why)
                assert "AttributeError" not in why and "TypeError" not in why


def test_parts_that_are_gone_or_that_nobody_knows_are_rejected(made):
    for one in made:
        for at in places(one.head):
            if not isinstance(found(one.head, at), dict) or at in (("claim", "says"), ("model", "text")):
                continue
            for name in (*found(one.head, at), None):
                head = copy.deepcopy(one.head)
                if name is None:
                    found(head, at)["more"] = 1
                else:
                    del found(head, at)[name]
                assert with_head(one, head).check()[0] == REJECTED, (at, name)


def test_a_text_that_is_none_is_rejected(made):
    for one in made:
        for head in (None, [], {}, "x", 1, [[[[]]]]):
            verdict, why = with_head(one, head).check()
            assert verdict == REJECTED and why.startswith("ValueError: ")


def test_what_is_damaged_is_not_read(made, tmp_path):
    path = tmp_path / "file"
    for one in made:
        kind = type(one)
        one.save(path)
        assert repr(kind.load(path)) == repr(one)
        for name in one.head:
            with_head(one, {**one.head, name: None}).save(path)
            with pytest.raises(FormatError, match="no certificate"):
                kind.load(path)
    for name in made[0].arrays:
        left = {key: array for key, array in made[0].arrays.items() if key != name}
        assert Certificate(made[0].head, left).check()[0] == REJECTED
        if name.startswith(("cover", "prices")):  # the claims need them
            continue
        Certificate(made[0].head, left).save(path)
        with pytest.raises(FormatError, match=f"there is no {name}"):
            Certificate.load(path)
        if name not in ALIKE[0]:
            Certificate(made[0].head, {**left, name: made[0].arrays[name][1:]}).save(path)
            with pytest.raises(FormatError, match="of other lengths"):
                Certificate.load(path)


def test_names_that_say_nothing_are_rejected(made):
    for at in (("model", "columns"), ("model", "labels", 0, "classes")):
        head = copy.deepcopy(made[0].head)
        names = found(head, at)
        names[:] = [names[0]] * len(names)
        verdict, why = Certificate(head, made[0].arrays).check()
        assert verdict == REJECTED and "same name" in why


def test_values_without_end_are_rejected(made):
    for place in range(2):
        head = copy.deepcopy(made[0].head)
        head["features"][0]["values"][place] = "-inf"
        verdict, why = Certificate(head, made[0].arrays).check()
        assert verdict == REJECTED and "infinite" in why


def test_classes_that_are_written_alike_have_no_certificate():
    trees = [Builder.DecisionTree(1, Builder.DecisionNode(1, threshold=1, left=-1.0, right=1.0))]
    explainer = Explainer(Builder.BoostedTrees(trees, n_classes=2, class_names=[1, "1"]), [2.0])
    reason = explainer.sufficient_reason()
    with pytest.raises(UnsupportedModelError, match="written alike"):
        reason.certificate()


def test_shapes():
    fit([1, "x"], [int, str])
    fit([], [int])
    fit(None, ([int], None))
    for part, shape in (
        ([1], [int, str]), ([1, 2], [str]), (True, int), (1, bool), ({}, {"a": int}), ({"a": 1, "b": 1}, {"a": int}),
        ([None], ([int], None)), ("x", [str]),
    ):  # fmt: skip
        with pytest.raises(ValueError, match="the text"):
            fit(part, shape)
    fit({"a": 1}, {"a": int, "b?": str})
