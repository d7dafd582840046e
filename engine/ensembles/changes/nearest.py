"""The cheapest input outside O, where every cell of every attribute has a cost."""

from __future__ import annotations

from ..._native import ChangeQuestion, Costs, Nearest, Workspace, find_nearest
from ...arrays import I32
from .narrow import Run


def nearest(question: ChangeQuestion, costs: Costs, work: Workspace, run: Run, start: I32 | None = None) -> Nearest:
    """Return the cheapest counterexample.

    Parameters
    ----------
    question : ChangeQuestion
        What is asked.
    costs : Costs
        What cells cost.
    work : Workspace
        Room; its clock and its limit of nodes are obeyed.
    run : callable
        ``run(function, *arguments)`` calls the core.
    start : ndarray of int32, optional
        A counterexample in the outer box; a near one saves time.
    """
    known = Nearest(question, costs, start)
    run(find_nearest, question, known, work)
    return known
