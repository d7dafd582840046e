"""Linear models as published scripts build them: coefficients and intercepts of a learner, classes 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.given import count_of
from .learner import LearnerInformation, names_told
from .linear import LinearModel
from .nodes import MOST_FEATURES, is_index
from .published import PublishedModel


class LinearModelSimple(PublishedModel, LinearModel):
    """A linear classifier: the class of the greatest sum, of two classes the second one where the sum is above 0.

    Parameters
    ----------
    n_features : int
        Number of columns.
    coefficients : matrix of float
        A row of weights for each sum: one for two classes, else one a class; as ``coef_`` of scikit-learn has them.
    intercepts : sequence of float
        What each sum starts from.
    n_classes : int, optional
        Number of classes, that of `class_names` by default.
    learner_information : LearnerInformation, optional
        Names that are not given are taken from it.
    feature_names : sequence of str, optional
        f1, f2, … by default.
    class_names : sequence, optional
        Labels; default: 0, 1, …, as many as there are sums (two for one sum).

    Raises
    ------
    BadInputError
        If the numbers do not go together.
    """

    bounds_later = True  # published scripts tell the bounds of the columns after the instance

    def __init__(
        self,
        n_features: int,
        *,
        coefficients: Any,
        intercepts: Any,
        n_classes: int | None = None,
        learner_information: LearnerInformation | None = None,
        feature_names: Sequence[str] | None = None,
        class_names: Sequence[Any] | None = None,
    ) -> None:
        self.learner_information = learner_information
        feature_names, class_names = names_told(learner_information, feature_names, class_names)
        if class_names is None:
            class_names = range(_sums(coefficients)) if _sums(coefficients) > 1 else (0, 1)
        super().__init__(coefficients, intercepts, feature_names=feature_names, class_names=class_names)
        count_of(n_features, "n_features", MOST_FEATURES)
        if n_features != self.n_features:
            raise BadInputError(
                f"coefficients have {self.n_features} columns: expected n_features={shown(n_features)} of them"
            )
        if n_classes is not None and not (is_index(n_classes, 2**31) and n_classes == len(self.classes)):
            raise BadInputError(
                f"n_classes={shown(n_classes)}: expected the number of class_names, {len(self.classes)}"
            )


class LinearModelLogistic(LinearModelSimple):
    """A logistic classifier: it decides as ``LinearModelSimple``, since the logistic function is increasing."""


def _sums(coefficients: Any) -> int:
    """Return how many sums coefficients make."""
    try:
        rows = list(coefficients)
        return len(rows) if rows and hasattr(rows[0], "__len__") else 1
    except TypeError:
        return 1
