"""One-hot columns: a group of them takes one of a few whole vectors, never something in between.

The search moves the columns of a group freely between the vectors; whatever is judged, returned or verified has been
put on the nearest allowed vector first. The first vector of each row is its origin: no change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from ....engine.errors import BadInputError
from ..model.sums import row_sum

F64 = NDArray[np.float64]


@dataclass(frozen=True)
class Groups:
    """The groups of n rows.

    Attributes
    ----------
    columns : tuple of Tensor
        The columns of each group.
    options : tuple of Tensor, shape (n, q, m)
        What each row may put there; the first is its origin.
    allowed : tuple of Tensor of bool, shape (n, q)
        Which of these the row may take.
    """

    columns: tuple[torch.Tensor, ...]
    options: tuple[torch.Tensor, ...]
    allowed: tuple[torch.Tensor, ...]

    def take(self, rows: torch.Tensor) -> Groups:
        """Return these rows."""
        options, allowed = (tuple(part[rows] for part in parts) for parts in (self.options, self.allowed))
        return replace(self, options=options, allowed=allowed)

    def rounded(self, states: torch.Tensor) -> torch.Tensor:
        """Return the states with each group on the nearest allowed vector; a tie leaves it unchanged."""
        states = states.clone()
        rows = torch.arange(len(states), device=states.device)
        for columns, options, allowed in zip(self.columns, self.options, self.allowed, strict=True):
            away = states[:, None, columns] - options
            distance = row_sum(away * away).masked_fill(~allowed, torch.inf)
            states[:, columns] = options[rows, distance.min(dim=1).indices]
        return states

    def moves(self) -> list[tuple[int, int]]:
        """Return every change of one group: (group, option)."""
        return [(g, q) for g, options in enumerate(self.options) for q in range(1, options.shape[1])]

    def moved(self, states: torch.Tensor, group: int, option: int) -> torch.Tensor:
        """Return the states with one group on one of its vectors."""
        states = states.clone()
        states[:, self.columns[group]] = self.options[group][:, option]
        return states


def read_groups(groups: Sequence[Sequence[int]] | None, features: int) -> tuple[NDArray[np.int64], ...]:
    """Return the columns of each group.

    Raises
    ------
    BadInputError
        If a group has fewer than two columns, a column is absent, or two groups share one.
    """
    if groups is None:
        return ()
    read: list[NDArray[np.int64]] = []
    taken: set[int] = set()
    for group in groups:
        columns = np.asarray(list(group))
        if columns.dtype.kind not in "iu" or columns.ndim != 1 or len(columns) < 2:
            raise BadInputError(
                f"groups: {list(group)} is no group: expected at least two columns, as numbers or names"
            )
        if columns.min() < 0 or columns.max() >= features:
            raise BadInputError(f"groups: {columns.tolist()}: expected columns from 0 to {features - 1}")
        twice = taken & set(columns.tolist())
        if twice or len(set(columns.tolist())) < len(columns):
            raise BadInputError(f"groups: {columns.tolist()} has a column that is already in a group")
        taken |= set(columns.tolist())
        read.append(columns.astype(np.int64))
    return tuple(read)


def check_one_hot(rows: F64, groups: Sequence[NDArray[np.int64]]) -> None:
    """Refuse rows whose groups are not one-hot.

    Raises
    ------
    BadInputError
        Names the row and the group.
    """
    for columns in groups:
        part = rows[:, columns]
        fine = ((part == 0) | (part == 1)).all(axis=1) & (part.sum(axis=1) == 1)
        if not fine.all():
            row = int(np.argmin(fine))
            raise BadInputError(
                f"row {row}: the group of columns {columns.tolist()} is {part[row].tolist()}: "
                "expected a single 1 among 0s"
            )


def negative_options(rows: F64, no_info: F64, columns: NDArray[np.int64]) -> tuple[F64, NDArray[np.bool_]]:
    """Return what a pertinent negative may put into a group: another category, but not the one of no information."""
    here, base = rows[:, columns], no_info[columns]
    size = len(columns)
    options = np.concatenate([here[:, None], np.broadcast_to(np.eye(size), (len(rows), size, size))], axis=1)
    allowed = np.concatenate([np.ones((len(rows), 1), dtype=bool), here == 0], axis=1)
    if ((base == 0) | (base == 1)).all() and base.sum() == 1:
        allowed[:, 1 + int(base.argmax())] = False
    return options, allowed


def positive_options(rows: F64, origin: F64, columns: NDArray[np.int64]) -> tuple[F64, NDArray[np.bool_]]:
    """Return what a pertinent positive may put into a group: no information, or the category of the instance."""
    options = np.stack([origin[:, columns], rows[:, columns]], axis=1)
    allowed = np.ones(options.shape[:2], dtype=bool)
    allowed[:, 1] = (options[:, 0] != options[:, 1]).any(axis=1)
    return options, allowed


def group_options(
    negative: bool, rows: F64, origin: F64, no_info: F64, columns: NDArray[np.int64], fixed: NDArray[np.bool_]
) -> tuple[F64, NDArray[np.bool_]]:
    """Return what the rows may put into one group; a group with an immutable column stays as it is."""
    if negative:
        options, allowed = negative_options(rows, no_info, columns)
    else:
        options, allowed = positive_options(rows, origin, columns)
    if fixed[columns].any():
        allowed[:, 1:] = False
    return options, allowed


def make_groups(
    columns: Sequence[NDArray[np.int64]],
    options: Sequence[F64],
    allowed: Sequence[NDArray[np.bool_]],
    dtype: torch.dtype,
    device: torch.device,
) -> Groups | None:
    """Return the groups of the rows as tensors; None without groups."""
    if not columns:
        return None
    return Groups(
        tuple(torch.from_numpy(part).to(device) for part in columns),
        tuple(torch.from_numpy(part).to(device=device, dtype=dtype) for part in options),
        tuple(torch.from_numpy(part).to(device) for part in allowed),
    )
