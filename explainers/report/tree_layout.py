"""Where the nodes of a tree are drawn: each above the middle of its children, subtrees as near as they fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Placed:
    """A node that is drawn.

    Attributes
    ----------
    what : object
        What is drawn there.
    width : float
        How wide it is.
    children : list of Placed
        Left and right child, or none.
    x, level : float, int
        Its middle, and its depth.
    """

    what: Any
    width: float
    children: list[Placed] = field(default_factory=list)
    x: float = 0.0
    level: int = 0


_Outline = list[tuple[float, float]]  # for each level the left and the right end, from the node's middle


def lay_out(root: Placed, gap: float) -> float:
    """Set the places of all nodes, from 0 on, and return the width of all."""
    order = [root]
    for node in order:
        for child in node.children:
            child.level = node.level + 1
        order += node.children
    outlines: dict[int, _Outline] = {}
    shift: dict[int, float] = {id(root): 0.0}
    for node in reversed(order):
        own: _Outline = [(-node.width / 2, node.width / 2)]
        if node.children:
            left, right = (outlines.pop(id(child)) for child in node.children)
            half = _apart(left, right, gap) / 2
            for child, side in zip(node.children, (-half, half), strict=True):
                shift[id(child)] = side
            own += _joined(left, right, half)
        outlines[id(node)] = own
    ends = outlines[id(root)]
    first, last = min(left for left, _ in ends), max(right for _, right in ends)
    root.x = -first
    for node in order:
        for child in node.children:
            child.x = node.x + shift[id(child)]
    return last - first


def _apart(left: _Outline, right: _Outline, gap: float) -> float:
    return max(a[1] - b[0] + gap for a, b in zip(left, right, strict=False))


def _joined(left: _Outline, right: _Outline, half: float) -> _Outline:
    out = []
    for level in range(max(len(left), len(right))):
        ends = [(a - half, b - half) for a, b in left[level : level + 1]]
        ends += [(a + half, b + half) for a, b in right[level : level + 1]]
        out.append((min(a for a, _ in ends), max(b for _, b in ends)))
    return out


def nodes_of(root: Placed) -> Sequence[Placed]:
    """Return all nodes, level by level."""
    order = [root]
    for node in order:
        order += node.children
    return order
