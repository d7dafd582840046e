"""CatBoost's columns of categories: what a split asks of one is a set of the categories that the model knows.

A split names a category by its number, or compares a **target statistic**: a float32 number that a table gives for each
category of the training, and one more for all others. Both are functions of the category alone, so that a column
becomes codes: one for each known category, one for all others. Where there are too many for conditions ``in``,
categories that no split tells apart share a code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import Bools
from ...engine.domain.conditions import CODES
from ...engine.errors import BadInputError, FormatError, shown
from ..assembly.assemble import Categories
from ..columns.coded_columns import OTHER, CodeColumn
from ..columns.missing import is_missing
from .files import REMEDY, Content, Statistic
from .hashing import category_number, number_of_key, text_of

_EMPTY = (1 << 64) - 1  # the key of a place of a table that holds nothing
_SHOWN = 3  # names of a code that stands for several categories
Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HashedColumn(CodeColumn):
    """A column of categories, of which the model knows the numbers of their texts."""

    numbers: Mapping[int, int] = field(default_factory=dict)

    def code_of(self, value: Any, name: str, row: int, missing: bool) -> float:
        """Return the code of a user's value."""
        text = spelled(value)
        if text is None:
            what = "is missing" if is_missing(value) else f"is {shown(value, 40)}"
            whole = isinstance(value, (float, np.floating)) and float(value).is_integer()
            hint = "write it as it was written in the training"
            raise BadInputError(
                f"feature {name!r} {what} in row {row}: expected a text or a whole number, as CatBoost does for "
                f"categories; {'give a row of a frame as frame.iloc[[i]], which keeps its dtypes' if whole else hint}"
            )
        assert self.other is not None
        return self.numbers.get(category_number(text), self.other)


@dataclass(frozen=True, slots=True)
class Cells(Categories):
    """The codes of a column of categories.

    Attributes
    ----------
    labels : tuple
        What each is called.
    numbers : mapping from number to code
        The categories that the model knows, or that rows showed.
    """

    labels: tuple[Any, ...] = ()
    numbers: Mapping[int, int] = field(default_factory=dict)

    def column(self) -> CodeColumn:
        """Return the codes of the tokens."""
        codes = {token: code for code, token in enumerate(self.tokens)}
        return HashedColumn(self.tokens, self.labels, codes, len(self.tokens) - 1, ..., None, self.numbers)


@dataclass(frozen=True, slots=True, eq=False)
class Splits:
    """What the splits of a model by categories ask: for each, where it is true, by the codes of its column."""

    cells: dict[int, Cells]
    truth: dict[tuple[Any, ...], Bools]


def spelled(value: Any) -> str | bytes | None:
    """Return a category as CatBoost spells it; None for what it does not take."""
    if isinstance(value, (str, bytes)):
        try:
            return value if isinstance(value, bytes) else value.encode()
        except UnicodeEncodeError:
            return None
    if isinstance(value, (bool, int, np.integer, np.bool_)):
        whole = int(value)
        return str(whole) if -(1 << 63) <= whole < 1 << 63 else None
    return None


def splits_of(
    content: Content, asked: Iterable[tuple[Any, ...]], rows_show: Mapping[int, Iterable[Any]], where: str
) -> Splits:
    """Return the codes of the columns of categories, and what each split says of them.

    Parameters
    ----------
    content : Content
        The model.
    asked : iterable of tuple
        The splits: (column, number of a category), or (column, place of a statistic, border).
    rows_show : mapping from column to iterable
        Values that rows show, by which the user knows the categories.
    where : str
        What error messages call the model.
    """
    of_column: dict[int, list[tuple[Any, ...]]] = {column: [] for column in content.categories}
    for split in asked:
        of_column[split[0]].append(split)
    cells: dict[int, Cells] = {}
    truth: dict[tuple[Any, ...], Bools] = {}
    for column, splits in of_column.items():
        tables = {split[1]: _Table(content, split[1], where) for split in splits if len(split) == 3}
        known = {split[1] for split in splits if len(split) == 2}.union(*(table.rows for table in tables.values()))
        names = _names(content, rows_show.get(column, ()))
        listed = [*sorted(known & set(names), key=lambda one: str(names[one])), *sorted(known - set(names))]
        if len(known) < CODES:  # and those that it treats as all others, as far as the user knows them
            listed += sorted(set(names) - known, key=lambda one: str(names[one]))[: CODES - 1 - len(listed)]
        says = _truth(splits, tables, listed)
        if len(listed) >= CODES:
            listed, groups, says = _grouped(listed, says, tables)
        else:
            groups = [[number] for number in listed]
        cells[column] = _cells(groups, names, known | set(names), len(listed))
        truth.update({split: says[i] for i, split in enumerate(splits)})
    return Splits(cells, truth)


class _Table:
    """The values of a target statistic."""

    def __init__(self, content: Content, place: int, where: str) -> None:
        told = content.statistics[place]
        table = content.tables.get(told.table)
        if not isinstance(table, dict):
            raise FormatError(f"{where} lacks the table of a target statistic: {REMEDY}")
        try:
            stride = int(table["hash_stride"])
            entries = table["hash_map"]
            if stride < 2 or len(entries) % stride:
                raise ValueError("of another width")
            keys = [int(key) for key in entries[::stride]]
            counts = np.array([entries[i::stride] for i in range(1, stride)], np.float64).T.reshape(len(keys), -1)
            self.values, self.empty = _values(told, counts, float(table["counter_denominator"]))
            self.rows = {number_of_key(key): i for i, key in enumerate(keys) if key != _EMPTY}
        except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
            raise FormatError(f"{where} has a damaged table of target statistics ({error}): {REMEDY}") from None
        if -1 in self.rows:
            raise FormatError(f"{where} has a damaged table of target statistics (a key of no category): {REMEDY}")

    def at(self, numbers: list[int]) -> Singles:
        """Return the values of categories, and that of all others at the end."""
        places = [self.rows.get(number, -1) for number in numbers]
        found = np.append(self.values, self.empty)[[*places, -1]]
        return found.astype(np.float32)


