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
from .gaps import GapTest, Zones, left_out
from .patterns import Pattern, Patterns, Test
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
    _check_wraps(probe)
    nodes = _number_nodes(trees, probe.plan, probe.sparse_missing)
    queries = list(dict.fromkeys(query for _, _, query in nodes))
    if plain:
        largest = probe.precision.largest
        patterns = [Pattern(False, (reading.floor(query.threshold),)) for query in queries]
        limits: dict[int, tuple[float, float]] = {}
        zones: Zones = {}
    else:
        patterns, limits, zones = _asked(probe, found, queries)
    cut = [
        _pattern_in(query, pattern, limits.get(query.source, (-largest, largest) if plain else None), zones)
        for query, pattern in zip(queries, patterns, strict=True)
    ]
    cells = _cells(queries, cut)
    made: dict[tuple[Test, bool | None], NumberTest | GapTest] = {}
    known = dict(zip(queries, cut, strict=True))
    tests: list[dict[int, NumberTest | GapTest]] = [{} for _ in trees]
    for t, node, query in nodes:
        absent: bool | None = None
        if query.source in found.missing:
            image = found.absent[query.source][query.column : query.column + 1]
            absent = bool(trees[t].turns(node, image)[0])
        if (query, absent) not in made:
            own = reading if plain else probe.reading_of(query.source)
            made[query, absent] = _test_of(query, known[query], absent, own, plain, cells.get(query.source))
        tests[t][node] = made[query, absent]
    return tests, limits, {s: _above(s, listed, probe) for s, listed in cells.items()}


def _check_wraps(probe: Probe) -> None:
    """Raise if a step squares, multiplies or negates whole numbers, which overflow."""
    for source, what in enumerate(probe.plan.sources):
        if what.wraps and probe.reading_of(source) is Reading.WHOLE:
            raise UnsupportedModelError(
                f"column {what.name!r} is {probe.dtypes[source]}, and step {what.wraps} calculates with these whole "
                "numbers, which overflow: expected floats; convert the column, rows.astype({...: float})"
            )


def _asked(
    probe: Probe, found: Survey, queries: list[Test]
) -> tuple[list[Pattern], dict[int, tuple[float, float]], Zones]:
    """Ask the pipeline where tests are true, which numbers it takes, and which are left out of sparse matrices."""
    ends = [(column.source, j) for j, column in enumerate(probe.plan.columns) if not column.coded]
    low, high = probe.ends([s for s, column in enumerate(found.columns) if isinstance(column, NumberColumn)])
    outer = [Test(s, j, t) for s, j in ends for t in (-np.inf, probe.precision.largest)]
    patterns = Patterns(probe, low, high).of(outer + queries)
    limits = _limits(probe, ends, patterns[: len(outer)], low, high)
    return patterns[len(outer) :], limits, left_out(probe, [(s, j) for s, j in ends if s in low], low, high)


def _pattern_in(query: Test, pattern: Pattern, limits: tuple[float, float] | None, zones: Zones) -> Pattern:
    """Return the pattern of a test over the numbers that the pipeline takes."""
    zone = zones.get((query.source, query.column))
    if zone is not None:
        pattern = pattern.replaced(zone, query.gone)
    return pattern if limits is None else pattern.within(*limits)


def _cells(queries: list[Test], patterns: list[Pattern]) -> dict[int, NDArray[np.float64]]:
    """Return the borders of all tests of each source of which some test is no comparison."""
    odd = {query.source for query, pattern in zip(queries, patterns, strict=True) if len(pattern.borders) > 1}
    borders: dict[int, set[float]] = {source: set() for source in odd}
    for query, pattern in zip(queries, patterns, strict=True):
        if query.source in odd:
            borders[query.source].update(pattern.borders)
    return {source: np.array(sorted(listed)) for source, listed in borders.items()}


