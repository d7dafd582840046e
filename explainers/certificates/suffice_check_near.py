"""Checks the certificates of suffice that are of rows near a row: ``python suffice_check_near.py FILE``.

It lies beside suffice_check.py, whose claims it checks as well, and needs numpy. How far rows are is computed here, in
exact fractions, from the numbers of the row as they were written: the file has none of it.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import numpy as np

try:
    from . import suffice_check as core
except ImportError:  # the two files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]

NORMS = ("linf", "l1", "l0")
CLAIMS = ("clear", "reached")
MOST = 1 << 31  # points that are looked at to sort them by distance, times conditions


def read_as(number: float, reading: str) -> float:
    """Return a number as it is read in a precision."""
    with np.errstate(over="ignore"):
        return float(np.float64(number).astype(reading))


def first_read(number: float, reading: str, back: float) -> Fraction:
    """Return the number furthest in a direction that, written with 64 bits, is still read as a number."""
    kind = np.dtype(reading).type
    with np.errstate(over="ignore"):
        beyond = float(np.nextafter(kind(number), kind(-back)))
    if reading == "float64" or not math.isfinite(beyond):
        return Fraction(number)
    middle = (number + beyond) / 2.0  # exact: both have few digits
    return Fraction(middle if read_as(middle, reading) == number else float(np.nextafter(middle, back)))


class Ball:
    """How far points of features are from a row, at least, by a norm.

    `said` has the norm, the `radius`, the weight of each feature, which features are `measured` (as numbers: the row's
    number as it was written, and whether rows are written with 64 bits; a change of others counts as 1), which are
    `still` (they do not change), and whether values may become `missing`, or be there again.
    """

    def __init__(self, domain: core.Domain, said: Any, row: Any) -> None:
        self.domain, self.norm, self.row = domain, said["norm"], row
        self.radius, features = float.fromhex(said["radius"]), domain.features
        self.weights = [Fraction(float.fromhex(weight)) for weight in said["weights"]]
        self.measured = {i: (float.fromhex(number), wide) for i, number, wide in said["measured"]}
        self.still, self.missing = {*said["still"]}, said["missing"]
        core.require(type(self.missing) is bool, "it is not said whether values may become missing")
        core.require(self.norm in NORMS and self.radius >= 0, "a norm is not known, or a radius is less than 0")
        core.require(len(self.weights) == len(features) and min(self.weights, default=0) >= 0, "weights do not fit")
        named = [*(i for i, _, _ in said["measured"]), *said["still"]]
        core.require(core.within(named, len(features)), "there is no such feature")
        core.require(len(said["measured"]) == len(self.measured), "a feature is measured twice")
        core.require(self.norm != "l0" or not self.measured, "changes are counted")
        for i, (number, wide) in self.measured.items():
            columns = features[i]["columns"]
            core.require(len(columns) == 1 and type(wide) is bool, "a choice is no number")
            core.require(self.written(i, number, float(row[columns[0]])), "the row has another number")
        truth = domain.truth(row[None])[0]
        self.far: list[Any] = [self.points(i, own, table, truth) for i, (own, table) in enumerate(domain.tables)]

    def points(self, i: int, own: Any, table: Any, truth: Any) -> Any:
        """Return how far the points of a feature are, at least; infinitely, where that is beyond all floats."""
        d, feature = self.domain, self.domain.features[i]
        sets, columns = d.operator >= 6, feature["columns"]
        mine = d.owner == i
        borders = np.concatenate([d.threshold[~sets & mine], np.arange(53.0 * (sets & mine).any())])
        rows = d.points(feature, borders)
        values, found = rows[:, columns], np.full(table.shape[1], math.inf, object)
        at = np.unique(d.truth(rows, own), axis=0, return_inverse=True)[1].reshape(-1)  # as the table was made
        for k, (point, value) in enumerate(zip(at, values, strict=True)):
            before = values[k - 1, 0] if k and feature["kind"] != "listed" else None
            far = self.of_values(i, before, value)
            found[point] = min(found[point], far if far <= sys.float_info.max else math.inf)
        (here,) = np.nonzero((truth[own] == table.T).all(axis=1))[0]
        found[np.arange(len(found)) != here if i in self.still else []] = math.inf
        found[here] = Fraction(0)
        return found

    def of_values(self, i: int, before: Any, value: Any) -> Any:
        """Return how far values are: of numbers those of a stretch, after the one before it and up to its end."""
        feature, columns = self.domain.features[i], self.domain.features[i]["columns"]
        gone, none = (bool(np.isnan(values[0])) for values in (value, self.row[columns]))
        if not self.missing and gone != none:
            return math.inf
        if i not in self.measured or gone or none:
            return Fraction(0) if gone and none else self.weights[i]
        (number, wide), reading, kind = self.measured[i], self.domain.reading[columns[0]], feature["kind"]
        low = float(value[0]) if kind == "listed" else float.fromhex(feature["values"][0])
        if before is not None and not np.isnan(before):
            after = np.nextafter(np.dtype(reading).type(before), np.dtype(reading).type(np.inf))
            low = max(float(after), before + 1) if kind == "integer" else float(after)
        ends = Fraction(low), Fraction(float(value[0]))
        if wide:
            ends = first_read(low, reading, math.inf), first_read(float(value[0]), reading, -math.inf)
        if kind == "integer":
            ends = Fraction(math.ceil(ends[0])), Fraction(math.floor(ends[1]))
        return max(ends[0] - Fraction(number), Fraction(number) - ends[1], Fraction(0)) * self.weights[i]

    def left(self) -> list[Any]:
        """Return which points of each feature are nearer than the radius."""
        return [np.array([one < self.radius for one in far], bool) for far in self.far]

    def written(self, i: int, number: float, value: float) -> bool:
        """Tell whether a number is read as a value, and may be how a feature's number was written."""
        feature, fits = self.domain.features[i], self.measured[i][1] or number == value
        fits &= feature["kind"] != "integer" or number == math.floor(number)
        return fits and read_as(number, self.domain.reading[feature["columns"][0]]) == value

    def of_row(self, other: Any, numbers: dict[int, float]) -> Any:
        """Return how far another row is, exactly, whose measured numbers were written so."""
        parts = [Fraction(0)]
        for i, feature in enumerate(self.domain.features):
            columns = feature["columns"]
            one, two = self.row[columns], other[columns]
            gone, none, same = np.isnan(one).any(), np.isnan(two).any(), np.array_equal(one, two, equal_nan=True)
            core.require(same or i not in self.still, "a feature of a witness has to be still")
            core.require(gone == none or self.missing, "a value of a witness is missing, or that of the row")
            if i in self.measured and not gone:
                core.require(self.written(i, numbers[i], float(two[0])), "it has another number")
                parts.append(abs(Fraction(numbers[i]) - Fraction(self.measured[i][0])) * self.weights[i])
            elif not same:
                parts.append(self.weights[i])
        return max(parts) if self.norm == "linf" else sum(parts, Fraction(0))

    @property
    def unit(self) -> float:
        """What distances are told in where they are added up, so that sums are floats."""
        return 2.0**-40 if self.radius > 2.0**900 else 1.0

    @property
    def adds(self) -> bool:
        """Whether distances are sums, which are compared with a radius."""
        return self.norm != "linf" and math.isfinite(self.radius)


