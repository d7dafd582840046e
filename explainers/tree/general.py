"""A tree as the ensemble of one, for questions about boxes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import Bools
from ...engine.ensembles.chances import TwoSides, sides_of_tree
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.literals import LiteralView
from .core import TreeCore


class TreeGeneral(TreeCore):
    """How boxes of a tree are asked about."""

    def sides(self, *, votes: bool = False) -> TwoSides:
        return self._sides_of(self.good())

    def _sides_of(self, good: Bools) -> TwoSides:
        session = self.session
        key = "sides", good.tobytes()
        if key not in session.cache:
            clauses = session.clauses if session.theory_on else ()
            compiled = session.compiled
            session.cache[key] = sides_of_tree(compiled.tree, len(compiled.classes), good, session.space, clauses)
        found: TwoSides = session.cache[key]
        return found

    def leaving(self, target: Any = None, *, away: bool = False) -> EnsembleQuestion:
        """Return the question whether inputs in a box leave O; a tree leaves nothing in doubt."""
        good = self.good(target)
        key = "leaving", good.tobytes()
        if key not in self.session.cache:
            sides = self._sides_of(good)
            self.session.cache[key] = EnsembleQuestion(
                sides.layout, sides.sums, sides.columns, self.session.where.cells
            )
        found: EnsembleQuestion = self.session.cache[key]
        return found

    def literal_view(self) -> LiteralView:
        """Return the question what forces the tree's decision, over literals."""
        session = self.session
        banned = np.array([a.feature in session.excluded for a in session.space.attributes], dtype=np.bool_)
        return LiteralView(self.leaving(), session.here, banned)
