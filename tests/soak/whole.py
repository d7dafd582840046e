"""Questions about a whole model, about chances, several labels and many rows."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import suffice
from suffice import verify
from suffice.engine.errors import CapabilityError

from tests.soak.scenes import OpenError, Scene, tests_of


def _conditions(scene: Scene) -> tuple[Any, np.ndarray]:
    """Draw conditions, in the user's words, and which rows meet them."""
    given: dict[str, Any] = {}
    met = np.ones(len(scene.world.rows), dtype=bool)
    for column in scene.choose.some([c for c in scene.world.columns if c.kind != "group"], 0, 2):
        known = [v[0] for v in column.values if not np.isnan(v[0])]
        mine = scene.world.rows[:, column.owned[0]]
        if column.kind == "number":
            known = known[1:-1] or known
        low, high = sorted(scene.choose.one_of(known) for _ in range(2))
        if column.kind == "category":
            told = scene.explainer.vocabulary.labels.get(column.owned[0])
            scene.need(told is None or {low, high} <= set(told))  # others are told together
            given[column.name] = [low, high] if low != high else low
            met &= (mine == low) | (mine == high)
        else:
            given[column.name] = (low, high)
            met &= (mine >= low) & (mine <= high)
    return given or None, met


def _decided(verdict: Any) -> bool:
    if verdict.value is None:
        raise OpenError(verdict.why)
    return bool(verdict.value)


def never(scene: Scene) -> None:
    """``never``, ``reachable`` and ``verify``, over all rows that meet conditions."""
    scene.need(scene.kind.target == "classes")
    given, met = _conditions(scene)
    found = verify.reachable(scene.explainer, given)
    for place, label in enumerate(scene.classes.tolist()):
        expected = bool((met & (scene.labels == place)).any())
        verdict = verify.never(scene.explainer, label, given)
        assert _decided(verdict) == (not expected), (verdict, given)
        if verdict.witness is not None:
            _shown(scene, verdict.witness.rows[0], given, place)
        assert _decided(found[label]) == expected, (found[label], given)
    label = scene.choose.one_of(scene.classes.tolist())
    expected = bool((scene.said[met] == label).all())
    assert _decided(verify.verify(scene.explainer, given, label)) == expected


def _shown(scene: Scene, row: Any, given: Any, place: int) -> None:
    values = scene.row_of(row.values)
    assert scene.outcomes_of(values[None])[0] == place, f"{row} does not show it"
    for column in scene.world.columns:
        if given and column.name in given and column.kind != "category":
            low, high = np.float32(given[column.name])  # as models read numbers: few digits may tell them
            assert low <= np.float32(values[column.owned[0]]) <= high


def ranged(scene: Scene) -> None:
    scene.need(scene.kind.target == "number")
    given, met = _conditions(scene)
    found = verify.range(scene.explainer, given)
    if not met.any():
        assert found.low > found.high
        return
    least, most = float(scene.said[met].min()), float(scene.said[met].max())
    assert found.low <= least + 1e-9 * (1 + abs(least)), (found, least)
    assert found.high >= most - 1e-9 * (1 + abs(most)), (found, most)
    if found.exact:
        assert math.isclose(found.low, least, rel_tol=1e-6, abs_tol=1e-9), (found, least, most)
        assert math.isclose(found.high, most, rel_tol=1e-6, abs_tol=1e-9), (found, least, most)
    if not scene.excluded:
        enclosed(scene.explainer.extremum_range(), float(scene.said.min()), float(scene.said.max()))


def enclosed(ends: Any, least: float, most: float) -> None:
    """A range has all predictions; if it is told as exact, its ends are the least and the greatest one."""
    assert ends[0] <= least + 1e-9 * (1 + abs(least)), (ends, least)
    assert ends[1] >= most - 1e-9 * (1 + abs(most)), (ends, most)
    if str(ends.status) == "optimal":
        assert np.allclose(ends, [least, most], rtol=1e-6, atol=1e-6), (ends, least, most)


