"""Masks painted by hand: a window in which the mouse marks the region of an image."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ....engine.errors import BadInputError, MissingBackendError, shown
from ..images.pixels import as_tensor, file_bytes, read_image, unit
from ..results.pictures import overlay
from .masks import MaskRegion, read_mask_array, save_mask

_HELP = "left: paint, right: erase, + / -: brush, i: invert, c: clear, s: save, q: close"


class Painter:
    """A window that shows an image and paints its region with the mouse.

    The left button paints, the right one erases; ``+`` and ``-`` change the brush, ``i`` inverts, ``c`` clears, ``s``
    saves. `mask` holds what is painted so far.

    Parameters
    ----------
    image : path, Tensor or array
        A file, or one image (C, H, W), uint8 or floating in [0, 1].
    path : path, optional
        Where ``s`` saves the mask, as a PNG that ``MaskRegion`` reads.
    mask : array, shape (H, W), optional
        What to begin with.
    brush : float
        Radius, in pixels.
    figure : matplotlib Figure, optional
        Where to draw; default a new window of pyplot.

    Raises
    ------
    BadInputError
        If the image cannot be read, or the mask has another size.
    MissingBackendError
        If matplotlib is not installed.
    """

    def __init__(
        self,
        image: Any,
        path: str | Path | None = None,
        *,
        mask: Any = None,
        brush: float = 8.0,
        figure: Any = None,
    ) -> None:
        given = read_image(image) if isinstance(image, (str, Path)) else as_tensor(image, "image")
        self.image: Tensor = unit(given[None], "image")
        height, width = self.image.shape[2:]
        self.mask = torch.zeros(height, width, dtype=torch.bool) if mask is None else read_mask_array(mask, "mask")
        if self.mask.shape != (height, width):
            raise BadInputError(f"mask has shape {tuple(self.mask.shape)}: the image has {(height, width)}")
        if isinstance(brush, bool) or not isinstance(brush, (int, float)) or not brush > 0:
            raise BadInputError(f"brush={shown(brush)}: expected a radius in pixels, above 0")
        self.brush, self.path = float(brush), None if path is None else Path(path)
        self._last: tuple[float, float] | None = None
        self._erase = False
        self.figure = _window() if figure is None else figure
        self._panel = self.figure.subplots()
        self._panel.set_xticks([])
        self._panel.set_yticks([])
        self._shown = self._panel.imshow(self._picture(), interpolation="nearest")
        self._panel.set_xlabel(_HELP, fontsize=8)
        for kind, react in (
            ("button_press_event", self._pressed),
            ("motion_notify_event", self._moved),
            ("button_release_event", self._released),
            ("key_press_event", self._key),
        ):
            self.figure.canvas.mpl_connect(kind, react)

    def stroke(self, start: tuple[float, float], end: tuple[float, float], *, erase: bool = False) -> None:
        """Paint a straight stroke of the brush between two points (column, row), in pixels."""
        height, width = self.mask.shape
        rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        (left, top), (right, bottom) = start, end
        along, down = right - left, bottom - top
        length = along**2 + down**2
        share = ((columns - left) * along + (rows - top) * down) / length if length else torch.zeros(height, width)
        share = share.clamp(0, 1)
        near = (columns - left - share * along) ** 2 + (rows - top - share * down) ** 2 <= self.brush**2
        self.mask = self.mask & ~near if erase else self.mask | near
        self._redraw()

    def region(self) -> MaskRegion:
        """Return the region that is painted so far."""
        return MaskRegion(self.mask)

    def save(self, path: str | Path | None = None) -> Path:
        """Write the mask, to `path` or to where the painter was told."""
        place = self.path if path is None else Path(path)
        if place is None:
            raise BadInputError("there is no file to save the mask to: give path=…")
        save_mask(self.mask, place)
        return place

    def _pressed(self, event: Any) -> None:
        if event.inaxes is self._panel and event.button in (1, 3):
            self._last, self._erase = (event.xdata, event.ydata), event.button == 3
            self.stroke(self._last, self._last, erase=self._erase)

    def _moved(self, event: Any) -> None:
        if self._last is not None and event.inaxes is self._panel:
            here = (event.xdata, event.ydata)
            self.stroke(self._last, here, erase=self._erase)
            self._last = here

    def _released(self, event: Any) -> None:
        del event
        self._last = None

    def _key(self, event: Any) -> None:
        if event.key in ("+", "="):
            self.brush *= 1.25
        elif event.key == "-":
            self.brush = max(0.5, self.brush / 1.25)
        elif event.key == "i":
            self.mask = ~self.mask
        elif event.key == "c":
            self.mask = torch.zeros_like(self.mask)
        elif event.key == "s" and self.path is not None:
            self._panel.set_xlabel(f"saved: {self.save()}", fontsize=8)
        elif event.key == "q":
            from matplotlib import pyplot

            pyplot.close(self.figure)
            return
        self._redraw()

    def _picture(self) -> np.ndarray[Any, Any]:
        return file_bytes(overlay(self.image, self.mask[None, None], rest=1.0)[0])

    def _redraw(self) -> None:
        self._shown.set_data(self._picture())
        self.figure.canvas.draw_idle()


def paint(image: Any, path: str | Path, **options: Any) -> MaskRegion:
    """Open a window, let the user paint the region of an image, save the mask, and return the region.

    Parameters
    ----------
    image : path, Tensor or array
    path : path
        Where the mask is saved when the window is closed; a mask that is there is painted on.
    **options
        As of `Painter`.

    Raises
    ------
    BadInputError
        If the image cannot be read, or there is no display to open a window on.
    MissingBackendError
        If matplotlib is not installed.
    """
    if Path(path).is_file() and "mask" not in options:
        from .masks import read_mask

        options["mask"] = read_mask(path)
    painter = Painter(image, path, **options)
    from matplotlib import pyplot

    pyplot.show(block=True)
    painter.save()
    return painter.region()


def _window() -> Any:
    try:
        import matplotlib
        from matplotlib import pyplot
    except ImportError:
        raise MissingBackendError('painting needs matplotlib: pip install "suffice[report]"') from None
    if matplotlib.get_backend().lower() in ("agg", "pdf", "ps", "svg", "cairo", "template"):
        raise BadInputError(
            f"matplotlib draws with {matplotlib.get_backend()}, which opens no windows: run this where there is a "
            "display, or paint the mask with another program, white on black"
        )
    figure = pyplot.figure(figsize=(7, 7))
    manager = figure.canvas.manager
    if manager is not None and manager.key_press_handler_id is not None:
        figure.canvas.mpl_disconnect(manager.key_press_handler_id)  # its keys paint here
    return figure
