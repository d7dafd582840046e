"""What an ensemble's trees say, by walking them row by row: for model files whose library is not installed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...engine.arrays import F64
from ...engine.models import label_array
from ...engine.models.ensembles import LINKS, decide_rows
from .members import Member, Parts


def walked_predictions(parts: Parts, values: F64) -> NDArray[np.object_] | F64:
    """Return labels, or numbers for a regressor, of rows as the trees read them."""
    scores = np.tile(parts.base, (len(values), 1))
    for member in parts.members:
        scores = scores + member.values[_leaves(member, values)]
        if parts.single:
            scores = scores.astype(np.float32).astype(np.float64)
    if parts.divisor != 1.0:
        scores = scores / parts.divisor
    if parts.voting == "value":
        margins = np.ascontiguousarray(scores[:, 0])
        return margins if parts.transform is None else parts.transform(margins)
    if scores.shape[1] == 1:
        chosen = (scores[:, 0] >= parts.threshold).astype(np.intp)
    else:
        chosen = decide_rows(scores, LINKS.index(parts.link)).astype(np.intp)
    labels: NDArray[np.object_] = label_array(parts.classes)[chosen]
    return labels


def _leaves(member: Member, values: F64) -> NDArray[np.intp]:
    """Return the leaf of each row."""
    out = np.zeros(len(values), np.intp)
    waiting: list[tuple[int, NDArray[np.intp]]] = [(0, np.arange(len(values)))]
    while waiting:
        node, rows = waiting.pop()
        if member.left[node] < 0:
            out[rows] = node
            continue
        right = member.turns(node, values[rows, int(member.feature[node])])
        for child, part in ((member.left[node], rows[~right]), (member.right[node], rows[right])):
            if len(part):
                waiting.append((int(child), part))
    return out
