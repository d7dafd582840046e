"""Compiled decision trees over a vocabulary, and their leaves as boxes over the cells of a space.

Guaranteed form
---------------
``TreeArrays``: node 0 is the root; ``literal[i]`` is 0 for a leaf, else the signed literal that sends an input to
``right[i]`` when it is true and to ``left[i]`` when it is false; ``outcome[i]`` is the class index of a leaf, -1
inside.

``LeafTable``: the leaves that some input of the domain reaches, in depth-first order. Entry e of leaf i
(``start[i] <= e < start[i + 1]``) restricts attribute ``attribute[e]`` to the cells ``low[e] … high[e]``, or, if
``low[e] == -1``, to the cells ``cells[first[e]:first[e + 1]]``. Each attribute occurs at most once a leaf; entries that
allow every cell are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .. import _native
from ..arrays import F64, I32, I64, Bools
from ..domain.space import Space


@dataclass(frozen=True, slots=True, eq=False)
class TreeArrays:
    """A decision tree as parallel arrays: see the module's text for the guarantees."""

    literal: I32
    left: I32
    right: I32
    outcome: I32
    _core: _native.Tree | None = field(default=None, init=False, repr=False)

    @property
    def core(self) -> _native.Tree:
        """The tree as the core has it."""
        made = self._core
        if made is None:
            made = _native.Tree(*map(as_int32, (self.literal, self.left, self.right, self.outcome)))
            object.__setattr__(self, "_core", made)
        return made

    @property
    def n_nodes(self) -> int:
        """Number of inner nodes."""
        return int((self.literal != 0).sum())

    @property
    def n_leaves(self) -> int:
        """Number of leaves."""
        return int((self.literal == 0).sum())

    def depth(self) -> int:
        """Return the number of tests on the longest path."""
        deepest = 0
        stack = [(0, 0)]
        while stack:
            node, level = stack.pop()
            if self.literal[node]:
                stack += [(int(self.left[node]), level + 1), (int(self.right[node]), level + 1)]
            else:
                deepest = max(deepest, level)
        return deepest

    def outcome_at(self, truth: Bools) -> int:
        """Return the class index for a vector of truth values of the conditions."""
        return self.core.outcome_at(np.ascontiguousarray(truth, np.bool_))

    def outcomes(self, rows: F64, codes: _native.Conditions) -> I32:
        """Return the class index of each row of values (as ``Space.codes`` reads them), shape (m,)."""
        return self.core.outcomes(codes, np.ascontiguousarray(rows, np.float64))

    def path_literals(self, truth: Bools) -> list[int]:
        """Return the literals on the path of an input, as they are true there, in the order of the path."""
        path: list[int] = self.core.path(np.ascontiguousarray(truth, np.bool_)).tolist()
        return path


