"""The answers of boosted trees, and of regressors of every kind of tree."""

from __future__ import annotations

import numpy as np

from ...engine.models import CompiledEnsemble
from ..forest.answers import ForestWhole
from ..forest.checks import ForestChecks
from ..forest.contrastive import ForestContrastive
from ..forest.counts import ForestCounts
from .range import RangeAnswers
from .tree_specific import TreeSpecificAnswers


class BoostedAnswers(ForestCounts, ForestContrastive, TreeSpecificAnswers, ForestChecks, RangeAnswers, ForestWhole):
    """Answers the queries about boosted trees, exactly."""

    @property
    def one_column_a_tree(self) -> bool:
        """Whether each tree tests one column, no two the same: the terms of a linear model."""
        return bool(self.form("one column a tree", lambda: _one_column_a_tree(self.session.compiled)))


def _one_column_a_tree(compiled: CompiledEnsemble) -> bool:
    trees, conditions = compiled.trees, compiled.vocabulary.conditions
    inner = np.nonzero(trees.literal)[0]
    column = np.array([conditions[abs(v) - 1].feature for v in trees.literal[inner].tolist()], dtype=np.int64)
    tree = np.searchsorted(trees.root, inner, side="right")
    pairs = set(zip(tree.tolist(), column.tolist(), strict=True))
    return len(pairs) == len({t for t, _ in pairs}) == len({c for _, c in pairs})
