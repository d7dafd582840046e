"""Literals in the user's words: one statement a feature, true for the same values as the literals."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...engine.domain.conditions import Condition, Operator, Reading, codes_of, cut_of, readable_border, shortest
from ...engine.domain.space import Space
from ...engine.domain.theory import Feature, Kind
from ...engine.reasons.parts import Part
from ...engine.reasons.spelling import spelled_name, spelled_values
from .asked import Asking
from .statements import Statements, own_value
from .values import NumberScale, OptionScale, Values

_LOWER = (Operator.GT, Operator.GE)
_UPPER = (Operator.LT, Operator.LE)
_FLIPPED = {Operator.GT: "<", Operator.GE: "<="}  # "x > 3" is "3 < x"
_ZERO = np.zeros(1)
_KEPT = 20_000  # statements that are remembered


@dataclass(frozen=True, slots=True)
class _Said:
    """What is known of one literal, so that it is worked out once."""

    column: int  # first column of its feature (its own with the theory off)
    text: str
    side: int  # 1: a lower bound of a number, -1: an upper bound, 0: neither
    border: tuple[float, float]


class Words:
    """Says literals of one space in words."""

    home: Callable[[], Any] | None = None  # finds the session whose reasons they tell, as long as it is there

    def __init__(self, space: Space) -> None:
        self.space = space
        self.vocabulary = space.vocabulary
        self._said: dict[int, _Said] = {}
        self._together: dict[tuple[int, ...], str | None] = {}  # what literals on one feature say together

    @cached_property
    def statements(self) -> Statements:
        """What says sets of values."""
        return Statements(self.vocabulary, self._missing())

    @cached_property
    def asking(self) -> Asking:
        """What reads literals, statements and reasons that users pass."""
        return Asking(self)

    @cached_property
    def fingerprint(self) -> str:
        """What tells the numbered conditions of one model from those of another one."""
        return self.vocabulary.fingerprint

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
        column = condition.feature if self.space.theory is None else self.feature(literal).columns[0]
        side = 0
        if condition.feature not in self._missing() and self._is_number(condition, literal):
            side = 1 if condition.operator in _LOWER else -1
        cuts = cut_of(condition, self.vocabulary.reading_of(condition.feature))
        border = (cuts[0] if cuts else condition.threshold, condition.threshold)
        said = None if self.space.theory is None else self._statement([literal])
        return _Said(column, said or self._plain(condition), side, border)

    def _statement(self, group: Sequence[int]) -> str | None:
        """Return what literals on one feature say together; ``None`` if that is everything or nothing."""
        return self.statements.say(self.feature(group[0]), self.values(group))

    def values(self, group: Sequence[int]) -> Values:
        """Return the values of a feature that satisfy literals on it (theory on)."""
        scale = self.statements.scale(self.feature(group[0]))
        return scale.all_of(self.vocabulary.condition(literal) for literal in group)

    def bound(self, condition: Condition) -> tuple[Operator, str]:
        """Return the comparison and the number (or category) of a condition as they are shown."""
        label = self.vocabulary.labels.get(condition.feature)
        if label is not None and condition.threshold in range(len(label)):
            return condition.operator, spelled_values(label)[int(condition.threshold)]
        if condition.operator in (Operator.EQ, Operator.NEQ):
            return condition.operator, shortest(condition.threshold, Reading.FLOAT64)
        return readable_border(condition, self.vocabulary.reading_of(condition.feature))

    def feature(self, literal: int) -> Feature:
        """Return the feature that a literal speaks of."""
        return self.space.features[self.space.feature_of(literal)]

    def _plain(self, condition: Condition) -> str:
        """Say a condition as the model has it: with the theory off, and where it is always or never true."""
        name = spelled_name(self.vocabulary.names[condition.feature])
        suffix = " or missing" if condition.missing and condition.feature in self._missing() else ""
        largest = self.vocabulary.reading_of(condition.feature).largest
        endless = condition.feature in self._missing() and abs(condition.threshold) > largest
        if endless and bool(condition.true_at(_ZERO)[0]) != condition.missing:  # all numbers on one side
            return f"{name} is {'missing' if condition.missing else 'not missing'}"
        if condition.operator in (Operator.IN, Operator.NOT_IN):
            return f"{name} {condition.operator.value} {{{', '.join(self._codes(condition))}}}{suffix}"
        operator, number = self.bound(condition)
        return f"{name} {'=' if operator is Operator.EQ else operator.value} {number}{suffix}"

    def _codes(self, condition: Condition) -> list[str]:
        labels = spelled_values(self.vocabulary.labels.get(condition.feature, ()))
        return [labels[code] if code < len(labels) else str(code) for code in codes_of(condition.threshold)]

    def _missing(self) -> frozenset[int]:
        return self.space.theory.missing if self.space.theory else frozenset()

    def features(self, literals: Iterable[int], *, merge: bool = True) -> tuple[str, ...]:
        """Return literals as texts in the order of the features; with `merge`, one statement for each feature.

        Parameters
        ----------
        literals : iterable of int
            Signed literals.
        merge : bool
            Say what the literals on a feature allow together (``10 <= f1 < 20``, ``colour in {blue, red}``). With the
            theory off, only a lower and an upper bound are merged.
        """
        out: list[str] = []
        for group in self.by_column(literals).values():
            out += self._merged(group) if merge else [self.literal(literal) for literal in group]
        return tuple(dict.fromkeys(out))

    def say(self, reason: Iterable[int]) -> tuple[str, ...]:
        """Return a reason in words."""
        return self.features(reason)

    def say_names(self, reason: Iterable[str]) -> tuple[str, ...]:
        """Return a reason that is made of features."""
        return tuple(map(str, reason))

    def say_change(self, reason: Iterable[int]) -> tuple[str, ...]:
        """Return what a contrastive reason says has to become true."""
        return self.features([-literal for literal in reason])

    def parts(self, reason: Iterable[Any], how: str, row: Any) -> tuple[Part, ...]:
        """Return what a reason says of each feature, as data; nothing with the theory off.

        Parameters
        ----------
        reason : iterable
            Literals, or names of features.
        how : str
            The method of this class that says it in words.
        row : Row or None
            The instance.
        """
        if self.space.theory is None:
            return ()
        if row is not None and (len(row) != len(self.vocabulary.names) or self._of_text):
            row = None  # a text, whose words are the columns
        if how == "say_names":
            return tuple(self._named(feature, row) for feature in self.space.features if feature.name in set(reason))
        told = [-literal for literal in reason] if how == "say_change" else list(reason)
        groups = self.by_column(told).values()
        return tuple(self._part(self.feature(group[0]), group, row) for group in groups)

    def _part(self, feature: Feature, group: Sequence[int], row: Any) -> Part:
        values, scale = self.values(group), self.statements.scale(feature)
        says = " and ".join(self._merged(group))
        own = "" if row is None else own_value(feature, [row[c] for c in feature.columns])
        if isinstance(scale, NumberScale):
            return Part(feature.name, says, values.runs, missing=values.missing, own=own)
        assert isinstance(scale, OptionScale)
        options = tuple(self.statements.options(scale)[0])
        allowed = tuple(one for one, chosen in zip(options, values.chosen, strict=True) if chosen)
        return Part(feature.name, says, (), options, allowed, values.missing, own)

    def _named(self, feature: Feature, row: Any) -> Part:
        own = "" if row is None else own_value(feature, [row[c] for c in feature.columns])
        return Part(feature.name, feature.name, options=(own,) if own else (), allowed=(own,) if own else (), own=own)

    def own_values(self, literals: Iterable[int], said: Sequence[str], row: Any) -> tuple[str, ...]:
        """Return what a row has for each statement about literals; empty where the statement itself says it."""
        groups = list(self.by_column(literals).items())
        if len(groups) != len(said) or len(row) != len(self.vocabulary.names) or self._of_text:
            return ()  # literals that are told one by one, and words of a text, which shows them itself
        told = []
        for (column, group), text in zip(groups, said, strict=True):
            columns = (column,) if self.space.theory is None else self.feature(group[0]).columns
            own = own_value(self.feature(group[0]), [row[c] for c in columns])
            says = re.search(r" (=|is) ", text) is not None and text.endswith(f" {own}")
            told.append("" if says else own)
        return tuple(told)

    @property
    def _of_text(self) -> bool:
        return any(feature.counted for feature in self.space.features)

    def by_column(self, literals: Iterable[int]) -> dict[int, list[int]]:
        """Group literals by the first column of their feature (by column with the theory off), ascending."""
        groups: dict[int, list[int]] = {}
        for literal in sorted(set(literals), key=abs):
            groups.setdefault(self._column(literal), []).append(literal)
        return dict(sorted(groups.items()))

    def _column(self, literal: int) -> int:
        return self._columns[abs(literal) - 1]

    @cached_property
    def _columns(self) -> list[int]:
        """The column by which each condition is grouped."""
        if self.space.theory is None:
            return [condition.feature for condition in self.vocabulary.conditions]
        first = [self.space.features[attribute.feature].columns[0] for attribute in self.space.attributes]
        return [first[a] for a in self.space.attribute_of.tolist()]

    def _merged(self, group: Sequence[int]) -> list[str]:
        if self.space.theory is not None:
            key = tuple(group)
            if len(self._together) > _KEPT:
                self._together.clear()
            if key not in self._together:
                self._together[key] = self._statement(group) if len(group) > 1 else self.literal(group[0])
            said = self._together[key]
            return [self.literal(literal) for literal in group] if said is None else [said]
        lower = max((v for v in group if self._of(v).side > 0), key=lambda v: self._of(v).border, default=None)
        upper = min((v for v in group if self._of(v).side < 0), key=lambda v: self._of(v).border, default=None)
        texts = [self.literal(v) for v in group if self._of(v).side == 0]
        if lower is not None and upper is not None:
            return [self._between(lower, upper), *texts]
        return [self.literal(one) for one in (lower, upper) if one is not None] + texts

    def _between(self, lower: int, upper: int) -> str:
        own, low = self.bound(self.vocabulary.condition(lower))
        operator, high = self.bound(self.vocabulary.condition(upper))
        name = spelled_name(self.vocabulary.names[self._column(lower)])
        return f"{low} {_FLIPPED[own]} {name} {operator.value} {high}"

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
