"""``compare``: whether two models decide alike everywhere, and if not, where, how often, and from what to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...encoders.columns.rows import plain_rows
from ...engine.budget import Deadline
from ...engine.errors import BadInputError, shown
from ...engine.given import count_of, is_finite_from_0, is_whole
from .asking import within
from .compared import Comparison
from .comparing import Asked, Comparing
from .given import place_of
from .joint import joint_of
from .subject import subject_of

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
    asked = Asked(distribution, _tolerance(tolerance), _boxes(boxes), count_of(witnesses, "witnesses"))
    rows = plain_rows(data)
    background = {} if data is None or "background" in how else {"background": rows}
    subjects = [subject_of(one, features_type, **how, **_for(one, background)) for one in (old, new)]
    Deadline(time_limit)  # says what is no limit, before the models are put together
    joint = joint_of(subjects[0], subjects[1], rows)
    with within(time_limit) as deadline:
        place = place_of(joint.subject, where)
        return Comparing(joint, place, asked, rows, deadline).result()


def _for(model: Any, background: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is said to a model, but not to an explainer, which was made before."""
    return {} if hasattr(model, "session") or hasattr(model, "explainer") else background


def _tolerance(tolerance: Any) -> float:
    if not is_finite_from_0(tolerance):
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
