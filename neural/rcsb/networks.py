"""The path by which scripts know ``make_unet``; it lives in ``bridge``."""

from __future__ import annotations

from .bridge.networks import make_unet

__all__ = ["make_unet"]
