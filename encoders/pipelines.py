"""Pipelines (later in this file)."""

from typing import Any


def accepts(model: Any) -> bool:
    """Not yet."""
    return False
