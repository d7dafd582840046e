"""Linear models and naive Bayes over counts: each column that may change adds a number for each of its counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.conditions import Condition, Operator
from ...engine.errors import BadInputError
from ...engine.models import CompiledEnsemble, label_tuple
from ..assembly.additive import Shape, Term, additive_model, any_order_slack, check_finite
from ..sklearn import bayes, linear
from .domain import Column
from .steps import Steps

_MOST = 4096  # counts of one column
Adds = Callable[[int, F64], F64]  # column of the model, its values -> what they add, shape (n_values, n_scores)


def only_found(final: Any) -> bool:
    """Tell whether a model only looks which columns are above 0: then a norm changes nothing."""
    return only_compared(final) and final.binarize == 0


def only_compared(final: Any) -> bool:
    """Tell whether a model only looks which columns are above a number."""
    return bayes.accepts(final) and type(final).__name__ == "BernoulliNB" and final.binarize is not None


def is_sum(final: Any) -> bool:
    """Tell whether a model adds up its columns."""
    return linear.accepts(final) or (bayes.accepts(final) and type(final).__name__ != "CategoricalNB")


def parts_of_sum(final: Any) -> tuple[F64, Bools, Adds, float]:
    """Return what the scores start from, which columns are weighed, what values add, and half a unit of the sums.

    Raises
    ------
    UnsupportedModelError, NotFittedModelError
        If the model is not fitted, or has infinite numbers or several outputs.
    """
    if not linear.accepts(final):
        bayes.check_fitted(final)
        return *bayes.adding(final), 2.0**-53
    linear.check_fitted(final)
    weights = np.atleast_2d(linear.weights_of(final))
    starts = np.broadcast_to(np.asarray(final.intercept_, np.float64).ravel(), (len(weights),)).copy()
    check_finite(final, coef_=weights, intercept_=starts)
    return starts, (weights != 0).any(axis=0), lambda j, values: np.outer(values, weights[:, j]), linear.unit_of(final)


def counts_of(columns: Sequence[Column], who: str) -> list[F64]:
    """Return the values of each column, ascending.

    Raises
    ------
    BadInputError
        If one may be any number.
    """
    endless = [column.name for column in columns if column.high - column.low >= _MOST]
    if endless:
        raise BadInputError(
            f"{who} adds a multiple of each count, and {endless[:6]} may occur any number of times: declare how often "
            f"at most, such as features_type={{'integer': {{{endless[0]!r}: (0, 3)}}}} (below {_MOST})"
        )
    return [np.arange(column.low, int(column.high) + 1, dtype=np.float64) for column in columns]


def compile_sum(steps: Steps, columns: Sequence[Column], shape: Shape, model: Any) -> CompiledEnsemble:
    """Return the compiled form of a linear model or naive Bayes over the columns that may change.

    The others are 0, and add nothing. The library adds by a matrix product, see ``additive``.
    """
    start, _, adds, unit = parts_of_sum(steps.final)
    values = counts_of(columns, type(steps.final).__name__)
    places = np.repeat([c.place for c in columns], [len(v) for v in values]).astype(np.int64)
    factors = np.repeat([c.factor for c in columns], [len(v) for v in values])
    images = steps.images(places, np.concatenate([np.zeros(0), *values]) * factors)
    ends = np.cumsum([len(v) for v in values])
    parts = np.split(images, ends[:-1]) if len(columns) else []
    for column, part in zip(columns, parts, strict=True):
        check_images(column, part)
    terms = [
        Term(tests_of(i, listed), adds(int(steps.place[column.place]), part))
        for i, (column, listed, part) in enumerate(zip(columns, values, parts, strict=True))
    ]
    once = [adds(int(steps.place[column.place]), np.ones(1)) for column in columns]
    slack = any_order_slack(terms, start, unit, [*parts, *once])
    return additive_model(terms, start, shape, label_tuple(steps.final.classes_), model, slack=slack)


def tests_of(column: int, values: F64) -> tuple[Condition, ...]:
    """Return the tests between the values of a column, ascending."""
    return tuple(Condition(column, Operator.GE, count) for count in values[1:].tolist())


def check_images(column: Column, image: F64) -> None:
    """Raise BadInputError if the steps before the model make no finite numbers of counts."""
    if not np.isfinite(image).all():
        raise BadInputError(
            f"the steps before the model make {float(image[~np.isfinite(image)][0])} of a count of {column.name!r} "
            "(negative ones have no logarithm): use alternate_sign=False with sublinear_tf=True"
        )
