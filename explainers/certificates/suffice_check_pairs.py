"""Checks the certificates of suffice that are of pairs of rows: ``python suffice_check_pairs.py FILE``.

It lies beside suffice_check.py and suffice_check_sat.py, whose claims it checks as well, and needs numpy. Such a file
has one model. What it says of two rows that share all features but some is read as said of one longer row, which has
these features twice; the trees of both rows are made here, from the model's own, so that they are two copies of it.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

try:
    from . import suffice_check as core
    from .suffice_check_sat import Clauses
except ImportError:  # the files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]
    from suffice_check_sat import Clauses  # type: ignore[import-not-found, no-redef]

NODES = 1 << 21  # of the trees of both rows, at most
CONDITIONS = ("condition_column", "condition_operator", "condition_threshold", "condition_missing")


def twice(head: Any, arrays: Any) -> tuple[Any, Any]:
    """Return what is said of pairs of rows as it is said of one row that has some features twice."""
    claim, model, features, n = head["claim"], head["model"], head["features"], len(arrays["condition_column"])
    apart, order = claim["pairs"]["apart"], claim["pairs"]["order"]
    label, scores = model["labels"][0], len(core.Model(head, arrays, core.Domain(head, arrays)).base)  # it is sound
    core.require(apart == sorted({*apart}) and {*apart} <= {*range(len(features))}, "features cannot differ so")
    core.require(len(model["labels"]) == 1, "pairs are of one label")
    columns = [c for i in apart for c in features[i]["columns"]]
    core.require(order == 0 or (order in (1, -1) and len(columns) == 1), "what is greater has to be one number")
    if order:  # of numbers that are there
        values = [value for value in features[apart[0]]["values"] if not math.isnan(float.fromhex(value))]
        features = [{**one, "values": values} if i == apart[0] else one for i, one in enumerate(features)]
    second = {c: len(model["columns"]) + place for place, c in enumerate(columns)}
    more = [{**features[i], "columns": [second[c] for c in features[i]["columns"]]} for i in apart]
    moved = [v for v in range(n) if arrays["condition_column"][v] in second]
    parts = {name: np.concatenate([arrays[name], arrays[name][moved]]) for name in CONDITIONS}
    parts["condition_column"][n:] = [second[c] for c in arrays["condition_column"][moved].tolist()]
    twin = {v: v for v in range(-n, n + 1)}  # the second row's literal for each
    twin |= {sign * (v + 1): sign * (n + 1 + place) for place, v in enumerate(moved) for sign in (1, -1)}
    clauses, given = ([*said, *([twin[v] for v in one] for one in said)] for said in (head["clauses"], claim["given"]))
    ordered = []
    for v in moved if order else []:  # where one is greater it passes what the other one passes
        if arrays["condition_operator"][v] < 4:
            way = order if arrays["condition_operator"][v] < 2 else -order
            ordered.append([-way * (v + 1), way * twin[v + 1]])
    told = {
        "columns": [*model["columns"], *(f"{model['columns'][c]} (second)" for c in columns)],
        "reading": [*model["reading"], *(model["reading"][c] for c in columns)],
        "labels": [label, {**label, "outputs": [scores, 2 * scores]}],
    }
    both = {
        **head, "model": {**model, **told}, "features": [*features, *more], "clauses": [*clauses, *ordered],
        "claim": {**claim, "given": given},
    }  # fmt: skip
    follows = {-a: b for clause in ordered for a, b in (clause, clause[::-1])}
    trees = side_by_side(arrays, core.Domain(both, {**arrays, **parts}), twin, follows)
    return both, {**arrays, **parts, **trees}


def side_by_side(arrays: Any, domain: core.Domain, twin: dict[int, int], follows: dict[int, int]) -> dict[str, Any]:
    """Return trees that add to the scores of both rows: each goes down a tree of the model for both at once."""
    literal, left, right, leaf = (arrays[f"tree_{part}"].tolist() for part in ("literal", "left", "right", "leaf"))
    nodes: list[list[int]] = []  # literal, left, right, leaf
    leaves: dict[tuple[int, int], int] = {}  # of both rows

    def part(past: Any, test: int) -> Any:  # the points of each feature where a test is true, too, if there are some
        here, tests = {**past}, [test, *(follows[one] for one in [test] if one in follows)]
        for i, v in ((domain.owner[abs(v) - 1], v) for v in tests):
            here[i] = here.get(i, True) & domain.where(v)
        return here if all(here[domain.owner[abs(v) - 1]].any() for v in tests) else None

    roots = []
    for root in arrays["tree_root"].tolist():
        roots.append(len(nodes))
        stack: list[Any] = [(root, root, {}, None, 0)]
        while stack:
            core.require(len(stack) * len(stack[-1][2]) <= 1 << 24, "the trees of both rows are too deep")
            one, other, past, parent, side = stack.pop()
            ways: list[Any] = [(one, other, past)]
            while len(ways) == 1 and (test := literal[one] or twin[literal[other]]):  # the first row, then the second
                both = literal[one] == test, twin[literal[other]] == test
                found = [
                    (way[one] if both[0] else one, way[other] if both[1] else other, part(past, sign * test))
                    for way, sign in ((left, -1), (right, 1))
                ]
                ways = [way for way in found if way[2]] or [(*found[0][:2], past)]
                one, other, past = ways[0]
            if parent is not None:
                nodes[parent][side] = len(nodes)
            core.require(len(nodes) < NODES, "the trees of both rows are too large")
            if len(ways) == 2:
                stack += [(*way, len(nodes), 1 + place) for place, way in enumerate(ways)]
                nodes.append([test, -1, -1, -1])
            else:
                nodes.append([0, -1, -1, leaves.setdefault((leaf[one], leaf[other]), len(leaves))])
    core.require(len(leaves) * len(arrays["base"]) <= core.LARGEST / 16)
    first, second = np.array([*leaves], np.int64).reshape(-1, 2).T
    parts = dict(zip(("literal", "left", "right", "leaf"), np.array(nodes, np.int64).reshape(-1, 4).T, strict=True))
    return {
        **{f"tree_{name}": part for name, part in parts.items()}, "tree_root": np.array(roots, np.int64),
        "leaf_values": np.hstack([arrays["leaf_values"][first], arrays["leaf_values"][second]]),
        "base": np.concatenate([arrays["base"], arrays["base"]]),
    }  # fmt: skip


class Implied(core.Way):
    """What is met wherever all other ways of a route are: bounds may go by it, sums need not."""

    def __init__(self, scores: int, worth: Any, offset: int, need: int) -> None:
        self.worth, self.offset, self.need = worth, offset, need
        self.sign, self.limit, self.margin, self.strict = np.zeros(scores), -1.0, 0.0, False  # any scores meet it


def pair_routes(model: core.Model, pairs: Any) -> list[list[core.Way]]:
    """Return the routes to a pair: for each two outcomes the ways to both, how far apart they are, what is implied."""
    label, n, margin, routes = model.labels[0], len(model.base) // 2, float.fromhex(pairs["margin"]), []
    one, first, second = np.eye(n), model.values[:, :n], model.values[:, n:]
    core.require(margin >= 0, "a margin is less than 0")

    def changed(up: Any, down: Any) -> list[core.Way]:  # some tree adds more to some scores of the first row, or less
        if float.fromhex(label["doubt"]) > 0:
            return []
        other = first != second if float.fromhex(label["near"]) > 0 else (first > second) * up + (first < second) * down
        return [Implied(2 * n, other.any(axis=1).astype(np.int64), 0, 1)]

    if pairs["outcomes"] is None:  # of numbers: the first one is greater
        core.require(n == 1, "there is more than one number")
        return [[core.Way(model, label, np.array([1.0, -1.0]), margin, margin == 0), *changed(one[0], 0 * one[0])]]
    classes = range({"greatest": n, "threshold": 2}[label["rule"]])
    core.require(pairs["outcomes"] or len(classes) == 1, "no outcomes are told")
    for k, j in pairs["outcomes"]:
        core.require(k in classes and j in classes and k != j, "there are no such two outcomes")
        others = [[c for c in classes if c != own] for own in (k, j)]
        (both,) = core.routes_out(model, [{"label": i, "classes": own} for i, own in enumerate(others)], True)
        up, down = (one[k], one[j]) if n > 1 else (k * one[0], j * one[0])  # scores that speak for k, and for j
        apart = np.concatenate([up - down, down - up])
        least = -2.1 * max(way.margin for way in both) / min(1.0, float.fromhex(label["divisor"]))
        lead = core.Way(model, label, apart, least, True)
        more: list[list[core.Way]] = [[]]
        if margin > 0:
            gaps = [apart] if n == 1 else [np.concatenate([up, -up]), np.concatenate([-down, down])]
            more = [[core.Way(model, label, gap, margin, False)] for gap in gaps]
        implied = [Implied(2 * n, lead.worth, lead.offset, lead.need), *changed(up, down)]
        routes += [[*both, *ways, *implied] for ways in more]
    return routes


class Pairs(Clauses):
    """Checks claims about pairs of rows, too."""

    claims = (*Clauses.claims, "no_pair", "pair")

    def __init__(self, head: Any, arrays: Any) -> None:
        self.pairs, said = head["claim"].get("pairs"), {*head["claim"]["says"]}
        own = said & {"no_pair", "pair"}
        core.require(own == (said if self.pairs is not None else set()), "what is claimed is not about pairs")
        super().__init__(*(twice(head, arrays) if self.pairs is not None else (head, arrays)))

    def routes_of(self, model: core.Model, wanted: Any, together: bool) -> list[list[core.Way]]:
        """Return the routes out of the outcomes that are claimed; of pairs those to one."""
        if self.pairs is None:
            return super().routes_of(model, wanted, together)
        core.require(not wanted and not self.claim["items"] and not len(self.arrays["row"]), "pairs are of no row")
        return pair_routes(model, self.pairs)

    def no_pair(self, said: Any) -> None:
        """Say that no two rows are such a pair."""
        self.forces(said)

    def pair(self, said: Any) -> None:
        """Say that two rows are such a pair: what has to be no greater is so by its numbers."""
        core.require(len(self.seen), "no witness is there")
        if order := self.pairs["order"]:
            (column,) = self.domain.features[self.pairs["apart"][0]]["columns"]
            one, other = self.arrays["witness"][:, column] * order, self.arrays["witness"][:, -1] * order
            core.require((one <= other).all(), "a witness has its numbers in another order")

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        if self.pairs is None:
            return super().words()
        names = [self.domain.features[i]["name"] for i in self.pairs["apart"]]
        told = ", ".join(self.says) + f": two rows that share all features but {', '.join(names)}"
        told += {0: "", 1: ", no less in the second one", -1: ", no greater in the second one"}[self.pairs["order"]]
        known, margin = self.model.labels[0]["classes"], float.fromhex(self.pairs["margin"])
        said = [f"the first one {known[k]}, the second one {known[j]}" for k, j in self.pairs["outcomes"] or []]
        told += ": " + ("the first one greater" if self.pairs["outcomes"] is None else " or ".join(said) or "no two")
        told += f", scores apart by {margin!r} at least" * (margin > 0)
        return told + super().words().partition(": nothing")[2]


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *core.check(name, Pairs)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
