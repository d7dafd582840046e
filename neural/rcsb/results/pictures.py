"""Pictures: regions, and results as original, region, counterfactual and difference; figures and notebook pages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, MissingBackendError, shown
from ...pictures import captioned, data_url, difference_bar, theme_of, two_colours
from ..images.pixels import file_bytes, to_bytes

if TYPE_CHECKING:
    from .result import RCSBResult

_TINT = (255, 140, 0)  # orange, which marks the region
_DARK = 0.45
_COLUMNS = ("original", "region", "counterfactual", "difference")
_ROWS = 8
_PIXELS = 160  # height of a picture in a notebook
_CARD = (
    "border:1px solid #8885;border-radius:6px;padding:.5em .8em;margin:.3em;"
    "font-family:system-ui,sans-serif;display:inline-block;vertical-align:top"
)
_NOTE = "color:#888;font-size:85%"


def overlay(images: Tensor, masks: Tensor, *, rest: float = _DARK) -> Tensor:
    """Return images with their region tinted and the rest darkened.

    Parameters
    ----------
    images : Tensor, shape (n, C, H, W)
        uint8, or floating in [0, 1].
    masks : Tensor of bool, shape (n, 1, H, W)
    rest : float
        Brightness outside the region.

    Returns
    -------
    Tensor of uint8, shape (n, 3, H, W)
    """
    levels = to_bytes(images).cpu().to(torch.float32)
    colours = levels.expand(-1, 3, -1, -1) if levels.shape[1] == 1 else levels[:, :3]
    if colours.shape[1] == 2:
        colours = torch.cat([colours, torch.zeros_like(colours[:, :1])], dim=1)
    tint = torch.tensor(_TINT, dtype=torch.float32)[:, None, None]
    return torch.where(masks.cpu(), 0.6 * colours + 0.4 * tint, rest * colours).round().to(torch.uint8)


def differences(
    result: RCSBResult, which: int, largest: float | None = None, theme: str = "light"
) -> np.ndarray[Any, Any]:
    """Return what one counterfactual changed, summed over channels: orange for more, blue for less, (H, W, 3) bytes."""
    delta = _delta(result, which)
    return two_colours(delta, float(np.abs(delta).max()) if largest is None else largest, theme)


def _delta(result: RCSBResult, which: int) -> np.ndarray[Any, Any]:
    before, after = (part[which].cpu().to(torch.float64) for part in (result.originals, result.images))
    return np.asarray((after - before).sum(0).numpy())


def plot(
    result: RCSBResult,
    rows: Sequence[int] | int | None = None,
    *,
    samples: bool = False,
    size: float = 1.7,
    path: str | Path | None = None,
    theme: str = "light",
) -> Any:
    """Draw a result, one line an image: original, region, counterfactual, difference; and return the figure.

    Parameters
    ----------
    result : RCSBResult
    rows : sequence of int, or int, optional
        Which images; default the first eight.
    samples : bool
        Draw every sample of an image, not the best one alone.
    size : float
        Inches of one picture.
    path : path, optional
        Where the figure is saved as well; the ending tells the format.
    theme : {"light", "dark"}
        The page that it is for.

    Raises
    ------
    MissingBackendError
        If matplotlib is not installed.
    BadInputError
        If there is no such image, or none at all.
    """
    theme, chosen = theme_of(theme), _rows(result, rows)
    titles = list(_COLUMNS)
    count = result.samples.shape[1]
    if samples:
        titles[2:3] = [f"sample {place}" for place in range(count)]
    figure, panels = _figure(len(chosen), len(titles), size)
    largest = max(float(np.abs(_delta(result, which)).max()) for which in chosen)
    for line, which in zip(panels, chosen, strict=True):
        masks = result.masks[which : which + 1]
        drawn = [result.originals[which], overlay(result.originals[which : which + 1], masks)[0]]
        drawn += list(result.samples[which]) if samples else [result.images[which]]
        pictures = [file_bytes(image) for image in drawn] + [differences(result, which, largest, theme)]
        for panel, picture, title in zip(line, pictures, titles, strict=True):
            panel.imshow(picture, interpolation="nearest")
            panel.set_title(title if which == chosen[0] else "", fontsize=9)
        line[0].set_xlabel(_told(result, which, before=True), fontsize=8)
        after = range(count) if samples else [int(result.best[which])]
        for panel, sample in zip(line[2:-1], after, strict=True):
            panel.set_xlabel(_told(result, which, sample=sample), fontsize=8)
    if largest > 0:
        difference_bar(figure, [line[-1] for line in panels], largest, theme=theme)
    flipped = sum(bool(result.sample_flipped[which, int(result.best[which])]) for which in chosen)
    told = "only the tinted region may change; differences on one scale, summed over channels"
    captioned(figure, f"{flipped} of {len(chosen)} are decided as asked, by the classifier itself\n{told}", theme)
    return _saved(figure, path)


def plot_regions(images: Tensor, masks: Tensor, *, size: float = 1.6, path: str | Path | None = None) -> Any:
    """Draw images and their regions, one column an image, and return the figure.

    Parameters
    ----------
    images : Tensor, shape (n, C, H, W)
    masks : Tensor of bool, shape (n, 1, H, W)
    size : float
        Inches of one picture.
    path : path, optional
        Where the figure is saved as well.

    Raises
    ------
    MissingBackendError
        If matplotlib is not installed.
    BadInputError
        If there is no image.
    """
    if not len(images):
        raise BadInputError("there is nothing to draw: expected at least one image")
    figure, panels = _figure(2, len(images), size)
    over = overlay(images, masks)
    for place in range(len(images)):
        panels[0][place].imshow(file_bytes(images[place]), interpolation="nearest")
        panels[1][place].imshow(file_bytes(over[place]), interpolation="nearest")
        panels[1][place].set_xlabel(f"{float(masks[place].double().mean()):.0%} may change", fontsize=8)
    return _saved(figure, path)


def html(result: RCSBResult, rows: int = _ROWS) -> str:
    """Return a result as a page for notebooks: no scripts, no downloads; the first `rows` images."""
    head = escape(repr(result))
    lines = "".join(_line(result, which) for which in range(min(rows, len(result))))
    more = f"<span style='{_NOTE}'>the first {rows} of {len(result)} are shown</span>" if len(result) > rows else ""
    names = "".join(f"<th style='{_NOTE}'>{name}</th>" for name in _COLUMNS)
    return f'<div style="{_CARD}"><b>{head}</b><table><tr>{names}<th></th></tr>{lines}</table>{more}</div>'


def _line(result: RCSBResult, which: int) -> str:
    over = overlay(result.originals[which : which + 1], result.masks[which : which + 1])[0]
    pictures = [file_bytes(image) for image in (result.originals[which], over, result.images[which])]
    cells = "".join(
        f'<td><img src="{data_url(picture, _PIXELS)}" style="image-rendering:pixelated;max-height:{_PIXELS}px"></td>'
        for picture in [*pictures, differences(result, which)]
    )
    best = _told(result, which, sample=int(result.best[which]), page=True)
    told = f"{_told(result, which, before=True, page=True)}<br>{best}"
    return f"<tr>{cells}<td style='text-align:left'>{told}</td></tr>"


def _told(result: RCSBResult, which: int, *, before: bool = False, sample: int = 0, page: bool = False) -> str:
    """Return what the classifier says, in a line: the classes that are asked about, and their probabilities."""
    labels = asked_labels(result, which)
    table = result.probabilities_before[which] if before else result.sample_probabilities[which, sample]
    said = ", ".join(f"{result.class_name(label)}: {float(table[label]):.2f}" for label in labels)
    if not before and not bool(result.sample_flipped[which, sample]):
        said += " (not flipped)" if bool(result.finished[which, sample]) else " (not finished)"
    return escape(said) if page else said


def asked_labels(result: RCSBResult, which: int, most: int = 4) -> list[int]:
    """Return the classes that one image's question is about: where it came from, and where it was to go."""
    target = result.targets[which]
    if result.multi_label:
        return [int(label) for label in (target >= 0).nonzero()[:most, 0]]
    source = int(result.source[which])
    if target.ndim == 0:
        return list(dict.fromkeys([source, int(target)]))
    wanted = [int(label) for label in target.nonzero()[:, 0]]
    best = sorted(wanted, key=lambda label: -float(result.probabilities_after[which, label]))
    return list(dict.fromkeys([source, *best[:1]]))


def _rows(result: RCSBResult, rows: Sequence[int] | int | None) -> list[int]:
    count = len(result)
    chosen = list(range(min(count, _ROWS))) if rows is None else [rows] if isinstance(rows, int) else list(rows)
    if not chosen:
        raise BadInputError("there is nothing to draw: expected at least one image")
    bad = [row for row in chosen if isinstance(row, bool) or not -count <= int(row) < count]
    if bad:
        raise BadInputError(f"rows={shown(rows)}: there is no image {bad[0]}; there are {count}, from 0")
    return [int(row) % count for row in chosen]


def _figure(rows: int, columns: int, size: float) -> tuple[Any, Any]:
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingBackendError('figures need matplotlib: pip install "suffice[report]"') from None
    figure = Figure(figsize=(columns * size, rows * size * 1.2 + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(rows, columns, squeeze=False)
    for panel in panels.flat:
        panel.set_xticks([])
        panel.set_yticks([])
    return figure, panels


def _saved(figure: Any, path: str | Path | None) -> Any:
    if path is not None:
        figure.savefig(path, dpi=100, bbox_inches="tight", pad_inches=0.08)
    return figure
