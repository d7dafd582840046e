"""Small self-contained HTML for notebooks: no scripts, no downloads, legible on light and dark pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from ..status import Status, Stop
from .spelling import spelled_name, spelled_values, value_text

if TYPE_CHECKING:
    from .checks import Check
    from .proof import Proof
    from .reasons import Reason, Reasons

_CARD = (
    "border:1px solid rgba(128,128,128,.4);border-radius:8px;padding:.6em .9em;margin:.3em .5em .3em 0;"
    "display:inline-block;vertical-align:top;max-width:60em;font-family:system-ui,sans-serif;font-size:14px;"
    "line-height:1.5;color:inherit;text-align:left"
)
_GRID = "display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.3em 1em;align-items:baseline;margin-top:.3em"
_CHIP = (
    "display:inline-block;background:rgba({},.22);border-radius:5px;padding:.05em .5em;margin:.1em 0;"
    "overflow-wrap:anywhere;white-space:pre-wrap"
)
_CODE = "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px"
_COLOURS = {"contrastive": "240,140,30"}
_SOFT = "opacity:.72"
_NOTE = f"{_SOFT};font-size:12px;margin-top:.45em"
_EMPTY = {
    "contrastive": "nothing changes it", "necessary": "nothing is in every reason",
    "relevant": "nothing is in any reason",
}  # fmt: skip
_KINDS = {"contrastive": "unless", "sufficient": "because"}


def chips(items: Sequence[str], kind: str, own: Sequence[str] = ()) -> str:
    """Return statements as small coloured boxes with "and" between them; `own`: the instance's own values."""
    colour = next((colour for name, colour in _COLOURS.items() if name in kind), "60,140,230")
    boxes = []
    for place, item in enumerate(items):
        mine = own[place] if place < len(own) else ""
        yours = f' <span style="{_SOFT}">(yours: {escape(mine)})</span>' if mine else ""
        boxes.append(f'<span style="{_CHIP.format(colour)}"><span style="{_CODE}">{escape(item)}</span>{yours}</span>')
    return f' <span style="{_SOFT}">and</span> '.join(boxes)


def card(head: str, rows: Iterable[tuple[str, str]], note: str = "") -> str:
    """Return a card: a heading, rows of a label and HTML, and a note (head, labels and note are texts)."""
    body = "".join(f'<div style="{_SOFT}">{escape(label)}</div><div>{content}</div>' for label, content in rows)
    grid = f'<div style="{_GRID}">{body}</div>' if body else ""
    foot = f'<div style="{_NOTE}">{escape(note)}</div>' if note else ""
    return f'<div style="{_CARD}"><b>{escape(head)}</b>{grid}{foot}</div>'


def text(said: str) -> str:
    """Return a text as HTML."""
    return f'<span style="overflow-wrap:anywhere">{escape(said)}</span>'


