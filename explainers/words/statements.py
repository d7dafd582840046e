"""Sets of values of one feature as statements: ``3 < x <= 5 or missing``, ``colour not in {blue, red}``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...encoders.columns.coded_columns import MISSING, OTHER
from ...encoders.columns.missing import is_missing
from ...engine.domain.conditions import Condition, Operator, Reading, cut_of, shortest
from ...engine.domain.theory import Feature, Kind
from ...engine.domain.vocabulary import Vocabulary
from ...engine.reasons.spelling import spelled_name, spelled_values, value_text
from .counts import say_counts
from .values import NumberScale, OptionScale, Run, Scale, Values, scale_of

LIGHTGBM_ZERO = float(np.float32(1e-35))  # LightGBM takes numbers up to this size for zero
_MANY = 12  # values that are listed in any case
_OPEN = (Operator.LT, Operator.GE)
_BOUNDS = (Operator.LT, Operator.GE, Operator.LE, Operator.GT)
_EXACT = 2.0**53


class Statements:
    """Says sets of values of the features of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, missing: frozenset[int]) -> None:
        self.vocabulary = vocabulary
        self._missing = missing
        self._scales: dict[tuple[int, ...], Scale] = {}
        self._borders: dict[int, dict[float, Condition]] = {}

    def scale(self, feature: Feature) -> Scale:
        """Return the scale of a feature."""
        found = self._scales.get(feature.columns)
        if found is None:
            found = self._scales[feature.columns] = scale_of(
                feature, self.vocabulary.reading_of(feature.columns[0]), self._missing
            )
        return found

    def name(self, feature: Feature) -> str:
        """Return the name of a feature as statements have it."""
        if feature.kind is not Kind.ONE_HOT:
            return spelled_name(self.vocabulary.names[feature.columns[0]])
        name = group_name(feature)
        listed = name.startswith("{") and name.endswith("}")  # a group that is named by its columns
        return name if listed else spelled_name(name)

    def say(self, feature: Feature, values: Values) -> str | None:
        """Return a statement that is true for exactly these values; ``None`` for all values, and for none."""
        scale = self.scale(feature)
        if values.empty or scale.negated(values).empty:
            return None
        if isinstance(scale, NumberScale):
            counted = feature.counted
            return say_counts(self.name(feature), values.runs) if counted else self._say_numbers(scale, values)
        assert isinstance(scale, OptionScale)
        return self._say_options(scale, values)

    # -- numbers -----------------------------------------------------------------------------------------------

    def _say_numbers(self, scale: NumberScale, values: Values) -> str:
        name = self.name(scale.feature)
        runs = values.runs
        if not runs:
            return f"{name} is missing"
        blank = " or missing" if values.missing else ""
        if runs == scale.every.runs:
            return f"{name} is not missing"
        points = [run for run in runs if self._is_point(scale, run)]
        if len(points) == len(runs):
            return f"{name} {_among([self._point(scale, run) for run in runs])}{blank}"
        gaps = list(zip([run[1] for run in runs], [run[0] for run in runs[1:]], strict=False))
        holes = [self._point(scale, gap) for gap in gaps]
        if all(self._is_point(scale, gap) for gap in gaps):
            outer = (runs[0][0], runs[-1][1])
            if outer == (-math.inf, math.inf):
                return f"{name} {_among(holes, no=True)}{blank}"
            but = f" but {_among(holes, no=True).replace('!= ', 'not ')}" if holes else ""
            return f"{self._run(scale, name, outer)}{but}{blank}"
        return " or ".join(self._run(scale, name, run) for run in runs) + blank

    def _run(self, scale: NumberScale, name: str, run: Run) -> str:
        if self._is_point(scale, run):
            return f"{name} = {self._point(scale, run)}"
        low = None if run[0] == -math.inf else self.bound(scale, run[0], upward=True)
        high = None if run[1] == math.inf else self.bound(scale, run[1], upward=False)
        if low and high:
            return f"{low[1]} {'<' if low[0] is Operator.GT else '<='} {name} {high[0]} {high[1]}"
        one = low or high
        assert one is not None
        return f"{name} {one[0]} {one[1]}"

    def _is_point(self, scale: NumberScale, run: Run) -> bool:
        return scale.is_point(run) or (run == (-LIGHTGBM_ZERO, LIGHTGBM_ZERO) and self.zero(scale.feature))

    def _point(self, scale: NumberScale, run: Run) -> str:
        if not scale.is_point(run) and self._is_point(scale, run):
            return "0"
        return _whole(run[1], scale.reading) if scale.whole else _short(run[1], scale.reading)

    def bound(self, scale: NumberScale, border: float, *, upward: bool) -> tuple[Operator, str]:
        """Return the comparison and the number that say "above a border" or "up to it", in the fewest digits.

        ``x <= b`` and ``x < next number after b`` are the same test; the one with the shorter number is chosen, the
        model's own operator if both are equally short.
        """
        closed, opened = (Operator.GT, Operator.GE) if upward else (Operator.LE, Operator.LT)
        reading = scale.reading
        if abs(border) == LIGHTGBM_ZERO and self.zero(scale.feature):
            return (closed if border > 0 else opened), "0"
        own = self.borders(scale).get(border)
        if scale.whole:
            above = border + 1 if abs(border) < _EXACT else reading.above(border)
            texts = _whole(border, reading), _whole(above, reading)
        else:
            texts = _short(border, reading), _short(reading.above(border), reading)
        longer = len(texts[0]) - len(texts[1])
        if longer > 0 or (longer == 0 and own is not None and own.operator in _OPEN):
            return opened, texts[1]
        return closed, texts[0]

    def borders(self, scale: NumberScale) -> dict[float, Condition]:
        """Return the borders that the model has on a column of numbers, with a condition that has each."""
        column = scale.feature.columns[0]
        known = self._borders.get(column)
        if known is None:
            known = self._borders[column] = {}
            for condition in reversed([c for c in self.vocabulary.conditions if c.feature == column]):
                known |= {scale.border(cut): condition for cut in cut_of(condition, scale.reading)}
        return known

    def zero(self, feature: Feature) -> bool:
        """Tell whether zero stands for all numbers that LightGBM takes for zero, in a feature."""
        scale = self.scale(feature)
        if not isinstance(scale, NumberScale) or scale.whole or scale.reading is not Reading.FLOAT64:
            return False
        known = self.borders(scale)
        near = [border for border in known if -LIGHTGBM_ZERO < border < LIGHTGBM_ZERO]
        return not near and (LIGHTGBM_ZERO in known or -LIGHTGBM_ZERO in known)

    # -- listed values -----------------------------------------------------------------------------------------

    def options(self, scale: OptionScale) -> tuple[list[str], int | None, int | None]:
        """Return the spelled options; which one stands for all others, and which for a missing value, if any do."""
        feature = scale.feature
        labels = self.vocabulary.labels.get(feature.columns[0])
        if feature.kind is Kind.ONE_HOT:
            named = [] if feature.reference is None else [feature.reference]
            spelled = list(spelled_values([*feature.values, *named]))
            if len(scale.options) == len(spelled):
                return spelled, None, None
            return [*spelled, feature.none_of_these], len(spelled), None
        codes = scale.options[:, 0].tolist()
        if labels is None or not all(code.is_integer() and 0 <= code < len(labels) for code in codes):
            return [_short(code, scale.reading) for code in codes], None, None
        said = [labels[int(code)] for code in codes]
        other = next((i for i in range(len(said) - 1, -1, -1) if said[i] == OTHER), None)
        blank = next((i for i, one in enumerate(said) if one == MISSING), None)
        texts = list(spelled_values(said))
        for place, word in ((other, OTHER), (blank, MISSING)):
            if place is not None:
                texts[place] = word
        return texts, other, blank

    def _say_options(self, scale: OptionScale, values: Values) -> str:
        name = self.name(scale.feature)
        texts, other, blank = self.options(scale)
        if scale.feature.kind is Kind.BINARY and scale.feature.truth:
            texts = ["false", "true"]
        places = [i for i in range(len(texts)) if i != blank]
        inside = [i for i in places if values.chosen[i]]
        outside = [i for i in places if not values.chosen[i]]
        missing = values.missing if blank is None else values.chosen[blank]
        if not inside:
            return f"{name} is missing"
        if not outside:
            return f"{name} is not missing"
        suffix = " or missing" if missing else ""
        if scale.feature.kind is Kind.BINARY:
            return f"{name} {'is' if scale.feature.truth else '='} {texts[inside[0]]}{suffix}"
        if self._ordered(scale) and (ranged := _range(name, texts, inside, scale.feature.listed)):
            return f"{ranged}{suffix}"
        no = len(outside) < len(inside)
        if other is not None:
            rest = len(outside), len(inside)
            no = bool(values.chosen[other])
            if rest[not no] > _MANY and rest[no] * 2 < rest[not no]:  # to name "all others" is much shorter
                no = not no
        listed = [texts[i] for i in (outside if no else inside)]
        if other is not None and (outside if no else inside) == [other]:  # other than what: than those that are known
            listed, no = [texts[i] for i in places if i != other], not no
        return f"{name} {_among(listed, no=no)}{suffix}"

    def _ordered(self, scale: OptionScale) -> bool:
        """Tell whether the model compares the numbers of a feature by size, and they have no labels."""
        column = scale.feature.columns[0]
        if scale.feature.kind is not Kind.CATEGORICAL or column in self.vocabulary.labels:
            return False
        return any(c.feature == column and c.operator in _BOUNDS for c in self.vocabulary.conditions)


