"""The trees of an ensemble over the elements of a space, laid out in the core.

What is guaranteed of the form, ``native/ensembles/layout.hpp`` says.
"""

from __future__ import annotations

import numpy as np

from .. import _native
from .._native import Layout
from ..arrays import I8, I32, I64
from ..domain.cuts import flat_cuts
from ..domain.space import Space
from ..models.ensembles import EnsembleArrays

__all__ = ["Layout", "elements_of_conditions", "lay_out"]

_BASE, _CELLS, _COUNT, _INTERVAL, _WORDS = range(5)  # columns of the table of attributes
_OWNER, _ROW = range(2)  # columns of the table of tests
_WIDTH = 64  # cells a word


def lay_out(trees: EnsembleArrays, space: Space, clauses: tuple[tuple[int, ...], ...] = ()) -> Layout:
    """Return the ensemble over the elements of a space (clauses of signed conditions always hold)."""
    element_of, side_of = elements_of_conditions(space)
    attribute, test, truth = _tables(space)
    return _native.lay_out(
        trees.root, trees.literal, trees.left, trees.right, trees.leaf, element_of, side_of, attribute, test, truth,
        *_clauses(clauses, element_of, side_of),
    )  # fmt: skip


def elements_of_conditions(space: Space) -> tuple[I32, I8]:
    """Return the element of each condition (-1: constant), and 1 if it is true where the element is, else -1.

    For a constant the second array says whether it is true (1) or false (-1).
    """
    element = np.full(len(space.vocabulary), -1, dtype=np.int32)
    side = np.ones(len(space.vocabulary), dtype=np.int8)
    cuts = flat_cuts(space)
    element[cuts.variable] = np.where(cuts.cut >= 0, space.element_base[cuts.attribute] + cuts.cut, -1)
    side[cuts.variable] = np.where(cuts.rising, 1, -1)
    for number in cuts.others:
        variables = space.attributes[number].variables
        element[variables] = int(space.element_base[number]) + np.arange(len(variables))
    return element, side


def _tables(space: Space) -> tuple[I64, I64, I64]:
    """Return what is known of attributes, of their elements, and the cells where those that are no cuts are true.

    A row of the first has an attribute's first element; where its cells begin among the listed ones; its number of
    cells; whether cuts describe it; where a set of its cells begins among the sets of all listed attributes, 64 cells a
    word. A row of the second has an element's attribute, and where its set of cells begins in the third (-1: a cut).
    """
    n = len(space.attributes)
    table = np.zeros((n + 1, 5), dtype=np.int64)
    table[:, _BASE] = space.element_base
    table[:n, _COUNT] = [a.n_cells for a in space.attributes]
    table[:n, _INTERVAL] = space.interval
    listed = np.where(table[:n, _INTERVAL] != 0, 0, table[:n, _COUNT])
    table[1:, _CELLS] = np.cumsum(listed)
    table[1:, _WORDS] = np.cumsum((listed + _WIDTH - 1) // _WIDTH)
    test = np.full((len(space.element_literal), 2), -1, dtype=np.int64)
    test[:, _OWNER] = space.element_attribute
    parts = []
    size = 0
    for number, attribute in enumerate(space.attributes):
        if not attribute.interval:
            first, m = int(space.element_base[number]), len(attribute.truth)
            words = int(table[number + 1, _WORDS] - table[number, _WORDS])
            test[first : first + m, _ROW] = size + words * np.arange(m)
            padded = np.zeros((m, words * _WIDTH), np.bool_)
            padded[:, : attribute.n_cells] = attribute.truth
            parts.append(np.packbits(padded, axis=1, bitorder="little").view("<i8").ravel())
            size += m * words
    truth = np.concatenate(parts).astype(np.int64) if parts else np.zeros(0, dtype=np.int64)
    return table, test, truth


def _clauses(clauses: tuple[tuple[int, ...], ...], element_of: I32, side_of: I8) -> tuple[I64, I64]:
    at, pairs = [0], []
    for clause in clauses:
        mine = []
        for literal in clause:
            v = abs(literal) - 1
            wanted = int(side_of[v]) * (1 if literal > 0 else -1)
            if element_of[v] >= 0:
                mine.append((int(element_of[v]), wanted))
            elif wanted > 0:
                break  # a constant makes the clause true
        else:
            pairs += mine
            at.append(len(pairs))
    return np.array(at, np.int64), np.array(pairs, np.int64).reshape(-1, 2)
