"""Reasons, lists of them, checks and numbers about them as JSON has them: all that is known of them, without the model.

Each form begins with what it is and the version of this schema, ``{"suffice": "reason", "schema": 1, …}``; values are
written as ``plain`` does. ``explainers.keeping`` reads them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .plain import plain

if TYPE_CHECKING:
    from .checks import Check
    from .parts import Part
    from .reasons import Reason, Reasons
    from .told_row import ToldRow

SCHEMA = 1


def head_of(kind: str) -> dict[str, Any]:
    """Return how the form of something begins."""
    return {"suffice": kind, "schema": SCHEMA}


def reason_form(reason: Reason) -> dict[str, Any]:
    """Return a reason; the changed instance of a contrastive one is confirmed by the model first."""
    witness, proof = reason.witness, reason.proof
    form = {
        **head_of("reason"),
        "kind": proof.kind,
        "over": proof.over,
        "items": [plain(item) for item in reason],
        "features": list(reason.features),
        "own_values": list(reason.own_values),
        "parts": [_part(part) for part in reason.parts],
        "status": str(proof.status),
        "stop": str(proof.stop),
        "method": proof.method,
        "solver": proof.solver,
        "seconds": plain(float(proof.seconds)),
        "cost": plain(proof.cost),
        "lower": plain(proof.lower),
        "fidelity": plain(proof.fidelity),
        "note": proof.note,
        **({} if proof.precision is None else {"precision": proof.precision.to_dict()}),
        **({} if proof.upper is None else {"upper": plain(proof.upper)}),
        **({} if proof.coverage is None else {"coverage": plain(proof.coverage)}),
        "fingerprint": reason.fingerprint,
        "witness": _row(witness),
    }
    mode = getattr(reason, "mode", None)
    if mode is not None:
        labels: dict[str, Any] = reason.labels  # type: ignore[attr-defined]  # a reason for several labels
        parts: dict[str, Any] = reason.by_label  # type: ignore[attr-defined]  # as before
        form["mode"] = mode
        form["labels"] = [[name, plain(value)] for name, value in labels.items()]
        form["by_label"] = [[name, [plain(item) for item in items]] for name, items in parts.items()]
    return form


def reasons_form(reasons: Reasons) -> dict[str, Any]:
    """Return several reasons; changed instances are confirmed together."""
    reasons.witnesses  # noqa: B018  # in one call of the model
    return {
        **head_of("reasons"),
        "in_time": type(reasons).__name__ != "NoneInTime",
        "status": str(reasons.status),
        "stop": str(reasons.stop),
        "seconds": plain(float(reasons.seconds)),
        "reasons": [reason_form(reason) for reason in reasons],
    }


def check_form(check: Check) -> dict[str, Any]:
    """Return a check."""
    return {
        **head_of("check"),
        "value": check.value,
        "why": check.why,
        "stop": str(check.stop),
        "witness": _row(check.witness),
        "of_surrogate": check.of_surrogate,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "feature": part.feature,
        "says": part.says,
        "runs": [[plain(low), plain(high)] for low, high in part.runs],
        "options": list(part.options),
        "allowed": list(part.allowed),
        "missing": part.missing,
        "own": part.own,
    }


def _row(row: ToldRow | None) -> Any:
    return None if row is None else row.to_form()


def number_form(kind: str, found: Any) -> dict[str, Any]:
    """Return what has numbers (a precision, an attribution, a reach): all that its ``to_dict`` tells."""
    return {**head_of(kind), **found.to_dict()}
