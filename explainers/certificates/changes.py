"""Certificates of lists of changes: that each one is least, and that there is no other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...engine.arrays import I32, Bools
from ...engine.reasons.certified import look_at_time
from .claims import Claims
from .settling import Settling


class Changes(Settling):
    """A list of changes of a row.

    Parameters
    ----------
    claims : Claims
        What was claimed so far, nothing.
    points : sequence of ndarray of int32
        The changed rows.
    """

    def __init__(self, claims: Claims, points: Sequence[I32]) -> None:
        claims.prover.points[:0] = list(points)  # they come first
        super().__init__(claims)
        self.listed = [claims.broken(point) for point in points]

    def least(self, *, shared: bool) -> bool:
        """Claim that no part of each change is enough; tell whether it is so (`shared`: by as few sets as may be)."""
        for fallen in self.listed:
            for items in self.claims.larger(fallen):
                kept = self.mask(items)
                look_at_time(self.prover.deadline)
                if self.inside(kept) is not None:
                    continue
                if shared:
                    if not self.forces(kept):
                        return False
                    self.smallest(kept, last=fallen)
                elif not self.take(kept):
                    return False
        self.claims.says["changes"] = {"lists": [np.nonzero(fallen)[0].tolist() for fallen in self.listed]}
        return True

    def spread(self, items: Bools) -> int:
        """Return on how many features some items are."""
        return int(items.sum()) if self.per_feature else len(np.unique(self.claims.space.attribute_of[items]))

    def counted(self) -> bool:
        """Tell whether a change has as many literals (features) as it is written with, as there are features in it."""
        attributes = self.claims.space.attributes
        return self.claims.per_feature or all(a.interval or len(a.variables) == 1 for a in attributes)

    def no_other(self, still: Bools, most: int | None = None) -> None:
        """Claim that there is no other change that keeps the items that stay still (of at most so many features)."""
        stack = [(still, np.zeros_like(still))]
        while stack:
            taken, gone = stack.pop()
            kept, left = self.closed(taken), self.able(gone)
            if (kept & gone).any() or (most is not None and self.spread(gone) > most):
                self.end(0)  # what is kept brings more with it, or what is not is too much
                continue
            number = next((i for i, fallen in enumerate(self.listed) if not (fallen & left).any()), None)
            if number is not None and not (more := self.listed[number] & ~gone).any():
                self.end(-1 - number)
                continue
            if number is None:
                found = self.inside(kept)
                if found is not None:
                    self.end(found)
                    continue
                more = self._next(kept, left)
                if not more.any():  # what is kept forces, as is known now
                    stack.append((taken, gone))
                    continue
            stack += self.branch(int(np.nonzero(more)[0][0]), taken, gone)
        limit = {} if most is None else {"most": most}
        self.claims.says["all_changes"] = {"excluded": np.nonzero(still)[0].tolist(), **limit}
        self.write()

    def _next(self, kept: Bools, left: Bools) -> Bools:
        """Return items of a set that forces and may still be kept, of which one is to be chosen about."""
        able = [(int((other & ~kept).sum()), i) for i, other in enumerate(self.forcing) if not (other & ~left).any()]
        if not able:
            if (self.closed(left) & ~left).any():  # not all of them can be kept
                return left & ~kept
            if not self.forces(left):
                raise self.other("there is another change")
            able = [(0, self.smallest(left))]
        return self.forcing[min(able)[1]] & ~kept
