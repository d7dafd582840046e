"""Small self-contained HTML for notebooks: no scripts, no downloads."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .reasons import Reason, Reasons

_CARD = (
    "border:1px solid #8885;border-radius:6px;padding:.5em .8em;margin:.3em 0;"
    "font-family:system-ui,sans-serif;display:inline-block"
)
_CHIP = (
    "display:inline-block;background:{};color:#111;border-radius:4px;padding:.1em .5em;margin:.1em;"
    "font-family:monospace"
)
_COLOURS = {"contrastive": "#fde2c8"}
_NOTE = "color:#888;font-size:85%"


def chips(items: Iterable[str], kind: str) -> str:
    """Return items as small coloured boxes."""
    style = _CHIP.format(_COLOURS.get(kind, "#d4e8fb"))
    return " ".join(f'<span style="{style}">{escape(item)}</span>' for item in items) or "<em>nothing at all</em>"


def reason_html(reason: Reason) -> str:
    """Return one reason as a card."""
    proof = reason.proof
    note = f"{proof.status}, {len(reason)} {proof.over}, {proof.solver}, {proof.seconds * 1000:.2f} ms"
    return (
        f'<div style="{_CARD}"><b>{escape(proof.kind)}</b><br>{chips(reason.features, proof.kind)}'
        f'<br><span style="{_NOTE}">{escape(note)}</span></div>'
    )


def reasons_html(reasons: Reasons, limit: int = 20) -> str:
    """Return a list of reasons as a table, the first ones only if there are many."""
    rows = "".join(
        f"<tr><td style='text-align:right'>{i}</td><td style='text-align:left'>{chips(r.features, r.kind)}</td></tr>"
        for i, r in enumerate(reasons[:limit], 1)
    )
    more = f" (the first {limit} are shown)" if len(reasons) > limit else ""
    note = f"{len(reasons)} reasons{more}, {reasons.status}, {reasons.seconds * 1000:.2f} ms"
    return f'<div style="{_CARD}"><table>{rows}</table><span style="{_NOTE}">{escape(note)}</span></div>'


def explanation_html(prediction: str, because: Iterable[str], unless: Iterable[str], other: str | None) -> str:
    """Return one explanation as a card."""
    change = f" <span style='{_NOTE}'>(then: {escape(other)})</span>" if other is not None else ""
    return (
        f'<div style="{_CARD}"><b>{escape(prediction)}</b><br>because {chips(because, "sufficient")}'
        f"<br>unless {chips(unless, 'contrastive')}{change}</div>"
    )
