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
from ...engine.errors import BackendError
from ...engine.reasons.certified import look_at_time
from ...solvers.proofs import proof_of_cost
from .choices import Choices
from .claims import Claims
from .nearest import Nearest
from .suffice_check_pb import dear, needed, weighed

_PACE = 20.0  # milliseconds between two looks at the clock
_OTHER = "there is another reason, or a cheaper one"


class Cover(Choices):
    """Reasons of a row as items that meet all witnesses.

    Parameters
    ----------
    claims : Claims
        What was claimed so far; its witnesses are used, and more are added.
    excluded : set of int
        Features that reasons may not use.
    """

    def __init__(self, claims: Claims, excluded: frozenset[int]) -> None:
        super().__init__(claims)
        n = claims.n_items
        owner = np.arange(n) if claims.per_feature else claims.owner
        self.gone: Bools = np.isin(owner, list(excluded))
        self.left_out = np.nonzero(self.gone)[0].tolist()
        self.nearest = Nearest(claims)

    def another(self, taken: Bools, last: Bools) -> bool:
        """Find a witness that breaks nothing of what was taken (some items last); tell whether there is one."""
        kept = self.claims.kept(np.nonzero(taken)[0].tolist())
        point = self.nearest.find(kept, last)
        if point is not None:
            self.prover.points.append(point)
        else:
            found = self.prover.look(kept)
            if found is None:
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

    # -- no cheaper one ----------------------------------------------------------------------------------------

    def cheapest(self, prices: I64, cost: int) -> None:
        """Claim that no reason costs less."""
        self.learn()
        items, rows = self._gather(prices, cost)
        own = prices[items].astype(object)
        stack = [(np.zeros(len(items), np.bool_), np.zeros(len(items), np.bool_))]
        while stack:
            taken, gone = stack.pop()
            left = rows[rows @ taken == 0] * ~gone
            if dear(left, own, cost - own[taken].sum()):
                self.split.append(0)
                continue
            place = int((weighed(left)[1] / np.maximum(prices[items], 1)).argmax())  # hits most for its price
            stack += self.branch(int(items[place]), taken, gone, place)
        self.claims.says["cheapest"] = {"cost": cost, "excluded": self.left_out}
        self.claims.arrays |= {"cover_split": np.array(self.split, np.int64), "prices": prices.astype(np.int64)}

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
            look_at_time(self.prover.deadline)
            if code == NONE:
                return
            if code == FOUND:
                taken, gone = np.zeros((2, len(prices)), np.bool_)
                taken[items[search.chosen]] = True
                taken |= (prices == 0) & ~self.gone
                gone[items[search.outside]] = True
                if not self.another(taken, gone):
                    raise self.other(_OTHER)
                new = self.rows[-1:, items]
                if not new.any():
                    return
                search.add(np.ascontiguousarray(new))

    # -- no other one ------------------------------------------------------------------------------------------

    def complete(self, sets: list[list[int]]) -> None:
        """Claim that these sets are all reasons."""
        kept = [np.abs(self.claims.kept(items)) - 1 for items in sets]

        stack = [(np.zeros_like(self.gone), self.gone)]
        self.learn()
        while stack:
            taken, gone = stack.pop()
            j, left = self.least_left(taken, gone)
            if j >= 0 and not left:
                self.end(-1 - j)
                continue
            here = self.claims.follows(self.claims.kept(np.nonzero(taken)[0].tolist()))
            number = next((number for number, own in enumerate(kept) if here[own].all()), None)
            if number is not None:
                self.end(number)
            elif j < 0:
                if not self.another(taken, gone):
                    raise self.other(_OTHER)
                stack.append((taken, gone))  # the new witness may end it
            else:
                stack += self.branch(int(np.nonzero(self.rows[j] & ~gone)[0][0]), taken, gone)
        self.claims.says["complete"] = {"excluded": self.left_out}
        self.write()
