"""An explanation as plain values, in the words and numbers that a page shows: the report and the desk draw from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...engine.reasons import Reason, Reasons
from ...engine.reasons.html import standing
from ...engine.status import Status, Stop
from ..report.lanes import lanes_of
from .asked import Asked, Relaxed
from .lanes import lane_form, part_form, said, short

if TYPE_CHECKING:
    from ..explanation import Explanation

_WHY = {
    Status.PROVED: (
        "Proved: whatever else changes, an input of which all this is true is decided so, and none of it can be left "
        "out."
    ),
    Status.OPTIMAL: "Proved: this alone forces the decision, and nothing smaller does.",
    Status.COMPLETE: "Proved: this alone forces the decision.",
    Status.BEST_SO_FAR: "Not proved to be minimal: time was up.",
    Status.OF_SURROGATE: (
        "Proved of a surrogate of the function alone; of the function it is true as far as the surrogate is faithful."
    ),
}
_OPEN = (Status.BEST_SO_FAR, Status.OF_SURROGATE)  # not proved of the model
_ALWAYS = "Every input is decided so: nothing about this one matters."


def view_of(explanation: Explanation, *, data: Any = None, asked: Asked | None = None) -> dict[str, Any]:
    """Return an explanation as plain JSON values.

    Parameters
    ----------
    explanation : Explanation
        Of one row.
    data : array-like or data frame, optional
        Other rows, whose distribution is drawn.
    asked : Asked, optional
        What was asked beyond it.

    Returns
    -------
    dict
        ``prediction``; ``row`` (``name``, ``value``); ``why`` (``status``, ``proved``, ``statements``, each of them
        with ``feature``, ``says``, ``own``, ``lane`` and, where it was asked, ``relaxed``); ``changes``
        (``prediction``, ``status``, ``proved``, ``statements``, ``new``, which has ``feature``, ``from``, ``to``);
        ``no changes because``, ``others``, ``audit``.
    """
    asked = Asked() if asked is None else asked
    row = explanation.instance
    return {
        "prediction": explanation.predicted,
        "row": [{"name": str(name), "value": said(value)} for name, value in zip(row.names, row.values, strict=True)],
        "why": _why(explanation, data, asked.relaxed),
        **_changes(explanation, data, asked),
        "others": _others(asked.sufficient, explanation.sufficient),
        "audit": {str(key): value for key, value in explanation.audit.items()},
    }


def _why(explanation: Explanation, data: Any, relaxed: Sequence[Relaxed]) -> dict[str, Any]:
    reason = explanation.sufficient
    if reason is None:
        return {"status": f"There is no reason to show: {explanation.none_because}.", "proved": False, "statements": []}
    if not len(reason) and reason.status not in _OPEN:
        return {"status": _ALWAYS, "proved": True, "statements": []}
    statements = _statements(explanation, reason, data)
    for statement, one in zip(statements, relaxed, strict=False):
        statement["relaxed"] = _relaxed(explanation, one)
    return {
        "status": _WHY[reason.status],
        "proved": reason.status not in _OPEN,
        "statements": statements,
        "note": reason.proof.note,
    }


def _statements(explanation: Explanation, reason: Reason, data: Any) -> list[dict[str, Any]]:
    """Return what a reason says, feature by feature; as words alone where it has no parts."""
    lanes = lanes_of(explanation.instance, reason, data)
    own = reason.own_values
    if len(lanes) != len(reason.features):
        return [
            {"feature": "", "says": one, "short": one, "own": own[i] if i < len(own) else "", "lane": None}
            for i, one in enumerate(reason.features)
        ]
    return [{**part_form(lane.part), "lane": lane_form(lane)} for lane in lanes]


def _relaxed(explanation: Explanation, one: Relaxed) -> dict[str, Any]:
    """Return what a condition that is relaxed shows."""
    if one.check is None or one.check.value is None:
        return {
            "answer": "open",
            "says": f"Not decided: {one.why or (one.check and one.check.why) or 'it was not asked'}.",
        }
    if one.check.value:
        return {"answer": "holds", "says": "Even without this condition the decision is forced."}
    witness = one.check.witness
    if witness is None:
        return {"answer": "breaks", "says": f"Without this condition the decision may change: {one.check.why}."}
    return {
        "answer": "breaks",
        "says": f"Without this condition the decision can change, for example to {label(one.prediction)}:",
        "prediction": label(one.prediction),
        "new": new_values(explanation, witness),
    }


def new_values(explanation: Explanation, witness: Any) -> list[dict[str, str]]:
    """Return how a row differs from the explained one."""
    row = explanation.instance
    known = set(row.names)
    return [
        {"feature": str(name), "from": said(row[name]) if name in known else "", "to": said(witness[name])}
        for name in witness.changed
    ]


def label(prediction: Any) -> str:
    """Return a prediction in words."""
    values = getattr(prediction, "tolist", None)
    listed = values() if values is not None else prediction
    return ", ".join(map(said, listed)) if isinstance(listed, (list, tuple)) else said(listed)


def _changes(explanation: Explanation, data: Any, asked: Asked) -> dict[str, Any]:
    found = explanation.known_changes()
    if found is None:
        return {"changes": [], "no changes because": "What would change the decision was not asked for."}
    listed, told = _all_changes(explanation, found, asked)
    if not listed:
        why = "Proved: nothing that may change would change the decision."
        if found.stop is not Stop.NONE:
            why = f"No change was found before the search ended ({str(found.stop).replace('_', ' ')})."
        return {"changes": [], "no changes because": why}
    complete = (asked.contrastive or found).status is Status.COMPLETE
    out = []
    for reason, prediction in zip(listed, told, strict=True):
        witness = reason.witness
        out.append({
            "prediction": None if prediction is None else label(prediction),
            "status": _how_far(reason, found),
            "proved": reason.status not in _OPEN,
            "statements": _statements(explanation, reason, data),
            "new": [] if witness is None else new_values(explanation, witness),
            "note": "" if witness is None else witness.note,
        })  # fmt: skip
    return {"changes": out, "no changes because": "", "all changes": complete}


def _all_changes(explanation: Explanation, found: Reasons, asked: Asked) -> tuple[list[Reason], list[Any]]:
    """Return the changes that are shown, the explanation's own first, and how each changed row is decided."""
    listed, told = list(found[:1]), [explanation.predicted_of(reason.witness) for reason in found[:1]]
    if not explanation.has_model and listed:
        changed = explanation.change()
        told = [None if changed is None else changed[1]]
    more = zip(asked.contrastive or found[1:6], asked.predictions or [None] * 5, strict=False)
    for reason, prediction in more:
        if set(reason) not in [set(one) for one in listed]:
            listed.append(reason)
            told.append(prediction if prediction is not None else explanation.predicted_of(reason.witness))
    return listed, told