def _depends(scene: Scene, column: Any) -> bool:
    """Whether two rows that are equal elsewhere have other outcomes."""
    kept = [c for c in range(scene.world.rows.shape[1]) if c not in column.owned]
    seen: dict[bytes, int] = {}
    labels = scene.labels if scene.interval is None else _told_apart(scene)
    rest = np.nan_to_num(scene.world.rows[:, kept], nan=-99.0)
    return any(seen.setdefault(row.tobytes(), label) != label for row, label in zip(rest, labels.tolist(), strict=True))


def _told_apart(scene: Scene) -> np.ndarray:
    """Number the predictions of a regressor; those that only rounding tells apart are one."""
    values, places = np.unique(scene.said, return_inverse=True)
    slack = float(getattr(scene.explainer.session.compiled, "slack", 0.0))
    return np.concatenate([[0], np.cumsum(np.diff(values) > 8 * slack)])[places]


def discriminates(scene: Scene) -> None:
    """``discriminates`` and ``monotone``, over all pairs."""
    scene.need(scene.kind.target != "labels")
    column = scene.choose.one_of(list(scene.world.columns))
    verdict = verify.discriminates(scene.explainer, column.name)
    assert _decided(verdict) == (not _depends(scene, column)), (verdict, column.name)
    scene.need(not scene.at_ends)
    equal = any(one.column in column.owned and one.operator[-1] in "=n" and one.operator not in (">=", "<=")
                for one in tests_of(scene.explainer))  # fmt: skip
    if scene.kind.target == "classes" and column.kind in ("integer", "binary", "number", "listed") and not equal:
        verdict = verify.monotone(scene.explainer, column.name)
        assert _decided(verdict) == _rises(scene, column), (verdict, column.name)


def _rises(scene: Scene, column: Any) -> bool:
    values = scene.world.rows[:, column.owned[0]]
    rest = np.nan_to_num(np.delete(scene.world.rows, column.owned[0], axis=1), nan=-99.0)
    known = ~np.isnan(values)
    lines: dict[bytes, list[tuple[float, int]]] = {}
    order = [list(scene.explainer.session.compiled.classes).index(label) for label in scene.classes.tolist()]
    ranks = np.array(order)[scene.labels[known]].tolist()
    for row, value, label in zip(rest[known], values[known].tolist(), ranks, strict=True):
        lines.setdefault(row.tobytes(), []).append((value, label))
    return all(all(a[1] <= b[1] for a, b in pairwise(line)) for line in map(sorted, lines.values()))


def beside(scene: Scene) -> tuple[Any, np.ndarray]:
    """Compare the model with a tree that is fitted to a part of the world; and tell at which rows they differ."""
    scene.need(scene.kind.target == "classes" and not scene.kind.options and not scene.clauses)
    scene.need(all(c.kind != "number" for c in scene.world.columns))  # two models' borders would need numbers between
    from sklearn.tree import DecisionTreeClassifier

    from tests.soak.said import named_rows

    half = scene.world.rows[:: scene.choose.whole(1, 3)]
    scene.need(len(np.unique(scene.outcomes_of(half))) == len(scene.classes) and not np.isnan(half).any())
    said = scene.classes[scene.outcomes_of(half)]
    other = DecisionTreeClassifier(max_depth=scene.choose.whole(1, 9)).fit(named_rows(half, scene.world), said)
    new = suffice.Explainer.initialize(other, **scene.world.arguments())
    from tests.soak.said import predict

    differs = predict(other, scene.world.rows, scene.world) != scene.said
    scene.need(not scene.explainer.vocabulary.labels)  # categories for the one, numbers for the other
    boxes = scene.choose.one_of([None, 24, 2])
    verdict = verify.compare(scene.explainer, new, boxes=boxes)
    if verdict.value is None:
        raise OpenError(verdict.why)
    return verdict, differs


