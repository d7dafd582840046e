"""The fewest actions that serve most rows: which action serves which row, and maximum covers of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from ...engine.errors import BadInputError, shown
from ...engine.given import is_number
from ...engine.reasons.html import card, milliseconds, text
from ...engine.status import Status, Stop
from ..recourse.plan import Plan
from .actions import Action
from .bounds import Bounds


@dataclass(frozen=True, slots=True)
class CoverStep:
    """What some number of actions can do.

    Attributes
    ----------
    k : int
        How many actions there may be.
    actions : tuple of Action
        The actions.
    served : int
        How many rows they serve.
    most : int
        No more rows are served by any k of the candidates: proved.
    """

    k: int
    actions: tuple[Action, ...]
    served: int
    most: int


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CommonActions(Sequence[Action]):
    """Few actions that serve many of the refused rows, the one that serves most first.

    A row is served by an action if some of its changes, and nothing else, lead to a row that is decided as wanted,
    within the constraints of its own.

    Attributes
    ----------
    curve : tuple of CoverStep
        For each number of actions up to what was asked for what they can do.
    plans : mapping from int to (int, Plan)
        Of each served row, by its number in the audit: its cheapest action of these, and what it does, confirmed by the
        models' own ``predict``.
    n_refused : int
        How many rows are refused.
    candidates : tuple of Action
        What was chosen from: the proof is over these, not over all actions that could be thought of.
    serves : tuple of int
        How many rows each candidate serves.
    by_group : mapping from (grouping, group) to Bounds
        The share of each group's refused rows that is served.
    not_asked : int
        How many rows were not asked about in time: they count as served in ``most``.
    stop : Stop
        Why the search ended early, if it did.
    seconds : float
        How long it took.
    """

    curve: tuple[CoverStep, ...]
    plans: Mapping[int, tuple[int, Plan]]
    n_refused: int
    candidates: tuple[Action, ...]
    serves: tuple[int, ...]
    by_group: Mapping[tuple[str, str], Bounds]
    not_asked: int
    stop: Stop
    seconds: float

    @property
    def actions(self) -> tuple[Action, ...]:
        """The actions."""
        return self.curve[-1].actions

    def __len__(self) -> int:
        return len(self.actions)

    @overload
    def __getitem__(self, index: int) -> Action: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Action, ...]: ...
    def __getitem__(self, index: int | slice) -> Action | tuple[Action, ...]:
        return self.actions[index]

    @property
    def served(self) -> int:
        """How many rows the actions serve."""
        return self.curve[-1].served

    @property
    def most(self) -> int:
        """No more rows are served by as many of the candidates: proved."""
        return self.curve[-1].most

    @property
    def gap(self) -> int:
        """How many more rows might be served by as many."""
        return self.most - self.served

    @property
    def status(self) -> Status:
        """``OPTIMAL`` if no choice among the candidates serves more, else ``BEST_SO_FAR``."""
        return Status.OPTIMAL if self.gap == 0 else Status.BEST_SO_FAR

    def fewest(self, share: float) -> tuple[int | None, int]:
        """Return the fewest actions known to serve a share of the refused rows, and how many are needed at least.

        Parameters
        ----------
        share : float
            From 0 to 1.

        Returns
        -------
        known : int or None
            So many of the candidates do; None if as many as were asked for do not.
        least : int
            No fewer do: proved.
        """
        if not is_number(share) or not 0 <= share <= 1:
            raise BadInputError(f"share={shown(share)}: expected a number from 0 to 1")
        need = math.ceil(share * self.n_refused - 1e-9)
        if need <= 0:
            return 0, 0
        known = next((step.k for step in self.curve if step.served >= need), None)
        least = next((step.k for step in self.curve if step.most >= need), self.curve[-1].k + 1)
        return known, least

    def to_frame(self) -> Any:
        """Return a data frame of pandas, a row for each number of actions."""
        import pandas

        rows = [
            (
                step.k,
                step.served,
                step.served / max(1, self.n_refused),
                step.most,
                "; or ".join(a.text for a in step.actions),
            )
            for step in self.curve
        ]
        return pandas.DataFrame(rows, columns=["actions", "served", "share", "most", "text"])

    @property
    def text(self) -> str:
        """What was found, in one sentence."""
        many = f"{len(self)} action{'s' * (len(self) != 1)}"
        said = f"{many} serve{'s' * (len(self) == 1)} {self.served} of {self.n_refused} refused rows"
        known = "no choice serves more" if self.gap == 0 else f"no choice serves more than {self.most}"
        late = f"; {self.not_asked} rows were not asked about ({self.stop})" if self.not_asked else ""
        return f"{said}; {known}, of {len(self.candidates)} candidates{late}"

    def to_json(self, indent: int | None = None) -> str:
        """Return all that was found as JSON, which ``suffice.from_json`` reads; the model is not in it."""
        from .written import common_form

        return json.dumps(common_form(self), indent=indent)

    def _counts(self) -> list[int]:
        return [sum(1 for own, _ in self.plans.values() if own == number) for number in range(len(self))]

    def __repr__(self) -> str:
        lines = [f"{n}. {a.text} ({c} rows)" for n, (a, c) in enumerate(zip(self, self._counts(), strict=True), 1)]
        return "\n".join([f"<CommonActions: {self.text}>", *lines])

    def _repr_html_(self) -> str:
        rows = [(f"{c} rows", text(a.text)) for a, c in zip(self, self._counts(), strict=True)]
        return card("few actions that serve many", rows, f"{self.text}; {milliseconds(self.seconds)}")
