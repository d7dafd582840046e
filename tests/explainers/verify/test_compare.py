"""Comparisons of two models, against all cells of their joint domain."""

from __future__ import annotations

import itertools
import pickle
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Builder, Explainer, UndecidedError
from suffice.engine.ensembles.pairs import side_by_side
from suffice.explainers.verify.compare import compare

from tests.brute.amounts import examples
from tests.explainers.verify.cases import CLASSIFIERS, REGRESSORS, make, meets, some_conditions


def agree(case, other, found, kept, told):
    """Compare what is told with the predictions for rows of every cell."""
    one, two = np.asarray(case.model.predict(case.rows[kept])), np.asarray(other.model.predict(case.rows[kept]))
    differ = told(one, two)
    assert found.value is False or not differ.any(), found  # rows are not all: readings differ between neighbours
    assert found.value is not None and bool(found) is found.value
    for witness in found.witnesses:
        row = np.asarray(witness.rows[0], float)[None]
        assert told(np.asarray(case.model.predict(row)), np.asarray(other.model.predict(row)))[0]
    if found.covered:
        assert found.least == found.most
        assert sum((box.mass for box in found.boxes), Fraction(0)) == found.least or not found.boxes
    return differ


@settings(max_examples=examples(40), deadline=None)
@given(st.integers(0, 10**6))
def test_two_classifiers(seed):
    rng = np.random.default_rng(seed)
    missing = bool(rng.integers(3) == 0)
    families = [f for f in CLASSIFIERS if not missing or f in ("tree", "forest", "histogram", "xgboost")]
    first, second = rng.choice(families, 2)
    classes = int(rng.integers(2, 4))
    case = make(str(first), seed, missing=missing, classes=classes)
    other = make(str(second), seed + 1, missing=missing, classes=classes)
    if "xgboost" in (first, second) and first != second:  # its labels are numbers
        return
    where, met = some_conditions(rng, case) if rng.integers(2) else (None, np.ones(len(case.rows), bool))
    found = compare(case.model, other.model, where=where, boxes=None, **case.options)
    if not met.any():
        assert found.value is True
        return
    differ = agree(case, other, found, met, lambda one, two: one != two)
    assert found.covered or "tie" in found.why or found.value is False
    if where:
        assert all(meets(where, witness.rows[0]) for witness in found.witnesses)
    if found.covered and found.value is False:
        said = [(box.old, box.new) for box in found.boxes]
        one, two = case.model.predict(case.rows[met][differ]), other.model.predict(case.rows[met][differ])
        assert {(str(a), str(b)) for a, b in said} >= {(str(a), str(b)) for a, b in zip(one, two, strict=True)}


@settings(max_examples=examples(16), deadline=None)
@given(st.integers(0, 10**6))
def test_boxes_are_disjoint_and_cover_the_difference(seed):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (60, 3)).astype(float)
    y, z = (X[:, 0] + X[:, 1] > 3).astype(int), (X[:, 0] + X[:, 2] > 3).astype(int)
    models = [RandomForestClassifier(4, max_depth=2, random_state=seed).fit(X, y)]
    models.append(DecisionTreeClassifier(max_depth=3, random_state=seed).fit(X, y if seed % 2 else z))
    types = {"integer": {f"f{i}": (0, 3) for i in (1, 2, 3)}}
    found = compare(*models, features_type=types, distribution={f"f{i}": dict.fromkeys(range(4), 1) for i in (1, 2, 3)},
                    boxes=None)  # fmt: skip
    grid = np.array(list(itertools.product(range(4), repeat=3)), float)
    differ = models[0].predict(grid) != models[1].predict(grid)
    assert found.covered
    assert found.least == found.most == Fraction(int(differ.sum()), 64)
    explainer = Explainer.initialize(models[0], features_type=types)
    inside = np.zeros((len(found.boxes), 64), bool)
    for place, box in enumerate(found.boxes):
        for i, row in enumerate(grid):
            explainer.set_instance(row)
            inside[place, i] = all(holds(said, row) for said in box.features)
        assert (models[0].predict(grid[inside[place]]) == box.old).all()
        assert (models[1].predict(grid[inside[place]]) == box.new).all()
        assert Fraction(int(inside[place].sum()), 64) == box.mass
    assert (inside.sum(axis=0) == differ).all()
    assert [box.mass for box in found.boxes] == sorted((box.mass for box in found.boxes), reverse=True)


