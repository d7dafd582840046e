"""All cells of the domain of a model over three columns of numbers, and the reasons that follow from them."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
from suffice import Explainer

WIDTH = 3


def in_float32(number, *, down):
    """The float32 number next to a number; with `down` the greatest one up to it."""
    near = np.float32(number)
    return float(np.nextafter(near, np.float32(-np.inf)) if down and float(near) > number else near)


class Grid:
    """All cells of the domain of a model, with what its own ``predict`` says in each."""

    def __init__(self, explainer, model):
        conditions = explainer.session.compiled.vocabulary.conditions
        self.borders = [sorted({c.threshold for c in conditions if c.feature == f}) for f in range(WIDTH)]
        self.values = []
        above = all(c.operator.name in ("GT", "LE") for c in conditions)  # tests are x > border, else x >= border
        for borders in self.borders:
            single = [in_float32(border, down=above) for border in borders]
            inside = [(a + b) / 2 for a, b in itertools.pairwise(single)]
            if {float(np.float32(middle)) for middle in inside} & {*single}:  # neighbours: a cell of one number
                inside = single[1:] if above else single[:-1]
            ends = [single[0] - 1, *inside, single[-1] + 1] if single else [0.0]
            self.values.append(ends)
        rows = np.array(list(itertools.product(*self.values)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            said = model.predict(rows)
        self.shape = tuple(len(v) for v in self.values)
        self.said = np.array(said).reshape(self.shape)

    def row(self, cell):
        return np.array([self.values[f][c] for f, c in enumerate(cell)])

    def maximal_boxes(self, cell, good):
        """The maximal boxes around a cell in which all is good."""
        ranges = [[(a, b) for a in range(c + 1) for b in range(c, n)] for c, n in zip(cell, self.shape, strict=True)]
        boxes = [box for box in itertools.product(*ranges) if good[tuple(slice(a, b + 1) for a, b in box)].all()]
        return [
            one for one in boxes
            if not any(
                other != one and all(p <= a and b <= q for (a, b), (p, q) in zip(one, other, strict=True))
                for other in boxes
            )
        ]  # fmt: skip

    def as_ranges(self, explainer, reason):
        """The box of a reason: how many borders of each feature it puts below and above."""
        box = [[0, n - 1] for n in self.shape]
        for literal in reason:
            condition = explainer.session.compiled.vocabulary.conditions[abs(literal) - 1]
            f, place = condition.feature, self.borders[condition.feature].index(condition.threshold)
            above = (condition.operator.name in ("GE", "GT")) == (literal > 0)
            box[f][0 if above else 1] = place + 1 if above else place
        return tuple((a, b) for a, b in box)

    def feature_sets(self, cell, good):
        """All minimal sets of features that force, and all minimal ones whose change can leave, what is good."""
        every = [frozenset(s) for n in range(WIDTH + 1) for s in itertools.combinations(range(WIDTH), n)]
        forces = [s for s in every if good[tuple(c if f in s else slice(None) for f, c in enumerate(cell))].all()]
        leaves = [s for s in every if not good[tuple(slice(None) if f in s else c for f, c in enumerate(cell))].all()]
        return [{s for s in family if not any(t < s for t in family)} for family in (forces, leaves)]


def compare(explainer, grid, cell, good):
    """Compare reasons at a cell with those that follow from all cells, `good` where the outcome is what is asked."""
    names = explainer.session.compiled.vocabulary.names
    reasons = explainer.sufficient_reason(n=Explainer.ALL)
    assert {grid.as_ranges(explainer, r) for r in reasons} == set(grid.maximal_boxes(cell, good))
    assert len(reasons) == len(set(reasons))
    for weights in ("cells", [3, 1, 2]):
        found = explainer.most_general_reason(weight=weights)
        boxes = grid.maximal_boxes(cell, good)
        best = max(_weight(box, weights) for box in boxes)
        assert found.status == "optimal"
        assert grid.as_ranges(explainer, found) in boxes
        assert _weight(grid.as_ranges(explainer, found), weights) == best
    forces, leaves = grid.feature_sets(cell, good)
    found = explainer.sufficient_reason(n=Explainer.ALL, over="features")
    assert {frozenset(names.index(f) for f in r) for r in found} == forces
    found = explainer.contrastive_reason(n=Explainer.ALL, over="features")
    assert {frozenset(names.index(f) for f in r) for r in found} == leaves
    smallest = explainer.minimal_contrastive_reason(over="features")
    assert len(smallest) == min(map(len, leaves)) if leaves else smallest is None
    if not explainer.session.compiled.slack:  # programs know no doubt about sums
        one = explainer.sufficient_reason(solver="cpsat")
        assert grid.as_ranges(explainer, one) in grid.maximal_boxes(cell, good)
    best = explainer.tree_specific_reason() if explainer.session.compiled.voting in ("boosted", "value") else None
    if best is not None:
        box = grid.as_ranges(explainer, best)
        assert good[tuple(slice(a, b + 1) for a, b in box)].all()
        assert explainer.is_tree_specific_reason(best, check_minimal_inclusion=True)
        assert explainer.is_implicant(best)


def _weight(box, weights):
    """How many cells a box has, added up over the columns."""
    each = [1, 1, 1] if weights == "cells" else weights
    return sum(w * (b - a + 1) for w, (a, b) in zip(each, box, strict=True))
