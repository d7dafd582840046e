"""Rectification: the least change of a tree that makes it obey a rule "conditions imply label"."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..encoders.builder import DecisionNode, DecisionTree, LeafNode
from ..engine.conditions import Condition, Operator
from ..engine.errors import BadInputError, shown
from ..engine.kernels import Bools
from ..engine.models import CompiledTree
from ..engine.space import Space, build_space
from ..engine.theory import Feature, Theory
from ..engine.vocabulary import Vocabulary, VocabularyBuilder

_TEXT = re.compile(r"^\s*(?P<name>.+?)\s*(?P<operator><=|>=|==|!=|=|<|>|≤|≥|≠)\s*(?P<number>[^<>=!]+?)\s*$")


def parse_condition(vocabulary: Vocabulary, item: Any) -> Condition:
    """Read a condition from a literal, a text such as ``"age > 37.5"``, or a triple (feature, operator, number).

    Raises
    ------
    BadInputError
        If it is none of these, or its feature is unknown.
    """
    if isinstance(item, (int, np.integer)) and not isinstance(item, bool):
        return vocabulary.condition(int(item))
    if isinstance(item, str):
        match = _TEXT.match(item)
        if match is None:
            raise BadInputError(f"condition {item!r}: expected a text such as 'age > 37.5', or a literal")
        item = (match["name"], match["operator"], match["number"])
    if isinstance(item, (bytes, bytearray)) or not isinstance(item, Sequence) or len(item) != 3:
        raise BadInputError(
            f"condition {item!r}: expected a literal, a text such as 'age > 37.5', or (feature, operator, number)"
        )
    column = vocabulary.column(item[0])
    labels = vocabulary.labels.get(column)
    value: Any = item[2]
    if labels is not None and str(value) in [str(label) for label in labels]:
        value = [str(label) for label in labels].index(str(value))
    try:
        number = math.nan if isinstance(value, (bytes, bytearray)) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise BadInputError(f"condition {shown(item)}: {shown(item[2])} is no number that float64 can hold")
    return Condition(column, Operator.parse(item[1]), number)


def rectified_tree(
    model: CompiledTree, features: tuple[Feature, ...], theory: Theory | None, conditions: Iterable[Any], label: Any
) -> DecisionTree:
    """Return a tree that gives `label` where all conditions hold, and is equal to `model` elsewhere.

    Each leaf with another label gets the conditions that its path leaves open; tests that the domain decides and
    nodes with two equal leaves are left out.

    Raises
    ------
    BadInputError
        If the label is unknown, there are no conditions, or they contradict each other in the domain.
    """
    if isinstance(conditions, (str, bytes, Mapping)) or not isinstance(conditions, Iterable):
        raise BadInputError(
            f"conditions={shown(conditions)}: expected a list of conditions, such as ['age > 37.5', -3]"
        )
    conditions = list(conditions)
    rule = [parse_condition(model.vocabulary, item) for item in conditions]
    if not rule:
        raise BadInputError(
            "conditions is empty: expected at least one; a rule without conditions would be a constant model"
        )
    index = model.class_index(label)
    builder = VocabularyBuilder(model.vocabulary.reading, model.missing)
    for condition in model.vocabulary.conditions:
        builder.literal(condition)
    literals = [builder.literal(condition) for condition in rule]
    vocabulary = Vocabulary(
        tuple(builder.conditions), model.vocabulary.names, model.vocabulary.reading, model.vocabulary.labels
    )
    space = build_space(vocabulary, features, theory)
    region = [np.ones(attribute.n_cells, dtype=np.bool_) for attribute in space.attributes]
    narrow = _Narrowing(space)
    for literal in literals:
        both = narrow.apply(region, literal)
        if both is None:
            raise BadInputError(f"conditions {conditions!r} contradict each other: no input satisfies them all")
        region = both
    root = _rebuild(model, vocabulary, narrow, literals, index)
    tree = DecisionTree(len(vocabulary.names), root, feature_names=vocabulary.names)
    tree.classes, tree._index = model.classes, {("", i): i for i in range(len(model.classes))}
    tree.origin = model
    return tree


class _Narrowing:
    """Narrows regions (allowed cells of each attribute) by literals."""

    def __init__(self, space: Space) -> None:
        self._space = space
        self._place = {
            int(v): (a, i) for a, attribute in enumerate(space.attributes) for i, v in enumerate(attribute.variables)
        }
        self._tables = [attribute.truth_table() for attribute in space.attributes]

    def apply(self, region: list[Bools], literal: int) -> list[Bools] | None:
        """Return the region where a literal holds too, or None if it is empty."""
        a, i = self._place[abs(literal) - 1]
        smaller = region[a] & (self._tables[a][i] == (literal > 0))
        if not smaller.any():
            return None
        return [*region[:a], smaller, *region[a + 1 :]]


def _rebuild(
    model: CompiledTree, vocabulary: Vocabulary, narrow: _Narrowing, rule: list[int], index: int
) -> DecisionNode | LeafNode:
    """Walk the tree without recursion: children are made before their parents."""
    tree = model.tree
    start = [np.ones(len(table[0]) if len(table) else 1, dtype=np.bool_) for table in narrow._tables]
    done: list[Any] = []
    stack: list[tuple[str, Any, Any]] = [("visit", 0, start)]
    while stack:
        action, item, region = stack.pop()
        if action == "join":
            right, left = done.pop(), done.pop()
            done.append(_join(vocabulary.conditions[item - 1], left, right))
            continue
        if action == "rule":
            literal = next((v for v in item if narrow.apply(region[0], -v) is not None), None)
            if any(narrow.apply(region[0], v) is None for v in item):
                done.append(LeafNode(region[1]))
            elif literal is None:
                done.append(LeafNode(index))
            else:
                further = partial(_rule_task, item, region[1])
                _branch(stack, narrow, literal, region[0], further)
            continue
        literal = int(tree.literal[item])
        if literal == 0:
            outcome = int(tree.outcome[item])
            if outcome == index:
                done.append(LeafNode(index))
            else:
                stack.append(("rule", rule, (region, outcome)))
            continue
        children = {True: int(tree.right[item]), False: int(tree.left[item])}
        positive = literal > 0
        _branch(
            stack, narrow, abs(literal), region,
            lambda where, c=children, p=positive: ("visit", c[p], where),
            lambda where, c=children, p=positive: ("visit", c[not p], where),
        )  # fmt: skip
    return done[0]  # type: ignore[no-any-return]  # the only node that is left


def _rule_task(rule: list[int], outcome: int, where: Any) -> tuple[str, list[int], Any]:
    """Return the task of following the rule in a region that the tree sends to an outcome."""
    return "rule", rule, (where, outcome)


def _branch(
    stack: list[Any], narrow: _Narrowing, literal: int, region: Any, if_true: Any, if_false: Any = None
) -> None:
    """Push what follows where a condition is true and where it is false; only one of them if the region decides it."""
    variable = abs(literal)
    when_true, when_false = narrow.apply(region, variable), narrow.apply(region, -variable)
    if_false = if_false or if_true
    if when_true is None:
        stack.append(if_false(when_false))
    elif when_false is None:
        stack.append(if_true(when_true))
    else:
        stack.append(("join", variable, None))
        stack.append(if_true(when_true))
        stack.append(if_false(when_false))


def _join(condition: Condition, left: Any, right: Any) -> Any:
    if isinstance(left, LeafNode) and isinstance(right, LeafNode) and left.value == right.value:
        return left
    return DecisionNode(
        condition.feature + 1,
        threshold=condition.threshold,
        operator=condition.operator,
        missing=condition.missing,
        left=left,
        right=right,
    )
