"""What proofs about all sets of items share: sets that force and inputs that are outside, found as they are needed."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import Bools
from .choices import Choices
from .claims import Claims


class Settling(Choices):
    """Grows trees of choices about the row of some claims.

    Parameters
    ----------
    claims : Claims
        What was claimed so far; sets that force are added to it, and witnesses to its prover.
    """

    def __init__(self, claims: Claims) -> None:
        super().__init__(claims)
        alone = np.array_equal(claims.unit, np.arange(len(claims.unit)))  # features of one condition each are literals
        self.per_feature = claims.per_feature and not alone
        self.known = self.mask(claims.unit)  # others have no conditions
        self.forcing: list[Bools] = []
        self._constant = np.zeros(claims.n_items, np.bool_)  # what follows from nothing
        self.width = np.zeros(claims.n_items, np.int64)  # in how many cells of its feature a literal is true
        if not self.per_feature:
            for a, attribute in enumerate(claims.space.attributes):
                same = claims.alike(a)
                self.width[attribute.variables] = same.sum(axis=1)
                self._constant[attribute.variables] = same.all(axis=1)
        self._follows: list[Bools] = []

    def mask(self, items: Any) -> Bools:
        """Return which items are among some."""
        out: Bools = np.isin(np.arange(self.claims.n_items), items)
        return out

    def closed(self, kept: Bools) -> Bools:
        """Return the items that are kept with some: those that follow on their feature."""
        if self.per_feature:
            return kept
        out = self._constant.copy()
        for a in np.unique(self.claims.space.attribute_of[kept]).tolist():
            variables, same = self.claims.space.attributes[a].variables, self.claims.alike(a)
            out[variables] = same[:, same[kept[variables]].all(axis=0)].all(axis=1)
        return out

    def alike(self, item: int) -> Bools:
        """Return the items that say the same as one: of literals those that are true in the same cells."""
        out = self.mask([item])
        if not self.per_feature:
            a = int(self.claims.space.attribute_of[item])
            variables, same = self.claims.space.attributes[a].variables, self.claims.alike(a)
            out[variables] = (same == same[variables == item]).all(axis=1)
        return out

    def able(self, gone: Bools) -> Bools:
        """Return the items that can be kept, one by one, where some are not."""
        left = self.known & ~gone
        if not self.per_feature:
            for item in np.nonzero(left)[0].tolist():
                left[item] = not (self._alone(item) & gone).any()
        return left

    def _alone(self, item: int) -> Bools:
        if not self._follows:
            self._follows = [self.closed(self.mask([i])) for i in range(self.claims.n_items)]
        return self._follows[item]

    def forces(self, kept: Bools) -> bool:
        """Tell whether items force; if not, a witness is known then."""
        self.learn()
        if not (self.rows & kept).any(axis=1).all():
            return False
        if self.inside(self.closed(kept)) is not None:
            return True
        found = self.prover.look(self.claims.kept(np.nonzero(kept)[0].tolist()))
        if found is not None and not self.per_feature:
            self.prover.points[-1] = self.claims.near(found)
        return found is None

    def take(self, kept: Bools) -> bool:
        """Keep a set if it forces; tell whether it does."""
        if self.claims.add_set(np.nonzero(kept)[0].tolist()) is not None:
            return False
        self.forcing.append(kept)
        return True

    def smallest(self, kept: Bools, last: Bools | None = None) -> int:
        """Take away of items that force what is not needed, some of them last; return the number of the set."""
        items = np.nonzero(kept)[0]
        later = np.zeros(len(items)) if last is None else self.closed(last)[items]
        items = items[np.lexsort((self.width[items], later))]  # of a feature the strongest first
        now, start = kept.copy(), 0
        while start < len(items):  # the more of the next ones are taken away, the less is forced
            low, high = 0, len(items) - start
            while low < high:
                middle = (low + high + 1) // 2
                fewer = now.copy()
                fewer[items[start : start + middle]] = False
                low, high = (middle, high) if self.forces(fewer) else (low, middle - 1)
            now[items[start : start + low]] = False
            start += low + 1
        now = self.closed(now) & kept
        number = next((i for i, other in enumerate(self.forcing) if np.array_equal(now, other)), None)
        if number is not None:
            return number
        self.take(now)
        return len(self.forcing) - 1

    def inside(self, kept: Bools) -> int | None:
        """Return the number of a set that is kept with some items."""
        return next((number for number, other in enumerate(self.forcing) if (other <= kept).all()), None)
