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

    def tint(self, colour: str, share: float = 0.2) -> str:
        """Return a colour that is mostly that of the page."""
        pairs = [(int(one[i : i + 2], 16), int(self.paper[i : i + 2], 16)) for one in [colour] for i in (1, 3, 5)]
        return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in pairs)

    def on(self, colour: str) -> str:
        """Return the colour of texts on a filled colour: black or white, whichever is easier to read."""
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        light = sum(w * (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4)
                    for w, c in zip((0.2126, 0.7152, 0.0722), parts, strict=True))  # fmt: skip
        return "#ffffff" if light < 0.18 else "#101418"


# what tells classes apart, in this order; more of them share a grey
CLASSES = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442")
MORE = "#8a8f98"

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


def class_colour(number: int) -> str:
    """Return the colour of a class."""
    return CLASSES[number] if number < len(CLASSES) else MORE
