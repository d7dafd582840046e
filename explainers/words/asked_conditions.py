"""Sets of values of one feature as conditions that are true together for exactly these values."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

from ...engine.domain.conditions import CODES, Condition, Operator, mask_of
from ...engine.domain.theory import Kind
from ...engine.errors import BadInputError
from .values import NumberScale, OptionScale, Scale, Values


def conditions_of(scale: Scale, values: Values) -> list[Condition]:
    """Return conditions that are true together for exactly the values of a set."""
    if isinstance(scale, NumberScale):
        found = _of_numbers(scale, values)
    else:
        assert isinstance(scale, OptionScale)
        found = _of_group(scale, values) if scale.feature.kind is Kind.ONE_HOT else _of_options(scale, values)
    if found is None:
        raise BadInputError(
            f"feature {scale.feature.name!r}: no conditions say these values together; ask about each part on its own"
        )
    return found


def _of_numbers(scale: NumberScale, values: Values) -> list[Condition] | None:
    column, blank = scale.feature.columns[0], values.missing
    runs = values.runs
    if not runs:
        return [Condition(column, Operator.GT, math.inf, blank)]
    points = [run[1] for run in runs if scale.is_point(run)]
    if len(points) == len(runs) == 1:
        return [Condition(column, Operator.EQ, points[0], blank)]
    if len(points) == len(runs):
        return _listed(column, points, Operator.IN, blank)
    found = []
    if runs[0][0] > -math.inf:
        found.append(Condition(column, Operator.GT, runs[0][0], blank))
    if runs[-1][1] < math.inf:
        found.append(Condition(column, Operator.LE, runs[-1][1], blank))
    gaps = [(a[1], b[0]) for a, b in itertools.pairwise(runs)]
    if not all(map(scale.is_point, gaps)):
        return None
    found += [Condition(column, Operator.NEQ, gap[1], blank) for gap in gaps]
    return found or [Condition(column, Operator.LE, math.inf, blank)]


def _listed(column: int, codes: Sequence[float], operator: Operator, blank: bool) -> list[Condition] | None:
    if not all(code.is_integer() and 0 <= code < CODES for code in codes):
        return None
    return [Condition(column, operator, mask_of(map(int, codes)), blank)]


def _sides(values: Values) -> tuple[list[int], list[int]]:
    """Return the places of the values in a set, and of those outside."""
    inside = [i for i, chosen in enumerate(values.chosen) if chosen]
    return inside, [i for i, chosen in enumerate(values.chosen) if not chosen]


def _of_group(scale: OptionScale, values: Values) -> list[Condition] | None:
    columns, blank = scale.feature.columns, values.missing
    inside, outside = _sides(values)
    if len(inside) == 1 and inside[0] < len(columns):
        return [Condition(columns[inside[0]], Operator.GT, 0.5, blank)]
    if any(i >= len(columns) for i in outside):  # "some column is 1" is no conjunction
        return None
    return [Condition(columns[i], Operator.LE, 0.5, blank) for i in outside]


def _of_options(scale: OptionScale, values: Values) -> list[Condition] | None:
    column, blank = scale.feature.columns[0], values.missing
    inside, outside = _sides(values)
    codes = scale.options[:, 0].tolist()
    if not inside or not outside:
        return [Condition(column, Operator.LE if inside else Operator.GT, math.inf, blank)]
    if len(inside) == 1 or len(outside) == 1:
        one, operator = (inside[0], Operator.EQ) if len(inside) == 1 else (outside[0], Operator.NEQ)
        return [Condition(column, operator, codes[one], blank)]
    listed = _listed(column, [codes[i] for i in inside], Operator.IN, blank)
    return listed or [Condition(column, Operator.NEQ, codes[i], blank) for i in outside]
