"""What the boxes of most general reasons weigh: cells, volume, coverage, or numbers of the user's own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I32, Bools
from ...engine.domain.attributes import Attribute, options_of
from ...engine.domain.theory import Kind
from ...engine.ensembles.cheapest.boxes import Weighing
from ...engine.errors import BadInputError, TheoryError, shown
from .preferences import column_weights

if TYPE_CHECKING:
    from ..session.session import Session

CELLS, VOLUME, COVERAGE = "cells", "volume", "coverage"
_SMALLEST = 1e-9  # of a feature's span: what a cell counts at least, so that volumes have logarithms


class Seen:
    """Rows of data as the model's conditions see them.

    Attributes
    ----------
    truth : ndarray of bool, shape (m, n_conditions)
        The truth of the conditions.
    rows : ndarray of float64, shape (m, n_columns)
        The rows as the model reads them.
    """

    def __init__(self, session: Session[Any], data: Any) -> None:
        self.rows: F64 = session.compiled.read(data)
        if len(self.rows) == 0:
            raise BadInputError("data has no rows: expected at least one")
        space = session.space
        self.truth: Bools = np.array([space.truth(row) for row in self.rows], dtype=np.bool_)

    def covered(self, literals: Any) -> float:
        """Return the share of the rows on which all these literals are true."""
        inside = np.ones(len(self.rows), np.bool_)
        for literal in literals:
            inside &= self.truth[:, abs(literal) - 1] == (literal > 0)
        return float(inside.mean())

    def cells(self, session: Session[Any]) -> list[I32]:
        """Return the cells of each row that is in the domain."""
        found = []
        for truth in self.truth:
            try:
                found.append(session.space.locate(truth))
            except TheoryError:  # an answer of its tests that the declared types do not allow
                continue
        return found


def weighing_of(session: Session[Any], weight: Any, seen: Seen | None) -> Weighing:
    """Return what cells weigh.

    Raises
    ------
    BadInputError
        If `weight` is nothing known, or asks for rows or ranges that are not given.
    """
    attributes = session.space.attributes
    counts = np.array([a.n_cells for a in attributes], dtype=np.int64)
    first = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])[:-1]
    ones = np.ones(len(attributes))
    if isinstance(weight, str):
        if weight == CELLS:
            return Weighing(np.ones(int(counts.sum())), first, ones, False, True)
        if weight == VOLUME:
            return Weighing(_joined([_volumes(session, a, seen) for a in attributes]), first, ones, True, False)
        if weight == COVERAGE:
            return Weighing(_joined(_shares(session, seen)), first, ones, True, False)
        raise BadInputError(
            f"weight={shown(weight)}: expected 'cells', 'volume', 'coverage', or a number for each column"
        )
    scale = _scales(session, column_weights(session, weight))
    whole = bool((scale == np.floor(scale)).all()) and float(scale @ counts) < 2.0**50
    return Weighing(np.ones(int(counts.sum())), first, scale, False, whole)


def _joined(parts: list[F64]) -> F64:
    return np.concatenate(parts) if parts else np.zeros(0)


def _scales(session: Session[Any], columns: F64) -> F64:
    """Return a weight for each attribute: the mean of its feature's columns."""
    features = session.space.features
    return np.array([float(columns[list(features[a.feature].columns)].mean()) for a in session.space.attributes])


def _shares(session: Session[Any], seen: Seen | None) -> list[F64]:
    """Return of each attribute the share of rows in each cell; the instance is counted as one more row."""
    if seen is None:
        raise BadInputError("weight='coverage' counts rows: expected data=…, or an explainer with a background")
    cells = np.array([*seen.cells(session), session.here.cells], dtype=np.int64)
    return [
        np.bincount(cells[:, i], minlength=a.n_cells).astype(np.float64) / len(cells) + _SMALLEST
        for i, a in enumerate(session.space.attributes)
    ]


def _volumes(session: Session[Any], attribute: Attribute, seen: Seen | None) -> F64:
    """Return of each cell the share of the feature's values: numbers by length, listed values by count."""
    feature = session.space.features[attribute.feature]
    if session.space.theory is None:
        raise BadInputError("weight='volume' measures ranges of values, and the theory is off: ask for 'cells'")
    if attribute.ranges is None or feature.kind not in (Kind.NUMERICAL, Kind.INTEGER):
        return _options(session, attribute)
    low, high = feature.low, feature.high
    if not (math.isfinite(low) and math.isfinite(high)):
        low, high = _span(session, feature.columns[0], feature.name, seen, low, high)
    unit = 1.0 if feature.kind is Kind.INTEGER else 0.0
    sizes = np.zeros(attribute.n_cells)
    for cell in range(attribute.n_cells):
        for least, most in attribute.ranges(cell):
            sizes[cell] += max(0.0, min(most, high) - max(least, low) + unit)
    total = float(sizes.sum())
    if total <= 0.0:
        return np.full(attribute.n_cells, 1.0 / attribute.n_cells)
    return sizes / total + _SMALLEST


def _span(
    session: Session[Any], column: int, name: str, seen: Seen | None, low: float, high: float
) -> tuple[float, float]:
    """Return the declared ends of a number, else those of the data and of the instance."""
    if seen is None:
        raise BadInputError(
            f"weight='volume' measures {name!r}, which has no ends: expected data=…, ranges, or a background"
        )
    values: NDArray[np.float64] = np.append(seen.rows[:, column], session.here.row[column])
    values = values[np.isfinite(values)]
    if len(values) == 0:
        return 0.0, 1.0
    return max(low, float(values.min())), min(high, float(values.max()))


def _options(session: Session[Any], attribute: Attribute) -> F64:
    """Return of each cell the share of a feature's listed values in it (a missing value is one more)."""
    feature, conditions = session.space.features[attribute.feature], session.space.vocabulary.conditions
    counts = np.zeros(attribute.n_cells)
    if feature.kind in (Kind.NUMERICAL, Kind.INTEGER):
        counts += 1.0
    else:
        options, place = options_of(feature), {column: i for i, column in enumerate(feature.columns)}
        theory = session.space.theory
        if theory is not None and place.keys() & theory.missing:
            options = np.vstack([options, np.full((1, len(place)), np.nan)])
        truth = np.array([conditions[v].true_at(options[:, place[conditions[v].feature]]) for v in attribute.variables])
        table = attribute.truth_table()
        for option in truth.T:
            counts[(table == option[:, None]).all(axis=0)] += 1.0
    return np.maximum(counts, 1.0) / max(1.0, float(np.maximum(counts, 1.0).sum()))
