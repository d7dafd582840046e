"""What is wanted of the classifier: one class, any of some, or several labels on and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from ....engine.errors import BadInputError, shown


@dataclass(frozen=True, eq=False)
class Wanted:
    """Targets of n rows.

    Attributes
    ----------
    signs : Tensor of int8, shape (n, K)
        One class: 1 at the classes of which any will do, else -1. Several labels: 1 on, -1 off, 0 whatever.
    multi_label : bool
    """

    signs: Tensor
    multi_label: bool

    def take(self, places: Tensor) -> Wanted:
        """Return the targets of some rows."""
        return Wanted(self.signs[places.to(self.signs.device)], self.multi_label)

    def to(self, device: torch.device) -> Wanted:
        """Return the targets on a device."""
        return Wanted(self.signs.to(device), self.multi_label)

    def objective(self, logits: Tensor) -> Tensor:
        """Return the logarithm of the probability of what is wanted, (n,); of several labels, the sum of theirs."""
        if self.multi_label:
            return (functional.logsigmoid(self.signs * logits) * (self.signs != 0)).sum(1)
        inside = logits.masked_fill(self.signs < 0, -torch.inf)
        return inside.logsumexp(1) - logits.logsumexp(1)

    def reached(self, logits: Tensor) -> Tensor:
        """Tell of each row whether the classifier answers as wanted."""
        if self.multi_label:
            return (((logits > 0) == (self.signs > 0)) | (self.signs == 0)).all(1)
        return self.signs.gather(1, logits.argmax(1, keepdim=True))[:, 0] > 0

    def told(self) -> Tensor:
        """Return the targets as results hold them; see ``RCSBResult``."""
        if self.multi_label:
            return torch.where(self.signs == 0, -1, (self.signs > 0).to(torch.int8)).to(torch.int8)
        inside = self.signs > 0
        return inside.int().argmax(1) if bool((inside.sum(1) == 1).all()) else inside


def read_targets(target: Any, source: Tensor, classes: int, names: Sequence[str] | None, multi_label: bool) -> Wanted:
    """Return the targets of n images.

    Parameters
    ----------
    target : int, str, set, mapping, None, or a sequence or array of n of them
        One class: its number or name; a set: any of these; None: any other class. Several labels: a number or name, or
        a set of them, shall be on; a mapping tells of each whether it shall be on.
    source : Tensor
        The answers before: (n,), or bool (n, K) for several labels.
    classes : int
        K.
    names : sequence of str or None
    multi_label : bool

    Raises
    ------
    BadInputError
        If a class is unknown, or the number of targets is not that of the images.
    """
    count = len(source)
    several = isinstance(target, (Sequence, np.ndarray, Tensor)) and not isinstance(target, str)
    if isinstance(target, (np.ndarray, Tensor)) and target.ndim == 0:
        several, target = False, target.item()
    if several:
        each = target.tolist() if isinstance(target, (np.ndarray, Tensor)) else list(target)
        if len(each) != count:
            raise BadInputError(
                f"{len(each)} targets for {count} images: expected one for all, or one for each "
                "(for several classes at once pass a set, for several labels a mapping)"
            )
    else:
        each = [target] * count
    signs = torch.full((count, classes), 0 if multi_label else -1, dtype=torch.int8)
    for row, one in enumerate(each):
        if one is None:
            if multi_label:
                raise BadInputError("target=None: of several labels say which shall be on or off, such as {3: False}")
            signs[row] = 1
            signs[row, source[row]] = -1
        elif isinstance(one, Mapping):
            _read_mapping(one, signs, row, names, multi_label)
        else:
            for label in one if isinstance(one, Set) else (one,):
                signs[row, _place(label, classes, names)] = 1
            if isinstance(one, Set) and not one:
                raise BadInputError("an empty set as target: expected at least one class")
    return Wanted(signs, multi_label)


def _read_mapping(
    one: Mapping[Any, Any], signs: Tensor, row: int, names: Sequence[str] | None, multi_label: bool
) -> None:
    if not multi_label:
        raise BadInputError(f"target={shown(one)}: a mapping is for several labels at once; pass multi_label=True")
    if not one:
        raise BadInputError("an empty mapping as target: expected at least one label")
    for label, on in one.items():
        if not isinstance(on, (bool, int, np.bool_)) or on not in (0, 1):
            raise BadInputError(f"target: label {shown(label)} is {shown(on)}; expected True (on) or False (off)")
        signs[row, _place(label, signs.shape[1], names)] = 1 if on else -1


def _place(label: Any, classes: int, names: Sequence[str] | None) -> int:
    """Return the column of a class."""
    if isinstance(label, str):
        if names is None or label not in names:
            known = f"one of {shown(list(names), 200)}" if names else f"a number in 0 … {classes - 1}, or pass classes="
            raise BadInputError(f"target={shown(label)}: unknown class; expected {known}")
        return list(names).index(label)
    if isinstance(label, (bool, np.bool_)) or not isinstance(label, (int, np.integer)):
        raise BadInputError(f"target={shown(label)}: expected the number or the name of a class")
    if not 0 <= label < classes:
        raise BadInputError(f"target={label}: unknown class; the classifier has {classes}, 0 … {classes - 1}")
    return int(label)
