"""Words of a reason that is stored without its model, and what says words of a model that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from .parts import Part


class Words(Protocol):
    """What says literals in words: it knows the conditions that they number."""

    @property
    def vocabulary(self) -> Any:
        """The numbered conditions."""

    @property
    def fingerprint(self) -> str:
        """What tells them from those of another model."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Words of a reason, and what tells its model from others, without the model itself."""

    features: tuple[str, ...]
    fingerprint: str = ""
    own_values: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    def __call__(self, reason: Any) -> tuple[str, ...]:
        """Return the words."""
        return self.features
