"""What is checked of a form that was read: the core trusts its arrays, and walks through them must end."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64, I32
from ...engine.domain.conditions import Operator
from ...engine.domain.theory import Feature, Kind
from ...engine.errors import FormatError, SufficeError, shown
from ...engine.models import CompiledEnsemble, CompiledTree
from ...engine.models.multilabel import CompiledMultiLabel
from ...engine.models.trees import TreeArrays
from ..columns.coded_columns import CodeColumn, FreeColumn, NumberColumn
from ..columns.coded_rows import Rows

_VOTING = ("soft", "hard", "boosted", "value", "composed")
_MOST = 1 << 27  # nodes, leaves and numbers, at most


def _need(met: Any, what: str) -> None:
    if not met:
        raise FormatError(f"the form is damaged: {what}; save the explainer again")


def checked_links(links: I32, literal: I32) -> I32:
    """Return children of nodes, of which files have how far they are behind; raises FormatError if they are none."""
    _need(len(links) == len(literal) and len(literal) < _MOST, "its lists of nodes differ in length")
    inner, n = literal != 0, len(literal)
    _need(((links[inner] > 0) & (links[inner] < n)).all(), "a child does not come after its node")
    made = np.where(inner, links.astype(np.int64) + np.arange(n), links)
    _need((made[inner] < n).all(), "a child is no node")
    found: I32 = made.astype(np.int32)
    return found


def _check_nodes(literal: I32, left: I32, right: I32, roots: NDArray[Any], n_conditions: int) -> None:
    """Check that nodes make trees: each is the root of one, or has one parent."""
    inner = literal != 0
    _need(len(literal) > 0, "it has no nodes")
    _need((np.abs(literal.astype(np.int64)) <= n_conditions).all(), "a node tests a condition that there is not")
    parents = np.bincount(np.concatenate([left[inner], right[inner], roots]), minlength=len(literal))
    _need((parents == 1).all(), "its nodes make no trees")


def check_tree(tree: TreeArrays, n_conditions: int, n_classes: int) -> None:
    """Raise FormatError if arrays are no tree over so many conditions and classes."""
    _need(len(tree.outcome) == len(tree.literal), "its lists of nodes differ in length")
    _check_nodes(tree.literal, tree.left, tree.right, np.zeros(1, np.int64), n_conditions)
    at_leaves = tree.outcome[tree.literal == 0]
    _need((tree.outcome[tree.literal != 0] == -1).all(), "a node inside has a class")
    _need(((at_leaves >= 0) & (at_leaves < n_classes)).all(), "a leaf has a class that there is not")
    _built(tree)


def check_ensemble(form: CompiledEnsemble, n_conditions: int) -> None:
    """Raise FormatError if trees, or what decides over their sums, fit nothing."""
    trees, circuit = form.trees, form.circuit
    roots, nodes = trees.root, len(trees.literal)
    _need(len(roots) > 0 and roots[0] == 0 and (np.diff(roots) > 0).all() and roots[-1] < nodes, "its trees overlap")
    _check_nodes(trees.literal, trees.left, trees.right, roots.astype(np.int64), n_conditions)
    inner = trees.literal != 0
    owner = np.searchsorted(roots, np.arange(nodes), side="right")
    same = (owner[trees.left[inner]] == owner[inner]) & (owner[trees.right[inner]] == owner[inner])
    _need(same.all(), "a node lies in another tree than its parent")
    _need(len(trees.leaf) == nodes, "its lists of nodes differ in length")
    at_leaves = trees.leaf[~inner]
    _need((trees.leaf[inner] == -1).all(), "a node inside has values")
    _need(((at_leaves >= 0) & (at_leaves < len(trees.values))).all(), "a leaf has no values")
    _need(trees.values.shape[1] == len(trees.base) > 0, "leaves and base have different numbers of scores")
    _need(np.isfinite(trees.values).all() and np.isfinite(trees.base).all(), "a leaf has no finite number")
    _need(np.isfinite(trees.divisor) and trees.divisor > 0, "its divisor is no positive number")
    _need(form.voting in _VOTING, f"its voting is {shown(form.voting)}")
    _need(np.isfinite(form.slack) and form.slack >= 0 and not np.isnan(form.threshold), "its slack or threshold is odd")
    scores = len(trees.base)
    if circuit is not None:
        _need(circuit.n_scores == scores and np.isfinite(circuit.number).all(), "its circuit is over other scores")
        ends = circuit.ends
        _need(
            ((ends >= 0) & (ends < len(circuit.op))).all() and len(ends) == len(form.classes) > 0, "an end is no gate"
        )
        _built(circuit)
    elif form.regression:
        _need(scores == 1 and form.voting == "value", "a regressor has one score")
    else:
        wanted = len(form.classes) if not (form.voting == "boosted" and scores == 1) else 1
        _need(
            scores == wanted and (scores > 1 or len(form.classes) <= 2),
            "it has another number of scores than of classes",
        )
    _built(trees)


def _built(arrays: Any) -> None:
    """Let the core build what it walks through: it checks what it trusts later."""
    try:
        arrays.core  # noqa: B018  # built when it is looked at
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise FormatError(f"the form is damaged: {error}; save the explainer again") from None


def check_form(form: CompiledTree | CompiledEnsemble | CompiledMultiLabel) -> None:
    """Raise FormatError if conditions, columns, features or labels do not fit each other."""
    vocabulary = form.vocabulary
    width = len(vocabulary.names)
    _need(width > 0 and len(set(vocabulary.names)) == width, "its columns have no names of their own")
    for condition in vocabulary.conditions:
        _need(0 <= condition.feature < width, "a condition is about a column that there is not")
        _need(not np.isnan(condition.threshold), "a condition compares with no number")
        if condition.operator in (Operator.IN, Operator.NOT_IN):
            whole = condition.threshold.is_integer() and 0 <= condition.threshold < 2.0**53
            _need(whole, "a condition lists no codes")
    _need(len(set(vocabulary.conditions)) == len(vocabulary.conditions), "a condition occurs twice")
    columns = [*vocabulary.labels, *vocabulary.own_readings, *form.missing]
    _need(all(0 <= column < width for column in columns), "something is said of a column that there is not")
    _need(len(form.dtypes) in (0, width), "it has another number of dtypes than of columns")
    _check_features(form.features, width)
    if isinstance(form, CompiledMultiLabel):
        _check_labels(form)
    _check_reading(form)


def _check_features(features: tuple[Feature, ...], width: int) -> None:
    owned = [column for feature in features for column in feature.columns]
    _need(sorted(owned) == list(range(width)), "its features are not made of all columns, once each")
    for feature in features:
        one_hot = feature.kind is Kind.ONE_HOT
        _need(one_hot or len(feature.columns) == 1, f"feature {shown(feature.name)} has several columns")
        _need(not one_hot or len(feature.values) == len(feature.columns), f"group {shown(feature.name)} lacks values")
        _need(not (np.isnan(feature.low) or np.isnan(feature.high)), f"feature {shown(feature.name)} has odd ends")
        if feature.kind is Kind.CATEGORICAL:
            numbers = all(isinstance(v, (int, float, np.number)) and np.isfinite(v) for v in feature.values)
            _need(numbers and feature.values, f"feature {shown(feature.name)} lists no numbers")


def _check_labels(form: CompiledMultiLabel) -> None:
    n, conditions = len(form.labels), len(form.vocabulary)
    _need(n > 0 and sorted(form.order) == list(range(n)), "its labels are in no order")
    place = {label: at for at, label in enumerate(form.order)}
    _need(len(set(form.names)) == n, "two labels have one name")
    for i, label in enumerate(form.labels):
        _need(not label.model.regression, "a label has no values")
        beyond = {int(v) for v in np.unique(np.abs(label.model.trees.literal)) if v > conditions}
        _need(beyond <= set(label.tests), "a label tests what there is not")
        for number, (asked, true) in label.tests.items():
            _need(number > conditions and 0 <= asked < n and place[asked] < place[i], "a label asks one behind it")
            _need(len(true) == len(form.labels[asked].classes), "a label asks for classes that there are not")


def _check_reading(form: CompiledTree | CompiledEnsemble | CompiledMultiLabel) -> None:
    """Check the functions that read rows and give them back, with a row."""
    owner = getattr(form.read, "__self__", None)
    width = len(form.vocabulary.names)
    if isinstance(owner, Rows):
        kinds = (NumberColumn, CodeColumn, FreeColumn)
        _need(isinstance(owner.columns, tuple) and len(owner.columns) == width == len(owner.names), "columns are lost")
        _need(all(isinstance(column, kinds) for column in owner.columns), "a column is of no kind")
    row: F64 = np.zeros(width)
    for column in form.features:  # a value that the form has
        if column.kind is Kind.CATEGORICAL:
            row[list(column.columns)] = float(column.values[0])
    try:
        back = form.to_user_row(row)
        _need(len(back) == width, "rows come back in another width")
        read = form.read([list(back)])
        _need(read.shape == (1, width) and read.dtype == np.float64, "rows are read in another width")
    except SufficeError as error:
        if isinstance(error, FormatError):
            raise
    except Exception as error:  # whatever a damaged list of columns does
        raise FormatError(f"the form is damaged: rows cannot be read ({shown(str(error), 80)})") from None
