"""Where a test of a number is true: up to which borders, in the numbers of the source.

A column that never falls has one border for each threshold. One that falls has one too, with the truth on the other
side; one that falls and then rises, or is constant between cuts, has several. Noisy steps are asked about all numbers
between the one up to which nothing can have changed and the one from which all must have, see ``shadows``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.conditions import Reading
from ...engine.errors import UnsupportedModelError
from ...engine.setup_limit import setup_step
from ..columns.grid import Grid
from .borders import Asker, Numbers, Query
from .functions import DOWN, FLAT, HILL, UP, VALLEY
from .plan import ModelColumn
from .probe import Probe
from .shadows import EARLY, LATE

_WINDOW = 1 << 20  # numbers near one border that are all asked about
_ROWS = 1 << 20
_MOST = 64  # borders of one threshold
_SURROGATE = "use SurrogateExplainer(pipeline.predict, rows, instance)"
_ALONE = 8  # borders next to which single rows are compared with many


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A truth that is `first` up to the first border (included) and changes at each one."""

    first: bool
    borders: tuple[float, ...] = ()

    def at(self, numbers: Numbers) -> NDArray[np.bool_]:
        """Return the truth at some numbers."""
        passed = np.searchsorted(np.array(self.borders, np.float64), numbers, side="left")
        truth: NDArray[np.bool_] = (passed % 2 == 1) != self.first
        return truth

    def within(self, first: float, last: float) -> Pattern:
        """Return the same for the numbers from `first` to `last` only."""
        inside = tuple(b for b in self.borders if first <= b < last)
        return Pattern(bool(self.at(np.array([first]))[0]), inside)

    def replaced(self, zone: tuple[float, float], truth: bool) -> Pattern:
        """Return the same with another truth above ``zone[0]``, up to ``zone[1]``."""
        borders = np.unique([*self.borders, *zone])
        ends = np.append(borders, np.inf)
        own = self.at(ends)
        own[(ends > zone[0]) & (ends <= zone[1])] = truth
        return pattern_of(borders, own)


def pattern_of(borders: Numbers, truth: NDArray[np.bool_]) -> Pattern:
    """Return the truth that is ``truth[i]`` up to border i, and ``truth[-1]`` beyond the last one."""
    changes = np.nonzero(truth[1:] != truth[:-1])[0]
    return Pattern(bool(truth[0]), tuple(borders[changes].tolist()))


class Test(NamedTuple):
    """What is asked of a column: whether it is above a threshold, `gone` where it is left out of a sparse matrix."""

    source: int
    column: int
    threshold: float
    gone: bool = False


Key = tuple[int, int]  # a source and a column
Piece = tuple[float, float, int]  # from, to, and how the column goes on there


