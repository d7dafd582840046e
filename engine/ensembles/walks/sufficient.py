"""A walk over all sufficient reasons of an ensemble: minimal sets of kept items that hit every counterexample.

Edges are counterexamples, brought near. A set that hits all known ones and has only critical items either holds, then
it is a sufficient reason, or its box has another counterexample. An item that no known edge shows to be critical is
looked at by itself: if no input that violates it alone is outside O, no reason contains these items together.
"""

from __future__ import annotations

from ...hitting.mmcs import (
    DEPTH,
    FRESH,
    Walk,
    branch,
    critical,
    descend,
    has_to_pause,
    look_ahead,
    missed_edge,
    next_item,
    record,
    try_again,
)
from ...kernels import Num, lean_kernel
from ..changes.narrow import Question
from ..search.search import FOUND, NONE, UNKNOWN
from ..search.workspace import NODES, Pad
from .items import Items, Tools, ask, ask_without, keep_item, learn, release_item, same_side


@lean_kernel
def walk_sufficient(walk: Walk, q: Question, items: Items, tools: Tools, pad: Pad) -> Num:
    """Go on with a walk over sufficient reasons.

    Parameters
    ----------
    walk : Walk
        Where it is.
    q : Question
        What is asked.
    items, tools : Items, Tools
        The items, and room; ``tools.box`` is what the chosen items leave of the outer box.

    Returns
    -------
    int
        ``NONE``: the walk has ended; ``FOUND``: there is something to read, or it has done enough; ``UNKNOWN``: it was
        told to give up.
    """
    while True:
        if pad.flag[0] != 0:
            return UNKNOWN
        if has_to_pause(walk, pad.spent[NODES]):
            return FOUND
        if walk.number[FRESH] != 0:
            if _at_node(walk, q, items, tools, pad) == UNKNOWN:
                return UNKNOWN
            continue
        v = next_item(walk)
        if v < 0:
            if walk.number[DEPTH] == 0:
                return NONE
            _leave(walk, q, items, tools)
        elif _try(walk, q, items, tools, v, pad) == UNKNOWN:
            try_again(walk, v)
            return UNKNOWN


@lean_kernel
def _leave(walk: Walk, q: Question, items: Items, tools: Tools) -> None:
    """Go back to the node above."""
    depth = walk.number[DEPTH]
    walk.number[FRESH] = 0
    if depth > 0:
        walk.number[DEPTH] = depth - 1
        release_item(q, items, tools.box, walk.chosen[depth - 1])


@lean_kernel
def _at_node(walk: Walk, q: Question, items: Items, tools: Tools, pad: Pad) -> Num:
    """Branch on an edge, or find a new one, or a reason; UNKNOWN: a search was given up."""
    depth = walk.number[DEPTH]
    k = missed_edge(walk)
    if k >= 0:
        branch(walk, k)
        return NONE
    answer = ask(q, tools.box, q.cells, pad)
    if answer == FOUND:
        return learn(walk, q, items, tools, -1, False, pad)
    for i in range(depth):
        if answer == UNKNOWN:
            return UNKNOWN
        v = walk.chosen[i]
        if critical(walk, v, depth):
            continue
        answer = ask_without(q, items, tools.box, v, pad)
        if answer == NONE:  # not minimal
            _leave(walk, q, items, tools)
            return NONE
        if answer == FOUND:
            answer = learn(walk, q, items, tools, items.unit[v], False, pad)
    if answer == UNKNOWN:
        return UNKNOWN
    if depth == 0:
        for j in range(walk.todo.shape[1]):
            walk.todo[0, j] = 0
    record(walk, depth)
    _leave(walk, q, items, tools)
    return NONE


@lean_kernel
def _try(walk: Walk, q: Question, items: Items, tools: Tools, v: Num, pad: Pad) -> Num:
    """Go down with an item if all chosen ones stay critical; UNKNOWN: a search was given up.

    If one does not, none of the sets below this node has both, so the item is no candidate any more.
    """
    look_ahead(walk, v)
    depth = walk.number[DEPTH]
    for i in range(depth):
        if same_side(q, items, walk.chosen[i], v):  # v implies it: an edge that v hits and it misses is here
            return NONE
    placed = False
    for i in range(depth, -1, -1):
        k = walk.chosen[i]
        if critical(walk, k, depth + 1):
            continue
        if not placed:
            keep_item(q, items, tools.box, v)
            placed = True
        answer = ask_without(q, items, tools.box, k, pad)
        if answer == FOUND:
            answer = learn(walk, q, items, tools, items.unit[k], True, pad)
            if answer == NONE:
                continue
        release_item(q, items, tools.box, v)
        return answer
    if not placed:
        keep_item(q, items, tools.box, v)
    descend(walk)
    return NONE
