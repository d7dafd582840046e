"""How faithful a surrogate is: its accuracy on different rows that it never saw, with an interval and a baseline."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

CONFIDENCE = 0.95  # that all intervals of a surrogate's labels hold together
_SHOWN = 4  # labels that are listed one by one


def interval_of(right: int, rows: int, labels: int) -> tuple[float, float]:
    """Return the Clopper-Pearson interval of a share that was seen as `right` of `rows`, two-sided.

    Bonferroni: with several labels each interval is so wide that all of them hold together with 95 %.
    """
    from scipy.special import betaincinv

    tail = (1 - CONFIDENCE) / (2 * labels)
    low = float(betaincinv(right, rows - right + 1, tail)) if right else 0.0
    high = float(betaincinv(right + 1, rows - right, 1 - tail)) if right < rows else 1.0
    return low, high


def rows_needed(share: float, labels: int) -> int:
    """Return the least number of held-out rows whose interval, if all of them are agreed on, begins at a share."""
    if share <= 0:
        return 0
    tail = (1 - CONFIDENCE) / (2 * labels)
    rows = max(1, math.ceil(math.log(tail) / math.log(share)) - 1)
    while interval_of(rows, rows, labels)[0] < share:
        rows += 1
    return rows


@dataclass(frozen=True, slots=True, repr=False)
class Fidelity:
    """How often a surrogate agrees with its model on rows of the vicinity that it did not learn from.

    Held out are *different* rows: no copy of them was learnt from, nor had a say in what was chosen (radius, kind).

    Attributes
    ----------
    accuracy : dict from str to float
        For each label the share of different held-out rows on which they agree.
    interval : dict from str to (float, float)
        Between which shares it lies with 95 %, two-sided, for all labels together (Clopper-Pearson, Bonferroni), for
        rows such as those of the vicinity.
    weighted : dict from str to float
        The share with each row counted as often as it occurs.
    baseline : dict from str to float
        The share that the more frequent answer alone would have: an accuracy near to it tells little.
    n_learnt : int
        Rows that were learnt from, copies and the instance included.
    n_held_out, n_held_out_rows : int
        Different rows that were held out, and how many they are with their copies.
    n_chosen : int
        Different rows that the radius was chosen by (``widen=True``), in neither of the two.
    radius : float
        Of the vicinity.
    source : str
        ``"rows"``, ``"perturbed"`` or ``"both"``.
    kinds : dict from str to str
        What the surrogate of each label is.
    """

    accuracy: dict[str, float]
    interval: dict[str, tuple[float, float]]
    weighted: dict[str, float]
    baseline: dict[str, float]
    n_learnt: int
    n_held_out: int
    n_held_out_rows: int
    n_chosen: int
    radius: float
    source: str
    kinds: dict[str, str]

    @property
    def worst(self) -> float:
        """The least accuracy of a label."""
        return min(self.accuracy.values())

    @property
    def lower(self) -> float:
        """The least lower end of an interval, which ``minimum_fidelity`` speaks of."""
        return min(low for low, _ in self.interval.values())

    @property
    def mean(self) -> float:
        """The mean accuracy of the labels."""
        return sum(self.accuracy.values()) / len(self.accuracy)

    def said_of(self, labels: Iterable[str] | None = None) -> str:
        """Return in words how faithful the surrogates of some labels (default: all) are; the worst ones of many."""
        names = self._by_lower(labels)
        told = ", ".join(f"{name} {self._line(name)}" for name in names[:_SHOWN])
        more = f" (and more of {len(names) - _SHOWN} other labels)" if len(names) > _SHOWN else ""
        return f"agrees on {told}{more} of {self._rows} within radius {self.radius:g}"

    def __str__(self) -> str:
        return self.said_of()

    def __repr__(self) -> str:
        lines = [f"Fidelity on {self._rows} within radius {self.radius:g} (95 % intervals)"]
        lines += [f"  {name}: {self._line(name)}" for name in self._by_lower(None)[:_SHOWN]]
        return "\n".join([*lines, *self._others])

    def _repr_html_(self) -> str:
        """Return the same as a small table for notebooks."""
        head = "<tr><th>label</th><th>agrees</th><th>95 %</th><th>by frequency</th><th>more frequent answer</th></tr>"
        rows = "".join(
            f"<tr><td>{escape(name)}</td><td>{self.accuracy[name]:.1%}</td><td>{_range(self.interval[name])}</td>"
            f"<td>{self.weighted[name]:.1%}</td><td>{self.baseline[name]:.1%}</td></tr>"
            for name in self._by_lower(None)[:_SHOWN]
        )
        note = "".join(f"<br>{escape(line.strip())}" for line in self._others)
        return f"<div><table>{head}{rows}</table><small>{self._rows} within radius {self.radius:g}{note}</small></div>"

    def _by_lower(self, labels: Iterable[str] | None) -> list[str]:
        """Return labels in their order, or from the least faithful one on where there are too many to be listed."""
        names = [name for name in self.accuracy if labels is None or name in labels] or list(self.accuracy)
        return names if len(names) <= _SHOWN else sorted(names, key=lambda name: self.interval[name][0])

    def _line(self, name: str) -> str:
        copies = f"; {self.weighted[name]:.1%} by frequency" if self.n_held_out_rows > self.n_held_out else ""
        alone = f"; the more frequent answer alone {self.baseline[name]:.1%}"
        return f"{self.accuracy[name]:.1%} ({_range(self.interval[name])}{copies}{alone})"

    @property
    def _others(self) -> list[str]:
        count = len(self.accuracy) - _SHOWN
        return [f"  and {count} other labels, no lower end below these"] if count > 0 else []

    @property
    def _rows(self) -> str:
        where = "perturbed rows" if self.source == "perturbed" else "rows of the data"
        copies = f" ({self.n_held_out_rows} with copies)" if self.n_held_out_rows > self.n_held_out else ""
        return f"{self.n_held_out} different held-out {where}{copies}"


def _range(ends: tuple[float, float]) -> str:
    # rounded outwards: what is told never claims more than what was shown
    low, high = math.floor(1000 * ends[0]) / 10, math.ceil(1000 * ends[1]) / 10
    return f"{low:.1f} to {high:.1f}%"
