"""Radii: no row that is nearer is decided otherwise, and one that is as near as they say is."""

from __future__ import annotations

import itertools
import math
import threading
import time

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from suffice import BadInputError, Explainer, Status, Stop, UnsupportedModelError
from suffice.engine.budget import Deadline
from suffice.verify import certified_accuracy, robustness

from tests.brute.compare import pair
from tests.brute.forest_reference import changed, distance
from tests.brute.forest_strategies import each_forest

NORMS = ("linf", "l1", "l0")


def least(reference, declared, norm, weights, excluded):
    """The least distance of a row with another outcome, over all cells; infinite if there is none."""
    plain = distance(declared, weights)

    def cost(unit, old, new):
        different = any(map(changed, old, new))
        if unit.name in excluded and different:
            return None
        if norm == "l0":
            return weights[unit.name] if different else 0.0
        return None if math.isnan(old[0]) != math.isnan(new[0]) else plain(unit, old, new)

    bad = reference.masks[reference.is_bad()]
    total, kept = np.zeros(len(bad)), np.ones(len(bad), bool)
    for unit, costs in reference._unit_costs(cost):
        for cell, price in costs.items():
            here = (bad & unit.mask) == cell
            if price is None:
                kept &= ~here
            elif norm == "linf":
                total[here] = np.maximum(total[here], price)
            else:
                total[here] += price
    return float(total[kept].min()) if kept.any() else math.inf


@each_forest(30, exclude=True, theory=True)
def test_the_radius_is_that_of_brute_force(case):
    explainer, reference = pair(case)
    rng = np.random.default_rng(case.seed)
    names = {unit.name: unit.columns for unit in case.domain.units}
    weights = {name: float(rng.integers(1, 4)) for name in names}
    columns = [next(weights[n] for n, own in names.items() if c in own) for c in range(len(case.names))]
    row = np.array(case.x, np.float32 if case.single else np.float64)
    within = {}
    if case.regression:
        value = float(explainer.target_prediction)
        low, high = case.interval
        width = min(value - low, high - value)
        if not math.isfinite(width) or width < 0:
            return
        reference.interval = (value - width, value + width)
        fresh = type(reference)(
            case.domain, case.x, interval=reference.interval, theory=True, clauses=case.clauses, excluded=case.excluded
        )
        reference, within = fresh, {"within": width}
    for norm in NORMS:
        found = robustness(explainer, row, norm, weights=columns, n_jobs=1, **within)
        expected = least(reference, case.declared, norm, weights, set(case.excluded))
        assert found.status is Status.OPTIMAL
        assert found.radius == pytest.approx(expected, rel=1e-6, abs=1e-300), norm
        assert (found.witness is None) == (expected == math.inf)
        if found.witness is not None:
            assert found.distance >= found.radius
            if not case.regression:
                case.check_row(found.witness, ())


RNG = np.random.default_rng(3)
ROWS = RNG.integers(0, 5, (90, 3)).astype(float)
TWO = (ROWS[:, 0] + ROWS[:, 1] > ROWS[:, 2] + 2).astype(int)
THREE = np.digitize(ROWS[:, 0] * 2 + ROWS[:, 1], [4, 8])


def xgboost(y):
    from xgboost import XGBClassifier

    return XGBClassifier(n_estimators=6, max_depth=3).fit(ROWS, y)


def lightgbm(y):
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=6, max_depth=3, min_child_samples=5, verbose=-1).fit(ROWS, y)


MODELS = {
    "tree": lambda y: DecisionTreeClassifier(max_depth=4, random_state=0).fit(ROWS, y),
    "forest": lambda y: RandomForestClassifier(7, max_depth=3, random_state=0).fit(ROWS, y),
    "boosted": lambda y: GradientBoostingClassifier(n_estimators=5, max_depth=2).fit(ROWS, y),
    "histogram": lambda y: HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=5).fit(ROWS, y),
    "xgboost": xgboost,
    "lightgbm": lightgbm,
    "calibrated": lambda y: CalibratedClassifierCV(
        RandomForestClassifier(3, max_depth=2, random_state=0), cv=2
    ).fit(ROWS, y),
}  # fmt: skip


