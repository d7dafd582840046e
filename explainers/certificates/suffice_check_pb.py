"""Checks the certificates of suffice that are about costs of all sets of items: ``python suffice_check_pb.py FILE``.

It lies beside suffice_check.py and suffice_check_sat.py, whose claims it checks as well, and needs numpy. Bounds of
costs are trees of choices, or lines as solvers of pseudo-Boolean constraints write them (VeriPB, version 1.1): those
are believed that add, multiply, divide and saturate constraints that were built here from the witnesses and prices.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

try:
    from .suffice_check import ACCEPTED, check, require
    from .suffice_check_sat import Clauses
except ImportError:  # the files alone
    from suffice_check import ACCEPTED, check, require  # type: ignore[import-not-found, no-redef]
    from suffice_check_sat import Clauses  # type: ignore[import-not-found, no-redef]

HEAD = "pseudo-Boolean proof version 1.1"
BITS = 1 << 12  # of a number
Row = tuple[dict[int, int], int]  # a factor above 0 for each literal (negative: of what is false), and what they reach


def literal_of(word: str) -> int:
    """Return a literal: ``x3`` is 3, ``~x3`` is -3."""
    name = word.removeprefix("~")
    require(name[:1] == "x" and name[1:].isdecimal() and int(name[1:]) > 0, f"no literal: {word}")
    return int(name[1:]) * (-1 if word[0] == "~" else 1)


def added(one: Row, other: Row, factor: int = 1) -> Row:
    """Add a multiple of a constraint to another one; a literal and its opposite are 1 together."""
    require(factor > 0, "a factor is not above 0")
    terms, need = dict(one[0]), one[1] + factor * other[1]
    for literal, number in other[0].items():
        more, opposite = factor * number, terms.pop(-literal, 0)
        need -= min(more, opposite)
        if more > opposite:
            terms[literal] = terms.get(literal, 0) + more - opposite
        elif opposite > more:
            terms[-literal] = opposite - more
    return terms, need


def divided(row: Row, by: int) -> Row:
    """Divide a constraint, all numbers rounded up."""
    require(by > 0, "a divisor is not above 0")
    return {literal: -(-number // by) for literal, number in row[0].items()}, -(-row[1] // by)


def known_size(row: Row) -> Row:
    """Return a constraint whose numbers are not too large to go on with."""
    require(max(map(int.bit_length, (row[1], *row[0].values()))) <= BITS, "a number is too large")
    return row


def saturated(row: Row) -> Row:
    """Lower factors to what is to be reached."""
    return ({literal: min(number, row[1]) for literal, number in row[0].items()}, row[1]) if row[1] > 0 else ({}, 0)


def written(words: list[str]) -> Row:
    """Return the constraint ``2 x1 -1 ~x4 >= 1 ;``."""
    require(len(words) >= 3 and words[-3] == ">=" and words[-1] == ";" and len(words) % 2, "a constraint is damaged")
    row: Row = {}, int(words[-2])
    for number, name in zip(words[:-3:2], words[1:-3:2], strict=True):
        literal, factor = literal_of(name), int(number)
        if factor < 0:  # a x is a - a ~x
            literal, factor, row = -literal, -factor, (row[0], row[1] - factor)
        row = added(row, ({literal: 1}, 0), factor) if factor else row
    return row


def refuted(rows: list[Row]) -> bool:
    """Tell whether propagation comes to a contradiction: literals without which a constraint is not met are true."""
    true: set[int] = set()
    again = True
    while again:
        again = False
        for terms, need in rows:
            spare = sum(number for literal, number in terms.items() if -literal not in true) - need
            if spare < 0:
                return True
            new = [literal for literal, number in terms.items() if number > spare and -literal not in true]
            again |= not true.issuperset(new)
            true.update(new)
    return False


class Replay:
    """Goes through lines of a proof; each makes a constraint that follows from those given, numbered from 1.

    Parameters
    ----------
    given : list of Row
        The constraints that line ``l K`` takes, from 1.
    """

    def __init__(self, given: list[Row]) -> None:
        self.given, self.rows, self.ended, self.size = given, list[Row](), False, 0

    def known(self, word: str, rows: list[Row]) -> Row:
        """Return a constraint by its number."""
        require(word.isdecimal() and 0 < int(word) <= len(rows), f"there is no constraint {word}")
        return rows[int(word) - 1]

    def line(self, words: list[str]) -> None:
        """Follow a line; lines of other kinds raise an error, as do those that do not hold."""
        kind, rest = words[0], words[1:]
        if kind == "l":
            require(len(rest) == 1, "a line is damaged")
            self.rows.append(self.known(rest[0], self.given))
        elif kind == "pol":
            self.rows.append(known_size(self.sum(rest)))
        elif kind == "rup":
            terms, need = written(rest)
            denied = {-literal: number for literal, number in terms.items()}, sum(terms.values()) - need + 1
            require(refuted([denied, *self.rows]), "a constraint does not follow by propagation")
            self.rows.append(known_size((terms, need)))
        elif kind == "c":
            terms, need = self.known(rest[0], self.rows)
            require(sum(terms.values()) < need, "the last constraint can be met")
            self.ended = True
        else:
            require(False, f"lines of kind {kind!r} are not believed")
        self.size += len(self.rows[-1][0]) if self.rows else 0
        require(self.size <= 1 << 25, "constraints are too many, or too long")

    def sum(self, words: list[str]) -> Row:
        """Return what ``3 2 * x1 + s`` stands for: constraints and literals on a stack, and what is done with them."""
        stack: list[Any] = []  # rows, or words that are numbers so far

        def taken() -> Row:
            top = stack.pop()
            return self.known(top, self.rows) if isinstance(top, str) else top

        for word in words:
            if word == "+":
                other = taken()
                stack.append(added(taken(), other))
            elif word in ("*", "d"):
                number = int(stack.pop())
                require(number.bit_length() <= BITS, "a number is too large")
                stack.append(known_size(added(({}, 0), taken(), number)) if word == "*" else divided(taken(), number))
            elif word == "s":
                stack.append(saturated(taken()))
            else:
                stack.append(word if word.isdecimal() else ({literal_of(word): 1}, 0))
        found = taken()
        require(not stack, "a sum is left over")
        return found


def weighed(rows: Any) -> tuple[Any, Any]:
    """Return weights of sets of items (rows of 0 and 1), a quarter for each item more, and how much each item hits."""
    size = rows.sum(axis=1)
    weight = 4.0 ** np.maximum(16 + size.min(initial=np.inf) - size, 0)  # whole, and so are their sums: no rounding
    return weight, weight @ rows


def dear(rows: Any, prices: Any, missing: int) -> bool:
    """Tell whether items that hit all rows are seen to cost so much: what hits most for its price hits too little.

    Items that hit all rows hit all of their weight; an item counts at some rate for its price, and what it hits beyond
    that in full. Any rate is sound; here it is that of the first item that is too dear after better ones.
    """
    if missing <= 0 or not rows.any(axis=1).all():
        return True
    weight, hits = weighed(rows)
    order = np.argsort(-hits / np.maximum(prices, 1).astype(float), kind="stable")
    place = int((np.cumsum(prices[order]) < missing).sum())
    if not 0 < len(rows) < 1 << 20 or place == len(order):
        return False
    hits, price = np.array([int(hit) for hit in hits], object), prices[order[place]]
    more = np.maximum(price * hits - hits[order[place]] * prices, 0).sum()
    return bool(price * int(weight.sum()) - more > hits[order[place]] * (missing - 1))


def needed(rows: Any, prices: Any, excluded: Any) -> tuple[Any, Any]:
    """Return the items that cheap sets need, and which of them each witness breaks, without what items for nothing hit.

    An item gives way to another one that hits all that it hits and costs no more (of two alike to the first one).
    """
    rows = rows[~(rows & (prices == 0) & ~excluded).any(axis=1)]
    hits = rows.astype(float)
    within = hits.T @ (1 - hits) == 0  # what the first item hits the second one hits as well
    better = within & ~excluded & (prices[None, :] <= prices[:, None])
    alike, place = better & better.T, np.arange(len(prices))
    items = np.nonzero(~excluded & ~(better & (~alike | (place < place[:, None]))).any(axis=1))[0]
    return items, np.unique(hits[:, items], axis=0)


class Bounds(Clauses):
    """Checks claims about costs, too."""

    claims = (*Clauses.claims, "cheapest", "bounded")

    def cheapest(self, said: Any) -> None:
        """Say that no items that force without `excluded` ones cost less: choices end where what is left is dear."""
        prices, cost, excluded = self.priced(said)
        items, rows = needed(self.breaks, prices, excluded)
        for taken, gone in self.choices(self.among([]), excluded, self.arrays["cover_split"]):
            left = rows[rows @ taken[items] == 0] * ~gone[items]
            require(dear(left, prices[items], cost - prices[taken].sum()), "a bound is too small")

    def priced(self, said: Any) -> tuple[Any, int, Any]:
        """Return the prices of items, what they are said to cost, and the items that are excluded."""
        prices, cost = self.arrays["prices"].astype(object), said["cost"]
        require(len(prices) == self.count <= 1 << 14 and (prices >= 0).all(), "prices do not fit, or are too many")
        require(type(cost) is int and prices[self.among(self.items)].sum() == cost, "the items cost something else")
        require(not (gone := self.gone(said))[self.items].any(), "an item is excluded")
        return prices, cost, gone

    def bounded(self, said: Any) -> None:
        """Say what `cheapest` does: no items that force without `excluded` ones are cheaper, by lines of a proof.

        Variable j is item j - 1. Constraint k is that one of the items of row k - 1 is kept; the last one is that less
        is paid.
        """
        prices, cost, excluded = self.priced(said)
        items, rows = needed(self.breaks, prices, excluded)
        given: list[Row] = [({int(item) + 1: 1 for item in items[row > 0]}, 1) for row in rows]
        own = {-1 - int(item): price for item, price in zip(items, prices[items], strict=True) if price}
        given.append((own, sum(own.values()) - cost + 1))
        lines = bytes(self.arrays["lines"].tolist()).decode("ascii").splitlines()
        require(lines[:1] == [HEAD], "a proof begins otherwise")
        replay = Replay(given)
        for line in lines[1:]:
            replay.line(line.split())
        require(replay.ended, "the proof does not end in a contradiction")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    found = [(name, *check(name, Bounds)) for name in sys.argv[1:]]
    print(*(": ".join(one) for one in found), sep="\n")
    sys.exit(not found or not all(verdict == ACCEPTED for _, verdict, _ in found))
