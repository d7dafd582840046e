"""Colours and sizes of pictures: legible on light and dark pages, and for colour-blind eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...engine.errors import BadInputError, shown

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class Style:
    """The colours of a picture (of the palette by Okabe and Ito, which colour-blind people tell apart).

    Attributes
    ----------
    paper, ink, soft, line : str
        Background, text, quiet text, quiet lines.
    holds, changes : str
        What forces a prediction, what would change it.
    people : str
        Other rows.
    """

    paper: str
    ink: str
    soft: str
    line: str
    holds: str
    changes: str
    people: str


_STYLES = {
    "light": Style("#ffffff", "#1b1f24", "#5b6570", "#d5dae0", "#0072b2", "#d55e00", "#b9c1ca"),
    "dark": Style("#14181d", "#eef1f4", "#a3adb8", "#39424c", "#56b4e9", "#e69f00", "#56616c"),
}


def style_of(theme: Any) -> Style:
    """Return the style of a theme, ``"light"`` or ``"dark"``; raises BadInputError for another one."""
    if not isinstance(theme, str) or theme not in _STYLES:
        raise BadInputError(f"theme={shown(theme)}: expected one of {', '.join(map(repr, THEMES))}")
    return _STYLES[theme]


def bare(ax: Any, style: Style) -> None:
    """Take ticks and spines from axes, and give them the colours of a style."""
    ax.set_facecolor(style.paper)
    ax.figure.set_facecolor(style.paper)
    ax.set(xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
