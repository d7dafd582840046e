"""Scores that add one term a column: naive Bayes and linear models as ensembles of one-column trees.

Each term becomes a tree whose tests are on its column alone, so that the compiled form is that of boosted trees.

Libraries that multiply matrices add the terms in an order of their own (it depends on the machine and on the number of
rows). Then the compiled sums are those of the columns' order, and ``slack`` bounds how far the library's may be off:
n numbers add up, in any order and with or without fused multiplication, to within ``n u / (1 - n u)`` times the sum of
their sizes, u being half the distance from 1 to the next number (Higham, Accuracy and Stability of Numerical
Algorithms, 2002, sections 3.1 and 4.2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Reading
from ...engine.domain.theory import Feature
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ...engine.models.ensembles import EnsembleArrays
from .growth import Split, grow_many

_HALF = 2.0**-53
_WHOLE = 50  # whole numbers below 2^50 add up without error in any order
LEAST = 5e-324  # the least number above 0


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """What one column adds to the scores.

    Attributes
    ----------
    tests : tuple of Condition
        One test fewer than there are pieces. With `ordered` they are tests by order, ascending: piece i is where the
        first i of them are true. Else piece i is where test i is the first true one (the last piece: none is).
    values : ndarray of float64, shape (n_pieces, n_scores)
        What each piece adds.
    ordered : bool
        See `tests`.
    """

    tests: tuple[Condition, ...]
    values: F64
    ordered: bool = True

    @property
    def constant(self) -> bool:
        """Whether all pieces add the same."""
        return bool((self.values == self.values[0]).all())

    def split(self, node: tuple[int, int]) -> Split | None:
        """Return the test of a node and its children; a node is a range of pieces (first, last)."""
        first, last = node
        if first == last or self.constant:
            return None
        if not self.ordered:
            return self.tests[first], (first + 1, last), (first, first)
        middle = (first + last) // 2
        return self.tests[middle], (first, middle), (middle + 1, last)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the columns of an additive model are, and the ways in and out of it (see ``CompiledEnsemble``)."""

    names: tuple[str, ...]
    features: tuple[Feature, ...]
    read: Callable[[Any], NDArray[np.float64]]
    to_user_row: Callable[[NDArray[np.float64]], NDArray[Any]]
    predict: Callable[[NDArray[np.float64]], NDArray[Any]]
    reading: Reading = Reading.FLOAT64
    labels: dict[int, tuple[Any, ...]] | None = None
    missing: frozenset[int] = frozenset()
    own_readings: Mapping[int, Reading] = field(default_factory=dict)
    dtypes: tuple[str, ...] = ()


def additive_model(
    terms: Sequence[Term],
    base: F64,
    shape: Shape,
    classes: tuple[Any, ...],
    model: Any,
    *,
    last: F64 | None = None,
    slack: float = 0.0,
) -> CompiledEnsemble:
    """Return the compiled form of a sum of terms.

    Parameters
    ----------
    terms : sequence of Term
        In the order in which they are added.
    base : ndarray of float64, shape (n_scores,)
        What the sums start from. One score: class 1 where it is above 0; more: the first greatest one.
    shape : Shape
        The columns.
    classes : tuple
        Labels; none for a regressor, whose prediction the only score is.
    model : object
        The user's model.
    last : ndarray of float64, shape (n_scores,), optional
        What is added after all terms.
    slack : float
        See ``CompiledEnsemble``.
    """
    every = list(terms)
    if last is not None or not every:  # an ensemble has a tree
        every.append(Term((), np.zeros((1, len(base))) if last is None else last.reshape(1, -1)))
    roots = [(0, len(term.tests)) for term in every]
    grown = grow_many(roots, lambda t, node: every[t].split(node), shape.reading, missing=shape.missing)
    values = np.array([every[t].values[node[0]] for t, node in grown.leaves]).reshape(len(grown.leaves), len(base))
    trees = EnsembleArrays(*grown[:5], np.ascontiguousarray(values, np.float64), np.ascontiguousarray(base, np.float64))
    vocabulary = Vocabulary(grown.conditions, shape.names, shape.reading, shape.labels or {}, shape.own_readings)
    return CompiledEnsemble(
        trees, vocabulary, classes, shape.features, shape.read, shape.to_user_row, shape.predict, shape.missing, model,
        "boosted" if classes else "value", LEAST if classes and len(base) == 1 else 0.0, slack=slack,
        dtypes=shape.dtypes,
    )  # fmt: skip


def any_order_slack(terms: Sequence[Term], base: F64, unit: float = _HALF, factors: Sequence[F64] = ()) -> float:
    """Return how far two floating-point sums of the same terms can be apart, whatever their orders.

    Parameters
    ----------
    terms, base
        What is added.
    unit : float
        Half the distance from 1 to the next number, in the coarsest precision that is used.
    factors : sequence of ndarray of float64
        What was multiplied for the terms: libraries may add products that they did not round (fused multiply-add).

    Returns
    -------
    float
        0 where all sums are exact: all numbers are whole multiples of one power of two, and few enough.
    """
    numbers = np.concatenate([base.reshape(1, -1), *(term.values for term in terms)])
    largest = np.abs(base) + np.sum([np.abs(term.values).max(axis=0) for term in terms], axis=0, initial=0.0)
    total = float(np.max(largest, initial=0.0))
    for shift in range(0, _WHOLE, 2) if unit == _HALF else ():
        if total * 2.0**shift >= 2.0**_WHOLE:
            break
        multiplied = (_is_whole(array, shift // 2) for array in factors)  # then products are whole at `shift`
        if _is_whole(numbers, shift) and all(multiplied):
            return 0.0
    count = len(terms) + 4  # additions, the product of each term, and the rounding of this bound itself
    return 4.0 * count * unit / (1.0 - count * unit) * total


def _is_whole(numbers: F64, shift: int) -> bool:
    """Tell whether numbers are whole multiples of ``2 ** -shift``."""
    scaled = np.ldexp(numbers, shift)
    return bool((scaled == np.floor(scaled)).all())


def check_finite(model: Any, **arrays: NDArray[Any]) -> None:
    """Raise UnsupportedModelError if a fitted number is NaN or infinite."""
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise UnsupportedModelError(
                f"{type(model).__name__} has {name} with {float(array[~np.isfinite(array)][0])}: expected finite "
                "numbers; fit it again (naive Bayes: with alpha > 0)"
            )
