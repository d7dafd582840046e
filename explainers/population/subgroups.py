"""Descriptive groups whose members have no cheap plan: an exact search for short conjunctions of conditions.

All conjunctions of at most a few declared conditions are looked at, those with too few rows left out early. What is
found describes the given rows; it is no test of whether the same holds of others.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np

from ...engine.arrays import I64, Bools
from ...engine.budget import Deadline
from ...engine.given import is_number
from ...engine.reasons.html import card, text
from ...engine.reasons.spelling import value_text
from ...engine.status import Status, Stop

FEW = 6  # distinct numbers up to which each is a condition of its own
QUANTILES = 10  # a column of more numbers has thresholds at these
MANY = 30  # values of a category that are told apart, the most frequent ones


class Condition(NamedTuple):
    """A condition of one column.

    Attributes
    ----------
    column : str
        The column.
    operator : str
        ``"<="``, ``">"``, ``"="`` or ``"is missing"``.
    value : object
        What it is compared with.
    """

    column: str
    operator: str
    value: Any = None

    @property
    def text(self) -> str:
        """The condition in words."""
        return (
            f"{self.column} is missing"
            if self.value is None
            else f"{self.column} {self.operator} {value_text(self.value)}"
        )


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subgroup:
    """Rows that meet some conditions.

    Attributes
    ----------
    conditions : tuple of Condition
        The conditions, all of which hold.
    rows : ndarray of int64
        The refused rows that meet them.
    n_without, n_open : int
        For how many of these it is proved that they have no plan (within the budget), and for how many it is open.
    """

    conditions: tuple[Condition, ...]
    rows: I64
    n_without: int
    n_open: int

    @property
    def share(self) -> float:
        """The proved share without such a plan."""
        return self.n_without / len(self.rows)

    @property
    def text(self) -> str:
        """The conditions in words."""
        return " and ".join(condition.text for condition in self.conditions) or "all refused rows"

    def __repr__(self) -> str:
        open_ = f", {self.n_open} open" if self.n_open else ""
        return f"<Subgroup: {self.text}: {self.n_without} of {len(self.rows)} rows have no such plan{open_}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Subgroups(Sequence[Subgroup]):
    """Descriptive groups of refused rows that have no plan within a budget, those with the most such rows first.

    Attributes
    ----------
    each : tuple of Subgroup
        The groups; one whose rows are all in one before it is left out.
    budget : float
        What a plan may cost (infinite: no plan at all is meant).
    share : float
        The least share of a group's rows without such a plan.
    least : int
        How many such rows a group has at least.
    usual : float
        The proved share of all refused rows.
    n_conjunctions : int
        How many conjunctions were looked at: those that follow from having too few rows are not counted.
    status : Status
        ``COMPLETE``: all conjunctions of the declared conditions were looked at; else ``BEST_SO_FAR``.
    stop : Stop
        Why not all, if so.
    """

    each: tuple[Subgroup, ...]
    budget: float
    share: float
    least: int
    usual: float
    n_conjunctions: int
    status: Status
    stop: Stop

    def __len__(self) -> int:
        return len(self.each)

    @overload
    def __getitem__(self, index: int) -> Subgroup: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Subgroup, ...]: ...
    def __getitem__(self, index: int | slice) -> Subgroup | tuple[Subgroup, ...]:
        return self.each[index]

    @property
    def text(self) -> str:
        """What was found, in one sentence."""
        what = "plan" if self.budget == math.inf else f"plan that costs at most {self.budget:g}"
        part = "no row has a" if self.share == 1 else f"at least {self.share:.0%} of the rows have no"
        found = f"{len(self)} group{'s' * (len(self) != 1)} of which {part} {what}"
        known = "" if self.status is Status.COMPLETE else f", not all were looked at ({self.stop})"
        return f"{found} ({self.usual:.0%} of all refused rows{known}); they describe these rows only"

    def to_frame(self) -> Any:
        """Return a data frame of pandas, a row for each group."""
        import pandas

        rows = [(one.text, len(one.rows), one.n_without, one.n_open, one.share) for one in self]
        return pandas.DataFrame(rows, columns=["group", "rows", "without", "open", "share"])

    def __repr__(self) -> str:
        return "\n".join([f"<Subgroups: {self.text}>", *map(repr, self.each)])

    def _repr_html_(self) -> str:
        rows = [(f"{one.n_without} of {len(one.rows)}", text(one.text)) for one in self]
        return card("groups without a cheap plan", rows, self.text)


def conditions_of(columns: Mapping[str, Sequence[Any]]) -> list[tuple[Condition, Bools]]:
    """Return conditions that part the rows, each with the rows that meet it.

    Parameters
    ----------
    columns : mapping from str to sequence
        The values of each column in the rows.
    """
    found: list[tuple[Condition, Bools]] = []
    for name, values in columns.items():
        gone = np.array([_is_missing(value) for value in values], np.bool_)
        own = [(Condition(name, "is missing"), gone)] if gone.any() else []
        known = [value for value, lost in zip(values, gone, strict=True) if not lost]
        numbers = [value for value in known if is_number(value)]
        if numbers and len(numbers) == len(known):
            own += _of_numbers(
                name, np.array([math.nan if lost else float(v) for v, lost in zip(values, gone, strict=True)])
            )
        else:
            own += _of_categories(name, values, known)
        seen: set[bytes] = set()
        for condition, rows in own:  # conditions that mean the same rows: the first
            if not rows.all() and rows.any() and rows.tobytes() not in seen:
                seen.add(rows.tobytes())
                found.append((condition, rows))
    return found


def _is_missing(value: Any) -> bool:
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return is_number(value) and math.isnan(value)


def _float(value: Any) -> float:
    return math.nan if _is_missing(value) else float(value)


def _of_numbers(name: str, values: Any) -> Iterator[tuple[Condition, Bools]]:
    distinct = np.unique(values[~np.isnan(values)])
    few = len(distinct) <= FEW
    steps = np.linspace(0, 1, QUANTILES + 1)[1:-1]
    cuts = distinct[:-1] if few else np.unique(np.quantile(values[~np.isnan(values)], steps, method="lower"))
    for cut in cuts.tolist():
        told = int(cut) if float(cut).is_integer() and abs(cut) < 2**53 else cut
        yield Condition(name, "<=", told), values <= cut
        yield Condition(name, ">", told), values > cut
    for value in distinct.tolist() if few else ():
        yield Condition(name, "=", int(value) if float(value).is_integer() else value), values == value


def _of_categories(name: str, values: Sequence[Any], known: Sequence[Any]) -> Iterator[tuple[Condition, Bools]]:
    counts: dict[str, int] = {}
    example: dict[str, Any] = {}
    for value in known:
        key = repr(value)
        counts[key] = counts.get(key, 0) + 1
        example.setdefault(key, value)
    for key in sorted(counts, key=lambda one: (-counts[one], one))[:MANY]:
        yield Condition(name, "=", example[key]), np.array([repr(value) == key for value in values], np.bool_)


class Wanted(NamedTuple):
    """What groups are looked for: as ``RecourseAudit.subgroups`` says it."""

    length: int
    least: int
    share: float
    n: int


def search(
    declared: Sequence[tuple[Condition, Bools]], without: Bools, wanted: Wanted, deadline: Deadline
) -> tuple[list[tuple[tuple[int, ...], Bools]], int, bool]:
    """Return the conjunctions that are wanted with their rows, how many were looked at, and whether all were.

    Takes ``O(c ** length)`` looks at the rows for c conditions at worst.
    """
    rows = np.array([own for _, own in declared], np.bool_).reshape(len(declared), len(without))
    column = [condition.column for condition, _ in declared]
    hits: list[tuple[tuple[int, ...], Bools]] = []
    looked, whole = 0, True
    every, bad_rows = np.ones(len(without), np.bool_), int(without.sum())
    if bad_rows >= max(1, wanted.least) and bad_rows >= wanted.share * len(without):
        return [((), every)], 1, True  # all rows are such a group
    level: list[tuple[tuple[int, ...], Bools]] = [((), every)]
    for _ in range(wanted.length):
        following: list[tuple[tuple[int, ...], Bools]] = []
        for items, inside in level:
            if deadline.expired():
                return hits, looked, False
            first = items[-1] + 1 if items else 0
            both = rows[first:] & inside
            counts, bad = both.sum(axis=1), (both & without).sum(axis=1)
            looked += len(both)
            for place in np.nonzero(bad >= max(1, wanted.least))[0].tolist():
                number = first + place
                if any(column[i] == column[number] and _same_side(declared, i, number) for i in items):
                    continue
                own = (*items, number)
                if bad[place] >= wanted.share * counts[place]:
                    hits.append((own, both[place]))
                else:
                    following.append((own, both[place]))  # of a hit, more conditions only leave rows out
        level = following
    return hits, looked, whole


def _same_side(declared: Sequence[tuple[Condition, Bools]], one: int, other: int) -> bool:
    """Tell whether a second condition of a column says nothing new: an interval is two conditions."""
    return declared[one][0].operator == declared[other][0].operator


def listed(hits: list[tuple[tuple[int, ...], Bools]], without: Bools, n: int) -> list[tuple[tuple[int, ...], Bools]]:
    """Return the first n, those with the most rows without a plan first; none whose rows are all in one before it."""
    order = sorted(hits, key=lambda hit: (-int((hit[1] & without).sum()), int(hit[1].sum()), len(hit[0]), hit[0]))
    kept: list[tuple[tuple[int, ...], Bools]] = []
    for own in order:
        if len(kept) == n:
            break
        if not any((own[1] <= other[1]).all() for other in kept):
            kept.append(own)
    return kept
