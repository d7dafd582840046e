"""Trees of boxes, as proofs have them."""

from __future__ import annotations

from typing import NamedTuple

from ...engine.arrays import I32, I64


class Boxes(NamedTuple):
    """A tree of boxes: signed conditions in the order of a walk (0: a leaf), and what its leaves say."""

    split: I32
    kind: I32
    way: I32
    bound: I64

    @property
    def without_leaves(self) -> Boxes:
        """The splits alone."""
        return Boxes(self.split, self.kind[:0], self.way[:0], self.bound[:0])
