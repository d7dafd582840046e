"""Questions about boxes: the most general reason by every weight, reasons that cover rows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.soak.scenes import Scene
from tests.soak.why import proved

SMALLEST = 1e-9  # of a feature: what a cell counts at least


def general(scene: Scene) -> None:
    """The heaviest box among those of all sufficient reasons."""
    scene.need(scene.literal)
    asked, masses, log = _weighed(scene)
    found = scene.explainer.most_general_reason(**asked)
    every = scene.reference.sufficient
    if not every:
        assert found is None
        return
    proved(found)
    assert tuple(found) in every, f"{found} is no sufficient reason"
    best = max(_weight(scene, reason, masses, log) for reason in every)
    mine = _weight(scene, found, masses, log)
    assert math.isclose(mine, best, rel_tol=1e-8, abs_tol=1e-8), f"{found} weighs {mine}, {best} can be had ({asked})"


def _weighed(scene: Scene) -> tuple[dict[str, Any], list[list[float]], bool]:
    """Draw a weight: as it is asked for, what each cell weighs, and whether logarithms are added."""
    units = scene.reference.tested
    kind = scene.choose.one_of(["cells", "own", "coverage", "volume"][: 2 if scene.kind.family == "text" else 4])
    if kind == "cells":
        return {}, [[1.0] * len(unit.cells) for unit in units], False
    if kind == "own":
        weights = scene.weights([1.0, 2.0, 0.5, 3.0])
        return {"weight": weights}, [[weights[unit.columns[0]]] * len(unit.cells) for unit in units], False
    if kind == "coverage":
        masks = [scene.reference.domain.truth_mask(row) for row in (*scene.data, scene.x)]
        cells = [
            [sum((m & unit.mask) == cell for m in masks) / len(masks) + SMALLEST for cell in unit.cells]
            for unit in units
        ]
        return {"weight": kind, "data": scene.data}, cells, True
    return {"weight": kind, "data": scene.data}, [_volumes(scene, unit) for unit in units], True


def _volumes(scene: Scene, unit: Any) -> list[float]:
    """The share of a feature's values in each cell: numbers by length, others by count."""
    column = next(c for c in scene.world.columns if c.owned == unit.columns)
    if column.kind != "number":
        counted = [[v for v in cell if not np.isnan(v[0]) or column.kind != "integer"] for cell in unit.cells.values()]
        total = sum(map(len, counted))
        return [len(cell) / total + (SMALLEST if column.kind == "integer" else 0.0) for cell in counted]
    low, high = column.ends
    if not math.isfinite(low) or not math.isfinite(high):
        seen = np.append(scene.data[:, column.owned[0]], scene.x[column.owned[0]])
        seen = seen[np.isfinite(seen)]
        if not len(seen):
            low, high = 0.0, 1.0
        else:
            low, high = max(low, float(seen.min())), min(high, float(seen.max()))
    sizes = []
    for least, most in (stretch(scene, unit, cell) for cell in unit.cells):
        sizes.append(max(0.0, min(most, high) - max(least, low)) if most >= least else 0.0)
    total = sum(sizes)
    return [size / total + SMALLEST if total > 0 else 1 / len(sizes) for size in sizes]


def stretch(scene: Scene, unit: Any, cell: int) -> tuple[float, float]:
    """Between which borders the known values of a cell of numbers lie; the first is above the second if none is."""
    known = [v[0] for v in unit.cells[cell] if not np.isnan(v[0])]
    if not known:
        return math.inf, -math.inf
    cuts = [scene.reference.domain.conditions[n - 1] for n in unit.numbers]
    cuts = [one for one in cuts if one.truth(math.inf) != one.truth(-math.inf)]
    above = [one.truth(known[0]) == one.truth(math.inf) for one in cuts]  # a border itself may be on either side
    return max((one.threshold for one, up in zip(cuts, above, strict=True) if up), default=-math.inf), min(
        (one.threshold for one, up in zip(cuts, above, strict=True) if not up), default=math.inf
    )