def with_distances(head: Any, arrays: Any, ball: Ball) -> tuple[Any, Any]:
    """Return a model that has one more label: a number, to which each feature adds how far it is (a radius at most)."""
    domain, n, leaves = ball.domain, len(arrays["base"]), list[float]()
    first, before = len(arrays["tree_literal"]), len(arrays["leaf_values"])
    nodes: list[list[int]] = []  # literal, left, right, leaf
    roots, work = [], 0
    for (own, table), far in zip(domain.tables, ball.far, strict=True):
        capped = [min(one, Fraction(ball.radius)) * Fraction(ball.unit) for one in far]
        roots.append(first + len(nodes))
        stack = [(np.arange(len(far)), -1, 0)]
        while stack:
            here, parent, side = stack.pop()
            core.require((work := work + len(own) * len(here)) <= MOST, "there are too many distances")
            if parent >= 0:
                nodes[parent][side] = first + len(nodes)
            if len({capped[point] for point in here}) > 1:  # by the condition that splits its points most evenly
                v = int(np.argmin(np.abs(2 * table[:, here].sum(axis=1) - len(here))))
                stack += [(here[table[v, here] == up], len(nodes), 2 if up else 1) for up in (True, False)]
                nodes.append([int(own[v]) + 1, -1, -1, -1])
            else:
                nodes.append([0, -1, -1, before + len(leaves)])
                near = float(capped[here[0]])
                leaves.append(near if Fraction(near) <= capped[here[0]] else float(np.nextafter(near, -1.0)))
    parts = dict(zip(("literal", "left", "right", "leaf"), np.array(nodes, np.int64).reshape(-1, 4).T, strict=True))
    core.require((before + len(leaves)) * (n + 1) <= core.LARGEST / 8)
    values = np.zeros((before + len(leaves), n + 1))
    values[:before, :n], values[before:, n] = arrays["leaf_values"], leaves
    label = {
        "name": "distance", "rule": "number", "outputs": [n, n + 1], "classes": [], "threshold": "0x0p+0",
        "single": False, "divisor": "0x1p+0", "near": "0x0p+0", "doubt": "0x0p+0", "relative": "",
    }  # fmt: skip
    trees = {f"tree_{name}": np.concatenate([arrays[f"tree_{name}"], part]) for name, part in parts.items()}
    trees |= {"tree_root": np.append(arrays["tree_root"], roots).astype(np.int64), "leaf_values": values}
    model = {**head["model"], "labels": [*head["model"]["labels"], label]}
    return {**head, "model": model}, {**arrays, **trees, "base": np.append(arrays["base"], 0.0)}


