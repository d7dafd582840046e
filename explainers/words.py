"""Literals in the user's words: conditions, merged intervals, categories."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from ..engine.conditions import Condition, Operator, Reading, cut_of, readable_border, shortest
from ..engine.space import Space
from ..engine.theory import Feature, Kind

_LOWER = (Operator.GT, Operator.GE)
_UPPER = (Operator.LT, Operator.LE)
_FLIPPED = {Operator.GT: "<", Operator.GE: "<="}
_ZERO, _ONE = np.zeros(1), np.ones(1)


class Words:
    """Says literals of one space in words."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.vocabulary = space.vocabulary
        self._texts: dict[int, str] = {}

    def literal(self, literal: int) -> str:
        """Return one literal as text, such as ``age > 37.5`` or ``colour = red``."""
        text = self._texts.get(literal)
        if text is None:
            text = self._texts[literal] = self._say(self.vocabulary.condition(literal))
        return text

    def bound(self, condition: Condition) -> tuple[Operator, str]:
        """Return the comparison and the number (or category) of a condition as they are shown."""
        label = self.vocabulary.labels.get(condition.feature)
        if label is not None and condition.threshold in range(len(label)):
            return condition.operator, str(label[int(condition.threshold)])
        if condition.operator in (Operator.EQ, Operator.NEQ):
            return condition.operator, shortest(condition.threshold, Reading.FLOAT64)
        return readable_border(condition, self.vocabulary.reading)

    def feature(self, literal: int) -> Feature:
        """Return the feature that a literal speaks of."""
        return self.space.features[self.space.feature_of(literal)]

    def _say(self, condition: Condition) -> str:
        feature = next(f for f in self.space.features if condition.feature in f.columns)
        name = self.vocabulary.names[condition.feature]
        if feature.kind is Kind.ONE_HOT and self.space.theory is not None:
            value = feature.values[feature.columns.index(condition.feature)]
            if self._separates_bits(condition):
                return f"{group_name(feature)} {'=' if self._true_for_one(condition) else '!='} {value}"
        if feature.kind is Kind.BINARY and self.space.theory is not None and self._separates_bits(condition):
            return f"{name} = {1 if self._true_for_one(condition) else 0}"
        if condition.feature in self._missing() and abs(condition.threshold) > self.vocabulary.reading.largest:
            if bool(condition.true_at(_ZERO)[0]) != condition.missing:  # all numbers on one side
                return f"{name} is {'missing' if condition.missing else 'not missing'}"
        suffix = " or missing" if condition.missing and condition.feature in self._missing() else ""
        operator, number = self.bound(condition)
        return f"{name} {'=' if operator is Operator.EQ else operator.value} {number}{suffix}"

    def _missing(self) -> frozenset[int]:
        return self.space.theory.missing if self.space.theory else frozenset()

    def _separates_bits(self, condition: Condition) -> bool:
        return self._true_for_one(condition) != bool(condition.true_at(_ZERO)[0])

    @staticmethod
    def _true_for_one(condition: Condition) -> bool:
        return bool(condition.true_at(_ONE)[0])

    def features(self, literals: Iterable[int], *, merge: bool = True) -> tuple[str, ...]:
        """Return literals as texts in the order of the features; with `merge`, one interval for each number.

        Parameters
        ----------
        literals : iterable of int
            Signed literals.
        merge : bool
            Merge the bounds of a feature (``10 <= f1 < 20``) and leave out what another literal implies.
        """
        out: list[str] = []
        for group in self.by_column(literals).values():
            out += self._merged(group) if merge else [self.literal(literal) for literal in group]
        return tuple(dict.fromkeys(out))

    def by_column(self, literals: Iterable[int]) -> dict[int, list[int]]:
        """Group literals by the first column of their feature (by column with the theory off), in the order of columns."""
        groups: dict[int, list[int]] = {}
        for literal in sorted({int(v) for v in literals}, key=abs):
            column = self.vocabulary.conditions[abs(literal) - 1].feature
            if self.space.theory is not None:
                column = self.feature(literal).columns[0]
            groups.setdefault(column, []).append(literal)
        return dict(sorted(groups.items()))

    def _merged(self, group: Sequence[int]) -> list[str]:
        conditions = [(self.vocabulary.condition(literal), literal) for literal in group]
        missing = self._missing()
        plain = [(c, v) for c, v in conditions if c.feature not in missing and self._is_number(c, v)]
        rest = [self.literal(v) for c, v in conditions if not (c.feature not in missing and self._is_number(c, v))]
        if self.space.theory is not None and any(" = " in text for text in rest):
            rest = [text for text in rest if " = " in text]  # an equality says more than the exclusions beside it
        lower = max((c for c, _ in plain if c.operator in _LOWER), key=self._border, default=None)
        upper = min((c for c, _ in plain if c.operator in _UPPER), key=self._border, default=None)
        if lower is not None and upper is not None:
            name = self.vocabulary.names[lower.feature]
            (over, least), (under, most) = self.bound(lower), self.bound(upper)
            return [f"{least} {_FLIPPED[over]} {name} {under.value} {most}", *rest]
        return [self._say(c) for c in (lower, upper) if c is not None] + rest

    def keep_strongest(self, literals: Iterable[int]) -> tuple[int, ...]:
        """Leave out bounds that another bound on the same side implies."""
        return self._outermost(literals, strongest=True)

    def keep_weakest(self, literals: Iterable[int]) -> tuple[int, ...]:
        """Leave out bounds that imply another bound on the same side."""
        return self._outermost(literals, strongest=False)

    def _outermost(self, literals: Iterable[int], *, strongest: bool) -> tuple[int, ...]:
        kept: list[int] = []
        for group in self.by_column(literals).values():
            for side in (_LOWER, _UPPER):
                bounds = [v for v in group if self._on_side(v, side)]
                if bounds:
                    greatest = (side is _LOWER) == strongest
                    choose = max if greatest else min
                    kept.append(choose(bounds, key=lambda v: self._border(self.vocabulary.condition(v))))
            kept += [v for v in group if not self._on_side(v, _LOWER) and not self._on_side(v, _UPPER)]
        return tuple(sorted(kept, key=abs))

    def _on_side(self, literal: int, side: tuple[Operator, ...]) -> bool:
        condition = self.vocabulary.condition(literal)
        return condition.operator in side and self._is_number(condition, literal)

    def _is_number(self, condition: Condition, literal: int) -> bool:
        if condition.feature in self.vocabulary.labels or condition.operator not in (*_LOWER, *_UPPER):
            return False
        if self.space.theory is None:
            return True
        return self.feature(literal).kind in (Kind.NUMERICAL, Kind.INTEGER, Kind.CATEGORICAL)

    def _border(self, condition: Condition) -> tuple[float, float]:
        cuts = cut_of(condition, self.vocabulary.reading)
        return (cuts[0] if cuts else condition.threshold, condition.threshold)

    def details(
        self, literals: Iterable[int], weights: Mapping[int, float] | None = None
    ) -> OrderedDict[str, list[dict[str, Any]]]:
        """Return literals as a structure: feature name -> list of dictionaries, one a literal."""
        out: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()
        for column, group in self.by_column(literals).items():
            for literal in group:
                own = self.vocabulary.conditions[abs(literal) - 1]
                considered = self.vocabulary.condition(literal)
                entry = {
                    "id": column + 1,
                    "name": self.vocabulary.names[own.feature],
                    "literal": literal,
                    "operator": own.operator,
                    "sign": own.operator == considered.operator,
                    "operator_sign_considered": considered.operator,
                    "threshold": own.threshold,
                    "weight": None if weights is None else weights.get(literal),
                    "theory": None if self.space.theory is None else self.feature(literal).kind.value,
                    "string": self.literal(literal),
                }
                out.setdefault(self.display_name(literal), []).append(entry)
        return out

    def display_name(self, literal: int) -> str:
        """Return the name of the feature that a literal speaks of (its column's name with the theory off)."""
        if self.space.theory is None:
            return self.vocabulary.names[self.vocabulary.conditions[abs(literal) - 1].feature]
        return self.feature(literal).name


def group_name(feature: Feature) -> str:
    """Return the readable name of a one-hot group: its pattern without the star."""
    return feature.name.rstrip("*").rstrip("_=") or feature.name
