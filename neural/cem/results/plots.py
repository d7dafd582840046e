"""Figures: bars for tabular rows, pictures side by side for images (the extra ``suffice[report]``)."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ....engine.errors import BadInputError, MissingBackendError
from ...pictures import ADDED, REMOVED, THEMES, as_image, captioned, difference_bar, theme_of, two_colours

if TYPE_CHECKING:
    from .contrast import Contrast

_TITLES = {"PN": "pertinent negative", "PP": "pertinent positive"}
_MOST_BARS = 15


def plot_contrasts(contrasts: Sequence[Contrast], *, size: float = 2.0, path: Any = None, theme: str = "light") -> Any:
    """Draw results, one line of panels each, and return the figure.

    Parameters
    ----------
    contrasts : sequence of Contrast
    size : float
        Inches of one panel.
    path : path, optional
        Where the figure is saved as well; the ending tells the format.
    theme : {"light", "dark"}
        The page that it is for.

    Raises
    ------
    MissingBackendError
        If matplotlib is not installed.
    BadInputError
        If there is nothing to draw.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingBackendError('figures need matplotlib: pip install "suffice[report]"') from None
    theme = theme_of(theme)
    if not contrasts:
        raise BadInputError("there is nothing to draw: expected at least one row")
    images = as_image(contrasts[0].instance) is not None
    columns = 3 if images else 1
    width = (1.15 if images else 3.2) * size
    figure = Figure(figsize=(columns * width, len(contrasts) * 1.3 * size + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(len(contrasts), columns, squeeze=False)
    largest = max((_largest(contrast) for contrast in contrasts), default=0.0)
    for line, contrast in zip(panels, contrasts, strict=True):
        if images:
            _pictures(line, contrast, largest, theme)
        else:
            _bars(line[0], contrast, theme)
    if images and largest > 0:
        modes = {contrast.mode for contrast in contrasts}
        than = {"PN": "before", "PP": "blank"}[modes.pop()] if len(modes) == 1 else "before\n(PP: blank)"
        difference_bar(figure, list(panels[:, 2]), largest, than, theme)
    captioned(figure, _caption(contrasts, images=images), theme)
    if path is not None:
        figure.savefig(path, dpi=100, bbox_inches="tight", pad_inches=0.08)
    return figure


def _largest(contrast: Contrast) -> float:
    """Return the largest change that is drawn, summed over the channels of an image."""
    delta = None if contrast.delta is None else as_image(np.asarray(contrast.delta, dtype=np.float64))
    if delta is None or not delta.size:
        return 0.0
    return float(np.abs(delta if delta.ndim == 2 else delta.sum(axis=2)).max())


def _caption(contrasts: Sequence[Contrast], *, images: bool) -> str:
    """Say what is seen, and how far it is verified."""
    found = sum(contrast.found for contrast in contrasts)
    modes = {contrast.mode for contrast in contrasts}
    means = {"PN": "a pertinent negative is decided otherwise", "PP": "a pertinent positive alone is decided alike"}
    if images:
        means["PP"] += ": the right picture is that part itself, by how much it differs from the blank image"
    said = "; ".join(text for mode, text in means.items() if mode in modes)
    scale = ", on one scale" if images and len(contrasts) > 1 else ""
    lines = textwrap.fill(said, 88 if images else 60)
    return f"{lines}\n{found} of {len(contrasts)} found, each confirmed by the model{scale}"


def _pictures(panels: Any, contrast: Contrast, largest: float, theme: str) -> None:
    """Draw instance, point, and what changed; of a pertinent positive what is present."""
    for panel in panels:
        panel.set_xticks([])
        panel.set_yticks([])
    before = as_image(np.asarray(contrast.instance, dtype=np.float64))
    panels[0].set_title(f"class {contrast.original}", fontsize=9)
    if before is None:
        return
    low, high = float(before.min()), float(before.max())
    if contrast.point is None or contrast.delta is None:
        panels[0].imshow(_shown(before, low, high), cmap="gray", vmin=low, vmax=high)
        panels[1].text(0.5, 0.5, str(contrast.outcome), ha="center", va="center", transform=panels[1].transAxes)
        return
    after = as_image(np.asarray(contrast.point, dtype=np.float64))
    delta = as_image(np.asarray(contrast.delta, dtype=np.float64))
    if after is None or delta is None:
        return
    low, high = min(low, float(after.min())), max(high, float(after.max()))
    panels[0].imshow(_shown(before, low, high), cmap="gray", vmin=low, vmax=high)
    panels[1].imshow(_shown(after, low, high), cmap="gray", vmin=low, vmax=high)
    empty = "" if contrast.n_changed else " (empty)"
    panels[1].set_title(f"{_TITLES[contrast.mode]}: {contrast.prediction}{empty}", fontsize=9)
    panels[2].imshow(two_colours(delta, largest, theme))
    panels[2].set_title("difference" if contrast.mode == "PN" else "what is present", fontsize=9)


def _shown(image: Any, low: float, high: float) -> Any:
    """Return colours scaled to what matplotlib takes; greys as they are."""
    return image if image.ndim == 2 else np.clip((image - low) / ((high - low) or 1.0), 0, 1)


def _bars(panel: Any, contrast: Contrast, theme: str) -> None:
    """Draw the change of each feature as a bar, the largest on top."""
    head = f"{contrast.original} → {contrast.prediction}" if contrast.mode == "PN" else f"{contrast.original}"
    panel.set_title(f"{_TITLES[contrast.mode]}: {head if contrast.found else contrast.outcome}", fontsize=9)
    if contrast.delta is None:
        panel.set_axis_off()
        return
    changes = contrast.changes[:_MOST_BARS]
    plain = [c for c in changes if isinstance(c.after, (int, float))]
    sizes = [float(c.after) - float(c.before) if c in plain else 1.0 for c in changes]
    colours = [tuple(part / 255 for part in (ADDED if size > 0 else REMOVED)) for size in sizes]
    places = np.arange(len(changes))[::-1]
    panel.barh(places, sizes, color=colours)
    panel.axvline(0, color="0.5", linewidth=0.8)
    panel.set_yticks(places, [str(change) for change in changes], fontsize=8, color=THEMES[theme].ink)
