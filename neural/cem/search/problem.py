"""The rows of a search as tensors: origins, allowed values, wanted classes, and what they cost.

Grammar: all tensors have n rows and share device and type; states z are flat, (n, d); ``wanted`` and ``others`` are
disjoint; an empty far interval has ``far_lo > far_hi``.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch

from ..model.sums import row_sum
from .domains import Domain, rounded
from .groups import Groups

_NUMPY: dict[torch.dtype, np.dtype[np.floating[Any]]] = {
    torch.float32: np.dtype(np.float32),
    torch.float64: np.dtype(np.float64),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Rows to be searched.

    Attributes
    ----------
    is_positive : bool
        Whether a pertinent positive is sought.
    mirrored : bool
        Whether the model sees the instance minus the state (the published positive) instead of the state.
    no_info : Tensor, shape (n, d)
        Needed by the published projection only.
    groups : Groups or None
        One-hot columns and what each row may put there.
    """

    is_positive: bool
    mirrored: bool
    instance: torch.Tensor
    origin: torch.Tensor
    near_lo: torch.Tensor
    near_hi: torch.Tensor
    far_lo: torch.Tensor
    far_hi: torch.Tensor
    free: torch.Tensor
    no_info: torch.Tensor
    range_lo: torch.Tensor
    range_hi: torch.Tensor
    wanted: torch.Tensor
    others: torch.Tensor
    groups: Groups | None = None

    def __len__(self) -> int:
        return len(self.origin)

    def take(self, rows: torch.Tensor) -> Problem:
        """Return these rows, in this order."""
        changes: dict[str, Any] = {
            item.name: getattr(self, item.name)[rows]
            for item in fields(self)
            if isinstance(getattr(self, item.name), torch.Tensor)
        }
        if self.groups is not None:
            changes["groups"] = self.groups.take(rows)
        return replace(self, **changes)

    def wanting(self, wanted: torch.Tensor) -> Problem:
        """Return the same rows that may reach fewer classes; the classes left out are no rivals either."""
        return replace(self, wanted=wanted)

    def points(self, states: torch.Tensor) -> torch.Tensor:
        """Return what the model sees, (n, d)."""
        return self.instance - states if self.mirrored else states

    def to_state(self, by_point: torch.Tensor) -> torch.Tensor:
        """Turn a slope by the point into one by the state."""
        return -by_point if self.mirrored else by_point

    def rounded_groups(self, states: torch.Tensor) -> torch.Tensor:
        """Return the states with every one-hot group on the nearest vector that it may take."""
        return states if self.groups is None else self.groups.rounded(states)

    def distance(self, states: torch.Tensor, beta: float) -> torch.Tensor:
        """Return ``beta * L1 + L2 ** 2`` of the rows, (n,)."""
        change = states - self.origin
        return row_sum(beta * change.abs() + change * change)


def make_problem(
    domain: Domain,
    no_info: np.ndarray[Any, Any],
    bounds: tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]],
    wanted: np.ndarray[Any, Any],
    groups: Groups | None,
    dtype: torch.dtype,
    device: torch.device,
) -> Problem:
    """Return the rows of a domain as tensors of the search's type, rounded inwards."""
    kind = _NUMPY[dtype]
    small = rounded(domain, kind)

    def tensor(values: Any) -> torch.Tensor:
        return torch.from_numpy(np.array(np.broadcast_to(values, domain.origin.shape), dtype=kind)).to(device)

    mask = torch.from_numpy(np.ascontiguousarray(wanted)).to(device)
    return Problem(
        is_positive=domain.kind != "PN",
        mirrored=domain.kind == "PP delta",
        instance=tensor(small.instance),
        origin=tensor(small.origin),
        near_lo=tensor(small.near_lo),
        near_hi=tensor(small.near_hi),
        far_lo=tensor(small.far_lo),
        far_hi=tensor(small.far_hi),
        free=torch.from_numpy(small.free()).to(device),
        no_info=tensor(no_info),
        range_lo=tensor(bounds[0]),
        range_hi=tensor(bounds[1]),
        wanted=mask,
        others=~mask,
        groups=groups,
    )
