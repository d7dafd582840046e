"""Shrinking a set that holds to a minimal one, and growing one that does not to a maximal one."""

from __future__ import annotations

from collections.abc import Sequence

from ..budget import Deadline
from ..errors import BadInputError
from .oracle import Oracle
from .universe import Universe, bits, mask_of

METHODS = ("deletion", "quickxplain", "core")


class _OutOfTimeError(Exception):
    """The oracle did not answer in time."""


def shrink(
    universe: Universe,
    oracle: Oracle,
    kept: int,
    deadline: Deadline,
    *,
    order: Sequence[int] | None = None,
    method: str = "deletion",
) -> tuple[int, bool]:
    """Return a minimal closed subset of a closed set that holds, and whether it is proved minimal.

    Parameters
    ----------
    universe, oracle : Universe, Oracle
        The question.
    kept : int
        A closed set for which the oracle holds.
    deadline : Deadline
        When it expires the set reached so far is returned: it holds, but may not be minimal.
    order : sequence of int, optional
        Moves in the order in which they are tried; default: as in the universe.
    method : {"deletion", "quickxplain", "core"}
        Try one move after another; split in halves (fewer calls where few of many elements are needed; Junker 2004;
        used where nothing is implied); or jump to the oracle's cores and delete from there.
    """
    if method not in METHODS:
        raise BadInputError(f"method={method!r}: expected one of {METHODS}")
    moves = list(range(len(universe.moves)) if order is None else order)
    if method == "quickxplain" and universe.free:
        return _quickxplain(universe, oracle, kept, deadline, moves)
    use_cores = method == "core"
    if use_cores:
        answer = oracle.holds(kept, deadline)
        if answer.holds and answer.core is not None:
            kept &= universe.close(answer.core)
    for move in moves:
        smaller = kept & ~universe.moves[move]
        if smaller == kept:
            continue
        answer = oracle.holds(smaller, deadline)
        if answer.holds is None:
            return kept, False
        if answer.holds:
            kept = smaller
            if use_cores and answer.core is not None:
                kept &= universe.close(answer.core)
    return kept, True


def _quickxplain(
    universe: Universe, oracle: Oracle, kept: int, deadline: Deadline, moves: list[int]
) -> tuple[int, bool]:
    """Junker's divide and conquer; what comes last in the order of deletion is kept most willingly."""
    candidates = [e for move in reversed(moves) for e in bits(universe.moves[move] & kept)]
    background = kept & ~mask_of(candidates)

    def enough(mask: int) -> bool:
        answer = oracle.holds(mask, deadline)
        if answer.holds is None:
            raise _OutOfTimeError
        return answer.holds

    def needed(base: int, fresh: bool, part: list[int]) -> int:
        if fresh and enough(base):
            return 0
        if len(part) == 1:
            return 1 << part[0]
        half = len(part) // 2
        first, second = part[:half], part[half:]
        from_second = needed(base | mask_of(first), True, second)
        return from_second | needed(base | from_second, from_second != 0, first)

    try:
        if not candidates or enough(background):
            return background, True
        return background | needed(background, False, candidates), True
    except _OutOfTimeError:
        return kept, False


def grow(universe: Universe, oracle: Oracle, agreed: int, deadline: Deadline) -> tuple[int, bool]:
    """Return a maximal closed superset of a closed set that does not hold, and whether it is proved maximal."""
    for element in range(universe.n):
        if agreed >> element & 1:
            continue
        larger = universe.close(agreed | 1 << element)
        answer = oracle.holds(larger, deadline)
        if answer.holds is None:
            return agreed, False
        if not answer.holds:
            agreed = larger | answer.agreed
    return agreed, True
