"""Checks a certificate of suffice: ``python suffice_check.py FILE``. It needs numpy, and no line of suffice.

Nothing that a certificate says (docs/certificates.md tells the format) is believed but for the model's own numbers.
"""

import json
import math
import sys
from fractions import Fraction
from itertools import islice, pairwise, product
from typing import Any

import numpy as np

FORMAT, VERSION, LARGEST = "suffice certificate", 1, 1 << 30  # bytes: of files, tables, the way down a tree
ACCEPTED, REJECTED, RELATIVE = "accepted", "rejected", "checked relative to the encoding"
OPERATORS, RULES = (">=", ">", "<=", "<", "==", "!=", "in", "not in"), ("greatest", "threshold")
FLOATS, TABLES = ("condition_threshold", "leaf_values", "base", "row", "witness"), ("leaf_values", "row", "witness")
BOUND, SUM, CLAUSE, MOST, MANY, AT_ONCE = 0, 1, 2, 1 << 62, 1 << 20, 256  # first what a leaf of a tree of boxes says


def require(met: Any, why: str = "the file is too large") -> None:
    """Raise an error if something that a certificate says is not so."""
    if not met:
        raise ValueError(why)


def within(numbers: Any, end: float) -> bool:
    """Tell whether numbers are at least 0 and less than an end; those of the text have to be a list of whole ones."""
    if isinstance(numbers, np.ndarray):
        return bool(((numbers >= 0) & (numbers < end)).all())
    return isinstance(numbers, list | tuple) and all(type(one) is int and 0 <= one < end for one in numbers)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a mapping whose names are all different."""
    require(len(dict(pairs)) == len(pairs), "a name is there twice")
    return dict(pairs)


def load(path: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the text and the arrays of a certificate."""
    with np.load(path, allow_pickle=False) as file:
        require(sum(part.file_size << 3 * (part.filename[-5:] == ".json") for part in file.zip.infolist()) <= LARGEST)
        arrays = once([(name, file[name]) for name in file.files])
    head = json.loads(arrays.pop("certificate.json"), object_pairs_hook=once)
    for name, array in arrays.items():
        fits = array.dtype.str[1:] == ("f8" if name in FLOATS else "i8") and array.ndim == 1 + (name in TABLES)
        require(fits and len(array) <= max(array.size, MANY), f"{name} is damaged")
        arrays[name] = array.astype(np.float64 if name in FLOATS else np.int64)
    return head, arrays


def walk(codes: Any, begin: Any, parts: Any, size: int) -> Any:
    """Go through a tree (0: an end, else its parts follow, one by one), and yield ends; a part has so many bytes."""
    stack = [begin]
    for code in codes:
        require(0 < len(stack) * size <= LARGEST, "a tree has too many parts, or is too deep")
        here = stack.pop()
        if code:
            stack += parts(here, code)[::-1]
        else:
            yield here
    require(not stack, "a part of a tree is missing")


