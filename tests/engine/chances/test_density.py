"""The density tree: a mixture of what its leaves' rows count, that finds what features say together."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import suffice
from sklearn.tree import DecisionTreeClassifier
from suffice.engine.budget import Deadline
from suffice.engine.chances.density import density_tree
from suffice.engine.chances.masses import cells_of_rows


def space_of(rows, labels):
    """The space of a tree that is fitted to rows."""
    model = DecisionTreeClassifier(max_depth=4, random_state=0).fit(rows, labels)
    return suffice.Explainer.initialize(model, rows[0]).session.space


def test_it_tells_dependent_features_from_independent_ones():
    rng = np.random.default_rng(0)
    rows = np.round(rng.random((400, 3)), 3)
    labels = (rows[:, 0] > 0.5).astype(int) + 2 * (rows[:, 1] > 0.5) + 4 * (rows[:, 2] > 0.5)
    space = space_of(rows, labels)
    assert len(density_tree(space, rows, cells_of_rows(space, rows), Deadline()).parts) == 1
    rows[:, 1] = rows[:, 0]
    rows[:2, 1] = 1 - rows[:2, 1]
    together = density_tree(space, rows, cells_of_rows(space, rows), Deadline())
    assert len(together.parts) > 1
    assert sum(part.weight for part in together.parts) == 1


def test_its_masses_are_those_of_the_rows():
    rng = np.random.default_rng(1)
    rows = np.round(rng.random((200, 2)), 3)
    rows[:, 1] = np.round(rows[:, 0] + 0.1 * rows[:, 1], 3)
    labels = (rows.sum(axis=1) > 1).astype(int)
    space = space_of(rows, labels)
    cells = cells_of_rows(space, rows)
    tree = density_tree(space, rows, cells, Deadline())
    for a, attribute in enumerate(space.attributes):
        for cell in range(attribute.n_cells):
            share = sum(part.weight * Fraction(part.masses[a][cell], part.totals[a]) for part in tree.parts)
            assert share == Fraction(int((cells[:, a] == cell).sum()), len(rows))
