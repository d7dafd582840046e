"""Reasons, lists of them and checks, made again of what ``engine.reasons.written`` wrote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...encoders.columns.told import Row
from ...engine.reasons import Check, NoneInTime, Precision, Reason, Reasons
from ...engine.reasons.kept_words import Kept
from ...engine.reasons.label_reasons import LabelReason
from ...engine.reasons.parts import Part
from ...engine.reasons.plain import value_of
from ...engine.reasons.proof import Proof
from ...engine.status import Status, Stop
from .rows import row_of

Form = Mapping[str, Any]


def text_in(form: Form, key: str) -> str:
    """Return a text of a form; raises TypeError if it is none."""
    if not isinstance(form[key], str):
        raise TypeError(f"{key} is no text")
    return str(form[key])


def list_in(form: Form, key: str) -> list[Any]:
    """Return a list of a form; raises TypeError if it is none."""
    if not isinstance(form[key], list):
        raise TypeError(f"{key} is no list")
    return list(form[key])


def part_of(form: Form) -> Part:
    """Return what a reason says of one feature."""
    runs = tuple((float(value_of(low)), float(value_of(high))) for low, high in list_in(form, "runs"))
    options, allowed = (tuple(map(str, list_in(form, key))) for key in ("options", "allowed"))
    feature, says, own = (text_in(form, key) for key in ("feature", "says", "own"))
    return Part(feature, says, runs, options, allowed, form["missing"] is True, own)


def reason_of(form: Form) -> Reason:
    """Return a reason."""
    proof = Proof(
        kind=text_in(form, "kind"), status=Status(form["status"]), stop=Stop(form["stop"]),
        method=text_in(form, "method"), solver=text_in(form, "solver"), seconds=float(value_of(form["seconds"])),
        over=text_in(form, "over"), cost=value_of(form["cost"]), lower=value_of(form["lower"]),
        fidelity=value_of(form["fidelity"]), note=text_in(form, "note"),
        precision=Precision.of_dict(form["precision"]) if "precision" in form else None,
        upper=value_of(form.get("upper")), coverage=value_of(form.get("coverage")),
    )  # fmt: skip
    witness = witness_of(form)
    words = Kept(
        tuple(list_in(form, "features")), text_in(form, "fingerprint"), tuple(list_in(form, "own_values")),
        tuple(part_of(part) for part in list_in(form, "parts")),
    )  # fmt: skip
    reason = Reason((value_of(item) for item in list_in(form, "items")), proof, words, lambda _: witness)
    if "mode" not in form:
        return reason
    labels = {name: value_of(value) for name, value in form["labels"]}
    parts = {name: tuple(value_of(item) for item in items) for name, items in form["by_label"]}
    return LabelReason.of(reason, form["mode"], labels, parts)


def witness_of(form: Form) -> Row | None:
    """Return the row that a form shows."""
    return None if form["witness"] is None else row_of(form["witness"])


def reasons_of(form: Form) -> Reasons:
    """Return several reasons."""
    listed = [reason_of(one) for one in list_in(form, "reasons")]
    kind = Reasons if form["in_time"] is True else NoneInTime
    return kind(listed, Status(form["status"]), Stop(form["stop"]), float(value_of(form["seconds"])))


def check_of(form: Form) -> Check:
    """Return a check."""
    value, of_surrogate = form["value"], form.get("of_surrogate", False)
    if not (value is None or isinstance(value, bool)) or not isinstance(of_surrogate, bool):
        raise TypeError("a check is true, false, or null")
    return Check(value, text_in(form, "why"), witness_of(form), Stop(form["stop"]), of_surrogate=of_surrogate)
