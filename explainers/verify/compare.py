"""``compare``: whether two models decide alike everywhere, and if not, where, how often, and from what to what."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...encoders.columns.rows import plain_rows
from ...encoders.columns.told import Row
from ...engine.arrays import F64, I32
from ...engine.budget import Deadline
from ...engine.domain.instance import Situation, situate
from ...engine.errors import BadInputError, SelfCheckError, shown
from ...engine.given import count_of, is_number, is_whole
from ...engine.models import label_tuple, same_label
from ...engine.status import Stop
from ..session.witness import Teller
from ..words.words import Words
from .asking import within
from .box_words import box_words
from .compared import Comparison, DifferenceBox
from .difference import Cover, Differing, Transition, holds
from .given import Place, place_of
from .joint import Joint, joint_of
from .masses import Masses, cells_of_rows, masses_of
from .nearby import Nearby
from .subject import subject_of
from .verdict import Witness

_BOXES = 24
_WITNESSES = 3


def compare(
    old: Any,
    new: Any,
    *,
    where: Any = None,
    data: Any = None,
    distribution: Any = None,
    tolerance: float = 0.0,
    boxes: int | None = _BOXES,
    witnesses: int = _WITNESSES,
    time_limit: float | None = None,
    features_type: Mapping[str, Any] | None = None,
    **how: Any,
) -> Comparison:
    """Tell whether two models decide alike everywhere, and if not, where they differ.

    Parameters
    ----------
    old, new : object
        Fitted models of any kind or library, or their explainers; two classifiers or two regressors. Columns are
        matched by their names, or by their places where the models have none in common.
    where : conditions, optional
        What holds of the inputs that are looked at, see ``verify``.
    data : rows, optional
        Rows in the columns of both: witnesses are near them, and it is told which of them are decided differently.
    distribution : "data", "uniform" or mapping, optional
        Of what shares are told: features as in the rows, independent of each other (the default with `data`), all
        cells alike (without), or masses of values ``{"colour": {"red": 2, "blue": 1}}``.
    tolerance : float
        Of regressors: predictions that are no further apart are alike.
    boxes : int or None
        How many boxes of the difference are looked for; None: all of them.
    witnesses : int
        How many inputs are shown at most.
    time_limit : float, optional
        Seconds, once the models are compiled; what is found by then is told.
    features_type, **how
        As of ``Explainer.initialize``, where models are given.

    Raises
    ------
    BadInputError
        If columns, classes or domains of the models do not go together.
    """
    asked = _Asked(distribution, _tolerance(tolerance), _boxes(boxes), count_of(witnesses, "witnesses"))
    rows = plain_rows(data)
    background = {} if data is None or "background" in how else {"background": rows}
    subjects = [subject_of(one, features_type, **how, **_for(one, background)) for one in (old, new)]
    Deadline(time_limit)  # says what is no limit, before the models are put together
    joint = joint_of(subjects[0], subjects[1], rows)
    with within(time_limit) as deadline:
        place = place_of(joint.subject, where)
        return _Comparing(joint, place, asked, rows, deadline).result()


def _for(model: Any, background: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said to a model, but not to an explainer, which was made before."""
    return {} if hasattr(model, "session") or hasattr(model, "explainer") else background


def _tolerance(tolerance: Any) -> float:
    if not is_number(tolerance) or not 0 <= tolerance < math.inf:
        raise BadInputError(
            f"tolerance={shown(tolerance)}: expected how far predictions may lie apart, a number from 0"
        )
    return float(tolerance)


def _boxes(boxes: Any) -> int:
    if boxes is None:
        return 10**9
    if not is_whole(boxes) or boxes < 0:
        raise BadInputError(f"boxes={shown(boxes)}: expected a number from 0, or None for all of them")
    return int(boxes)


@dataclass(frozen=True, slots=True)
class _Asked:
    distribution: Any
    tolerance: float
    boxes: int
    witnesses: int


