"""The path by which scripts know ``ExternalSat``; it lives in ``backends``."""

from __future__ import annotations

from .backends.programs import ExternalSat

__all__ = ["ExternalSat"]