def as_int32(numbers: I32) -> I32:
    """Return numbers as the core takes them: in one piece."""
    return np.ascontiguousarray(numbers, np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class LeafTable:
    """The reachable leaves of a tree as boxes: see the module's text for the guarantees."""

    start: I64
    attribute: I32
    low: I32
    high: I32
    first: I64
    cells: I32
    outcome: I32
    leaf: I32
    _core: _native.LeafTable | None = field(default=None, init=False, repr=False)

    @property
    def core(self) -> _native.LeafTable:
        """The leaves as the core has them."""
        made = self._core
        if made is None:
            start, first = (np.ascontiguousarray(begins, np.int64) for begins in (self.start, self.first))
            made = _native.LeafTable(
                start, as_int32(self.attribute), as_int32(self.low), as_int32(self.high), first, as_int32(self.cells),
                as_int32(self.outcome),
            )  # fmt: skip
            object.__setattr__(self, "_core", made)
        return made

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def owner(self) -> I64:
        """The leaf of each entry."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def only(self, kept: Bools) -> LeafTable:
        """Return some of the leaves."""
        entries = np.nonzero(kept[self.owner])[0]
        widths, sizes = np.diff(self.start)[kept], np.diff(self.first)
        listed = np.repeat(kept[self.owner], sizes)
        return LeafTable(
            _begins(widths), self.attribute[entries], self.low[entries], self.high[entries], _begins(sizes[entries]),
            self.cells[listed], self.outcome[kept], self.leaf[kept],
        )  # fmt: skip


def _begins(widths: I64) -> I64:
    return np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)


_Box = dict[int, tuple[int, int] | int]  # attribute -> (low, high), or a bit mask of cells


def leaf_table(tree: TreeArrays, space: Space) -> LeafTable:
    """Return the leaves of a tree that the domain reaches, as boxes (see the module's text)."""
    masks = {
        int(attribute.variables[i]): (number, _mask(row), (1 << attribute.n_cells) - 1)
        for number, attribute in enumerate(space.attributes)
        if not attribute.interval
        for i, row in enumerate(attribute.truth)
    }
    cuts = {
        int(v): (number, int(attribute.cut[i]), bool(attribute.rising[i]), attribute.n_cells)
        for number, attribute in enumerate(space.attributes)
        if attribute.interval
        for i, v in enumerate(attribute.variables)
    }

    def narrow(box: _Box, literal: int) -> _Box | None:
        variable, wanted = abs(literal) - 1, literal > 0
        if variable in cuts:
            number, cut, rising, n_cells = cuts[variable]
            if cut < 0:
                return box if rising == wanted else None
            low, high = box.get(number, (0, n_cells - 1))  # type: ignore[misc]  # interval attributes hold pairs
            if rising == wanted:
                low = max(low, cut + 1)
            else:
                high = min(high, cut)
            return {**box, number: (low, high)} if low <= high else None
        number, mask, full = masks[variable]
        allowed = box.get(number, full) & (mask if wanted else full & ~mask)  # type: ignore[operator]  # bit masks
        return {**box, number: allowed} if allowed else None

    table = _Table(space)
    stack: list[tuple[int, _Box]] = [(0, {})]
    while stack:
        node, box = stack.pop()
        literal = int(tree.literal[node])
        if literal == 0:
            table.add(node, int(tree.outcome[node]), box)
            continue
        for child, side in ((tree.right[node], literal), (tree.left[node], -literal)):
            smaller = narrow(box, side)
            if smaller is not None:
                stack.append((int(child), smaller))
    return table.done()


def _mask(row: Bools) -> int:
    return sum(1 << int(cell) for cell in np.nonzero(row)[0])


class _Table:
    """Collects boxes into flat arrays."""

    def __init__(self, space: Space) -> None:
        self._n_cells = [attribute.n_cells for attribute in space.attributes]
        self._start, self._first = [0], [0]
        self._attribute: list[int] = []
        self._low: list[int] = []
        self._high: list[int] = []
        self._cells: list[int] = []
        self._outcome: list[int] = []
        self._leaf: list[int] = []

    def add(self, node: int, outcome: int, box: _Box) -> None:
        for attribute, cells in box.items():
            if isinstance(cells, tuple):
                if cells == (0, self._n_cells[attribute] - 1):
                    continue
                low, high = cells
            else:
                if cells == (1 << self._n_cells[attribute]) - 1:
                    continue
                low = high = -1
                self._cells.extend(cell for cell in range(self._n_cells[attribute]) if cells >> cell & 1)
            self._attribute.append(attribute)
            self._low.append(low)
            self._high.append(high)
            self._first.append(len(self._cells))
        self._start.append(len(self._attribute))
        self._outcome.append(outcome)
        self._leaf.append(node)

    def done(self) -> LeafTable:
        return LeafTable(
            np.array(self._start, np.int64),
            np.array(self._attribute, np.int32),
            np.array(self._low, np.int32),
            np.array(self._high, np.int32),
            np.array(self._first, np.int64),
            np.array(self._cells, np.int32),
            np.array(self._outcome, np.int32),
            np.array(self._leaf, np.int32),
        )
