"""A tree as the ensemble of one, for questions about boxes."""

from __future__ import annotations

import numpy as np

from ...engine.ensembles.layout import lay_out
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.sums import Arithmetic, class_columns, whole_values
from ...engine.ensembles.views.literals import LiteralView
from ...engine.models.ensembles import EnsembleArrays
from .core import TreeCore


class TreeGeneral(TreeCore):
    """How boxes of a tree are asked about."""

    def literal_view(self) -> LiteralView:
        """Return the question what forces the tree's decision, over literals."""
        session = self.session
        tree, good = session.compiled.tree, self.good()
        inner = np.asarray(tree.literal) != 0
        leaf = np.where(inner, -1, np.cumsum(~inner) - 1).astype(np.int32)
        values = np.eye(len(good))[np.asarray(tree.outcome)[~inner]]
        trees = EnsembleArrays(
            np.zeros(1, np.int32), tree.literal, tree.left, tree.right, leaf, values, np.zeros(len(good))
        )
        clauses = session.clauses if session.theory_on else ()
        layout = lay_out(trees, session.space, clauses)
        sums = Arithmetic(values, trees.base, 1.0, good, 0.0, 0.0)
        question = EnsembleQuestion(layout, sums, class_columns(whole_values(trees), good), session.where.cells)
        banned = np.array([a.feature in session.excluded for a in session.space.attributes], dtype=np.bool_)
        return LiteralView(question, session.here, banned)
