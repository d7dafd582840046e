"""Questions what to do: recourse with all its options, efficient plans, stages, nearest rows, populations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np
import suffice
from sklearn.model_selection import FixedThresholdClassifier
from suffice.engine.plans import search

from tests.soak.plans import Plans, drawn_question, rows_of
from tests.soak.scenes import OpenError, Scene, key

TRIED = 400  # plans that are looked at for a walk


def _plans(scene: Scene, asked: dict[str, Any] | None = None, x: np.ndarray | None = None) -> Plans:
    scene.need(len(scene.classes) > 1 or scene.kind.target != "classes")
    asked = drawn_question(scene) if asked is None else asked
    x = scene.x if x is None else x
    return Plans(scene, asked, rows_of(scene, asked, x), x, int(scene.outcomes_of(x[None])[0]))


def _aimed(scene: Scene, plans: Plans) -> dict[str, Any]:
    """Draw what is wanted, as it is asked for; which rows have it."""
    choose = scene.choose
    if scene.kind.target != "classes":
        return (_labelled if scene.kind.target == "labels" else _numbered)(scene, plans)
    outcome = choose.one_of([i for i in range(len(scene.classes)) if i != plans.own])
    way = choose.one_of(["target", "avoid", "any", "several", "score"])
    if way == "target":
        plans.wanted = plans.said == outcome
        return {"target": scene.class_named(outcome)}
    if way == "avoid":
        plans.wanted = plans.said != outcome
        return {"avoid": scene.class_named(outcome)}
    if way == "several":
        plans.wanted = plans.said != plans.own
        return {"target": [scene.class_named(i) for i in range(len(scene.classes)) if i != plans.own]}
    return _scored(scene, plans, outcome) if way == "score" and _averages(scene) else {}


def _labelled(scene: Scene, plans: Plans) -> dict[str, Any]:
    scene.need(type(scene.model).__name__ != "ClassifierChain")  # a chain's labels ask each other
    label, value = scene.choose.whole(0, 1), scene.choose.whole(0, 1)
    plans.wanted = (plans.said >> label & 1) == value
    return {"target": {label: value}}


def _numbered(scene: Scene, plans: Plans) -> dict[str, Any]:
    said = scene.says(plans.rows)
    values = np.unique(said)
    doubt = 32 * float(getattr(scene.explainer.session.compiled, "slack", 0.0))
    gaps = np.flatnonzero(np.diff(values) > 1e-6 * (1 + np.abs(values[:-1])) + doubt)
    scene.need(len(gaps))
    border, over = float(scene.choose.one_of(((values[gaps] + values[gaps + 1]) / 2).tolist())), scene.choose.coin()
    plans.wanted = said > border if over else said < border
    return {"target": (border, None) if over else (None, border)}


def _averages(scene: Scene) -> bool:
    averages = scene.kind.family == "forest" and not scene.kind.options and hasattr(scene.model, "predict_proba")
    return averages and not isinstance(scene.model, FixedThresholdClassifier)


def _scored(scene: Scene, plans: Plans, outcome: int) -> dict[str, Any]:
    """The probability of a class between ends, or its lead; ends are well between what there is."""
    classes, shares = scene.all_probabilities(plans.rows)
    own = classes.index(scene.class_named(outcome))
    if scene.explainer.session.compiled.voting == "hard":
        shares = shares * len(scene.model.trees)  # their scores are votes
    lead = shares[:, own] - np.delete(shares, own, axis=1).max(axis=1)
    told = shares[:, own] if scene.choose.coin() else lead
    values = np.unique(told.round(9))
    borders = ((values[1:] + values[:-1]) / 2)[np.diff(values) > 1e-6]
    scene.need(len(borders))
    border = float(scene.choose.one_of(borders.tolist()))
    plans.wanted = (plans.said == outcome) & (told > border)
    target = {"target": scene.class_named(outcome)}
    if told is not lead:
        return {**target, "score": (border, None)}
    scene.need(border > 0)
    return {**target, "margin": border}


def recourse(scene: Scene) -> None:
    """The cheapest plans, against all rows that they may be."""
    plans = _plans(scene)
    aim = _aimed(scene, plans)
    asked = {**aim, **_lasting(scene, plans, aim)}
    n = scene.choose.one_of([1, 1, 3])
    differ = scene.choose.whole(1, 2)
    dive = scene.choose.one_of([search.DIVE, 1, 2, 4, 8, 16])  # small models end within a dive
    with mock.patch.object(search, "DIVE", dive):
        found = scene.explainer.recourse(**plans.asked, **asked, data=scene.data, n=n, differ=differ)
    _compare(plans, found, n, differ, {**plans.asked, **asked})


def _lasting(scene: Scene, plans: Plans, aim: dict[str, Any]) -> dict[str, Any]:
    """Now and then: leaves with some rows of the data, and a second model."""
    if scene.kind.target != "classes":
        return {}
    if type(scene.model).__name__ in ("DecisionTreeClassifier", "RandomForestClassifier") and scene.choose.coin():
        support = scene.choose.whole(1, 4)
        seen, mine = (scene.model.apply(scene.frame(rows)).reshape(len(rows), -1) for rows in (scene.data, plans.rows))
        for tree in range(mine.shape[1]):
            count = np.bincount(seen[:, tree], minlength=int(mine[:, tree].max()) + 1)
            plans.allowed = plans.allowed & (count[mine[:, tree]] >= support)
        return {"support": support}
    if aim or scene.world.missing or scene.choose.coin():
        return {}
    from sklearn.tree import DecisionTreeClassifier

    other = DecisionTreeClassifier(max_depth=3, random_state=0)
    other.fit(scene.frame(scene.data), scene.classes[scene.outcomes_of(scene.data)])
    scene.need(scene.class_named(plans.own) in other.classes_ and len(other.classes_) > 1)
    plans.wanted = plans.wanted & (other.predict(scene.frame(plans.rows)) != scene.class_named(plans.own))
    return {"also": [other], "avoid": scene.class_named(plans.own)}


def _compare(plans: Plans, found: Any, n: int, differ: int, asked: dict[str, Any]) -> None:
    """Compare plans with all rows; each later one leaves some features of the earlier ones as they are."""
    apart = np.ones(len(plans.rows), dtype=bool)
    for plan in found:
        place = _checked(plans, plan, plans.least(apart), asked)
        mine = [name for name, changed in plans.changed.items() if changed[place]]
        left = np.sum([~plans.changed[name] for name in mine], axis=0) if mine else np.zeros(len(apart))
        apart = apart & (left >= min(differ, len(mine)))
        if not mine:
            apart[:] = False
    if str(found.status) == "best_so_far":
        raise OpenError("recourse")
    if not found:
        assert plans.least() == math.inf, f"no plan, although one costs {plans.least()} ({asked})"
    elif len(found) < n:
        assert plans.least(apart) == math.inf, (
            f"{len(found)} plans, although another costs {plans.least(apart)} ({asked})"
        )


def _checked(plans: Plans, plan: Any, best: float, asked: dict[str, Any]) -> int:
    """Compare a plan with the least cost; return its place."""
    place = plans_place(plans, plans.scene.row_of(plan.row.values))
    cost = float(plans.cost[place])
    assert plans.good[place], f"{plan.text} is no plan ({asked})"
    assert math.isclose(plan.cost, cost, rel_tol=1e-6, abs_tol=1e-9), f"{plan.text} costs {cost}, not {plan.cost}"
    assert plan.lower <= best * (1 + 1e-9) + 1e-9, f"the bound {plan.lower} is above {best} ({asked})"
    if str(plan.status) == "optimal":
        assert math.isclose(plan.cost, best, rel_tol=1e-6, abs_tol=1e-9), f"cost {plan.cost}, expected {best} ({asked})"
    return place


def plans_place(plans: Plans, row: np.ndarray) -> int:
    """Where a row is among those that a plan may be."""
    return places(plans)[key(row)]


def places(plans: Plans) -> dict[bytes, int]:
    """All places."""
    return {key(row): i for i, row in enumerate(plans.rows)}


def efficient(scene: Scene) -> None:
    """Efficient plans by the number of features."""
    scene.need(scene.kind.target == "classes")
    plans = _plans(scene)
    expected: list[tuple[float, int]] = []
    for k in range(len(scene.world.columns), -1, -1):
        cost = plans.least(plans.levers <= k)
        if cost < math.inf:
            expected.append((cost, -k))
    expected = _best(expected)
    found = scene.explainer.recourse(**plans.asked, data=scene.data).frontier("at_most")
    if str(found.status) == "best_so_far":
        raise OpenError("frontier")
    told = [(plan.cost, -value) for plan, value in zip(found, found.values, strict=True)]
    assert [value for _, value in told] == [value for _, value in expected], (told, expected, plans.asked)
    assert np.allclose([c for c, _ in told], [c for c, _ in expected], rtol=1e-6, atol=1e-9), (told, expected)


def _best(pairs: list[tuple[float, int]]) -> list[tuple[float, int]]:
    best: list[tuple[float, int]] = []
    for cost, value in sorted(pairs, key=lambda pair: (round(pair[0], 9), -pair[1])):
        if not best or value > best[-1][1]:
            best.append((cost, value))
    return best


def nearest(scene: Scene) -> None:
    """The cheapest row of the data that is a plan."""
    scene.need(scene.kind.target == "classes")
    plans = _plans(scene)
    where = places(plans)
    mine = [where[key(row)] for row in scene.data if key(row) in where]
    some = np.zeros(len(plans.rows), dtype=bool)
    some[mine] = True
    best = plans.least(some)
    found = scene.explainer.recourse(**plans.asked, data=scene.data).nearest_row()
    assert (found is None) == (best == math.inf), (found, best, plans.asked)
    if found is not None:
        assert math.isclose(found.cost, best, rel_tol=1e-6, abs_tol=1e-9), (found.cost, best, plans.asked)
        assert key(scene.row_of(found.row.values)) == key(scene.data[found.origin])


def staged(scene: Scene) -> None:
    """The cheapest plan that can be walked, in the fewest stages."""
    scene.need(scene.kind.target == "classes")
    plans, walk = _plans(scene), _walk(scene)
    where, best, fewest = places(plans), math.inf, math.inf
    order = np.flatnonzero(plans.good)[np.argsort(plans.cost[plans.good], kind="stable")]
    for tried, place in enumerate(order.tolist()):
        if plans.cost[place] > best * (1 + 1e-9) + 1e-12:
            break
        scene.need(tried < TRIED)
        stages = _stages(plans, place, walk, where)
        if stages < math.inf:
            best, fewest = float(plans.cost[place]), min(fewest, stages)
    found = scene.explainer.recourse(**plans.asked, data=scene.data).stages(**walk)
    if str(found.status) == "best_so_far":
        raise OpenError("stages")
    assert (found.plan is None) == (best == math.inf), (found, best, plans.asked, walk)
    if found.plan is not None:
        assert math.isclose(found.cost, best, rel_tol=1e-6, abs_tol=1e-9), (found, best, plans.asked, walk)
        place = plans_place(plans, scene.row_of(found.plan.row.values))
        assert len(found) == _stages(plans, place, walk, where), (found, plans.asked, walk)


def _walk(scene: Scene) -> dict[str, Any]:
    walk: dict[str, Any] = {}
    if scene.choose.whole(0, 2):
        walk["at_most"] = scene.choose.whole(1, 2)
    if scene.choose.whole(0, 2) == 0:
        walk["budget"] = scene.choose.one_of([0.5, 1.0, 2.0, 3.0])
    if scene.choose.coin() and len(scene.world.columns) > 1:
        walk["before"] = [tuple(c.name for c in scene.choose.some(list(scene.world.columns), 2, 2))]
    return walk


def _stages(plans: Plans, place: int, walk: dict[str, Any], where: dict[bytes, int]) -> float:
    """In how few stages a row can be reached; infinite: in none."""
    levers = [c for c in plans.scene.world.columns if plans.changed[c.name][place]]
    best = math.inf
    for stages in _splits([c.name for c in levers]):
        if len(stages) >= best or any(len(stage) > walk.get("at_most", 99) for stage in stages):
            continue
        at = {name: t for t, stage in enumerate(stages) for name in stage}
        if any(one in at and other in at and at[one] >= at[other] for one, other in walk.get("before", ())):
            continue
        row, fits = plans.x.copy(), True
        for stage in stages:
            for c in levers:
                if c.name in stage:
                    row[list(c.owned)] = plans.rows[place, list(c.owned)]
            spent = sum(float(plans.costs[name][place]) for name in stage)
            fits = fits and spent <= walk.get("budget", math.inf) * (1 + 1e-12) and bool(plans.allowed[where[key(row)]])
        best = len(stages) if fits else best
    return best


def _splits(levers: list[str]) -> Iterator[list[tuple[str, ...]]]:
    if not levers:
        yield []
        return
    for size in range(1, len(levers) + 1):
        for first in itertools.combinations(levers, size):
            for rest in _splits([name for name in levers if name not in first]):
                yield [first, *rest]


def audited(scene: Scene) -> None:
    """Each row of a population, and what that says of all of them."""
    scene.need(scene.kind.target == "classes" and not scene.kind.options and not scene.excluded)
    asked, rows = drawn_question(scene, whole=True), scene.data[:4]
    outcome = scene.choose.whole(0, len(scene.classes) - 1)
    target = scene.class_named(outcome)
    found = suffice.audit_recourse(scene.explainer, rows, target=target, data=scene.data, n_jobs=1, **asked)
    least = []
    for row in rows:
        plans = _plans(scene, asked, row)
        plans.wanted = plans.said == outcome
        least.append(0.0 if plans.own == outcome else plans.least())
    assert not any(isinstance(one, Exception) for one in found), list(found)
    assert found.refused.tolist() == [label != outcome for label in scene.outcomes_of(rows).tolist()]
    if str(found.status) not in ("optimal", "infeasible"):
        raise OpenError("audit")
    assert np.allclose(found.cost, least, rtol=1e-6, atol=1e-9), (found.cost, least, asked, target)
    refused = np.array(least)[found.refused]
    if len(refused):
        every = found.burden()[0]
        assert math.isclose(every.plan.low, float(np.isfinite(refused).mean()))
        middle = sorted(refused)[(len(refused) - 1) // 2]
        assert every.median.low == middle or math.isclose(every.median.low, middle, rel_tol=1e-6, abs_tol=1e-9)


RECOURSE = {
    "recourse": recourse,
    "recourse.frontier": efficient,
    "recourse.nearest_row": nearest,
    "recourse.stages": staged,
    "audit_recourse": audited,
}
