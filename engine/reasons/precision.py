"""How likely a reason holds: exact fractions, or bounds of them, and of which distribution they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..errors import UndecidedError
from ..status import Status, Stop


@dataclass(frozen=True, slots=True, repr=False)
class Precision:
    """The chance that an input that agrees with a reason has the same outcome.

    Attributes
    ----------
    lower, upper : Fraction
        Proved bounds; they are equal where it is known exactly.
    distribution : str
        What inputs are like: ``"data"``, ``"uniform"``, ``"rows"``, ``"declared"`` or ``"tree"``.
    status : Status
        ``PROVED`` (what lies between the bounds, if anything, is in doubt by rounding), or ``BEST_SO_FAR``.
    stop : Stop
        Why the search stopped early, if it did.
    defined : bool
        Whether any input agrees with the reason; else the bounds are 0 and 1.
    agree, n_rows : int or None
        Of ``"rows"``: how many rows agree with the reason, of how many.
    why : str
        The grounds, in words.
    seconds : float
        Wall-clock seconds.
    """

    lower: Fraction
    upper: Fraction
    distribution: str
    status: Status = Status.PROVED
    stop: Stop = Stop.NONE
    defined: bool = True
    agree: int | None = None
    n_rows: int | None = None
    why: str = ""
    seconds: float = 0.0

    @property
    def value(self) -> Fraction | None:
        """The number itself; None where only bounds are known."""
        return self.lower if self.lower == self.upper else None

    def __float__(self) -> float:
        if self.value is None:
            raise UndecidedError(f"the precision is only known to be from {self._bounds}: {self.why or self.stop}")
        return float(self.value)

    @property
    def _bounds(self) -> str:
        return f"{share_text(self.lower)} to {share_text(self.upper)}"

    @property
    def said(self) -> str:
        """The number, or its bounds, with its distribution in words."""
        if not self.defined:
            return f"not defined: no input of the distribution {self.distribution!r} agrees with it"
        number = self._bounds if self.value is None else share_text(self.value)
        rows = "" if self.agree is None else f", {self.agree} of {self.n_rows} rows agree"
        return f"{number} (distribution {self.distribution!r}{rows})"

    def __repr__(self) -> str:
        return f"<Precision: {self.said}{'; ' if self.why else ''}{self.why}>"

    def _repr_html_(self) -> str:
        from .html import card, milliseconds, standing, text

        status = standing(self.status, self.stop, " exactly")
        return card("precision", [("holds for", text(self.said))], f"{status}, {milliseconds(self.seconds)}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; fractions as texts such as ``"19/20"``."""
        return {
            "lower": str(self.lower),
            "upper": str(self.upper),
            "distribution": self.distribution,
            "status": str(self.status),
            "stop": str(self.stop),
            "defined": self.defined,
            "agree": self.agree,
            "n_rows": self.n_rows,
            "why": self.why,
            "seconds": self.seconds,
        }

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes it again."""
        from .written import number_form

        return json.dumps(number_form("precision", self))

    @classmethod
    def of_dict(cls, told: Mapping[str, Any]) -> Precision:
        """Return what ``to_dict`` told."""
        return cls(
            Fraction(told["lower"]), Fraction(told["upper"]), told["distribution"], Status(told["status"]),
            Stop(told["stop"]), told["defined"], told["agree"], told["n_rows"], told["why"], told["seconds"],
        )  # fmt: skip


def share_text(share: Fraction) -> str:
    """Return a share as a percentage of at most two decimals; what is rounded says so."""
    if share in (0, 1):
        return f"{int(share) * 100} %"
    hundredths = round(share * 10000)
    exact = Fraction(hundredths, 10000) == share
    if hundredths in (0, 10000) and not exact:
        return "less than 0.01 %" if hundredths == 0 else "more than 99.99 %"
    number = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    return f"{'' if exact else 'about '}{number} %"
