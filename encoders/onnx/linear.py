"""Linear models of ONNX: LinearClassifier, and products with a matrix of weights whose greatest number is a label.

onnxruntime multiplies matrices, in an order of its own: nothing is claimed nearer to a tie than a bound of the
rounding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...engine.arrays import F64
from ...engine.errors import FormatError, UnsupportedModelError
from ...engine.models import label_tuple
from ..pipelines.sums import Adding
from .graph import REMEDY, Graph, Node

CLASSIFIER, REGRESSOR, PRODUCTS = "LinearClassifier", "LinearRegressor", ("MatMul", "Gemm")
_UNITS = {"float32": 2.0**-24, "float64": 2.0**-53}


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """Sums of weighted columns.

    Attributes
    ----------
    weights : ndarray of float64, shape (n_scores, n_columns)
        One score: the second label where it is above 0, or a number; more: the first greatest one's label.
    start : ndarray of float64, shape (n_scores,)
        What the scores start from.
    dtype : str
        In which onnxruntime adds.
    double : bool
        Whether it reads float64.
    """

    weights: F64
    start: F64
    dtype: str
    double: bool

    @property
    def width(self) -> int:
        """The number of columns."""
        return int(self.weights.shape[1])

    def adding(self, labels: tuple[Any, ...]) -> Adding:
        """Return the model as a sum of columns."""
        weights, start = self.weights, self.start
        mirrored = (
            bool(labels) and len(start) == 2 and np.array_equal(weights[0], -weights[1]) and start[0] == -start[1]
        )
        if mirrored:  # the second sum is above the first one where it is above 0
            weights, start = weights[1:], start[1:]
        used = (weights != 0).any(axis=0)
        return Adding(
            start, used, lambda j, values: np.outer(values, weights[:, j]), _UNITS[self.dtype],
            label_tuple(np.asarray(labels, object)) if labels else (), "the linear model",
        )  # fmt: skip


def classifier(node: Node, dtype: str, where: str) -> tuple[Linear, tuple[Any, ...]]:
    """Return a LinearClassifier, and its labels.

    Raises
    ------
    FormatError
        If its numbers do not fit each other.
    """
    start = np.asarray(node.attributes.get("intercepts", ()), np.float64)
    weights = np.asarray(node.attributes.get("coefficients", ()), np.float64)
    labels = _labels(node)
    count = len(start)
    if not count or not len(weights) or len(weights) % count or not np.isfinite([*weights, *start]).all():
        raise FormatError(f"{where} has {len(weights)} coefficients for {count} intercepts: {REMEDY}")
    if count > 1 and len(labels) != count:
        raise FormatError(f"{where} lists {len(labels)} labels for {count} intercepts: {REMEDY}")
    if count == 1 and len(labels) != 2:  # then onnxruntime says 0 and 1 itself
        labels = ["0", "1"] if labels and isinstance(labels[0], str) else [0, 1]
    return Linear(weights.reshape(count, -1), start, "float32", dtype == "float64"), tuple(labels)


def regressor(node: Node, dtype: str, where: str) -> Linear:
    """Return a LinearRegressor.

    Raises
    ------
    FormatError, UnsupportedModelError
        If its numbers do not fit each other, or it gives several numbers, or a function of one.
    """
    weights = np.asarray(node.attributes.get("coefficients", ()), np.float64)
    start = np.asarray(node.attributes.get("intercepts", ()), np.float64)
    if node.attributes.get("targets", 1) != 1 or node.attributes.get("post_transform", "NONE") != "NONE":
        raise UnsupportedModelError(
            f"{where} has targets={node.attributes.get('targets')} and post_transform="
            f"{node.attributes.get('post_transform')!r}: expected one number as it is"
        )
    start = start if len(start) == 1 else np.zeros(1)  # as onnxruntime does
    if not len(weights) or not np.isfinite([*weights, *start]).all():
        raise FormatError(f"{where} has {len(weights)} coefficients: expected finite numbers; {REMEDY}")
    return Linear(weights.reshape(1, -1), start, "float32", dtype == "float64")


def _labels(node: Node) -> list[Any]:
    texts = node.attributes.get("classlabels_strings")
    if texts:
        return list(texts)
    return [int(label) for label in node.attributes.get("classlabels_ints", ())]


def product(graph: Graph, nodes: list[Node], node: Node, dtype: str, where: str) -> tuple[Linear, str]:
    """Return a product with a matrix of weights, and the tensor of its scores: its own, or that of the sum after it.

    Raises
    ------
    UnsupportedModelError, FormatError
        If it has no weights, or they are no finite numbers.
    """
    right = graph.constants.get(node.inputs[1]) if len(node.inputs) > 1 else None
    plain = node.op == "MatMul" or (
        node.attributes.get("alpha", 1.0) == 1.0
        and node.attributes.get("beta", 1.0) == 1.0
        and not node.attributes.get("transA", 0)
    )
    if right is None or np.ndim(right) != 2 or dtype not in _UNITS or not plain:
        raise UnsupportedModelError(
            f"{where} is no product of columns with a matrix of weights: expected one for the columns of each row"
        )
    weights = np.asarray(right, np.float64)
    weights = weights if node.op == "Gemm" and node.attributes.get("transB", 0) else weights.T
    name, told = node.outputs[0], node.inputs[2] if node.op == "Gemm" and len(node.inputs) > 2 else ""
    after = [one for one in nodes if name in one.inputs]
    if node.op == "MatMul" and len(after) == 1 and after[0].op == "Add":
        other = next((one for one in after[0].inputs if one != name), "")
        if other in graph.constants:
            name, told = after[0].outputs[0], other
    start = np.zeros(len(weights))
    if told:
        added = np.asarray(graph.constants.get(told, np.nan), np.float64)
        if added.size not in (1, len(weights)) or (added.ndim > 1 and added.shape[0] != 1):
            raise FormatError(f"{where} adds {added.size} numbers to {len(weights)}: {REMEDY}")
        start = np.broadcast_to(added.reshape(-1), start.shape).copy()
    if not np.isfinite(weights).all() or not np.isfinite(start).all():
        raise FormatError(f"{where} has weights that are no finite numbers: {REMEDY}")
    return Linear(weights, start, dtype, dtype == "float64"), name
