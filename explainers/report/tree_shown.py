"""What of a tree is drawn: the path of the instance, what a reason leaves open, and the rest as symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.domain.space import Space
from ...engine.models import CompiledTree

_FEW = 12  # leaves of a tree that is drawn whole beside a reason


@dataclass(frozen=True, slots=True)
class Nodes:
    """One tree: of a model, or of an ensemble.

    Attributes
    ----------
    literal, left, right : ndarray of int32
        As in ``TreeArrays``.
    leaf : ndarray of int32
        The class of a leaf, or the row of `values` that it adds.
    values : ndarray of float64 or None
        Of an ensemble.
    root : int
        The first node.
    """

    literal: NDArray[np.int32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    leaf: NDArray[np.int32]
    values: NDArray[np.float64] | None
    root: int

    def leaves(self, node: int) -> list[int]:
        """Return the leaves below a node, from left to right."""
        out, stack = [], [node]
        while stack:
            one = stack.pop()
            if self.literal[one]:
                stack += [int(self.right[one]), int(self.left[one])]
            else:
                out.append(one)
        return out


def nodes_of_tree(compiled: Any, tree: int) -> Nodes:
    """Return the nodes of a tree of a compiled model."""
    if isinstance(compiled, CompiledTree):
        arrays = compiled.tree
        return Nodes(arrays.literal, arrays.left, arrays.right, arrays.outcome, None, 0)
    trees = compiled.trees
    return Nodes(trees.literal, trees.left, trees.right, trees.leaf, trees.values, int(trees.root[tree]))


def path_of(nodes: Nodes, truth: NDArray[np.bool_]) -> list[int]:
    """Return the nodes that an instance passes, the leaf as the last one."""
    out = [nodes.root]
    while literal := int(nodes.literal[out[-1]]):
        true = bool(truth[abs(literal) - 1]) == (literal > 0)
        out.append(int((nodes.right if true else nodes.left)[out[-1]]))
    return out


def forced_by(space: Space, reason: Any, cells: NDArray[np.int32]) -> NDArray[np.int8]:
    """Return what a reason says of each condition: 1 true, -1 false, 0 nothing; all by the domain.

    Parameters
    ----------
    space : Space
        The domain.
    reason : Reason
        A sufficient reason, of literals or of whole features.
    cells : ndarray of int32
        The cells of the instance, which a reason of features keeps.
    """
    out = np.zeros(len(space.attribute_of), np.int8)
    kept = set(reason) if reason.proof.over == "features" else set()
    literals: dict[int, list[int]] = {}
    for literal in () if kept else reason:
        literals.setdefault(int(space.attribute_of[abs(literal) - 1]), []).append(int(literal))
    for number, attribute in enumerate(space.attributes):
        table = attribute.truth_table()
        allowed = np.ones(attribute.n_cells, np.bool_)
        if space.features[attribute.feature].name in kept:
            allowed[:] = False
            allowed[cells[number]] = True
        row = {int(v): i for i, v in enumerate(attribute.variables)}
        for literal in literals.get(number, ()):
            allowed &= table[row[abs(literal) - 1]] == (literal > 0)
        if allowed.all():
            continue
        here = table[:, allowed]
        out[attribute.variables] = here.all(axis=1).astype(np.int8) - (~here.any(axis=1)).astype(np.int8)
    return out


def open_nodes(nodes: Nodes, forced: NDArray[np.int8]) -> set[int]:
    """Return the nodes that are reached by some input of which a reason is true, as far as single tests tell."""
    out, stack = set(), [nodes.root]
    while stack:
        node = stack.pop()
        out.add(node)
        literal = int(nodes.literal[node])
        if not literal:
            continue
        said = int(forced[abs(literal) - 1]) * (1 if literal > 0 else -1)
        stack += [int(nodes.right[node])] * (said >= 0) + [int(nodes.left[node])] * (said <= 0)
    return out


def opened(nodes: Nodes, wanted: list[set[int]], most: int) -> set[int]:
    """Return the inner nodes whose children are drawn: at most so many leaves and symbols, what matters first.

    Parameters
    ----------
    nodes : Nodes
        The tree.
    wanted : list of set of int
        What matters, the first most; the path (the first set) is opened in any case.
    most : int
        Leaves and symbols that are drawn.
    """
    out: set[int] = set()
    path = wanted[0] if wanted else set()
    ends = 1
    rest = [] if len(wanted) > 1 and len(nodes.leaves(nodes.root)) > _FEW else [None]
    for kind in [*wanted, *rest]:
        level = [nodes.root]
        while level:
            below = []
            for node in level:
                if not nodes.literal[node] or (kind is not None and node not in kind):
                    continue
                if node not in out:
                    if ends >= most and node not in path:
                        continue
                    out.add(node)
                    ends += 1
                below += [int(nodes.left[node]), int(nodes.right[node])]
            level = below
    return out
