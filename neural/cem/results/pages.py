"""Results as small self-contained HTML for notebooks: no scripts, no downloads."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from ...pictures import as_image, data_url, greys, two_colours

if TYPE_CHECKING:
    from .contrast import Contrast
    from .contrasts import Contrasts

_CARD = (
    "border:1px solid #8885;border-radius:6px;padding:.5em .8em;margin:.3em;"
    "font-family:system-ui,sans-serif;display:inline-block;vertical-align:top"
)
_NOTE = "color:#888;font-size:85%"
_BAR = "display:inline-block;height:.8em;background:{};width:{:.1f}em"
_FEATURES = 12
_ROWS = 12
_TITLES = {"PN": "pertinent negative", "PP": "pertinent positive"}


def contrast_html(contrast: Contrast) -> str:
    """Return one result as a card: pictures of an image, bars of a table row."""
    title = f"<b>{_TITLES[contrast.mode]}</b> of class {escape(str(contrast.original))}"
    if not contrast.found:
        return f'<div style="{_CARD}">{title}<br>{escape(contrast.outcome)}: {escape(contrast.reason)}</div>'
    then = f"class {escape(str(contrast.prediction))}, margin {contrast.margin:.3g}"
    note = (
        f"{contrast.n_changed} features, objective {contrast.objective:.3g}, L1 {contrast.l1:.3g}, L2 {contrast.l2:.3g}"
    )
    if np.isfinite(contrast.autoencoder):
        note += f", auto-encoder {contrast.autoencoder:.3g}"
    if contrast.reason:
        note += f"; {contrast.reason}"
    body = _pictures(contrast) if as_image(contrast.instance) is not None else _bars(contrast)
    return f'<div style="{_CARD}">{title}, then {then}<br>{body}<span style="{_NOTE}">{escape(note)}</span></div>'


def contrasts_html(contrasts: Contrasts) -> str:
    """Return the first results as cards, under one line about all of them."""
    head = escape(repr(contrasts).splitlines()[0])
    more = f"<br><span style='{_NOTE}'>the first {_ROWS} are shown</span>" if len(contrasts) > _ROWS else ""
    return f"<div>{head}<br>{''.join(contrast_html(row) for row in contrasts[:_ROWS])}{more}</div>"


def _pictures(contrast: Contrast) -> str:
    """Return instance, point and difference side by side."""
    before, after, delta = (
        None if part is None else as_image(np.asarray(part, dtype=np.float64))
        for part in (contrast.instance, contrast.point, contrast.delta)
    )
    if before is None or after is None or delta is None:
        return ""
    low, high = min(before.min(), after.min()), max(before.max(), after.max())
    than = "before" if contrast.mode == "PN" else "the blank image"
    names = ("instance", _TITLES[contrast.mode], f"more (orange), less (blue) than {than}")
    pixels = (greys(before, low, high), greys(after, low, high), two_colours(delta, float(np.abs(delta).max())))
    cells = "".join(
        f'<td style="text-align:center"><img src="{data_url(picture)}" style="image-rendering:pixelated;'
        f'border:1px solid #8885"><br><span style="{_NOTE}">{name}</span></td>'
        for name, picture in zip(names, pixels, strict=True)
    )
    return f"<table><tr>{cells}</tr></table>"


def _bars(contrast: Contrast) -> str:
    """Return the changed features with bars as long as their change."""
    changes = contrast.changes
    sizes = [abs(c.after - c.before) if isinstance(c.after, (int, float)) else 1.0 for c in changes]
    largest = max(sizes, default=1.0) or 1.0
    lines = []
    for change, size in zip(changes[:_FEATURES], sizes, strict=False):
        rises = not isinstance(change.after, (int, float)) or change.after > change.before
        bar = f'<span style="{_BAR.format("#d62728" if rises else "#1f77b4", 6 * size / largest)}"></span>'
        name, before, after = (escape(_plain(part)) for part in (change.name, change.before, change.after))
        lines.append(
            f"<tr><td style='text-align:left'>{name}</td><td>{before}</td><td>→ {after}</td><td>{bar}</td></tr>"
        )
    more = f"<tr><td>… {len(changes) - _FEATURES} more</td></tr>" if len(changes) > _FEATURES else ""
    return f"<table>{''.join(lines)}{more}</table>"


def _plain(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
