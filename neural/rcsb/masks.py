"""The path by which scripts know ``save_mask`` and ``MaskRegion``; they live in ``regions``."""

from __future__ import annotations

from .regions.masks import MaskRegion, save_mask

__all__ = ["MaskRegion", "save_mask"]
