"""Evaluation in blocks of fixed sizes, so that a row gets the same bits whatever stands beside it.

A matrix product may round differently for another number of rows, and for rows that start at another distance from an
aligned address: one instance alone and the same instance among a hundred would then drift apart over a thousand
iterations. So a function is only ever called with numbers of rows from a short ladder, short blocks are filled up with
copies of a row, and a size enters the ladder only after a probe has shown, bit for bit, that it treats every place of
the block like the smallest size does. Where places differ, only every second, fourth, … sixteenth place is used.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from operator import is_
from typing import Any

import torch

from ....engine.errors import BadInputError

Columns = tuple[torch.Tensor, ...]
_STRIDES = (1, 2, 4, 8, 16)
_SMALL = 200_000  # numbers in a block that may be filled up for the sake of its places
_ORDERS = 64  # of places that are kept
_ROUGH = 1e-3  # relative difference of two identical calls above which a model is a random one


@dataclass
class Blocked:
    """A function of rows, called in blocks.

    Parameters
    ----------
    function : callable
        Takes tensors of m rows each and returns tensors of m rows each.
    ladder : sequence of int
        Numbers of rows that are put into one call, ascending.
    sample : callable
        Gives the arguments for the probe: tensors of as many rows as it is asked for.
    exact : bool
        Whether equal bits are wanted. Without, blocks are as large as the ladder allows and are not filled up.
    """

    function: Callable[..., Columns]
    ladder: Sequence[int]
    sample: Callable[[int], Columns]
    exact: bool = True
    calls: int = 0
    rows: int = 0
    reproducible: bool = True
    _trusted: list[int] = field(default_factory=list)
    _probed: int = 0
    _stride: int = 1
    _seen: Columns = ()
    _cuts: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _orders: dict[tuple[int, int, int], torch.Tensor] = field(default_factory=dict)
    _masks: list[tuple[Columns, Columns]] = field(default_factory=list)

    def __call__(self, *columns: torch.Tensor, **shared: Any) -> Columns:
        """Return the function's values on all rows; what is `shared` is the same for all of them."""
        total = columns[0].shape[0]  # `len` of a tensor takes a microsecond
        if not total:
            return tuple(value[:0] for value in self._call(*self.sample(1)))
        cuts = self._cuts.get(total)
        if cuts is None:
            cuts = self._cuts[total] = self._cut(total)
        if len(cuts) == 1:
            return self._block(cuts[0][0], columns[0], self._masks_of(columns[1:], cuts[0][0]), shared)
        parts: list[Columns] = []
        start = 0
        for size, used in cuts:
            first, *masks = (column[start : start + used] for column in columns)
            parts.append(self._block(size, first, [self._filled(mask, size) for mask in masks], shared))
            start += used
        return tuple(torch.cat(same) for same in zip(*parts, strict=True))

    def _block(self, size: int, points: torch.Tensor, masks: Sequence[torch.Tensor], shared: dict[str, Any]) -> Columns:
        """Return the function's values on one block of points, whose other columns are filled up already."""
        used, step = points.shape[0], self._stride
        told = self._call(self._filled(points, size), *masks, **shared)
        return told if used == size and step == 1 else tuple([value[: used * step : step] for value in told])

    def _masks_of(self, columns: Columns, size: int) -> Columns:
        """Return columns filled up; a search gives the same ones step after step, and they are filled up once."""
        for known, filled in self._masks:
            if filled and filled[0].shape[0] == size * self._stride and all(map(is_, known, columns)):
                return filled
        filled = tuple(self._filled(column, size) for column in columns)
        self._masks = [(columns, filled)]
        return filled

    def _filled(self, column: torch.Tensor, size: int) -> torch.Tensor:
        """Return a fresh block with the rows at every `stride`-th place of `size`; the rest repeats the first row.

        Memory of its own starts at an aligned address, wherever the rows came from.
        """
        count, step = column.shape[0], self._stride
        if count == size and step == 1:
            return column.clone(memory_format=torch.contiguous_format)
        order = self._orders.get((count, size, step))
        if order is None:
            order = torch.zeros(size * step, dtype=torch.long, device=column.device)
            order[: count * step : step] = torch.arange(count, device=column.device)
            if len(self._orders) > _ORDERS:
                self._orders.clear()
            self._orders[count, size, step] = order
        return column.index_select(0, order)

    def most_calls(self, rows: int) -> int:
        """Return how many calls at most one evaluation of this many rows takes."""
        return -(-rows // (self._trusted[0] if self._trusted else self.ladder[0]))

    def _call(self, *block: torch.Tensor, **shared: Any) -> Columns:
        self.calls += 1
        self.rows += block[0].shape[0]
        return self.function(*block, **shared)

    def _cut(self, total: int) -> list[tuple[int, int]]:
        """Return (rows of the block, rows of ours in it) until all rows are placed."""
        if not self.exact:
            self._refuse_chance()
            most = self.ladder[-1]
            return [(min(most, total - at), min(most, total - at)) for at in range(0, total, most)]
        self._probe(total)
        cuts = []
        while total > 0:
            roomy = [size for size in self._trusted if total <= size < 3 * total or size == self._trusted[0] >= total]
            size = roomy[0] if roomy else max(s for s in self._trusted if s <= total)
            cuts.append((size, min(size, total)))
            total -= min(size, total)
        return cuts

    def _refuse_chance(self) -> None:
        """Ask the same twice, once: a model that answers by chance is refused also where bits may differ."""
        if self._probed:
            return
        self._probed = 1
        row = self.sample(1)
        self._compare(self._call(*row), self._call(*row))

    def _probe(self, total: int) -> None:
        """Let sizes into the ladder as soon as so many rows come; large blocks are not probed for a single row."""
        while self._probed < len(self.ladder) and (self._probed == 0 or total > self.ladder[self._probed] // 3):
            size = self.ladder[self._probed]
            self._probed += 1
            if not self._trusted:
                self._first(size)
            elif self._agrees(size):
                self._trusted.append(size)

    def _first(self, size: int) -> None:
        """Take the smallest size: it must answer twice the same, and at every position the same."""
        base = self.sample(size)
        seen = self._call(*base)
        again = self._call(*base)
        self._compare(seen, again)
        small = base[0][0].numel() * size * _STRIDES[-1] <= _SMALL
        for self._stride in _STRIDES if small else _STRIDES[:1]:
            self._seen = seen if self._stride == 1 else self._at_places(torch.arange(size), size)
            if self._agrees(size, size):
                self._trusted = [size]
                return
        self._trusted, self._stride = [1], 1  # a row alone always has the same place
        self._probed = len(self.ladder)

    def _compare(self, seen: Columns, again: Columns) -> None:
        """Note whether two equal calls gave equal bits, and refuse a model whose answers are far apart."""
        if all(same_bits(a, b) for a, b in zip(seen, again, strict=True)):
            return
        self.reproducible = False
        if any(_apart(a, b) for a, b in zip(seen, again, strict=True)):
            raise BadInputError(
                "the model gives different outputs for the same rows: switch off dropout, noise and other randomness"
            )

    def _agrees(self, size: int, turns: int = 2) -> bool:
        """Tell whether a block of this size gives every row the bits that the smallest one gave it, at every place."""
        known = len(self._seen[0])
        for turn in range(turns):
            order = (torch.arange(size) + turn) % known  # at many places, beside others
            told = self._at_places(order, known)
            if not all(same_bits(a[order.to(a.device)], b) for a, b in zip(self._seen, told, strict=True)):
                return False
        return True

    def _at_places(self, order: torch.Tensor, known: int) -> Columns:
        """Return the values of probe rows that stand in this order at the places in use."""
        base = self.sample(known)
        block = (self._filled(column[order.to(column.device)], len(order)) for column in base)
        return tuple(value[:: self._stride] for value in self._call(*block))


def same_bits(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Tell whether two tensors are equal; NaN equals NaN."""
    return bool(((first == second) | (torch.isnan(first) & torch.isnan(second))).all())


def _apart(first: torch.Tensor, second: torch.Tensor) -> bool:
    scale = first.abs().amax() + second.abs().amax()
    return bool((first - second).abs().amax() > _ROUGH * scale)
