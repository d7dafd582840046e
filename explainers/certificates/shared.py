"""Certificates of what all smallest sets that force share, and of what some of them need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from ...engine.arrays import Bools
from .claims import Claims
from .settling import Settling

_OTHER = "an item is missing, or one too many"


class Shared(Settling):
    """Necessary and relevant items of a row.

    Parameters
    ----------
    claims : Claims
        What was claimed so far, nothing.
    excluded : frozenset of int
        Features that play no part.
    """

    def __init__(self, claims: Claims, excluded: frozenset[int]) -> None:
        super().__init__(claims)
        owner = np.arange(claims.n_items) if self.per_feature else claims.owner
        self.excluded = np.isin(owner, list(excluded))
        self.whole = self.known & ~self.excluded
        self.always = self.closed(np.zeros_like(self.whole))

    def none(self) -> list[int] | None:
        """Claim that nothing forces without what is excluded, if it is so, and return the items that do not."""
        if self.forces(self.whole):
            return None
        self.claims.says["refuted"] = {}
        return [int(item) for item in np.nonzero(self.whole)[0]]

    def ways(self, item: int) -> Iterator[Bools]:
        """Yield what falls where an item does, at least."""
        if self.per_feature:
            yield self.mask([item])
            return
        space = self.claims.space
        a = int(space.attribute_of[item])
        variables, same = space.attributes[a].variables, self.claims.alike(a)
        place = int(np.nonzero(variables == item)[0][0])
        for cell in np.nonzero(~same[place])[0].tolist():
            yield self.mask(variables[~same[:, cell]].tolist())

    def necessary(self, items: Sequence[int]) -> None:
        """Claim that items, and what follows from them, are what all sets share."""
        want = self.closed(self.mask(items))
        for item in np.nonzero(want & self.whole)[0].tolist():
            if any(self.forces(self.whole & ~way) for way in self.ways(item)):
                raise self.other(_OTHER)
        self.smallest(self.whole)
        while (extra := np.all(self.forcing, axis=0) & ~want & self.whole).any():
            item = int(np.nonzero(extra)[0][0])
            able = next((left for way in self.ways(item) if self.forces(left := self.whole & ~way)), None)
            if able is None:
                raise self.other(_OTHER)
            self.smallest(able, last=want)
        self.claims.says["necessary"] = {"excluded": np.nonzero(self.excluded)[0].tolist()}

    def relevant(self, items: Sequence[int]) -> None:
        """Claim that items are those that some smallest set needs."""
        mine, at = self.mask(items), [0]
        for item in np.nonzero(mine)[0].tolist():
            mine |= self.alike(item)
            if not (self._needed(item) or self._needed_in_some(item)):
                raise self.other(_OTHER)
        for item in np.nonzero(self.whole & ~mine & ~self.always)[0].tolist():
            if self.alike(item)[:item].any():
                continue  # what says the same is ruled out
            if self._search(item) is not None:
                raise self.other(_OTHER)
            at.append(len(self.split))
        self.claims.says["relevant"] = {"excluded": np.nonzero(self.excluded)[0].tolist()}
        self.claims.arrays["cover_at"] = np.array(at, np.int64)
        self.write()

    def _needed(self, item: int) -> bool:
        """Tell whether a set is known that does not force without an item."""
        for kept in self.forcing:
            fewer = kept & ~self.alike(item)
            if kept[item] and not self.closed(fewer)[item] and not self.forces(fewer):
                return True
        return False

    def _needed_in_some(self, item: int) -> bool:
        self.smallest(self.whole, last=self.mask([item]))
        if self._needed(item):
            return True
        found = self._search(item)
        self.split, self.ends = [], []
        if found is None:
            return False
        self.smallest(found, last=self.mask([item]))
        return self._needed(item)

    def _search(self, item: int) -> Bools | None:
        """Go through all sets with an item; return one that forces, but not without it, if there is one."""
        one = self.alike(item)
        stack = [(self.closed(one), self.excluded & ~self.always)]
        while stack:
            taken, gone = stack.pop()
            kept = self.closed(taken)
            if (kept & gone).any():
                self.end(0)  # what is kept brings more with it
                continue
            self.learn()
            able = np.nonzero(~(self.rows & (kept | one)).any(axis=1))[0]
            counts = (self.rows[able] & ~gone).sum(axis=1)
            count, j = min(zip(counts.tolist(), able.tolist(), strict=True), default=(-1, 0))
            if count == 0:
                self.end(-1 - j)
                continue
            fewer = taken & ~one
            number = self.inside(self.closed(fewer))
            if number is None and count < 0:
                if self.forces(fewer):
                    number = self.smallest(fewer)
                elif self.forces(kept):
                    return kept
                else:
                    stack.append((taken, gone))  # a witness is known now
                    continue
            if number is not None:
                self.end(number)
                continue
            stack += self.branch(int(np.nonzero(self.rows[j] & ~gone)[0][0]), taken, gone)
        return None
