"""The command ``desk``."""

from __future__ import annotations

import argparse
from typing import Any

from ..desk.opening import desk
from .subject import model_and_rows


def run_desk_command(options: argparse.Namespace) -> int:
    """Serve the what-if page until Ctrl-C; return the exit status."""
    model, rows = model_and_rows(options)
    own = hasattr(model, "session")  # a loaded explainer has its domain
    given = {"features_type": options.types, "ranges": options.ranges}
    how: dict[str, Any] = {} if own else {name: value for name, value in given.items() if value is not None}
    desk(model, rows, open_browser=not options.no_browser, port=options.port, **how)
    return 0