class Nearer(core.Way):
    """The way that a row is nearer than a radius, by the last score: whole numbers of units, rounded down."""

    def __init__(self, model: core.Model, radius: float) -> None:
        n, far = len(model.base), model.values[:, -1]
        count = 2 + int((model.size[:, -1] > 0).sum())  # of features that are not near everywhere
        shift = 58 - math.frexp(max(radius, 2.0**-900))[1] - count.bit_length()
        scale = Fraction(2) ** shift
        self.worth = np.array([-math.floor(Fraction(one) * scale) for one in far.tolist()], np.int64)
        self.offset, self.need = 0, 1 - math.ceil(Fraction(radius) * scale)
        self.sign, self.limit, self.strict = -np.eye(n)[-1], -radius, True
        self.margin = radius * count * 2.0**-50  # more than what sums of floats lose


def near_routes(model: core.Model, routes: list[list[core.Way]], ball: Ball) -> list[list[core.Way]]:
    """Return the routes that rows near the row take."""
    return [[*route, *([Nearer(model, ball.radius * ball.unit)] if ball.adds else [])] for route in routes]


class Near(core.Checker):
    """Checks claims about rows near a row, too."""

    claims = (*core.Checker.claims, *CLAIMS)

    def __init__(self, head: Any, arrays: Any) -> None:
        said = head["claim"].get("ball")
        self.ball: Any = None
        own, every = {*head["claim"]["says"]} & {*CLAIMS}, {*head["claim"]["says"]}
        core.require(own == (every if said is not None else set()), "what is claimed is not of a ball")
        if said is not None:
            claim, rows = head["claim"], arrays["row"]
            core.require(len(rows) == 1 and not claim["items"] and not claim["sets"] and not claim["given"], "no ball")
            told = [one["label"] for one in claim["outcomes"]]  # the distance is none of the model's
            core.require(core.within(told, len(head["model"]["labels"])), "there is no such label")
            self.ball = Ball(core.Domain(head, arrays), said, rows[0])
            core.Model(head, arrays, self.ball.domain)  # it is sound
            head, arrays = with_distances(head, arrays, self.ball) if self.ball.adds else (head, arrays)
        super().__init__(head, arrays)

    def clear(self, said: Any) -> None:
        """Say that no row nearer than the radius is outside."""
        left, can = self.ball.left(), np.zeros((2, self.domain.n), bool)
        for (own, table), some in zip(self.domain.tables, left, strict=True):
            can[:, own] = (~table & some).any(axis=1), (table & some).any(axis=1)
        for number, route in enumerate(near_routes(self.model, self.routes, self.ball)):
            self.tree(number, (can, left), route)

    def reached(self, said: Any) -> None:
        """Say that the first witness is no further than a distance."""
        numbers = {i: float.fromhex(number) for i, number in said["numbers"]}
        core.require(len(self.seen) and len(numbers) == len(said["numbers"]), "no witness is there, or a number twice")
        far = self.ball.of_row(self.arrays["witness"][0], numbers)
        core.require(far <= float.fromhex(said["distance"]), "the witness is further away")

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        if self.ball is None:
            return super().words()
        ball, names = self.ball, [feature["name"] for feature in self.domain.features]
        told = f": of rows around {self.arrays['row'][0].tolist()} by {ball.norm}"
        told += f", {ball.radius!r} is clear" if "clear" in self.says else ""
        if "reached" in self.says:
            told += f", one at {float.fromhex(self.says['reached']['distance'])!r} is not"
        told += "".join(f"; {names[i]} is {number!r}" for i, (number, _) in ball.measured.items())
        told += "".join(f"; {names[i]} counts {float(w)!r}" for i, w in enumerate(ball.weights) if w != 1)
        told += "".join(f"; {names[i]} stays" for i in sorted(ball.still))
        told += "; values may become missing, or be there again" * ball.missing
        return super().words().replace(": nothing", told, 1)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *core.check(name, Near)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
