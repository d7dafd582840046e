"""A plan: a row that is decided as wanted, what has to change for it, in words, and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...encoders.columns.told import Row
from ...engine.reasons.html import card, text
from ...engine.reasons.spelling import value_text
from ...engine.status import Status


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a plan.

    Attributes
    ----------
    feature : str
        The feature.
    old, new : object
        Its value before and after, in the user's own types (of a one-hot group: the names of the values).
    text : str
        The change in words: ``"raise income from 1200 to 1850"``.
    cost : float
        What it costs.
    """

    feature: str
    old: Any
    new: Any
    text: str
    cost: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A row that is decided as wanted, and what has to change for it.

    Attributes
    ----------
    row : Row
        The changed instance, in the user's own types, confirmed by the ``predict`` of all models.
    before : Row
        The instance.
    steps : tuple of Step
        The changes, the dearest first.
    cost : float
        What the row costs.
    lower : float
        A proved lower bound of the cost of every plan.
    status : Status
        ``OPTIMAL``: no plan costs less; ``PROVED``: it is a plan, and `lower` tells how far it may be from the best;
        ``BEST_SO_FAR``: so it is, and the search was stopped.
    wanted : str
        What is wanted, in words.
    options : tuple of int
        The place of the plan in the search (for tools).
    origin : int or None
        Which row of the data it is, from 0; None: it is made.
    """

    row: Row
    before: Row
    steps: tuple[Step, ...]
    cost: float
    lower: float
    status: Status
    wanted: str = ""
    options: tuple[int, ...] = ()
    origin: int | None = None

    @property
    def gap(self) -> float:
        """How far the cost may be from the least one, as a share of it (0: it is the least one)."""
        return 0.0 if self.cost <= self.lower else (self.cost - self.lower) / self.cost

    @property
    def text(self) -> str:
        """The plan in one sentence."""
        return listed([step.text for step in self.steps]) if self.steps else "nothing has to change"

    def __repr__(self) -> str:
        return f"<Plan: {self.text} (cost {self.cost:.6g}, {self._said})>"

    @property
    def _said(self) -> str:
        said = str(self.status).replace("_", " ")
        return said if self.gap == 0.0 else f"{said}, the least cost is at least {self.lower:.6g}"

    def _repr_html_(self) -> str:
        """Return the same as a table of the changes."""
        rows = [
            (step.feature, f"{text(value_text(step.old))} &rarr; <b>{text(value_text(step.new))}</b>")
            for step in self.steps
        ]
        return card(f"for {self.wanted}", rows, f"cost {self.cost:.6g}, {self._said}")


def listed(said: Sequence[str]) -> str:
    """Return texts as one, with commas and a last "and"."""
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
