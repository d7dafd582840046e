"""Trees of choices: that no reason is cheaper, or that there is no other one.

Whatever forces keeps one of the items that each witness breaks. A choice goes through these items; it ends where what
was taken costs as much as the reason, by weights of the other witnesses that the checker knows (a quarter for each item
more) or that a linear program finds, or where it contains a reason that is listed. Where all witnesses are met and
neither is so, what was taken does not force: that brings another witness.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine import _native
from ...engine.arrays import F64, I64, Bools
from ...engine.clock import run
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.errors import BackendError, BadInputError, SelfCheckError, UndecidedError
from ...solvers.proofs import proof_of_cost
from .claims import WRONG, Claims
from .nearest import Nearest
from .suffice_check_pb import dear, weighed

UNIT = 1 << 20  # weights are whole numbers of this part
_PACE = 20.0  # milliseconds between two looks at the clock
_MOST = 200_000  # choices
_QUICK = 20_000  # choices after which linear programs are asked, too
_FEW = 200  # witnesses of a linear program


class _TooManyError(UndecidedError):
    """A tree has too many choices."""


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
        self.leaves: list[tuple[list[int], list[int]]] = []
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

    def branch(self, taken: Bools, gone: Bools, prices: I64 | None = None) -> list[tuple[Bools, Bools]]:
        """Split by an item that a witness breaks: it is kept, or it is not; nothing if all are met."""
        j, left = self.least_left(taken, gone)
        if j < 0:
            return []
        item = int(np.nonzero(self.rows[j] & ~gone)[0][0])
        if prices is not None and left > 1:  # what meets most for its price
            hits = weighed((self.rows[self.unmet(taken)] & ~gone).astype(float))[1]
            item = int((hits / np.maximum(prices, 1)).argmax())
        self.split.append(item + 1)
        more, less = taken.copy(), gone.copy()
        more[item] = less[item] = True
        return [(more, gone), (taken, less)]

    def grow(self, close: Any, prices: I64 | None = None, most: int = _MOST) -> None:
        """Go through all choices; `close` tells whether one ends, and writes its leaf (`prices`: of a cost)."""
        self.learn()
        stack = [(np.zeros_like(self.gone), self.gone)]
        while stack:
            if self.prover.deadline.expired():
                raise UndecidedError(f"the certificate was not proved: {self.prover.deadline.told}")
            if len(self.split) > most:
                raise _TooManyError(f"the proof has more than {most} choices")
            taken, gone = stack.pop()
            if close(taken, gone):
                self.split.append(0)
                continue
            if not len(self.unmet(taken)):
                if not self.another(taken, gone):
                    raise self._cheaper()
                stack.append((taken, gone))  # the new witness may end it
                continue
            stack += reversed(self.branch(taken, gone, prices))

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
        self._gather(prices, cost)
        known, few = -1, 0

        def close(taken: Bools, gone: Bools) -> bool:
            found = self._bound(prices, cost - int(prices[taken].sum()), taken, gone, few)
            if found is None:
                return False
            self.leaves.append(found)
            return True

        while known != len(self.rows):  # what all witnesses weigh depends on them
            known, self.split, self.leaves = len(self.rows), [], []
            try:
                self.grow(close, prices, _MOST if few else _QUICK)
            except _TooManyError:
                if few:
                    raise
                known, few = -1, _FEW
        numbers = [len(used) for used, _ in self.leaves]
        self.claims.says["cheapest"] = {"cost": cost, "unit": UNIT, "excluded": self.left_out}
        self._write(
            prices=prices.astype(np.int64), cover_at=np.cumsum([0, *numbers]),
            cover_witness=np.array([j for used, _ in self.leaves for j in used], np.int64),
            cover_weight=np.array([w for _, weights in self.leaves for w in weights], np.int64),
        )  # fmt: skip

    def bounded(self, prices: I64, cost: int) -> None:
        """Claim that no reason costs less, by cutting planes that Exact writes.

        Raises
        ------
        BackendError
            If Exact finds something that costs less, which branch and bound did not.
        """
        self.learn()
        self._gather(prices, cost)
        sets = [np.nonzero(row)[0].tolist() for row in self.rows & ~self.gone]
        lines = proof_of_cost(sets, prices.tolist(), cost - 1, self.prover.deadline)
        if lines is None:
            raise BackendError(
                "exact finds cheaper items that meet all witnesses, but there are none: leave out solver="
            )
        self.claims.says["bounded"] = {"cost": cost, "excluded": self.left_out}
        self.claims.arrays |= {
            "prices": prices.astype(np.int64), "lines": np.frombuffer(lines.encode("ascii"), np.int8)
        }  # fmt: skip

    def _gather(self, prices: I64, cost: int) -> None:
        """Find witnesses until no set that is cheaper hits them all."""
        literal = np.abs(self.claims.space.element_literal) - 1
        usable = np.arange(len(prices)) if self.claims.per_feature else np.unique(literal)
        usable = usable[~self.gone[usable]]
        search = _native.HittingSearch(np.ascontiguousarray(prices[usable], np.int64))
        seen = 0
        search.restart(cost - 1)
        while True:
            if len(self.rows) > seen:
                search.add(np.ascontiguousarray(self.rows[seen:][:, usable]))
                seen = len(self.rows)
            code = run(self.prover.deadline, search.step, search.nodes_in(_PACE))
            if self.prover.deadline.expired():
                raise UndecidedError(f"the certificate was not proved: {self.prover.deadline.told}")
            if code == FOUND:
                taken = np.zeros(len(prices), np.bool_)
                taken[usable[search.chosen]] = True
                gone = np.zeros(len(prices), np.bool_)
                gone[usable[search.outside]] = True
                if not self.another(taken, gone):
                    raise self._cheaper()
            elif code == NONE:
                return

    def _bound(
        self, prices: I64, missing: int, taken: Bools, gone: Bools, few: int
    ) -> tuple[list[int], list[int]] | None:
        """Return witnesses with weights that show that what is missing costs so much (none: all weigh as is known)."""
        unmet = self.unmet(taken)
        rows = self.rows[unmet] & ~gone
        if dear(rows.astype(float), prices.astype(object), missing):
            return [], []
        if len(rows) > few:
            return None
        whole = np.floor(_weighed(rows, prices) * UNIT * (1 - 1e-9)).astype(np.int64)
        load = whole @ rows.astype(np.int64)
        if (load <= UNIT * prices).all() and int(whole.sum()) > UNIT * (missing - 1):
            used = np.nonzero(whole)[0]
            return unmet[used].tolist(), whole[used].tolist()
        return None

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


def _weighed(rows: Bools, prices: I64) -> F64:
    """Return the weights of the linear program: the greatest sum that charges no item more than its price."""
    from scipy.optimize import linprog

    if not len(rows):
        return np.zeros(0)
    items = np.nonzero(rows.any(axis=0))[0]
    found = linprog(-np.ones(len(rows)), rows[:, items].T.astype(float), prices[items].astype(float), method="highs")
    weights: F64 = np.zeros(len(rows)) if found.x is None else np.maximum(found.x, 0.0)
    return weights
