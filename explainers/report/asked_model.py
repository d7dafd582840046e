"""Whose model a picture is of: that of an explanation, of an explainer, or a model itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...engine.errors import BadInputError, shown
from ..explanation import Explanation
from ..facade import Explainer
from ..session.gate import room_of
from ..session.session import Session


@dataclass(frozen=True, slots=True)
class Asked:
    """A model, and a row of it where one is known.

    Attributes
    ----------
    session : Session
        The model, in its domain.
    truth, cells, row : ndarray or None
        The truth of each condition, the cell of each attribute, and the row as the model reads it.
    explanation : Explanation or None
        Of that row.
    """

    session: Session[Any]
    truth: NDArray[np.bool_] | None
    cells: NDArray[np.int32] | None
    row: NDArray[np.float64] | None
    explanation: Explanation | None


def asked_of(given: Any) -> Asked:
    """Return whose model is to be drawn.

    Parameters
    ----------
    given : Explanation, explainer or model
        An explanation must not be one that was kept without its model.
    """
    if isinstance(given, Explanation):
        if not given.has_model:
            raise BadInputError("this explanation was kept without its model, which is to be drawn: explain it again")
        return _here(given.placed(), given)
    if not hasattr(given, "session"):
        if isinstance(given, (str, bytes, int, float, list, tuple, dict)) or given is None:
            raise BadInputError(f"{shown(given, 60)}: expected an Explanation, an explainer or a fitted model")
        given = Explainer(given)
    session = room_of(given).session
    if session.situation is None:
        return Asked(session, None, None, None, None)
    return _here(session, None)


def _here(session: Session[Any], explanation: Explanation | None) -> Asked:
    here, row = session.here, session.placed_row
    assert row is not None
    return Asked(session, here.truth, here.cells, row, explanation)
