"""Linear models on bits of a table, as sums of one term a column of the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.theory import Feature, Kind
from ...engine.models import CompiledEnsemble, label_tuple
from ..assembly.additive import Shape, Term, additive_model, any_order_slack, check_finite
from ..assembly.assemble import Categories
from ..columns.coded_columns import CodeColumn, NumberColumn
from ..columns.coded_rows import Rows
from ..sklearn import linear as sklearn_linear
from .binarizer import Binarizer, Bit

_GRID = 20  # bits of the greatest number of a rounded model


def compile_on_bits(
    model: Any, binarizer: Binarizer, names: tuple[str, ...], own: tuple[str, ...] | None, wrapper: Any
) -> CompiledEnsemble:
    """Compile a fitted linear classifier on bits over the columns of the table.

    Parameters
    ----------
    model : linear classifier
        Fitted on the bits.
    binarizer : Binarizer
        Fitted; what the bits say.
    names : tuple of str
        Names of the table's columns.
    own : tuple of str or None
        Names that the binarizer was fitted with.
    wrapper : object
        The model of the table, with ``predict_bits``.

    Returns
    -------
    CompiledEnsemble
        All bits of a column add up in one term: the sums of its cells. The library multiplies matrices; its noise is
        bounded over the single bits, so that any order of them is covered.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError
        If it is not fitted, has several outputs or infinite weights.
    """
    sklearn_linear.check_fitted(model)
    weights = np.atleast_2d(sklearn_linear.weights_of(model))
    starts = np.broadcast_to(np.asarray(model.intercept_, np.float64).ravel(), (len(weights),)).copy()
    check_finite(model, coef_=weights, intercept_=starts)
    single = [Term((_condition(bit),), np.stack([0 * w, w])) for bit, w in zip(binarizer.bits, weights.T, strict=True)]
    terms = [_term(column, binarizer, weights) for column in dict.fromkeys(bit.column for bit in binarizer.bits)]
    categories = {
        c: Categories(known, np.arange(len(known), dtype=np.float64)).column()
        for c, known in binarizer.categories.items()
    }
    columns = tuple(categories.get(c) or NumberColumn() for c in range(len(names)))
    rows = Rows(names, own, columns, Reading.FLOAT64, frozenset())
    labels = {c: column.labels for c, column in enumerate(columns) if isinstance(column, CodeColumn)}
    features = tuple(
        Feature(name, Kind.CATEGORICAL, (c,), tuple(float(i) for i in range(len(labels[c]))))
        if c in labels
        else Feature(name, Kind.NUMERICAL, (c,))
        for c, name in enumerate(names)
    )

    def predict(codes: F64) -> Any:
        return wrapper.predict_bits(binarizer.transform_codes(codes))

    shape = Shape(names, features, rows.read, rows.to_user_row, predict, labels=labels)
    slack = any_order_slack(single, starts)
    return additive_model(terms, starts, shape, label_tuple(model.classes_), wrapper, slack=slack)


def _condition(bit: Bit) -> Condition:
    if bit.code >= 0:
        return Condition(bit.column, Operator.EQ, float(bit.code))
    return Condition(bit.column, Operator.GT, bit.threshold)


def _term(column: int, binarizer: Binarizer, weights: F64) -> Term:
    """Return what a column adds in each of its cells, or with each of its categories."""
    mine = [(bit, weights[:, j]) for j, bit in enumerate(binarizer.bits) if bit.column == column]
    if column in binarizer.categories:
        return Term(tuple(_condition(bit) for bit, _ in mine[:-1]), np.array([w for _, w in mine]), ordered=False)
    mine.sort(key=lambda pair: pair[0].threshold)
    added = np.cumsum([np.zeros(len(weights)), *(w for _, w in mine)], axis=0)
    return Term(tuple(_condition(bit) for bit, _ in mine), added)


def round_weights(model: Any) -> None:
    """Round the weights of a fitted linear classifier so that its sums over bits are exact in any order.

    The greatest number keeps 20 bits; all are whole multiples of one power of two then, and there are no near ties.
    """
    numbers: Sequence[Any] = (model.coef_, model.intercept_)
    greatest = max(float(np.abs(part).max(initial=0.0)) for part in numbers)
    shift = _GRID - int(np.frexp(greatest)[1]) if greatest else 0
    model.coef_ = np.ldexp(np.rint(np.ldexp(np.asarray(model.coef_, np.float64), shift)), -shift)
    model.intercept_ = np.ldexp(np.rint(np.ldexp(np.asarray(model.intercept_, np.float64), shift)), -shift)
