"""Instances as pictures: which shapes are images, and small PNG files without any library."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..engine.errors import BadInputError, shown

Bytes = NDArray[np.uint8]
ADDED, REMOVED = (213, 94, 0), (0, 114, 178)  # orange: more than before; blue: less (of the palette by Okabe and Ito)
_CHANNELS = (1, 3)


class Look(NamedTuple):
    """The colours of a page: its paper, its texts, and quiet ones."""

    paper: str
    ink: str
    soft: str


THEMES = {"light": Look("#ffffff", "#1b1f24", "#5b6570"), "dark": Look("#14181d", "#eef1f4", "#a3adb8")}


def theme_of(theme: Any) -> str:
    """Return the name of a theme.

    Raises
    ------
    BadInputError
        If there is none of this name.
    """
    if not isinstance(theme, str) or theme not in THEMES:
        raise BadInputError(f"theme={shown(theme)}: expected one of {', '.join(map(repr, THEMES))}")
    return theme


def as_image(values: NDArray[Any]) -> NDArray[Any] | None:
    """Return an instance as (height, width) or (height, width, 3); None if its shape is not that of an image."""
    shape = values.shape
    if len(shape) == 2 and min(shape) > 1:
        return values
    if len(shape) != 3 or min(sorted(shape)[1:]) < 2:
        return None
    if shape[2] in _CHANNELS:
        image = values
    elif shape[0] in _CHANNELS:
        image = np.moveaxis(values, 0, 2)
    else:
        return None
    return image[:, :, 0] if image.shape[2] == 1 else image


def greys(image: NDArray[Any], low: float, high: float) -> Bytes:
    """Return an image as bytes (height, width, 3), `low` black and `high` white."""
    scaled = np.clip((image - low) / (high - low if high > low else 1.0), 0, 1)
    grey = np.round(scaled * 255).astype(np.uint8)
    return grey if grey.ndim == 3 else np.repeat(grey[:, :, None], 3, axis=2)


def two_colours(delta: NDArray[Any], largest: float, theme: str = "light") -> Bytes:
    """Return a difference as bytes (height, width, 3): orange for more, blue for less, paper for none."""
    flat = delta if delta.ndim == 2 else delta.sum(axis=2)
    share = np.clip(np.abs(flat) / (largest if largest > 0 else 1.0), 0, 1)[:, :, None]
    share = np.where(share > 0, 0.15 + 0.85 * share, 0.0)  # a small change is seen too
    colour = np.where((flat > 0)[:, :, None], np.array(ADDED), np.array(REMOVED))
    paper = np.array([int(THEMES[theme].paper[at : at + 2], 16) for at in (1, 3, 5)])
    return np.asarray(np.round(paper + share * (colour - paper)), dtype=np.uint8)


def difference_bar(figure: Any, panels: Any, largest: float, than: str = "before", theme: str = "light") -> None:
    """Add the colour bar of differences, as ``two_colours`` paints them, beside panels of a matplotlib figure.

    Parameters
    ----------
    figure, panels : matplotlib figure, list of axes
    largest : float
        The greatest difference.
    than : str
        What is compared with: ``"before"``, or the blank image.
    theme : {"light", "dark"}
    """
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    largest = largest if largest > 0 else 1.0
    steps = np.linspace(-largest, largest, 201)
    colours = two_colours(steps[None], largest, theme)[0] / 255
    scale = ScalarMappable(Normalize(-largest, largest), ListedColormap(colours))
    bar = figure.colorbar(scale, ax=panels, fraction=0.05, pad=0.02, aspect=30)
    ink = THEMES[theme].ink  # texts above and below: a low figure has no room for one along the bar
    bar.ax.set_title(f"more\nthan {than}", fontsize=7, color=ink, loc="left")
    bar.ax.set_xlabel(f"less\nthan {than}", fontsize=7, color=ink, loc="left")
    bar.ax.tick_params(labelsize=7, colors=ink)
    bar.outline.set_visible(False)


def captioned(figure: Any, text: str, theme: str = "light") -> None:
    """Say below a matplotlib figure what is seen, and give all of it the colours of a theme."""
    look = THEMES[theme]
    figure.get_layout_engine().set(h_pad=0.1, w_pad=0.06)
    figure.supxlabel(text, fontsize=8, color=look.soft, x=0.02, ha="left")
    figure.set_facecolor(look.paper)
    for panel in figure.axes:
        panel.set_facecolor(look.paper)
        panel.tick_params(colors=look.ink)
        for part in (panel.title, panel.xaxis.label, panel.yaxis.label):
            part.set_color(look.ink)
        for spine in panel.spines.values():
            spine.set_edgecolor(look.soft)


def png(pixels: Bytes, scale: int = 1) -> bytes:
    """Return bytes (height, width, 3) as a PNG file, each pixel `scale` times as large."""
    large = np.repeat(np.repeat(pixels, scale, axis=0), scale, axis=1)
    height, width, _ = large.shape
    lines = b"".join(b"\0" + line.tobytes() for line in np.ascontiguousarray(large))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + body


def data_url(pixels: Bytes, size: int = 112) -> str:
    """Return bytes as the address of an inline picture about `size` pixels high."""
    return "data:image/png;base64," + base64.b64encode(png(pixels, max(1, size // len(pixels)))).decode()
