"""Hand-built rules: sets of which one has to fire, and lists of which the first one that fires decides.

A rule is a tree that tests its conditions one after the other. Where rules are a set each that fires adds 1. In a list
each adds more than all that come after it can add together, so that the first one decides: whole numbers, which add up
without error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...engine.domain.conditions import Operator
from ...engine.errors import BadInputError, shown
from ...engine.given import items_in, list_of, real
from ...engine.models import same_label
from ...engine.reasons.spelling import is_number, parts, unquoted
from ..columns.rows import default_names, listed_names
from .boosting import BoostedTrees
from .nodes import DecisionNode, LeafNode, listed_classes
from .tree import DecisionTree

_MOST = 2**50  # what all rules of a list add at most: whole numbers up to there are exact
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_EXAMPLE = "such as 'age >= 30 and rate < 2.5', or ('age', '>=', 30), or a list of these"
Test = tuple[int, Operator, float]  # column from 0


class RuleSet(BoostedTrees):
    """Rules of which one has to fire.

    Parameters
    ----------
    rules : sequence
        Each rule is a condition, or several that must all be true: texts (``"age >= 30 and rate < 2.5"``,
        ``"2 < x <= 5"``), triples ``(feature, operator, number)``, or a list of both. A missing value makes no
        condition true.
    feature_names : sequence of str, optional
        The features in the order of the columns; default: those that the rules speak of, in the order in which they
        do.
    class_names : sequence, optional
        Two labels: where no rule fires, and where one does (0 and 1 by default).

    Raises
    ------
    BadInputError
        If a condition cannot be read, or speaks of another feature.
    """

    def __init__(
        self, rules: Sequence[Any], *, feature_names: Sequence[str] | None = None, class_names: Sequence[Any] = (0, 1)
    ) -> None:
        names, tests = _read_rules(list_of(rules, "rules", "a list of rules"), feature_names)
        self.rules = tuple(tests)
        super().__init__(_trees(tests, [1.0] * len(tests), names), 2, feature_names=names, class_names=class_names)

    def __repr__(self) -> str:
        return f"RuleSet({len(self.rules)} rules over {self.n_features} features)"


class RuleList(BoostedTrees):
    """Rules in their order: the first one that fires decides.

    Parameters
    ----------
    rules : sequence of (rule, label)
        Rules as in ``RuleSet``, each with the label that it gives.
    default : label
        Where none fires.
    feature_names : sequence of str, optional
        As in ``RuleSet``.

    Raises
    ------
    BadInputError
        If a rule cannot be read, or there are too many that give different labels by turns (about 48).
    """

    def __init__(self, rules: Sequence[Any], default: Any, *, feature_names: Sequence[str] | None = None) -> None:
        pairs = [_pair(rule) for rule in list_of(rules, "rules", "a list of pairs of a rule and its label")]
        names, tests = _read_rules([rule for rule, _ in pairs], feature_names)
        self.rules, self.default = tuple(tests), default
        classes: list[Any] = []
        for label in [default, *(label for _, label in pairs)]:
            if not any(same_label(label, known) for known in classes):
                classes.append(label)
        if len(classes) == 1:
            classes.append(_other_than(default))  # which no rule gives
        self.labels = tuple(_place(label, classes) for _, label in pairs)
        own = listed_classes(classes)
        weights, two = _weights(self.labels), len(classes) == 2
        base: Any = -1.0 if two else [1.0, *([0.0] * (len(classes) - 1))]
        signed = [w if not two or k else -w for w, k in zip(weights, self.labels, strict=True)]
        targets = None if two else self.labels
        trees = _trees(tests, signed, names, targets)
        super().__init__(trees, len(classes), feature_names=names, class_names=own, base=base)

    def __repr__(self) -> str:
        return f"RuleList({len(self.rules)} rules over {self.n_features} features, classes {shown(list(self.classes))})"


def _pair(rule: Any) -> tuple[Any, Any]:
    items = items_in(rule)
    if items is None or len(items) != 2 or isinstance(rule, str):
        raise BadInputError(
            f"rule {shown(rule)}: expected a pair of a rule and its label, such as ('age >= 30', 'yes')"
        )
    return items[0], items[1]


def _other_than(label: Any) -> Any:
    return 1 if same_label(label, 0) else 0


def _place(label: Any, classes: list[Any]) -> int:
    return next(i for i, known in enumerate(classes) if same_label(label, known))


def _weights(labels: Sequence[int]) -> list[float]:
    """Return what rules add: more than all after them, but alike where neighbours give the same label."""
    weights: list[int] = []
    total, weight = 1, 0  # from the end on, where the default adds 1
    for i in range(len(labels) - 1, -1, -1):
        if i == len(labels) - 1 or labels[i] != labels[i + 1]:
            weight = total + 1
        weights.append(weight)
        total += weight
    if total > _MOST:
        raise BadInputError(
            f"the list of {len(labels)} rules gives different labels by turns too often for sums that are exact: "
            "expected at most about 48 turns; leave out rules that never decide, or say it as a DecisionTree"
        )
    return [float(w) for w in reversed(weights)]


def _trees(
    rules: Sequence[Sequence[Test]],
    weights: Sequence[float],
    names: Sequence[str],
    targets: Sequence[int] | None = None,
) -> list[DecisionTree]:
    trees = []
    for i, (tests, weight) in enumerate(zip(rules, weights, strict=True)):
        node: Any = LeafNode(weight)
        for column, operator, number in reversed(tests):
            node = DecisionNode(column + 1, operator=operator, threshold=number, left=LeafNode(0.0), right=node)
        target = None if targets is None else targets[i]
        trees.append(DecisionTree(len(names), node, feature_names=names, target_class=target))
    if not trees:
        trees.append(
            DecisionTree(len(names), LeafNode(0.0), feature_names=names, target_class=None if targets is None else 0)
        )
    return trees


# -- reading ---------------------------------------------------------------------------------------------------


def _read_rules(rules: Sequence[Any], given: Sequence[str] | None) -> tuple[tuple[str, ...], list[tuple[Test, ...]]]:
    """Return the names of the features, and the tests of each rule."""
    read = [[one for part in _listed(rule) for one in _conditions(part)] for rule in rules]
    named = tuple(dict.fromkeys(str(name) for tests in read for name, _, _ in tests if isinstance(name, str)))
    if given is not None:
        names = listed_names(given)
    elif named:
        names = named
    else:
        most = max((int(name) for tests in read for name, _, _ in tests), default=1)
        names = default_names(most)
    place = {name: i for i, name in enumerate(names)}
    return names, [tuple((_column(name, place), op, number) for name, op, number in tests) for tests in read]


def _listed(rule: Any) -> list[Any]:
    """Return the parts of a rule."""
    if isinstance(rule, str):
        return [rule]
    items = items_in(rule)
    if items is None:
        raise BadInputError(f"rule {shown(rule)}: expected conditions {_EXAMPLE}")
    triple = len(items) == 3 and not isinstance(items[1], (list, tuple)) and _operator(items[1]) is not None
    return [rule] if triple else list(items)


def _operator(sign: Any) -> Operator | None:
    try:
        found = Operator.parse(sign)
    except BadInputError:
        return None
    return None if found in (Operator.IN, Operator.NOT_IN) else found


def _conditions(said: Any) -> list[tuple[Any, Operator, float]]:
    """Return the comparisons of a text or a triple: (name or number of a feature, operator, number)."""
    if not isinstance(said, str):
        items = items_in(said)
        operator = _operator(items[1]) if items is not None and len(items) == 3 else None
        if items is None or operator is None:
            raise BadInputError(f"condition {shown(said)}: expected {_EXAMPLE}")
        return [(items[0], operator, _number(items[2], said))]
    found = []
    for text in parts(said, " and "):
        pieces = [piece.strip() for piece in re.split(r"(<=|>=|!=|==|=|<|>|≤|≥|≠)", text)]
        if len(pieces) == 5 and is_number(pieces[0]) and is_number(pieces[4]):  # 2 < x <= 5
            turned = _TURNED.get(pieces[1].replace("≤", "<=").replace("≥", ">="), "")
            ends = [(pieces[2], turned, pieces[0]), (pieces[2], pieces[3], pieces[4])]
        elif len(pieces) == 3:
            name, sign, number = pieces
            swap = is_number(name) and not is_number(number)
            ends = [(number, _TURNED.get(sign, sign), name) if swap else (name, sign, number)]
        else:
            raise BadInputError(f"condition {shown(text)}: expected {_EXAMPLE}")
        for name, sign, number in ends:
            operator = _operator(sign)
            if operator is None or not name:
                raise BadInputError(f"condition {shown(text)}: expected {_EXAMPLE}")
            plain = unquoted(name)
            found.append((name if plain is None else plain, operator, _number(number, text)))
    return found


def _number(value: Any, where: Any) -> float:
    try:
        number = real(value)
    except (TypeError, ValueError, OverflowError):
        number = float("nan")
    if not abs(number) < float("inf"):
        raise BadInputError(f"condition {shown(where)} compares with {shown(value)}: expected a finite number")
    return number


def _column(name: Any, place: dict[str, int]) -> int:
    if isinstance(name, str) and name in place:
        return place[name]
    if isinstance(name, int) and not isinstance(name, bool) and 1 <= name <= len(place):
        return name - 1
    raise BadInputError(
        f"a rule speaks of {shown(name)}: expected a feature among {shown(list(place), 160)}, or its number from 1"
    )
