"""Which words may change around a text: its own, which may go, and those that users declare, which may come.

A **column** here is a feature of the compiled form: a column of the vectorizer that the model looks at and in which a
word of the text, or a declared one, is counted. Its values are whole numbers from `low` to `high`: how often its words
occur. Where hashed words fall into one column with different signs, the value is the difference.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import F64, Bools
from ...engine.domain.theory import Feature, Kind, parse_features_type
from ...engine.errors import BadInputError, TheoryError, shown
from .tokens import Tokens

Ends = tuple[int, float]
_KINDS = ("numerical", "integer", "binary", "categorical", "default")


@dataclass(frozen=True, slots=True)
class Column:
    """A column in which words are counted, see the module's text.

    Attributes
    ----------
    name : str
        Its words.
    place : int
        The vectorizer's column.
    sign : int
        What a word adds to the vectorizer's column: 1 or -1; 0 where its words differ in that.
    tokens : tuple of (str, int)
        Its words, those of the text first, and what each adds.
    own : int
        The value that the text has.
    low, high : int, float
        The least and the greatest value (infinite: any number).
    """

    name: str
    place: int
    sign: int
    tokens: tuple[tuple[str, int], ...]
    own: int
    low: int
    high: float

    @property
    def factor(self) -> int:
        """What the vectorizer's column is for a value of 1."""
        return self.sign or 1

    @property
    def counted(self) -> bool:
        """Whether its value says how often its words occur."""
        return self.sign != 0

    def feature(self, column: int) -> Feature:
        """Return the feature of the compiled form."""
        return Feature(self.name, Kind.INTEGER, (column,), low=self.low, high=self.high, counted=self.counted)


@dataclass(frozen=True, slots=True)
class Declared:
    """The words that users declare, and how often each may occur."""

    ends: Mapping[str, Ends]

    @property
    def words(self) -> tuple[str, ...]:
        """The words."""
        return tuple(self.ends)


def declared(types: Mapping[str, Any] | None, known: tuple[str, ...]) -> Declared:
    """Return the words that a user declares: those that may occur although they are not in the text.

    Parameters
    ----------
    types : mapping or None
        As in ``parse_features_type``, by words: ``{"binary": ["good"]}`` (at most once), ``{"integer": {"good": (0,
        3)}}``, ``{"categorical": {"good": range(4)}}``; ``DEFAULT`` means all words that the model knows.
    known : tuple of str
        These words; empty where columns are hashed: then they are the declared ones.

    Raises
    ------
    TheoryError
        If a word is unknown, or declared to be what no count is.
    """
    if types is None:
        return Declared({})
    names = known or tuple(dict.fromkeys(_named(types)))
    if not names:
        return Declared({})
    found = (_ends(feature) for feature in parse_features_type(types, names))
    return Declared({names[column]: ends for column, ends in enumerate(found) if ends is not None})


def _named(said: Any) -> Iterable[str]:
    """Yield the words that a declaration names."""
    if isinstance(said, str):
        if said not in _KINDS:
            yield said
    elif isinstance(said, Mapping):
        for key, value in said.items():
            yield from _named(key)
            if isinstance(key, str) and key in _KINDS:
                yield from _named(value)
    elif isinstance(said, (list, tuple, set, frozenset)):
        for one in said:
            yield from _named(one)


def _ends(feature: Feature) -> Ends | None:
    """Return how often a word may occur as it is declared; None where nothing is said of it."""
    if feature.kind is Kind.BINARY:
        return 0, 1
    if feature.kind is Kind.ONE_HOT:
        raise TheoryError(
            f"{feature.name!r} is declared as a one-hot group: words are counts, declare each of them, such as "
            "{'binary': ['good']} or {'integer': {'good': (0, 3)}}"
        )
    if feature.kind is Kind.CATEGORICAL:
        values = sorted(feature.values)
        if values != list(range(int(values[0]), int(values[0]) + len(values))) or values[0] < 0:
            raise TheoryError(
                f"{feature.name!r} is declared with the values {shown(values, 80)}: expected counts in a row, such as "
                "range(4)"
            )
        return int(values[0]), int(values[-1])
    if feature.kind is Kind.NUMERICAL and not feature.bounded:
        return None
    low = 0 if feature.low == -math.inf else max(0, math.ceil(feature.low))
    high = feature.high if feature.high == math.inf else math.floor(feature.high)
    if high < low:
        raise TheoryError(f"{feature.name!r} is declared from {feature.low:g} to {feature.high:g}: expected counts")
    return low, high


