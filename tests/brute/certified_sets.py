"""What certificates say of all sets of items, read set by set and row by row."""

from __future__ import annotations

from itertools import combinations
from typing import Any

MOST_ITEMS = 9


class TooLargeError(Exception):
    """There are too many rows, or sets, to try them all."""


class Sets:
    """Claims about all sets of items; the rest of a reading fills in what they stand on."""

    claim: dict[str, Any]
    arrays: dict[str, Any]
    unit: list[int]
    alone: bool
    cells: Any
    row: Any
    rows: Any
    seen: Any
    n: int
    points: Any
    states: Any
    feature_of: list[int]

    def kept(self, items: Any) -> list[int]:
        """Return the literals of items."""
        raise NotImplementedError

    def forced(self, kept: list[int]) -> bool:
        """Tell whether all rows that satisfy literals are inside."""
        raise NotImplementedError

    def _closed(self, own: list[int], cells: list[tuple[bool, ...]], kept: list[int]) -> list[int]:
        """Return the conditions on an attribute that are as in the row where literals hold."""
        mine = [v for v in kept if abs(v) - 1 in own]
        left = [cell for cell in cells if all(cell[own.index(abs(v) - 1)] == (v > 0) for v in mine)]
        return [v for p, v in enumerate(own) if all(cell[p] == self.row[v] for cell in left)]

    def _all_sets(self, excluded: list[int]) -> list[list[int]]:
        """List all sets of items that may be used, the smallest first."""
        usable = sorted(set(self.unit) - set(excluded))
        if len(usable) > MOST_ITEMS:
            raise TooLargeError
        return [list(some) for size in range(len(usable) + 1) for some in combinations(usable, size)]

    def _whole(self, items: Any) -> frozenset[int]:
        """Return items with all that follow from them on the same attribute."""
        if not self.alone:
            return frozenset(items)
        kept = self.kept(list(items))
        return frozenset(v for own, cells in self.cells for v in self._closed(own, cells, kept))

    def _least(self, excluded: list[int]) -> set[frozenset[int]]:
        """List the smallest closed sets that force without excluded items."""
        forcing = [self._whole(some) for some in self._all_sets(excluded) if self.forced(self.kept(some))]
        return {some for some in forcing if not any(other < some for other in forcing)}

    def is_cheapest(self) -> bool:
        """No items that force cost less."""
        return self._costs("cheapest")

    def _costs(self, name: str) -> bool:
        """Tell whether the items cost what is said, and no others that force cost less."""
        said, prices = self.claim["says"][name], self.arrays["prices"].tolist()

        def cost(items: list[int]) -> int:
            return sum(prices[i] for i in set(items))

        if cost(self.claim["items"]) != said["cost"]:
            return False
        return not any(
            cost(some) < said["cost"] and self.forced(self.kept(some)) for some in self._all_sets(said["excluded"])
        )

    def is_bounded(self) -> bool:
        """No items that force cost less."""
        return self._costs("bounded")

    def is_complete(self) -> bool:
        """The sets are all of the smallest ones that force."""
        least = self._least(self.claim["says"]["complete"]["excluded"])
        return {self._whole(items) for items in self.claim["sets"]} == least

    def is_necessary(self) -> bool:
        """The items, and what follows from them, are what the smallest sets share."""
        excluded = self._features(self.claim["says"]["necessary"]["excluded"])
        least = self._least(excluded)
        return bool(least) and frozenset.intersection(*least) == self._whole(self.claim["items"])

    def is_relevant(self) -> bool:
        """The items are those without which some smallest set does not force."""
        excluded = self._features(self.claim["says"]["relevant"]["excluded"])
        found = {
            item for some in self._least(excluded) for item in some
            if not self.forced(self.kept(list(some - self.alike(item))))
        }  # fmt: skip
        return {other for item in self.claim["items"] for other in self.alike(item)} == found

    def alike(self, item: int) -> frozenset[int]:
        """Return the items that say the same as one."""
        if not self.alone:
            return frozenset([item])
        ((own, cells),) = [(own, cells) for own, cells in self.cells if item in own]
        same = {v: [cell[own.index(v)] == self.row[v] for cell in cells] for v in own}
        return frozenset(v for v in own if same[v] == same[item])

    def _features(self, excluded: list[int]) -> list[int]:
        if self.alone and any(
            (v in excluded) != (w in excluded)
            for v in range(self.n) for w in range(self.n) if self.feature_of[v] == self.feature_of[w]
        ):  # fmt: skip
            raise ValueError("a part of a feature is excluded")
        return excluded

    def broken(self, truth: Any) -> frozenset[int]:
        """Return the items on which a row differs."""
        return frozenset(self.unit[v] for v in range(self.n) if truth[v] != self.row[v])

    def is_changes(self) -> bool:
        """Each list is what the witness of its number changes, and with any part of it taken back all is inside."""
        lists = [frozenset(items) for items in self.claim["says"]["changes"]["lists"]]
        if not self.rows or len(set(lists)) < len(lists) or len(lists) > len(self.seen):
            return False
        for items, truth in zip(lists, self.seen, strict=False):
            stays = sorted(set(self.unit) - items)
            if not items or self.broken(truth) != items:
                return False
            if not all(self.forced(self.kept([*stays, item])) for item in items):
                return False
        return True

    def is_all_changes(self) -> bool:
        """The lists are all smallest changes without excluded items (or all of so many features at most)."""
        says = self.claim["says"]
        excluded = set(says["all_changes"]["excluded"])
        lists = {frozenset(items) for items in says["changes"]["lists"]}
        outside = {self.broken(p) for p, state in zip(self.points, self.states, strict=True) if state != -1}
        outside = {some for some in outside if not some & excluded}
        least = {some for some in outside if not any(other < some for other in outside)}
        if "most" not in says["all_changes"]:
            return lists == least
        most = says["all_changes"]["most"]
        few = {some for some in least if len({self.feature_of[v] if self.alone else v for v in some}) <= most}
        return few <= lists <= least