def holds(said, row):
    """Whether a statement about whole numbers is true of a row."""
    names = {f"f{i + 1}": value for i, value in enumerate(row)}
    text = said.replace(" = ", " == ")
    return bool(eval(text.replace("not in", "not_in").replace("not_in", "not in"), {}, names))


@settings(max_examples=examples(20), deadline=None)
@given(st.integers(0, 10**6))
def test_two_regressors(seed):
    rng = np.random.default_rng(seed)
    case, other = (make(str(rng.choice(REGRESSORS)), seed + i) for i in (0, 1))
    tolerance = float(rng.choice([0.0, 0.1, 1.0, 5.0]))
    found = compare(case.model, other.model, tolerance=tolerance, boxes=4, time_limit=20.0, **case.options)
    kept = np.ones(len(case.rows), bool)
    agree(case, other, found, kept, lambda one, two: np.abs(one.astype(float) - two.astype(float)) > tolerance)


RNG = np.random.default_rng(5)
ROWS = RNG.normal(size=(200, 3))
Y = (ROWS[:, 0] + ROWS[:, 1] * ROWS[:, 2] > 0).astype(int)


def test_the_same_trees_in_another_file(tmp_path):
    from xgboost import XGBClassifier

    model = XGBClassifier(n_estimators=20, max_depth=4).fit(ROWS, Y)
    model.save_model(tmp_path / "model.json")
    again = XGBClassifier()
    again.load_model(tmp_path / "model.json")
    found = compare(model, again)
    assert found and "same trees" in found.why
    assert found.least == found.most == 0


def test_a_forest_and_its_export_to_onnx():
    skl2onnx = pytest.importorskip("skl2onnx")
    forest = RandomForestClassifier(9, max_depth=4, random_state=0).fit(ROWS, Y)
    served = skl2onnx.to_onnx(forest, ROWS[:1].astype(np.float32), options={"zipmap": False}).SerializeToString()
    assert compare(forest, served, time_limit=60.0).value is not False
    changed = RandomForestClassifier(9, max_depth=4, random_state=1).fit(ROWS, Y)
    found = compare(changed, served, data=ROWS.astype(np.float32), time_limit=20.0)
    assert (not found and found.matched_by == "places") or found.matched_by == "names"
    assert len(found.rows_differ) == (forest.predict(ROWS.astype(np.float32)) != changed.predict(ROWS)).sum()


def test_float32_and_float64_read_the_same_number_differently():
    """A border between two float32 numbers, for a model that reads float32 and one that reads float64."""
    edge = float(np.float32(0.1))
    single = DecisionTreeClassifier(max_depth=1).fit(np.array([[0.0], [0.2]]), [0, 1])
    single.tree_.threshold[0] = edge
    above = float(np.nextafter(np.float32(edge), np.float32(1)))
    double = Builder.DecisionTree(
        1, Builder.DecisionNode(1, operator=Builder.GT, threshold=edge, left=0, right=1), feature_names=["f1"]
    )  # fmt: skip
    found = compare(single, double, boxes=None)
    middle = (edge + above) / 2
    assert not found and found.covered
    value = float(np.asarray(found.witnesses[0].rows[0])[0])
    assert edge < value <= middle  # read as float32 it is the border, as float64 it is above
    assert single.predict([[value]])[0] != double.predict([[value]])[0]


def test_categories_by_their_names():
    pd = pytest.importorskip("pandas")
    lightgbm = pytest.importorskip("lightgbm")
    rng = np.random.default_rng(0)

    def frame(order):
        colours = rng.choice(["red", "blue", "green"], 150)
        return pd.DataFrame({"c": pd.Categorical(colours, categories=order), "x": rng.normal(size=150)})

    first, second = frame(["red", "blue", "green"]), frame(["green", "red", "blue"])
    models = [
        lightgbm.LGBMClassifier(n_estimators=3, min_child_samples=5, min_data_per_group=1, verbose=-1).fit(
            f, ((f["c"] == "red") ^ (f["x"] > 0)).astype(int)
        )
        for f in (first, second)
    ]
    found = compare(*models, data=first, boxes=None, time_limit=20.0)
    told = models[0].predict(first) != models[1].predict(first)
    assert len(found.rows_differ) == told.sum()
    for witness in found.witnesses:
        assert witness.outcomes[0] != witness.outcomes[1]