def columns_of(text: Sequence[str], more: Declared, tokens: Tokens, used: Bools, *, binary: bool) -> list[Column]:
    """Return the columns that may change around a text.

    Parameters
    ----------
    text : sequence of str
        The tokens of the text.
    more : Declared
        The words that may come.
    used : ndarray of bool
        Which of the vectorizer's columns the model looks at.
    binary : bool
        Whether words are only found.
    """
    own = Counter(text)
    words = list(dict.fromkeys([*own, *more.words]))
    places, signs = tokens.columns(words)
    groups: dict[int, list[int]] = {}
    for i, place in enumerate(places.tolist()):
        if place >= 0 and used[place]:
            groups.setdefault(place, []).append(i)
    made, taken = [], set[str]()
    for place, group in groups.items():
        listed = tuple((words[i], 1 if binary else int(signs[i])) for i in group)
        column = _column(place, listed, own, more, taken, binary=binary)
        if column.high > column.low or column.own:  # a word that has to stay counts, too
            made.append(column)
            taken.add(column.name)
    return made


def _column(
    place: int, listed: tuple[tuple[str, int], ...], own: Counter[str], more: Declared, taken: set[str], *, binary: bool
) -> Column:
    sign = listed[0][1] if len({s for _, s in listed}) == 1 else 0
    here, low, high = 0, 0, 0.0
    for token, s in listed:
        count = own[token]
        first, last = more.ends.get(token, (0, count))
        first, last = min(first, count), max(last, count)
        if sign or s > 0:
            here, low, high = here + count, low + first, high + last
        else:
            if last == math.inf:
                raise BadInputError(
                    f"the words {[word for word, _ in listed]} share a hashed column with different signs, and "
                    f"{token!r} may occur any number of times: declare how often at most"
                )
            here, low, high = here - count, low - int(last), high - first
    if binary:
        here, low, high = min(here, 1), min(low, 1), min(high, 1)
    if sign:
        name = "/".join(token for token, _ in listed)
    else:
        name = " - ".join("/".join(token for token, s in listed if s == side) for side in (1, -1))
    if name in taken:
        name = f"{name} (column {place})"
    return Column(name, place, sign, listed, here, low, float(high))


def implied(columns: Sequence[Column], parts_of: Any) -> list[tuple[int, int, int]]:
    """Return what n-grams imply: (i, j, more): where column i is k > 0, column j is at least k + more.

    Parameters
    ----------
    parts_of : callable
        Returns the two n-grams of the next lower order in an n-gram; none for a single word.
    """
    by_token = {c.tokens[0][0]: i for i, c in enumerate(columns) if len(c.tokens) == 1 and c.sign == 1}
    holding = {token: i for i, c in enumerate(columns) if c.sign == 1 for token, _ in c.tokens}
    found: dict[tuple[int, int], int] = {}
    for token, i in by_token.items():
        waiting, seen = list(parts_of(token)), set[str]()
        more = 1 if len(waiting) == 2 and waiting[0] == waiting[1] else 0
        while waiting:
            part = waiting.pop()
            if part in seen:
                continue
            seen.add(part)
            j = holding.get(part)
            if j is None:
                waiting += parts_of(part)
            elif j != i:
                found[i, j] = max(found.get((i, j), 0), more if part in parts_of(token) else 0)
    return [(i, j, more) for (i, j), more in found.items()]


def within(columns: Sequence[Column], rows: F64) -> F64:
    """Return rows of values as whole numbers that the columns have: rounded down, and cut off at their ends."""
    low = np.array([column.low for column in columns], np.float64)
    high = np.array([column.high for column in columns], np.float64)
    kept: F64 = np.clip(np.floor(rows), low, high)
    return kept
