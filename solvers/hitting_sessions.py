"""What all hitting-set sessions share: the clauses so far, weights, a greedy choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..engine.errors import BadInputError
from .results import Model
from .sessions import Closing


class HittingBase(Closing):
    """Bookkeeping of a hitting-set session.

    Elements are the integers 1, 2, …; a clause over them says e (chosen) or -e (not chosen).
    """

    def __init__(self, name: str, weights: Mapping[int, int] | None = None) -> None:
        super().__init__(name)
        self._weights: dict[int, int] = {}
        for element, weight in (weights or {}).items():
            if isinstance(weight, bool) or int(weight) != weight or weight < 1 or element < 1:
                raise BadInputError(f"weight {weight!r} of element {element!r}: expected integers, 1 or more")
            self._weights[int(element)] = int(weight)
        self._clauses: list[list[int]] = []
        self._false = False

    def add_set(self, elements: Iterable[int]) -> None:
        """Demand that one of `elements` is chosen; the empty set makes the problem infeasible."""
        chosen = [int(element) for element in elements]
        if chosen and min(chosen) < 1:
            raise BadInputError(f"element {min(chosen)}: expected 1 or more")
        self.add_clause(chosen)

    def add_clause(self, literals: Iterable[int]) -> None:
        """Demand a clause over "element is chosen" (e) and "element is not chosen" (-e)."""
        self._check_open()
        clause = list(dict.fromkeys(int(literal) for literal in literals))
        if 0 in clause:
            raise BadInputError("element 0: elements start at 1")
        if not clause:
            self._false = True
        elif not any(-literal in clause for literal in clause if literal > 0):
            self._clauses.append(clause)

    def weight(self, element: int) -> int:
        """Return the weight of an element, 1 unless told."""
        return self._weights.get(element, 1)

    def price(self, chosen: Iterable[int]) -> int:
        """Return the weight of a choice."""
        return sum(map(self.weight, chosen))

    def greedy(self) -> tuple[Model, int] | tuple[None, None]:
        """Return a choice that meets every set, cheap but not proved so, and its price.

        Returns
        -------
        (tuple of int, int) or (None, None)
            Nothing where a clause with a negative literal stands in the way.
        """
        if any(literal < 0 for clause in self._clauses for literal in clause):
            return None, None
        open_sets = [set(clause) for clause in self._clauses]
        chosen: list[int] = []
        while open_sets:
            gain: dict[int, int] = {}
            for elements in open_sets:
                for element in elements:
                    gain[element] = gain.get(element, 0) + 1
            best = min(gain, key=lambda e: (self.weight(e) / gain[e], e))
            chosen.append(best)
            open_sets = [elements for elements in open_sets if best not in elements]
        picked = tuple(sorted(chosen))
        return picked, self.price(picked)
