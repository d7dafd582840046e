"""Evaluation in blocks of fixed sizes, so that a row gets the same bits whatever stands beside it.

A matrix product may round differently for another number of rows: one instance alone and the same instance among a
hundred would then drift apart over a thousand iterations. So a function is only ever called with numbers of rows from
a short ladder, short blocks are filled up with copies of a row, and a size enters the ladder only after a probe has
shown, bit for bit, that it treats every position of the block like the smallest size does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch

from ...engine.errors import BadInputError

Columns = tuple[torch.Tensor, ...]
_ROUGH = 1e-3  # relative difference of two identical calls above which a model is a random one


@dataclass
class Blocked:
    """A function of rows, called in blocks.

    Parameters
    ----------
    function : callable
        Takes tensors of m rows each and returns tensors of m rows each.
    ladder : sequence of int
        Numbers of rows that it may be called with, ascending.
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
    _seen: Columns = ()

    def __call__(self, *columns: torch.Tensor) -> Columns:
        """Return the function's values on all rows."""
        total = len(columns[0])
        if not total:
            return tuple(value[:0] for value in self._call(*self.sample(self.ladder[0])))
        parts: list[Columns] = []
        start = 0
        for size, used in self._cut(total):
            block = tuple(_filled(column[start : start + used], size) for column in columns)
            parts.append(tuple(value[:used] for value in self._call(*block)))
            start += used
        if len(parts) == 1:
            return parts[0]
        return tuple(torch.cat(same) for same in zip(*parts, strict=True))

    def most_calls(self, rows: int) -> int:
        """Return how many calls at most one evaluation of this many rows takes."""
        return -(-rows // (self._trusted[0] if self._trusted else self.ladder[0]))

    def _call(self, *block: torch.Tensor) -> Columns:
        self.calls += 1
        self.rows += len(block[0])
        return self.function(*block)

    def _cut(self, total: int) -> list[tuple[int, int]]:
        """Return (rows of the block, rows of ours in it) until all rows are placed."""
        if not self.exact:
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
        if not all(same_bits(a, b) for a, b in zip(seen, again, strict=True)):
            self.reproducible = False
            if any(_apart(a, b) for a, b in zip(seen, again, strict=True)):
                raise BadInputError(
                    "the model gives different outputs for the same rows: "
                    "switch off dropout, noise and other randomness"
                )
        self._seen = seen
        self._trusted = [size if self._agrees(size) or size == 1 else 1]
        if self._trusted == [1] and size > 1:  # a row alone is always the same row
            self._seen, self._probed = (), len(self.ladder)

    def _agrees(self, size: int) -> bool:
        """Tell whether a block of this size gives the bits of the first size, at every position."""
        known = len(self._seen[0])
        base = self.sample(known)
        for turn in range(2):
            order = (torch.arange(size) * (2 * turn + 1) + turn) % known  # every row at many places, beside others
            told = self._call(*(column[order.to(column.device)] for column in base))
            for seen, now in zip(self._seen, told, strict=True):
                if not same_bits(seen[order.to(seen.device)], now):
                    return False
        return True


def same_bits(first: torch.Tensor, second: torch.Tensor) -> bool:
    """Tell whether two tensors are equal; NaN equals NaN."""
    return bool(((first == second) | (torch.isnan(first) & torch.isnan(second))).all())


def _apart(first: torch.Tensor, second: torch.Tensor) -> bool:
    scale = first.abs().amax() + second.abs().amax()
    return bool((first - second).abs().amax() > _ROUGH * scale)


def _filled(column: torch.Tensor, size: int) -> torch.Tensor:
    """Return a fresh block of `size` rows; the missing ones repeat the first."""
    missing = size - len(column)
    if missing == 0:
        return column.clone(memory_format=torch.contiguous_format)  # memory of its own starts at an aligned address
    return torch.cat([column, column[:1].expand(missing, *column.shape[1:])])
