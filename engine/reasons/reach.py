"""How far a reason holds."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from ..status import Status, Stop
from .html import card, milliseconds, standing, text
from .plain import plain, value_of
from .written import number_form

_NORMS = ("linf", "l1", "l0")


@dataclass(frozen=True, slots=True, repr=False)
class Reach:
    """How far a reason holds.

    Attributes
    ----------
    lower : float
        All inputs that agree with the reason and are nearer than this have the outcome (infinite: wherever they are).
    upper : float
        The distance of an input that agrees with the reason and has another outcome; infinite if none is known.
    norm : str
        How distances are measured.
    status : Status
        ``PROVED`` where `lower` and `upper` meet (but for rounding), else ``BEST_SO_FAR``.
    stop : Stop
        Why the search stopped early, if it did.
    seconds : float
        Wall-clock seconds.
    """

    lower: float
    upper: float
    norm: str
    status: Status
    stop: Stop = Stop.NONE
    seconds: float = 0.0

    @property
    def said(self) -> str:
        """How far it holds, in words."""
        if self.lower == math.inf:
            return "holds wherever inputs are"
        if self.status is Status.PROVED:
            return f"holds up to {self.norm} distance {self.lower:.6g}"
        above = "" if self.upper == math.inf else f", and not beyond {self.upper:.6g}"
        return f"holds up to {self.norm} distance {self.lower:.6g} at least{above}"

    def __repr__(self) -> str:
        return f"<Reach: {self.said}>"

    def _repr_html_(self) -> str:
        status = standing(self.status, self.stop, " exactly")
        return card("reach", [("reason", text(self.said))], f"{status}, {milliseconds(self.seconds)}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "lower": plain(self.lower), "upper": plain(self.upper), "norm": self.norm, "status": str(self.status),
            "stop": str(self.stop), "seconds": self.seconds,
        }  # fmt: skip

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes it again."""
        return json.dumps(number_form("reach", self))

    @classmethod
    def of_dict(cls, told: Any) -> Reach:
        """Return what ``to_dict`` told."""
        if told["norm"] not in _NORMS:
            raise ValueError(f"norm {told['norm']!r}")
        return cls(
            float(value_of(told["lower"])), float(value_of(told["upper"])), str(told["norm"]), Status(told["status"]),
            Stop(told["stop"]), float(told["seconds"]),
        )  # fmt: skip
