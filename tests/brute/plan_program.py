"""The cheapest plan as an integer program, straight from the trees of a boosted regressor: a second exact way.

A binary for each stretch between thresholds of a free feature, one for each leaf; a leaf is reached only if its
stretches are chosen, the leaves add up to what is wanted, and the changes cost least. Of the library it shares only the
form of a linear program and the solver.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from suffice.engine.forms import Linear

COST = 10**7  # a unit of cost as whole numbers


def dyadic(model, bits=10):
    """Round the leaves of a gradient-boosted regressor to whole multiples of a power of two: its sums are exact."""
    for tree in model.estimators_[:, 0]:
        values = tree.tree_.value
        values[:] = np.round(values * 2**bits) / 2**bits
    return model


def leaves_of(tree):
    """Yield (value, {feature: (low, high)}) of each leaf: low < x <= high."""
    todo = [(0, {})]
    while todo:
        node, box = todo.pop()
        if tree.children_left[node] < 0:
            yield float(tree.value[node, 0, 0]), box
            continue
        f, t = int(tree.feature[node]), float(tree.threshold[node])
        low, high = box.get(f, (-math.inf, math.inf))
        todo.append((int(tree.children_left[node]), {**box, f: (low, min(high, t))}))
        todo.append((int(tree.children_right[node]), {**box, f: (max(low, t), high)}))


def nearest(own, low, high):
    """The float32 in low < x <= high that is nearest to a number."""
    first = np.float32(low)
    if math.isfinite(low) and float(first) <= low:
        first = np.nextafter(first, np.float32(np.inf))
    last = np.float32(high)
    if math.isfinite(high) and float(last) > high:
        last = np.nextafter(last, np.float32(-np.inf))
    if first > last:
        return None
    return float(min(max(np.float32(own), first), last))


def program(model, row, free, goal, prices):
    """The program for ``model.predict(x) >= goal``, and what each stretch's binary means: (feature, value)."""
    rate = model.learning_rate
    trees = [list(leaves_of(tree.tree_)) for tree in model.estimators_[:, 0]]
    cuts = {
        f: sorted({e for leaves in trees for _, box in leaves for e in box.get(f, ()) if math.isfinite(e)})
        for f in free
    }
    costs, rows, means, place = [], [], [], {}
    for f in free:
        ends = [-math.inf, *cuts[f], math.inf]
        for low, high in itertools.pairwise(ends):
            value = nearest(row[f], low, high)
            if value is not None:
                place.setdefault(f, []).append((len(costs), low, high))
                means.append((f, value))
                costs.append(round(prices[f] * abs(value - float(np.float32(row[f]))) * COST))
        rows.append(({v: 1.0 for v, _, _ in place[f]}, 1.0, 1.0))
    total = {}
    for leaves in trees:
        chosen = {}
        for value, box in leaves:
            fixed = {f: ends for f, ends in box.items() if f not in free}
            if any(not low < float(np.float32(row[f])) <= high for f, (low, high) in fixed.items()):
                continue
            leaf = len(costs)
            costs.append(0)
            chosen[leaf], total[leaf] = 1.0, value * rate
            for f, (low, high) in box.items():
                if f in free:
                    inside = {v: 1.0 for v, a, b in place[f] if low <= a and b <= high}
                    rows.append(({**inside, leaf: -1.0}, 0.0, math.inf))
        rows.append((chosen, 1.0, 1.0))
    rows.append((total, goal, math.inf))
    return Linear.build([float(c) for c in costs], rows, lower=0.0, upper=1.0, integer=True), means