class Domain:
    """The rows that are considered: features, each with finitely many points that its conditions tell apart."""

    def __init__(self, head: Any, arrays: Any) -> None:
        self.names, self.reading, self.features = head["model"]["columns"], head["model"]["reading"], head["features"]
        parts = (arrays[f"condition_{part}"] for part in ("column", "operator", "threshold", "missing"))
        self.column, self.operator, self.threshold, self.missing = parts
        self.n, columns = len(self.column), [c for feature in self.features for c in feature["columns"]]
        require(sorted(columns) == [*range(len(self.names))] and within(columns, MANY), "features share no columns out")
        require({*self.reading} <= {"float16", "float32", "float64"}, "a precision is not known")
        owner = np.repeat(np.arange(len(self.features)), [len(feature["columns"]) for feature in self.features])
        self.owner, self.tables, sets = owner[np.argsort(columns)][self.column], [], self.operator >= 6
        can, cells, clauses = np.zeros((2, self.n), bool), 0, [*head["clauses"], *head["claim"]["given"]]
        sound = within(self.column, len(columns)) and within(self.operator, 8) and within(self.threshold[sets], 2.0**53)
        require(sound and within(self.missing, 2), "a condition is damaged")
        require(all(type(v) is int and 0 < abs(v) <= self.n for c in clauses for v in c), "a clause names no condition")
        self.missing, self.clauses = self.missing.astype(bool), [np.array(c, np.int64) for c in clauses]
        for i, feature in enumerate(self.features):  # the conditions on it, and their truth at its points
            borders = [self.threshold[~sets & (self.owner == i)], np.arange(53.0 * (sets & (self.owner == i)).any())]
            own, rows = np.nonzero(self.owner == i)[0], self.points(feature, np.concatenate(borders))
            cells += len(rows) * max(len(own), len(columns))
            require(len(rows) and cells <= LARGEST / 4, f"{feature['name']} has no value, or too many")
            self.tables.append((own, table := np.unique(self.truth(rows, own), axis=0).T))
            can[:, own] = (~table).any(axis=1), table.any(axis=1)
        self.whole = can, [np.ones(table.shape[1], bool) for _, table in self.tables]

    def points(self, feature: Any, borders: Any) -> Any:
        """Return rows with values of a feature: all of them, or of numbers the last up to each border, and below."""
        columns, values = feature["columns"], np.array([*map(float.fromhex, feature["values"])])
        if feature["kind"] == "listed":
            found = values.reshape(-1, len(columns))
        else:  # between two borders no condition changes: each stretch of numbers is met at its upper end
            known = feature["kind"] in ("numerical", "integer") and len(values) == 2 + np.isnan(values[2:]).sum()
            require(known and len(columns) == 1, "a kind is not known or of one column, or what is missing is a number")
            borders, kind = np.append(borders, values[1]), np.dtype(self.reading[columns[0]])
            with np.errstate(over="ignore"):
                near = borders.astype(kind)  # the greatest number up to a border, and the one below it
                lower = np.nextafter(near, kind.type(-np.inf))
            ends = np.append(*(np.where(test(near, borders), lower, near) for test in (np.greater, np.greater_equal)))
            ends = np.floor(ends.astype(float)) if feature["kind"] == "integer" else ends.astype(float)
            found = np.append(np.unique(ends[(ends >= values[0]) & (ends <= values[1])]), values[2:])[:, None]
        require(len(found) * len(self.names) <= LARGEST / 4)
        rows = np.zeros((len(found), len(self.names)))
        rows[:, columns] = found
        return rows

    def where(self, *literals: int) -> Any:
        """Return the points of their feature at which literals are true."""
        own, table = self.tables[self.owner[abs(literals[0]) - 1]]
        return (table[np.searchsorted(own, np.abs(literals) - 1)] == np.greater(literals, 0)[:, None]).all(axis=0)

    def truth(self, rows: Any, own: Any = slice(None)) -> Any:
        """Return where some conditions are true, shape (rows, conditions)."""
        values, t, operator = rows[:, self.column[own]], self.threshold[own], self.operator[own]
        out = np.zeros(values.shape, bool)
        for code, test in enumerate((np.greater_equal, np.greater, np.less_equal, np.less, np.equal, np.not_equal)):
            out |= test(values, t) & (operator == code)
        codes = np.where((values >= 0) & (values < 53) & (values == np.floor(values)), values, 53).astype(np.int64)
        listed = (np.where(operator >= 6, t, 0).astype(np.int64) >> codes & 1).astype(bool)
        out |= (listed & (operator == 6)) | (~listed & (operator == 7))
        return np.where(np.isnan(values), self.missing[own], out)

    def rows(self, rows: Any) -> Any:
        """Return the truth values of rows of a certificate; they have to be in the domain."""
        require(rows.shape[1] == len(self.names), "a row has other columns")
        plain = np.where(np.isnan(rows), np.nan, rows) + 0.0  # of all that are alike the same bytes
        for columns, feature in ((feature["columns"], feature) for feature in self.features):
            known = {*map(bytes, self.points(feature, plain[:, columns[0]])[:, columns] + 0.0)}
            require(known.issuperset(map(bytes, plain[:, columns])), f"{feature['name']}: a value is not in the domain")
        truth = self.truth(rows)
        met = all((truth[:, np.abs(clause) - 1] == (clause > 0)).any(axis=1).all() for clause in self.clauses)
        require(met, "a row breaks a clause")
        return truth


