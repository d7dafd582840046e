"""Questions that stand alone: predictions, rows in flat arrays, formulas, rules that change a model, label graphs."""

from __future__ import annotations

import itertools
from dataclasses import fields
from typing import Any

import numpy as np
from pysat.solvers import Cadical153
from suffice.engine.budget import Deadline
from suffice.engine.errors import CapabilityError, UnsupportedModelError

from tests.soak.labels import about_labels, label_vectors
from tests.soak.said import margins_of, predict
from tests.soak.scenes import OpenError, Scene, UnaskedError

FORMULAS = 40_000  # clauses at most
NEAR = 1e-9


def predicted(scene: Scene) -> None:
    """``predict`` says what the model says."""
    slack = float(getattr(scene.explainer.session.compiled, "slack", 0.0))  # rows alone are added up otherwise
    rows = scene.world.rows[scene.choose.some(range(len(scene.world.rows)), 1, 3)]
    for row, said in zip(rows, scene.says(rows), strict=True):
        told = scene.explainer.predict(row)
        if scene.kind.target == "number":
            assert np.isclose(told, said, rtol=1e-9, atol=1e-12 + 8 * slack), (row, told, said)
        else:
            assert np.array_equal(np.asarray(told), np.asarray(said)), (row, told, said)


def explained(scene: Scene) -> None:
    """A sufficient reason for each of many rows, each compared with brute force for its row."""
    form = scene.explainer.session.compiled
    scene.need(scene.literal and not scene.excluded and not form.vocabulary.labels)
    scene.need(scene.kind.family != "text")  # each has a form of its own
    near = scene.world.rows[scene.labels == scene.own] if scene.interval is not None else scene.world.rows
    rows = near[[scene.choose.whole(0, len(near) - 1) for _ in range(4)]]
    over = scene.choose.one_of(["literals", "features"])
    found = scene.explainer.explain_rows(np.ascontiguousarray(form.read(rows)), Deadline.of(None), over=over, n_jobs=1)
    assert len(found) == len(rows)
    for i, row in enumerate(rows):
        here = _at(scene, row)
        reason = found.row(i)
        assert reason is not None, f"no reason for {row}"
        if over == "literals":
            assert here.reference.is_sufficient(reason), f"{reason} is no sufficient reason of {row}"
        else:
            assert here.reference.is_sufficient_features(reason), f"{reason} is no sufficient reason of {row}"
        if scene.kind.target == "classes":
            assert form.classes[int(found.outcome[i])] == scene.class_named(here.own), (row, found.outcome[i])


def _at(scene: Scene, x: np.ndarray) -> Scene:
    return Scene(**{**{f.name: getattr(scene, f.name) for f in fields(scene)}, "x": x})


def formula(scene: Scene) -> None:
    """The CNF of a class holds at the conditions of just those rows that are decided for it."""
    scene.need(scene.literal and scene.kind.target != "number" and scene.kind.family != "multilabel")
    outcome = scene.choose.one_of(np.unique(scene.labels).tolist())
    asked = () if scene.choose.coin() else (scene.class_named(outcome),)
    cnf = scene.explainer.to_cnf(*asked)
    _compare(scene, cnf, scene.reference.labels == (outcome if asked else scene.own))


def formulas_of_labels(scene: Scene) -> None:
    """The same for the values of each label."""
    scene.need(scene.literal and scene.kind.target == "labels")
    vectors = scene.vectors(scene.reference.labels)
    label, value = scene.choose.whole(0, vectors.shape[1] - 1), scene.choose.whole(0, 1)
    try:
        cnf = scene.explainer.to_cnf(label, value)
    except CapabilityError as error:
        raise OpenError(str(error)) from error
    _compare(scene, cnf, vectors[:, label] == value)


def _compare(scene: Scene, cnf: Any, expected: np.ndarray) -> None:
    """Ask for each row of cells; where two scores are as good as equal no formula need hold."""
    scene.need(cnf.n_clauses <= FORMULAS)
    masks = scene.reference.masks[:300]
    rows = scene.reference.domain.rows(masks)
    with Cadical153(bootstrap_with=[list(clause) for clause in cnf.clauses()]) as solver:
        for mask, holds, row in zip(masks.tolist(), expected.tolist(), rows, strict=False):
            truth = [v if mask >> (v - 1) & 1 else -v for v in range(1, scene.n + 1)]
            if solver.solve(assumptions=truth) != holds:
                assert holds, f"the formula holds at {truth}"
                assert near(scene, row), f"the formula does not hold at {truth}"