def _weight(scene: Scene, literals: Any, masses: list[list[float]], log: bool) -> float:
    reference, total = scene.reference, 0.0
    kept = reference.mask(literals)
    for unit, mass in zip(reference.tested, masses, strict=True):
        inside = [
            m for cell, m in zip(unit.cells, mass, strict=True) if not (cell ^ reference.x_mask) & unit.mask & kept
        ]
        total += math.log(math.fsum(inside)) if log else math.fsum(inside)
    return total


def around_a_reason(scene: Scene) -> None:
    """The box of a given reason holds, holds all of the reason's own box, and no side can move."""
    scene.need(scene.literal and scene.reference.sufficient)
    reference = scene.reference
    reason = scene.choose.one_of(list(reference.sufficient))
    found = scene.explainer.most_general_reason(reason=reason)
    proved(found)
    assert reference.holds(found), f"{found} does not force the outcome"
    assert set(reference.literals(reference.game.close(reference.mask(found)))) <= set(
        reference.literals(reference.game.close(reference.mask(reason)))
    ), f"{found} does not hold all of {reason}"
    assert reference.is_sufficient(found), f"{found} is no sufficient reason"


def anchored(scene: Scene) -> None:
    """Reasons that cover references, against all closed sets that force the outcome."""
    scene.need(scene.kind.target == "classes" and scene.n <= 9)
    reference, rows = scene.reference, scene.data[:8]
    said = scene.classes[scene.outcomes_of(rows)]
    listed = [(row, label) for row, label in zip(rows, said.tolist(), strict=True)]
    given: dict[Any, list[Any]] = {}
    for row, label in listed:
        given.setdefault(label, []).append(row.tolist())
    own = scene.class_named(scene.own)
    kind = scene.choose.one_of(["normal", "one_side"])
    covered = []
    for s in closed_holding(scene):
        inside = [label for row, label in listed if _covers(scene, s, row)]
        if kind == "one_side" or all(label == own for label in inside):
            covered.append(sum(label == own for label in inside))
    scene.explainer.set_reference_instances(given)
    most = scene.explainer.most_anchored_reason(type_references=kind)
    assert (most is None) == (not covered), (most, kind)
    if most is not None:
        proved(most)
        mine = sum(label == own and _covers(scene, reference.mask(most), row) for row, label in listed)
        assert reference.holds(most)
        assert most.proof.cost == mine == max(covered), (most, mine, max(covered))
    n = scene.choose.whole(0, 4)
    one = scene.explainer.anchored_reason(n_anchors=n, type_references=kind)
    assert (one is None) == (max(covered, default=-1) < n), (one, kind, n)
    if one is not None:
        assert reference.holds(one)
        assert sum(label == own and _covers(scene, reference.mask(one), row) for row, label in listed) >= n


def closed_holding(scene: Scene) -> list[int]:
    """All closed sets without excluded literals that force the outcome."""
    game = scene.reference.game
    allowed = (game.sets & game.excluded & ~int(game.closure[0])) == 0
    return [int(s) for s in game.sets[game.closed & ~game.fails & allowed]]


def _covers(scene: Scene, kept: int, row: Any) -> bool:
    return not (scene.reference.domain.truth_mask(row) ^ scene.reference.x_mask) & kept


def grouped(scene: Scene) -> None:
    """One reason for several rows."""
    scene.need(scene.literal and scene.kind.target != "labels")
    rows = scene.data[: scene.choose.whole(1, 3)]
    found = scene.explainer.group_reason(rows)
    fits = any(all(_covers(scene, s, row) for row in rows) for s in closed_holding(scene))
    assert (found is not None) == fits, (found, rows)
    if found is not None:
        assert scene.reference.holds(found)
        assert all(_covers(scene, scene.reference.mask(found), row) for row in rows)


BOXES = {
    "most_general_reason": general,
    "most_general_reason of a reason": around_a_reason,
    "most_anchored_reason": anchored,
    "group_reason": grouped,
}
