"""Checks the certificates of suffice whose proofs are over clauses: ``python suffice_check_sat.py FILE``.

It lies beside suffice_check.py, whose claims it checks as well, and needs numpy. Here stand claims about all sets of
items, each clause of which is what a witness breaks, and those that are proved by formulas: a formula is built anew
from the model's numbers, and its proof is checked by unit propagation.
"""

from __future__ import annotations

import sys
from itertools import product
from typing import Any

import numpy as np

try:
    from .suffice_check import ACCEPTED, Checker, check, outside, require, walk
except ImportError:  # the two files alone
    from suffice_check import ACCEPTED, Checker, check, outside, require, walk  # type: ignore[import-not-found, no-redef]


class Propagation:
    """Clauses, and what follows from them by unit propagation: two literals of each clause are watched."""

    def __init__(self) -> None:
        self.watched: dict[int, list[list[int]]] = {}
        self.units: list[int] = []
        self.empty = False

    def add(self, literals: list[int]) -> None:
        """Add a clause."""
        clause = sorted(set(literals))
        self.empty |= not clause
        if len(clause) == 1:
            self.units.append(clause[0])
        elif clause:
            for literal in clause[:2]:
                self.watched.setdefault(literal, []).append(clause)

    def refutes(self, assumed: list[int]) -> bool:
        """Tell whether unit propagation from what is assumed comes to a contradiction."""
        true, queue = set[int](), [*self.units, *assumed]
        if self.empty:
            return True
        while queue:
            literal = queue.pop()
            if -literal in true:
                return True
            if literal in true:
                continue
            true.add(literal)
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


class Clauses(Checker):
    """Checks claims about all sets of items, too."""

    claims = (*Checker.claims, "cheapest", "complete", "forced")

    def choices(self, excluded: Any) -> Any:
        """Yield the ends of choices: which items are kept, and which are not."""
        begin = np.zeros((2, self.count), bool)
        begin[1, excluded] = True

        def parts(here: Any, item: int) -> Any:  # the item is kept, or not
            both = np.array([here, here])
            both[0, 0, item - 1] = both[1, 1, item - 1] = True
            return [*both]

        return enumerate(walk(self.arrays["cover_split"], begin, parts))

    def cheapest(self, said: Any) -> None:
        """Say that no items that force cost less than these: choices end in sums of weights of witnesses."""
        prices, at, unit = self.arrays["prices"].astype(object), self.arrays["cover_at"], int(said["unit"])
        require(len(prices) == self.count and (prices >= 0).all() and unit > 0, "prices do not fit")
        require(prices[[*set(self.items)]].sum() == said["cost"], "the items cost something else")
        for place, (taken, gone) in self.choices(said["excluded"]):  # an item is charged no more than its price
            used = self.breaks[self.arrays["cover_witness"][at[place] : at[place + 1]]] & ~gone
            weight = self.arrays["cover_weight"][at[place] : at[place + 1]].astype(object)
            require((weight >= 0).all() and not (used & taken).any(), "weights do not fit")
            require(((used * weight[:, None]).sum(axis=0) <= unit * prices).all(), "weights are too great")
            require(unit * prices[taken].sum() + weight.sum() > unit * (said["cost"] - 1), "a bound is too small")

    def complete(self, said: Any) -> None:
        """Say that the sets are all reasons: choices end where what is kept contains one of them."""
        listed = self.claim["sets"]
        for i, (items, box) in enumerate(product(listed, self.sets)):
            require(i % (len(listed) + 1) == 0 or not self.inside(self.kept(items), box), "a set contains another one")
        for place, (taken, gone) in self.choices(said["excluded"]):
            number = self.arrays["cover_set"][place]  # of a set, or of a witness: from -1 down
            if number < 0:
                require(not (self.breaks[-1 - number] & ~gone).any(), "a choice keeps what a witness breaks")
            else:
                require(self.inside(self.kept(np.nonzero(taken)[0]), self.sets[number]), "a choice contains no set")
        require(not np.isin(said["excluded"], [item for items in listed for item in items]).any(), "a set is excluded")

    def formula(self) -> list[list[int]]:
        """Return clauses of all that satisfies the items and has another outcome, of a model of one tree.

        Conditions are variables, from 1; then come the points of the first feature, of which one is taken, and so on.
        """
        domain, model, top = self.domain, self.model, self.domain.n
        require(len(model.root) == 1, "formulas are of models of one tree")
        clauses = [[int(literal)] for literal in self.mine] + [clause.tolist() for clause in domain.clauses]
        for own, table in domain.tables:
            points = [top + 1 + j for j in range(table.shape[1])]
            top += len(points)
            clauses.append(points)
            for j, point in enumerate(points):
                clauses += [[-point, int(v + 1 if table[i, j] else -v - 1)] for i, v in enumerate(own)]
        stack: list[Any] = [(model.root[0], [])]
        while stack:  # nothing reaches a leaf that has an outcome that is claimed
            node, path = stack.pop()
            literal = int(model.literal[node])
            if literal:
                stack += [(model.left[node], [*path, literal]), (model.right[node], [*path, -literal])]
            elif outside(self.routes, model.scores(model.leaf[[[node]]]))[0] == -1:
                clauses.append(path)
        return clauses

    def forced(self, said: Any) -> None:
        """Say that whatever satisfies the items has an outcome that is claimed: the formula of others has no model."""
        known, lemma = Propagation(), list[int]()
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
    found = [(name, *check(name, Clauses)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == ACCEPTED for _, verdict, _ in found))