def near(scene: Scene, row: np.ndarray) -> bool:
    """Whether two scores, or one and its threshold, are as good as equal, as the model tells them, or else its form."""
    session = scene.explainer.session
    labels = [getattr(label, "model", label) for label in getattr(session.compiled, "labels", (session.compiled,))]
    forms, read = [form for form in labels if hasattr(form, "trees")], session.compiled.read(row[None])
    for form in forms:
        score = form.trees.scores_of_rows(read, session.space.codes)[0]
        if form.one_score and abs(score[0] - form.threshold) < 1e-6 * (1 + abs(form.threshold)):
            return True
        if form.link == "softmax32" and np.diff(np.sort(score)[-2:]) < 1e-4:  # in single precision
            return True
    margins = margins_of(scene.model, scene.frame(row[None]))
    if margins is not None and margins.min() < NEAR:
        return True
    scores = np.sort(forms[0].trees.scores_of_rows(read, session.space.codes))
    return bool(scores.shape[1] > 1 and scores[0, -1] - scores[0, -2] < 1e-6)


def rectified(scene: Scene) -> None:
    """Conditions imply a class from now on, and nothing else changes; reasons are those of the changed model."""
    scene.need(scene.literal and scene.kind.target == "classes" and not scene.clauses)
    scene.need(scene.n and not scene.kind.near)
    scene.need(scene.kind.family in ("tree", "forest", "boosted") and not scene.explainer.vocabulary.labels)
    explainer = scene.kind.explainer(scene.model, scene.world.arguments())
    numbers = scene.choose.some(range(1, scene.n + 1), 1, 3)
    conditions = [v if scene.choose.coin() else -v for v in numbers]
    label = scene.class_named(scene.choose.whole(0, len(scene.classes) - 1))
    masks = [scene.reference.domain.truth_mask(row) for row in scene.world.rows]
    met = np.array([all((mask >> (abs(v) - 1) & 1) == (v > 0) for v in conditions) for mask in masks])
    scene.need(met.any())
    try:
        model = explainer.rectify(conditions=conditions, label=label)
    except UnsupportedModelError as error:  # sums of others than trees, or that are divided
        raise UnaskedError from error
    expected = np.where(met, scene.classes.tolist().index(label), scene.labels)
    told = [scene.classes.tolist().index(one) for one in predict(model, scene.world.rows, scene.world).tolist()]
    assert told == expected.tolist(), (conditions, label)
    explainer.set_instance(scene.x)
    own = int(expected[scene.place])
    assert explainer.target_prediction == scene.class_named(own)
    reason = explainer.minimal_sufficient_reason(over="features")
    assert (expected[scene.agreeing(reason)] == own).all(), f"{reason} does not force the changed outcome"
    less = itertools.combinations(list(reason), len(reason) - 1) if reason else ()
    assert all((expected[scene.agreeing(one)] != own).any() for one in less), f"{reason} is not smallest"


def subsumed(scene: Scene) -> None:
    """Whether each reason of a label forces another one, too."""
    scene.need(scene.kind.target == "labels" and scene.literal and not scene.excluded)
    one, other = scene.choose.some(range(scene.said.shape[1]), 2, 2)
    own = label_vectors(scene, scene.x[None])[0]
    mine = about_labels(scene, lambda vectors: vectors[:, one] != own[one])
    theirs = about_labels(scene, lambda vectors: vectors[:, other] != own[other])
    found = scene.explainer.reasons_subsumed(one, other)
    if found.value is None:
        raise OpenError(str(found))
    assert found.value == all(theirs.holds(reason) for reason in mine.sufficient), (one, other, found)


def related(scene: Scene) -> None:
    """All relations of labels at once, by all rows."""
    scene.need(scene.kind.target == "labels" and not scene.excluded)
    names, vectors = scene.explainer.label_names, scene.said == 1
    graph = scene.explainer.label_graph(co_occurrence=True)
    if graph.graph["undecided"]:
        raise OpenError("some relation is undecided")
    told = [True if v.all() else False if not v.any() else None for v in vectors.T]
    always = dict(zip(names, told, strict=True))
    assert {name: graph.nodes[name]["always"] for name in names} == always
    expected: dict[tuple[str, str], str] = {}
    for i, j in itertools.permutations([i for i, name in enumerate(names) if always[name] is None], 2):
        a, b = vectors[:, i], vectors[:, j]
        if (a == b).all():
            expected[names[i], names[j]] = "equivalent"
        elif (~a | b).all():
            expected[names[i], names[j]] = "implies"
        elif not (a & b).any():
            expected[names[i], names[j]] = "excludes"
        elif not (~b | a).all():
            expected[names[i], names[j]] = "co-occurs"
    assert {(a, b): kind["relation"] for a, b, kind in graph.edges(data=True)} == expected


REST = {
    "predict": predicted,
    "explain_rows": explained,
    "to_cnf": formula,
    "to_cnf of labels": formulas_of_labels,
    "rectify": rectified,
    "reasons_subsumed": subsumed,
    "label_graph": related,
}
