"""How likely an input that agrees with kept items has the same outcome, asked again and again about one instance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ...engine._native import points_say
from ...engine.arrays import I32, Bools
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation
from ...engine.domain.region import Region
from ...engine.ensembles.answers import FOUND, NONE
from ...engine.ensembles.chances import Box, TwoSides, Weighed, weigh
from ...engine.ensembles.question import EnsembleQuestion
from ...engine.ensembles.views.features import FeatureView
from ...engine.ensembles.views.literals import AnyView, LiteralView
from ...engine.reasons.precision import Precision
from ...engine.status import Status, Stop
from .given import Given, RowsGiven

_IN, _OUT, _DOUBT = 1, 0, 2  # what the core says of points
_PROOF = 0.5  # of the time that is left: for the proof that a reason is sufficient


@dataclass(frozen=True, slots=True)
class Shared:
    """A share of inputs in O, or bounds of it, with the rows that it rests on, if it does."""

    weighed: Weighed
    agree: int | None = None


class Weighing:
    """The chances of sets of items.

    Parameters
    ----------
    sides : TwoSides
        What is asked of the model.
    situation : Situation
        The instance (or some place, for regions that need none).
    given : Distribution or RowsGiven
        What inputs are like.
    per_feature : bool
        Whether items are features.
    banned : ndarray of bool, shape (n_attributes,)
        Attributes that are never kept.
    """

    def __init__(
        self, sides: TwoSides, situation: Situation, given: Given, *, per_feature: bool, banned: Bools
    ) -> None:
        self.situation, self.space, self.given = situation, situation.space, given
        self.question = EnsembleQuestion(sides.layout, sides.sums, sides.columns, situation.cells)
        make = FeatureView if per_feature else LiteralView
        self.view: AnyView = make(self.question, situation, banned)
        self.per_feature = per_feature
        self._sides, self._settle = sides.problems(), sides.settle
        self._of_rows: np.ndarray | None = None
        self._known: dict[bytes, Shared] = {}
        if isinstance(given, RowsGiven):
            self._of_rows = points_say(*self._sides, np.ascontiguousarray(given.cells, np.int32))
            for place in np.flatnonzero(self._of_rows == _DOUBT).tolist():
                said = self._says(given.cells[place])
                self._of_rows[place] = _DOUBT if said is None else _IN if said else _OUT

    # -- boxes -------------------------------------------------------------------------------------------------

    def box_of(self, kept: Bools) -> Box:
        """Return the cells that kept items leave."""
        view, layout, cells = self.view, self.question.layout, self.situation.cells
        low, high = np.zeros(len(cells), np.int32), (layout.n_cells - 1).astype(np.int32)
        allowed = np.ones(layout.n_listed_cells, np.bool_)
        base = layout.cell_base
        if isinstance(view, FeatureView):
            held = kept[view.item_of]
            low, high = np.where(held, cells, low), np.where(held, cells, high)
            for a in np.flatnonzero(held & ~layout.interval).tolist():
                allowed[base[a] : base[a + 1]] = False
                allowed[base[a] + cells[a]] = True
            return Box(low.astype(np.int32), high.astype(np.int32), allowed)
        items = np.flatnonzero(kept)
        owner = self.space.element_attribute[items]
        place = (items - self.space.element_base[owner]).astype(np.int32)
        ranged, below = layout.interval[owner], place < cells[owner]
        up, down = ranged & below, ranged & ~below
        np.maximum.at(low, owner[up], place[up] + 1)
        np.minimum.at(high, owner[down], place[down])
        for a, e in zip(owner[~ranged].tolist(), place[~ranged].tolist(), strict=True):
            truth = self.space.attributes[a].truth[e]
            allowed[base[a] : base[a + 1]] &= truth == truth[cells[a]]
        return Box(low, high, allowed)

    # -- shares ------------------------------------------------------------------------------------------------

    def share(self, kept: Bools, deadline: Deadline, delta: Fraction | None = None, most: int | None = None) -> Shared:
        """Return the share of the inputs that agree with kept items; with `delta` as far as it tells about that.

        With `most` so many boxes are looked at, about.
        """
        key = kept.tobytes()
        known = self._known.get(key)
        if known is not None and (
            known.weighed.ended or (delta is not None and known.weighed.reaches(delta) is not None)
        ):
            return known
        found = self.share_of(self.box_of(kept), deadline, delta, most=most)
        self._known[key] = found
        return found

    def share_of(
        self, box: Box, deadline: Deadline, delta: Fraction | None = None, width: Fraction = Fraction(0),
        most: int | None = None,
    ) -> Shared:  # fmt: skip
        """Return the share of the inputs in a box; its bounds may stay so far apart."""
        given = self.given
        if not isinstance(given, RowsGiven):
            return Shared(weigh(self._sides, given, box, self.space, deadline, delta, width, most, self._settle))
        assert self._of_rows is not None
        inside = (self._of_rows == _IN) | (self._of_rows == _OUT) | (self._of_rows == _DOUBT)
        base = self.question.layout.cell_base
        for a, attribute in enumerate(self.space.attributes):
            own = given.cells[:, a]
            if attribute.interval:
                inside &= (own >= box.low[a]) & (own <= box.high[a])
            else:
                inside &= box.allowed[base[a] + own]
        said = self._of_rows[inside]
        agree, good, doubt = len(said), int((said == _IN).sum()), int((said == _DOUBT).sum())
        if not agree:
            return Shared(Weighed(Fraction(0), Fraction(1), False, True, 0), 0)
        return Shared(Weighed(Fraction(good, agree), Fraction(good + doubt, agree), True, True, 0), agree)

    def reaches(self, kept: Bools, delta: Fraction, deadline: Deadline, most: int | None = None) -> bool | None:
        """Tell whether a set holds with a chance of at least `delta`; None if that is not known.

        A set with which nothing agrees does only if it holds for every input of the domain.
        """
        found = self.share(kept, deadline, delta, most).weighed
        if found.ended and not found.defined:
            if deadline.expired():
                return None
            code = self.view.answer(kept, deadline)
            if code == FOUND and self._settle is not None and self._settle(self.question.point) is not False:
                return None  # only rounding lets it out
            return None if code not in (NONE, FOUND) else code == NONE
        return found.reaches(delta)

    def holds_here(self) -> bool:
        """Tell whether the instance itself is in O."""
        here = np.ascontiguousarray(self.situation.cells, np.int32)[None]
        return int(points_say(*self._sides, here)[0]) == _IN

    # -- precision ---------------------------------------------------------------------------------------------

    def precision(self, kept: Bools, deadline: Deadline, width: Fraction = Fraction(0)) -> Precision:
        """Return the precision of kept items; bounds may stay so far apart."""
        found = self.told(self.box_of(kept), deadline, width)
        known = self._known.get(kept.tobytes())
        if known is None or not found.defined or not known.weighed.defined:
            return found
        return replace(found, lower=max(found.lower, known.weighed.lower), upper=min(found.upper, known.weighed.upper))

    def precision_of(self, region: Region, deadline: Deadline) -> Precision:
        """Return the precision of a region, which need not hold the instance."""
        return self.told(Box(region.low, region.high, region.allowed), deadline)

    def told(self, box: Box, deadline: Deadline, width: Fraction = Fraction(0)) -> Precision:
        """Return the precision of a box: 1 where it is proved to decide, else what is counted."""
        sure = self._decides(box, deadline)
        found = self.share_of(box, deadline, None, Fraction(1) if sure else width)
        weighed, name = found.weighed, self.given.name
        n_rows = len(self._of_rows) if self._of_rows is not None else None
        lower, upper, why, defined, ended = *weighed[:2], "", weighed.defined, weighed.ended
        if sure:
            lower, upper, ended, why = Fraction(1), Fraction(1), True, "every input that agrees has the outcome"
            defined = True
        elif not defined:
            others = "others of the domain have another outcome" if sure is False else "it is not proved for others"
            why, ended = f"no input of the distribution agrees with it, and {others}", ended and sure is False
        elif ended and lower < upper:
            why = "some inputs are so near to a tie that rounding decides"
        near = ended or (0 < upper - lower <= width)
        status = Status.PROVED if near else Status.BEST_SO_FAR
        stop = Stop.NONE if near else deadline.stop
        return Precision(lower, upper, name, status, stop, defined, found.agree, n_rows, why, deadline.elapsed)

    def _decides(self, box: Box, deadline: Deadline) -> bool | None:
        """Tell whether all inputs in a box have the outcome; None if that is not proved."""
        part = deadline.share(_PROOF)
        try:
            self.question.set_ranges(box.low, box.high, np.ascontiguousarray(box.allowed))
            code = self.question.answer(part)
        finally:
            deadline.end(part)
        if code != FOUND:
            return True if code == NONE else None
        said = self._says(self.question.point)
        if said and self._is_point(box):
            return True
        return False if said is False else None

    def _says(self, point: I32) -> bool | None:
        """Tell whether an input is in O; None if rounding decides."""
        said = int(points_say(*self._sides, np.ascontiguousarray(point, np.int32)[None])[0])
        if said == _DOUBT:
            return None if self._settle is None else self._settle(point)
        return said == _IN

    def _is_point(self, box: Box) -> bool:
        """Tell whether a box has one cell alone."""
        layout, base = self.question.layout, self.question.layout.cell_base
        listed = [int(box.allowed[base[a] : base[a + 1]].sum()) for a in np.flatnonzero(~layout.interval).tolist()]
        return bool((box.low == box.high)[layout.interval].all()) and all(n == 1 for n in listed)