def own_value(feature: Feature, values: Sequence[Any]) -> str:
    """Return what a row has of a feature as a person would write it."""
    if any(map(is_missing, values)):
        return "missing"
    if len(values) == 1:
        return value_text(values[0])
    held = [i for i, value in enumerate(values) if value]
    return str(feature.values[held[0]]) if held else feature.none_of_these


def group_name(feature: Feature) -> str:
    """Return the readable name of a one-hot group: its pattern without the star."""
    return feature.name.rstrip("*").rstrip("_=") or feature.name


def _among(listed: Sequence[str], *, no: bool = False) -> str:
    """Say that a value is (not) one of some texts."""
    if len(listed) == 1:
        return f"{'!=' if no else '='} {listed[0]}"
    return f"{'not ' if no else ''}in {{{', '.join(listed)}}}"


def _range(name: str, texts: Sequence[str], inside: Sequence[int], always: bool) -> str | None:
    """Say neighbouring numbers by their ends, where that is shorter than a list (or `always`); by their places."""
    first, last = inside[0], inside[-1]
    if last - first + 1 != len(inside) or first == last:
        return None
    if first == 0:
        return f"{name} <= {texts[last]}"
    if last == len(texts) - 1:
        return f"{name} >= {texts[first]}"
    return f"{texts[first]} <= {name} <= {texts[last]}" if len(inside) > 2 or always else None


def _short(number: float, reading: Reading) -> str:
    """Return a number in the fewest digits, without a sign at zero."""
    return shortest(number + 0.0, reading)


def _whole(number: float, reading: Reading) -> str:
    """Return an integer in the fewest digits."""
    return str(int(number)) if abs(number) < 1e16 else shortest(number, reading)
