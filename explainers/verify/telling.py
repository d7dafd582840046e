"""Pairs of inputs as rows: the second row is the first one in all columns but those in which they differ."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...engine.arrays import I32
from ...engine.domain.instance import Situation, situate
from ...engine.errors import SelfCheckError
from ...engine.models import CompiledEnsemble, label_tuple
from ..session.witness import Teller
from .given import Place
from .subject import Subject
from .verdict import Witness
from .wanted import PairsWanted


def told_pair(
    subject: Subject, place: Place, wanted: PairsWanted, one: I32, other: I32, first: Teller | None = None,
    situation: Situation | None = None,
) -> Witness:  # fmt: skip
    """Return two inputs as rows, confirmed by the model's own ``predict``.

    Parameters
    ----------
    subject, place, wanted : Subject, Place, PairsWanted
        The question.
    one, other : ndarray of int32
        The cells of both.
    first : Teller, optional
        What tells the first row, around `situation`; without it some row of the domain.

    Raises
    ------
    SelfCheckError
        If they are not what was looked for.
    """
    session = subject.session
    around = place.somewhere if situation is None else situation
    row = (first or session.anyones).changed(around, one)
    read = session.compiled.read(row.row)
    here = situate(place.space, read[0])
    kind = row.row_kind
    teller = session.instances.teller(session.compiled, row.row, 0, read[0], kind, kind)
    second = teller.changed(here, other)
    said = teller.predictions([row, second])
    if wanted.raw:  # the label is the model's own, the score that of its form
        both = np.vstack([read, session.compiled.read(second.row)])
        said = wanted.form.trees.scores_of_rows(both, place.space.codes)[:, 0]
    if not differ(wanted, said):
        raise SelfCheckError(
            f"the model's own predict says {said[0]!r} of {row!r} and {said[1]!r} of {second!r}, which is not what was "
            "found: please report this with the model"
        )
    return Witness((row, second), tuple(np.asarray(said)))


def differ(wanted: PairsWanted, said: Any) -> bool:
    """Tell whether two predictions are such a pair's."""
    form: CompiledEnsemble = wanted.form
    if form.regression:
        gap = float(said[0]) - float(said[1])
        return gap > 0 and gap >= wanted.margin
    one, other = (form.class_index(label) for label in label_tuple(np.asarray(said)))
    return (one, other) in wanted.decisions
