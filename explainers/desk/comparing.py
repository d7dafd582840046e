"""Two rows beside each other: how they differ, how they are decided, whether a reason of one holds for the other."""

from __future__ import annotations

from typing import Any

from ...engine.budget import Deadline
from ...engine.errors import BadInputError
from ..pages.view import label
from .asked import Asked
from .moved import Moved
from .questions import Questions
from .table import told


def compared(desk: Questions, first: Asked, second: Asked, limit: Deadline) -> dict[str, Any]:
    """Return the comparison of two rows, either with moved values.

    Returns
    -------
    dict
        ``rows``: of each its ``row``, ``prediction``, ``statements`` (``says``, ``fits`` the other) and ``holds``:
        whether its reason forces the same decision for the other one (null: there is no reason); ``differences``
        (``feature``, ``a``, ``b``); ``same``: how many features are alike.
    """
    if (first.ranges or {}) != (second.ranges or {}):
        raise BadInputError("two rows are compared within the same ranges")
    one, other = desk.moved(first)[0], desk.moved(second)[0]
    sides = [
        _side(desk, first, one, other, limit, limit.remaining / 2),
        _side(desk, second, other, one, limit, limit.remaining),
    ]
    names = one.instance.names
    pairs = list(zip(map(str, names), map(told, one.instance.values), map(told, other.instance.values), strict=True))
    differences = [{"feature": name, "a": a, "b": b} for name, a, b in pairs if a != b]
    return {"rows": sides, "differences": differences, "same": len(pairs) - len(differences)}


def _side(
    desk: Questions, asked: Asked, one: Moved, other: Moved, limit: Deadline, seconds: float
) -> dict[str, Any]:  # fmt: skip
    reason = desk.why(one, limit, max(seconds, 0.001))
    head = {"row": asked.row, "moved": sorted(asked.values), "prediction": label(one.prediction)}
    if reason is None:
        return {**head, "statements": [], "holds": None, "why": one.none_because}
    fits = one.fits(reason, other)
    texts = reason.features if len(reason.features) == len(fits) else [str(item) for item in reason]
    statements = [{"says": says, "fits": fit} for says, fit in zip(texts, fits, strict=True)]
    return {**head, "statements": statements, "holds": all(fits), "why": ""}