@dataclass(slots=True)
class Patterns:
    """Finds the patterns of tests.

    Attributes
    ----------
    probe : Probe
        The pipeline.
    low, high : mapping from source to float
        Where to look.
    """

    probe: Probe
    low: Mapping[int, float]
    high: Mapping[int, float]
    _pieces: dict[Key, list[Piece]] = field(default_factory=dict)
    _flat: dict[Key, NDArray[Any]] = field(default_factory=dict)

    def of(self, tests: Sequence[Test]) -> list[Pattern]:
        """Return the pattern of each test; the steps are asked about all of them at once."""
        self._know_pieces((test.source, test.column) for test in tests)
        queries, owners = [], []
        for place, (source, column, threshold, _) in enumerate(tests):
            for first, last, trend in self._pieces[source, column]:
                if trend != FLAT:
                    whole = self._column(column).trend
                    swapped = whole in (VALLEY, HILL) and trend != whole // 2
                    queries.append(Query(source, column, threshold, first, last, trend == UP, swapped))
                    owners.append(place)
        found: list[list[Pattern]] = [[] for _ in tests]
        for place, pattern in zip(owners, self._moving(queries), strict=True):
            found[place].append(pattern)
        self._know_flat((test.source, test.column) for test in tests)
        return [
            self._joined(test, moving) if self._column(test.column).cuts else moving[0]
            for test, moving in zip(tests, found, strict=True)
        ]

    def _name(self, query: Query) -> str:
        return self.probe.plan.sources[query.source].name

    def _column(self, column: int) -> ModelColumn:
        plan = self.probe.plan
        count = len(plan.columns)
        return plan.columns[column] if column < count else plan.taps[column - count].column

    def _joined(self, test: Test, moving: list[Pattern]) -> Pattern:
        """Return the pattern of a column of several pieces."""
        pieces = self._pieces[test.source, test.column]
        rest = iter(moving)
        borders: list[float] = []
        truth: list[bool] = []
        for i, (first, last, trend) in enumerate(pieces):
            if trend == FLAT:
                truth.append(self._turn(test, i))
            else:
                own = next(rest).within(first, last)
                borders += own.borders
                truth += [own.first != (k % 2 == 1) for k in range(len(own.borders) + 1)]
            borders.append(last)
        return pattern_of(np.array(borders[:-1]), np.array(truth, np.bool_))

    def _turn(self, test: Test, piece: int) -> bool:
        """Return the truth of a test in a piece where its column is constant."""
        image = float(self._flat[test.source, test.column][piece])
        return test.gone if np.isnan(image) else image > test.threshold

    def _know_flat(self, keys: Iterable[Key]) -> None:
        """Find what columns with cuts are at the ends of their pieces, where some piece is constant."""
        new = [k for k in dict.fromkeys(keys) if k not in self._flat and self._column(k[1]).cuts]
        ends = {k: [last for _, last, _ in self._pieces[k]] for k in new if any(p[2] == FLAT for p in self._pieces[k])}
        numbers: dict[int, list[float]] = {}
        places: dict[Key, slice] = {}
        for key, own in ends.items():
            before = numbers.setdefault(key[0], [])
            places[key] = slice(len(before), len(before) + len(own))
            before += own
        if ends:
            asked: dict[int, Any] = {source: np.array(listed) for source, listed in numbers.items()}
            images = self.probe.images(asked)
            self._flat |= {key: images[place, key[1]] for key, place in places.items()}

    def _know_pieces(self, keys: Iterable[Key]) -> None:
        """Find the pieces of columns."""
        plan, cut = self.probe.plan, dict[Key, list[Test]]()
        for source, column in dict.fromkeys(keys):
            what = self._column(column)
            if (source, column) in self._pieces:
                continue
            if not what.cuts:
                self._pieces[source, column] = [(self.low[source], self.high[source], what.trend)]
                continue
            taps = [(len(plan.columns) + t, plan.taps[t].thresholds) for t in what.cuts]
            cut[source, column] = [Test(source, tap, value) for tap, thresholds in taps for value in thresholds]
        every = list(dict.fromkeys(test for tests in cut.values() for test in tests))
        known = dict(zip(every, self.of(every), strict=True)) if every else {}
        for (source, column), tests in cut.items():
            found = [known[test] for test in tests]
            self._pieces[source, column] = self._cut(source, self._column(column), found)

    def _cut(self, source: int, what: ModelColumn, found: list[Pattern]) -> list[Piece]:
        """Return the pieces of a column that has cuts, by the patterns of their tests."""
        plan, low, high = self.probe.plan, self.low[source], self.high[source]
        reading = self.probe.reading_of(source)
        cuts = sorted({border for pattern in found for border in pattern.within(low, high).borders})
        if what.trend == FLAT:
            return _between(reading, [low, high], cuts, [FLAT] * (len(cuts) + 1))
        trend = DOWN if what.trend == VALLEY else UP
        if not cuts:  # it rises, or falls, everywhere
            positive = bool(found[0].at(np.array([high]))[0])
            rises = (plan.taps[what.cuts[0]].column.trend == UP) == positive
            trend = (UP if rises else DOWN) * (1 if what.trend == VALLEY else -1)
        return _between(reading, [low, high], cuts, [trend, -trend][: len(cuts) + 1])

    def _moving(self, queries: list[Query]) -> list[Pattern]:
        """Return the patterns of columns that rise or fall."""
        if not queries:
            return []
        noisy = [self._column(q.column).noisy for q in queries]
        quiet = [q for q, noise in zip(queries, noisy, strict=True) if not noise]
        exact = iter(Asker(self.probe, quiet).borders().tolist() if quiet else [])
        loud = iter(self._noisy([q for q, noise in zip(queries, noisy, strict=True) if noise]))
        return [next(loud) if noise else _single(q, next(exact)) for q, noise in zip(queries, noisy, strict=True)]

    def _noisy(self, queries: list[Query]) -> list[Pattern]:
        """Return the patterns of columns whose last bits may go back."""
        if not queries:
            return []
        windows = windows_of(self.probe, queries)
        out = []
        for q, numbers, before in zip(queries, windows, self._asked(queries, windows), strict=True):
            states = np.concatenate([[True], before, [False]])  # before the window, and behind it
            changes = np.nonzero(states[1:] != states[:-1])[0]
            if len(changes) > _MOST:
                raise UnsupportedModelError(
                    f"column {self._name(q)!r}: near {float(numbers[0])!r} the steps before the model change to and "
                    f"fro {len(changes)} times by their last bits: expected at most {_MOST}; {_SURROGATE}"
                )
            out.append(_clipped(Pattern(not q.rises, tuple(numbers[changes].tolist()))))
        self._check_alone(queries, out)
        return out

    def _asked(self, queries: list[Query], windows: list[Numbers]) -> list[NDArray[np.bool_]]:
        """Return for the numbers of each window, but for the first, whether the threshold is not passed yet."""
        out: list[NDArray[np.bool_]] = [np.zeros(0, np.bool_)] * len(queries)
        order = sorted(range(len(queries)), key=lambda i: len(windows[i]))
        while order:
            widest = len(windows[order[-1]])
            chosen = [order.pop() for _ in range(min(len(order), max(1, _ROWS // widest)))]
            asked = np.stack([_padded(windows[i][1:], widest - 1, queries[i].low) for i in chosen])
            answers = Asker(self.probe, [queries[i] for i in chosen]).before(asked) if widest > 1 else asked > 0
            for i, answer in zip(chosen, answers, strict=True):
                out[i] = answer[: len(windows[i]) - 1]
            setup_step()
        return out

    def _check_alone(self, queries: list[Query], patterns: list[Pattern]) -> None:
        """Raise if a row alone is decided otherwise than among others: then there is no function to explain."""
        chosen = [(q, b) for q, pattern in zip(queries, patterns, strict=True) for b in pattern.borders[:1]]
        chosen = chosen[:: max(1, len(chosen) // _ALONE)]
        if not chosen:
            return
        numbers = np.array([[border, self.probe.reading_of(q.source).above(border)] for q, border in chosen])
        together = Asker(self.probe, [q for q, _ in chosen]).before(numbers)
        for i, (q, border) in enumerate(chosen):
            side = i % 2
            alone = Asker(self.probe, [q]).before(numbers[i : i + 1, side : side + 1])
            if alone[0, 0] != together[i, side]:
                raise UnsupportedModelError(
                    f"column {self._name(q)!r}: for {border!r} the steps before the model give other numbers for a row "
                    "alone than for the same row among others: its predictions are no function of a row"
                )


def _padded(numbers: Numbers, width: int, filler: float) -> Numbers:
    return np.concatenate([numbers, np.full(width - len(numbers), numbers[-1] if len(numbers) else filler)])


def _between(reading: Reading, ends: list[float], cuts: list[float], trends: list[int]) -> list[Piece]:
    """Return the pieces between some cuts, each of which is the last number of a piece."""
    return list(zip([ends[0], *map(reading.above, cuts)], [*cuts, ends[1]], trends, strict=True))


def _single(q: Query, border: float) -> Pattern:
    """Return the pattern of a column that passes its threshold once."""
    return _clipped(Pattern(not q.rises, (border,)))


def _clipped(pattern: Pattern) -> Pattern:
    """Return a pattern without borders that lie at no number."""
    if not pattern.borders:
        return pattern
    first = pattern.first != (pattern.borders[0] == -np.inf)
    return Pattern(first, tuple(b for b in pattern.borders if -np.inf < b < np.inf))


def windows_of(probe: Probe, queries: list[Query], *, stored: bool = False) -> list[Numbers]:
    """Return the numbers of which it has to be asked on which side they are, with the last one before them all.

    Raises
    ------
    UnsupportedModelError
        If there are too many.
    """
    begins, ends = np.zeros(len(queries)), np.zeros(len(queries))
    for swapped, first, last in ((False, LATE, EARLY), (True, EARLY, LATE)):
        own = [i for i, q in enumerate(queries) if q.swapped == swapped]
        if own:
            asker = Asker(probe, [queries[i] for i in own], stored=stored)
            begins[own], ends[own] = asker.borders(first), asker.borders(last)
    out = []
    for q, begin, end in zip(queries, begins.tolist(), ends.tolist(), strict=True):
        if end == -np.inf or begin == np.inf:  # it is passed everywhere, or nowhere
            out.append(np.array([begin]))
            continue
        grid = Grid([probe.reading_of(q.source)])
        first, last = (
            int(grid.places(np.array([[edge if np.isfinite(edge) else other]]))[0, 0])
            for edge, other in ((begin, q.low), (end, q.high))
        )
        if last - first > _WINDOW:
            raise UnsupportedModelError(
                f"column {probe.plan.sources[q.source].name!r}: near {begin!r} the last bits of the steps before the "
                f"model decide about {last - first} numbers: expected at most {_WINDOW}; {_SURROGATE}"
            )
        first = min(first, last)
        numbers = grid.numbers(np.arange(first, last + 1, dtype=np.uint64)[None, :])[0]
        out.append(np.concatenate([[-np.inf], numbers]) if begin == -np.inf else numbers)
    return out
