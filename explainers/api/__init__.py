"""Exact reasons for the decisions of fitted models: why, and what would change it."""

from __future__ import annotations

from .encoders.builder import Builder
from .explainers.facade import Explainer

__version__ = "0.1.0"

__all__ = ["Builder", "Explainer", "__version__"]
