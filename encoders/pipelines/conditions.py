"""The tests of a pipeline's trees as conditions on the columns of the pipeline's input."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Condition, Operator, Reading, shortest
from ...engine.errors import UnsupportedModelError
from ..assembly.members import Member
from ..assembly.node_tests import CodeTest, NumberTest, if_missing
from ..columns.coded_columns import NumberColumn
from .gaps import GapTest, Zones, cells_of, gap_of, left_out
from .plan import Plan
from .probe import Probe
from .sources import Survey


def code_tests(tree: Member, plan: Plan, found: Survey) -> dict[int, CodeTest]:
    """Return the tests on columns that depend on categories: node -> test."""
    tests = {}
    for node in np.nonzero(tree.left != -1)[0].tolist():
        column = int(tree.feature[node])
        source = plan.columns[column].source
        if plan.columns[column].coded:
            images = found.images[source][:, column]
            if source in found.missing:
                images = np.append(images, found.absent[source][column])
            tests[node] = CodeTest(source, tree.turns(node, images), source in found.ordinal)
    return tests


def number_tests(
    trees: Sequence[Member], probe: Probe, found: Survey, reading: Reading, *, plain: bool
) -> tuple[list[dict[int, NumberTest | GapTest]], dict[int, tuple[float, float]], dict[int, tuple[Condition, ...]]]:
    """Return the tests of each tree on columns of numbers, node -> test; and what is known of their sources.

    `plain` tells that the trees get all numbers as they are.

    Returns
    -------
    tests : list of mappings
        One a tree.
    limits : mapping from source to (float, float)
        The least and the greatest number that the pipeline takes.
    above : mapping from source to tuple of Condition
        What separates the cells of sources with a ``GapTest``.
    """
    plan, largest = probe.plan, probe.precision.largest
    nodes = _number_nodes(trees, plan)
    queries = list(dict.fromkeys(query for _, _, query in nodes))
    zones: Zones = {}
    if plain:
        limits: dict[int, tuple[float, float]] = {}
        borders = [reading.floor(threshold) for _, _, threshold in queries]
        default = (-largest, largest)
    else:
        ends = [(column.source, j) for j, column in enumerate(plan.columns) if not column.coded]
        low, high = probe.ends([s for s, column in enumerate(found.columns) if isinstance(column, NumberColumn)])
        outer = [(s, j, t) for s, j in ends for t in (-np.inf, largest)]
        answers = probe.borders(outer + queries, low, high)
        borders = answers[len(outer) :].tolist()
        limits = _limits(probe, ends, answers[: len(outer)].reshape(-1, 2), low, high)
        zones = left_out(probe, [(s, j) for s, j in ends if s in low], low, high)
        default = (-np.inf, np.inf)
    border_of = dict(zip(queries, borders, strict=True))
    cells = cells_of(zones, border_of, limits)
    tests: list[dict[int, NumberTest | GapTest]] = [{} for _ in trees]
    for t, node, query in nodes:
        source, column, threshold = query
        absent: bool | None = None
        if source in found.missing:
            absent = bool(trees[t].turns(node, found.absent[source][column : column + 1])[0])
        first, last = limits.get(source, default)
        border = border_of[query]
        stored = threshold if plain else border
        own = reading if plain else probe.reading_of(source)
        gap = None
        if (source, column) in zones:
            gone = not trees[t].missing_left[node]
            gap, border = gap_of(cells[source], border, zones[source, column], gone, first)
        if gap is None:
            tests[t][node] = NumberTest(_number_condition(source, border, stored, first, last, absent, own, plain))
        else:
            tests[t][node] = GapTest(source, gap if absent is None else np.append(gap, absent))
    return tests, limits, {s: _above(s, listed, probe) for s, listed in cells.items()}


def _above(source: int, borders: NDArray[np.float64], probe: Probe) -> tuple[Condition, ...]:
    """Return the conditions "above" of some borders."""
    ends, reading = (-np.inf, np.inf), probe.reading_of(source)
    made = [_number_condition(source, b, b, *ends, None, reading, False) for b in borders.tolist()]
    return tuple(condition for condition in made if isinstance(condition, Condition))


def _number_nodes(trees: Sequence[Member], plan: Plan) -> list[tuple[int, int, tuple[int, int, float]]]:
    """Return the tests of numbers: tree, node, and (source, column, threshold)."""
    nodes = []
    for t, tree in enumerate(trees):
        inner = np.nonzero(tree.left != -1)[0]
        told = list(zip(inner.tolist(), tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True))
        nodes += [
            (t, node, (plan.columns[column].source, column, threshold))
            for node, column, threshold in told
            if not plan.columns[column].coded
        ]
        loose = [column for node, column, _ in told if node in tree.choices and not plan.columns[column].coded]
        if loose:
            raise UnsupportedModelError(
                f"column {plan.sources[plan.columns[loose[0]].source].name!r} is read as a number and split by "
                "categories: expected an OrdinalEncoder for it, or the model outside the pipeline"
            )
    return nodes


def _limits(
    probe: Probe,
    ends: list[tuple[int, int]],
    borders: NDArray[np.float64],
    low: dict[int, float],
    high: dict[int, float],
) -> dict[int, tuple[float, float]]:
    """Return the least and the greatest number of each source whose images are finite."""
    limits = {source: (low[source], high[source]) for source in low}
    for (source, _), (beyond, last) in zip(ends, borders.tolist(), strict=True):
        first, final = limits[source]
        if np.isfinite(beyond):
            first = max(first, probe.reading_of(source).above(beyond))
        limits[source] = (first, min(final, last))
    return limits


def _number_condition(
    source: int,
    border: float,
    stored: float,
    first: float,
    last: float,
    absent: bool | None,
    reading: Reading,
    plain: bool,
) -> Condition | bool:
    """Return the condition "above the border", or a constant if no number lies on one side of it.

    ``absent`` is the truth for a missing value, ``None`` if there is none.
    """
    if border < first or border >= last:
        constant = border < first
        if absent is None or absent == constant:
            return constant
        return if_missing(source, absent)
    if not plain or reading is Reading.FLOAT64:
        above = reading.above(border) + 0.0  # no negative zero
        if len(shortest(above, reading)) < len(shortest(border, reading)):
            return Condition(source, Operator.GE, above, bool(absent))
    return Condition(source, Operator.GT, stored, bool(absent))
