"""Clauses of literals: a sequence of signed conditions, from 1, of which at least one is true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from ..arrays import Bools

C = TypeVar("C", bound=Sequence[int])


def unmet(clauses: Iterable[C], truth: Bools) -> C | None:
    """Return the first clause that is false, by the truth of the conditions; None if all are true."""
    return next((c for c in clauses if not any(truth[abs(v) - 1] == (v > 0) for v in c)), None)
