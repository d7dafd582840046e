"""The vicinity that surrogates learn in: as narrow as was asked, or as wide as it takes to show what is demanded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...engine.errors import BadInputError, FidelityError, SufficeError
from .fidelity import rows_needed
from .fit import Fitted
from .splits import Split, split_rows
from .vicinity import FEWEST, Neighbourhood, Vicinity

_WIDER = 1.5  # a vicinity that is too small grows by this factor


@dataclass(frozen=True, slots=True)
class Demand:
    """What has to be shown of surrogates.

    Attributes
    ----------
    least : float or None
        Where the intervals of all labels have to begin, on rows that had no say.
    held_out : int
        The least number of different held-out rows.
    widen : bool
        Whether the radius may grow.
    labels : int
        How many labels there are.
    seed : int
        Parts the rows.
    """

    least: float | None
    held_out: int
    widen: bool
    labels: int
    seed: int

    @property
    def choosing(self) -> bool:
        """Whether the radius is chosen by how faithful surrogates are."""
        return self.widen and self.least is not None

    @property
    def need(self) -> int:
        """Different rows to be held out, and to be chosen by, without which the wish cannot come true."""
        return max(self.held_out, 0 if self.least is None else rows_needed(self.least, self.labels))

    @property
    def needs(self) -> str:
        """Where that number comes from."""
        if self.least is None or self.need > rows_needed(self.least, self.labels):
            return f"minimum_held_out={self.held_out}"
        several = f" of each of {self.labels} labels" if self.labels > 1 else ""
        return f"minimum_fidelity={self.least:g} needs {self.need} held-out rows, all of them agreed on{several}"


def fit_as_demanded(
    demand: Demand,
    near: Neighbourhood,
    radius: float | None,
    vicinity_of: Callable[[float | None], Vicinity],
    fit: Callable[[Vicinity, Split], Fitted],
) -> Fitted:
    """Fit surrogates, in wider vicinities if need be and that is wanted; report on rows that had no say in that.

    Raises
    ------
    BadInputError
        If too few different rows are near the instance.
    FidelityError
        If what is demanded is not shown, or would take more rows.
    """
    reach = near.reach
    best: Fitted | None = None
    while True:
        vicinity = vicinity_of(radius)
        split = split_rows(near.codes(vicinity.rows), vicinity.n_asked, demand.seed, demand.need, demand.choosing)
        failed: SufficeError | None = _too_few(demand, near, vicinity, split)
        if failed is None:
            try:
                fitted = fit(vicinity, split)
            except FidelityError as error:
                failed = error
            else:
                if not demand.choosing or fitted.chosen_by >= (demand.least or 0.0):
                    return _shown(demand, fitted)
                best = fitted if best is None or fitted.chosen_by > best.chosen_by else best
        if not demand.widen or vicinity.radius >= reach:
            break
        radius = min(reach, _WIDER * vicinity.radius or 1.0)
    if best is not None:
        raise FidelityError(
            f"no radius up to {reach:g} shows minimum_fidelity={demand.least:g}: on the {best.fidelity.n_chosen} rows "
            f"that the radius is chosen by, the worst interval begins at {best.chosen_by:.1%} at best (radius "
            f"{best.fidelity.radius:g}; {demand.needs}). Give another kind, deeper trees or more data"
        )
    assert failed is not None
    raise failed


def _shown(demand: Demand, fitted: Fitted) -> Fitted:
    """Return surrogates if the reported rows show what is demanded."""
    told = fitted.fidelity
    if demand.least is None or told.lower >= demand.least:
        return fitted
    worst = min(told.interval, key=lambda name: told.interval[name][0])
    raise FidelityError(
        f"minimum_fidelity={demand.least:g} is about where the 95 % interval begins, and the surrogate "
        f"{told.said_of([worst])} ({demand.needs}). Give another radius or kind, deeper trees, more data"
        + ("" if demand.widen else ", or widen=True")
    )


def _too_few(demand: Demand, near: Neighbourhood, vicinity: Vicinity, split: Split) -> SufficeError | None:
    """Return what is to be said if too few different rows are left to learn from, to choose by or to report."""
    different = len(np.unique(split.groups[: vicinity.n_asked]))
    held = min(len(split.firsts[part]) for part in (("report", "choose") if demand.choosing else ("report",)))
    if different >= FEWEST and held >= demand.need:
        return None
    wanted = max(FEWEST, (6 if demand.choosing else 2) * demand.need)  # of six, a quarter is hardly ever too few
    wished = demand.need > demand.held_out
    where = "perturbed rows" if vicinity.source == "perturbed" else "rows"
    wide = None if vicinity.source == "perturbed" else near.radius_of(wanted)
    more = ("" if wide is None else f"radius={wide:g}, ") + (
        "a wider radius, more n_samples" if vicinity.source == "perturbed" else "source='perturbed'"
    )
    less = "lower minimum_fidelity" if wished else "smaller minimum_held_out"
    return (FidelityError if wished else BadInputError)(
        f"radius={vicinity.radius:g} ({near.metric}) has {different} different {where} beside the instance: expected "
        f"{wanted} at least, of which {demand.need} are held out ({demand.needs}); give {more}, more data or a {less}"
    )