def test_composed_models():
    base = RandomForestClassifier(3, max_depth=2, random_state=0)
    calibrated = CalibratedClassifierCV(base, cv=2).fit(ROWS, Y)
    tree = DecisionTreeClassifier(max_depth=3, random_state=0).fit(ROWS, Y)
    found = compare(calibrated, tree, data=ROWS, boxes=None, time_limit=30.0)
    assert len(found.rows_differ) == (calibrated.predict(ROWS) != tree.predict(ROWS)).sum()
    assert found.value is False
    assert compare(calibrated, calibrated, time_limit=30.0).value is not False


def test_models_that_test_nothing():
    old, new, other = (RandomForestClassifier(2, random_state=0).fit(np.eye(3), [one] * 3) for one in (0, 0, 1))
    assert compare(old, new).value is True
    with pytest.raises(BadInputError, match="no class in common"):
        compare(old, other)


def test_columns_of_other_order_and_number():
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(ROWS, columns=["a", "b", "c"])
    one = DecisionTreeClassifier(max_depth=3, random_state=0).fit(frame, Y)
    turned = DecisionTreeClassifier(max_depth=3, random_state=0).fit(frame[["c", "b", "a"]], Y)
    fewer = DecisionTreeClassifier(max_depth=3, random_state=0).fit(frame[["a", "b"]], Y)
    found = compare(one, turned, data=frame, boxes=None)
    assert len(found.rows_differ) == (one.predict(frame) != turned.predict(frame[["c", "b", "a"]])).sum()
    found = compare(one, fewer, data=frame, boxes=None)
    assert len(found.rows_differ) == (one.predict(frame) != fewer.predict(frame[["a", "b"]])).sum()


def test_what_cannot_be_compared():
    tree = DecisionTreeClassifier(max_depth=2).fit(ROWS, Y)
    other = DecisionTreeClassifier(max_depth=2).fit(ROWS[:, :2], Y)
    pd = pytest.importorskip("pandas")
    named = DecisionTreeClassifier(max_depth=2).fit(pd.DataFrame(ROWS[:, :2], columns=["a", "b"]), Y)
    words = DecisionTreeClassifier(max_depth=2).fit(ROWS, np.where(Y, "yes", "no"))
    number = GradientBoostingRegressor(n_estimators=2).fit(ROWS, ROWS[:, 0])
    compare(tree, other)
    for wrong in (named, words, number):
        with pytest.raises(BadInputError):
            compare(tree, wrong)
    for options in ({"tolerance": -1}, {"boxes": -1}, {"distribution": "normal"}, {"distribution": "data"}):
        with pytest.raises(BadInputError):
            compare(tree, other, **options)
    with pytest.raises(BadInputError, match="theory"):
        compare(Explainer.initialize(tree, theory=None), tree)


def test_a_limit_is_kept():
    X = RNG.normal(size=(1000, 8))
    y = (np.sin(2 * X).sum(axis=1) > 0).astype(int)
    models = [
        Explainer.initialize(RandomForestClassifier(60, max_depth=9, random_state=i, n_jobs=1).fit(X, y))
        for i in (0, 1)
    ]
    began = time.perf_counter()
    found = compare(*models, data=X, boxes=None, time_limit=3.0)
    assert time.perf_counter() - began < 60.0
    assert found.value is not True and not found.covered
    assert 0 <= found.least <= found.most <= 1
    assert "to" in found.told_mass
    assert list(found.to_frame()["mass"]) == [float(box.mass) for box in found.boxes]
    assert "decide alike" in found.to_html()


