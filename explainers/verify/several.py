"""Witnesses of a search: one, several that are different, or those nearest to given rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...engine.budget import Deadline
from ...engine.domain.region import Region, region_of, without
from ...engine.ensembles.answers import FOUND
from ...engine.labels.joint_question import truth_of_cells
from .hunt import Found, Hunt, Shower
from .near import NearRows
from .sought import Sought
from .subject import Subject
from .verdict import Witness


def shown(subject: Subject, hunt: Hunt, sought: Sought, found: Found) -> tuple[Witness, ...]:
    """Return the witness of a point; none with the theory off, where inputs have no values."""
    if subject.session.space.theory is None or found.point is None:
        return ()
    shower = Shower(subject.session.anyones, hunt.place.somewhere)
    row, outcome = shower.shown(hunt.form, sought, found.point)
    return (Witness((row,), (outcome,)),)


def different(
    subject: Subject, hunt: Hunt, sought: Sought, found: Found, k: int, deadline: Deadline
) -> Iterator[Witness]:
    """Yield up to k witnesses, no two of which reach the same leaves."""
    left: list[Region] = list(hunt.place.boxes)
    number = found.box
    for count in range(1, k + 1):
        assert found.point is not None
        yield from shown(subject, hunt, sought, found)
        if count == k:
            return
        truth = truth_of_cells(hunt.place.space, found.point)
        same = region_of(hunt.place.space, np.array(sorted(hunt.form.trees.path_literals(truth)), np.int32))
        box = left.pop(number)
        left += [part for part in without(box, same) if not part.empty]
        found = hunt.find(sought, deadline, left)
        number = found.box
        if found.code != FOUND:
            return


def nearest(
    subject: Subject, hunt: Hunt, sought: Sought, data: Any, k: int, deadline: Deadline
) -> tuple[tuple[Witness, ...], bool]:
    """Return the k witnesses nearest to given rows, and whether they are proved to be the nearest ones."""
    rows = NearRows(subject, hunt, data)
    session = subject.session
    kind = session.instances.kind_of(rows.given)
    found = []
    for one in rows.find(sought, k, deadline):
        teller = session.instances.teller(session.compiled, rows.given, one.row, rows.read[one.row], kind, kind)
        shower = Shower(teller, rows.situations[one.row])
        row, outcome = shower.shown(hunt.form, sought, one.point, nearest=True)
        found.append(Witness((row,), (outcome,), one.distance, one.row))
    return tuple(found), rows.complete