def written(explainer):
    """For each column float64 numbers on both sides of each border, found by halving."""
    compiled = explainer.session.compiled
    single = compiled.vocabulary.reading.value == "float32"

    def read(number):
        return float(np.float32(number)) if single else number

    out = []
    for column in range(3):
        values = {-1.0, 6.0}
        for condition in compiled.vocabulary.conditions:
            if condition.feature != column:
                continue

            def true(number, condition=condition):
                return bool(condition.true_at(np.array([read(number)]))[0])

            low, high = condition.threshold - 1.0, condition.threshold + 1.0
            while (middle := (low + high) / 2) not in (low, high):
                low, high = (middle, high) if true(middle) == true(low) else (low, middle)
            values |= {low, high}
        out.append(sorted(values))
    return out


@pytest.mark.parametrize("y", [TWO, THREE], ids=["two", "three"])
@pytest.mark.parametrize("name", MODELS)
def test_families_against_all_cells(name, y):
    model = MODELS[name](y)
    explainer = Explainer.initialize(model)
    grid = np.array(list(itertools.product(*written(explainer))))
    said = np.asarray(model.predict(grid))
    rng = np.random.default_rng(1)
    rows = ROWS[:4] + rng.uniform(-0.3, 0.3, (4, 3))
    for norm in NORMS:
        for row, found in zip(rows, robustness(explainer, rows, norm), strict=True):
            gaps = np.abs(grid - row)
            far = {"linf": gaps.max(axis=1), "l1": gaps.sum(axis=1)}.get(norm)
            if far is None:  # a feature counts once it is in another cell
                far = np.array([sum(other(explainer, row, g, c) for c in range(3)) for g in grid])
            bad = said != np.asarray(model.predict(row[None]))[0]
            assert found.status is Status.OPTIMAL
            assert found.radius <= far[bad].min()
            if norm != "l0":
                inside = far < found.radius
                assert not bad[inside].any()
            reach = nearest_inside(grid, row, said, model, norm) if norm != "l0" else far[bad].min()
            assert found.radius == pytest.approx(reach, rel=1e-9, abs=1e-12)
            assert model.predict(found.witness.row)[0] != model.predict(row[None])[0]


def other(explainer, row, values, column):
    """Whether a number is in another cell of a column."""
    conditions = [c for c in explainer.session.compiled.vocabulary.conditions if c.feature == column]
    single = explainer.session.compiled.vocabulary.reading.value == "float32"
    pair_of = np.array([row[column], values[column]])
    pair_of = pair_of.astype(np.float32).astype(float) if single else pair_of
    return any(len(set(c.true_at(pair_of).tolist())) == 2 for c in conditions)


def nearest_inside(grid, row, said, model, norm):
    """The least distance of a row of another label: in each column the row's own number, or one at a border."""
    values = [sorted({*grid[:, c], row[c]}) for c in range(3)]
    every = np.array(list(itertools.product(*values)))
    bad = np.asarray(model.predict(every)) != np.asarray(model.predict(row[None]))[0]
    gaps = np.abs(every - row)
    far = gaps.max(axis=1) if norm == "linf" else gaps.sum(axis=1)
    return far[bad].min()


def test_regressors_say_how_far_the_prediction_may_move():
    model = GradientBoostingRegressor(n_estimators=5, max_depth=2, random_state=0).fit(ROWS, ROWS @ [1.0, 2.0, -1.0])
    explainer = Explainer.initialize(model)
    row = ROWS[0] + 0.1
    values = [sorted({*column, v}) for column, v in zip(written(explainer), row, strict=True)]
    every = np.array(list(itertools.product(*values)))
    moved = np.abs(model.predict(every) - model.predict(row[None])[0])
    for within in (0.0, 0.5, 2.0):
        found = robustness(explainer, row, within=within)
        assert found.radius == pytest.approx(np.abs(every - row).max(axis=1)[moved > within].min(), rel=1e-9)
    with pytest.raises(BadInputError, match="within"):
        robustness(explainer, row)


