"""Trees and domains as CNF over their conditions.

Variables 1 … n are the conditions of the vocabulary; auxiliary variables follow.
"""

from __future__ import annotations

import numpy as np

from ...engine.arrays import Bools
from ...engine.domain.space import Space
from ...engine.forms import Cnf
from ...engine.models import CompiledTree
from ...engine.models.trees import TreeArrays

Clause = tuple[int, ...]


def domain_clauses(space: Space) -> tuple[list[Clause], int]:
    """Return clauses whose models, on the conditions, are exactly the truth values that the domain allows.

    Returns
    -------
    clauses : list of tuple of int
        Empty with the theory off. Auxiliary variables (one for each cell of an attribute that cuts do not describe) are
        determined by the conditions.
    n_variables : int
        Number of variables, auxiliary ones included.
    """
    clauses: list[Clause] = []
    n = len(space.vocabulary)
    if space.theory is None:
        return clauses, n
    for attribute in space.attributes:
        if attribute.interval:
            cells = attribute.n_cells
            above: list[int] = [0] * (cells - 1)
            for i, variable in enumerate(attribute.variables.tolist()):
                literal = variable + 1 if attribute.rising[i] else -(variable + 1)
                cut = int(attribute.cut[i])
                if cut < 0:
                    clauses.append((literal,))
                elif above[cut] == 0:
                    above[cut] = literal
                else:
                    clauses += [(-above[cut], literal), (above[cut], -literal)]
            clauses += [(-above[cut + 1], above[cut]) for cut in range(cells - 2)]
            continue
        first = n + 1
        n += attribute.n_cells
        cells_on = list(range(first, n + 1))
        clauses.append(tuple(cells_on))
        clauses += [(-a, -b) for i, a in enumerate(cells_on) for b in cells_on[i + 1 :]]
        for row, variable in zip(attribute.truth, attribute.variables.tolist(), strict=True):
            for cell, is_true in zip(cells_on, row.tolist(), strict=True):
                clauses.append((-cell, variable + 1 if is_true else -(variable + 1)))
    clauses += [tuple(clause) for clause in space.theory.clauses]
    return clauses, n


def leaf_paths(tree: TreeArrays, wanted: Bools) -> list[Clause]:
    """Return the path literals of the leaves whose outcome is wanted; contradictory paths are left out."""
    paths: list[Clause] = []
    stack: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    while stack:
        node, path = stack.pop()
        literal = int(tree.literal[node])
        if literal == 0:
            if wanted[tree.outcome[node]]:
                paths.append(tuple(dict.fromkeys(path)))
            continue
        for child, side in ((tree.right[node], literal), (tree.left[node], -literal)):
            if -side not in path:
                stack.append((int(child), (*path, side)))
    return paths


def tree_cnf(model: CompiledTree, space: Space, good: Bools) -> Cnf:
    """Return the CNF of "the outcome is in O" under the domain: one clause for each leaf outside O, its negated path.

    Parameters
    ----------
    good : ndarray of bool, shape (n_classes,)
        The outcomes in O.
    """
    clauses, n = domain_clauses(space)
    clauses += [tuple(-v for v in path) for path in leaf_paths(model.tree, ~good)]
    return Cnf.from_clauses(clauses, n)


def counterexample_cnf(model: CompiledTree, space: Space, good: Bools) -> Cnf:
    """Return the CNF of "the outcome is outside O" under the domain: a selector for each leaf outside O."""
    clauses, n = domain_clauses(space)
    paths = leaf_paths(model.tree, ~good)
    selectors = list(range(n + 1, n + 1 + len(paths)))
    clauses.append(tuple(selectors))
    for selector, path in zip(selectors, paths, strict=True):
        clauses += [(-selector, literal) for literal in path]
    return Cnf.from_clauses(clauses, n + len(paths))


def transversal_cnf(edges: list[tuple[int, ...]], n_elements: int) -> Cnf:
    """Return a CNF with exactly one model for each minimal transversal of a hypergraph (elements 1 … n).

    A chosen element needs an edge that it alone hits; ``c`` variables for (element, edge) are determined by the
    elements.
    """
    clauses: list[Clause] = [tuple(edge) for edge in edges]
    n = n_elements
    alone: dict[int, list[int]] = {e: [] for e in range(1, n_elements + 1)}
    for edge in edges:
        for element in edge:
            others = [other for other in edge if other != element]
            n += 1
            alone[element].append(n)
            clauses += [(-n, -other) for other in others]
            clauses.append((n, *others))
    clauses += [(-element, *critical) for element, critical in alone.items()]
    return Cnf.from_clauses(clauses, n)


def models_of_conditions(model: tuple[int, ...], n: int) -> Bools:
    """Return the truth values of the conditions in a model."""
    return np.array([literal > 0 for literal in model[:n]], dtype=np.bool_)
