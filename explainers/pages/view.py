"""An explanation as plain values, in the words and numbers that a page shows: the report and the desk draw from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...engine.reasons import Reason, Reasons
from ...engine.status import Status
from ..report.lanes import lanes_of
from ..words.how_far import all_there_are, changed_sentence, forced_sentence, no_change_sentence
from .asked import Asked, Relaxed
from .lanes import lane_form, part_form, said, short

if TYPE_CHECKING:
    from ..explanation import Explanation

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
        "others": _others(asked.sufficient, explanation.sufficient, explanation.rounding),
        "audit": {str(key): value for key, value in explanation.audit.items()},
    }


def _why(explanation: Explanation, data: Any, relaxed: Sequence[Relaxed]) -> dict[str, Any]:
    reason = explanation.sufficient
    if reason is None:
        why = explanation.none_because
        link = ", because " if why.startswith("of ") else ": "
        return {"status": f"There is no reason to show{link}{why}.", "proved": False, "statements": []}
    if not len(reason) and reason.status not in _OPEN:
        return {"status": _ALWAYS, "proved": True, "statements": []}
    statements = _statements(explanation, reason, data)
    for statement, one in zip(statements, relaxed, strict=False):
        statement["relaxed"] = _relaxed(explanation, one)
    return {
        "status": forced_sentence(reason, explanation.rounding),
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
            "says": f"Not decided: {one.why or ('' if one.check is None else one.check.why) or 'it was not asked'}.",
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
        return {
            "changes": [],
            "no changes because": no_change_sentence(found, explanation.rounding, explanation.wanted),
        }
    complete = (asked.contrastive or found).status is Status.COMPLETE and not explanation.rounding
    out = []
    for reason, prediction in zip(listed, told, strict=True):
        witness = reason.witness
        out.append({
            "prediction": None if prediction is None else label(prediction),
            "status": changed_sentence(reason, found, explanation.rounding),
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


def _said(reason: Reason) -> list[dict[str, str]]:
    """Return the statements of a reason, each with its feature where it is known."""
    parts = reason.parts
    if len(parts) != len(reason.features):
        return [{"feature": "", "says": one} for one in reason.features]
    pairs = zip(parts, reason.features, strict=True)
    return [{"feature": part.feature, "says": short(one) if part.runs else one} for part, one in pairs]


def _others(found: Reasons | None, own: Reason | None, rounding: bool) -> dict[str, Any]:
    """Return further sufficient reasons in words."""
    if found is None:
        return {"reasons": [], "says": ""}
    others = [_said(reason) for reason in found if own is None or set(reason) != set(own)]
    return {"reasons": others, "says": all_there_are(found, len(others), rounding)}
