"""Numbers of cells as trees: what is added up over the features of an input, beside a model's own scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.attributes import Attribute
from ...engine.domain.space import Space
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays


def table_of(
    form: CompiledEnsemble, space: Space, numbers: list[F64], known: list[Bools], start: float = 0.0
) -> CompiledEnsemble:
    """Return a model of one number: the sum, over the attributes, of a number for each cell.

    Parameters
    ----------
    form : CompiledEnsemble
        Some model over the space.
    space : Space
        The domain.
    numbers : list of ndarray of float64
        For each attribute the number of each of its cells.
    known : list of ndarray of bool
        Of which cells the number matters.
    start : float
        What the sum starts from.
    """
    nodes: list[tuple[int, int, int, int]] = []  # literal, left, right, leaf
    values: list[float] = []
    roots = [
        _grow(attribute, of, np.nonzero(seen)[0].tolist(), nodes, values)
        for attribute, of, seen in zip(space.attributes, numbers, known, strict=True)
    ]
    literal, left, right, leaf = (np.ascontiguousarray(c) for c in np.array(nodes, np.int32).reshape(-1, 4).T)
    trees = EnsembleArrays(
        np.array(roots, np.int32), literal, left, right, leaf, np.array(values, np.float64).reshape(-1, 1),
        np.array([start]),
    )  # fmt: skip
    return number_of(form, trees)


def number_of(form: CompiledEnsemble, trees: EnsembleArrays) -> CompiledEnsemble:
    """Return a model of one number, which trees add up (`form`: some model)."""
    return replace(form, trees=trees, classes=(), voting="value", transform=None, link="identity", slack=0.0)


def _grow(
    attribute: Attribute, numbers: F64, cells: list[int], nodes: list[tuple[int, int, int, int]], values: list[float]
) -> int:
    """Add the tree that tells the number of each cell; return its root."""
    truth = attribute.truth_table()
    stack, root = [(cells, -1, False)], len(nodes)
    while stack:
        here, parent, right = stack.pop()
        place = len(nodes)
        if parent >= 0:
            literal, low, high, leaf = nodes[parent]
            nodes[parent] = (literal, low, place, leaf) if right else (literal, place, high, leaf)
        of = numbers[here]
        if len(set(of.tolist())) <= 1:
            nodes.append((0, -1, -1, len(values)))
            values.append(float(of[0]) if len(of) else 0.0)
            continue
        share = truth[:, here].sum(axis=1)
        v = int(np.argmin(np.abs(2 * share - len(here))))  # the test that splits them most evenly
        nodes.append((int(attribute.variables[v]) + 1, -1, -1, -1))
        stack.append(([c for c in here if truth[v, c]], place, True))
        stack.append(([c for c in here if not truth[v, c]], place, False))
    return root
