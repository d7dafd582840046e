"""Recourse by looking at every row of a small domain: what is allowed and what it costs, straight from the arguments.

Columns: two numbers (a, b), an integer (n), a bit (f), a category of three codes (k), a one-hot group (h0, h1, h2).
"""

from __future__ import annotations

import itertools
import math

import numpy as np

NAMES = ("a", "b", "n", "f", "k", "h0", "h1", "h2")
TYPES = {"integer": ["n"], "binary": ["f"], "categorical": {"k": [0, 1, 2], "h*": ["p", "q", "r"]}}
FEATURES = ("a", "b", "n", "f", "k", "h*")
NUMBERS = ("a", "b", "n")
BORDERS = (0.5, 1.0, 1.5, 2.0, 2.5)  # halfway between two of the numbers of ``drawn_rows``


def drawn_rows(rng, n):
    """Rows whose numbers are small, so that few thresholds are possible."""
    hot = np.eye(3)[rng.integers(0, 3, n)]
    return np.column_stack(
        [rng.integers(0, 4, n), rng.integers(0, 4, n), rng.integers(0, 4, n), rng.integers(0, 2, n),
         rng.integers(0, 3, n), hot]
    ).astype(float)  # fmt: skip


def neighbours(value):
    one = np.float32(value)
    return [float(np.nextafter(one, np.float32(-np.inf))), float(one), float(np.nextafter(one, np.float32(np.inf)))]


def values_of(row, step_of, bounds):
    """The values of each feature that a cheapest plan can have."""
    numbers = sorted({v for border in (*BORDERS, *bounds) for v in neighbours(border)})
    found = []
    for place, name in enumerate(("a", "b")):
        own = row[place]
        if name in step_of:
            step, anchor = step_of[name] if isinstance(step_of[name], tuple) else (step_of[name], own)
            found.append(sorted({own, *(anchor + k * step for k in range(-20, 21))}))
        else:
            found.append(sorted({own, *numbers, *neighbours(own)}))
    wholes = range(-1, 6)
    if "n" in step_of:
        step, anchor = step_of["n"] if isinstance(step_of["n"], tuple) else (step_of["n"], row[2])
        wholes = {v for k in range(-20, 21) if (v := anchor + k * step) == math.floor(v)} | {row[2]}
    found.append([float(v) for v in sorted(wholes)])
    return [*found, [0.0, 1.0], [0.0, 1.0, 2.0], [0, 1, 2]]


def all_rows(row, step_of, bounds):
    """Every row that a cheapest plan can be."""
    listed = list(itertools.product(*values_of(row, step_of, bounds)))
    flat = np.array(listed, dtype=float)
    return np.column_stack([flat[:, :5], np.eye(3)[flat[:, 5].astype(int)]])


def features(row):
    """A row as values of features."""
    return dict(zip(FEATURES, (*row[:5], "pqr"[int(np.argmax(row[5:]))]), strict=True))


def is_allowed(old, new, asked):
    """Whether a change is allowed, by the arguments of a question (`old`, `new`: values of features)."""
    changed = {f for f in FEATURES if old[f] != new[f]}
    if changed & set(asked.get("immutable", ())) or len(changed) > asked.get("at_most", len(FEATURES)):
        return False
    for f, way in asked.get("monotone", {}).items():
        if f in changed and (new[f] > old[f]) != (way == "increasing"):
            return False
    for f, (low, high) in asked.get("ranges", {}).items():
        if f in changed and not (low is None or new[f] >= low) & (high is None or new[f] <= high):
            return False
    for f, kept in asked.get("moves", {}).items():
        if f in changed and new[f] not in kept:
            return False
    if any(0 < len(changed & set(group)) < len(group) for group in asked.get("together", ())):
        return False
    return all(rule(old, new) for rule in asked.get("checks", ()))


def cost_of(old, new, asked, data):
    """What a change costs."""
    total = 0.0
    kind, scale = asked.get("cost", "l1"), asked.get("scale")
    for place, f in enumerate(FEATURES):
        if old[f] == new[f]:
            continue
        fixed = asked.get("fixed", 0.0)
        total += fixed.get(f, 0.0) if isinstance(fixed, dict) else fixed
        price = asked.get("prices", {}).get(f, 1.0)
        if f not in NUMBERS:
            if isinstance(price, dict):
                price = price.get((old[f], new[f]), price.get(new[f], 1.0))
            total += price
            continue
        if isinstance(price, tuple):
            price = price[0] if new[f] > old[f] else price[1]
        column = data[:, place]
        if kind == "l0":
            total += price
        elif kind == "percentile":
            total += price * abs((column <= new[f]).mean() - (column <= old[f]).mean())
        else:
            unit = 1.0
            if scale == "mad":
                unit = np.median(np.abs(column - np.median(column))) or column.std() or 1.0
            if scale == "std":
                unit = column.std() or 1.0
            moved = abs(new[f] - old[f]) / unit
            total += price * (moved if kind == "l1" else moved**2)
    return total


def cheapest(row, asked, wanted, data):
    """The least cost of an allowed row that is decided as wanted (infinite: there is none).

    `wanted`: rows -> whether each is decided so.
    """
    rows = all_rows(row, asked.get("steps", {}), asked.get("bounds", ()))
    good = rows[wanted(rows)]
    old, told = features(row), {}
    costs = np.zeros(len(good))
    for place, f in enumerate(FEATURES):  # costs add up feature by feature
        values = good[:, place] if f != "h*" else good[:, 5:].argmax(axis=1)
        for value in np.unique(values):
            new = {**old, f: "pqr"[int(value)] if f == "h*" else value}
            told[f, value] = cost_of(old, new, asked, data)
        costs += np.array([told[f, value] for value in values])
    for i in np.argsort(costs, kind="stable"):
        new = features(good[i])
        if is_allowed(old, new, asked):
            return cost_of(old, new, asked, data)
    return math.inf
