"""What onnxruntime makes of the sums of trees: which scores there are, and which label wins.

The rules of its classifier are odd in places, and are told as they are (``tree_ensemble_aggregator.h``): with two
labels one sum decides, against 0.5 if no weight is negative and against 0 otherwise; if both labels have weights the
second sum decides, and the labels are 0 and 1 whatever numbers the model lists; base values count for some of these
sums. With more labels the first greatest sum wins, of those labels only that have got a weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import FormatError, UnsupportedModelError
from ...engine.models.floats import first_float
from .graph import REMEDY, Node
from .trees import LEAF, Forest


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """Which sums decide, and how.

    Attributes
    ----------
    targets : ndarray of int64
        The scores of the trees that count, in the order of the sums.
    base : ndarray of float64
        What is added to the sums at the end.
    labels : tuple
        What the node says: with one sum the second label where it is at least ``threshold``, else the first greatest
        sum's; empty where it gives the sum itself.
    threshold : float
        See `labels`.
    """

    targets: NDArray[np.int64]
    base: F64
    labels: tuple[Any, ...] = ()
    threshold: float = 0.0


def class_labels(node: Node, where: str) -> list[Any]:
    """Return the labels that a classifier lists."""
    for key in ("classlabels_strings", "classlabels_int64s", "classlabels_ints"):
        told = node.attributes.get(key)
        if told is not None and len(told):
            return list(told) if key == "classlabels_strings" else [int(label) for label in told]
    raise FormatError(f"{where} lists no labels: {REMEDY}")


def classifier(forest: Forest, node: Node, where: str) -> Decision:
    """Return how a TreeEnsembleClassifier decides.

    Raises
    ------
    FormatError, UnsupportedModelError
        If weights belong to labels that are not there, or onnxruntime's choice depends on which leaves have weights.
    """
    labels = class_labels(node, where)
    if not len(forest.weight) or int(forest.target.max()) >= len(labels):
        raise FormatError(f"{where} gives weights to labels that it does not list: {REMEDY}")
    allowed = (0, 1, 2) if len(labels) < 3 else (0, len(labels))
    if len(forest.base) not in allowed:
        raise FormatError(f"{where} has {len(forest.base)} base values for {len(labels)} labels: {REMEDY}")
    given = sorted(set(forest.target.tolist()))
    always = {target for target in given if _always(forest, target)}
    if len(labels) == 1:
        return _of_one(forest, labels, where)
    if len(labels) == 2:
        return _of_two(forest, labels, given, always, where)
    if not len(forest.base) and len(always) < len(given) and not _positive(forest):
        raise _partly(where)
    targets = np.arange(len(labels)) if len(forest.base) else np.array(given)
    base = forest.base if len(forest.base) else np.zeros(len(targets))
    cut = float("inf") if len(targets) == 1 else 0.0  # the only label with a weight always wins
    return Decision(targets, base, tuple(labels[target] for target in targets.tolist()), cut)


def _of_one(forest: Forest, labels: list[Any], where: str) -> Decision:
    if isinstance(labels[0], str):
        raise UnsupportedModelError(
            f"{where} lists one label, {labels[0]!r}: onnxruntime would look for a second one; expected two labels"
        )
    base = forest.base[-1:] if len(forest.base) else np.zeros(1)
    return Decision(np.zeros(1, np.int64), base, (0, 1), _beyond(0.0, forest))


def _of_two(forest: Forest, labels: list[Any], given: list[int], always: set[int], where: str) -> Decision:
    """Return how the sums of two labels decide."""
    both = len(given) == 2
    named = tuple(labels) if not both or isinstance(labels[0], str) else (0, 1)
    cut = _beyond(0.5 if not both and (forest.weight >= 0).all() else 0.0, forest)
    bases = len(forest.base)
    if (both and 1 not in always) or (not both and bases and given[0] not in always):
        raise _partly(where)
    if given == [0]:
        return Decision(np.array([0]), forest.base[:1] if bases else np.zeros(1), named, cut)
    if bases < 2:
        return Decision(np.array([1]), np.zeros(1), named, cut)
    # with two base values onnxruntime takes the first sum and the second base value
    return Decision(np.array([0]), forest.base[1:], named, cut)


def _beyond(limit: float, forest: Forest) -> float:
    """Return the least sum above a limit."""
    return first_float(lambda sums: sums > limit, forest.single)


def _partly(where: str) -> UnsupportedModelError:
    return UnsupportedModelError(
        f"{where} has leaves with weights for some labels only, so that onnxruntime's choice depends on which leaves "
        "are met: expected a weight for each label in each leaf (0 where there is nothing to add); export it so"
    )


def _always(forest: Forest, target: int) -> bool:
    """Tell whether some tree has a weight for a target in each of its leaves: every row then gets one."""
    has = np.zeros(len(forest.mode), np.bool_)
    has[forest.leaf[forest.target == target]] = True
    return bool(_in_some_tree(forest, has))


def _positive(forest: Forest) -> bool:
    """Tell whether some tree gives every row something, and nothing is taken away: then some sum is above 0."""
    if (forest.weight < 0).any():
        return False
    has = np.zeros(len(forest.mode), np.bool_)
    has[forest.leaf[forest.weight > 1e-30]] = True
    return _in_some_tree(forest, has)


def _in_some_tree(forest: Forest, has: NDArray[np.bool_]) -> bool:
    """Tell whether all leaves of some tree have something."""
    lacking = (forest.mode == LEAF) & ~has
    inner = forest.mode != LEAF
    for _ in range(len(forest.mode)):  # carried up to the roots: a node lacks it if a child does
        more = lacking.copy()
        more[inner] |= lacking[forest.true[inner]] | lacking[forest.false[inner]]
        if (more == lacking).all():
            break
        lacking = more
    return bool((~lacking[forest.roots]).any())