class Model:
    """Trees whose leaves are added up, and labels that the sums decide."""

    def __init__(self, head: Any, arrays: Any, domain: Domain) -> None:
        parts = (arrays[f"tree_{part}"] for part in ("literal", "left", "right", "leaf", "root"))
        (self.literal, self.left, self.right, self.leaf, self.root), self.values = parts, arrays["leaf_values"]
        self.base, self.labels, self.inner = arrays["base"], head["model"]["labels"], self.literal != 0
        self.at_once = max(1, min(AT_ONCE, LARGEST // 8 // (1 + len(self.literal))))  # boxes
        every = np.concatenate([self.root, self.left[self.inner], self.right[self.inner]])
        sound = within(np.abs(self.literal), domain.n + 1) and within(every, len(self.literal))
        sound &= len(np.unique(every)) == len(every) and within(self.leaf[~self.inner], len(self.values))
        sound &= np.isfinite(np.append(self.values, self.base)).all() and self.values.shape[1:] == self.base.shape
        require(sound, "nodes make no trees, or a value is not finite, or of no score")
        require(len(self.root) * len(self.base) <= LARGEST / 8)
        self.size, self.alive = np.zeros((len(self.root), len(self.base))), np.zeros(len(self.literal), bool)
        self.levels, stack = dict[int, Any](), [(node, i, 0, dict[int, Any]()) for i, node in enumerate(self.root)]
        while stack:  # some paths of a tree are taken by no input
            require((len(stack) - stack[-1][1]) * stack[-1][2] <= LARGEST / 128)  # its own parts times their depth
            node, tree, depth, past = stack.pop()
            self.alive[node] = True
            if not self.inner[node]:
                self.size[tree] = np.maximum(self.size[tree], np.abs(self.values[self.leaf[node]]))  # the most it adds
                continue
            self.levels.setdefault(depth, []).append(node)
            for child, literal in ((self.left[node], -self.literal[node]), (self.right[node], self.literal[node])):
                here = past.get(i := domain.owner[abs(literal) - 1], True) & domain.where(literal)
                stack += [(child, tree, depth + 1, {**past, i: here})] * int(here.any())
        ends = [0, *(label["outputs"][1] for label in self.labels)]  # each label has the scores after those before it
        sound = all(one["outputs"] == [a, b] and a < b for one, (a, b) in zip(self.labels, pairwise(ends), strict=True))
        require(sound and within(ends, MANY) and ends[-1] == len(self.base), "labels do not share out the scores")
        of, told = [label for label in self.labels for _ in range(*label["outputs"])], ("near", "doubt", "divisor")
        self.single = np.array([bool(label["single"]) for label in of])
        *least, self.divisor = np.array([[float.fromhex(label[name]) for label in of] for name in told])
        require((np.array(least) >= 0).all() and (self.divisor > 0).all(), "a number of a label is not positive")

    def reach(self, can: Any, worth: Any) -> Any:
        """Return the most that each tree reaches in boxes; `can` (2, conditions, boxes): can be false, can be true."""
        best = np.zeros((len(self.literal), can.shape[2]), np.int64)
        best[~self.inner] = worth[self.leaf[~self.inner], None]
        for level in reversed(self.levels.values()):
            v, up, two = np.abs(self.literal[level]) - 1, (self.literal[level] > 0).astype(np.int64), self.right[level]
            right, left = can[up, v] & self.alive[two, None], can[1 - up, v] & self.alive[self.left[level], None]
            high, low = best[two], best[self.left[level]]
            best[level] = np.where(left & right, np.maximum(low, high), np.where(right, high, low))
        return best[self.root]

    def scores(self, leaves: Any) -> Any:
        """Add up leaves, shape (trees, rows), as the library does: tree by tree, rounded in its precision."""
        total = np.repeat(self.base[None], leaves.shape[1], axis=0)
        for leaf in leaves:
            total = total + self.values[leaf]
            total[:, self.single] = total[:, self.single].astype(np.float32)
        return total / self.divisor

    def at(self, truth: Any) -> Any:
        """Return the scores of rows of truth values."""
        own, at = np.arange(len(self.values)), range(self.at_once, len(truth), self.at_once)
        return np.concatenate([self.scores(self.reach(np.stack([~one, one]), own)) for one in np.split(truth.T, at, 1)])


class Way:
    """A way out of the wanted outcomes: a score, or the lead of one over another, passes a limit (or reaches it)."""

    def __init__(self, model: Model, label: Any, sign: Any, limit: float, strict: bool) -> None:
        self.sign, self.strict, self.limit = sign, strict, min(max(limit, -sys.float_info.max), sys.float_info.max)
        used, divisor = self.sign != 0, float.fromhex(label["divisor"])
        unit, bits, kind = (2.0**-24, 22, np.float32) if label["single"] else (2.0**-53, 50, np.float64)
        size, start = model.size[:, used], np.abs(model.base[used])
        values = np.vstack([model.values[:, used], model.base[used]])
        total = (start + size.sum(axis=0)).max(initial=0.0) * (1 + 2.0**-30)
        self.margin = (float.fromhex(label["near"]) + 4 * float.fromhex(label["doubt"])) * max(1.0, divisor)
        require(total <= np.finfo(kind).max / 2 * min(1.0, divisor) and self.margin >= 0, "sums may overflow")
        scales = (s for s in range(0, bits, 2) if total * 2.0**s < 2.0**bits)  # at which sums are exact, if all values
        shift = next((s for s in scales if (np.mod(np.ldexp(values, s), 1) == 0).all()), None)  # are whole
        worst = np.where(size > 0, start + np.cumsum(size, axis=0), 0.0).sum(axis=0)  # half a unit of the sum so far
        least = (2.0**-150 * size.size if label["single"] else 0.0) + 2.0**-1000 * max(1.0, divisor)  # near 0 by these
        error = unit * float((1.001 * worst + 2 * total).sum()) * (1 + 4 * len(size) * unit) + least
        lost = self.margin + (0.0 if shift is not None and (divisor == 1 or limit == 0) else error)
        shift = 59 - math.frexp(max(total, 2.0**-900))[1] if shift is None else shift
        units = np.ceil(np.ldexp(values * self.sign[used], shift)).astype(np.int64).sum(axis=1)  # of 2**-shift, upwards
        self.worth, self.offset = units[:-1], int(units[-1])
        goal = (Fraction(self.limit) * Fraction(divisor) - Fraction(lost)) * Fraction(2) ** shift
        self.need = max(-MOST, min(MOST, math.floor(goal) + 1 if strict and lost == 0 else math.ceil(goal)))  # or more

    def met(self, scores: Any) -> Any:
        """Return 1 where scores meet it, -1 where they do not, 0 where rounding may decide."""
        gap = (scores * self.sign).sum(axis=1) - self.limit
        return np.where(np.abs(gap) >= self.margin * 1.001, np.where(gap > 0 if self.strict else gap >= 0, 1, -1), 0)


def routes_out(model: Model, wanted: Any, together: bool) -> list[list[Way]]:
    """Return the routes out of the outcomes that are claimed (of one, or of all together): ways that are all met."""
    each, work = list[Any](), 0
    for one in wanted:
        label, ranged, lead = model.labels[one["label"]], "range" in one, float.fromhex(one.get("lead", "0x0p+0"))
        (first, end), at, greatest = label["outputs"], one.get("of", 0), label["rule"] == "greatest" and not ranged
        count = 3 if ranged else end - first if greatest else 2
        work += count**2 * (len(model.base) + len(model.values))
        sound = lead >= 0 and within([at], end - first) and within([one["label"]], len(model.labels))
        sound &= within(one["classes"], count) and (greatest or ("lead" not in one and (ranged or end == first + 1)))
        sound &= ranged or ("of" not in one and len(label["classes"]) == count and label["rule"] in RULES)
        require(sound and work <= LARGEST / 4, "no such rule, class, score, lead, or too many")
        one_of = np.eye(end - first, len(model.base), first)
        if greatest:  # class k is given where it beats the others: earlier ones
            own, by = range(len(one_of)), [lead if c in one["classes"] else 0.0 for c in range(len(one_of))]  # clearly,
            wins: Any = [[(one_of[k] - one_of[c], by[c], c < k and not by[c]) for c in own if c != k] for k in own]
        else:  # claimed ones by the lead. Else it is below an interval (class 0), within it (1), above it (2)
            low, high = map(float.fromhex, one["range"] if ranged else (label["threshold"], "inf"))
            under, within_it, over = (-one_of[at], -low, True), (one_of[at], low, False), (one_of[at], high, True)
            wins = [[under], [within_it, (-one_of[at], -high, False)], *[[over]] * ranged]
        each.append([[Way(model, label, *way) for way in win] for k, win in enumerate(wins) if k not in one["classes"]])
    require(wanted and (not together or math.prod(map(len, each)) <= AT_ONCE**2 / 16), "no outcome, or too many routes")
    found = product(*each) if together else ([route] for routes in each for route in routes)
    return [[way for route in routes for way in route] for routes in found]


def outside(routes: list[list[Way]], scores: Any) -> Any:
    """Return 1 where scores take one of the routes out, -1 where they take none, 0 where rounding may decide."""
    met = [np.min([np.ones(len(scores)), *(way.met(scores) for way in route)], axis=0) for route in routes]
    return np.max([*met, -np.ones(len(scores))], axis=0)


class Checker:
    """Checks what a certificate says; raises an error where it does not hold."""

    listed: Any = ()  # what the numbers of a claim are relative to, whatever the labels say
    claims: tuple[str, ...] = ("forces", "refuted", "minimal")
    routes_of = staticmethod(routes_out)

    def __init__(self, head: Any, arrays: Any) -> None:
        require(head.get("format") == FORMAT and head.get("version") == VERSION, "another format, or version")
        self.arrays, self.claim, self.domain = arrays, head["claim"], (domain := Domain(head, arrays))
        self.model, self.says, self.items = Model(head, arrays, domain), self.claim["says"], self.claim["items"]
        self.unit, self.count = arrays["unit"], 1 + int(arrays["unit"].max(initial=-1))  # the item of each condition
        each = 99 + domain.n + len(self.model.base) + self.count + sum(map(len, domain.whole[1]))
        require(each * sum(map(len, (arrays["witness"], arrays["row"], self.claim["sets"]))) <= LARGEST / 4)
        self.routes = self.routes_of(self.model, self.claim["outcomes"], self.claim["together"])
        self.seen, self.rows = domain.rows(arrays["witness"]), domain.rows(arrays["row"])
        require((outside(self.routes, self.model.at(self.seen)) == 1).all(), "a witness has no other outcome")
        require((outside(self.routes, self.model.at(self.rows)) == -1).all(), "the row has another outcome")
        self.row, owner = (*self.rows, np.ones(domain.n, bool))[0], domain.owner
        self.own, self.alone = (2 * self.row - 1) * (1 + (n := np.arange(domain.n))), np.array_equal(self.unit, n)
        whole = self.alone or np.unique([owner, self.unit], axis=1).shape[1] == len(np.unique(owner))  # features
        require(whole and within(self.unit, MANY), "an item has a part of a feature")
        self.breaks = np.zeros((len(self.seen), self.count), bool)
        np.logical_or.at(self.breaks.T, self.unit, (self.seen != self.row).T)
        self.leaves = np.append(0, np.cumsum(arrays.get("proof_split", self.unit[:0]) == 0))  # before each place
        self.mine, *sets = map(self.kept, (self.items, *self.claim["sets"]))
        self.sets = [self.part(domain.whole, *literals) for literals in sets]
        for number, (box, route) in enumerate(product(self.sets, self.routes)):
            self.tree(number, box, route)

    def kept(self, items: Any) -> Any:
        """Return the row's literals that items keep."""
        require(within(items, self.count if len(self.rows) else 0), "there is no such item")
        return self.own[np.isin(self.unit, items)]

    def part(self, box: Any, *literals: int) -> Any:
        """Return the part of a box in which literals are true."""
        (can, left), told = (one.copy() for one in box), np.array(literals, np.int64)
        owner = self.domain.owner[np.abs(told) - 1]
        for i in {*owner.tolist()}:
            (own, table), left[i] = self.domain.tables[i], left[i] & self.domain.where(*told[owner == i])
            can[:, own] = (~table & left[i]).any(axis=1), (table & left[i]).any(axis=1)
        return can, left

    def inside(self, literals: Any, *boxes: Any) -> bool:
        """Tell whether all that satisfies literals is in one of some boxes."""
        left = self.part(self.domain.whole, *literals)[1]
        return any(all((one <= other).all() for one, other in zip(left, box[1], strict=True)) for box in boxes)

    def tree(self, number: int, box: Any, route: list[Way]) -> None:
        """Walk through a tree of boxes: after a split comes the part where its literal is true, then the other one."""
        at, part, size = self.arrays["proof_at"], self.part, 4 * self.domain.n + 300 * len(box[1]) + 9
        require(number < len(at) - 1, "a proof is missing")
        codes, first = self.arrays["proof_split"][at[number] : at[number + 1]], self.leaves[at[number]]
        boxes = walk(codes, box, lambda one, v: [part(one, v), part(one, -v)], size)
        while some := [can for can, _ in islice(boxes, self.model.at_once)]:
            can, place = np.stack(some, axis=2), slice(first, first := first + len(some))
            kinds, ways, bounds = (self.arrays[f"proof_{name}"][place] for name in ("kind", "way", "bound"))
            require(len(kinds) == len(ways) == len(bounds) == can.shape[2] and within(kinds, 3), "a leaf is missing")
            for k in np.unique(ways[kinds == BOUND]):
                here, own = (kinds == BOUND) & (ways == k), route[k]
                each = self.model.reach(can[:, :, here], own.worth)  # where no row comes trees may add anything
                require((np.abs(each.astype(float)).sum(axis=0) < MOST / 2).all(), "a bound may overflow")
                reached = own.offset + each.sum(axis=0)
                require((reached <= bounds[here]).all() and (bounds[here] < own.need).all(), "a bound does not hold")
            here, every = can[:, :, kinds == SUM], np.arange(len(self.model.values))
            out = outside([route], self.model.scores(leaf := self.model.reach(here, every)))
            require((leaf == -self.model.reach(here, -every)).all() and (out == -1).all(), "a box has another sum")
            for one in can[:, :, kinds == CLAUSE].transpose(2, 0, 1):
                met = (one[(clause > 0).astype(int), np.abs(clause) - 1].any() for clause in self.domain.clauses)
                require(not (one.any(axis=0).all() and all(met)), "a box meets all clauses")

    def forces(self, said: Any) -> None:
        """Say that whatever satisfies the items has an outcome that is claimed."""
        require(self.inside(self.mine, *self.sets), "no proof is of the items")

    def refuted(self, said: Any) -> None:
        """Say that something that satisfies the items has another outcome."""
        require(not self.breaks[:, self.items].any(axis=1).all(), "no witness satisfies the items")

    def minimal(self, said: Any) -> None:
        """Say that no weaker items force: a witness for each way to weaken them on a feature."""
        v, d, differ = np.abs(self.mine) - 1, self.domain, self.seen != self.row
        left, group = self.part(d.whole, *self.mine)[1], d.owner if self.alone else self.unit
        for g in set(group[v]) if self.alone else set(self.items):
            held, ways = ~differ[:, v[group[v] != g]].any(axis=1), [np.zeros(0, int)]
            if self.alone:
                own, table = d.tables[g]
                closed = (same := table == self.row[own, None])[:, left[g]].all(axis=1)
                ways = [own[closed & same[:, point]] for point in np.nonzero(~same[closed].all(axis=0))[0]]
            for kept in ways:
                require((held & ~differ[:, kept].any(axis=1)).any(), "no witness shows that an item is needed")

    def said(self, literal: int) -> str:
        """Return a literal in words."""
        d, v, sign = self.domain, abs(literal) - 1, "" if literal > 0 else "not "
        test = f"{d.names[d.column[v]]} {OPERATORS[d.operator[v]]} {float(d.threshold[v])!r}"
        return sign + (f"({test} or missing)" if d.missing[v] else test)

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        d, claim = self.domain, self.claim
        groups = sorted(" with ".join(sorted({d.names[v] for v in d.column[self.unit == i]})) for i in {*self.items})
        told = f"{', '.join(self.says)}: {', '.join(map(self.said, self.mine) if self.alone else groups) or 'nothing'}"
        told += "; of rows where ".join(["", *(" or ".join(map(self.said, clause)) for clause in claim["given"])])
        one = [c[0] for c in d.clauses if len(c) == 1]
        shown = len(one) == len(d.clauses) and all(left.any() for left in self.part(d.whole, *one)[1])
        told += "" if shown or len(self.rows) or len(self.seen) else "; that there is such a row is not shown"
        for one in claim["outcomes"]:
            label, ends = self.model.labels[one["label"]], [*map(float.fromhex, one.get("range", ()))]
            names = [f"{part} {ends}" for part in ("below", "within", "above")] if ends else label["classes"]
            of = f" (score of {label['classes'][one['of']]})" if "of" in one else ""
            of += f" (another one leads them by less than {float.fromhex(one['lead'])})" if "lead" in one else ""
            told += f"; {label['name'] or 'outcome'}{of}: {' or '.join(names[k] for k in one['classes']) or 'none'}"
        return told + ("; of these one at least" if claim["together"] and len(claim["outcomes"]) > 1 else "")


def check(path: Any, kind: type[Checker] = Checker) -> tuple[str, str]:
    """Return the verdict on a certificate, and what was checked or why it is rejected."""
    try:
        checker = kind(*load(path))
        require(checker.says and {*checker.says} <= {*kind.claims}, f"claims are {[*checker.says]}, not all known here")
        for name, said in checker.says.items():
            getattr(checker, name)(said)
        relative = [label["relative"] for label in checker.model.labels if label["relative"]] or checker.listed
        verdict, why = RELATIVE if relative else ACCEPTED, "; ".join([checker.words(), *relative])
    except Exception as error:  # what does not hold, or is damaged
        verdict, why = REJECTED, f"{type(error).__name__}: {error}"
    return verdict, "".join(c if c.isprintable() else " " for c in why)  # nothing that looks like another line


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *check(name)) for name in sys.argv[1:]] or sys.exit("usage: python suffice_check.py FILE …")
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not all(verdict == ACCEPTED for _, verdict, _ in found))
