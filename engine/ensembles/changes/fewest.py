"""The fewest groups (attributes or features) whose change can leave O, and all sets of so few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ... import _native
from ..._native import ChangeQuestion, Groups, Workspace
from ...arrays import I32
from ..answers import FOUND
from .narrow import Run


@dataclass(frozen=True, slots=True, eq=False)
class Fewest:
    """One answer of a hunt.

    Attributes
    ----------
    status : int
        ``FOUND``: a set of the fewest groups; ``NONE``: there are no more; ``UNKNOWN``: given up.
    groups : tuple of int
        The set, sorted.
    point : ndarray of int32
        A counterexample that changes only these groups.
    proved : int
        No set of so many groups, or fewer, is enough (sizes below the first one that was tried are not looked at).
    """

    status: int
    groups: tuple[int, ...]
    point: I32
    proved: int


class FewestGroups:
    """Finds all sets of the fewest groups that can be enough, one after another.

    Parameters
    ----------
    question : ChangeQuestion
        What is asked.
    groups : Groups
        What changes together; attributes of no group do not change.
    work : Workspace
        Room; its clock and its limit of nodes are obeyed (a pass over the edges counts as a node).
    run : callable
        ``run(function, *arguments)`` calls the core.
    limit : int
        The greatest size that is tried.
    start : int
        The first one: nothing is said of smaller sizes, and sets of which a part is enough may be left out.
    """

    def __init__(
        self, question: ChangeQuestion, groups: Groups, work: Workspace, run: Run, limit: int, start: int = 1
    ) -> None:
        self._hunt = _native.FewestGroups(question, groups, limit, start)
        self._work, self._run = work, run

    def find(self) -> Fewest:
        """Return the next set, or go on where a call was given up."""
        status = self._run(self._hunt.find, self._work)
        chosen = tuple(self._hunt.chosen) if status == FOUND else ()
        return Fewest(status, chosen, self._work.point.copy(), self._hunt.proved)

    def __iter__(self) -> Iterator[Fewest]:
        while (found := self.find()).status == FOUND:
            yield found
