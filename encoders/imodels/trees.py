"""imodels' sums of trees (FIGS), and rule lists that test one column after the other (GreedyRuleList, OneR)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.domain.conditions import Reading
from ...engine.errors import NotFittedModelError, UnsupportedModelError
from ...engine.models import CompiledEnsemble
from ..assembly.additive import Term, any_order_slack
from ..assembly.assemble import Table, assemble
from ..assembly.members import Member, Parts
from ..columns.coded_rows import quiet
from ..columns.rows import default_names
from ..encoder import Traits, class_in

__all__ = ["TAKEN", "accepts", "check_fitted", "column_names", "compile_model", "own_names", "takes_missing"]

_SUMS = ("FIGSClassifier", "FIGSRegressor")
_LISTS = ("GreedyRuleListClassifier", "OneRClassifier")
TAKEN = "FIGSClassifier, FIGSRegressor, GreedyRuleListClassifier or OneRClassifier"


def accepts(model: Any) -> bool:
    """Tell whether `model` is a sum of trees or a rule list of imodels (fitted or not)."""
    return bool(class_in(model, "imodels", _SUMS + _LISTS))


def takes_missing(model: Any) -> bool:
    """Tell that these models take no missing values."""
    return False


def check_fitted(model: Any) -> None:
    """Raise an error if the model is not fitted, or encodes categories by itself."""
    if not (hasattr(model, "trees_") or hasattr(model, "rules_")):
        raise NotFittedModelError(f"{type(model).__name__} is not fitted: call fit(X, y) before explaining it")
    if hasattr(model, "_encoder"):
        raise UnsupportedModelError(
            f"{type(model).__name__} was fitted with categorical_features, which it encodes by itself: expected "
            "numbers; encode them before, in a pipeline or by hand"
        )


def column_names(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a fitted model was trained on, f1, f2, … if they had none."""
    check_fitted(model)
    return own_names(model) or default_names(_width(model))


def own_names(model: Any) -> tuple[str, ...] | None:
    """Return the names that the model was fitted with, None if it made them itself (X0, X1, …)."""
    names = tuple(map(str, model.feature_names_))
    return None if names == tuple(f"X{i}" for i in range(len(names))) else names


def _width(model: Any) -> int:
    return len(model.feature_names_)


def compile_model(
    model: Any, *, names: tuple[str, ...] | None = None, missing: frozenset[int] = frozenset()
) -> CompiledEnsemble:
    """Compile a fitted sum of trees, or a rule list.

    Parameters
    ----------
    model : FIGSClassifier, FIGSRegressor, GreedyRuleListClassifier or OneRClassifier
        Fitted on numbers.
    names : tuple of str, optional
        Names of the columns.
    missing : frozenset of int
        Must be empty.

    Raises
    ------
    NotFittedModelError, UnsupportedModelError, BadInputError
        If it is not fitted, encodes categories, predicts several numbers, or names do not fit.

    Notes
    -----
    Numbers are compared as float64. FIGS adds its trees by ``numpy.sum``, whose order is its own: of three trees or
    more sums are allowed to be off by what any order may do. The first greatest sum wins. A rule list gives class 1
    where the share at the first rule that fires is above one half.
    """
    check_fitted(model)
    table = Table(names or column_names(model), own_names(model), takes_missing=False, absent=0.0)
    table.check(_width(model), missing, model)
    parts = _of_trees(model) if class_in(model, "imodels", _SUMS) else _of_rules(model)
    return assemble(parts, table, missing, _own_predict(model), model)


def _of_trees(model: Any) -> Parts:
    members = tuple(_member(root, int(model.n_outputs)) for root in model.trees_)
    start = np.zeros(int(model.n_outputs))
    _check_finite(model, members)
    terms = [Term((), member.values) for member in members]
    slack = any_order_slack(terms, start) if len(members) > 2 else 0.0
    if class_in(model, "imodels", ("FIGSRegressor",)):
        if len(start) != 1:
            raise UnsupportedModelError(f"{type(model).__name__} predicts {len(start)} numbers: expected one")
        return Parts(members, start, 1.0, (), "value", reading=Reading.FLOAT64, slack=slack)
    classes = tuple(_plain(label) for label in np.asarray(model.classes_))
    least = math.inf if len(classes) == 1 else 0.0  # nothing reaches a second class
    return Parts(members, start, 1.0, classes, "boosted", threshold=least, reading=Reading.FLOAT64, slack=slack)


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label


def _member(root: Any, width: int) -> Member:
    """Return a tree of linked nodes, node after node, children later than their parents."""
    nodes, left, right = [root], [], []
    place = 0
    while place < len(nodes):
        node = nodes[place]
        inner = node.left is not None and node.right is not None
        if (node.left is None) != (node.right is None):
            raise UnsupportedModelError("a tree of FIGS has a node with one child: fit the model again")
        left.append(len(nodes) if inner else -1)
        right.append(len(nodes) + 1 if inner else -1)
        nodes += [node.left, node.right] if inner else []
        place += 1
    inner_ = np.array(left) >= 0
    feature = np.array([int(node.feature) if i else -1 for node, i in zip(nodes, inner_, strict=True)])
    threshold = np.array([float(node.threshold) if i else 0.0 for node, i in zip(nodes, inner_, strict=True)])
    values = np.array([
        np.zeros(width) if i else np.broadcast_to(np.asarray(node.value, np.float64).reshape(-1), (width,))
        for node, i in zip(nodes, inner_, strict=True)
    ])  # fmt: skip
    return Member(np.array(left), np.array(right), feature, threshold, np.zeros(len(nodes), np.bool_), values)


def _of_rules(model: Any) -> Parts:
    rules = list(model.rules_)
    n = len(rules)  # rule i is node 2 i, and node 2 i + 1 is what it says where it fires
    left, right = np.full(2 * n - 1, -1), np.full(2 * n - 1, -1)
    feature, threshold = np.full(2 * n - 1, -1), np.zeros(2 * n - 1)
    shares = np.zeros(2 * n - 1)
    for i, rule in enumerate(rules[:-1]):
        node, fires, other = 2 * i, 2 * i + 1, 2 * i + 2
        left[node], right[node] = (
            (fires, other) if rule["flip"] else (other, fires)
        )  # to the right: at least the cutoff
        feature[node] = int(rule["index_col"])
        threshold[node] = np.nextafter(float(rule["cutoff"]), -np.inf)
        shares[fires] = float(rule["val_right"])
    shares[-1] = float(rules[-1]["val"])
    values = np.column_stack([1 - shares, shares])
    member = Member(left, right, feature, threshold, np.zeros(2 * n - 1, np.bool_), values)
    _check_finite(model, (member,))
    classes = tuple(_plain(label) for label in np.asarray(model.classes_))
    return Parts((member,), np.zeros(2), 1.0, classes, "boosted", reading=Reading.FLOAT64, below=True)


def _check_finite(model: Any, members: tuple[Member, ...]) -> None:
    for member in members:
        for numbers in (member.values, member.threshold):
            if not np.isfinite(numbers).all():
                raise UnsupportedModelError(
                    f"{type(model).__name__} has {float(numbers[~np.isfinite(numbers)][0])} in its trees or rules: "
                    "expected finite numbers"
                )


def _own_predict(model: Any) -> Callable[[F64], NDArray[Any]]:
    """Return the model's own ``predict`` on matrices."""

    def predict(rows: F64) -> NDArray[Any]:
        with quiet():
            told: NDArray[Any] = np.asarray(model.predict(rows))
        return told

    return predict


TRAITS = Traits(own_names=own_names)
