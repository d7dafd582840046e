"""The tests of a tree in the columns that the user sees: a test may be a constant there, or several conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import CODES, Condition, Operator, mask_of
from ...engine.errors import UnsupportedModelError
from .growth import Split
from .members import Member

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