class _Comparing:
    """One comparison."""

    def __init__(self, joint: Joint, place: Place, asked: _Asked, data: Any, deadline: Deadline) -> None:
        self._joint, self._place, self._asked, self._deadline = joint, place, asked, deadline
        self._data = data
        self._differing = Differing(joint, place, asked.tolerance)
        self._read = np.zeros((0, len(joint.met.names))) if data is None else joint.read(data)
        cells = cells_of_rows(place.space, self._read)
        inside = [any(holds(box, row, place.space.interval) for box in place.boxes) for row in cells]
        self._rows = np.nonzero(np.array(inside, np.bool_))[0] if len(cells) else np.zeros(0, np.int64)
        self._cells = cells
        kind = asked.distribution or ("data" if len(cells) else "uniform")
        self._masses: Masses = masses_of(joint.subject, place.space, kind, cells if len(cells) else None)

    def result(self) -> Comparison:
        """Return what is found in time."""
        d, place, deadline = self._differing, self._place, self._deadline
        if self._joint.pair.same or not place.boxes:
            why = "they are the same trees, added in the same order" if place.boxes else "no input meets the conditions"
            return self._made(True, why, None)
        at = d.at(self._cells[self._rows]) if len(self._rows) else []
        rows = [int(i) for i, transition in zip(self._rows, at, strict=True) if d.differ(transition)]
        counts = Counter(self._labels(t) for t in at if d.differ(t))
        cover = Cover(d, place.boxes, self._masses, _distinct(self._cells, rows), max(1, self._asked.boxes))
        cover.run(deadline)
        points = [found.point for found in cover.found]
        if not rows and not points:
            if cover.open:
                why = "only inputs so near to a tie that rounding decides may differ" if cover.doubt else deadline.told
                return self._made(None, why, cover)
            return self._made(True, "no input of the domain is decided differently", cover)
        shown_rows = self._witnesses(rows, points)
        return self._made(False, "an input is decided differently", cover, shown_rows, rows, dict(counts))

    def _labels(self, transition: Transition) -> tuple[Any, Any]:
        """Return what the models say in a transition."""
        if self._differing.regression:
            return ("greater", "less") if transition.old else ("less", "greater")
        old, new = (form.classes for form in self._joint.own)
        return _plain(old[transition.old]), _plain(new[transition.new])

    def _made(
        self, value: bool | None, why: str, cover: Cover | None, witnesses: tuple[Witness, ...] = (),
        rows: list[int] | None = None, counts: dict[tuple[Any, Any], int] | None = None,
    ) -> Comparison:  # fmt: skip
        deadline, joint, place = self._deadline, self._joint, self._place
        least = self._masses.share([] if cover is None else [met.region for met in cover.found])
        rest = self._masses.share([] if cover is None else cover.open)
        inside = self._masses.share(place.boxes)
        part = inside if inside else 1  # shares are of what meets the conditions
        statement = f"both models {'predict' if self._differing.regression else 'decide'} alike"
        if place.said:
            statement = f"if {' and '.join(place.said)}, {statement}"
        open_left = cover is not None and bool(cover.open)
        return Comparison(
            value, statement, why, witnesses, deadline.stop if value is None or open_left else Stop.NONE,
            deadline.elapsed, {}, False, self._told(cover), not open_left, least / part, (least + rest) / part,
            self._masses.name, np.array(rows or [], np.int64), len(self._rows), counts or {},
            "names" if joint.met.by_name else "places",
        )  # fmt: skip

    def _told(self, cover: Cover | None) -> tuple[DifferenceBox, ...]:
        """Return the boxes in words, greatest mass first."""
        if cover is None:
            return ()
        words = Words(self._place.space)
        interval = self._place.space.interval
        inside = self._masses.share(self._place.boxes) or 1
        out = []
        for one in cover.found[: self._asked.boxes]:
            own = tuple(int(i) for i in self._rows if holds(one.region, self._cells[i], interval))
            old, new = self._labels(one.transition)
            out.append(
                DifferenceBox(box_words(words, one.region), old, new, self._masses.share([one.region]) / inside, own)
            )
        return tuple(sorted(out, key=lambda box: (-box.mass, -len(box.rows))))

    # -- witnesses ---------------------------------------------------------------------------------------------

    def _witnesses(self, rows: list[int], points: list[I32]) -> tuple[Witness, ...]:
        """Return some inputs at which both models' own ``predict`` say different things: rows first, then near ones."""
        session = self._joint.subject.session
        out: list[Witness] = []
        for i in rows[: self._asked.witnesses]:
            read = self._read[i]
            teller = self._teller(i)
            said = self._said(read[None])
            if self._apart(said, 0):
                out.append(Witness((teller.instance(read),), (said[0][0], said[1][0]), 0.0, i))
        if out or not points:
            return tuple(out) or self._checked(rows)
        near = Nearby(self._joint, self._differing, self._place, self._read[self._rows], self._cells[self._rows])
        found = near.points(points[: self._asked.witnesses], self._deadline)
        for point, place, far in found:
            i = None if place is None else int(self._rows[place])
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

    def _checked(self, rows: list[int]) -> tuple[Witness, ...]:
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
