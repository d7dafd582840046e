"""Checks the certificates of suffice whose proofs are over clauses: ``python suffice_check_sat.py FILE``.

It lies beside suffice_check.py, whose claims it checks as well, and needs numpy. Here stand claims about changes, about
numbers, about all sets of items, each clause of which is what a witness breaks, and those that are proved by formulas:
a formula is built anew from the model's numbers, and its proof is checked by unit propagation.
"""

from __future__ import annotations

import sys
from itertools import accumulate, product
from typing import Any

import numpy as np

try:
    from . import suffice_check as core
except ImportError:  # the files alone
    import suffice_check as core  # type: ignore[import-not-found, no-redef]

require, within = core.require, core.within
MOST = 1 << 18  # clauses of a formula
TOLD = {
    "complete": "excluded", "necessary": "excluded", "relevant": "excluded", "changes": "lists",
    "all_changes": "excluded most", "cheapest": "excluded cost", "bounded": "excluded cost",
}  # fmt: skip  # what is said of claims, and checked


class Propagation:
    """Clauses, and what follows from them by unit propagation: two literals of each clause are watched."""

    def __init__(self) -> None:
        self.watched: dict[int, list[list[int]]] = {}
        self.true: set[int] = set()  # what follows from the clauses alone
        self.empty = False

    def add(self, literals: list[int]) -> None:
        """Add a clause."""
        clause = sorted({literal for literal in literals if -literal not in self.true})
        if any(literal in self.true for literal in clause):
            return
        if len(clause) < 2:
            self.empty |= not clause or self.spread(clause, [])
            return
        for literal in clause[:2]:
            self.watched.setdefault(literal, []).append(clause)

    def refutes(self, assumed: list[int]) -> bool:
        """Tell whether unit propagation from what is assumed comes to a contradiction."""
        added: list[int] = []
        found = self.empty or self.spread([*assumed], added)
        self.true.difference_update(added)
        return found

    def spread(self, queue: list[int], added: list[int]) -> bool:
        """Propagate literals, and note what becomes true; tell whether there is a contradiction."""
        true = self.true
        while queue:
            literal = queue.pop()
            if -literal in true:
                return True
            if literal in true:
                continue
            true.add(literal)
            added.append(literal)
            kept: list[list[int]] = []
            for clause in self.watched.pop(-literal, []):  # one of its watched literals is false now
                if clause[0] == -literal:
                    clause[0], clause[1] = clause[1], clause[0]
                free = next((i for i in range(2, len(clause)) if -clause[i] not in true), 0)
                if clause[0] in true or not free:
                    kept.append(clause)
                    queue += [clause[0]] * (clause[0] not in true)
                else:
                    clause[1], clause[free] = clause[free], clause[1]
                    self.watched.setdefault(clause[1], []).append(clause)
            self.watched.setdefault(-literal, []).extend(kept)
        return False