def test_certified_accuracy_counts_what_radii_say():
    model = MODELS["forest"](TWO)
    rows, labels = ROWS[:40] + 0.125, TWO[:40]
    each = robustness(model, rows)
    for eps in (0.0, 0.2, 0.375, 0.5, 1.0):
        found = certified_accuracy(model, rows, labels, eps)
        right = np.asarray(model.predict(rows)) == labels
        assert found.lower == found.upper == float((right & (each.radii > eps)).mean())
        assert found.accuracy == right.mean()
        assert found.status is Status.PROVED
        for witness, row in zip(found.witnesses, rows, strict=True):
            assert witness is None or np.abs(np.asarray(witness, float) - row).max() <= eps * (1 + 1e-6) + 1e-9
    for norm in ("l1", "l0"):
        found = certified_accuracy(model, rows, labels, 1.0, norm)
        assert found.lower == float((right & (robustness(model, rows, norm).radii > 1.0)).mean())


def test_what_is_told():
    model = MODELS["forest"](TWO)
    one, many = robustness(model, ROWS[0].tolist()), robustness(model, ROWS[:3])
    assert "radius" in repr(one) and str(one.radius)[:4] in one.told
    assert list(many.to_frame()["radius"]) == [m.radius for m in many] and len(many) == 3
    assert "3 radii, 3 optimal" in repr(many)
    constant = DecisionTreeClassifier().fit(ROWS, np.zeros(len(ROWS)))
    assert robustness(constant, ROWS[0]).radius == math.inf
    assert "no change" in repr(robustness(constant, ROWS[0]))


def test_linear_models_give_bounds():
    model = LogisticRegression().fit(ROWS, TWO)
    for row, found in zip(ROWS[:5], robustness(model, ROWS[:5], data=ROWS), strict=True):
        score = abs(float(model.decision_function(row[None])[0]))
        exact = score / np.abs(model.coef_).sum()  # of all numbers, in a wide enough range
        assert found.radius <= exact * (1 + 1e-9)
        if found.witness is not None:
            assert found.upper >= min(exact, found.upper)


def test_arguments():
    model = MODELS["forest"](TWO)
    for wrong in ({"norm": "l2"}, {"within": -1.0}, {"weights": [1.0]}, {"immutable": ["no such"]}, {"time_limit": 0}):
        with pytest.raises(BadInputError):
            robustness(model, ROWS[0], **wrong)
    with pytest.raises(BadInputError, match="eps"):
        certified_accuracy(model, ROWS, TWO, -1.0)
    with pytest.raises(BadInputError, match="labels"):
        certified_accuracy(model, ROWS, TWO[:3], 0.1)
    with pytest.raises(UnsupportedModelError):
        robustness(DecisionTreeClassifier().fit(ROWS, np.column_stack([TWO, TWO])), ROWS[0])
    with pytest.raises(BadInputError, match="theory"):
        robustness(Explainer.initialize(model, theory=None), ROWS[0])
    with pytest.raises(BadInputError, match="explainer"):
        robustness(Explainer.initialize(model), ROWS[0], ranges={"f1": (0, 5)})


def test_a_limit_is_kept_and_bounds_are_told():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 12))
    y = (np.sin(2 * X).sum(axis=1) + X[:, 0] * X[:, 1] > 0).astype(int)
    explainer = Explainer.initialize(RandomForestClassifier(60, max_depth=9, random_state=0, n_jobs=1).fit(X, y))
    for norm in ("linf", "l1"):
        began = time.perf_counter()
        found = robustness(explainer, X[:6], norm, time_limit=0.4)
        assert time.perf_counter() - began < 30.0
        assert all(one.radius <= one.upper for one in found)
        longer = robustness(explainer, X[0], norm, time_limit=3.0)
        assert longer.radius >= found[0].radius
        assert longer.upper <= found[0].upper * (1 + 1e-9) or norm == "linf"


def test_an_interrupt_returns_what_was_found():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 14))
    y = (np.sin(3 * X).sum(axis=1) > 0).astype(int)
    explainer = Explainer.initialize(RandomForestClassifier(100, max_depth=10, random_state=0, n_jobs=1).fit(X, y))
    deadline = Deadline(60.0)
    timer = threading.Timer(0.4, lambda: deadline.halt(Stop.INTERRUPT))
    timer.start()
    found = robustness(explainer, X[:50], "l1", time_limit=deadline, n_jobs=1)
    timer.join()
    assert len(found) == 50
    assert found.stop is Stop.INTERRUPT
