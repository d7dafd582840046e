"""Minimal sets by moves: each feature's lie in chains, in which the first one that matters is found by halving."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from operator import or_
from typing import NamedTuple

from ...engine.budget import Deadline
from ...engine.oracles.oracle import Oracle
from ...engine.oracles.universe import Universe


class Moves(NamedTuple):
    """The moves of one feature.

    Attributes
    ----------
    feature : int
        The feature.
    whole : int
        The elements that some move drops.
    chains : tuple of tuples of int
        Its moves, of which each drops all that those before it in its chain drop.
    """

    feature: int
    whole: int
    chains: tuple[tuple[int, ...], ...]


def moves_by_feature(universe: Universe) -> list[Moves]:
    """Return the moves of a universe, feature by feature."""
    by_feature: dict[int, list[int]] = {}
    for move in universe.moves:
        by_feature.setdefault(universe.group[move.bit_length() - 1], []).append(move)
    return [Moves(feature, reduce(or_, moves), chains_of(moves)) for feature, moves in by_feature.items()]


def chains_of(moves: Sequence[int]) -> tuple[tuple[int, ...], ...]:
    """Return moves in chains, of which each drops all that those before it drop."""
    chains: list[list[int]] = []
    for move in sorted(moves, key=lambda m: (m.bit_count(), m)):
        chain = next((one for one in chains if not one[-1] & ~move), None)
        if chain is None:
            chains.append([move])
        else:
            chain.append(move)
    return tuple(map(tuple, chains))


class _OutOfTimeError(Exception):
    """The oracle did not answer in time."""


def first_that(fails: Callable[[int], bool], chain: Sequence[int]) -> int:
    """Return the place of the first move of a chain that fails, by halving; its length if none does."""
    low, high = -1, len(chain)
    while high - low > 1:
        middle = (low + high) // 2
        if fails(chain[middle]):
            high = middle
        else:
            low = middle
    return high


def minimal(
    universe: Universe, oracle: Oracle, kept: int, groups: Sequence[Moves], deadline: Deadline
) -> tuple[int, bool]:
    """Return a minimal closed subset of a closed set that holds, and whether it is proved minimal.

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    kept : int
        A closed set that holds.
    groups : sequence of Moves
        What may be dropped, in the order in which it is tried.
    deadline : Deadline
        When it expires the set reached so far is returned.

    Notes
    -----
    A move that fails also fails once more is dropped, so that each is decided once: O(log k) questions for a chain
    of k.
    """

    def fails(less: int) -> bool:
        answer = oracle.holds(less, deadline)
        if answer.holds is None:
            raise _OutOfTimeError
        return not answer.holds

    try:
        for group in groups:
            rest = kept & ~group.whole
            if rest == kept:
                continue
            if not fails(rest):
                kept = rest
                continue
            for chain in group.chains:
                open_moves = chain[:-1] if chain[-1] == group.whole else chain
                place = first_that(lambda move, now=kept: fails(now & ~move), open_moves)  # type: ignore[misc]  # of this round
                kept &= ~(open_moves[place - 1] if place else 0)
    except _OutOfTimeError:
        return kept, False
    return kept, True


def least_change(
    universe: Universe, oracle: Oracle, dropped: int, groups: Sequence[Moves], deadline: Deadline
) -> tuple[int, bool]:
    """Return a minimal set of elements within one whose change can change the outcome, and whether it is proved.

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    dropped : int
        The elements on which a counterexample differs.
    groups : sequence of Moves
        What may be put back, in the order in which it is tried.
    deadline : Deadline
        When it expires the set reached so far is returned.
    """

    def changed(within: int) -> int | None:
        answer = oracle.holds(universe.full & ~within, deadline)
        if answer.holds is None:
            raise _OutOfTimeError
        return None if answer.holds else universe.full & ~answer.agreed

    try:
        for group in groups:
            own = dropped & group.whole
            rest = dropped & ~own
            if not own:
                continue
            less = changed(rest)
            if less is not None:
                dropped = less
                continue
            best = own
            for chain in group.chains:
                inside = [move for move in chain if not move & ~own and move != own]
                place = first_that(lambda move, rest=rest: changed(rest | move) is not None, inside)  # type: ignore[misc]  # of this round
                if place < len(inside) and inside[place].bit_count() < best.bit_count():
                    best = inside[place]
            dropped = rest | best
    except _OutOfTimeError:
        return dropped, False
    return dropped, True