def _test_of(
    query: Test,
    pattern: Pattern,
    absent: bool | None,
    reading: Reading,
    plain: bool,
    cells: NDArray[np.float64] | None,
) -> NumberTest | GapTest:
    """Return a test of numbers: a constant, a comparison, or the cells in which it is true.

    ``absent`` is the truth for a missing value, ``None`` if there is none.
    """
    if len(pattern.borders) > 1:
        assert cells is not None
        truth = pattern.at(np.append(cells, np.inf))
        return GapTest(query.source, truth if absent is None else np.append(truth, absent))
    if not pattern.borders:
        constant = pattern.first
        same = absent is None or absent == constant
        return NumberTest(constant if same else if_missing(query.source, not constant))
    (border,) = pattern.borders
    stored = query.threshold if plain else border
    above = _above_border(query.source, border, stored, bool(absent) != pattern.first, reading, plain)
    if pattern.first:  # true up to the border
        above = above._replace(operator=above.operator.negated, missing=bool(absent))
    return NumberTest(above)


def _above(source: int, borders: NDArray[np.float64], probe: Probe) -> tuple[Condition, ...]:
    """Return the conditions "above" of some borders."""
    reading = probe.reading_of(source)
    return tuple(_above_border(source, b, b, False, reading, False) for b in borders.tolist())


def _number_nodes(trees: Sequence[Member], plan: Plan, leaves_out: bool) -> list[tuple[int, int, Test]]:
    """Return the tests of numbers: tree, node, and what is asked there."""
    nodes = []
    for t, tree in enumerate(trees):
        inner = np.nonzero(tree.left != -1)[0]
        columns = (tree.feature[inner], tree.threshold[inner], tree.missing_left[inner])
        told = list(zip(inner.tolist(), *(column.tolist() for column in columns), strict=True))
        nodes += [
            (t, node, Test(plan.columns[column].source, column, threshold, leaves_out and not left))
            for node, column, threshold, left in told
            if not plan.columns[column].coded
        ]
        loose = [column for node, column, *_ in told if node in tree.choices and not plan.columns[column].coded]
        if loose:
            raise UnsupportedModelError(
                f"column {plan.sources[plan.columns[loose[0]].source].name!r} is read as a number and split by "
                "categories: expected an OrdinalEncoder for it, or the model outside the pipeline"
            )
    return nodes


def _limits(
    probe: Probe, ends: list[tuple[int, int]], outer: list[Pattern], low: dict[int, float], high: dict[int, float]
) -> dict[int, tuple[float, float]]:
    """Return the least and the greatest number of each source whose images are finite."""
    limits = {source: (low[source], high[source]) for source in low}
    for (source, _), below, beyond in zip(ends, outer[::2], outer[1::2], strict=True):
        borders = np.array(sorted({*below.borders, *beyond.borders}))
        cells = np.append(borders, np.inf)
        finite = below.at(cells) & ~beyond.at(cells)
        if finite.all():
            continue
        place = int(np.searchsorted(borders, float(probe.fillers[source]), side="left"))
        reading = probe.reading_of(source)
        gone = np.nonzero(~finite)[0]
        before, after = gone[gone < place], gone[gone > place]
        first, last = limits[source]
        if not finite[place]:
            raise UnsupportedModelError(
                f"the steps before the model make {probe.plan.sources[source].name!r} infinite at "
                f"{probe.fillers[source]!r}: expected finite numbers"
            )
        if len(before):
            first = max(first, reading.above(float(borders[before[-1]])))
        if len(after):
            last = min(last, float(borders[after[0] - 1]))
        limits[source] = (first, last)
    return limits


def _above_border(source: int, border: float, stored: float, missing: bool, reading: Reading, plain: bool) -> Condition:
    """Return the condition "above the border", of which a missing value has the truth `missing`."""
    if not plain or reading is Reading.FLOAT64:
        above = reading.above(border) + 0.0  # no negative zero
        if len(shortest(above, reading)) < len(shortest(border, reading)):
            return Condition(source, Operator.GE, above, missing)
    return Condition(source, Operator.GT, stored, missing)
