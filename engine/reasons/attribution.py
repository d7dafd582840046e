"""How much features (literals) carry: exact fractions, bounds of them, or intervals from samples."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from ..status import Status, Stop
from .precision import share_text

NAMES = {
    "ffa": "formal feature attribution",
    "wffa": "weighted formal feature attribution",
    "shapley": "Shapley values of the game of sufficiency",
    "banzhaf": "Banzhaf values of the game of sufficiency",
    "deegan-packel": "Deegan-Packel indices of the game of sufficiency",
    "holler": "Holler indices of the game of sufficiency",
}


class Share(NamedTuple):
    """What a feature (literal) carries.

    Attributes
    ----------
    lower, upper : Fraction or None
        Bounds, equal where it is known exactly; None where nothing is known.
    found : Fraction or None
        Its share among the reasons that were found, where not all were.
    """

    lower: Fraction | None
    upper: Fraction | None
    found: Fraction | None = None

    @property
    def value(self) -> Fraction | None:
        """The number itself; None where it is not known exactly."""
        return self.lower if self.lower == self.upper else None

    def said(self, of: str = "those found") -> str:
        """Return the share in words; `of`: what its part among those found is a part of."""
        if self.value is not None:
            return share_text(self.value)
        seen = "" if self.found is None else f" ({share_text(self.found)} of {of})"
        if self.lower is None or self.upper is None:
            return f"not known{seen}"
        return f"{share_text(self.lower)} to {share_text(self.upper)}{seen}"


class Beside(NamedTuple):
    """What other values say of a feature, beside what is proved.

    Attributes
    ----------
    feature : str
        The feature.
    value : float
        What the other values give it.
    share : Share
        What it carries.
    wrong : str
        What is wrong with the value, if that is proved; else empty.
    """

    feature: str
    value: float
    share: Share
    wrong: str


@dataclass(frozen=True, slots=True, repr=False)
class Attribution(Mapping[Any, Share]):
    """What each feature (literal) carries; a mapping from names (literals) to shares, the greatest first.

    Attributes
    ----------
    kind : str
        ``"ffa"``, ``"wffa"``, ``"shapley"``, ``"banzhaf"``, ``"deegan-packel"`` or ``"holler"``.
    shares : mapping
        Of each feature (literal).
    over : str
        ``"features"`` or ``"literals"``.
    n_reasons : int
        How many reasons were found.
    status : Status
        ``COMPLETE``: all shares are exact; else ``BEST_SO_FAR``.
    stop : Stop
        Why not all reasons were found, if so.
    irrelevant, necessary : tuple
        What is proved to be in no reason, and in all of them.
    n_samples : int or None
        How many samples the bounds rest on, if they do …
    confidence : float or None
        … and how likely all of them hold at once.
    compared : tuple of Beside
        Other values of the same features, such as SHAP's, where they were given.
    seconds : float
        Wall-clock seconds.
    """

    kind: str
    shares: Mapping[Any, Share]
    over: str = "features"
    n_reasons: int = 0
    status: Status = Status.COMPLETE
    stop: Stop = Stop.NONE
    irrelevant: tuple[Any, ...] = ()
    necessary: tuple[Any, ...] = ()
    n_samples: int | None = None
    confidence: float | None = None
    compared: tuple[Beside, ...] = field(default=())
    seconds: float = 0.0

    def __getitem__(self, item: Any) -> Share:
        return self.shares[item]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.shares)

    def __len__(self) -> int:
        return len(self.shares)

    @property
    def misled(self) -> tuple[Beside, ...]:
        """Those of the other values that are proved wrong."""
        return tuple(one for one in self.compared if one.wrong)

    @property
    def grounds(self) -> str:
        """What the shares rest on, in words."""
        if self.n_samples is not None:
            return f"{self.n_samples} samples; all intervals hold at once with {self.confidence:.0%} confidence"
        if self.status is Status.COMPLETE:
            return f"exact: all {self.n_reasons} reasons" if self.n_reasons != 1 else "exact: the only reason"
        return f"{self.n_reasons} reasons found, there may be others ({str(self.stop).replace('_', ' ')})"

    def _said(self, share: Share) -> str:
        return share.said("those found" if self.n_samples is None else "the samples")

    def __repr__(self) -> str:
        told = [f"{item}: {self._said(share)}" for item, share in self.items() if share.upper != 0]
        wrong = [f"{one.feature}: {one.wrong}" for one in self.misled]
        return f"<{NAMES[self.kind]}: {', '.join([*told, *wrong])}; {self.grounds}>"

    def _repr_html_(self) -> str:
        from .html import card, milliseconds, text

        rows = [(str(item), text(self._said(share))) for item, share in self.items() if share.upper != 0]
        rows += [(f"{one.feature} ({one.value:+.3g})", text(one.wrong)) for one in self.misled]
        return card(NAMES[self.kind], rows, f"{self.grounds}, {milliseconds(self.seconds)}")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values; fractions as texts such as ``"2/3"``."""
        return {
            "kind": self.kind,
            "over": self.over,
            "shares": [
                {"item": item, **{k: None if v is None else str(v) for k, v in share._asdict().items()}}
                for item, share in self.items()
            ],
            "n_reasons": self.n_reasons,
            "status": str(self.status),
            "stop": str(self.stop),
            "irrelevant": list(self.irrelevant),
            "necessary": list(self.necessary),
            "n_samples": self.n_samples,
            "confidence": self.confidence,
            "compared": [{"feature": c.feature, "value": c.value, "wrong": c.wrong} for c in self.compared],
            "seconds": self.seconds,
        }

    def to_json(self) -> str:
        """Return everything as JSON, from which ``suffice.from_json`` makes it again."""
        from .written import number_form

        return json.dumps(number_form("attribution", self))

    @classmethod
    def of_dict(cls, told: Mapping[str, Any]) -> Attribution:
        """Return what ``to_dict`` told."""
        shares = {one["item"]: Share(*(_fraction(one[key]) for key in Share._fields)) for one in told["shares"]}
        compared = (Beside(c["feature"], float(c["value"]), shares[c["feature"]], c["wrong"]) for c in told["compared"])
        if told["kind"] not in NAMES:
            raise ValueError(f"kind {told['kind']!r}")
        return cls(
            told["kind"], shares, told["over"], told["n_reasons"], Status(told["status"]), Stop(told["stop"]),
            tuple(told["irrelevant"]), tuple(told["necessary"]), told["n_samples"], told["confidence"],
            tuple(compared), told["seconds"],
        )  # fmt: skip


def _fraction(told: str | None) -> Fraction | None:
    return None if told is None else Fraction(told)
