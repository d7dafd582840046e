"""Trees of XGBoost whose leaves speak of all outputs at once (``multi_strategy="multi_output_tree"``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.errors import FormatError


def is_vector(tree: Mapping[str, Any]) -> bool:
    """Tell whether the leaves of a tree hold a number for each output."""
    return int(tree["tree_param"].get("size_leaf_vector", 1)) > 1


def has_vectors(trees: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether the trees of a model are such trees."""
    return any(map(is_vector, trees))


def leaf_vectors(
    tree: Mapping[str, Any], left: NDArray[np.int64], right: NDArray[np.int64], count: int, where: str
) -> F64:
    """Return what each leaf adds to each of `count` outputs; rows of inner nodes say nothing.

    Notes
    -----
    From XGBoost 3.2 on they lie in ``leaf_weights``, at the place that stands for the right child of a leaf; before,
    the weights of all nodes lie in ``base_weights``.

    Raises
    ------
    FormatError
        If there are more or fewer numbers than leaves and outputs.
    """
    size = int(tree["tree_param"]["size_leaf_vector"])
    leaves = np.flatnonzero(left < 0)
    apart = "leaf_weights" in tree
    rows = right[leaves] if apart else leaves
    told = np.asarray(tree["leaf_weights" if apart else "base_weights"], np.float32)
    known = len(leaves) if apart else len(left)
    if size != count or told.shape != (known * size,) or ((rows < 0) | (rows >= known)).any():
        raise FormatError(
            f"{where} has {told.size} numbers for {known} leaves of {size} outputs, the model {count} outputs: save "
            "the model again"
        )
    values = np.zeros((len(left), count))
    values[leaves] = told.reshape(known, size)[rows]
    return values
