"""What certificates say of slack, read option by option and row by row."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import product
from typing import Any

from tests.brute.certified_sets import TooLargeError

MOST_POINTS = 3_000
MOST_ROWS = 60_000


class Slack:
    """Claims about all rows near options; the rest of a reading fills in what they stand on."""

    head: dict[str, Any]
    claim: dict[str, Any]
    arrays: dict[str, Any]
    features: Any
    values: Any
    feature_of: list[int]
    n: int

    def holds(self, v: int, value: float) -> bool:
        """Tell whether a condition is true of a value."""
        raise NotImplementedError

    def scores(self, truth: Any) -> list[float]:
        """Add up as the library does."""
        raise NotImplementedError

    def _label(self, one: dict[str, Any], scores: list[float]) -> int:
        raise NotImplementedError

    def is_bears(self) -> bool:
        """What the last clauses leave out has a row near it that is not as wanted for sure; near the plan all are."""
        said, claim = self.claim["says"]["bears"], self.claim
        radii, planned = {i: Fraction(r) for i, r in said["radii"]}, "planned" in claim["says"]
        if not 0 < said["deciding"] <= len(claim["outcomes"]) - planned or not claim["together"]:
            return False
        if any(len(self.features[i]["columns"]) > 1 for i in radii) or len(said["of"]) > len(claim["given"]):
            return False
        first = len(claim["given"]) - len(said["of"])
        early, late = [*self.head["clauses"], *claim["given"][:first]], claim["given"][first:]
        wanted = claim["outcomes"][: said["deciding"]]
        tested = sorted(set(self.feature_of))
        options = [[tuple(map(float.fromhex, one)) for one in said["options"][i]] for i in tested]
        if math.prod(map(len, options)) > MOST_POINTS:
            raise TooLargeError
        for point in product(*options):
            truth = self._truth(tested, point)
            if _meets(truth, late) or not _meets(truth, early):
                continue
            if all(self._out_of(wanted, row) == 1 for row in self._near(tested, point, radii)):
                return False
        if not planned:
            return True
        plan = [tuple(float(self.arrays["row"][0][c]) for c in self.features[i]["columns"]) for i in tested]
        others = said["holds"]["outcomes"]
        return all(
            max((self._label(one, self.scores(row)) for one in others), default=-1) == -1
            for row in self._near(tested, tuple(plan), radii)
        )

    def _out_of(self, outcomes: Any, truth: Any) -> int:
        scores = self.scores(truth)
        return min(self._label(one, scores) for one in outcomes)

    def _near(self, tested: list[int], point: Any, radii: dict[int, Fraction]) -> list[tuple[bool, ...]]:
        """List the truth values of all rows near a point."""
        sides = []
        for i, own in zip(tested, point, strict=True):
            side = {own}
            if i in radii and math.isfinite(own[0]):
                numbers = [v for (v,) in self.values[i] if math.isfinite(v)]
                side |= {(v,) for v in numbers if abs(Fraction(v) - Fraction(own[0])) <= radii[i]}
            sides.append(sorted(side))
        if math.prod(map(len, sides)) > MOST_ROWS:
            raise TooLargeError
        return sorted({self._truth(tested, row) for row in product(*sides)})

    def _truth(self, tested: list[int], point: Any) -> tuple[bool, ...]:
        place = {}
        for i, values in zip(tested, point, strict=True):
            place |= dict(zip(self.features[i]["columns"], values, strict=True))
        columns = self.arrays["condition_column"]
        return tuple(self.holds(v, place[int(columns[v])]) for v in range(self.n))


def _meets(truth: Any, clauses: Any) -> bool:
    return all(any(truth[abs(v) - 1] == (v > 0) for v in clause) for clause in clauses)