def _values(told: Statistic, counts: NDArray[np.float64], total: float) -> tuple[Singles, np.float32]:
    """Return the statistic of each row of a table and that of an unknown category, in float32 as CatBoost computes."""
    many = counts.shape[1]
    if told.kind in ("BinarizedTargetMeanValue", "FloatTargetMeanValue"):
        if many != 2:
            raise ValueError("of another width")
        good, whole, none = counts[:, 0], counts[:, 1], 0.0
    elif told.kind in ("Counter", "FeatureFreq"):
        good, whole, none = counts[:, 0], np.full(len(counts), total), total
    elif told.kind in ("Borders", "Buckets"):
        if many < 2 or told.target >= many:
            raise ValueError("of another width")
        whole, none = counts.sum(axis=1), 0.0
        good = counts[:, told.target] if told.kind == "Buckets" else counts[:, told.target + 1 :].sum(axis=1)
    else:
        raise ValueError(f"of the kind {told.kind}")
    with np.errstate(all="ignore"):
        return _shares(told, good, whole), _shares(told, np.zeros(1), np.array([none]))[0]


def _shares(told: Statistic, good: NDArray[np.float64], whole: NDArray[np.float64]) -> Singles:
    prior, denominator = map(np.float32, told.prior)
    share = (good.astype(np.float32) + prior) / (whole.astype(np.float32) + denominator)
    made: Singles = (share + np.float32(told.shift)) * np.float32(told.scale)
    return made


def _truth(splits: list[tuple[Any, ...]], tables: dict[int, _Table], listed: list[int]) -> NDArray[np.bool_]:
    """Return where each split is true: of the listed categories, and of all others at the end."""
    says = np.zeros((len(splits), len(listed) + 1), np.bool_)
    place = {number: i for i, number in enumerate(listed)}
    values = {key: table.at(listed) for key, table in tables.items()}
    for i, split in enumerate(splits):
        if len(split) == 2:
            says[i, place[split[1]]] = True
        else:
            says[i] = values[split[1]] > np.float32(split[2])
    return says


def _grouped(
    listed: list[int], says: NDArray[np.bool_], tables: dict[int, _Table]
) -> tuple[list[int], list[list[int]], NDArray[np.bool_]]:
    """Return one category for each way in which the splits come out, in the order of the first statistic."""
    first = next(iter(tables.values())).at(listed) if tables else np.zeros(len(listed) + 1, np.float32)
    groups: dict[bytes, list[int]] = {}
    rest = says[:, -1].tobytes()
    for i in np.argsort(first[:-1], kind="stable").tolist():
        key = says[:, i].tobytes()
        if key != rest:
            groups.setdefault(key, []).append(i)
    kept = [members[0] for members in groups.values()]
    return (
        [listed[i] for i in kept], [[listed[i] for i in members] for members in groups.values()], says[:, [*kept, -1]],
    )  # fmt: skip


def _names(content: Content, rows_show: Iterable[Any]) -> dict[int, Any]:
    """Return what the user calls categories: number -> value."""
    names: dict[int, Any] = dict(content.told)
    for value in rows_show:
        text = spelled(value)
        if text is not None:
            number = category_number(text)
            names[number] = value.decode(errors="replace") if isinstance(value, bytes) else _plain(value)
    return {number: name for number, name in names.items() if category_number(spelled(name) or b"") == number}


def _plain(value: Any) -> Any:
    if isinstance(value, (bool, np.bool_)):
        return int(value)  # CatBoost spells it so
    return value.item() if isinstance(value, np.generic) else value


def _cells(groups: list[list[int]], names: dict[int, Any], known: set[int], other: int) -> Cells:
    """Return the codes: of each a token, by which the model may be asked, and a label."""
    tokens: list[Any] = []
    labels: list[Any] = []
    for members in groups:
        named = [names[number] for number in members if number in names]
        tokens.append(named[0] if named else text_of(members[0]))
        labels.append(named[0] if len(members) == 1 and named else _label(members, named))
    rest, free = OTHER, 0
    while category_number(rest) in known:
        rest, free = f"{OTHER} {free}", free + 1
    codes = {number: code for code, members in enumerate(groups) for number in members}
    return Cells(
        (*tokens, rest), np.arange(other + 1, dtype=np.float64), labels=(*_distinct(labels), OTHER), numbers=codes
    )


def _label(members: list[int], named: list[Any]) -> str:
    """Return what a code is called that stands for several categories, or for one whose name is not known."""
    first = [str(name) for name in named[:_SHOWN]] or [f"(category {members[0]:08x})"]
    more = len(members) - len(first)
    return " or ".join(first) + (f" or {more} more" if more else "")


def _distinct(labels: list[Any]) -> list[Any]:
    """Return labels, told apart where two look alike (5 and '5' are one category for CatBoost, so that none do)."""
    seen: dict[str, int] = {OTHER: 1}
    made = []
    for label in labels:
        count = seen.get(str(label), 0)
        seen[str(label)] = count + 1
        made.append(f"{label} ({count + 1})" if count else label)
    return made
