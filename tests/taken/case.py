"""A model or a step that is taken, or refused: a row of docs/models.md and of the test that runs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

BITS = "bit for bit"
BAND = "proved outside a band of floating-point sums, 'not proved' inside it"


@dataclass(frozen=True)
class Case:
    """What is taken.

    Attributes
    ----------
    group : str
        The heading under which it is listed: a library, or "pipeline steps", "wrappers", "text", "rows".
    name : str
        What it is, as the table tells it; distinct within its group.
    make : callable
        Returns a small fitted model and rows that its ``predict`` takes (in any container), the first of which is
        explained; the same each time, and quick.
    exactness : str
        ``BITS``, ``BAND``, or what else holds.
    note : str
        What a user should know: a rule, a limit.
    arguments : tuple of (name, value)
        Further arguments of ``Explainer.initialize``.
    """

    group: str
    name: str
    make: Callable[[], tuple[Any, Any]]
    exactness: str = BITS
    note: str = ""
    arguments: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Refused:
    """What is refused in words: ``match`` is found in the error, ``why`` is what the table tells."""

    group: str
    name: str
    make: Callable[[], tuple[Any, Any]]
    match: str
    why: str
    arguments: tuple[tuple[str, Any], ...] = ()
