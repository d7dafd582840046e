"""What an encoder returns: the compiled form of a model, and the ways in and out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .theory import Feature
from .trees import TreeArrays
from .vocabulary import Vocabulary

Rows = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CompiledTree:
    """A decision tree, its vocabulary, and its relation to the user's model.

    Attributes
    ----------
    tree : TreeArrays
        The tree.
    vocabulary : Vocabulary
        Its conditions, on the columns that the user sees.
    classes : tuple
        Labels; ``tree.outcome`` indexes them.
    features : tuple of Feature
        What the model itself tells of its features (before a user's declaration).
    read : callable
        User rows (matrix, list, data frame) -> float64 matrix in the vocabulary's columns and reading.
        Raises BadInputError for rows that the model would refuse.
    unread : callable
        One row of such a matrix -> a row that the model's own ``predict`` takes, as a 1-d array (of objects, if
        labels occur).
    predict : callable
        A matrix as ``read`` returns it -> labels by the model's own ``predict``, shape (m,).
    missing : frozenset of int
        Columns that may be NaN.
    source : object
        The user's model.
    """

    tree: TreeArrays
    vocabulary: Vocabulary
    classes: tuple[Any, ...]
    features: tuple[Feature, ...]
    read: Callable[[Any], Rows]
    unread: Callable[[NDArray[np.float64]], NDArray[Any]]
    predict: Callable[[Rows], NDArray[Any]]
    missing: frozenset[int]
    source: Any

    def class_index(self, label: Any) -> int:
        """Return the index of a label.

        Raises
        ------
        BadInputError
            If the model has no such class.
        """
        return class_index(self.classes, label)


def class_index(classes: tuple[Any, ...], label: Any) -> int:
    """Return the position of a label among `classes`; equal numbers of other types count as the same."""
    from .errors import BadInputError

    for index, known in enumerate(classes):
        if known is label or (type(known) is type(label) and known == label):
            return index
    for index, known in enumerate(classes):
        try:
            if bool(known == label):
                return index
        except (TypeError, ValueError):
            continue
    raise BadInputError(f"class {label!r} is unknown: the classes are {list(classes)}")
