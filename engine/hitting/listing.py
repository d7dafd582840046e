"""Counting minimal closed hitting sets by listing them: the better way where there are not too many."""

from __future__ import annotations

from dataclasses import dataclass

from .. import _native
from ..arrays import I32, I64
from ..budget import Deadline
from ..clock import run
from .edges import Edges

_MEMORY_WORDS = 1 << 26  # 512 MB at most
_FOREVER = (1 << 63) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """Numbers of minimal closed hitting sets.

    Attributes
    ----------
    total : int
        How many sets were found.
    each, grouped : ndarray of int64
        How many of them have each local element, and an element of each group.
    complete : bool
        Whether these are all.
    """

    total: int
    each: I64
    grouped: I64
    complete: bool


class Listing:
    """A listing of the minimal closed hitting sets of non-redundant edges; what was stopped goes on where it was.

    Parameters
    ----------
    edges : Edges
        The edges: such as `takes` says.
    group : ndarray of int32, shape (m,)
        Group (feature) of each local element.
    n_groups : int
        Number of groups.
    """

    __slots__ = ("_listing",)

    def __init__(self, edges: Edges, group: I32, n_groups: int) -> None:
        self._listing = _native.Listing(edges.start, edges.member, edges.parent, group, n_groups)

    @staticmethod
    def takes(edges: Edges) -> bool:
        """Tell whether the question is one for listing: no joint literals, and tables that are not too large."""
        m, n_edges = len(edges.ids), len(edges)
        deepest = min(m, n_edges) + 2
        words = 2 * (m + deepest) * (n_edges // 64 + 1) + (n_edges + 2 * deepest) * (m // 64 + 1)
        return not edges.joint and words <= _MEMORY_WORDS

    def go_on(self, deadline: Deadline, node_limit: int | None = None) -> Listed:
        """Return what is listed when all is, or time or nodes ran out.

        Parameters
        ----------
        deadline : Deadline
            Time allowed.
        node_limit : int, optional
            Search nodes allowed, in all.
        """
        one = self._listing
        complete = run(deadline, one.go_on, _FOREVER if node_limit is None else node_limit)
        return Listed(one.total, one.each(), one.grouped(), complete)
