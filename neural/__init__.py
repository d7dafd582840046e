"""Neural explanations on PyTorch (the extra ``suffice[neural]``); PyTorch is loaded when it is used, not before."""

from __future__ import annotations

from .cem.explainer import CEM

__all__ = ["CEM"]