def _how_far(reason: Reason, among: Reasons) -> str:
    if reason.status is Status.OF_SURROGATE:
        return _WHY[reason.status]
    if reason.status is Status.OPTIMAL or (among and reason is among[0] and among.status is Status.COMPLETE):
        return "Proved: no change of fewer conditions would do."
    if reason.status is Status.BEST_SO_FAR:
        return f"The change is real; {standing(reason.status, reason.stop, ' to be the smallest')}."
    return "Proved: each part of this change is needed."


def _said(reason: Reason) -> list[dict[str, str]]:
    """Return the statements of a reason, each with its feature where it is known."""
    parts = reason.parts
    if len(parts) != len(reason.features):
        return [{"feature": "", "says": one} for one in reason.features]
    pairs = zip(parts, reason.features, strict=True)
    return [{"feature": part.feature, "says": short(one) if part.runs else one} for part, one in pairs]


def _others(found: Reasons | None, own: Reason | None) -> dict[str, Any]:
    """Return further sufficient reasons in words."""
    if found is None:
        return {"reasons": [], "says": ""}
    others = [_said(reason) for reason in found if own is None or set(reason) != set(own)]
    if found.status is Status.COMPLETE:
        says = "There is no other reason." if not others else "These and the one above are all there are."
    else:
        says = "There may be more." if others else "Others were not found in the time that was given."
    return {"reasons": others, "says": says}
