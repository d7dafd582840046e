"""The tests of a pipeline's trees as conditions on the columns of the pipeline's input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import CODES, Condition, Operator, Reading, mask_of, shortest
from ...engine.errors import UnsupportedModelError
from ..assembly.growth import Split
from ..assembly.members import Member
from ..columns.kinds import NumberColumn
from .gaps import GapTest, Zones, cells_of, gap_of, left_out
from .plan import Plan
from .probe import Probe
from .sources import Survey

LIMIT = 1_000_000  # tests that a model may have more in the original columns than in its own

Codes = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class NumberTest:
    """A test that is true above a number: a condition, or a constant."""

    meaning: Condition | bool


@dataclass(frozen=True, slots=True, eq=False)
class CodeTest:
    """A test that is true for some codes of a source, ``truth[-1]`` for a missing value if there can be one.

    Tests of `ranked` codes are told by comparisons; `listed` tells tests of a few codes by one condition ``in``.
    """

    source: int
    truth: Codes
    ranked: bool
    listed: bool = False


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


def if_missing(source: int, truth: bool) -> Condition:
    """Return the condition that is `truth` for a missing value, and the opposite for all others."""
    return Condition(source, Operator.GT if truth else Operator.LE, float("inf"), truth)


# A node of the tree, and for some sources the codes that can be there still.
Place = tuple[int, tuple[tuple[int, bytes], ...]]


@dataclass(slots=True)
class Spoken:
    """What the trees of one pipeline share: how sets of codes were said, and how many tests there may still be."""

    room: int
    said: dict[tuple[int, bytes], Condition] = field(default_factory=dict)


@dataclass(slots=True)
class Tests:
    """Walks a tree by conditions on the source columns; tests whose outcome is known are passed over.

    A test on codes that no single condition expresses becomes several ones; below it, the codes that are left are
    kept in mind.
    """

    tree: Member
    tests: Mapping[int, Any]
    missing: frozenset[int]
    spoken: Spoken
    above: Mapping[int, tuple[Condition, ...]] = field(default_factory=dict)
    _left: list[int] = field(init=False)
    _right: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self._left = self.tree.left.tolist()
        self._right = self.tree.right.tolist()

    @property
    def root(self) -> Place:
        """Where the walk begins."""
        return self._settle((0, ()))

    @staticmethod
    def place(node: Any) -> int:
        """Return the node of the tree."""
        return int(node[0])

    def _settle(self, place: Place) -> Place:
        """Pass over the tests whose outcome is known."""
        node, known = place
        while self._left[node] != -1:
            outcome = self._outcome(self.tests[node], known)
            if outcome is None:
                break
            node = self._right[node] if outcome else self._left[node]
        return node, known

    @staticmethod
    def _outcome(test: Any, known: tuple[tuple[int, bytes], ...]) -> bool | None:
        if isinstance(test, NumberTest):
            return test.meaning if isinstance(test.meaning, bool) else None
        truth = test.truth[_possible(test, known)]
        return bool(truth[0]) if truth.all() or not truth.any() else None

    def split_of(self, place: Any) -> Split | None:
        """Return the condition of a place and what follows, ``None`` for a leaf."""
        node, known = place
        if self._left[node] == -1:
            return None
        self.spoken.room -= 1
        if self.spoken.room < 0:
            raise UnsupportedModelError(f"in the original columns the model would need {LIMIT} tests more than it has")
        left, right = (self._left[node], known), (self._right[node], known)
        test = self.tests[node]
        if isinstance(test, NumberTest):
            assert isinstance(test.meaning, Condition)
            return test.meaning, self._settle(left), self._settle(right)
        return self._split_codes(node, known, test)

    def _split_codes(self, node: int, known: tuple[tuple[int, bytes], ...], test: CodeTest) -> Split:
        possible = _possible(test, known)
        condition = self._condition(test.source, test.truth, test.ranked, test.listed)
        whole = condition is not None
        if condition is None:
            # true beyond the first run of codes with one truth
            codes = np.nonzero(possible)[0]
            change = codes[np.nonzero(test.truth[codes] != test.truth[codes[0]])[0][0]]
            part = np.arange(len(possible)) >= change
            condition = self._condition(test.source, part, True)
            assert condition is not None
        else:
            part = test.truth
        false, true = known, known
        if not whole or test.source in dict(known):
            false = _narrowed(known, test.source, possible & ~part)
            true = _narrowed(known, test.source, possible & part)
        return (
            condition,
            self._settle((self._left[node] if whole else node, false)),
            self._settle((self._right[node] if whole else node, true)),
        )

    def _condition(self, source: int, truth: Codes, ranked: bool, listed: bool = False) -> Condition | None:
        """Return the condition that is true for these codes, as it was said before; ``None`` if there is none."""
        said = self.spoken.said.get((source, truth.tobytes()))
        if said is not None:
            return said
        said = self.spoken.said.get((source, (~truth).tobytes()))
        if said is not None:
            said = said._replace(operator=said.operator.negated, missing=not said.missing)
        else:
            optional = source in self.missing
            present, missing = truth[:-1] if optional else truth, bool(optional and truth[-1])
            if source in self.above:
                said = _cell_condition(source, self.above[source], present, missing)
            else:
                said = _code_condition(source, present, missing, ranked, listed)
        if said is not None:
            self.spoken.said[(source, truth.tobytes())] = said
        return said


def _possible(test: CodeTest, known: tuple[tuple[int, bytes], ...]) -> Codes:
    for source, codes in known:
        if source == test.source:
            return np.frombuffer(codes, dtype=np.bool_)
    return np.ones(len(test.truth), dtype=np.bool_)


def _narrowed(known: tuple[tuple[int, bytes], ...], source: int, codes: Codes) -> tuple[tuple[int, bytes], ...]:
    return (*(entry for entry in known if entry[0] != source), (source, codes.tobytes()))


def _cell_condition(source: int, above: tuple[Condition, ...], truth: Codes, missing: bool) -> Condition | None:
    """Return the comparison that is true in some cells of a number; ``None`` if there is none."""
    changes = np.nonzero(truth[1:] != truth[:-1])[0]
    if not len(changes):
        return if_missing(source, missing)
    if len(changes) > 1:
        return None
    border = above[int(changes[0])]
    operator = border.operator if truth[-1] else border.operator.negated
    return border._replace(operator=operator, missing=missing)


def _code_condition(source: int, truth: Codes, missing: bool, ranked: bool, listed: bool) -> Condition | None:
    """Return the condition that is true for some codes: equality, a list, or a comparison if they lie at one end."""
    count, true = len(truth), int(truth.sum())
    if true in (0, count):
        return if_missing(source, missing)
    first = int(truth.argmax())
    single = None
    if true == 1:
        single = Condition(source, Operator.EQ, float(first), missing)
    elif true == count - 1:
        single = Condition(source, Operator.NEQ, float(truth.argmin()), missing)
    if listed and count <= CODES and single is None:
        few = truth if 2 * true <= count else ~truth
        operator = Operator.IN if few is truth else Operator.NOT_IN
        return Condition(source, operator, mask_of(np.nonzero(few)[0].tolist()), missing)
    changes = int((truth[1:] != truth[:-1]).sum())
    if changes == 1 and (ranked or single is None):
        return Condition(
            source, Operator.GT if truth[-1] else Operator.LE, float(np.argmax(truth != truth[0]) - 1), missing
        )
    return single
