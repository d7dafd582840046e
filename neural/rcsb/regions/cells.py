"""Square cells of an image: how many there are, which are the best, and the pixels that they cover.

Cells are numbered row by row from the top left corner. Where a side is no multiple of the cell size, the cells at the
right and at the bottom are smaller: they count as cells like any other.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, shown


def read_cell(cell: Any) -> int:
    """Return the side of a cell in pixels; raise `BadInputError` if it is no positive whole number."""
    if isinstance(cell, bool) or not isinstance(cell, (int, np.integer)) or cell < 1:
        raise BadInputError(f"cell={shown(cell)}: expected the side of a cell in pixels, a whole number from 1")
    return int(cell)


def read_area(area: Any) -> float:
    """Return the share of the image that a region takes; raise `BadInputError` unless it is in (0, 1]."""
    if isinstance(area, bool) or not isinstance(area, (int, float, np.floating)) or not 0 < area <= 1:
        raise BadInputError(f"area={shown(area)}: expected the region's share of the image, above 0 and at most 1")
    return float(area)


def grid(height: int, width: int, cell: int) -> tuple[int, int]:
    """Return how many rows and columns of cells an image has."""
    return -(-height // cell), -(-width // cell)


def share_of(area: float, count: int, what: str = "cells") -> int:
    """Return floor(area · count), exactly.

    The share is read as the decimal that it is written as: .29 of 100 cells are 29, although the nearest float is
    below .29.

    Raises
    ------
    BadInputError
        If that is none at all.
    """
    number = int(Fraction(repr(area)) * count)
    if number < 1:
        raise BadInputError(
            f"area={area:g} of {count} {what} is less than one: use an area of at least {_at_least(count)}, "
            "or smaller cells"
        )
    return number


def _at_least(count: int) -> str:
    """Return 1 / count as a decimal that is not below it."""
    return f"{-(-(10**6) // count) / 10**6:g}"


def cell_sums(values: Tensor, cell: int) -> Tensor:
    """Return the sum of each cell.

    Parameters
    ----------
    values : Tensor, shape (H, W)
    cell : int

    Returns
    -------
    Tensor of float64, shape (rows, columns)
    """
    height, width = values.shape
    rows, columns = grid(height, width, cell)
    padded = values.new_zeros((rows * cell, columns * cell), dtype=torch.float64)
    padded[:height, :width] = values
    return padded.reshape(rows, cell, columns, cell).sum(dim=(1, 3))


def best(scores: Tensor, number: int) -> Tensor:
    """Return where the `number` highest scores are, as bool of the same shape; ties go to the lower index."""
    flat = scores.flatten()
    order = torch.argsort(flat, descending=True, stable=True)
    chosen = torch.zeros(len(flat), dtype=torch.bool, device=scores.device)
    chosen[order[:number]] = True
    return chosen.reshape(scores.shape)


def pixels_of(cells: Tensor, cell: int, height: int, width: int) -> Tensor:
    """Return the pixels (H, W) that chosen cells (rows, columns) cover."""
    large = cells.repeat_interleave(cell, dim=0).repeat_interleave(cell, dim=1)
    return large[:height, :width].contiguous()


def best_cells(values: Tensor, cell: int, area: float) -> Tensor:
    """Return the floor(area · n) cells of an image with the largest sums.

    Parameters
    ----------
    values : Tensor, shape (H, W)
        What is summed.
    cell : int
        Side of a cell, in pixels.
    area : float
        Share of the n cells.

    Returns
    -------
    Tensor of bool, shape (H, W)

    Raises
    ------
    BadInputError
        If the share is less than one cell.
    """
    sums = cell_sums(values, cell)
    chosen = best(sums, share_of(area, sums.numel()))
    return pixels_of(chosen, cell, *values.shape)
