"""A slow reading of certificates: what they say is compared with all rows of their domain, and with each other.

It shares no code with the checker: rows are tried one by one.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from tests.brute.certified_sets import Sets, TooLargeError
from tests.brute.certified_slack import Slack

OPERATORS: list[Any] = [
    lambda x, t: x >= t, lambda x, t: x > t, lambda x, t: x <= t, lambda x, t: x < t, lambda x, t: x == t,
    lambda x, t: x != t, lambda x, t: x >= 0 and int(t) >> int(x) & 1 == 1,
    lambda x, t: not (x >= 0 and int(t) >> int(x) & 1 == 1),
]  # fmt: skip
LARGEST_DOMAIN = 20_000


class Reading(Sets, Slack):
    """A certificate, read row by row."""

    def __init__(self, head: dict[str, Any], arrays: dict[str, Any]) -> None:
        self.head, self.arrays, self.claim = head, arrays, head["claim"]
        self.n = len(arrays["condition_column"])
        self.features = head["features"]
        self.owner = {c: i for i, feature in enumerate(self.features) for c in feature["columns"]}
        self.feature_of = [self.owner[int(c)] for c in arrays["condition_column"]]
        self.values = [self._values(i) for i in range(len(self.features))]
        self.clauses = [*head["clauses"], *self.claim["given"]]
        self.unit = arrays["unit"].tolist()
        self.alone = self.unit == list(range(self.n))
        self.cells = self._cells()  # of each attribute: its conditions, and their truth values
        if math.prod(len(cells) for _, cells in self.cells) > LARGEST_DOMAIN:
            raise TooLargeError
        self.points = [point for point in self._points() if self._meets(point)]
        self.states = [self.state(point) for point in self.points]

    # -- rows --------------------------------------------------------------------------------------

    def holds(self, v: int, value: float) -> bool:
        """Tell whether a condition is true of a value."""
        a = self.arrays
        if math.isnan(value):
            return bool(a["condition_missing"][v])
        return bool(OPERATORS[int(a["condition_operator"][v])](value, float(a["condition_threshold"][v])))

    def _values(self, i: int) -> list[tuple[float, ...]]:
        """List values of a feature in all of its stretches."""
        feature = self.features[i]
        columns, said = feature["columns"], [float.fromhex(v) for v in feature["values"]]
        gone, said = said[2:] if feature["kind"] != "listed" else [], said[:2] if feature["kind"] != "listed" else said
        if feature["kind"] == "listed":
            found = [tuple(said[i : i + len(columns)]) for i in range(0, len(said), len(columns))]
        else:
            kind = np.dtype(self.head["model"]["reading"][columns[0]]).type
            near = set(said)
            for v in range(self.n):
                if int(self.arrays["condition_column"][v]) == columns[0]:
                    t = float(self.arrays["condition_threshold"][v])
                    codes = (
                        [float(c) for c in range(53) if int(t) >> c & 1]
                        if self.arrays["condition_operator"][v] >= 6
                        else [t]
                    )
                    near |= set(codes)
            tried: set[float] = set()
            with np.errstate(all="ignore"):
                for t in near:
                    read = kind(t)
                    tried |= {
                        float(read),
                        float(np.nextafter(read, kind(-np.inf))),
                        float(np.nextafter(read, kind(np.inf))),
                    }
                    tried |= (
                        {
                            float(kind(math.floor(t))),
                            float(kind(math.ceil(t))),
                            float(kind(math.floor(t) + 1)),
                            float(kind(math.ceil(t) - 1)),
                        }
                        if math.isfinite(t)
                        else set()
                    )
            tried = {t for t in tried if said[0] <= t <= said[1]}
            if feature["kind"] == "integer":
                tried = {t for t in tried if t == math.floor(t)}
            found = [(t,) for t in sorted(tried)]
        return [*found, *[(v,) for v in gone]]

    def _cells(self) -> list[tuple[list[int], list[tuple[bool, ...]]]]:
        out = []
        for i, values in enumerate(self.values):
            own = [v for v in range(self.n) if self.feature_of[v] == i]
            columns = self.features[i]["columns"]
            if own:
                place = {int(c): p for p, c in enumerate(columns)}
                at = [place[int(self.arrays["condition_column"][v])] for v in own]
                out.append(
                    (own, sorted({tuple(self.holds(v, x[p]) for v, p in zip(own, at, strict=True)) for x in values}))
                )
        return out

    def _points(self) -> list[tuple[bool, ...]]:
        points = []
        for chosen in product(*(cells for _, cells in self.cells)):
            truth = [False] * self.n
            for (own, _), cell in zip(self.cells, chosen, strict=True):
                for v, true in zip(own, cell, strict=True):
                    truth[v] = true
            points.append(tuple(truth))
        return points

    def _meets(self, truth: tuple[bool, ...]) -> bool:
        return all(any(truth[abs(v) - 1] == (v > 0) for v in clause) for clause in self.clauses)

    def truth_of(self, row: Any) -> tuple[bool, ...] | None:
        """Return the truth values of a row of the certificate; None if it is not in the domain."""
        for i, feature in enumerate(self.features):
            value = tuple(float(row[c]) for c in feature["columns"])
            listed = any(all(map(math.isnan, known)) for known in self.values[i])
            if listed and all(map(math.isnan, value)):
                continue
            if feature["kind"] in ("numerical", "integer"):
                low, high = (float.fromhex(v) for v in feature["values"][:2])
                kind = np.dtype(self.head["model"]["reading"][feature["columns"][0]]).type
                with np.errstate(all="ignore"):
                    if not low <= value[0] <= high or float(kind(value[0])) != value[0]:
                        return None
                if feature["kind"] == "integer" and value[0] != math.floor(value[0]):
                    return None
            elif value not in self.values[i]:
                return None
        columns = self.arrays["condition_column"]
        truth = tuple(self.holds(v, float(row[int(columns[v])])) for v in range(self.n))
        return truth if self._meets(truth) else None

    # -- the model ---------------------------------------------------------------------------------

    def reached(self, truth: Any) -> list[int]:
        """Return the leaf of each tree."""
        a, out = self.arrays, []
        for root in a["tree_root"].tolist():
            node = root
            while literal := int(a["tree_literal"][node]):
                right = truth[abs(literal) - 1] == (literal > 0)
                node = int(a["tree_right" if right else "tree_left"][node])
            out.append(int(a["tree_leaf"][node]))
        return out

    def scores(self, truth: Any) -> list[float]:
        """Add up as the library does."""
        a, out = self.arrays, []
        leaves = self.reached(truth)
        for label in self.head["model"]["labels"]:
            for k in range(*label["outputs"]):
                total = float(a["base"][k])
                for leaf in leaves:
                    total += float(a["leaf_values"][leaf, k])
                    total = float(np.float32(total)) if label["single"] else total
                out.append(total / float.fromhex(label["divisor"]))
        return out

    def state(self, truth: Any) -> int:
        """Return 1 outside what is claimed, -1 inside, 0 where rounding may decide."""
        said = [self._label(one, self.scores(truth)) for one in self.claim["outcomes"]]
        return min(said) if self.claim["together"] else max(said, default=-1)

    def _label(self, one: dict[str, Any], scores: list[float]) -> int:
        label = self.head["model"]["labels"][one["label"]]
        mine = scores[slice(*label["outputs"])]
        margin = (float.fromhex(label["near"]) + 4 * float.fromhex(label["doubt"])) * max(
            1.0, float.fromhex(label["divisor"])
        )
        if label["rule"] == "greatest" and float.fromhex(one.get("lead", "0x0p+0")) > 0:
            return self._ahead(one, mine, margin)
        if label["rule"] == "greatest" and "range" not in one:
            best = max(range(len(mine)), key=lambda k: (mine[k], -k))
            near = [k for k in range(len(mine)) if margin > 0 and mine[best] - mine[k] <= margin]
            sides = {(k in one["classes"]) for k in [best, *near]}
            return 0 if len(sides) == 2 else -1 if best in one["classes"] else 1
        if label["rule"] == "threshold" and "range" not in one:
            limit = float.fromhex(label["threshold"])
            if margin > 0 and abs(mine[0] - limit) <= margin:
                return 0
            return -1 if int(mine[0] >= limit) in one["classes"] else 1
        low, high = (float.fromhex(end) for end in one["range"])
        number = mine[one.get("of", 0)]
        if margin > 0 and min(abs(number - low), abs(number - high)) <= margin:
            return 0
        said = [number < low, low <= number <= high, number > high]
        return 1 if any(true and k not in one["classes"] for k, true in enumerate(said)) else -1

    def _ahead(self, one: dict[str, Any], mine: list[float], margin: float) -> int:
        """Tell whether a class that is not claimed is given, and leads the claimed ones by a lead."""
        lead, states = float.fromhex(one["lead"]), [-1]
        for k in range(len(mine)):
            if k in one["classes"]:
                continue
            passed = []
            for c in range(len(mine)):
                gap = mine[k] - mine[c] - (lead if c in one["classes"] else 0.0)
                if c != k:
                    right = gap > 0 or (gap == 0 and (c > k or c in one["classes"]))
                    passed.append(0 if margin > 0 and abs(gap) <= margin else 1 if right else -1)
            states.append(min(passed, default=1))
        return max(states)

    # -- what is said ------------------------------------------------------------------------------

    def wrong(self) -> str:
        """Return what is not so; nothing if all is."""
        return self.wrong_rows() or self.wrong_sets() or self.wrong_tree()

    def wrong_rows(self) -> str:
        """Return what is not so of the row and the witnesses."""
        rows = [self.truth_of(row) for row in self.arrays["row"]]
        seen = [self.truth_of(row) for row in self.arrays["witness"]]
        if None in rows or None in seen:
            return "a row is not in the domain"
        self.rows = [one for one in rows if one is not None]
        self.row, self.seen = (*self.rows, (True,) * self.n)[0], [one for one in seen if one is not None]
        if any(self.state(row) != -1 for row in self.rows):
            return "the row is not inside"
        return "a witness is not outside" if any(self.state(one) != 1 for one in self.seen) else ""

    def wrong_sets(self) -> str:
        """Return what is not so of the sets that force, and of what is claimed."""
        for items in self.claim["sets"]:
            kept = self.kept(items)
            if not self.forced(kept):
                return "a set does not force"
        for name in self.claim["says"]:
            if not getattr(self, f"is_{name}")():
                return f"it is not so: {name}"
        return ""

    def kept(self, items: Any) -> list[int]:
        """Return the literals of items."""
        if items and not self.rows:
            raise ValueError("items of no row")
        return [v + 1 if self.row[v] else -v - 1 for v in range(self.n) if self.unit[v] in items]

    def forced(self, kept: list[int]) -> bool:
        """Tell whether all rows that satisfy literals are inside."""
        return all(
            state == -1
            for point, state in zip(self.points, self.states, strict=True)
            if all(point[abs(v) - 1] == (v > 0) for v in kept)
        )

    def is_forces(self) -> bool:
        """All rows that satisfy the items are inside."""
        return self.forced(self.kept(self.claim["items"]))

    def is_forced(self) -> bool:
        """All rows that satisfy the items are inside."""
        return self.is_forces()

    def is_refuted(self) -> bool:
        """Some row that satisfies the items is outside."""
        kept = self.kept(self.claim["items"])
        return any(
            state == 1 and all(point[abs(v) - 1] == (v > 0) for v in kept)
            for point, state in zip(self.points, self.states, strict=True)
        )

    def is_minimal(self) -> bool:
        """No smaller closed set forces."""
        items = list(self.claim["items"])
        if not self.alone:
            return not any(self.forced(self.kept([x for x in items if x != item])) for item in items)
        kept = self.kept(items)
        for own, cells in self.cells:
            closed = self._closed(own, cells, kept)
            rest = [v for v in kept if abs(v) - 1 not in own]
            for cell in cells:
                left = [v for v in closed if cell[own.index(v)] == self.row[v]]
                if len(left) < len(closed) and self.forced([*rest, *(v + 1 if self.row[v] else -v - 1 for v in left)]):
                    return False
        return True

    def is_changed(self) -> bool:
        """The first witness is what the items say, and with any part of the change taken back all is inside."""
        items = list(self.claim["items"])
        if not items or not self.seen or not self.rows:
            return False
        changed = {self.unit[v] for v in range(self.n) if self.seen[0][v] != self.row[v]}
        stays = sorted(set(self.unit) - changed)
        return changed == set(items) and all(self.forced(self.kept([*stays, i])) for i in changed)

    def is_attained(self) -> bool:
        """The rows have these scores."""
        said = self.claim["says"]["attained"]
        return all(self.scores(self.rows[row])[k] == float.fromhex(number) for row, k, number in said)

    def is_planned(self) -> bool:
        """The first row is as wanted, but for its cost."""
        wanted = self.claim["outcomes"][:-1]
        return bool(self.rows and wanted and self.claim["together"]) and all(
            self._label(one, self.scores(self.rows[0])) == 1 for one in wanted
        )

    # -- boxes -------------------------------------------------------------------------------------

    def wrong_tree(self) -> str:
        """Return what is not so in trees of boxes: a part is missing, or a bound is less than what is reached."""
        a, leaf, number = self.arrays, 0, 0
        for items in self.claim["sets"]:
            for _ in range(self.n_routes()):
                if number >= len(a["proof_at"]) - 1:
                    return "a tree is missing"
                parts = a["proof_split"][a["proof_at"][number] : a["proof_at"][number + 1]].tolist()
                number += 1
                stack = [self.kept(items)]
                for literal in parts:
                    if not stack:
                        return "there are too many parts"
                    box = stack.pop()
                    if literal:
                        stack += [[*box, -literal], [*box, literal]]
                        continue
                    why = self.wrong_leaf(box, leaf)
                    leaf += 1
                    if why:
                        return why
                if stack:
                    return "a part is missing"
        return ""

    def n_routes(self) -> int:
        """How many routes out there are."""
        counts = []
        for one in self.claim["outcomes"]:
            label = self.head["model"]["labels"][one["label"]]
            outputs = label["outputs"][1] - label["outputs"][0]
            classes = 3 if "range" in one else {"greatest": outputs, "threshold": 2}[label["rule"]]
            counts.append(len(set(range(classes)) - set(one["classes"])))
        return math.prod(counts) if self.claim["together"] else sum(counts)

    def wrong_leaf(self, box: list[int], leaf: int) -> str:
        """Return what is not so of a leaf."""
        a = self.arrays
        if leaf >= len(a["proof_kind"]):
            return "a leaf is missing"
        inside = any(all(point[abs(v) - 1] == (v > 0) for v in box) for point in self.points)
        return "a row meets all clauses" if int(a["proof_kind"][leaf]) == 2 and inside else ""
