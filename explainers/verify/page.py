"""``page``: answers about a whole model on one HTML page, for whoever has to sign it off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from html import escape
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from ...engine.errors import BadInputError, shown
from ...engine.given import items_in

_STYLE = (
    "body{font-family:system-ui,sans-serif;max-width:62em;margin:2em auto;padding:0 1em;line-height:1.5;"
    "color-scheme:light dark}h2{font-size:1.05em;margin:1.6em 0 .2em}footer{opacity:.7;margin-top:2em;font-size:.9em}"
)


class Answer(Protocol):
    """What can be on the page: verdicts, ranges, and whatever else tells itself in HTML."""

    def to_html(self) -> str:
        """Return it as a piece of HTML."""


def page(answers: Any, path: str | PathLike[str] | None = None, *, title: str = "The model, as a whole") -> str:
    """Return answers about a whole model as one HTML page that needs nothing else.

    Parameters
    ----------
    answers : mapping from str to answer, or iterable of answers
        Verdicts, ranges, … (with a heading for each).
    path : str or path, optional
        Where to write it, too.
    title : str
        The page's title.

    Returns
    -------
    str
        The page.

    Raises
    ------
    BadInputError
        If something is no answer, or the file cannot be written.
    """
    parts = []
    for heading, answer in _listed(answers):
        made = getattr(answer, "to_html", None)
        if not callable(made):
            raise BadInputError(f"answers: {shown(answer)} is no verdict, nor anything with to_html()")
        parts.append((f"<h2>{escape(heading)}</h2>\n" if heading else "") + str(made()))
    made_at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")
    said = "\n".join(parts)
    whole = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><h1>{escape(title)}</h1>\n{said}\n<footer>Proved of all inputs of the declared domain, or refuted by "
        f"rows that the model's own predict confirms. Made with suffice, {made_at}.</footer></body></html>\n"
    )
    if path is not None:
        try:
            Path(path).write_text(whole, encoding="utf-8")
        except OSError as error:
            raise BadInputError(f"path={shown(path)}: the page cannot be written ({error})") from None
    return whole


def _listed(answers: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(answers, Mapping):
        return [(str(heading), answer) for heading, answer in answers.items()]
    listed = items_in(answers)
    if listed is None:
        raise BadInputError(f"answers={shown(answers)}: expected a mapping from headings to answers, or a list of them")
    return [("", answer) for answer in listed]