def compared(scene: Scene) -> None:
    """A model beside another one."""
    verdict, differs = beside(scene)
    assert bool(verdict) == (not differs.any()), verdict


def robust(scene: Scene) -> None:
    """Every row nearer than the radius is decided alike, and some row at it is not."""
    scene.need(scene.kind.target == "classes" and not np.isnan(scene.x).any() and not scene.excluded)
    norm = scene.choose.one_of(["linf", "l1", "l0"])
    found = verify.robustness(scene.explainer, scene.x, norm)
    away = np.zeros((len(scene.world.columns), len(scene.world.rows)))
    for i, column in enumerate(scene.world.columns):
        mine, own = scene.world.rows[:, list(column.owned)], scene.x[list(column.owned)]
        changed = ~(mine == own).all(axis=1)
        size = np.abs(mine[:, 0] - own[0]) if column.numeric and norm != "l0" else np.ones(len(mine))
        away[i] = np.where(changed, np.where(np.isnan(mine[:, 0]) & (norm != "l0"), np.inf, size), 0.0)
    far = away.max(axis=0) if norm == "linf" else away.sum(axis=0)
    others = far[scene.labels != scene.own]
    best = float(others.min()) if len(others) else np.inf
    assert found.radius <= best + 1e-9, f"radius {found.radius}, but a row at {best} is decided otherwise"
    if str(found.status) == "optimal" and all(c.kind != "number" for c in scene.world.columns):
        assert math.isclose(found.radius, best, abs_tol=1e-6), f"radius {found.radius}, expected {best}"


def rows(scene: Scene) -> None:
    """Many rows are answered as one by one, and as ``predict`` says."""
    scene.need(scene.kind.target != "number")  # other rows are outside the interval
    chosen = scene.world.rows[[scene.choose.whole(0, len(scene.world.rows) - 1) for _ in range(3)]]
    told = scene.explainer.batch(chosen, "sufficient_reason", n_jobs=1, over="features")
    found = list(told)
    if scene.kind.target == "classes":
        assert told.predictions.tolist() == scene.classes[scene.outcomes_of(chosen)].tolist(), told.predictions
    for row, one in zip(chosen, found, strict=True):
        scene.explainer.set_instance(row)
        again = scene.explainer.sufficient_reason(over="features")
        assert (again is None) == (one is None)
        if one is not None:
            label = scene.outcomes_of(row[None])[0]
            scene_here = Scene(**{**{f: getattr(scene, f) for f in scene.__dataclass_fields__}, "x": row})
            assert scene_here.forces(one), f"{one} does not force the outcome of {row}"
            assert scene_here.own == label
    scene.explainer.set_instance(scene.x)


def kept(scene: Scene) -> None:
    """A saved explainer answers alike."""
    scene.need(scene.kind.needs != "catboost")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "explainer.suffice"
        scene.explainer.save(path)
        try:
            again = suffice.load(path)
        except CapabilityError:  # functions of the model make its rows, or its numbers
            again = suffice.load(path, model=scene.kind.given(scene.model))
    for row in scene.data[:6]:  # what it decides is what the model does
        for explainer in (again, scene.explainer) if scene.kind.target == "classes" else ():
            explainer.set_instance(row)
            said = explainer.target_prediction
            assert said == scene.class_named(scene.outcomes_of(row[None])[0]), (row, said)
    scene.explainer.set_instance(scene.x)
    again.set_instance(scene.x)
    one, other = (e.minimal_sufficient_reason(over="features") for e in (scene.explainer, again))
    assert (one is None) == (other is None)
    assert one is None or len(one) == len(other)


WHOLE = {
    "verify.never": never,
    "verify.range": ranged,
    "verify.discriminates": discriminates,
    "verify.compare": compared,
    "verify.robustness": robust,
    "batch": rows,
    "save": kept,
}