def test_an_undecided_comparison_is_no_bool():
    X = RNG.normal(size=(600, 10))
    y = (np.sin(3 * X).sum(axis=1) > 0).astype(int)
    model = RandomForestClassifier(80, max_depth=9, random_state=0, n_jobs=1).fit(X, y)
    calibrated = CalibratedClassifierCV(model, cv=2).fit(X, y)
    found = compare(Explainer.initialize(calibrated), Explainer.initialize(calibrated), time_limit=0.5)
    if found.value is None:
        with pytest.raises(UndecidedError):
            bool(found)


@pytest.mark.parametrize("swap", [False, True])
def test_a_model_that_tests_nothing(swap):
    """Trees of one leaf have no conditions."""
    tree = DecisionTreeClassifier(max_depth=2, random_state=0).fit(ROWS, Y)
    flat = GradientBoostingClassifier(n_estimators=2, min_samples_leaf=200).fit(ROWS, Y)
    one, other = (flat, tree) if swap else (tree, flat)
    found = compare(one, other, data=ROWS, boxes=None)
    assert found.value is False and found.covered
    np.testing.assert_array_equal(found.rows_differ, np.nonzero(tree.predict(ROWS) != flat.predict(ROWS))[0])
    assert found.certificate().claims == ("differ", "agree", "apart")
    assert compare(flat, flat).certificate().claims == ("agree",)
    constant = GradientBoostingClassifier(n_estimators=2, min_samples_leaf=200).fit(ROWS, 1 - Y)
    whole = compare(flat, constant, boxes=None)
    assert bool(whole) == (flat.predict(ROWS[:1]) == constant.predict(ROWS[:1]))[0]
    assert "apart" in whole.certificate().claims or whole


def test_a_comparison_is_kept_without_its_models():
    trees = [DecisionTreeClassifier(max_depth=2, random_state=0).fit(ROWS[i::2], Y[i::2]) for i in (0, 1)]
    found = compare(*trees, data=ROWS)
    again = pickle.loads(pickle.dumps(found))
    assert type(again) is type(found) and repr(again) == repr(found)
    assert [(box.features, box.old, box.new, box.mass) for box in again.boxes] == [
        (box.features, box.old, box.new, box.mass) for box in found.boxes
    ]
    np.testing.assert_array_equal(again.rows_differ, found.rows_differ)
    with pytest.raises(BadInputError, match="file"):
        again.certificate()


def test_trees_of_the_same_tests_are_shared():
    tree = Explainer.initialize(RandomForestClassifier(5, max_depth=3, random_state=0).fit(ROWS, Y)).session.compiled
    pair = side_by_side(tree, tree)
    assert pair.n_shared == 5 and pair.same and pair.trees.n_trees == 5
    np.testing.assert_array_equal(pair.values(0), tree.trees.values)


@pytest.mark.parametrize("last", [2, 4])
def test_whole_numbers_that_one_model_weighs_are_whole_numbers_to_the_other(last):
    rows = np.array(list(itertools.product(range(5), range(4))), dtype=float)
    labels = rows @ [1.0, 1.0] > 3
    weighed, tree = LogisticRegression().fit(rows, labels), DecisionTreeClassifier(max_depth=2).fit(rows, labels)
    one = Explainer.initialize(weighed, features_type={"integer": {"f1": (0, 4), "f2": (0, 3)}})
    other = Explainer.initialize(tree, features_type={"integer": {"f1": (0, last), "f2": (0, 3)}})
    shared = rows[rows[:, 0] <= last]
    differ = (weighed.predict(shared) != tree.predict(shared)).any()
    for verdict in (compare(one, other), compare(other, one)):
        assert verdict.value is (not differ)
        assert all(np.asarray(w.rows[0], float)[0] <= last for w in verdict.witnesses)


def test_numbers_of_a_range_are_those_of_both_models():
    rows = np.array(list(itertools.product([0.0, 0.5, 1.0, 2.0], [0.0, 1.0])))
    weighed = LogisticRegression(C=1e6).fit(rows, rows[:, 0] > 1.5)
    tree = DecisionTreeClassifier(max_depth=1).fit([[0.0, 0.0], [0.0, 1.0], [3.0, 0.0]], [False, False, True])
    one = Explainer.initialize(weighed, background=rows)
    assert compare(one, Explainer.initialize(tree, ranges={"f1": (0.0, 1.0)})).value is True
