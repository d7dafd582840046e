"""Reasons that hold near a row, and how far a reason holds, as functions of an explainer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...engine.errors import BadInputError, shown
from ...engine.given import is_number
from ...engine.reasons import Reason
from ...engine.reasons.reach import Reach
from .opened import explainer_of


def reach(
    explainer: Any, reason: Iterable[Any], norm: str = "linf", *, weights: Any = None, time_limit: float | None = None
) -> Reach:
    """Return the largest distance within which literals of the instance force its outcome: ``explainer.reach``.

    Parameters
    ----------
    explainer : explainer
        With an instance (and of a regressor with an interval).
    reason, norm, weights, time_limit
        See ``explainer.reach``.

    Raises
    ------
    BadInputError
        If a literal is not true at the instance, or the theory is off.
    """
    found: Reach = explainer_of(explainer, None, {}).reach(reason, norm, weights=weights, time_limit=time_limit)
    return found


def restricted_reason(
    explainer: Any, distance: float, norm: str = "linf", *, weights: Any = None, time_limit: float | None = None
) -> Reason | None:
    """Return a minimal set of literals that forces the outcome of all inputs up to a distance from the instance.

    Parameters
    ----------
    explainer : explainer
        With an instance (and of a regressor with an interval).
    distance : float
        All inputs that agree with the reason and are no further than this have the outcome.
    norm, weights, time_limit
        See ``explainer.restricted_reason``, which this is.
    """
    if not is_number(distance):
        raise BadInputError(f"distance={shown(distance)}: expected a finite number from 0")
    own = explainer_of(explainer, None, {})
    found: Reason | None = own.restricted_reason(distance, norm, weights=weights, time_limit=time_limit)
    return found
