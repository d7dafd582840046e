"""Sums of multiples of the columns: compiled for the numbers that are declared and seen, from weights alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.models import CompiledEnsemble, label_array
from ..columns.rows import copy_row
from .additive import Shape, additive_model, any_order_slack
from .declared import listed_values, number_reader, term_of

_HALF = 2.0**-53


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """What a linear model decides by.

    Attributes
    ----------
    who : str
        The model's class.
    weights : ndarray of float64, shape (n_scores, n_columns)
        The weights.
    start : ndarray of float64, shape (n_scores,)
        What the sums start from. One score: the second class where it is above 0; more: the first greatest one.
    classes : tuple
        Labels; none for a regressor, whose prediction the only score is.
    unit : float
        Half the distance from 1 to the next number in the precision in which its library adds, in whatever order; 0:
        it adds column by column.
    sizes : ndarray of float64, shape (n_columns,), or None
        Of a sum over products that the weights are the sum of: how large the weight of each column is in them together.
    products : int
        How many these are.
    """

    who: str
    weights: F64
    start: F64
    classes: tuple[Any, ...]
    unit: float
    sizes: F64 | None = None
    products: int = 0

    @property
    def used(self) -> NDArray[np.bool_]:
        """The columns that it weighs."""
        used: NDArray[np.bool_] = (self.weights != 0).any(axis=0) if self.sizes is None else self.sizes > 0
        return used

    def compile(
        self, names: tuple[str, ...], own: tuple[str, ...] | None, types: Mapping[str, Any] | None, predict: Any,
        model: Any,
    ) -> CompiledEnsemble:  # fmt: skip
        """Return the compiled form of a model for some types of its columns.

        Raises
        ------
        BadInputError
            If a column that it weighs may be any number.
        """
        used, weights = self.used, self.weights
        features, values = listed_values(types, used, names, self.who)
        terms = [term_of(c, listed, np.outer(listed, weights[:, c])) for c, listed in enumerate(values) if len(listed)]
        if self.sizes is not None:
            slack = self._slack_of_products(values)
        else:
            slack = any_order_slack(terms, self.start, self.unit, [weights, *values]) if self.unit else 0.0
        shape = Shape(names, features, number_reader(names, own), copy_row, predict)
        return additive_model(terms, self.start.copy(), shape, self.classes, model, slack=slack)

    def _slack_of_products(self, values: list[F64]) -> float:
        assert self.sizes is not None
        largest = np.array([np.abs(listed).max(initial=0.0) for listed in values])
        total = float(self.sizes @ largest + np.abs(self.start).max())
        count = self.products + len(values) + 8
        return 4.0 * count * _HALF / (1.0 - count * _HALF) * total

    def sums(self, rows: F64) -> F64:
        """Return the scores of rows of any numbers as the compiled forms have them: added column by column."""
        found: F64 = np.tile(self.start, (len(rows), 1))
        for c in np.flatnonzero(self.used).tolist():
            found = found + rows[:, c : c + 1] * self.weights[:, c]
        return found

    def predict(self, rows: F64) -> NDArray[Any]:
        """Return the labels, or numbers, of rows of any numbers."""
        sums = self.sums(rows)
        if not self.classes:
            return np.ascontiguousarray(sums[:, 0])
        chosen = (sums[:, 0] > 0).astype(np.intp) if sums.shape[1] == 1 else sums.argmax(axis=1)
        labels: NDArray[Any] = label_array(self.classes)[chosen]
        return labels
