"""matplotlib, where it is there: new figures, which change nothing of the user's, and pictures as files."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...engine.errors import BadInputError, shown
from ...engine.given import real
from ...engine.whole_files import written_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_KINDS = ("png", "svg", "pdf")


def pyplot() -> Any:
    """Return matplotlib's pyplot.

    Raises
    ------
    BadInputError
        If matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise BadInputError("drawing needs matplotlib: pip install matplotlib") from None
    return plt


def new_figure(width: float, height: float, **how: Any) -> Any:
    """Return a new figure of this size, in inches.

    It is one of pyplot's where the user has loaded pyplot (notebooks show those by themselves); else, and in threads,
    one without a window.
    """
    plt = sys.modules.get("matplotlib.pyplot")
    if plt is not None and threading.current_thread() is threading.main_thread():
        return plt.figure(figsize=(width, height), **how)
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise BadInputError("drawing needs matplotlib: pip install matplotlib") from None
    figure = Figure(figsize=(width, height), **how)
    FigureCanvasAgg(figure)
    return figure


def axes_of(ax: Any, width: float, height: float) -> Any:
    """Return the axes that were given, or those of a new figure of this size, in inches."""
    return new_figure(width, height, layout="constrained").add_subplot() if ax is None else ax


def check_axes(ax: Any) -> None:
    """Raise BadInputError for what is passed as axes and is none."""
    if ax is not None and not (hasattr(ax, "add_patch") and hasattr(ax, "set_xlim")):
        raise BadInputError(f"ax={shown(ax, 60)}: expected matplotlib axes, such as plt.subplots()[1]")


def checked_size(size: Any) -> tuple[float, float] | None:
    """Return a size in inches; raises BadInputError for what is none."""
    if size is None:
        return None
    try:
        width, height = (real(side) for side in size)
    except (TypeError, ValueError):
        width = height = 0.0
    if not (1 <= width <= 200 and 1 <= height <= 200):
        raise BadInputError(f"size={shown(size)}: expected two numbers from 1 to 200, width and height in inches")
    return width, height


def alt_text(picture: Any) -> str:
    """Return what a picture shows, in words, for those who do not see it.

    Parameters
    ----------
    picture : matplotlib axes or figure
        As a function of this module returned it.
    """
    return " ".join(filter(None, (str(ax.get_label()) for ax in figure_of(picture).axes if ax.get_gid() == "suffice")))


def describe(ax: Any, text: str) -> None:
    """Let axes say in words what they show: see ``alt_text``."""
    ax.set_label(" ".join(text.split()))
    ax.set_gid("suffice")


def figure_of(picture: Any) -> Figure:
    """Return the figure of axes, or a figure itself; raises BadInputError for something else."""
    figure = getattr(picture, "figure", None)
    if figure is None or not hasattr(figure, "savefig"):
        raise BadInputError(f"{shown(picture, 60)}: expected axes or a figure of matplotlib, as plot_reason returns")
    made: Figure = figure
    return made


def save_picture(picture: Any, path: Any, *, dpi: float = 200) -> None:
    """Write a picture to a file, uncut, with its words for those who do not see it.

    Parameters
    ----------
    picture : matplotlib axes or figure
        As a function of this module returned it.
    path : str or path
        Ends in ``.svg`` (text stays text), ``.png`` or ``.pdf``.
    dpi : float
        Dots per inch of a PNG.

    Raises
    ------
    BadInputError
        If it is no picture, or the path ends in something else.
    """
    figure = figure_of(picture)
    kind = Path(path).suffix.lower()[1:] if isinstance(path, (str, Path)) else ""
    if kind not in _KINDS:
        raise BadInputError(f"path={shown(path)}: expected a path that ends in .svg, .png or .pdf")
    import matplotlib as mpl

    words = alt_text(figure)
    told = {"svg": {"Description": words}, "png": {"Description": words}, "pdf": {"Subject": words}}[kind]
    with mpl.rc_context({"svg.fonttype": "none", "pdf.fonttype": 42}):
        written_whole(path, lambda made: figure.savefig(
            made, format=kind, dpi=dpi, bbox_inches="tight", pad_inches=0.08, metadata=told,
            facecolor=figure.get_facecolor(),
        ))  # fmt: skip
