"""One comparison: rows first, then the cover of the difference, then its mass; and what is told of all that."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from ...encoders.columns.told import Row
from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation, situate
from ...engine.errors import SelfCheckError
from ...engine.given import is_number
from ...engine.models import label_tuple, same_label
from ...engine.status import Stop
from ..certificates.models import ProvenModels
from ..session.witness import Teller
from ..words.words import Words
from .box_words import box_words
from .compared import Comparison, DifferenceBox
from .difference import Cover, Differing, Met, Transition, held
from .difference_mass import difference_mass
from .given import Place
from .joint import Joint
from .masses import Masses, cells_of, masses_of
from .nearby import Nearby
from .verdict import Witness

_SHARE = 0.5  # of the time, for boxes; the rest is for the mass of the difference
_SAME = "they are the same trees, added in the same order"
_TIES = "only inputs so near to a tie that rounding decides may differ"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for, see ``compare``."""

    distribution: Any
    tolerance: float
    boxes: int
    witnesses: int


class RowsMet(NamedTuple):
    """The given rows that the models' own ``predict`` decide differently, and how many go from what to what."""

    which: tuple[int, ...] = ()
    counts: tuple[tuple[tuple[Any, Any], int], ...] = ()


_NO_ROWS = RowsMet()


class Comparing:
    """One comparison."""

    def __init__(self, joint: Joint, place: Place, asked: Asked, data: Any, deadline: Deadline) -> None:
        self._joint, self._place, self._asked, self._deadline = joint, place, asked, deadline
        self._data = data
        self._differing = Differing(joint, place, asked.tolerance)
        self._read = np.zeros((0, len(joint.met.names))) if data is None else joint.read(data)
        cells = cells_of(joint.subject.session, place.space, self._read)
        inside = np.zeros(len(cells), np.bool_)
        for box in place.boxes:
            inside |= held(box, cells, place.space.interval)
        self._rows = np.nonzero(inside)[0]
        self._cells = cells
        kind = asked.distribution or ("data" if len(cells) else "uniform")
        self._masses: Masses = masses_of(joint.subject, place.space, kind, cells if len(cells) else None)

    def result(self) -> Comparison:
        """Return what is found in time."""
        d, place, deadline = self._differing, self._place, self._deadline
        if self._joint.pair.same or not place.boxes:
            why = _SAME if place.boxes else "no input meets the conditions"
            return self._made(True, why, None)
        rows = self._differing_rows()
        seeds = _distinct(self._cells, [i for i in rows.which if d.differ(d.at(self._cells[i][None])[0])])
        cover = Cover(d, place.boxes, self._masses, seeds, max(1, self._asked.boxes))
        limit = deadline.share(_SHARE)
        cover.run(limit)
        deadline.end(limit)
        if limit.stop is Stop.INTERRUPT:
            deadline.halt(limit.stop)
        if not rows.which and not cover.found:
            if not cover.open:
                return self._made(True, "no input of the domain is decided differently", cover)
            cover.run(deadline)  # boxes are of no use before there is one
        points = [found.point for found in cover.found]
        if not rows.which and not points:
            if not cover.open:
                return self._made(True, "no input of the domain is decided differently", cover)
            return self._made(None, deadline.told if deadline.expired() else _TIES, cover)
        return self._made(False, "an input is decided differently", cover, self._witnesses(rows.which, points), rows)

    def _differing_rows(self) -> RowsMet:
        """Return the rows that the models' own ``predict`` decide differently."""
        if not len(self._rows):
            return RowsMet()
        said = self._said(self._read[self._rows])
        apart = [place for place in range(len(self._rows)) if self._apart(said, place)]
        if self._differing.regression:
            pairs = [("greater", "less") if said[0][p] > said[1][p] else ("less", "greater") for p in apart]
        else:
            pairs = [(_plain(said[0][p]), _plain(said[1][p])) for p in apart]
        return RowsMet(tuple(int(self._rows[p]) for p in apart), tuple(Counter(pairs).most_common()))

    def _labels(self, transition: Transition) -> tuple[Any, Any]:
        """Return what the models say in a transition."""
        if self._differing.regression:
            return ("greater", "less") if transition.old else ("less", "greater")
        old, new = (form.classes for form in self._joint.own)
        return _plain(old[transition.old]), _plain(new[transition.new])

    def _made(
        self, value: bool | None, why: str, cover: Cover | None, witnesses: tuple[Witness, ...] = (),
        rows: RowsMet = _NO_ROWS,
    ) -> Comparison:  # fmt: skip
        deadline, joint, place = self._deadline, self._joint, self._place
        statement = f"both models {'predict' if self._differing.regression else 'decide'} alike"
        if place.said:
            statement = f"if {' and '.join(place.said)}, {statement}"
        boxes = self._told(cover)
        least, most = self._mass(cover, value)
        told = [] if cover is None else cover.found[: self._asked.boxes]
        covered = cover is None or (not cover.open and len(told) == len(cover.found))
        return Comparison(
            value, statement, why, witnesses, deadline.stop if value is None or not covered else Stop.NONE,
            deadline.elapsed, proven=self._proven(cover, told, covered, rows), boxes=boxes, covered=covered,
            least=least, most=most, distribution=self._masses.name,
            rows_differ=np.array(rows.which, np.int64), n_rows=len(self._rows), row_transitions=dict(rows.counts),
            matched_by="names" if joint.met.by_name else "places",
        )  # fmt: skip

    def _proven(self, cover: Cover | None, told: list[Met], covered: bool, rows: RowsMet) -> ProvenModels:
        """Return what a certificate has to know."""
        joint, place = self._joint, self._place
        known = [self._cells[row] for row in rows.which] + ([] if cover is None else [one.point for one in cover.found])
        boxes = tuple((one.region, *one.transition) for one in told)
        return ProvenModels(
            joint.pair, place.space, place.boxes, place.somewhere, joint.same, self._asked.tolerance, boxes, covered,
            tuple(known),
        )  # fmt: skip

    def _mass(self, cover: Cover | None, value: bool | None) -> tuple[Fraction, Fraction]:
        """Return between which shares of the distribution the models differ."""
        inside = self._masses.share(self._place.boxes)
        if cover is None or not inside:
            return Fraction(0), Fraction(0)
        least = self._masses.share([met.region for met in cover.found]) / inside
        most = min(Fraction(1), least + self._masses.share(cover.open) / inside)
        if not cover.open or value is not False:
            return least, most
        low, high = difference_mass(self._differing, self._place, self._masses, self._deadline, least)
        return max(least, low), min(most, high)

    def _told(self, cover: Cover | None) -> tuple[DifferenceBox, ...]:
        """Return the boxes in words, greatest mass first."""
        if cover is None:
            return ()
        words, interval = Words(self._place.space), self._place.space.interval
        inside = self._masses.share(self._place.boxes) or Fraction(1)
        mine = self._cells[self._rows]
        out = []
        for one in cover.found[: self._asked.boxes]:
            own = tuple(self._rows[held(one.region, mine, interval)].tolist())
            mass = self._masses.share([one.region]) / inside
            out.append(DifferenceBox(box_words(words, one.region), *self._labels(one.transition), mass, own))
        return tuple(sorted(out, key=lambda box: (-box.mass, -len(box.rows))))

    # -- witnesses ---------------------------------------------------------------------------------------------

    def _witnesses(self, rows: tuple[int, ...], points: list[I32]) -> tuple[Witness, ...]:
        """Return some inputs at which both models' own ``predict`` say different things: rows first, then near ones."""
        session = self._joint.subject.session
        out: list[Witness] = []
        for number in rows[: self._asked.witnesses]:
            read = self._read[number]
            said = self._said(read[None])
            row = self._teller(number).instance(read)
            if self._apart(said, 0):
                out.append(Witness((row,), (_plain(said[0][0]), _plain(said[1][0])), 0.0, number))
        if out or not points:
            return tuple(out) or self._checked(rows)
        near = Nearby(self._joint, self._differing, self._place, self._read[self._rows], self._cells[self._rows])
        found = near.points(points[: self._asked.witnesses], self._deadline)
        for point, place, far in found:
            i: int | None = None if place is None else int(self._rows[place])
            situation = self._place.somewhere if i is None else situate(self._place.space, self._read[i])
            teller = session.anyones if i is None else self._teller(i)
            row = teller.changed(situation, point, nearest=i is not None)
            said = self._said(self._as_read(row, situation)[None])
            if not self._apart(said, 0):
                raise SelfCheckError(
                    f"both models' own predict say {said[0][0]!r} of {row!r}, which was found to be decided "
                    "differently: please report this with the models"
                )
            out.append(Witness((row,), (said[0][0], said[1][0]), far, i))
        return tuple(out)

    def _checked(self, rows: tuple[int, ...]) -> tuple[Witness, ...]:
        raise SelfCheckError(
            f"row {rows[0]} was found to be decided differently, and both models' own predict agree: please report "
            "this with the models"
        )

    def _teller(self, i: int) -> Teller:
        instances = self._joint.subject.session.instances
        kind = instances.kind_of(self._data)
        return instances.teller(self._joint.subject.session.compiled, self._data, i, self._read[i], kind, kind)

    def _said(self, read: F64) -> tuple[list[Any], list[Any]]:
        """Return what both models say of rows of the joint columns."""
        said = [label_tuple(np.asarray(self._joint.said(which, read))) for which in (0, 1)]
        return list(said[0]), list(said[1])

    def _apart(self, said: tuple[list[Any], list[Any]], place: int) -> bool:
        one, other = said[0][place], said[1][place]
        if self._differing.regression:
            return bool(abs(one - other) > self._asked.tolerance)
        return not same_label(one, other)

    def _as_read(self, row: Row, situation: Situation) -> F64:
        """Return a told row as numbers of the joint columns."""
        vocabulary, labels = self._place.space.vocabulary, self._joint.met.labels
        out = situation.row.copy()
        for column, value in enumerate(row.values):
            if value is None or (is_number(value) and math.isnan(value)):
                out[column] = math.nan
            elif column in labels:
                out[column] = next(i for i, label in enumerate(labels[column]) if same_label(label, value))
            else:
                out[column] = vocabulary.reading_of(column).cast(np.array([float(value)]))[0]
        return out


def _distinct(cells: I32, rows: list[int]) -> I32:
    """Return the points of rows, the most frequent ones first."""
    if not rows:
        return np.zeros((0, cells.shape[1]), np.int32)
    points, counts = np.unique(cells[rows], axis=0, return_counts=True)
    found: I32 = points[np.argsort(-counts, kind="stable")]
    return found


def _plain(label: Any) -> Any:
    return label.item() if isinstance(label, np.generic) else label
