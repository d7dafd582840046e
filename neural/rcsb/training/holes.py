"""Regions that a bridge is trained on: random cells, boxes, strokes, now and then the whole image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown

KINDS = ("cells", "box", "strokes", "full")


@dataclass(frozen=True)
class RandomHoles:
    """Random regions for training: one an image, of a kind drawn at random.

    Parameters
    ----------
    area : pair of float
        Least and largest share of the image, for cells and boxes.
    kinds : sequence of {"cells", "box", "strokes", "full"}
        Kinds that are drawn, each as likely; a kind may be named twice.
    """

    area: tuple[float, float] = (0.1, 0.6)
    kinds: Sequence[str] = ("cells", "cells", "cells", "box", "box", "strokes", "strokes", "full")

    def __post_init__(self) -> None:
        low, high = self.area
        if not 0 < low <= high <= 1:
            raise BadInputError(f"area={shown(self.area)}: expected shares, 0 < least <= largest <= 1")
        unknown = [kind for kind in self.kinds if kind not in KINDS]
        if unknown or not self.kinds:
            raise BadInputError(f"kinds={shown(tuple(self.kinds))}: expected some of {', '.join(map(repr, KINDS))}")

    def __call__(self, count: int, height: int, width: int, generator: torch.Generator) -> Tensor:
        """Return bool (count, 1, height, width); every region has a pixel."""
        kinds = torch.randint(len(self.kinds), (count,), generator=generator)
        masks = [self._draw(self.kinds[int(kind)], height, width, generator) for kind in kinds]
        found = torch.stack(masks) if masks else torch.zeros(0, height, width, dtype=torch.bool)
        lonely = ~found.flatten(1).any(1)
        found[lonely, height // 2, width // 2] = True
        return found[:, None]

    def _draw(self, kind: str, height: int, width: int, generator: torch.Generator) -> Tensor:
        share = self.area[0] + (self.area[1] - self.area[0]) * _random(generator)
        if kind == "full":
            return torch.ones(height, width, dtype=torch.bool)
        if kind == "cells":
            side = max(1, round(min(height, width) * (0.06 + 0.2 * _random(generator))))
            rows, columns = -(-height // side), -(-width // side)
            chosen = torch.rand(rows, columns, generator=generator) < share
            return chosen.repeat_interleave(side, 0).repeat_interleave(side, 1)[:height, :width]
        mask = torch.zeros(height, width, dtype=torch.bool)
        if kind == "box":
            ratio = 2 ** (2 * _random(generator) - 1)
            tall = min(height, max(1, round(height * (share * ratio) ** 0.5)))
            wide = min(width, max(1, round(width * (share / ratio) ** 0.5)))
            top, left = _below(height - tall + 1, generator), _below(width - wide + 1, generator)
            mask[top : top + tall, left : left + wide] = True
            return mask
        return _strokes(mask, generator)


def _strokes(mask: Tensor, generator: torch.Generator) -> Tensor:
    """Draw some thick lines from place to place."""
    height, width = mask.shape
    radius = max(0.6, min(height, width) * (0.04 + 0.06 * _random(generator)))
    rows = torch.arange(height, dtype=torch.float64)[:, None]
    columns = torch.arange(width, dtype=torch.float64)[None]
    y, x = height * _random(generator), width * _random(generator)
    for _ in range(2 + _below(4, generator)):
        v, u = height * _random(generator), width * _random(generator)
        along = max(1e-9, (v - y) ** 2 + (u - x) ** 2)
        place = (((rows - y) * (v - y) + (columns - x) * (u - x)) / along).clamp(0, 1)
        away = (rows - y - place * (v - y)) ** 2 + (columns - x - place * (u - x)) ** 2
        mask |= away <= radius**2
        y, x = v, u
    return mask


def _random(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator, dtype=torch.float64))


def _below(count: int, generator: torch.Generator) -> int:
    return int(torch.randint(count, (), generator=generator))
