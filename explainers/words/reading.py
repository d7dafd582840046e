"""Statements that users write, read as sets of values; what ``Statements`` writes is read back as the same set."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ...encoders.columns.coded_columns import MISSING
from ...engine.domain.conditions import Condition, Operator, Reading
from ...engine.domain.listed_numbers import check_statement
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.errors import BadInputError, shown
from ...engine.given import is_whole, items_in
from ...engine.reasons.spelling import is_number, parts, same_number, spelled_name, unquoted
from .counts import read_counts
from .said_numbers import plain_number
from .statements import LIGHTGBM_ZERO, Statements, group_name
from .values import NumberScale, OptionScale, Scale, Values

_SIGN = r"<=|>=|==|!=|=|<|>|≤|≥|≠"
_REST = re.compile(
    rf"\s*(?P<sign>{_SIGN})\s*(?P<value>.+)|\s+is\s+(?P<word>.+)|\s+(?P<no>not\s+)?in\s*\{{(?P<list>.*)\}}", re.DOTALL
)
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "≤": "≥", "≥": "≤"}
_EXAMPLE = "a statement such as 'age > 37.5' or 'colour in {blue, red}'"


class Said(NamedTuple):
    """A statement: a feature (its index), the values that are meant, and the condition where it is a single one."""

    feature: int
    values: Values
    condition: Condition | None = None


class Reader:
    """Reads statements about the features of a vocabulary.

    Parameters
    ----------
    vocabulary : Vocabulary
        The model's conditions and names.
    features : tuple of Feature
        All features; with the theory off each column is one of its own.
    statements : Statements
        What writes sets of values of these features.
    """

    def __init__(self, vocabulary: Vocabulary, features: Sequence[Feature], statements: Statements) -> None:
        self.vocabulary, self.features, self.statements = vocabulary, tuple(features), statements
        self._names: dict[str, tuple[int, int | None]] = {}  # as they are spelled -> feature, column (None: the group)
        self._spelled: set[str] = set()
        for i, feature in enumerate(self.features):
            for column in feature.columns:
                self._name(vocabulary.names[column], i, column)
            if feature.kind is Kind.ONE_HOT:
                for name in (group_name(feature), feature.name):
                    self._name(name, i, None)
        # names as the library spells them go first: another name may be a part of what is written
        self._longest = sorted(self._names, key=lambda name: (name not in self._spelled, -len(name)))

    def _name(self, name: str, feature: int, column: int | None) -> None:
        self._spelled.add(spelled_name(name))
        for spelled in (spelled_name(name), name):
            self._names.setdefault(spelled, (feature, column))

    def scale(self, feature: int) -> Scale:
        """Return the scale of a feature."""
        return self.statements.scale(self.features[feature])

    # -- tuples ------------------------------------------------------------------------------------------------

    def triple(self, item: Sequence[Any]) -> Said:
        """Read (feature, operator, value) or (feature, operator, value, sign).

        Raises
        ------
        BadInputError
            If it cannot be read, or its feature or value is unknown.
        """
        if len(item) not in (3, 4):
            raise BadInputError(f"condition {shown(item)}: expected (feature, operator, value), or {_EXAMPLE}")
        name, operator, value = item[:3]
        feature, column = self._place(name)
        if value is None or (isinstance(value, float) and math.isnan(value)):
            said = self._missing(feature, Operator.parse(operator))
        else:
            said = self._one(feature, column, operator, value, exact=True)
        sign = item[3] if len(item) == 4 else True
        if not isinstance(sign, (bool, np.bool_)) and sign not in (0, 1):
            raise BadInputError(f"condition {shown(item)}: the sign is {shown(sign)}, expected True or False")
        if sign:
            return said
        negated = said.condition and said.condition._replace(operator=said.condition.operator.negated)
        return Said(feature, self._known(feature, self.scale(feature).negated(said.values)), negated)

    def _missing(self, feature: int, operator: Operator) -> Said:
        """Read a comparison with a missing value."""
        if operator not in (Operator.EQ, Operator.NEQ):
            raise BadInputError(f"condition {operator.value!r} with a missing value: expected '=' or '!='")
        return self._is_missing(feature, operator is Operator.EQ)

    def _is_missing(self, feature: int, yes: bool) -> Said:
        scale = self.scale(feature)
        values = self._blank(scale)
        condition = Condition(self.features[feature].columns[0], Operator.GT, math.inf, True)
        if not yes:
            values, condition = scale.negated(values), condition._replace(operator=Operator.LE, missing=False)
        return Said(feature, values, condition if isinstance(scale, NumberScale) else None)

    def _known(self, feature: int, values: Values) -> Values:
        """Return values without a missing one: a comparison says nothing of it."""
        return Values(values.runs, values.chosen) if self.scale(feature).missing else values

    def _place(self, name: Any) -> tuple[int, int | None]:
        if isinstance(name, str) and name in self._names:
            return self._names[name]
        if isinstance(name, str) or is_whole(name):
            column = self.vocabulary.column(name if isinstance(name, str) else int(name))
            return next(i for i, f in enumerate(self.features) if column in f.columns), column
        raise BadInputError(f"condition about feature {shown(name)}: expected a name, or an id from 1")

    # -- texts -------------------------------------------------------------------------------------------------

    def text(self, text: str) -> list[Said]:
        """Read statements that are joined by "and".

        Raises
        ------
        BadInputError
            If there is none, or its feature or value is unknown.
        """
        found = self._glued(text, " and ", self._either)
        if found is None:
            raise BadInputError(f"condition {shown(text)}: expected {_EXAMPLE}{self._hint(text)}")
        return found

    def _hint(self, text: str) -> str:
        name = re.split(_SIGN, text)[0].strip()
        if re.search(_SIGN, text) is None or name in self._names or is_number(name):
            return ""
        return f"; feature {shown(name)} is unknown, the features are {shown(list(self.vocabulary.names), 160)}"

    def _glued(self, text: str, separator: str, read: Any) -> list[Any] | None:
        """Read the parts of a text; a part that cannot be read goes together with the next one (it may be a name)."""
        found, pending = [], ""
        for part in parts(text, separator):
            pending = pending + separator + part if pending else part
            one = read(pending)
            if one is not None:
                found.append(one)
                pending = ""
        return None if pending or not found else found

    def _either(self, text: str) -> Said | None:
        """Read one statement, which may say "or"."""
        text = text.strip()
        if text.startswith("(") and text.endswith(")") and (inner := self._either(text[1:-1])) is not None:
            return inner
        pieces = parts(text, " or ")
        for n in range(1, len(pieces) + 1):
            said = self._simple(" or ".join(pieces[:n]))
            if said is None:
                continue
            scale = self.scale(said.feature)
            for more in pieces[n:]:
                other = Said(said.feature, self._blank(scale)) if more.strip() == "missing" else self._simple(more)
                if other is None or other.feature != said.feature:
                    raise BadInputError(f"condition {shown(text)}: expected one feature on both sides of 'or'")
                said = Said(said.feature, scale.join(said.values, other.values), self._or_missing(said, other))
            return said
        return None

    @staticmethod
    def _or_missing(said: Said, other: Said) -> Condition | None:
        blank = other.values.missing and not other.values.runs and not any(other.values.chosen)
        return said.condition._replace(missing=True) if blank and said.condition else None

    def _blank(self, scale: Scale) -> Values:
        """Return the set of the missing value alone (nothing, where there is none in the domain)."""
        if isinstance(scale, OptionScale):
            blank = self.statements.options(scale)[2]
            return Values(chosen=tuple(i == blank for i in range(len(scale.options))), missing=scale.missing)
        return Values(missing=scale.missing)

    def _simple(self, text: str) -> Said | None:
        pieces = parts(text, " but not ")
        said = self._plain(pieces[0].strip())
        for piece in pieces[1:] if said is not None else ():
            assert said is not None
            scale, hole = self.scale(said.feature), piece.strip()
            column = self.features[said.feature].columns[0]
            listed = hole[3:].strip()[1:-1] if hole.startswith("in ") else hole
            out = self._one(said.feature, column, Operator.IN, parts(listed, ","), exact=False)
            said = Said(said.feature, scale.meet(said.values, scale.negated(out.values)))
        return said

    def _plain(self, text: str) -> Said | None:
        return self._counts(text) or self._compared(text)

    def _counts(self, text: str) -> Said | None:
        """Read how often a text contains something."""
        for name, bounds in read_counts(text):
            known = self._names.get(name) or self._names.get(unquoted(name) or "")
            if known is None or not self.features[known[0]].counted:
                continue
            feature, column = known
            first, *more = (self._one(feature, column, *bound, exact=False) for bound in bounds)
            return Said(feature, self.scale(feature).meet(first.values, more[0].values)) if more else first
        return None

    def _compared(self, text: str) -> Said | None:
        for name in self._longest:
            if name not in text:
                continue
            feature, column = self._names[name]
            if text.startswith(name) and (rest := _REST.fullmatch(text[len(name) :])):
                return self._after(feature, column, rest)
            turned = re.fullmatch(
                rf"(?P<low>[^<>=≤≥]+?)\s*(?P<a><=|>=|<|>|≤|≥)\s*{re.escape(name)}\s*((?P<b><=|>=|<|>|≤|≥)\s*(?P<high>.+))?",
                text, re.DOTALL,
            )  # fmt: skip
            if turned and is_number(turned["low"]):
                said = self._one(feature, column, _TURNED[turned["a"]], turned["low"], exact=False)
                if turned["b"] is None:
                    return said
                high = self._one(feature, column, turned["b"], turned["high"], exact=False)
                return Said(feature, self.scale(feature).meet(said.values, high.values))
        return None

    def _after(self, feature: int, column: int | None, rest: re.Match[str]) -> Said:
        """Read what stands behind a name."""
        if rest["sign"]:
            return self._one(feature, column, rest["sign"], rest["value"].strip(), exact=False)
        if rest["word"] is None:
            operator = Operator.NOT_IN if rest["no"] else Operator.IN
            return self._one(feature, column, operator, parts(rest["list"], ","), exact=False)
        word = " ".join(rest["word"].split()).lower()
        if word in ("missing", "not missing"):
            return self._is_missing(feature, word == "missing")
        if word in ("true", "false", "not true", "not false"):
            return self._one(feature, column, "=", str(int(word in ("true", "not false"))), exact=False)
        raise BadInputError(f"'is {word}': expected 'is missing', 'is true', or 'not' of these; or {_EXAMPLE}")

    # -- one comparison ----------------------------------------------------------------------------------------

    def _one(self, feature: int, column: int | None, operator: Any, value: Any, *, exact: bool) -> Said:
        """Read a comparison; `exact`: the value is a number of a program, which may be a threshold as it is stored."""
        operator = Operator.parse(operator)
        scale = self.scale(feature)
        several = operator in (Operator.IN, Operator.NOT_IN)
        items = items_in(value) if several else [value]
        if items is None:
            raise BadInputError(f"condition with {operator.value!r} has the value {shown(value)}: expected a list")
        if column is None and operator not in _MATCHING:
            raise BadInputError(
                f"{self.features[feature].name!r} {operator.value} {shown(value)}: a group of columns is compared with "
                "'=', '!=', 'in' or 'not in'"
            )
        if scale.feature.listed and not exact and column is not None:
            check_statement(
                scale.feature, operator, [self._number(column, item) for item in items if item != "missing"]
            )
        by_number = isinstance(scale, NumberScale) or scale.feature.kind is Kind.ONE_HOT or operator not in _MATCHING
        if column is not None and by_number:
            return self._numbers(feature, column, operator, items, exact=exact)
        assert isinstance(scale, OptionScale)
        chosen = [False] * len(scale.options)
        missing = False
        for item in items:
            place = self._option(scale, item)
            missing = missing or place < 0
            if place >= 0:
                chosen[place] = True
        values = Values(chosen=tuple(chosen), missing=missing and scale.missing)
        if operator in (Operator.EQ, Operator.IN):
            return Said(feature, values)
        negated = scale.negated(values)
        blank = self.statements.options(scale)[2]  # as a value of its own it is said apart
        kept = tuple(c and i != blank for i, c in enumerate(negated.chosen))
        return Said(feature, Values(chosen=kept))

    def _option(self, scale: OptionScale, item: Any) -> int:
        """Return the place of a value; -1 for a missing one that has no place."""
        texts, _, blank = self.statements.options(scale)
        said = item.strip() if isinstance(item, str) else item
        if said is None or said in ("missing", MISSING):
            if blank is None and not scale.missing:
                raise BadInputError(f"feature {scale.feature.name!r} has no missing values here")
            return -1 if blank is None else blank
        plain = unquoted(said) if isinstance(said, str) else None
        raw = self._raw(scale)
        for wanted, among in ((said, texts), (plain if plain is not None else said, raw)):
            for place, one in enumerate(among):
                if type(wanted) is type(one) and wanted == one:
                    return place
        found = [i for i, one in enumerate(raw) if str(one) == str(said) or same_number(one, said)]
        if not found and scale.feature.kind is Kind.BINARY and str(said).lower() in ("true", "false"):
            return int(str(said).lower() == "true")
        if not found:
            raise BadInputError(
                f"feature {scale.feature.name!r} has no value {shown(item)}: expected one of {shown(texts, 160)}"
            )
        return found[0]

    def _raw(self, scale: OptionScale) -> list[Any]:
        """Return the values that options stand for, as they are."""
        feature = scale.feature
        if feature.kind is Kind.ONE_HOT:
            more = [feature.reference if feature.reference is not None else feature.none_of_these]
            listed: list[Any] = [*feature.values, *more]
            return listed[: len(scale.options)]
        labels = self.vocabulary.labels.get(feature.columns[0])
        codes: list[Any] = scale.options[:, 0].tolist()
        if labels is None or feature.kind is Kind.BINARY:
            return codes
        return [labels[int(code)] if code in range(len(labels)) else code for code in codes]

    def _numbers(self, feature: int, column: int, operator: Operator, items: list[Any], *, exact: bool) -> Said:
        scale = self.scale(feature)
        numbers = [self._number(column, item) for item in items]
        said: list[Condition] = []
        for number in numbers:
            single = {Operator.IN: Operator.EQ, Operator.NOT_IN: Operator.NEQ}.get(operator, operator)
            said.append(self._condition(scale, column, single, number, exact=exact))
        if operator in (Operator.EQ, Operator.NEQ, Operator.IN, Operator.NOT_IN):
            found = [self._at(scale, one) for one in said]
            values = found[0] if found else Values(chosen=(False,) * len(getattr(scale, "options", ())))
            for one in found[1:]:
                both = operator in (Operator.NEQ, Operator.NOT_IN)
                values = scale.meet(values, one) if both else scale.join(values, one)
            if not found and operator is Operator.NOT_IN:
                values = scale.negated(values)
            return Said(feature, values, said[0] if len(said) == 1 else None)
        return Said(feature, scale.where(said[0]), said[0])

    def _at(self, scale: Scale, condition: Condition) -> Values:
        """Return the values of an equality or its negation; zero is what LightGBM takes for zero."""
        if condition.threshold == 0 and isinstance(scale, NumberScale) and self.statements.zero(scale.feature):
            zero = Values(((-LIGHTGBM_ZERO, LIGHTGBM_ZERO),))
            return zero if condition.operator is Operator.EQ else Values(scale.negated(zero).runs)
        return scale.where(condition)

    def _condition(self, scale: Scale, column: int, operator: Operator, number: float, *, exact: bool) -> Condition:
        """Return a comparison as the model reads it.

        A text says the number in the model's own precision; a number of a program may be a threshold as it is stored.
        """
        plain = Condition(column, operator, number)
        reading = self.vocabulary.reading_of(column)
        if reading is Reading.WHOLE or not isinstance(scale, NumberScale):
            return plain
        if number == 0 and self.statements.zero(scale.feature) and operator not in (Operator.EQ, Operator.NEQ):
            above = operator in (Operator.GT, Operator.LE)
            closed = Operator.GT if operator in (Operator.GT, Operator.GE) else Operator.LE
            return Condition(column, closed, LIGHTGBM_ZERO if above else -LIGHTGBM_ZERO)
        read = plain._replace(threshold=float(reading.cast(np.array([number]))[0]))
        if operator in (Operator.EQ, Operator.NEQ) or read == plain:
            return read
        known = self.statements.borders(scale)
        order = (plain, read) if exact else (read, plain)
        return next((one for one in order if self._border(scale, one) in known), read)

    @staticmethod
    def _border(scale: NumberScale, condition: Condition) -> float:
        runs = scale.where(condition).runs
        if not runs:
            return math.nan
        return runs[0][1] if condition.operator in (Operator.LE, Operator.LT) else runs[0][0]

    def _number(self, column: int, value: Any) -> float:
        labels = self.vocabulary.labels.get(column)
        said = value.strip() if isinstance(value, str) else value
        if labels is not None:
            plain = unquoted(said) if isinstance(said, str) else None
            texts = [str(label) for label in labels]
            if str(said if plain is None else plain) in texts:
                return float(texts.index(str(said if plain is None else plain)))
        try:
            number = math.nan if isinstance(said, _NO_NUMBERS) else plain_number(said)
        except Exception:  # nor what an object of a user fails to be
            number = math.nan
        if math.isnan(number):
            name = self.vocabulary.names[column]
            raise BadInputError(
                f"condition on {name!r}: {shown(value)} is no number that float64 can hold, nor a value of the feature"
            )
        return number


_NO_NUMBERS = (bytes, bytearray, type(None), np.timedelta64, np.datetime64)  # float() takes some of them
_MATCHING = (Operator.EQ, Operator.NEQ, Operator.IN, Operator.NOT_IN)
