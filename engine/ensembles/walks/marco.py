"""Enumeration of all sufficient and contrastive reasons of an ensemble in one run.

MARCO (Liffiton, Previti, Malik, Marques-Silva 2016) over the items of a view: a SAT solver keeps the map of the closed
sets that are not decided yet; a model of it is widened to a sufficient reason if it holds, else its counterexample is
brought near to a contrastive one; both are struck off with all that they decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import I32, Bools
from ...budget import Deadline
from ...oracles.marco import OpenMap
from ...status import Stop
from ..answers import FOUND, UNKNOWN
from ..views.literals import AnyView, clause_of, importance_order


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One reason.

    Attributes
    ----------
    sufficient : bool
        Whether it is a sufficient reason (else a contrastive one).
    items : ndarray of bool or None
        The kept set, or the dropped one.
    point : ndarray of int32 or None
        For a contrastive reason: a counterexample, a cell for each attribute.
    proved : bool
        Whether it is proved minimal.
    written : ndarray of int32 or None
        The items that it is written with; either this or `items` is there.
    """

    sufficient: bool
    items: Bools | None
    point: I32 | None
    proved: bool
    written: I32 | None = None

    def written_in(self, view: AnyView) -> I32:
        """Return the items that the reason is written with."""
        if self.written is not None:
            return self.written
        assert self.items is not None
        return view.written(self.items) if self.sufficient else view.written_change(self.items)


def enumerate_items(
    view: AnyView,
    open_map: OpenMap,
    deadline: Deadline,
    order: I32 | None = None,
    *,
    known: Sequence[I32] = (),
    known_sufficient: bool = False,
) -> Iterator[Found]:
    """Yield all reasons of a view until none is missing or time is up (``deadline.stop`` tells).

    Parameters
    ----------
    view : LiteralView or FeatureView
        What the reasons are made of.
    open_map : callable
        Opens a SAT session on clauses over so many variables.
    deadline : Deadline
        Shared limit.
    order : ndarray of int32, optional
        Groups in the order in which they are dropped; default: least important first.
    known : sequence of ndarray of int32
        Reasons that are known and not yielded again: the written items of sufficient ones if `known_sufficient`, else
        all items that contrastive ones drop.
    """
    order = importance_order(view, deadline) if order is None else order
    session = open_map(*view.closure())
    for written in known:
        session.add(list(clause_of(written, -1 if known_sufficient else 1)))
    n = view.n_items
    while not deadline.expired():
        answer = session.solve((), deadline)
        if answer.model is None:
            if answer.stop is not Stop.NONE:
                deadline.halt(answer.stop)
            return
        seed = np.fromiter((v > 0 for v in answer.model[:n]), dtype=np.bool_, count=n)
        code = view.answer(seed, deadline)
        if code == UNKNOWN:
            deadline.halt(Stop.SOLVER)
            return
        if code == FOUND:
            dropped, point, proved = view.near(view.question.point.copy(), deadline)
            yield Found(False, dropped, point, proved)
            # all of them: what others imply together need not be kept with one of these
            session.add(list(clause_of(np.nonzero(dropped)[0].astype(np.int32), 1)))
        else:
            kept, proved = view.shrink(seed, order, deadline)
            yield Found(True, kept, None, proved)
            session.add(list(clause_of(view.written(kept), -1)))
