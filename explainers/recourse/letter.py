"""``Recourse.letter``: plans as one HTML page for the person that they are for."""

from __future__ import annotations

from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.reasons.spelling import value_text
from ...engine.status import Status
from .plan import Plan

if TYPE_CHECKING:
    from .results import Recourse

_STYLE = (
    ":root{color-scheme:light dark}body{font:1rem/1.55 system-ui,sans-serif;max-width:44em;margin:2em auto;"
    "padding:0 1em;overflow-wrap:anywhere}h1{font-size:1.5em;line-height:1.25}h2{font-size:1.1em;margin:1.8em 0 .3em}"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35em .6em .35em 0;"
    "border-bottom:1px solid #8885;vertical-align:top}th{font-weight:600}td.new{font-weight:600}"
    "p.note,footer{opacity:.75;font-size:.9em}footer{margin-top:2.5em}"
)


def letter_of(found: Recourse, near: Plan | None, title: Any, opening: Any, path: str | PathLike[str] | None) -> str:
    """Return plans as a page, see ``Recourse.letter``."""
    for name, value in (("title", title), ("opening", opening)):
        if not isinstance(value, str):
            raise BadInputError(f"{name}={shown(value)}: expected a text")
    if near is not None and not isinstance(near, Plan):
        raise BadInputError(f"near={shown(near)}: expected what nearest_row returned")
    parts = [f"<p>{escape(opening)}</p>"] if opening else []
    if not found.plans:
        parts.append(f"<p>{escape(_none(found))}</p>")
    for number, plan in enumerate(found.plans, 1):
        name = "What would have been enough" if number == 1 else "Or instead"
        parts.append(_part(name, plan, "Before", "Needed"))
    if near is not None:
        note = "The nearest of the applicants known to us that is decided so, and could be reached from here."
        parts.append(_part("Somebody like that", near, "You", "They", note))
    whole = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)}</h1>\n" + "\n".join(parts) + f"\n<footer>{escape(_proof(found))}</footer>"
        "</body></html>\n"
    )
    if path is not None:
        try:
            Path(path).write_text(whole, encoding="utf-8")
        except (OSError, TypeError) as error:
            raise BadInputError(f"path={shown(path)}: the page cannot be written ({error})") from None
    return whole


def _part(name: str, plan: Plan, before: str, after: str, note: str = "") -> str:
    rows = "".join(
        f"<tr><td>{escape(step.feature)}</td><td>{escape(value_text(step.old))}</td>"
        f'<td class="new">{escape(value_text(step.new))}</td></tr>'
        for step in plan.steps
    )
    said = f"<h2>{escape(name)}</h2>\n" + (f'<p class="note">{escape(note)}</p>\n' if note else "")
    if not rows:
        return said + "<p>Nothing has to change.</p>"
    head = f"<tr><th>What</th><th>{before}</th><th>{after}</th></tr>"
    return f"{said}<p>To {escape(plan.text)}.</p>\n<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _none(found: Recourse) -> str:
    if found.status is Status.INFEASIBLE:
        return f"Nothing that may change within the rules would lead to {found.wanted}; that is proved."
    return f"No way to {found.wanted} was found in the time that there was; that does not mean that there is none."


def _proof(found: Recourse) -> str:
    if not found.plans:
        return "Made with suffice."
    sure = found.plans[0].gap == 0.0
    least = "no smaller effort would have been enough" if sure else "a smaller effort might have been enough"
    return (
        f"Each row of values was put to the model itself, which decides {found.wanted}. Within the rules and by the "
        f"measure of effort that were set, {least}. It says nothing of later models. Made with suffice."
    )
