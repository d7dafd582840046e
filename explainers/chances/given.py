"""What users say inputs are like, read over the cells of a session's space."""

from __future__ import annotations

import hashlib
import math
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np

from ...encoders.columns.coded_columns import key_of
from ...engine.arrays import F64, I32
from ...engine.budget import Deadline, OutOfTimeError
from ...engine.chances.density import density_tree
from ...engine.chances.masses import Distribution, Masses, Product, cells_of_rows, counted, group_options, uniform
from ...engine.domain.attributes import Attribute
from ...engine.domain.space import Space
from ...engine.domain.theory import Kind
from ...engine.errors import BadInputError, TheoryError, shown
from ...engine.given import is_number
from ...engine.models.around import around_of
from ..session.session import Session
from ..words.shares import exactly
from ..words.values import NumberScale

DECLARED = "declared"
_KEPT = 8  # distributions that were read last


@dataclass(frozen=True, eq=False)
class RowsGiven:
    """Rows as a distribution: the cells of each, shape (n_rows, n_attributes)."""

    cells: I32
    name: str = "rows"


Given = Distribution | RowsGiven
_known: OrderedDict[Any, Given] = OrderedDict()
_LOCK = threading.Lock()


def given_distribution(session: Session[Any], distribution: Any, data: Any, deadline: Deadline) -> Given:
    """Return a distribution over the cells of the session's space.

    Parameters
    ----------
    session : Session
        The model and the domain.
    distribution : str or mapping
        See ``ChanceQueries.precision``.
    data : array-like or None
        Rows; the background stands in for them.
    deadline : Deadline
        Shared limit.

    Raises
    ------
    BadInputError, TheoryError
        If rows are needed and missing, are outside the domain, or masses do not fit the features.
    """
    space = session.space
    declared = isinstance(distribution, Mapping)
    if not declared and distribution == "uniform":
        return Distribution("uniform", (Product(uniform(space)),))
    rows = None if declared and data is None else read_rows(session, distribution, data)
    key = None if declared or rows is None else _key(session, distribution, rows)
    with _LOCK:
        known = None if key is None else _known.get(key)
    if known is not None:
        return known
    cells = None if rows is None else cells_of_rows(space, rows)
    found: Given
    if declared:
        found = declared_distribution(session, distribution, rows, cells)
    else:
        assert rows is not None and cells is not None
        found = _of_rows(space, distribution, rows, cells, deadline)
    if key is not None:
        with _LOCK:
            _known[key] = found
            while len(_known) > _KEPT:
                _known.popitem(last=False)
    return found


def _of_rows(space: Space, name: str, rows: F64, cells: I32, deadline: Deadline) -> Given:
    if name == "rows":
        return RowsGiven(cells)
    if name == "data":
        return Distribution("data", (Product(counted(space, rows, cells)),))
    try:
        return density_tree(space, rows, cells, deadline)
    except OutOfTimeError:
        raise deadline.undecided("what the distribution is: its density tree was not grown") from None


def _key(session: Session[Any], name: Any, rows: F64) -> Any:
    return session.space, name, rows.shape, hashlib.sha256(rows.tobytes()).digest()


def read_rows(session: Session[Any], distribution: Any, data: Any) -> F64:
    """Return the rows of a distribution as the model reads them, checked against the domain."""
    if around_of(session.compiled) is not None:
        raise BadInputError(
            f"distribution={shown(distribution)}: texts have a form for the words of one instance, in which other "
            "texts have no cells; expected 'uniform', or masses of words"
        )
    data = session.background if data is None else data
    if data is None:
        raise BadInputError(
            f"distribution={shown(distribution)} needs rows: pass data=X, or background=X when the explainer is made; "
            "'uniform' needs none"
        )
    while session.parent is not None:  # the model that the user knows reads them
        session = session.parent
    rows: F64 = session.compiled.read(data)
    if not len(rows):
        raise BadInputError(f"data={shown(data)} has no rows: expected some")
    check_rows(session, rows)
    return rows


def check_rows(session: Session[Any], rows: F64) -> None:
    """Raise TheoryError if a row of data is outside the declared domain; it names the row."""
    space = session.space
    gaps = np.isnan(rows)
    for attribute in space.attributes:
        for column in space.features[attribute.feature].columns:
            if column not in session.compiled.missing and gaps[:, column].any():
                raise TheoryError(
                    f"row {int(gaps[:, column].argmax())} of data has no value of feature "
                    f"{space.features[attribute.feature].name!r}, which is not missing in the domain: pass "
                    "missing=[names] when the explainer is made, or leave such rows out"
                )
    if space.theory is None:
        return
    for feature in space.typed:
        if feature.listed:
            continue
        columns = list(feature.columns)
        kinds, first = np.unique(rows[:, columns], axis=0, return_index=True)
        for _, number in zip(kinds, first.tolist(), strict=True):
            try:
                space.check_row(rows[number], frozenset(columns))
            except TheoryError as error:
                raise TheoryError(f"row {number} of data is outside the domain: {error}") from None


# -- declared products -------------------------------------------------------------------------------------------------


def declared_distribution(
    session: Session[Any], told: Mapping[Any, Any], rows: F64 | None, cells: I32 | None
) -> Distribution:
    """Return a product of declared masses; features that are not named have those of the rows, or equal ones."""
    space = session.space
    if space.theory is None:
        raise BadInputError(
            "distribution={…}: with the theory off conditions are free Booleans, and values of features have no cells; "
            "expected 'data', 'uniform' or 'rows', or activate_theory()"
        )
    start: Masses = uniform(space) if rows is None or cells is None else counted(space, rows, cells)
    masses = list(start)
    wanted = {session.feature_index(name): mass for name, mass in told.items()}
    for number, attribute in enumerate(space.attributes):
        if attribute.feature in wanted:
            masses[number] = declared_masses(session, attribute, wanted[attribute.feature])
            if not any(masses[number]):
                raise BadInputError(
                    f"distribution: the masses of feature {space.features[attribute.feature].name!r} are all 0"
                )
    return Distribution(DECLARED, (Product(tuple(masses)),))


