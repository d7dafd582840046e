"""Trees of choices: that no reason is cheaper, or that there is no other one.

Whatever forces keeps one of the items that each witness breaks. A choice goes through these items; it ends where what
was taken costs as much as the reason, by weights of the other witnesses (a quarter for each item more), or where it
contains a reason that is listed. Where all witnesses are met and neither is so, what was taken does not force: that
brings another witness.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import _native
from ...engine.arrays import I64, Bools
from ...engine.clock import run
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import BackendError, BadInputError, SelfCheckError, UndecidedError
from ...solvers.proofs import proof_of_cost
from .claims import WRONG, Claims
from .nearest import Nearest
from .suffice_check_pb import dear, needed, weighed

_PACE = 20.0  # milliseconds between two looks at the clock
_MOST = 200_000  # choices


class Choices:
    """A tree of choices about the row of some claims.

    Parameters
    ----------
    claims : Claims
        What was claimed so far; its witnesses are used, and more are added.
    excluded : set of int
        Features that reasons may not use.
    """

    def __init__(self, claims: Claims, excluded: frozenset[int]) -> None:
        self.claims, self.prover, self.excluded = claims, claims.prover, excluded
        n = claims.n_items
        owner = np.arange(n) if claims.per_feature else claims.owner
        self.gone: Bools = np.isin(owner, list(excluded))
        self.left_out = np.nonzero(self.gone)[0].tolist()
        self.nearest = Nearest(claims)
        self.rows: Bools = np.zeros((0, n), np.bool_)  # what each witness breaks
        self.split: list[int] = []
        self.sets: list[int] = []

    def learn(self) -> None:
        """Take up the witnesses that were found since."""
        new = [self.claims.broken(point) for point in self.prover.points[len(self.rows) :]]
        if new:
            self.rows = np.concatenate([self.rows, new])

    def another(self, taken: Bools, last: Bools) -> bool:
        """Find a witness that breaks nothing of what was taken (some items last); tell whether there is one."""
        kept = self.claims.kept(np.nonzero(taken)[0].tolist())
        point = self.nearest.find(kept, last)
        if point is not None:
            self.prover.points.append(point)
        else:
            found = self.prover.look(kept)
            if isinstance(found, list):
                return False
            self.prover.points[-1] = self.claims.near(found)
        self.learn()
        return True

    def unmet(self, taken: Bools) -> I64:
        """Return the witnesses that break nothing of what was taken."""
        return np.nonzero(~(self.rows & taken).any(axis=1))[0]

    def least_left(self, taken: Bools, gone: Bools) -> tuple[int, int]:
        """Return the witness with the fewest items left of those that nothing taken meets, and how many (-1: none)."""
        unmet = self.unmet(taken)
        if not len(unmet):
            return -1, 0
        counts = (self.rows[unmet] & ~gone).sum(axis=1)
        place = int(counts.argmin())
        return int(unmet[place]), int(counts[place])

    def look(self) -> None:
        """Raise an error if time is up, or there are too many choices."""
        if self.prover.deadline.expired():
            raise UndecidedError(f"the certificate was not proved: {self.prover.deadline.told}")
        if len(self.split) > _MOST:
            raise UndecidedError(f"the proof has more than {_MOST} choices")

    def grow(self, close: Any) -> None:
        """Go through all choices; `close` tells whether one ends, and writes its leaf."""
        self.learn()
        stack = [(np.zeros_like(self.gone), self.gone)]
        while stack:
            self.look()
            taken, gone = stack.pop()
            if close(taken, gone):
                self.split.append(0)
                continue
            if not len(self.unmet(taken)):
                if not self.another(taken, gone):
                    raise self._cheaper()
                stack.append((taken, gone))  # the new witness may end it
                continue
            j, _ = self.least_left(taken, gone)
            item = int(np.nonzero(self.rows[j] & ~gone)[0][0])
            self.split.append(item + 1)
            stack += _parts(taken, gone, item)

    def _cheaper(self) -> BadInputError | SelfCheckError:
        """Return the error that tells that something else forces, which is no reason as it is written, or is one."""
        if self.claims.per_feature or self.claims.space.all_interval:
            return SelfCheckError(f"there is another reason, or a cheaper one; {WRONG}")
        return BadInputError(
            "this is not certified: fewer conditions on a feature with categories or missing values say the same as "
            'those that the reason is written with; ask for it with over="features"'
        )

    # -- no cheaper one ----------------------------------------------------------------------------------------

    def cheapest(self, prices: I64, cost: int) -> None:
        """Claim that no reason costs less."""
        self.learn()
        items, rows = self._gather(prices, cost)
        own = prices[items].astype(object)
        stack = [(np.zeros(len(items), np.bool_), np.zeros(len(items), np.bool_))]
        while stack:
            self.look()
            taken, gone = stack.pop()
            left = rows[rows @ taken == 0] * ~gone
            if dear(left, own, cost - own[taken].sum()):
                self.split.append(0)
                continue
            place = int((weighed(left)[1] / np.maximum(prices[items], 1)).argmax())  # hits most for its price
            self.split.append(int(items[place]) + 1)
            stack += _parts(taken, gone, place)
        self.claims.says["cheapest"] = {"cost": cost, "excluded": self.left_out}
        self._write(prices=prices.astype(np.int64))

    def bounded(self, prices: I64, cost: int) -> None:
        """Claim that no reason costs less, by cutting planes that Exact writes.

        Raises
        ------
        BackendError
            If Exact finds something that costs less, which branch and bound did not.
        """
        self.learn()
        items, rows = self._gather(prices, cost)
        sets = [items[row > 0].tolist() for row in rows]
        paid = np.where(np.isin(np.arange(len(prices)), items), prices, 0).tolist()
        lines = proof_of_cost(sets, paid, cost - 1, self.prover.deadline)
        if lines is None:
            raise BackendError(
                "exact finds cheaper items that meet all witnesses, but there are none: leave out solver="
            )
        self.claims.says["bounded"] = {"cost": cost, "excluded": self.left_out}
        self.claims.arrays |= {
            "prices": prices.astype(np.int64), "lines": np.frombuffer(lines.encode("ascii"), np.int8)
        }  # fmt: skip

    def _gather(self, prices: I64, cost: int) -> tuple[I64, Any]:
        """Find witnesses until no set that is cheaper hits them all; return what the checker looks at."""
        self.prover.points += self.nearest.below(prices, cost, self.gone)
        self.learn()
        while True:
            known = len(self.rows)
            items, rows = needed(self.rows, prices.astype(object), self.gone)
            self._refute(items, rows > 0, prices, cost)
            if len(self.rows) == known:
                return items, rows

    def _refute(self, items: I64, rows: Bools, prices: I64, cost: int) -> None:
        """Find witnesses until no cheaper set of some items hits them all; or one that none of these items hits."""
        search = _native.HittingSearch(np.ascontiguousarray(prices[items], np.int64))
        search.restart(cost - 1)
        search.add(np.ascontiguousarray(rows))
        while True:
            code = run(self.prover.deadline, search.step, search.nodes_in(_PACE))
            if self.prover.deadline.expired():
                raise UndecidedError(f"the certificate was not proved: {self.prover.deadline.told}")
            if code == NONE:
                return
            if code == FOUND:
                taken, gone = np.zeros((2, len(prices)), np.bool_)
                taken[items[search.chosen]] = True
                taken |= (prices == 0) & ~self.gone
                gone[items[search.outside]] = True
                if not self.another(taken, gone):
                    raise self._cheaper()
                new = self.rows[-1:, items]
                if not new.any():
                    return
                search.add(np.ascontiguousarray(new))

    # -- no other one ------------------------------------------------------------------------------------------

    def complete(self, sets: list[list[int]]) -> None:
        """Claim that these sets are all reasons."""
        kept = [np.abs(self.claims.kept(items)) - 1 for items in sets]

        def close(taken: Bools, gone: Bools) -> bool:
            j, left = self.least_left(taken, gone)
            if j >= 0 and not left:
                self.sets.append(-1 - j)
                return True
            here = self.claims.follows(self.claims.kept(np.nonzero(taken)[0].tolist()))
            for number, own in enumerate(kept):
                if here[own].all():
                    self.sets.append(number)
                    return True
            return False

        self.grow(close)
        self.claims.says["complete"] = {"excluded": self.left_out}
        self._write(cover_set=np.array(self.sets, np.int64))

    def _write(self, **arrays: Any) -> None:
        self.claims.arrays |= {"cover_split": np.array(self.split, np.int64), **arrays}


def _parts(taken: Bools, gone: Bools, item: int) -> list[tuple[Bools, Bools]]:
    """Return what is left where an item is not kept, and where it is."""
    more, less = taken.copy(), gone.copy()
    more[item] = less[item] = True
    return [(taken, less), (more, gone)]
