"""The path by which scripts know ``ExternalMaxSat`` and ``ExternalCounter``; they live in ``backends``."""

from __future__ import annotations

from .backends.optimizers import ExternalCounter, ExternalMaxSat

__all__ = ["ExternalCounter", "ExternalMaxSat"]
