"""What is known about a reason, beside its literals."""

from __future__ import annotations

from dataclasses import dataclass

from ..status import Status, Stop
from .precision import Precision


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known about a reason, beside its literals.

    Attributes
    ----------
    kind : str
        ``"sufficient"``, ``"contrastive"``, ``"direct"``, …
    status : Status
        How far it is proved.
    stop : Stop
        Why the search stopped early, if it did.
    method : str
        How it was proved, in words.
    solver : str
        Name of the backend (``"native"``: this library's own core).
    seconds : float
        Wall-clock seconds that the query took.
    over : str
        ``"literals"`` or ``"features"``.
    cost, lower : float or None
        For cheapest reasons: the cost, and a proved lower bound of the least cost.
    upper : float or None
        For most general reasons, whose cost is what their box weighs: what no box exceeds.
    coverage : float or None
        For most general reasons: the share of the rows of data that lies in the box.
    fidelity : float or None
        For reasons of a surrogate: the share of held-out rows on which it agrees with the model that it stands for.
    note : str
        What has to be known of how the instance was read; empty if nothing.
    precision : Precision or None
        For reasons that hold with a chance: how likely they hold.
    """

    kind: str
    status: Status = Status.PROVED
    stop: Stop = Stop.NONE
    method: str = ""
    solver: str = "native"
    seconds: float = 0.0
    over: str = "literals"
    cost: float | None = None
    lower: float | None = None
    fidelity: float | None = None
    note: str = ""
    precision: Precision | None = None
    upper: float | None = None
    coverage: float | None = None
