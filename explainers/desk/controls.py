"""By what each feature is moved: a slider, a list of values, a switch; what may be said is decided here alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...encoders.columns.missing import is_missing
from ...engine.domain.theory import Feature, Kind
from ...engine.errors import BadInputError, shown
from .table import Table, told

_MOST = 1000  # listed values
_LONG = 1000  # letters of a text


@dataclass(frozen=True, slots=True)
class Control:
    """What moves a feature.

    Attributes
    ----------
    name : str
        The feature.
    kind : {"number", "integer", "toggle", "options", "text"}
        How it is shown.
    columns : tuple of int
        The columns that it sets; several for a one-hot group.
    low, high : float
        Ends of the slider: what is usual; other numbers may be typed.
    values : tuple
        The listed values: each a value for each column.
    names : tuple of str
        The listed values in words.
    missing : bool
        Whether the value may be missing.
    tested : bool
        Whether the model looks at it.
    """

    name: str
    kind: str
    columns: tuple[int, ...]
    low: float = 0.0
    high: float = 1.0
    values: tuple[tuple[Any, ...], ...] = ()
    names: tuple[str, ...] = ()
    missing: bool = False
    tested: bool = True

    def form(self) -> dict[str, Any]:
        """Return it as the page has it."""
        return {
            "name": self.name, "kind": self.kind, "low": self.low, "high": self.high, "options": list(self.names),
            "missing": self.missing, "tested": self.tested,
        }  # fmt: skip

    def now(self, values: list[Any]) -> Any:
        """Return what the page shows of a row: a number, a truth value, the place of a listed value, or None."""
        own = tuple(values[c] for c in self.columns)
        if self.kind in ("options", "toggle") and not (len(own) == 1 and is_missing(own[0])):
            place = next((i for i, one in enumerate(self.values) if _same(one, own)), None)
            return place if self.kind == "options" or place is None else bool(place)
        if is_missing(own[0]):
            return None
        return str(own[0]) if self.kind == "text" else float(own[0])

    def read(self, value: Any) -> dict[int, Any]:
        """Return what a moved value sets, by column.

        Raises
        ------
        BadInputError
            If it is none of the values that this feature takes.
        """
        if value is None:
            if not self.missing:
                raise BadInputError(f"{self.name} cannot be missing: the model takes no missing values there")
            return dict.fromkeys(self.columns)
        if self.kind == "options":
            if type(value) is not int or not 0 <= value < len(self.values):
                raise BadInputError(f"{self.name}={shown(value)}: expected one of its {len(self.values)} listed values")
            return dict(zip(self.columns, self.values[value], strict=True))
        if self.kind == "toggle":
            if type(value) is not bool:
                raise BadInputError(f"{self.name}={shown(value)}: expected true or false")
            return dict(zip(self.columns, self.values[value], strict=True))
        if self.kind == "text":
            if not isinstance(value, str) or len(value) > _LONG:
                raise BadInputError(f"{self.name}={shown(value)}: expected a text of up to {_LONG} letters")
            return {self.columns[0]: value}
        return {self.columns[0]: self._number(value)}

    def _number(self, value: Any) -> float | int:
        if type(value) not in (int, float) or not math.isfinite(value):
            raise BadInputError(f"{self.name}={shown(value)}: expected a number")
        if self.kind == "integer":
            if value != int(value):
                raise BadInputError(f"{self.name}={shown(value)}: expected a whole number")
            return int(value)
        return float(value)


def controls_of(session: Any, table: Table) -> list[Control]:
    """Return what moves each feature of a model, in the order of its columns."""
    space = session.space
    tested = {attribute.feature for attribute in space.attributes}
    labels, missing = session.compiled.vocabulary.labels, session.compiled.missing
    out = []
    for i, feature in enumerate(session.features):
        column = feature.columns[0]
        known = labels.get(column, ())
        control = _control(feature, table, tuple(known), bool(missing & set(feature.columns)), i in tested)
        out.append(control)
    return out


def _control(feature: Feature, table: Table, known: tuple[Any, ...], missing: bool, tested: bool) -> Control:
    columns, name = feature.columns, feature.name
    if feature.kind is Kind.ONE_HOT:
        rows = [tuple(int(c == chosen) for c in columns) for chosen in columns]
        names = [str(value) for value in feature.values]
        if feature.optional:
            rows, names = [*rows, (0,) * len(columns)], [*names, feature.none_of_these]
        return Control(name, "options", columns, values=tuple(rows), names=tuple(names), tested=tested)
    own = [value for value in table.column(columns[0]) if not is_missing(value)]
    missing = missing or (not tested and len(own) < len(table))
    kinds = {type(value) for value in own}
    if kinds == {bool} or (feature.kind is Kind.BINARY and not known):
        two: tuple[tuple[Any, ...], ...] = ((False,), (True,)) if kinds == {bool} else ((0,), (1,))
        return Control(name, "toggle", columns, values=two, missing=missing, tested=tested)
    numbers = kinds <= {int, float}
    if known or (feature.kind is Kind.CATEGORICAL and not feature.listed) or not numbers:
        listed = list(dict.fromkeys([*(known or (feature.values if numbers else ())), *_sorted(own)]))
        if len(listed) > _MOST:
            return Control(name, "text", columns, missing=missing, tested=tested)
        return Control(
            name, "options", columns, values=tuple((one,) for one in listed), names=tuple(map(told, listed)),
            missing=missing, tested=tested,
        )  # fmt: skip
    whole = feature.kind is Kind.INTEGER or kinds == {int}
    low, high = _span(feature, own, whole)
    return Control(name, "integer" if whole else "number", columns, low, high, missing=missing, tested=tested)


def _sorted(values: list[Any]) -> list[Any]:
    distinct = list(dict.fromkeys(values))
    try:
        return sorted(distinct)
    except TypeError:
        return distinct


def _span(feature: Feature, own: list[Any], whole: bool) -> tuple[float, float]:
    """Return what is usual of a number: what the rows have, within its range."""
    numbers = [float(v) for v in own if math.isfinite(v)] or [0.0]
    low, high = max(min(numbers), feature.low), min(max(numbers), feature.high)
    if not low < high:
        low, high = min(numbers), max(numbers)
    if low == high:
        low, high = low - 1.0, high + 1.0
    if whole:
        return float(math.floor(low)), float(math.ceil(high))
    return float(f"{low:.6g}"), float(f"{high:.6g}")


def _same(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    for a, b in zip(one, other, strict=True):
        plain = b.item() if isinstance(b, np.generic) else b
        if isinstance(a, str) != isinstance(plain, str) or a != plain:
            return False
    return True
