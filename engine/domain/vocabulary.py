"""The vocabulary: numbered conditions of one model, and the names of its features."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from ..errors import BadInputError, shown
from ..given import is_whole
from .column_names import known_name
from .conditions import Condition, Operator, Reading, codes_of, cut_of, readable_border

_FEW = 8  # conditions that are shown


@dataclass(frozen=True, slots=True, repr=False)
class Vocabulary:
    """Distinct conditions in the order of their numbers 1 … n.

    Attributes
    ----------
    conditions : tuple of Condition
        Condition v is ``conditions[v - 1]``.
    names : tuple of str
        Names of all columns of the model's input.
    reading : Reading
        Precision in which the columns are read.
    labels : mapping from column to tuple
        For columns whose values are codes 0, 1, …: what each code stands for.
    own_readings : mapping from column to Reading
        Columns that hold fewer numbers than `reading` has: those of a dtype of their own.
    """

    conditions: tuple[Condition, ...]
    names: tuple[str, ...]
    reading: Reading
    labels: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)
    own_readings: Mapping[int, Reading] = field(default_factory=dict)

    def reading_of(self, column: int) -> Reading:
        """Return the precision in which a column is read."""
        return self.own_readings.get(column, self.reading)

    def __len__(self) -> int:
        return len(self.conditions)

    def __repr__(self) -> str:
        first = "; ".join(f"{v}: {said}" for v, said in self._first())
        more = "; …" if len(self) > _FEW else ""
        return f"<Vocabulary: {self._size}{': ' if first else ''}{first}{more}>"

    def _repr_html_(self) -> str:
        """Return the same for notebooks."""
        from ..reasons.html import card, text

        rest = len(self) - _FEW
        return card(self._size, [(str(v), text(said)) for v, said in self._first()], f"{rest} more" if rest > 0 else "")

    @property
    def _size(self) -> str:
        columns = len({condition.feature for condition in self.conditions})
        return f"{len(self)} conditions on {columns} of {len(self.names)} columns"

    def _first(self) -> list[tuple[int, str]]:
        """Return the first conditions as the model has them, with their numbers."""
        return [(v, self._plain(condition)) for v, condition in enumerate(self.conditions[:_FEW], 1)]

    def _plain(self, condition: Condition) -> str:
        operator, number = readable_border(condition, self.reading_of(condition.feature))
        labels = self.labels.get(condition.feature)
        if operator in (Operator.IN, Operator.NOT_IN):
            codes = codes_of(condition.threshold)
            number = "{" + ", ".join(str(labels[c]) if labels and c < len(labels) else str(c) for c in codes) + "}"
        elif labels and condition.threshold in range(len(labels)):
            operator, number = condition.operator, str(labels[int(condition.threshold)])
        return f"{self.names[condition.feature]} {'=' if operator is Operator.EQ else operator.value} {number}"

    @property
    def fingerprint(self) -> str:
        """What tells it from a vocabulary with other conditions, numbers, names or labels, in any process."""
        told = (
            self.conditions,
            self.names,
            self.reading,
            sorted(self.labels.items()),
            sorted(self.own_readings.items()),
        )
        return blake2b(repr(told).encode(), digest_size=16).hexdigest()

    def condition(self, literal: int) -> Condition:
        """Return the condition that a literal states (negated for a negative literal).

        Raises
        ------
        BadInputError
            If the literal is 0 or beyond the vocabulary.
        """
        self.check_literals((literal,))
        condition = self.conditions[abs(literal) - 1]
        if literal > 0:
            return condition
        return condition._replace(operator=condition.operator.negated, missing=not condition.missing)

    def check_literals(self, literals: Iterable[int]) -> tuple[int, ...]:
        """Return the literals as a tuple of ints, or say which one is no literal of this model."""
        checked = []
        for literal in literals:
            if not is_whole(literal):
                raise BadInputError(f"literal {shown(literal)}: expected a signed integer such as 3 or -3")
            if literal == 0 or abs(int(literal)) > len(self.conditions):
                raise BadInputError(f"literal {shown(literal)}: expected ±1 … ±{len(self.conditions)}")
            checked.append(int(literal))
        return tuple(checked)

    def column(self, name: str | int) -> int:
        """Return the 0-based column of a feature given by its name or its 1-based id.

        Raises
        ------
        BadInputError
            If no feature has this name or id.
        """
        if is_whole(name):
            if 1 <= name <= len(self.names):
                return int(name) - 1
            raise BadInputError(f"feature {shown(name)}: expected an id from 1 to {len(self.names)}")
        known = known_name(name, self.names)
        if known is None:
            raise BadInputError(f"feature {shown(name)} is unknown: the features are {_some(self.names)}")
        return self.names.index(known)


def _some(names: Sequence[str], limit: int = 12) -> str:
    """List names, shortened."""
    shown = ", ".join(map(repr, names[:limit]))
    return shown + (f", … ({len(names)} in all)" if len(names) > limit else "")


class VocabularyBuilder:
    """Numbers conditions as they are met; equal and complementary tests share a number."""

    def __init__(self, reading: Reading, missing: frozenset[int] = frozenset()) -> None:
        self._reading = reading
        self._missing = missing
        self._known: dict[tuple[object, ...], tuple[int, bool]] = {}
        self.conditions: list[Condition] = []

    def literal(self, condition: Condition) -> int:
        """Return the signed number of a condition, a new one if it was not met before."""
        key, truth = self._key(condition)
        found = self._known.get(key)
        if found is None:
            self.conditions.append(condition)
            self._known[key] = (len(self.conditions), truth)
            return len(self.conditions)
        number, known_truth = found
        return number if truth == known_truth else -number

    def _key(self, condition: Condition) -> tuple[tuple[object, ...], bool]:
        """Return what the condition separates, and on which side it is true."""
        operator = condition.operator
        if operator in (Operator.IN, Operator.NOT_IN):
            inside = operator is Operator.IN
            direction = condition.missing == inside if condition.feature in self._missing else None
            return (condition.feature, "set", condition.threshold, direction), inside
        cuts = cut_of(condition, self._reading)
        rising = operator.upward or operator is Operator.EQ
        # Where missing values are outside the domain, their direction tells no tests apart.
        missing = condition.missing == rising if condition.feature in self._missing else None
        if not cuts:  # equality with a number that cannot be read: never true but for missing values
            return (condition.feature, "never", missing), rising
        kind = "point" if len(cuts) == 2 else "border"
        return (condition.feature, kind, cuts[0], missing), rising
