"""The answers of boosted trees, and of regressors of every kind of tree."""

from __future__ import annotations

from ..forest.answers import ForestWhole
from ..forest.checks import ForestChecks
from ..forest.contrastive import ForestContrastive
from ..forest.counts import ForestCounts
from .range import RangeAnswers
from .tree_specific import TreeSpecificAnswers


class BoostedAnswers(ForestCounts, ForestContrastive, TreeSpecificAnswers, ForestChecks, RangeAnswers, ForestWhole):
    """Answers the queries about boosted trees, exactly."""
