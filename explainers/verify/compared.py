"""What ``compare`` returns: whether two models are the same, and if not, where they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.reasons.html import card, milliseconds, text
from .verdict import Verdict

_FEW = 6  # boxes that are shown


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class DifferenceBox:
    """A box of inputs that the old model decides one way, and the new one another way.

    Attributes
    ----------
    features : tuple of str
        The box in words; nothing of features that are free in it. Empty: all inputs.
    old, new : object
        What the models decide (of regressors "greater" or "less").
    mass : Fraction
        Its exact share of the distribution.
    rows : tuple of int
        The given rows in it.
    """

    features: tuple[str, ...]
    old: Any
    new: Any
    mass: Fraction
    rows: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return f"<{self.old!r} → {self.new!r}, {float(self.mass):.3g}: {' and '.join(self.features) or 'all inputs'}>"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Comparison(Verdict):
    """Whether two models decide alike everywhere; ``bool`` is True if that is proved, False if it is refuted.

    Attributes
    ----------
    boxes : tuple of DifferenceBox
        Disjoint boxes in which they differ everywhere, greatest mass first.
    covered : bool
        Whether these are all: outside them the models decide alike.
    least, most : Fraction
        How much of the distribution they differ on: exactly between these (equal where it is `covered`).
    distribution : str
        Of which these are shares.
    rows_differ : ndarray of int64
        The given rows that they decide differently, exactly.
    n_rows : int
        How many rows were given.
    row_transitions : mapping
        How many given rows go from one label to another.
    matched_by : str
        ``"names"`` or ``"places"``: how columns were matched.
    """

    boxes: tuple[DifferenceBox, ...] = ()
    covered: bool = False
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(1)
    distribution: str = ""
    rows_differ: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    n_rows: int = 0
    row_transitions: dict[tuple[Any, Any], int] = field(default_factory=dict)
    matched_by: str = "names"

    @property
    def transitions(self) -> dict[tuple[Any, Any], Fraction]:
        """The mass of the boxes by what the old and the new model decide, greatest first."""
        found: dict[tuple[Any, Any], Fraction] = {}
        for box in self.boxes:
            found[box.old, box.new] = found.get((box.old, box.new), Fraction(0)) + box.mass
        return dict(sorted(found.items(), key=lambda pair: -pair[1]))

    def to_frame(self) -> Any:
        """Return the boxes as a data frame of pandas."""
        import pandas as pd

        return pd.DataFrame(
            {
                "old": [box.old for box in self.boxes],
                "new": [box.new for box in self.boxes],
                "mass": [float(box.mass) for box in self.boxes],
                "rows": [len(box.rows) for box in self.boxes],
                "box": [" and ".join(box.features) for box in self.boxes],
            }
        )

    @property
    def told_mass(self) -> str:
        """How much of the distribution they differ on, in words."""
        if self.least == self.most:
            return f"they differ on {float(self.least):.4g} of it ({self.distribution})"
        return f"they differ on {float(self.least):.4g} to {float(self.most):.4g} of it ({self.distribution})"

    def __repr__(self) -> str:
        said = f"<Comparison: {self.answer}: {self.statement}; {self.why}"
        if self.value is False:
            said += f"; {self.told_mass}; {len(self.boxes)} boxes{'' if self.covered else ' so far'}"
        if self.n_rows:
            said += f"; {len(self.rows_differ)} of {self.n_rows} rows"
        example = f" (for example: {self.witnesses[0].told})" if self.witnesses else ""
        return f"{said}{example}>"

    def to_html(self) -> str:
        """Return the comparison as a small piece of HTML, which needs nothing else."""
        rows = [("because", text(self.why))]
        if self.value is False:
            rows.append(("mass", text(self.told_mass)))
        if self.n_rows:
            rows.append(("rows", text(f"{len(self.rows_differ)} of {self.n_rows} are decided differently")))
        for place, one in enumerate(self.witnesses[:_FEW], 1):
            rows.append((f"witness {place}", text(one.told)))
        rows += [(f"{box.old!r} → {box.new!r}", text(repr(box))) for box in self.boxes[:_FEW]]
        note = f"{self.told_status}, {milliseconds(self.seconds)}"
        return card(f"{self.answer}: {self.statement}", rows, note)
