"""Checks a certificate of suffice: ``python suffice_check.py FILE``. It needs numpy, and no line of suffice.

A certificate holds a model's own numbers, a row, a claim about them and its proof; docs/certificates.md tells the
format. Nothing of it is believed: the domain, sums, bounds and rounding errors are computed here, from the numbers.
"""

from __future__ import annotations

import json
import math
import sys
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

FORMAT, VERSION = "suffice certificate", 1
ACCEPTED, REJECTED, RELATIVE = "accepted", "rejected", "checked relative to the encoding"
CLAIMS = ("forces", "refuted", "minimal", "changes", "least", "cheapest", "complete")
NODE = ("literal", "left", "right", "leaf")
OPERATORS = (">=", ">", "<=", "<", "==", "!=", "in", "not in")
BOUND, SUM, CLAUSE, MOST, AT_ONCE = 0, 1, 2, 1 << 62, 256  # first what a leaf of a tree of boxes says


def require(met: Any, why: str) -> None:
    """Raise an error if something that a certificate says is not so."""
    if not met:
        raise ValueError(why)


def within(numbers: Any, end: int) -> bool:
    """Tell whether numbers are at least 0 and less than an end."""
    return bool(((numbers >= 0) & (numbers < end)).all())


def load(path: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the text and the arrays of a certificate."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return json.loads(arrays.pop("certificate.json")), arrays


def below(x: Any, reading: str, strict: bool) -> Any:
    """Return the greatest numbers of a precision up to x, or below it."""
    with np.errstate(over="ignore"):
        found = np.asarray(x, np.float64).astype(reading)
        lower = np.nextafter(found, found.dtype.type(-np.inf))
    return np.where((found > x) | (strict & (found == x)), lower, found).astype(np.float64)


def codes_of(threshold: Any) -> list[int]:
    """Return the codes that a condition lists."""
    return [code for code in range(53) if int(threshold) >> code & 1]


class Domain:
    """The rows that are considered: features, with finitely many points that the conditions tell apart."""

    def __init__(self, head: Any, arrays: Any) -> None:
        self.names, self.reading, self.theory = head["model"]["columns"], head["model"]["reading"], head["theory"]
        told = [arrays[f"condition_{part}"] for part in ("column", "operator", "threshold", "missing")]
        self.column, self.operator, self.threshold, self.missing = told
        self.n, self.features, owner = len(self.column), head["features"], np.full(len(self.names), -1)
        require(within(self.column, len(self.names)) and within(self.operator, 8), "a condition is damaged")
        for i, feature in enumerate(self.features):
            owner[feature["columns"]] = i
        require((owner >= 0).all(), "a column belongs to no feature")
        self.feature_of, self.clauses = owner[self.column], [self.literals(clause) for clause in head["clauses"]]
        self.tables = [(np.array([v]), np.array([[False, True]])) for v in range(self.n)]  # of each attribute: its
        if self.theory:  # conditions, and their truth at its points; without theory each condition is free
            own = [np.nonzero(self.feature_of == i)[0] for i in range(len(self.features))]
            self.tables = [self.table(*one) for one in zip(self.features, own, strict=True) if len(one[1])]
        self.attribute = np.zeros(self.n, np.int64)
        for a, (mine, _) in enumerate(self.tables):
            self.attribute[mine] = a

    def literals(self, numbers: Any) -> Any:
        """Return signed numbers of conditions, checked."""
        found = np.array(numbers, np.int64).reshape(-1)
        require(within(np.abs(found) - 1, self.n), "a literal names no condition")
        return found

    def points(self, feature: Any, own: Any) -> Any:
        """Return values, one row each, with all truth values that conditions on a feature can have together."""
        columns, values = feature["columns"], np.array([*map(float.fromhex, feature["values"])])
        if feature["kind"] == "one-hot":
            found = np.eye(len(columns) + bool(feature["optional"]), len(columns))
        elif feature["kind"] == "listed":
            found = values[:, None]
        else:  # between two borders no condition changes: each stretch of numbers is met at its upper end
            codes = [codes_of(self.threshold[v]) for v in own if self.operator[v] >= 6]
            borders = np.concatenate([self.threshold[own][self.operator[own] < 6], *codes])
            borders = np.concatenate([below(borders, self.reading[columns[0]], strict) for strict in (False, True)])
            borders = np.append(np.floor(borders) if feature["kind"] == "integer" else borders, values[1])
            found = np.unique(borders[(borders >= values[0]) & (borders <= values[1])])[:, None]
        return np.vstack([found, np.full((int(feature["missing"]), len(columns)), np.nan)])

    def table(self, feature: Any, own: Any) -> tuple[Any, Any]:
        """Return conditions on a feature, and where they are true at its points."""
        rows = np.zeros((len(points := self.points(feature, own)), len(self.names)))
        rows[:, feature["columns"]] = points
        return own, np.unique(self.truth(rows)[:, own], axis=0).T.copy()

    def where(self, literal: int) -> Any:
        """Return the points of its attribute at which a literal is true."""
        own, table = self.tables[self.attribute[abs(literal) - 1]]
        return table[np.searchsorted(own, abs(literal) - 1)] == (literal > 0)

    def truth(self, rows: Any) -> Any:
        """Return where conditions are true, shape (rows, conditions)."""
        values, t, out = rows[:, self.column], self.threshold, np.zeros((len(rows), self.n), bool)
        for code, test in enumerate((np.greater_equal, np.greater, np.less_equal, np.less, np.equal, np.not_equal)):
            out |= test(values, t) & (self.operator == code)
        for v in np.nonzero(self.operator >= 6)[0]:
            out[:, v] = np.isin(values[:, v], codes_of(t[v])) == (self.operator[v] == 6)
        return np.where(np.isnan(values), self.missing, out)

    def rows(self, rows: Any) -> Any:
        """Return the truth values of rows of a certificate; they have to be in the domain."""
        require(rows.shape[1:] == ((len(self.names),) if self.theory else (self.n,)), "a row has another width")
        if not self.theory:
            return rows.astype(bool)
        for feature in self.features:
            values = rows[:, feature["columns"]]
            if feature["kind"] in ("numerical", "integer"):
                (least, most), one = map(float.fromhex, feature["values"]), values[:, 0]
                fits = (one >= least) & (one <= most) & (below(one, self.reading[feature["columns"][0]], False) == one)
                fits &= (feature["kind"] == "numerical") | (np.floor(one) == one)
            else:
                fits = (values[:, None] == self.points(feature, [])[None]).all(axis=2).any(axis=1)
            fits |= np.isnan(values).all(axis=1) & bool(feature["missing"])
            require(fits.all(), f"a value of {feature['name']} is not in the domain")
        truth = self.truth(rows)
        met = [(truth[:, np.abs(clause) - 1] == (clause > 0)).any(axis=1).all() for clause in self.clauses]
        require(all(met), "a row breaks a clause of the theory")
        return truth


class Model:
    """Trees whose leaves are added up, and labels that the sums decide."""

    def __init__(self, head: Any, arrays: Any, domain: Domain) -> None:
        self.literal, self.left, self.right, self.leaf = (arrays[f"tree_{name}"] for name in NODE)
        self.root, self.values, self.base = arrays["tree_root"], arrays["leaf_values"], arrays["base"]
        self.labels, self.inner = head["model"]["labels"], self.literal != 0
        count, every = len(self.literal), [self.root, self.left[self.inner], self.right[self.inner]]
        require(
            (np.abs(self.literal) <= domain.n).all() and within(self.leaf[~self.inner], len(self.values)),
            "a node is bad",
        )
        require(self.values.shape[1:] == self.base.shape and np.isfinite(self.values).all(), "a value is bad")
        require(within(front := np.concatenate(every), count), "a node is bad")
        require(len(np.unique(front)) == len(front) and np.isfinite(self.base).all(), "nodes make no trees")
        self.levels, front, trees = [], self.root, np.arange(len(self.root))
        self.size = np.zeros((len(self.root), len(self.base)))  # the greatest value of each tree, without its sign
        while len(front):
            inner, leaf = self.inner[front], ~self.inner[front]
            np.maximum.at(self.size, trees[leaf], np.abs(self.values[self.leaf[front[leaf]]]))
            self.levels.append(front := front[inner])
            front, trees = np.concatenate([self.left[front], self.right[front]]), np.tile(trees[inner], 2)
        self.single, self.divisor = np.zeros(len(self.base), bool), np.ones(len(self.base))
        self.alive, stack = np.ones(count, bool), [(root, dict[int, Any]()) for root in self.root]
        while stack and domain.n:  # some paths of a tree are taken by no input
            node, past = stack.pop()
            for child, literal in ((self.left[node], -self.literal[node]), (self.right[node], self.literal[node])):
                if literal:
                    a = domain.attribute[abs(literal) - 1]
                    here = past.get(a, True) & domain.where(literal)
                    self.alive[child] = here.any()
                    stack += [(child, {**past, a: here})] * int(here.any())
        for label in self.labels:
            outputs = slice(*label["outputs"])
            self.single[outputs], self.divisor[outputs] = label["single"], float.fromhex(label["divisor"])
        require((self.divisor > 0).all(), "a divisor is not positive")

    def reach(self, can: Any, worth: Any) -> Any:
        """Return the most that each tree reaches in boxes; `can` (2, conditions, boxes): can be false, can be true."""
        best = np.zeros((len(self.literal), can.shape[2]), np.int64)
        best[~self.inner] = worth[self.leaf[~self.inner], None]
        for level in reversed(self.levels):
            v, up = np.abs(self.literal[level]) - 1, (self.literal[level] > 0).astype(np.int64)
            right, left = (
                can[up, v] & self.alive[self.right[level], None],
                can[1 - up, v] & self.alive[self.left[level], None],
            )
            high, low = best[self.right[level]], best[self.left[level]]
            best[level] = np.where(left & right, np.maximum(low, high), np.where(right, high, low))
        return best[self.root]

    def scores(self, leaves: Any) -> Any:
        """Add up leaves, shape (rows, trees), as the library does: tree by tree, rounded in its precision."""
        total = np.repeat(self.base[None], len(leaves), axis=0)
        for t in range(leaves.shape[1]):
            total = total + self.values[leaves[:, t]]
            total[:, self.single] = total[:, self.single].astype(np.float32)
        return total / self.divisor

    def at(self, truth: Any) -> Any:
        """Return the scores of rows of truth values."""
        return self.scores(self.reach(np.stack([~truth.T, truth.T]), np.arange(len(self.values))).T)


class Way:
    """A way out of the wanted outcomes: a score, or the lead of one over another, passes a limit (or reaches it)."""

    def __init__(self, model: Model, label: Any, signs: dict[int, int], limit: float, strict: bool) -> None:
        self.sign, self.limit, self.strict = np.zeros(len(model.base)), limit, strict
        self.sign[list(signs)] = list(signs.values())
        used, divisor = self.sign != 0, float.fromhex(label["divisor"])
        unit, bits, kind = (2.0**-24, 22, np.float32) if label["single"] else (2.0**-53, 50, np.float64)
        size, start, values = model.size[:, used], np.abs(model.base[used]), np.vstack([model.values, model.base])
        total = (start + size.sum(axis=0)).max() * (1 + 2.0**-30)
        require(total <= np.finfo(kind).max / 2, "sums may overflow")
        self.margin = (float.fromhex(label["near"]) + 4 * float.fromhex(label["doubt"])) * max(1.0, divisor)
        scales = (s for s in range(0, bits, 2) if total * 2.0**s < 2.0**bits)  # at which sums are exact, if all values
        shift = next((s for s in scales if (np.mod(np.ldexp(values[:, used], s), 1) == 0).all()), None)  # are whole
        exact = shift is not None and (divisor == 1 or limit == 0)
        worst = np.where(size > 0, start + np.cumsum(size, axis=0), 0.0).sum(axis=0)  # half a unit of the sum so far
        error = unit * float((1.001 * worst + 2 * total).sum()) * (1 + 4 * len(size) * unit) + 2.0**-1000
        self.shift = 59 - math.frexp(max(total, 2.0**-900))[1] if shift is None else shift
        units = (
            np.ceil(np.ldexp(values * self.sign, self.shift)).astype(np.int64).sum(axis=1)
        )  # of 2**-shift, rounded up
        self.worth, self.offset = units[:-1], int(units[-1])
        if math.isinf(limit):
            need = MOST if limit > 0 else -MOST
        elif exact and self.margin == 0:
            goal = Fraction(limit) * Fraction(divisor) * Fraction(2) ** self.shift
            need = math.floor(goal) + 1 if strict else math.ceil(goal)
        else:  # rounding does not bring a sum that stays below this one to the limit
            least = Fraction(limit) * Fraction(divisor) - Fraction(self.margin) - Fraction(error)
            need = math.floor(least * Fraction(2) ** self.shift)
        self.need = max(-MOST, min(MOST, need))

    def met(self, scores: Any) -> Any:
        """Return 1 where scores meet it, -1 where they do not, 0 where rounding may decide."""
        gap = (scores * self.sign).sum(axis=1) - self.limit
        said = np.where((gap > 0) | ((gap == 0) & (not self.strict)), 1, -1)
        return said if self.margin == 0 else np.where(np.abs(gap) > self.margin * 1.001, said, 0)


def ways_out(model: Model, wanted: Any, together: bool) -> list[Way]:
    """Return the ways out of the outcomes that are claimed: an input is outside by one of them, or `together`."""
    found = []
    for one in wanted:
        label = model.labels[one["label"]]
        first, end = label["outputs"]
        if label["rule"] == "number":
            low, high = map(float.fromhex, one["range"])
            ways = [({first: 1}, high, True), ({first: -1}, -low, True)]
            ways = [({first: 1}, low, False), ({first: -1}, -high, False)] if together else ways
        elif label["rule"] == "threshold":
            (own,), limit = one["classes"], float.fromhex(label["threshold"])
            ways = [[({first: 1}, limit, False)], [({first: -1}, -limit, True)]][own]
        else:  # the first greatest score wins
            every = set(range(end - first))
            good, bad = every & set(one["classes"]), every - set(one["classes"])
            require(len(bad if together else good) == 1, "one class, or all but one, is needed")
            ways = [({first + r: 1, first + c: -1}, 0.0, c < r) for r in sorted(bad) for c in sorted(good)]
        found += [Way(model, label, *way) for way in ways]
    require(found or not together, "there is no way out")
    return found


class Checker:
    """Checks what a certificate says; raises an error where it does not hold."""

    def __init__(self, head: Any, arrays: Any) -> None:
        require(head.get("format") == FORMAT and head.get("version") == VERSION, "another format, or version")
        self.arrays, claim, self.bounds, self.domain = arrays, head["claim"], 0, (domain := Domain(head, arrays))
        self.model, self.by_feature = Model(head, arrays, domain), claim["over"] == "features"
        self.together, self.says, self.items = claim["together"], claim["says"], claim["items"]
        self.ways = ways_out(self.model, claim["outcomes"], self.together)
        self.seen, row = domain.rows(arrays["witness"]), domain.rows(arrays["row"])[:1]
        require((self.outside(self.model.at(self.seen)) == 1).all(), "a witness has no other outcome")
        require((self.outside(self.model.at(row)) == -1).all(), "the row has another outcome")
        self.row, self.own = row[0], np.where(row[0], 1, -1) * np.arange(1, domain.n + 1)
        self.group = domain.feature_of if self.by_feature else domain.attribute
        self.differ = self.breaks = self.seen != row  # by condition, and by item
        if self.by_feature:
            self.breaks = self.differ.astype(int) @ (np.arange(len(domain.features)) == self.group[:, None]) > 0
        self.listed, self.sets = claim["sets"], [self.kept(items) for items in claim["sets"]]
        every = product(self.sets, [None] if self.together else range(len(self.ways)))
        for number, (kept, way) in enumerate(every):
            self.tree(number, kept, way)

    def outside(self, scores: Any) -> Any:
        """Return 1 where scores are outside, -1 where they are inside, 0 where rounding may decide."""
        met = np.array([way.met(scores) for way in self.ways]).reshape(len(self.ways), len(scores))
        return met.min(axis=0) if self.together else met.max(axis=0, initial=-1)

    def kept(self, items: Any) -> Any:
        """Return the row's literals that items keep: themselves, or those on these features."""
        if self.by_feature:
            return self.own[np.isin(self.domain.feature_of, items)]
        kept = self.domain.literals(items)
        require((self.own[np.abs(kept) - 1] == kept).all(), "a literal is not true of the row")
        return kept

    def place(self, item: int) -> int:
        """Return the number of an item: of its condition, or the feature."""
        return item if self.by_feature else abs(item) - 1

    def follows(self, literals: Any, same: bool = True) -> Any:
        """Return the conditions that are as in the row (else: never are) wherever literals on their attribute hold."""
        out, v = np.zeros(self.domain.n, bool), np.abs(literals) - 1
        for a, (own, table) in enumerate(self.domain.tables):
            mine = self.domain.attribute[v] == a
            there = (table[np.searchsorted(own, v[mine])] == (literals[mine] > 0)[:, None]).all(axis=0)
            out[own] = ((table[:, there] == self.row[own, None]) == same).all(axis=1)
        return out

    def tree(self, number: int, kept: Any, way: int | None) -> None:
        """Walk through a tree of boxes: after a split comes the part where its literal is true, then the other one."""
        at, split, tables = self.arrays["proof_at"], self.arrays["proof_split"], self.domain.tables
        require(number < len(at) - 1 and within(np.abs(split), self.domain.n + 1), "a proof is missing")
        can, left = np.zeros((2, self.domain.n), bool), [np.ones(table.shape[1], bool) for _, table in tables]
        for own, table in tables:
            can[:, own] = (~table).any(axis=1), table.any(axis=1)
        for literal in kept:
            can, left = self.part(can, left, literal)
        stack, leaves, first = [(can, left)], [], int((split[: at[number]] == 0).sum())
        for literal in split[at[number] : at[number + 1]]:
            require(stack, "a tree of boxes has too many parts")
            can, left = stack.pop()
            if literal:
                stack += [self.part(can, left, -literal), self.part(can, left, literal)]
                continue
            leaves.append(can)
            if len(leaves) == AT_ONCE or not stack:
                self.leaves(np.stack(leaves, axis=2), slice(first, first + len(leaves)), way)
                first, leaves = first + len(leaves), []
        require(not stack, "a box is missing")

    def part(self, can: Any, left: Any, literal: int) -> tuple[Any, Any]:
        """Return the part of a box in which a literal is true: what conditions can be, and points of attributes."""
        a = self.domain.attribute[abs(literal) - 1]
        (own, table), can, left = self.domain.tables[a], can.copy(), left.copy()
        left[a] = left[a] & self.domain.where(literal)
        can[:, own] = (~table & left[a]).any(axis=1), (table & left[a]).any(axis=1)
        return can, left

    def leaves(self, can: Any, place: slice, way: int | None) -> None:
        """Check leaves of a tree of boxes."""
        kinds, ways, bounds = (self.arrays[f"proof_{name}"][place] for name in ("kind", "way", "bound"))
        require(len(kinds) == len(ways) == len(bounds) == can.shape[2] and within(kinds, 3), "a leaf is missing")
        self.bounds += can.shape[2] * len(self.model.root)
        for k in np.unique(ways[kinds == BOUND]):
            require(0 <= k < len(self.ways) and way in (None, k), "a bound is of another way out")
            here, own = (kinds == BOUND) & (ways == k), self.ways[k]
            reached = own.offset + self.model.reach(can[:, :, here], own.worth).sum(axis=0)
            require((reached <= bounds[here]).all() and (bounds[here] < own.need).all(), "a bound does not hold")
        if (kinds == SUM).any():
            here, every = can[:, :, kinds == SUM], np.arange(len(self.model.values))
            leaf, scores = self.model.reach(here, every), self.model.scores(self.model.reach(here, every).T)
            out = self.outside(scores) if way is None else self.ways[way].met(scores)
            require((leaf == -self.model.reach(here, -every)).all() and (out == -1).all(), "sums of a box are outside")
        for i in np.nonzero(kinds == CLAUSE)[0]:
            met = [can[(clause > 0).astype(int), np.abs(clause) - 1, i].any() for clause in self.domain.clauses]
            require(not all(met), "a box meets all clauses")

    def words(self) -> str:
        """Return the items in words, from the numbers."""
        if self.by_feature:
            return ", ".join(self.domain.features[item]["name"] for item in self.items)
        d, at = self.domain, [abs(item) - 1 for item in self.items]
        said = [f"{d.names[d.column[v]]} {OPERATORS[d.operator[v]]} {float(d.threshold[v])!r}" for v in at]
        return ", ".join(text if item > 0 else f"not {text}" for item, text in zip(self.items, said, strict=True))

    def forces(self, said: Any) -> None:
        """Say that whatever satisfies the items has an outcome that is claimed."""
        require(any(np.array_equal(self.kept(self.items), kept) for kept in self.sets), "no proof is of the items")

    def refuted(self, said: Any) -> None:
        """Say that something that satisfies the items has another outcome."""
        broken = self.differ[:, np.abs(self.kept(self.items)) - 1].any(axis=1)
        require(not broken.all(), "no witness satisfies the items")

    def minimal(self, said: Any) -> None:
        """Say that no weaker items force: a witness for each way to weaken them on an attribute (or feature)."""
        v, domain = np.abs(self.kept(self.items)) - 1, self.domain
        for g in set(self.items) if self.by_feature else np.unique(self.group[v]):
            held, ways = ~self.differ[:, v[self.group[v] != g]].any(axis=1), [np.zeros(0, int)]
            if not self.by_feature:
                own, table = domain.tables[g]
                as_here, mine = table == self.row[own, None], self.follows(self.own[v])[own]
                ways = [own[mine & as_here[:, point]] for point in np.nonzero(~as_here[mine].all(axis=0))[0]]
            for kept in ways:
                require((held & ~self.differ[:, kept].any(axis=1)).any(), "no witness shows that an item is needed")

    def changes(self, said: Any) -> None:
        """Say that the first witness differs from the row as the items tell, and in nothing else."""
        if self.by_feature:
            alike = set(np.nonzero(self.breaks[0])[0]) == set(self.items)
        else:
            alike = (self.follows(-self.kept(self.items), same=False) == self.differ[0]).all()
        require(alike and self.items, "the change is not the one that is told")

    def least(self, said: Any) -> None:
        """Say that no part of the change is enough: what is left, with any item of the change, forces."""
        for item in np.nonzero(self.breaks[0])[0]:
            stays = np.append(np.nonzero(~self.breaks[0])[0], item)
            closed = self.follows(self.kept(stays) if self.by_feature else self.own[stays])
            require(any(closed[np.abs(kept) - 1].all() for kept in self.sets), "a part of the change is not ruled out")

    def cheapest(self, said: Any) -> None:
        """Say that no items that force cost less: choices among what witnesses break end in bounds."""
        prices, chosen = self.arrays["prices"].astype(object), [self.place(item) for item in set(self.items)]
        require(len(prices) == self.breaks.shape[1] and (prices >= 0).all(), "prices do not fit")
        require(prices[chosen].sum() == said["cost"], "the items cost something else")
        at, unit = self.arrays["cover_at"], int(said["unit"])

        def leaf(place: int, taken: Any) -> None:  # weights of witnesses, no more for an item than its price
            used = self.breaks[self.arrays["cover_witness"][at[place] : at[place + 1]]] & ~self.gone
            weight = self.arrays["cover_weight"][at[place] : at[place + 1]].astype(object)
            require(unit > 0 and (weight >= 0).all() and not (used & taken).any(), "weights do not fit")
            require(((used * weight[:, None]).sum(axis=0) <= unit * prices).all(), "weights are too great")
            require(unit * prices[taken].sum() + weight.sum() > unit * (said["cost"] - 1), "a bound is too small")

        self.choices(said, leaf)

    def complete(self, said: Any) -> None:
        """Say that the sets are all reasons: what keeps an item of each witness contains one of them."""
        closed = [self.follows(kept) for kept in self.sets]
        for i, kept in enumerate(self.sets):
            inside = [one[np.abs(kept) - 1].all() for one in closed[:i] + closed[i + 1 :]]
            require(not any(inside), "a set is contained in another one")

        def leaf(place: int, taken: Any) -> None:
            here = self.follows(self.kept(np.nonzero(taken)[0]) if self.by_feature else self.own[taken])
            own = self.sets[self.arrays["cover_set"][place]]
            require(here[np.abs(own) - 1].all(), "a choice contains no set")

        self.choices(said, leaf)
        used = [self.place(item) for items in self.listed for item in items]
        require(not self.excluded[used].any(), "a set has an item that is excluded")

    def choices(self, said: Any, leaf: Any) -> None:
        """Walk through choices: what forces keeps an item that a witness breaks, the first of them that it has."""
        self.gone, taken = np.zeros((2, self.breaks.shape[1]), bool)
        self.gone[said["excluded"] if self.by_feature else np.isin(self.domain.feature_of, said["excluded"])] = True
        self.excluded, place, stack = self.gone, 0, [(taken, self.gone)]
        for code in self.arrays["cover_split"]:
            require(stack and 0 <= code <= len(self.breaks), "a choice is damaged")
            taken, self.gone = stack.pop()
            if code == 0:
                leaf(place, taken)
                place += 1
                continue
            items = np.nonzero(self.breaks[code - 1] & ~self.gone)[0]
            for i in reversed(range(len(items))):
                more, gone = taken.copy(), self.gone.copy()
                more[items[i]] = gone[items[:i]] = True
                stack.append((more, gone))
        require(not stack, "a choice is missing")


def check(path: Any) -> tuple[str, str]:
    """Return the verdict on a certificate, and what was checked or why it is rejected."""
    try:
        head, arrays = load(path)
        checker = Checker(head, arrays)
        for name, said in checker.says.items():
            require(name in CLAIMS, f"{name!r} is no claim of this version")
            getattr(checker, name)(said)
        require(checker.says, "nothing is claimed")
    except Exception as error:  # what does not hold, or is damaged
        return REJECTED, f"{type(error).__name__}: {error}"
    relative = "; ".join(label["relative"] for label in checker.model.labels if label["relative"])
    told = f"{', '.join(checker.says)}: {checker.words() or 'nothing'}"
    return (RELATIVE if relative else ACCEPTED), f"{told}; {relative}" if relative else told


if __name__ == "__main__":
    found = [(name, *check(name)) for name in sys.argv[1:]] or sys.exit("usage: python suffice_check.py FILE …")
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not all(verdict == ACCEPTED for _, verdict, _ in found))
