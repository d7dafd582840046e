"""Literals in the user's words: conditions, merged intervals, categories."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..engine.conditions import Condition, Operator, Reading, cut_of, readable_border, shortest
from ..engine.space import Space
from ..engine.theory import Feature, Kind

_LOWER = (Operator.GT, Operator.GE)
_UPPER = (Operator.LT, Operator.LE)
_FLIPPED = {Operator.GT: "<", Operator.GE: "<="}  # "x > 3" is "3 < x"
_ZERO, _ONE = np.zeros(1), np.ones(1)


@dataclass(frozen=True, slots=True)
class _Said:
    """What is known of one literal, so that it is worked out once."""

    column: int  # first column of its feature (its own with the theory off)
    name: str
    text: str
    side: int  # 1: a lower bound of a number, -1: an upper bound, 0: neither
    equal: bool  # says that the feature has one value
    border: tuple[float, float]
    sign: str
    number: str


class Words:
    """Says literals of one space in words."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.vocabulary = space.vocabulary
        self._said: dict[int, _Said] = {}

    def literal(self, literal: int) -> str:
        """Return one literal as text, such as ``age > 37.5`` or ``colour = red``."""
        return self._of(literal).text

    def _of(self, literal: int) -> _Said:
        said = self._said.get(literal)
        if said is None:
            said = self._said[literal] = self._work_out(literal)
        return said

    def _work_out(self, literal: int) -> _Said:
        condition = self.vocabulary.condition(literal)
        feature = self.feature(literal)
        column = condition.feature if self.space.theory is None else feature.columns[0]
        side = 0
        if condition.feature not in self._missing() and self._is_number(condition, literal):
            side = 1 if condition.operator in _LOWER else -1
        text = self._say(condition)
        cuts = cut_of(condition, self.vocabulary.reading_of(condition.feature))
        border = (cuts[0] if cuts else condition.threshold, condition.threshold)
        operator, number = self.bound(condition)
        alone = self.space.theory is not None and not self._with_missing(condition)
        equal = side == 0 and alone and self._one_value(condition, feature)
        name = self.vocabulary.names[condition.feature]
        return _Said(column, name, text, side, equal, border, _FLIPPED.get(operator, operator.value), number)

    def _one_value(self, condition: Condition, feature: Feature) -> bool:
        if feature.kind in (Kind.ONE_HOT, Kind.BINARY):
            return self._separates_bits(condition) and self._true_for_one(condition)
        return condition.operator is Operator.EQ

    def bound(self, condition: Condition) -> tuple[Operator, str]:
        """Return the comparison and the number (or category) of a condition as they are shown."""
        label = self.vocabulary.labels.get(condition.feature)
        if label is not None and condition.threshold in range(len(label)):
            return condition.operator, str(label[int(condition.threshold)])
        if condition.operator in (Operator.EQ, Operator.NEQ):
            return condition.operator, shortest(condition.threshold, Reading.FLOAT64)
        return readable_border(condition, self.vocabulary.reading_of(condition.feature))

    def feature(self, literal: int) -> Feature:
        """Return the feature that a literal speaks of."""
        return self.space.features[self.space.feature_of(literal)]

    def _say(self, condition: Condition) -> str:
        feature = next(f for f in self.space.features if condition.feature in f.columns)
        name = self.vocabulary.names[condition.feature]
        suffix = " or missing" if self._with_missing(condition) else ""
        if self.space.theory is not None and self._separates_bits(condition):
            one = self._true_for_one(condition)
            if feature.kind is Kind.ONE_HOT:
                value = feature.values[feature.columns.index(condition.feature)]
                return f"{group_name(feature)} {'=' if one else '!='} {value}{suffix}"
            if feature.kind is Kind.BINARY:
                return f"{name} = {1 if one else 0}{suffix}"
        largest = self.vocabulary.reading_of(condition.feature).largest
        endless = condition.feature in self._missing() and abs(condition.threshold) > largest
        if endless and bool(condition.true_at(_ZERO)[0]) != condition.missing:  # all numbers on one side
            return f"{name} is {'missing' if condition.missing else 'not missing'}"
        if self.space.theory is not None and condition.feature in self.vocabulary.labels:
            return f"{name} {self._among(condition)}{suffix}"
        operator, number = self.bound(condition)
        return f"{name} {'=' if operator is Operator.EQ else operator.value} {number}{suffix}"

    def _among(self, condition: Condition) -> str:
        """Say which labels a condition allows: ``= red``, ``!= red``, ``in {blue, red}``, ``not in {blue, red}``."""
        labels = [str(label) for label in self.vocabulary.labels[condition.feature]]
        truth = condition.true_at(np.arange(len(labels), dtype=np.float64)).tolist()
        inside = [label for label, true in zip(labels, truth, strict=True) if true]
        outside = [label for label, true in zip(labels, truth, strict=True) if not true]
        if len(inside) == 1 or len(inside) < len(outside):
            return f"= {inside[0]}" if len(inside) == 1 else f"in {{{', '.join(inside)}}}"
        return f"!= {outside[0]}" if len(outside) == 1 else f"not in {{{', '.join(outside)}}}"

    def _with_missing(self, condition: Condition) -> bool:
        return condition.missing and condition.feature in self._missing()

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

    def say(self, reason: Iterable[int]) -> tuple[str, ...]:
        """Return a reason in words."""
        return self.features(reason)

    def say_change(self, reason: Iterable[int]) -> tuple[str, ...]:
        """Return what a contrastive reason says has to become true."""
        return self.features([-literal for literal in reason])

    def by_column(self, literals: Iterable[int]) -> dict[int, list[int]]:
        """Group literals by the first column of their feature (by column with the theory off), ascending."""
        groups: dict[int, list[int]] = {}
        for literal in sorted(set(literals), key=abs):
            groups.setdefault(self._of(literal).column, []).append(literal)
        return dict(sorted(groups.items()))

    def _none_of_these(self, group: Sequence[int]) -> str | None:
        """Say that no column of a one-hot group is set, where literals exclude them all; None otherwise."""
        feature = self.feature(group[0])
        if self.space.theory is None or not feature.optional:
            return None
        conditions = [self.vocabulary.condition(literal) for literal in group]
        bits = [c for c in conditions if self._separates_bits(c) and not self._with_missing(c)]
        if any(map(self._true_for_one, bits)) or {c.feature for c in bits} != set(feature.columns):
            return None
        return f"{group_name(feature)} = {feature.none_of_these}"

    def _merged(self, group: Sequence[int]) -> list[str]:
        none = self._none_of_these(group)
        if none is not None:
            return [none]
        said = [self._of(literal) for literal in group]
        rest = [one for one in said if one.side == 0]
        if any(one.equal for one in rest):
            rest = [one for one in rest if one.equal]  # an equality says more than the exclusions beside it
        texts = [one.text for one in rest]
        lower = max((one for one in said if one.side > 0), key=_border, default=None)
        upper = min((one for one in said if one.side < 0), key=_border, default=None)
        if lower is not None and upper is not None:
            return [f"{lower.number} {lower.sign} {lower.name} {upper.sign} {upper.number}", *texts]
        return [one.text for one in (lower, upper) if one is not None] + texts

    def keep_strongest(self, literals: Iterable[int]) -> tuple[int, ...]:
        """Leave out bounds that another bound on the same side implies."""
        return self._outermost(literals, strongest=True)

    def keep_weakest(self, literals: Iterable[int]) -> tuple[int, ...]:
        """Leave out bounds that imply another bound on the same side."""
        return self._outermost(literals, strongest=False)

    def _outermost(self, literals: Iterable[int], *, strongest: bool) -> tuple[int, ...]:
        kept: list[int] = []
        for group in self.by_column(literals).values():
            for side in (1, -1):
                bounds = [v for v in group if self._of(v).side == side]
                if bounds:
                    choose = max if (side == 1) == strongest else min
                    kept.append(choose(bounds, key=lambda v: self._of(v).border))
            kept += [v for v in group if self._of(v).side == 0]
        return tuple(sorted(kept, key=abs))

    def _is_number(self, condition: Condition, literal: int) -> bool:
        if condition.feature in self.vocabulary.labels or condition.operator not in (*_LOWER, *_UPPER):
            return False
        if self.space.theory is None:
            return True
        return self.feature(literal).kind in (Kind.NUMERICAL, Kind.INTEGER, Kind.CATEGORICAL)

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


def _border(said: _Said) -> tuple[float, float]:
    return said.border


def group_name(feature: Feature) -> str:
    """Return the readable name of a one-hot group: its pattern without the star."""
    return feature.name.rstrip("*").rstrip("_=") or feature.name
