"""Numbers of a range that stand for all of them: those at which bounds are told (``Feature.listed``)."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np

from ..arrays import F64, Bools
from ..errors import BadInputError
from .conditions import Operator
from .theory import Feature

_CLOSED = (Operator.GE, Operator.LE, Operator.EQ, Operator.IN)


def all_listed(features: Sequence[Feature], rows: F64) -> bool:
    """Tell whether rows have listed numbers only, where there are any."""
    if len(rows) == 1:
        return all(not f.listed or _is_in(float(rows[0, f.columns[0]]), f.values) for f in features)
    return bool(on_list(features, rows).all())


def _is_in(number: float, values: tuple[float, ...]) -> bool:
    return number in values or isnan(number)  # a missing value is one of its own


def on_list(features: Sequence[Feature], rows: F64) -> Bools:
    """Tell which rows have listed numbers only, shape (n_rows,)."""
    good: Bools = np.ones(len(rows), np.bool_)
    for feature in features:
        if feature.listed:
            column = rows[:, feature.columns[0]]
            good &= np.isin(column, feature.values) | np.isnan(column)
    return good


def check_statement(feature: Feature, operator: Operator, numbers: Sequence[float]) -> None:
    """Raise BadInputError for a statement that the listed numbers of a feature do not stand for."""
    wrong = [number for number in numbers if operator not in _CLOSED or number not in feature.values]
    if wrong:
        near = sorted(sorted(feature.values, key=lambda value: abs(value - wrong[0]))[:4])
        raise BadInputError(
            f"{feature.name} {operator.value} {wrong[0]:g}: the model weighs this column, and statements about it are "
            "told at some of its numbers; expected '>=', '<=' or '=' with one of them, such as "
            f"{[f'{value:.10g}' for value in near]}"
        )
