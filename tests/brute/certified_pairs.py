"""A slow reading of certificates of pairs of rows: all pairs are tried, each row goes down the trees for itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tests.brute.certificates import Reading
from tests.brute.certified_sets import TooLargeError

MOST_PAIRS = 3000  # of stretches of values


class PairReading(Reading):
    """A certificate of pairs; a point has the truth values of the first row, then those that the second has apart."""

    def __init__(self, head: dict[str, Any], arrays: dict[str, Any]) -> None:
        claim, columns = head["claim"], head["model"]["columns"]
        self.pairs = claim["pairs"]
        self.order, apart, labels = self.pairs["order"], self.pairs["apart"], head["model"]["labels"]
        self.one = len(arrays["condition_column"])
        if (
            len(labels) != 1
            or self.order not in (0, 1, -1)
            or len(set(apart)) < len(apart)
            or min(apart, default=0) < 0
        ):
            raise ValueError("no pairs")
        features = [dict(feature) for feature in head["features"]]
        self.ordered = features[apart[0]]["columns"] if self.order else []
        if self.order and (len(apart) > 1 or len(self.ordered) > 1):
            raise ValueError("no order")
        if self.order:
            said = features[apart[0]]["values"]
            features[apart[0]]["values"] = [v for v in said if not math.isnan(float.fromhex(v))]
        self.place = {c: len(columns) + i for i, c in enumerate(c for f in apart for c in features[f]["columns"])}
        more = [{**features[f], "columns": [self.place[c] for c in features[f]["columns"]]} for f in apart]
        own = [v for v in range(self.one) if int(arrays["condition_column"][v]) in self.place]
        self.moved = {v: self.one + i for i, v in enumerate(own)}
        parts = {name: np.append(array, array[own]) for name, array in arrays.items() if name.startswith("condition_")}
        for v, moved in self.moved.items():
            parts["condition_column"][moved] = self.place[int(arrays["condition_column"][v])]
        reading = head["model"]["reading"]
        model = {**head["model"], "reading": [*reading, *(reading[c] for c in self.place)]}
        both = {
            **head, "model": model, "features": [*features, *more], "clauses": self.of_both(head["clauses"]),
            "claim": {**claim, "given": self.of_both(claim["given"])},
        }  # fmt: skip
        super().__init__(both, {**arrays, **parts})

    def of_both(self, clauses: list[list[int]]) -> list[list[int]]:
        """Return clauses as they hold of both rows."""
        if any(not 1 <= abs(v) <= self.one for clause in clauses for v in clause):
            raise ValueError("a clause names no condition")
        second = [[math.copysign(1, v) * (self.moved.get(abs(v) - 1, abs(v) - 1) + 1) for v in one] for one in clauses]
        return [*clauses, *([int(v) for v in one] for one in second)]

    def _points(self) -> list[tuple[bool, ...]]:
        if math.prod(len(cells) for _, cells in self.cells) > MOST_PAIRS:
            raise TooLargeError
        return [point for point in super()._points() if not self.order or self._in_order(point)]

    def _in_order(self, point: tuple[bool, ...]) -> bool:
        """Tell whether some numbers of both rows have these truth values, the first one no greater (or no less)."""
        if not self.moved:
            return True
        found = []
        for own, i in ((self.moved.keys(), self.owner[self.ordered[0]]), (self.moved.values(), len(self.values) - 1)):
            found.append([x for (x,) in self.values[i] if all(self.holds(v, x) == point[v] for v in own)])
        return any(x * self.order <= y * self.order for x in found[0] for y in found[1])

    def truth_of(self, row: Any) -> tuple[bool, ...] | None:
        """Return the truth values of a pair of rows; None if it is not in the domain."""
        if self.order and not row[self.ordered[0]] * self.order <= row[-1] * self.order:
            return None
        return super().truth_of(row)

    # -- the model ---------------------------------------------------------------------------------

    def state(self, truth: Any) -> int:
        """Return 1 where a pair is as it is said, -1 where it is not, 0 where rounding may decide."""
        second = [truth[self.moved.get(v, v)] for v in range(self.one)]
        one, other = self.scores(truth[: self.one]), self.scores(second)
        label, least = self.head["model"]["labels"][0], float.fromhex(self.pairs["margin"])
        if one == other and float.fromhex(label["doubt"]) == 0:
            return -1
        if self.pairs["outcomes"] is None:
            return self._apart(one[0] - other[0], least)
        n = 2 if label["rule"] == "threshold" else len(one)
        found = [-1]
        for k, j in self.pairs["outcomes"]:
            others = [[c for c in range(n) if c != own] for own in (k, j)]
            said = [
                self._label({"label": 0, "classes": own}, scores)
                for own, scores in zip(others, (one, other), strict=True)
            ]
            if least > 0 and len(one) == 1:
                said.append(self._apart((one[0] - other[0]) * (1 if k else -1), least))
            elif least > 0:
                said.append(max(self._apart(one[k] - other[k], least), self._apart(other[j] - one[j], least)))
            found.append(min(said))
        return max(found)

    def _apart(self, gap: float, least: float) -> int:
        label = self.head["model"]["labels"][0]
        margin = float.fromhex(label["near"]) + 4 * float.fromhex(label["doubt"])
        margin *= max(1.0, float.fromhex(label["divisor"]))
        if margin > 0 and abs(gap - least) <= margin:
            return 0
        return 1 if gap > 0 and gap >= least else -1

    def n_routes(self) -> int:
        """How many routes to a pair there are."""
        if self.pairs["outcomes"] is None:
            return 1
        label = self.head["model"]["labels"][0]
        twice = float.fromhex(self.pairs["margin"]) > 0 and label["rule"] == "greatest" and label["outputs"][1] > 1
        return len(self.pairs["outcomes"]) * (1 + twice)

    # -- what is said ------------------------------------------------------------------------------

    def wrong(self) -> str:
        """Return what is not so; nothing if all is."""
        n = len(self.head["model"]["labels"][0]["classes"])
        if len(self.arrays["row"]) or self.claim["items"] or float.fromhex(self.pairs["margin"]) < 0:
            return "it is of a row, or of no distance"
        if any(k == j or not (0 <= k < n and 0 <= j < n) for k, j in self.pairs["outcomes"] or []):
            return "there are no such outcomes"
        return super().wrong()

    def is_no_pair(self) -> bool:
        """No pair is as it is said."""
        return self.forced([])

    def is_pair(self) -> bool:
        """Some pair is as it is said."""
        return 1 in self.states
