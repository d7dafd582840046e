"""Certificates of majoritary reasons: that each of so many trees of a forest, on its own, votes for the outcome."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ...engine.arrays import I32
from ...engine.domain.region import region_of
from ...engine.domain.space import Space
from ...engine.errors import BadInputError
from ...engine.models import CompiledEnsemble
from .outcomes import Outcomes
from .subject import Subject

KINDS = re.compile(r"(minimal |preferred )?((\d+)-)?majoritary")
_TREE = "each further label is about the leaves of one tree, as the file lists them"


def majority(subject: Subject, kind: str, kept: I32) -> tuple[Subject, Outcomes]:
    """Return a subject with a label for each of so many trees that literals force, and that these vote for the outcome.

    Parameters
    ----------
    subject : Subject
        The forest and the row.
    kind : str
        The kind of the reason, which tells how many trees are to be forced (default: more than half).
    kept : ndarray of int32
        The literals.

    Raises
    ------
    BadInputError
        If trees share leaves, or literals alone do not force so many.
    """
    model, said = subject.models[0][1], KINDS.fullmatch(kind)
    assert said is not None
    trees, own = model.trees, model.outcome_at(subject.here.truth)
    needed = trees.n_trees // 2 + 1 if said[3] is None else int(said[3])
    leaves = [leaves_of(model, tree) for tree in range(trees.n_trees)]
    if sum(len({*listed}) for listed in leaves) != len({leaf for listed in leaves for leaf in listed}):
        raise BadInputError("majoritary reasons of trees that share leaves are not certified")
    forced = [
        tree
        for tree in range(trees.n_trees)
        if all(int(trees.values[leaf].argmax()) == own for leaf in reached(model, tree, subject.space, kept))
    ][:needed]
    if len(forced) < needed:
        raise BadInputError("a majority that is forced by clauses alone is not certified")
    more = []
    for tree in forced:
        values = np.zeros_like(trees.values)
        values[leaves[tree]] = trees.values[leaves[tree]]
        alone = replace(trees, values=values, base=np.zeros_like(trees.base), divisor=1.0, single=False)
        more.append((f"tree {tree + 1}", replace(model, trees=alone, link="identity", slack=0.0), _TREE))
    claimed = [{"label": 1 + i, "classes": [own]} for i in range(needed)]
    return replace(subject, more=tuple(more)), Outcomes(claimed)


def leaves_of(model: CompiledEnsemble, tree: int) -> list[int]:
    """Return the leaves of a tree."""
    return list(_leaves(model, tree, None, np.zeros(0, np.int32)))


def reached(model: CompiledEnsemble, tree: int, space: Space, kept: I32) -> list[int]:
    """Return the leaves of a tree that some input reaches which satisfies literals."""
    return list(_leaves(model, tree, space, kept))


def _leaves(model: CompiledEnsemble, tree: int, space: Space | None, kept: I32) -> Iterator[int]:
    trees = model.trees
    stack = [(int(trees.root[tree]), kept)]
    while stack:
        node, held = stack.pop()
        literal = int(trees.literal[node])
        if not literal:
            yield int(trees.leaf[node])
            continue
        for child, said in ((trees.left[node], -literal), (trees.right[node], literal)):
            more = np.append(held, said).astype(np.int32)
            if space is None or not region_of(space, more).empty:
                stack.append((int(child), more))