def milliseconds(seconds: float) -> str:
    """Return a time in words."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def standing(status: Status, stop: Stop, what: str = "") -> str:
    """Return a status in words, such as "not proved smallest (time limit)"."""
    if status is Status.BEST_SO_FAR:
        why = f" ({str(stop).replace('_', ' ')})" if stop is not Stop.NONE else ""
        return f"not proved{what}{why}"
    return str(status).replace("_", " ")


def reason_html(reason: Reason) -> str:
    """Return one reason as a card."""
    proof, size = reason.proof, len(reason)
    over = proof.over[:-1] if size == 1 else proof.over
    solver = "" if proof.solver == "native" else f", {proof.solver}"
    note = f"{standing(reason.status, proof.stop)}, {size} {over}{solver}, {milliseconds(proof.seconds)}"
    note += "".join(f"; {one}" for one in (*bounds_said(proof), proof.note) if one)
    note += f"; holds for {proof.precision.said}" if proof.precision is not None else ""
    said = chips(reason.features, proof.kind, reason.own_values) or f"<em>{nothing_said(proof.kind)}</em>"
    return card(proof.kind, [(_label(proof.kind), said)], note)


def nothing_said(kind: str) -> str:
    """Return what a reason of some kind says that has nothing in it."""
    if kind.endswith("restricted sufficient"):
        return "every input so near is decided so"
    return _EMPTY.get(kind.rpartition(" ")[2], "every input is decided so")


def bounds_said(proof: Proof) -> list[str]:
    """Return how much of the data a box covers, and how far it is proved that none is larger."""
    said = [] if proof.coverage is None else [f"covers {percent(proof.coverage)} of the rows"]
    if "anchored" in proof.kind and proof.cost is not None:
        of = "" if proof.upper is None or proof.upper <= proof.cost else f", no reason more than {proof.upper:.0f}"
        return [f"covers {proof.cost:.0f} {'reference' if proof.cost == 1 else 'references'}{of}"]
    if proof.upper is None or proof.cost is None:
        return said
    if proof.status is Status.OPTIMAL:
        return [*said, "proved largest"]
    return [*said, f"weighs {proof.cost:.6g}, no box more than {proof.upper:.6g}"]


def sentence_of(reason: Reason) -> str:
    """Return a reason as one sentence."""
    proof = reason.proof
    said = " and ".join(reason.features) or nothing_said(proof.kind)
    said += f", {proof.note}" if "restricted" in proof.kind else ""
    known = bounds_said(proof)
    if proof.upper is None:
        known.append(standing(reason.status, proof.stop))
    first = f"{_label(proof.kind)} for {said}" if proof.upper is not None else f"{_label(proof.kind)} {said}"
    return "; ".join([first, *known])


def percent(share: float) -> str:
    """Return a share in whole per cent, or with as many digits as tell it from none and from all."""
    digits = 0
    while digits < 4 and 0.0 < share < 1.0 and float(f"{share * 100:.{digits}f}") in (0.0, 100.0):
        digits += 1
    return f"{share * 100:.{digits}f} %"


def _label(kind: str) -> str:
    return next((label for name, label in _KINDS.items() if name in kind), "holds")


def reasons_html(reasons: Reasons, limit: int = 20) -> str:
    """Return a list of reasons as a card, the first ones only if there are many."""
    rows = [(str(i), chips(r.features, r.kind, r.own_values)) for i, r in enumerate(reasons[:limit], 1)]
    more = f" (the first {limit} are shown)" if len(reasons) > limit else ""
    count = f"{len(reasons)} {'reason' if len(reasons) == 1 else 'reasons'}"
    kinds = sorted({reason.kind for reason in reasons})
    head = f"{count}: {', '.join(kinds)}" if kinds else "no reasons"
    complete = {Status.COMPLETE: "complete: there is no other", Status.PROVED: "each one proved; there may be others"}
    known = complete.get(reasons.status) or standing(reasons.status, reasons.stop, ": there may be others")
    return card(head, rows, f"{known}{more}, {milliseconds(reasons.seconds)}")


def check_html(check: Check) -> str:
    """Return a check as a card."""
    rows = [("because", text(check.why))] if check.why else []
    if check.witness is not None:
        rows.append(("for example", text(row_text(check.witness))))
    return card(check.answer, rows)


def row_text(row: Any, limit: int = 8) -> str:
    """Return the values of a row in words; the changed ones first, where it has many."""
    told = getattr(row, "to_dict", None)
    values: Mapping[Any, Any] = row if isinstance(row, Mapping) else told() if told else dict(enumerate(row))
    changed = getattr(row, "changed", ())
    names = sorted(values, key=lambda name: name not in changed) if len(values) > limit else list(values)
    said = ", ".join(f"{spelled_name(str(name))} = {_value(values[name])}" for name in names[:limit])
    return f"{said}, …" if len(names) > limit else said


def _value(value: Any) -> str:
    return spelled_values([value])[0] if isinstance(value, str) else value_text(value)
