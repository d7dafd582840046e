"""A slow reading of certificates of rows near a row: how far each row is, value by value."""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import numpy as np

from tests.brute.certificates import Reading

Distance = Any  # a Fraction, or infinity


class NearReading(Reading):
    """A certificate of a ball around a row."""

    def __init__(self, head: dict[str, Any], arrays: dict[str, Any]) -> None:
        self.ball, self.center = head["claim"]["ball"], arrays["row"][0]
        self.radius = float.fromhex(self.ball["radius"])
        self.weights = [Fraction(float.fromhex(weight)) for weight in self.ball["weights"]]
        self.measured = {i: (float.fromhex(number), wide) for i, number, wide in self.ball["measured"]}
        super().__init__(head, arrays)
        if self.ball["norm"] not in ("linf", "l1", "l0") or len(self.weights) != len(self.features):
            raise ValueError("no such distance")

    def _values(self, i: int) -> list[tuple[float, ...]]:
        """List values of all stretches, and those of the row."""
        own = tuple(float(self.center[c]) for c in self.features[i]["columns"])
        found = super()._values(i)
        return found if any(math.isnan(v) for v in own) or own in found else [*found, own]

    def read(self, i: int, number: float) -> float:
        """Return a number as it is read."""
        (column,) = self.features[i]["columns"]
        with np.errstate(over="ignore"):
            return float(np.dtype(self.head["model"]["reading"][column]).type(number))

    def written(self, i: int, value: float, number: float) -> float:
        """Return the number of 64 bits nearest to another one that is read as a value."""
        if self.read(i, number) == value:
            return number
        (column,) = self.features[i]["columns"]
        kind = np.dtype(self.head["model"]["reading"][column]).type
        towards = kind(math.inf if number > value else -math.inf)
        with np.errstate(over="ignore"):
            beyond = float(np.nextafter(kind(value), towards))
        middle = (value + beyond) / 2 if math.isfinite(beyond) else value
        found = [one for one in (middle, float(np.nextafter(middle, value)), value) if self.read(i, one) == value]
        return min(found, key=lambda one: abs(Fraction(one) - Fraction(number)))

    def writable(self, i: int, number: float, value: float) -> bool:
        """Tell whether a number may be how a value was written."""
        if self.features[i]["kind"] == "integer" and number != math.floor(number):
            return False
        return self.read(i, number) == value if self.measured[i][1] else number == value

    def of_value(self, i: int, value: tuple[float, ...]) -> Distance:
        """Return how far a value of a feature is, as near as it can be written."""
        own = tuple(float(self.center[c]) for c in self.features[i]["columns"])
        gone, none = math.isnan(value[0]), math.isnan(own[0])
        if (gone and none) or value == own:
            return Fraction(0)
        if i in self.ball["still"] or (gone != none and not self.ball["missing"]):
            return math.inf
        if i not in self.measured or gone or none:
            return self.weights[i]
        number, wide = self.measured[i]
        (near,) = value
        if wide:
            near = self.written(i, near, number)
        if self.features[i]["kind"] == "integer":  # whole numbers alone are written
            near = math.ceil(near) if near > number else math.floor(near)
        return abs(Fraction(near) - Fraction(number)) * self.weights[i]

    def far(self, truth: Any) -> Distance:
        """Return how far rows of truth values are, at least."""
        parts: list[Distance] = [Fraction(0)]
        for i, feature in enumerate(self.features):
            place = {c: p for p, c in enumerate(feature["columns"])}
            columns = self.arrays["condition_column"]
            own = [(v, place[int(columns[v])]) for v in range(self.n) if self.feature_of[v] == i]
            fits = [x for x in self.values[i] if all(self.holds(v, x[p]) == truth[v] for v, p in own)]
            far = min((self.of_value(i, x) for x in fits), default=math.inf)
            parts.append(far if far <= sys.float_info.max else math.inf)
        if self.ball["norm"] == "linf" or math.inf in parts:
            return max(parts)
        return sum(parts, Fraction(0))

    # -- what is said ------------------------------------------------------------------------------

    def wrong(self) -> str:
        """Return what is not so; nothing if all is."""
        if len(self.arrays["row"]) != 1 or self.claim["items"] or self.claim["sets"] or self.claim["given"]:
            return "it is of no ball"
        if self.ball["norm"] == "l0" and self.measured:
            return "changes are counted"
        if any(self.read(i, x) != self.center[self.features[i]["columns"][0]] for i, (x, _) in self.measured.items()):
            return "the row has other numbers"
        return super().wrong()

    def is_clear(self) -> bool:
        """All nearer rows are inside."""
        return all(
            state == -1 or not self.far(point) < self.radius
            for point, state in zip(self.points, self.states, strict=True)
        )

    def is_reached(self) -> bool:
        """The first witness is as near as it says."""
        said, row, parts = self.claim["says"]["reached"], self.arrays["witness"][0], [Fraction(0)]
        numbers = {i: float.fromhex(number) for i, number in said["numbers"]}
        for i, feature in enumerate(self.features):
            value = tuple(float(row[c]) for c in feature["columns"])
            if i in self.measured and not math.isnan(value[0]):
                if not self.writable(i, numbers[i], value[0]) or (i in self.ball["still"] and self.of_value(i, value)):
                    return False
                parts.append(abs(Fraction(numbers[i]) - Fraction(self.measured[i][0])) * self.weights[i])
            else:
                parts.append(self.of_value(i, value))
        far = max(parts) if self.ball["norm"] == "linf" else sum(parts, Fraction(0))
        return bool(far <= float.fromhex(said["distance"]))
