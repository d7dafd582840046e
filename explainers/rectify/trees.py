"""Rectification: the least change of a model that makes it obey a rule "conditions imply label"."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ...encoders.builder import DecisionNode, DecisionTree, LeafNode
from ...engine.arrays import I32
from ...engine.domain.conditions import Condition
from ...engine.domain.space import Space, build_space
from ...engine.domain.theory import Feature, Theory
from ...engine.domain.vocabulary import Vocabulary, VocabularyBuilder
from ...engine.errors import BadInputError, shown
from ...engine.given import items_in
from ...engine.models import CompiledModel, CompiledTree
from ...engine.reasons import Reason
from ..words.asked import Asking
from ..words.words import Words

Region = dict[int, int]
Task = tuple[str, int, Region]


def rectified_tree(
    model: CompiledTree, features: tuple[Feature, ...], theory: Theory | None, conditions: Iterable[Any], label: Any
) -> DecisionTree:
    """Return a tree that gives `label` where all conditions hold, and is equal to `model` elsewhere.

    Tests that the domain decides and nodes with two equal leaves are left out.

    Raises
    ------
    BadInputError
        If the label is unknown, there are no conditions, or they contradict each other in the domain.
    """
    graft = Graft(model, features, theory, conditions)
    index = model.class_index(label)
    tree = model.tree
    leaves = [LeafNode(i) for i in range(len(model.classes))]
    root = graft.apply(Nodes(tree.literal, tree.left, tree.right, tree.outcome, leaves), 0, index)
    names = model.vocabulary.names
    rectified = DecisionTree(len(names), root, feature_names=names)
    rectified.number_classes(model.classes)
    rectified.origin = model
    return rectified


class Nodes(NamedTuple):
    """The nodes of trees: ``given[i]`` tells which of `leaves` leaf i is; equal leaves are the same one."""

    literal: I32
    left: I32
    right: I32
    given: I32
    leaves: Sequence[LeafNode]


class Graft:
    """The conditions of a rule, to be grafted on the trees of a model.

    Raises
    ------
    BadInputError
        If there are no conditions, they cannot be read, or they contradict each other in the domain.
    """

    def __init__(
        self, model: CompiledModel, features: tuple[Feature, ...], theory: Theory | None, conditions: Iterable[Any]
    ) -> None:
        if (listed := items_in(conditions)) is None:
            raise BadInputError(
                f"conditions={shown(conditions)}: expected a list of conditions, such as ['age > 37.5', -3]"
            )
        conditions = conditions if isinstance(conditions, Reason) else listed
        old = model.vocabulary
        rule = Asking(Words(build_space(old, features, theory))).conditions(conditions)
        if not rule:
            raise BadInputError(
                "conditions is empty: expected at least one; a rule without conditions would be a constant model"
            )
        builder = VocabularyBuilder(old.reading, model.missing)
        for condition in old.conditions:
            builder.literal(condition)
        self._literals = list(dict.fromkeys(builder.literal(condition) for condition in rule))
        self._conditions = tuple(builder.conditions)
        self._narrow = Narrowing(
            build_space(
                Vocabulary(self._conditions, old.names, old.reading, old.labels, old.own_readings), features, theory
            )
        )
        region: Region | None = {}
        for literal in self._literals:
            region = None if region is None else self._narrow.apply(region, literal)
        if region is None:
            raise BadInputError(f"conditions {shown(conditions)} contradict each other: no input satisfies them all")

    def apply(self, nodes: Nodes, root: int, index: int) -> DecisionNode | LeafNode:
        """Return a tree that gives leaf `index` where the conditions hold, and what the tree at `root` gives elsewhere.

        Tests that the domain decides and nodes with two equal leaves are left out. The conditions come below the
        tree's own tests or above them, whatever makes the smaller tree.
        """
        below, size = self._walk(nodes, ("visit", root, {}), index)
        above, other = self._walk(nodes, ("rule", root, {}), index, size)
        smaller: DecisionNode | LeafNode = below if above is None or size <= other else above
        return smaller

    def _walk(self, nodes: Nodes, start: Task, index: int, most: float = math.inf) -> tuple[Any, int]:
        """Return the tree that a task stands for, and its number of inner nodes; no tree if it has more than `most`.

        The tasks: ``visit`` a node of the tree and graft the rule on its leaves; graft the ``rule`` here, with a copy
        of the tree wherever it does not hold; ``copy`` the tree.
        """
        literal, left, right, given, leaves = nodes
        apply = self._narrow.apply
        done: list[Any] = []  # children are made before their parents, the right one last
        stack: list[Task] = [start]
        size = 0
        while stack and size <= most:
            action, item, region = stack.pop()
            if action == "join":
                when_true, when_false = done.pop(), done.pop()
                equal = when_true is when_false and isinstance(when_true, LeafNode)
                size += not equal
                done.append(when_true if equal else _node(self._conditions[item - 1], when_false, when_true))
                continue
            if action == "rule":
                number = self._undecided(region)
                if number == 0:
                    done.append(leaves[index])
                    continue
                if number < 0:
                    stack.append(("copy", item, region))
                    continue
                after = (item, item)
            else:
                test = int(literal[item])
                if test == 0 and (action == "copy" or given[item] == index):
                    done.append(leaves[given[item]])
                    continue
                if test == 0:
                    stack.append(("rule", item, region))
                    continue
                number = abs(test)
                after = (int(left[item]), int(right[item])) if test > 0 else (int(right[item]), int(left[item]))
            if_false, if_true = apply(region, -number), apply(region, number)
            if if_true is not None and if_false is not None:
                stack.append(("join", number, region))
            if if_true is not None:
                stack.append((action, after[1], if_true))
            if if_false is not None:
                stack.append((action, after[0], if_false))
        return (done[0], size) if not stack else (None, size)

    def _undecided(self, region: Region) -> int:
        """Return a condition of the rule that a region leaves open; 0 if all hold in it, -1 if one does not."""
        open_one = 0
        for literal in self._literals:
            if self._narrow.apply(region, literal) is None:
                return -1
            if not open_one and self._narrow.apply(region, -literal) is not None:
                open_one = abs(literal)
        return open_one


def _node(condition: Condition, when_false: Any, when_true: Any) -> DecisionNode:
    return DecisionNode(
        condition.feature + 1,
        threshold=condition.threshold,
        operator=condition.operator,
        missing=condition.missing,
        left=when_false,
        right=when_true,
    )


class Narrowing:
    """Narrows regions by literals. A region has the cells of each attribute that are left, as bits; all if absent."""

    def __init__(self, space: Space) -> None:
        self._place: list[tuple[int, int, int]] = [(0, 0, 0)] * len(space.vocabulary)
        for a, attribute in enumerate(space.attributes):
            every = (1 << attribute.n_cells) - 1
            if attribute.interval:
                bits = [
                    (every if up else 0) if cut < 0 else every >> (cut + 1) << (cut + 1) if up else (2 << cut) - 1
                    for cut, up in zip(attribute.cut.tolist(), attribute.rising.tolist(), strict=True)
                ]
            else:
                bits = [int("".join("01"[t] for t in truth[::-1]), 2) for truth in attribute.truth.astype(int).tolist()]
            for variable, cells in zip(attribute.variables.tolist(), bits, strict=True):
                self._place[variable] = (a, cells, every)

    def apply(self, region: Region, literal: int) -> Region | None:
        """Return the region where a literal holds too, or None if it is empty."""
        a, cells, every = self._place[abs(literal) - 1]
        old = region.get(a, every)
        left = old & cells if literal > 0 else old & ~cells
        if left == old:
            return region
        return {**region, a: left} if left else None
