"""Pages and pictures of an explainer, under the names of published scripts."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine.errors import BadInputError, NoInstanceError, shown
from ..engine.reasons import Reason

if TYPE_CHECKING:
    from .queries.explaining import Explaining


class Visualisation:
    """What ``explainer.visualisation`` is: a page about the instance, and pictures of reasons.

    Parameters
    ----------
    explainer : explainer
        Whose instance and reasons are shown.
    """

    def __init__(self, explainer: Explaining) -> None:
        self._explainer = explainer

    def gui(self, image: Any = None, time_series: Any = None) -> Path:
        """Write a page about the instance into a folder of its own, and show it in the browser, where there is one.

        There is no window: the script goes on. ``suffice.desk`` is the page on which rows can be changed.

        Parameters
        ----------
        image, time_series
            Accepted, and not used.

        Returns
        -------
        Path
            The page. Where there is no screen, its path is printed.

        Raises
        ------
        NoInstanceError
            If no instance is set.
        """
        from .explain import explain

        instance = self._explainer.instance
        if instance is None:
            raise NoInstanceError("no instance is set: call set_instance(instance) first")
        path = Path(tempfile.mkdtemp(prefix="suffice-")) / "explanation.html"
        explain(self._explainer, instance).to_html(str(path))
        if _has_screen():
            webbrowser.open(path.as_uri())
        else:
            print(f"page: {path}")
        return path

    def save_png(
        self, file: str | Path, instance: Any, reason: Reason, image: Any = None, time_series: Any = None,
        contrastive: bool = False, width: int = 250,
    ) -> Path:  # fmt: skip
        """Draw a reason into a PNG file (needs matplotlib).

        Parameters
        ----------
        file : str or path
            Where to; its folder is made.
        instance, image, time_series, contrastive, width
            Accepted, and not used: a reason knows its instance and what it is, and is told in words.
        reason : Reason
            What is drawn.

        Returns
        -------
        Path
            The file.
        """
        path = Path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_png(reason))
        return path

    def screen(
        self, instance: Any, reason: Reason, image: Any = None, time_series: Any = None, contrastive: bool = False,
        width: int = 250,
    ) -> Any:  # fmt: skip
        """Return the figure of a reason, and show it where matplotlib shows figures; arguments as of ``save_png``."""
        figure = _figure(reason)
        if "matplotlib.pyplot" in sys.modules and hasattr(figure, "show") and _has_screen():
            figure.show()
        return figure

    def notebook(
        self, instance: Any, reason: Reason, image: Any = None, time_series: Any = None, contrastive: bool = False,
        width: int = 250,
    ) -> Any:  # fmt: skip
        """Return the figure of a reason, which a notebook shows; arguments as of ``save_png``."""
        return _figure(reason)


def _has_screen() -> bool:
    """Tell whether a browser is likely to have a screen to open on."""
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _figure(reason: Any) -> Any:
    """Return a picture of what a reason says, a statement a line."""
    if not isinstance(reason, Reason):
        raise BadInputError(f"reason={shown(reason)}: expected a reason that an explainer has given")
    from .report.TEMPLATE import draw_statements

    return draw_statements(reason).figure


def _png(reason: Any) -> bytes:
    """Return the same as the bytes of a PNG."""
    found = BytesIO()
    _figure(reason).savefig(found, format="png", dpi=150)
    return found.getvalue()
