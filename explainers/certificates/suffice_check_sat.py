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
    from .suffice_check import ACCEPTED, Checker, check, require, walk
except ImportError:  # the two files alone
    from suffice_check import ACCEPTED, Checker, check, require, walk  # type: ignore[no-redef]


class Clauses(Checker):
    """Checks claims about all sets of items, too."""

    claims = (*Checker.claims, "cheapest", "complete")

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


if __name__ == "__main__":
    found = [(name, *check(name, Clauses)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == ACCEPTED for _, verdict, _ in found))