class Clauses(core.Checker):
    """Checks claims about all sets of items, too."""

    claims = (
        *core.Checker.claims, "changed", "attained", "complete", "forced", "changes", "all_changes", "necessary",
        "relevant",
    )  # fmt: skip

    def among(self, items: Any) -> Any:
        """Tell which items are among some."""
        return np.isin(np.arange(self.count), items)

    def gone(self, said: Any) -> Any:
        """Tell which items a claim leaves out."""
        require(within(said["excluded"], core.MANY), "what is excluded are no items")
        return self.among(said["excluded"])

    def choices(self, taken: Any, gone: Any, codes: Any) -> Any:
        """Yield the ends of a tree of choices: which items are kept, and which are not; some are so from the start."""
        begin = np.array([taken, gone])

        def parts(here: Any, item: int) -> Any:  # the item is kept, or not
            both = np.array([here, here])
            both[0, 0, item - 1] = both[1, 1, item - 1] = True
            return [*both]

        return core.walk(codes, begin, parts, 200 + begin.size)

    def left(self, items: Any) -> list[Any]:
        """Return the points of each feature at which all literals of items are true."""
        held = np.isin(self.unit, items)
        return [(table[held[own]] == self.row[own[held[own]], None]).all(axis=0) for own, table in self.domain.tables]

    def proved(self, items: Any, sets: Any) -> bool:
        """Tell whether all that satisfies items is in one of some boxes that were proved."""
        here = self.left(items)
        return any(all((one <= other).all() for one, other in zip(here, box[1], strict=True)) for box in sets)

    def closed(self, items: Any) -> Any:
        """Return which items are kept with some: of literals all that follow from them on the same feature."""
        out = self.among(items)
        if self.alone:
            for (own, table), here in zip(self.domain.tables, self.left(items), strict=True):
                out[own] = (table[:, here] == self.row[own, None]).all(axis=1)
        return out

    def complete(self, said: Any) -> None:
        """Say that the sets are all reasons: choices end where what is kept contains one of them."""
        listed = self.claim["sets"]
        require(len(self.rows), "there is no row that items are of")
        require(all(np.isin(items, self.unit).all() for items in listed), "an item has no condition")
        for i, (items, box) in enumerate(product(listed, self.sets)):
            require(i % (len(listed) + 1) == 0 or not self.inside(self.kept(items), box), "a set contains another one")
        ends = self.choices(self.among([]), self.gone(said), self.arrays["cover_split"])
        for place, (taken, gone) in enumerate(ends):
            number = self.arrays["cover_set"][place]  # of a set, or of a witness: from -1 down
            if number < 0:
                require(not (self.breaks[-1 - number] & ~gone).any(), "a choice keeps what a witness breaks")
            else:
                require(
                    self.inside(self.kept(np.nonzero(taken)[0].tolist()), self.sets[number]), "a choice contains no set"
                )
        require(not np.isin(said["excluded"], [item for items in listed for item in items]).any(), "a set is excluded")

    def alike(self, item: int) -> Any:
        """Return the items that say the same as one: of literals those that are true at the same points."""
        out = self.among(item)
        if self.alone:
            own, table = self.domain.tables[self.domain.owner[item]]
            same = table == self.row[own, None]
            out[own] = (same == same[np.searchsorted(own, item)]).all(axis=1)
        return out

    def changed(self, said: Any) -> None:
        """Say that the first witness differs in the items alone, and what is left, with any of them, forces."""
        stays, fallen = (np.nonzero(self.breaks[0] == changed)[0].tolist() for changed in (False, True))
        require(self.items and {*fallen} == {*self.items}, "it is another change")
        for left in (self.kept([*stays, item]) for item in fallen):
            require(self.inside(left, *self.sets), "a part of the change is not ruled out")

    def attained(self, said: Any) -> None:
        """Say which numbers scores of the rows are."""
        scores = self.model.at(self.rows)
        known = said and within([i for i, _, _ in said], len(scores)) and within([k for _, k, _ in said], core.MANY)
        require(known and all(scores[i, k] == float.fromhex(x) for i, k, x in said), "a row has another score")

    def changes(self, said: Any) -> None:
        """Say of each list of items what `changed` says of the items, by the witness of the same number."""
        lists = said["lists"]
        require(all(within(one, self.count) for one in lists), "there is no such item")
        require(len({frozenset(one) for one in lists}) == len(lists) <= len(self.seen), "a change is there twice")
        require(len(self.rows), "there is no row that changes")
        for items, breaks in zip(lists, self.breaks, strict=False):
            stays, fallen = (np.nonzero(breaks == changed)[0] for changed in (False, True))
            require(items and {*fallen} == {*items}, "it is another change")
            for item in items:
                require(self.proved([*stays, item], self.sets), "a part of a change is not ruled out")

    def spread(self, items: Any) -> int:
        """Return on how many features some items are."""
        return len(np.unique(self.domain.owner[items])) if self.alone else int(items.sum())

    def all_changes(self, said: Any) -> None:
        """Say that no other changes keep all `excluded` items: choices end where what is kept forces, or in one.

        With `most` it is said of changes of no more features than that: choices end where more are not kept, too.
        """
        lists, excluded = self.says["changes"]["lists"], self.gone(said)
        require(len(lists) <= len(self.seen), "a change has no witness")
        changes = [self.among(one) for one in lists]
        require(not any((one & excluded).any() for one in changes), "a change of the list has an excluded item")
        require("most" not in said or within([said["most"]], core.MANY), "features are not counted")
        ends = self.choices(excluded, self.among([]), self.arrays["cover_split"])
        for place, (taken, gone) in enumerate(ends):
            number, kept = self.arrays["cover_set"][place], self.closed(np.nonzero(taken)[0])
            if (kept & gone).any() or self.spread(gone) > said.get("most", np.inf):
                continue  # what is kept brings more with it, or what is not is too much
            if number < 0:  # of a change, from -1 down; else of a set
                require(not (changes[-1 - number] & ~gone).any(), "a choice keeps a part of a change")
            else:
                require(self.proved(np.nonzero(taken)[0], self.sets[number : number + 1]), "a choice contains no set")

    def free(self, said: Any) -> tuple[Any, Any]:
        """Return which items are excluded, whole features, and what is kept with each set that has none of them."""
        gone, owner = self.gone(said), self.domain.owner if self.alone else np.arange(self.count)
        require(np.array_equal(gone, np.isin(owner, owner[gone])), "a part of a feature is excluded")
        require(len(self.rows), "there is no row that items are of")
        listed = [items for items in self.claim["sets"] if not gone[items].any()]
        return gone, np.array([self.closed(items) for items in listed], bool).reshape(len(listed), self.count)

    def necessary(self, said: Any) -> None:
        """Say that the items, and what follows from them, are in all sets that force without `excluded` items."""
        closed, (excluded, sets) = self.closed(self.items), self.free(said)
        require(len(sets) and np.array_equal(sets.all(axis=0), closed), "the sets share something else")
        ways = [self.among(item) for item in self.items]
        if self.alone:  # a set without a literal keeps no more than some point at which it is not true
            differ = [(own, table != self.row[own, None]) for own, table in self.domain.tables]
            ways = [self.among(own[p]) for own, apart in differ for p in apart.T if (p & closed[own]).any()]
        for way in ways:
            require(not (self.breaks & ~(way | excluded)).any(axis=1).all(), "no witness shows that an item is needed")

    def relevant(self, said: Any) -> None:
        """Say that the items are those without which some smallest set, without `excluded` items, does not force.

        Items that say the same count as one.

        One that is has a set that forces and, but for it, is true of a witness. For each other one choices end where
        what is kept forces without it, or where a witness breaks nothing that may be kept.
        """
        mine, (excluded, sets), always = self.among(self.items), self.free(said), self.closed([])
        split, at, first = self.arrays["cover_split"], self.arrays["cover_at"], 0
        for item in np.nonzero(mine)[0].tolist():
            mine |= self.alike(item)
            rows = self.breaks[self.breaks[:, item]] & ~self.alike(item)
            shown = any((~(sets & row).any(axis=1)).any() for row in rows)
            require(shown, "an item is in no smallest set, as far as is shown")
        left = np.nonzero(self.among(self.unit) & ~mine & ~excluded & ~always)[0].tolist()
        others = [item for item in left if not self.alike(item)[:item].any()]
        require(len(at) == len(others) + 1, "an item is neither listed nor ruled out")
        for item, begin, end in zip(others, at, at[1:], strict=False):
            for taken, gone in self.choices(self.closed([item]), excluded & ~always, split[begin:end]):
                number, first = self.arrays["cover_set"][first], first + 1
                if (self.closed(np.nonzero(taken)[0]) & gone).any():
                    continue  # what is kept brings more with it
                if number < 0:  # of a witness, from -1 down; else of a set
                    require(not (self.breaks[-1 - number] & ~gone).any(), "a choice keeps what a witness breaks")
                else:
                    kept = np.nonzero(taken & ~self.alike(item))[0]
                    require(self.proved(kept, self.sets[number : number + 1]), "a choice contains no set")

    def named(self, items: Any) -> str:
        """Return items in words: literals of the row, or columns."""
        d, own = self.domain, self.own[np.isin(self.unit, items)]
        groups = sorted(" with ".join(sorted({d.names[v] for v in d.column[self.unit == i]})) for i in {*items})
        return ", ".join(map(self.said, own) if self.alone else groups)

    def more(self, name: str, said: Any) -> str:
        """Return what is said of a claim beyond its name, in words."""
        if name == "attained":
            return ", ".join(f"score {k} of row {i} is {float.fromhex(x)!r}" for i, k, x in said)
        said = {key: said[key] for key in TOLD.get(name, "").split() if key in said}
        ways: dict[str, Any] = {
            "lists": lambda lists: " / ".join(map(self.named, lists)),
            "excluded": lambda items: f"without {self.named(items)}",
            "most": "of at most {} features".format, "cost": "at {}, by the prices of the file".format,
        }  # fmt: skip
        told = [f"{len(self.claim['sets'])} sets"] * (name == "complete")
        return ", ".join([*told, *(ways[key](said[key]) for key in ways if key in said and said[key] != [])])

    def words(self) -> str:
        """Return what is claimed, in words, from the numbers."""
        told = [(name, self.more(name, said)) for name, said in self.says.items()]
        return "; ".join([super().words(), *(f"{name}: {more}" for name, more in told if more)])

    def formula(self) -> list[list[int]]:
        """Return clauses of all that satisfies the items and has another outcome.

        Conditions are variables, from 1; then come the points of the first feature, of which one is taken, and so on.
        """
        domain, model, top = self.domain, self.model, self.domain.n
        require(sum(table.size for _, table in domain.tables) <= 8 * MOST, "a formula is too large")
        clauses = [[int(literal)] for literal in self.mine] + [clause.tolist() for clause in domain.clauses]
        for own, table in domain.tables:
            points = [top + 1 + j for j in range(table.shape[1])]
            top += len(points)
            clauses.append(points)
            for j, point in enumerate(points):
                clauses += [[-point, int(v + 1 if table[i, j] else -v - 1)] for i, v in enumerate(own)]
        trees: list[Any] = [[] for _ in model.root]  # the leaves of each, with what is false on the way to them
        stack, size = list[Any]((node, [], tree) for tree, node in enumerate(model.root)), 0
        while stack:
            node, path, tree = stack.pop()
            require((size := size + len(path)) <= 1 << 24, "a formula is too large")
            if literal := int(model.literal[node]):
                left, right = (model.left[node], [*path, literal], tree), (model.right[node], [*path, -literal], tree)
                stack += [left, right]
            else:
                trees[tree].append((int(model.leaf[node]), path))
        if len(trees) == 1:  # nothing reaches a leaf that has an outcome that is claimed
            held = [core.outside(self.routes, model.scores(np.array([[leaf]])))[0] == -1 for leaf, _ in trees[0]]
            return clauses + [path for (_, path), inside in zip(trees[0], held, strict=True) if inside]
        routes = [top + 1 + i for i in range(len(self.routes))]  # one of them is taken
        clauses.append(routes)
        top += len(routes)
        for taken, route in zip(routes, self.routes, strict=True):
            for way in route:
                top = self.counted(clauses, top, taken, way, trees)
        return clauses

    def counted(self, clauses: list[list[int]], top: int, taken: int, way: Any, trees: list[Any]) -> int:
        """Add clauses: if a route is taken, the sum of a way reaches its need; return the last variable.

        For each number that a tree adds comes a variable, which is true if the tree adds it, smallest first; then one
        for each sum that the trees before it have to reach, from the last tree to the first.
        """
        worths = [[int(way.worth[leaf]) for leaf, _ in tree] for tree in trees]
        low, high = ([*accumulate(map(end, worths), initial=0)] for end in (min, max))  # of any size
        goals, level = {way.need - way.offset: taken}, len(trees)
        reached: dict[int, int] = {}
        for tree, own in zip(reversed(trees), reversed(worths), strict=True):
            adds = {worth: top + 1 + i for i, worth in enumerate(sorted(set(own)))}
            top, level, reached = top + len(adds), level - 1, {}
            clauses += [[*path, adds[worth]] for (_, path), worth in zip(tree, own, strict=True)]
            for goal, said in goals.items():
                require(len(clauses) < MOST, "a formula is too large")
                for worth, added in adds.items():
                    rest = goal - worth  # for the trees before this one
                    if rest <= low[level]:
                        continue  # they always reach it
                    if rest <= high[level] and rest not in reached:
                        reached[rest] = top = top + 1
                    clauses.append([-said, -added, *(reached[one] for one in [rest] if one in reached)])
            goals = reached
        return top

    def forced(self, said: Any) -> None:
        """Say that whatever satisfies the items has an outcome that is claimed: the formula of others has no model."""
        known, lemma = Propagation(), list[int]()
        require(len(self.arrays["lemmas"]) <= 1 << 24, "a proof is too large")
        for clause in self.formula():
            known.add(clause)
        for literal in self.arrays["lemmas"].tolist():  # each one ends with a 0
            if literal:
                lemma.append(literal)
                continue
            require(known.refutes([-one for one in lemma]), "a clause does not follow by unit propagation")
            known.add(lemma)
            lemma = []
        require(not lemma and known.refutes([]), "the proof does not end in a contradiction")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *core.check(name, Clauses)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == core.ACCEPTED for _, verdict, _ in found))