def declared_masses(session: Session[Any], attribute: Attribute, told: Any) -> tuple[int, ...]:
    """Return the masses of an attribute's cells as whole numbers."""
    if isinstance(told, Mapping):
        shares = _of_values(session, attribute, told)
    elif callable(told):
        shares = _of_function(session, attribute, told)
    else:
        name = session.space.features[attribute.feature].name
        raise BadInputError(
            f"distribution[{name!r}]={shown(told)}: expected masses of values such as {{'red': 2, 'blue': 1}}, or a "
            "cumulative distribution function of a number"
        )
    scale = lcm(*(share.denominator for share in shares))
    return tuple(int(share * scale) for share in shares)


def _of_values(session: Session[Any], attribute: Attribute, told: Mapping[Any, Any]) -> list[Fraction]:
    space = session.space
    feature = space.features[attribute.feature]
    out = [Fraction(0)] * attribute.n_cells
    for value, mass in told.items():
        share = exactly(mass)
        if share is None or share < 0:
            raise BadInputError(f"distribution[{feature.name!r}][{value!r}]={shown(mass)}: expected a number from 0")
        out[_cell_of(session, attribute, value)] += share
    return out


def _is_value(value: Any) -> bool:
    """Tell whether a value is a number that a float holds, or a truth value."""
    if isinstance(value, (bool, np.bool_)):
        return True
    return is_number(value) and not sys.float_info.max < abs(value) < math.inf


def _cell_of(session: Session[Any], attribute: Attribute, value: Any) -> int:
    """Return the cell in which a value of a feature lies."""
    space, vocabulary = session.space, session.compiled.vocabulary
    feature = space.features[attribute.feature]
    if feature.kind is Kind.ONE_HOT:
        _, cell_of = group_options(space, attribute)
        names = [vocabulary.names[column] for column in feature.columns]
        for known in (list(feature.values), names):
            if value in known:
                return cell_of[known.index(value)]
        if feature.optional and value == feature.none_of_these:
            return cell_of[len(feature.columns)]
        raise BadInputError(f"distribution[{feature.name!r}][{value!r}]: expected one of {shown(feature.values, 200)}")
    column = feature.columns[0]
    labels = vocabulary.labels.get(column)
    keys = [] if labels is None else [key_of(label) for label in labels]
    if labels is not None and key_of(value) in keys:
        number = float(keys.index(key_of(value)))
    elif value is None or _is_value(value):
        number = math.nan if value is None else float(value)
    else:
        raise BadInputError(
            f"distribution[{feature.name!r}][{value!r}]: expected "
            f"{'a number' if labels is None else f'one of {shown(list(labels), 200)}'}"
        )
    read = vocabulary.reading_of(column).cast(np.array([number], dtype=np.float64))
    row = np.zeros((1, len(vocabulary.names)))
    row[0, column] = read[0]
    try:
        space.check_row(row[0], frozenset(feature.columns))
    except TheoryError as error:
        raise TheoryError(f"distribution[{feature.name!r}][{value!r}] is outside the domain: {error}") from None
    truth = [bool(vocabulary.conditions[v].true_at(row[:, column])[0]) for v in attribute.variables]
    cell = attribute.cell_of.get(sum(1 << i for i, true in enumerate(truth) if true))
    if cell is None or (math.isnan(number) and column not in session.compiled.missing):
        raise TheoryError(f"distribution[{feature.name!r}][{value!r}]: the domain has no such value")
    return cell


def _of_function(session: Session[Any], attribute: Attribute, cdf: Callable[[float], Any]) -> list[Fraction]:
    """Return the masses that a cumulative distribution function gives to the cells of a number."""
    feature = session.space.features[attribute.feature]
    scale = session.words.asking.reader.scale(attribute.feature)
    if attribute.ranges is None or not isinstance(scale, NumberScale):
        raise BadInputError(
            f"distribution[{feature.name!r}]: a cumulative distribution function is of numbers, and this feature is "
            f"{feature.kind.value}: expected masses of its values"
        )
    out = []
    for cell in range(attribute.n_cells):
        share = Fraction(0)
        for low, high in attribute.ranges(cell):
            least, most = scale.ends
            before = low - 1 if scale.whole and abs(low) < 2**53 else scale.reading.below(low)
            above = Fraction(1) if high >= most and feature.high == math.inf else _at(cdf, high, feature.name)
            below = Fraction(0) if low <= least and feature.low == -math.inf else _at(cdf, before, feature.name)
            if above < below:
                raise BadInputError(
                    f"distribution[{feature.name!r}]: it falls from {low!r} to {high!r}: expected a cdf"
                )
            share += above - below
        out.append(share)
    return out


def _at(cdf: Callable[[float], Any], place: float, name: str) -> Fraction:
    value = cdf(place)
    told = value.item() if isinstance(value, (np.generic, np.ndarray)) and np.size(value) == 1 else value
    if not is_number(told) or not 0 <= told <= 1:
        raise BadInputError(f"distribution[{name!r}]({place!r})={shown(value)}: expected a number from 0 to 1")
    return Fraction(float(told))
