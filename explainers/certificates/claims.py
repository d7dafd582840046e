"""Claims about the items of a reason, and what proves them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Self

import numpy as np

from ...engine.arrays import F64, I32, Bools
from ...engine.errors import UndecidedError
from .boxes import Boxes
from .certificate import Certificate
from .prover import Prover
from .refusals import not_so


class Claims:
    """Gathers claims and proofs about a row; items are numbers of conditions, from 0, or places of features.

    Parameters
    ----------
    prover : Prover
        What proves.
    per_feature : bool
        Whether items are features.
    """

    def __init__(self, prover: Prover, per_feature: bool) -> None:
        self.prover, self.per_feature, self.subject = prover, per_feature, prover.subject
        self.space, self.here = self.subject.space, self.subject.here
        self.owner = self.subject.owner
        self.unit = self.owner if per_feature else np.arange(len(self.owner))
        self.own = self.space.literals(self.here.truth)
        self._alike: dict[int, Bools] = {}
        self.rows: list[Any] = [self.here.cells]
        self.shown: F64 | None = None  # rows as they are, in place of cells
        self.sets: list[list[int]] = []
        self.proofs: list[list[Boxes]] = []
        self.says: dict[str, Any] = {}
        self.about: dict[str, Any] = {}  # what is said beside it
        self.arrays: dict[str, Any] = {}

    @classmethod
    def of_all(cls, prover: Prover) -> Self:
        """Begin claims about all inputs; they are of no row."""
        made = cls(prover, False)
        made.rows = []
        return made

    @property
    def n_items(self) -> int:
        """Items are less than it."""
        return 1 + int(self.unit.max(initial=-1))

    def kept(self, items: Iterable[int]) -> I32:
        """Return the literals that items keep."""
        return self.own[np.isin(self.unit, list(items))].astype(np.int32)

    def add_set(self, items: Sequence[int]) -> I32 | None:
        """Prove that items force; return an input that shows that they do not."""
        found = self.prover.prove(self.kept(items))
        if not isinstance(found, list):
            return found
        self.sets.append([int(item) for item in items])
        self.proofs.append(found)
        return None

    def forces(self, items: Sequence[int]) -> None:
        """Claim that items force."""
        if self.add_set(items) is not None:
            raise not_so("an input that satisfies the reason has another outcome")
        self.says["forces"] = {}

    def forced(self, items: Sequence[int], solver: str) -> None:
        """Claim that items force, by a formula and the proof of a SAT solver that it has no model."""
        from .formulas import lemmas_of

        claim = {**self._claim(items), "says": {"forced": {}}}
        try:
            self.arrays["lemmas"] = lemmas_of(self.subject, claim, self._arrays(), solver, self.prover.deadline)
        except UndecidedError:
            if self.prover.look(self.kept(items)) is not None:
                raise not_so("an input that satisfies the reason has another outcome") from None
            raise
        self.says["forced"] = {}

    def refuted(self, items: Sequence[int]) -> None:
        """Claim that something that satisfies items has another outcome."""
        if self.prover.look(self.kept(items)) is None:
            raise not_so("no input that satisfies the items has another outcome")
        self.says["refuted"] = {}

    def answered(self, items: Sequence[int]) -> None:
        """Claim that items force, or that they do not: what is so."""
        if self.add_set(items) is None:
            self.says["forces"] = {}
        else:
            self.says["refuted"] = {}

    def not_least(self, items: Sequence[int]) -> list[int]:
        """Return items that do not force, or weaker ones that do."""
        if self.prover.look(self.kept(items)) is not None:
            return list(items)
        for weaker in self.weaker(items, self.kept(items)):
            if self.prover.look(weaker) is None:
                self.prover.points.clear()
                return sorted({int(u) for u in self.unit[np.abs(weaker) - 1]})
        raise not_so("nothing less forces the outcome")

    def fallen(self, items: Sequence[int]) -> Bools:
        """Return what changes if items do: of literals also those that hold nowhere where none of the items holds."""
        out = np.zeros(self.n_items, np.bool_)
        out[list(items)] = True
        if not self.per_feature:
            for a, attribute in enumerate(self.space.attributes):
                named = out[attribute.variables]
                if named.any():
                    same = self.alike(a)
                    out[attribute.variables] = ~same[:, ~same[named].any(axis=0)].any(axis=1)
        return out

    def minimal(self, items: Sequence[int]) -> None:
        """Claim that no weaker items force, with a witness for each way to weaken them."""
        kept = self.kept(items)
        for weaker in self.weaker(items, kept):
            if self.known(weaker):
                continue
            if self.prover.look(weaker) is None:
                raise not_so("less than the reason forces the outcome as well")
        self.says["minimal"] = {}

    def known(self, literals: I32) -> bool:
        """Tell whether an input that was found satisfies literals."""
        for point in self.prover.points:
            truth = self.subject.truth(point)
            if (truth[np.abs(literals) - 1] == (literals > 0)).all():
                return True
        return False

    def weaker(self, items: Sequence[int], kept: I32) -> list[I32]:
        """Return the literals that are left by each way to weaken items on one feature, or attribute."""
        if self.per_feature:
            return [self.kept([other for other in items if other != item]) for item in items]
        out: list[I32] = []
        places = self.space.attribute_of[np.abs(kept) - 1]
        for a in np.unique(places).tolist():
            attribute, rest = self.space.attributes[a], kept[places != a]
            same, closed = self.alike(a), self.follows(kept)[attribute.variables]
            left = {bytes(closed & same[:, c]) for c in np.nonzero(~same[closed].all(axis=0))[0].tolist()}
            ways = [np.frombuffer(way, np.bool_) for way in left]
            for way in ways:
                if not any((way <= other).all() and (way != other).any() for other in ways):
                    out.append(np.concatenate([rest, self.own[attribute.variables[way]]]).astype(np.int32))
        return out

    def alike(self, a: int) -> Bools:
        """Return where conditions on an attribute are as in the row, by cell."""
        if a not in self._alike:
            attribute = self.space.attributes[a]
            self._alike[a] = attribute.truth_table() == self.here.truth[attribute.variables][:, None]
        return self._alike[a]

    def follows(self, literals: I32) -> Bools:
        """Return the conditions that are as in the row wherever literals on their attribute hold (true of the row)."""
        out, v = np.zeros(len(self.space.vocabulary), np.bool_), np.abs(literals) - 1
        for a, attribute in enumerate(self.space.attributes):
            same = self.alike(a)
            there = same[np.isin(attribute.variables, v)].all(axis=0)
            out[attribute.variables] = same[:, there].all(axis=1)
        return out

    # -- changes -----------------------------------------------------------------------------------------------

    def changed(self, point: I32) -> bool:
        """Claim that the row is changed, and no part of the change is enough; tell whether it is so."""
        self.prover.points.insert(0, point)  # it comes first
        for items in self.larger(self.broken(point)):
            if self.add_set(items) is not None:
                return False
        self.says["changed"] = {}
        return True

    def broken(self, point: I32) -> Bools:
        """Return the items (by condition, or feature) on which an input differs from the row."""
        differ: Bools = self.subject.truth(point) != self.here.truth
        if not self.per_feature:
            return differ
        out = np.zeros(self.n_items, np.bool_)
        out[self.unit[differ]] = True
        return out

    def near(self, point: I32) -> I32:
        """Bring a witness near the row, attribute by attribute, as long as it is one."""
        here, now = self.here.cells, point.copy()

        def tried(a: int, cell: int) -> bool:
            old, now[a] = now[a], cell
            if self.prover.is_witness(now):
                return True
            now[a] = old
            return False

        for a in np.nonzero(now != here)[0].tolist():
            if tried(a, int(here[a])) or not self.space.attributes[a].interval:
                continue
            near, far = int(here[a]), int(now[a])  # a witness at far, none at near
            while abs(far - near) > 1:
                middle = (near + far) // 2
                near, far = (near, middle) if tried(a, middle) else (middle, far)
        return now

    def larger(self, fallen: Bools) -> list[list[int]]:
        """Return what is left of the row's items with one of those that fell, the smallest such sets."""
        stays = np.nonzero(~fallen)[0]
        if self.per_feature:
            tested = set(self.owner.tolist())
            return [[*(i for i in stays.tolist() if i in tested), int(item)] for item in np.nonzero(fallen)[0]]
        closed = [self.follows(self.own[np.append(stays, item)]) for item in np.nonzero(fallen)[0]]
        least = [one for one in closed if not any((other <= one).all() and (other != one).any() for other in closed)]
        unique = {one.tobytes(): one for one in least}
        return [[int(v) for v in np.nonzero(one)[0]] for one in unique.values()]

    # -- the whole ---------------------------------------------------------------------------------------------

    def _claim(self, items: Sequence[int]) -> dict[str, Any]:
        outcomes = self.prover.outcomes
        return {
            "outcomes": outcomes.labels, "together": outcomes.together, "given": [list(c) for c in self.prover.given],
            "items": [int(item) for item in items], "sets": self.sets, "says": self.says, **self.about,
        }  # fmt: skip

    def _arrays(self) -> dict[str, Any]:
        rows = self.subject.rows(self.rows) if self.shown is None else self.shown
        return {"unit": self.unit.astype(np.int64), "row": rows, **self.arrays}

    def certificate(self, items: Sequence[int], told: str) -> Certificate:
        """Return the certificate of what was claimed; ``UndecidedError`` if rounding may decide the row itself."""
        if self.shown is None:
            self.prover.sure(self.rows)
        claim, points = self._claim(items), self.prover.points
        return Certificate.of(self.subject, claim, self.proofs, points, self._arrays(), told)
