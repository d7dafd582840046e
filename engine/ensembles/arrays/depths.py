"""In which order literals are dropped where none implies another: those that come late on the paths first."""

from __future__ import annotations

import numpy as np

from ...kernels import F64, I32, kernel
from .box import side_in_cell
from .layout import ELEMENT, HIGH, LOW, OWNER, Layout


@kernel
def path_depths(layout: Layout, cells: I32) -> F64:
    """Return for each attribute the least depth at which a tree tests it on the instance's path (else a great one)."""
    out = np.full((len(layout.attribute) - 1), 1e6)
    for t in range(len(layout.root)):
        node, depth = layout.root[t], 0.0
        while layout.node[node, ELEMENT] >= 0:
            e = layout.node[node, ELEMENT]
            a = layout.test[e, OWNER]
            out[a] = min(out[a], depth)
            depth += 1.0
            node = layout.node[node, HIGH] if side_in_cell(layout, a, e, cells[a]) > 0 else layout.node[node, LOW]
    return out
